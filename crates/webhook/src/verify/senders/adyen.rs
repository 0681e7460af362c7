//! Adyen's payments: an HMAC over eight fields of the one item, which holds it itself.
//! (Banking and management sign the body: see `body_mac`.)
//!
//! Source: <https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures/>

use std::borrow::Cow;

use crate::verify::{
    claim::{Claim, KeyText, Part, Proof, Text},
    crypto::Hash,
    json::Document,
    request::Request,
    verdict::Flaw,
};

/// Where the signature stands below the item.
pub(crate) const SIGNATURE: [&str; 2] = ["additionalData", "hmacSignature"];

const FIELDS: [&[&str]; 8] = [
    &["pspReference"],
    &["originalReference"],
    &["merchantAccountCode"],
    &["merchantReference"],
    &["amount", "value"],
    &["amount", "currency"],
    &["eventCode"],
    &["success"],
];

pub(super) fn claim<'a>(request: &'a Request<'_>) -> Result<Claim<'a>, Flaw> {
    let document = Document::parse(&request.body)?;
    let item = item(&document)?;
    let seen = document
        .below(item, &SIGNATURE)
        .map(|node| document.scalar(node))
        .ok_or_else(|| Flaw::Missing("additionalData.hmacSignature of the item".to_owned()))?;
    if seen.is_empty() {
        return Err(Flaw::Malformed(
            "additionalData.hmacSignature is empty".to_owned(),
        ));
    }
    let value = |path: &&[&str]| document.below(item, path).map(|node| document.scalar(node));
    let fields: Vec<_> = FIELDS
        .iter()
        .map(|path| value(path).unwrap_or_default())
        .collect();
    Ok(Claim {
        messages: vec![vec![Part::Bytes(Cow::Owned(fields.join(":").into_bytes()))]],
        seen: vec![seen],
        signed_at_ms: None,
        proof: Proof::Mac {
            hash: Hash::Sha256,
            key: KeyText::Hex,
            text: Text::Base64,
        },
    })
}

/// The only item: Adyen sends one at a time, and readers of the first alone would let a second
/// one in unchecked.
pub(crate) fn item(document: &Document<'_>) -> Result<u32, Flaw> {
    let missing = || Flaw::Missing("notificationItems with a NotificationRequestItem".to_owned());
    let Some(items) = document.at(&["notificationItems"]) else {
        // The bare item, as some libraries pass it on.
        return document
            .at(&["pspReference"])
            .map(|_| 0)
            .ok_or_else(missing);
    };
    let mut items = document.children(items);
    let first = items.next().ok_or_else(missing)?;
    if items.next().is_some() {
        return Err(Flaw::Ambiguous("there is more than one item".to_owned()));
    }
    document
        .below(first, &["NotificationRequestItem"])
        .ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use crate::verify::{
        scheme::Scheme,
        testing::{check, request},
    };

    const KEY: &str = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";
    const ITEM: &str = concat!(
        r#"{"NotificationRequestItem":{"pspReference":"7914073381342284","#,
        r#""originalReference":"","merchantAccountCode":"TestMerchant","#,
        r#""merchantReference":"TestPayment-1407325143704","#,
        r#""amount":{"value":1130,"currency":"EUR"},"eventCode":"AUTHORISATION","success":"true","#,
        r#""additionalData":{"hmacSignature":"coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="}}}"#,
    );

    /// The example of Adyen's page.
    #[test]
    fn agrees_with_the_example_that_adyen_publishes() {
        let items = |items: &str, want| {
            let request = request(&[], &format!(r#"{{"notificationItems":[{items}]}}"#));
            check(Scheme::AdyenPayments, &request, KEY, want);
        };
        items(ITEM, "ok");
        items(&ITEM.replace("1130", "1131"), "mismatch");
        items(&ITEM.replace(r#""originalReference":"","#, ""), "ok");
        items(&ITEM.replace("hmacSignature", "other"), "missing");
        items(&format!("{ITEM},{ITEM}"), "ambiguous");
        items("", "missing");
        items("{", "malformed");
    }
}
