//! Senders whose signature is the HMAC of the body and nothing else, in one header.
//!
//! Sources: <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>,
//! <https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/>,
//! <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>,
//! <https://www.dropbox.com/developers/reference/webhooks>,
//! <https://developers.intercom.com/docs/webhooks/webhook-notifications>,
//! <https://shopify.dev/docs/apps/build/webhooks/subscribe/https>,
//! <https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/>,
//! <https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks/>,
//! <https://razorpay.com/docs/webhooks/validate-test/>,
//! <https://www.typeform.com/developers/webhooks/secure-your-webhooks/>,
//! <https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures/>

use crate::verify::{
    claim::{Claim, KeyText, Part, Proof, Text},
    crypto::Hash,
    request::Request,
    scheme::Scheme,
    verdict::Flaw,
};

/// How one of these senders writes its header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    pub header: &'static str,
    pub prefix: &'static str,
    hash: Hash,
    text: Text,
    key: KeyText,
}

/// The form of `scheme`, if it is of this family.
pub(crate) fn form(scheme: Scheme) -> Option<Form> {
    let plain = |header, prefix, hash, text| Form {
        header,
        prefix,
        hash,
        text,
        key: KeyText::Plain,
    };
    Some(match scheme {
        Scheme::GitHub | Scheme::Meta => {
            plain("X-Hub-Signature-256", "sha256=", Hash::Sha256, Text::Hex)
        }
        Scheme::GitHubSha1 | Scheme::Intercom => {
            plain("X-Hub-Signature", "sha1=", Hash::Sha1, Text::Hex)
        }
        Scheme::Bitbucket => plain("X-Hub-Signature", "sha256=", Hash::Sha256, Text::Hex),
        Scheme::Dropbox => plain("X-Dropbox-Signature", "", Hash::Sha256, Text::Hex),
        Scheme::Shopify => plain("X-Shopify-Hmac-SHA256", "", Hash::Sha256, Text::Base64),
        Scheme::Line => plain("X-Line-Signature", "", Hash::Sha256, Text::Base64),
        Scheme::GoCardless => plain("Webhook-Signature", "", Hash::Sha256, Text::Hex),
        Scheme::Razorpay => plain("X-Razorpay-Signature", "", Hash::Sha256, Text::Hex),
        Scheme::Typeform => plain("Typeform-Signature", "sha256=", Hash::Sha256, Text::Base64),
        Scheme::AdyenPayload => Form {
            header: "hmacsignature",
            prefix: "",
            hash: Hash::Sha256,
            text: Text::Base64,
            key: KeyText::Hex,
        },
        _ => return None,
    })
}

pub(super) fn claim<'a>(scheme: Scheme, request: &'a Request<'_>) -> Result<Claim<'a>, Flaw> {
    let form = form(scheme).expect("only schemes of this family are read here");
    let proof = Proof::Mac {
        hash: form.hash,
        key: form.key,
        text: form.text,
    };
    let seen = prefixed(form.header, form.prefix, request.one(form.header)?, &proof)?;
    Ok(Claim {
        messages: vec![vec![Part::from(&request.body)]],
        seen: vec![seen.into()],
        signed_at_ms: None,
        proof,
    })
}

/// What follows `prefix` in the `value` of `header`.
pub(super) fn prefixed<'a>(
    header: &str,
    prefix: &str,
    value: &'a str,
    proof: &Proof,
) -> Result<&'a str, Flaw> {
    let parts = value.split(',').map(str::trim);
    if parts.filter(|part| part.starts_with(prefix)).count() > 1 {
        return Err(Flaw::Ambiguous(format!(
            "{header} holds more than one signature"
        )));
    }
    match value.strip_prefix(prefix) {
        Some("") => Err(Flaw::Malformed(format!("{header} holds no signature"))),
        Some(seen) => Ok(seen),
        None if proof.is_well_formed(value) => Err(Flaw::Missing(format!(
            "`{prefix}` before the signature in {header}"
        ))),
        None => Err(Flaw::Malformed(format!(
            "{header} does not begin with `{prefix}`"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::testing::{check, request};

    #[test]
    fn agrees_with_the_examples_that_the_senders_publish() {
        let github = request(
            &[(
                "X-Hub-Signature-256",
                "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
            )],
            "Hello, World!",
        );
        check(Scheme::GitHub, &github, "It's a Secret to Everybody", "ok");
        let bitbucket = request(
            &[(
                "X-Hub-Signature",
                "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9",
            )],
            "Hello World!",
        );
        check(
            Scheme::Bitbucket,
            &bitbucket,
            "It's a Secret to Everybody",
            "ok",
        );
        let line = request(
            &[(
                "x-line-signature",
                "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=",
            )],
            r#"{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}"#,
        );
        check(
            Scheme::Line,
            &line,
            "8c570fa6dd201bb328f1c1eac23a96d8",
            "ok",
        );
    }

    #[test]
    fn tells_what_is_wrong_with_the_header() {
        const DIGEST: &str = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let github = |value: &str, want| {
            let request = request(&[("X-Hub-Signature-256", value)], "Hello, World!");
            check(Scheme::GitHub, &request, "It's a Secret to Everybody", want);
        };
        github("", "malformed");
        github("sha256=", "malformed");
        github(&format!("sha1={DIGEST}"), "malformed");
        github(&format!("SHA256={DIGEST}"), "malformed");
        github(&format!("sha256={}", &DIGEST[2..]), "malformed");
        github("sha256=not hexadecimal", "malformed");
        github(DIGEST, "missing");
        github(&format!("sha256={}", DIGEST.to_uppercase()), "mismatch");
        github(&format!("sha256={DIGEST}, sha256={DIGEST}"), "ambiguous");
        check(Scheme::GitHub, &request(&[], ""), "any", "missing");
    }
}
