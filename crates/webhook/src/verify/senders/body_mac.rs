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

    /// The example that `GoCardless`'s own packages are tested with.
    #[test]
    fn agrees_with_gocardless_example() {
        let body = concat!(
            r#"{"events":[{"id":"EV00BD05S5VM2T","created_at":"2018-07-05T09:13:51.404Z","#,
            r#""resource_type":"subscriptions","action":"created","#,
            r#""links":{"subscription":"SB0003JJQ2MR06"},"details":{"origin":"api","#,
            r#""cause":"subscription_created","#,
            r#""description":"Subscription created via the API."},"metadata":{}},"#,
            r#"{"id":"EV00BD05TB8K63","created_at":"2018-07-05T09:13:56.893Z","#,
            r#""resource_type":"mandates","action":"created","#,
            r#""links":{"mandate":"MD000AMA19XGEC"},"details":{"origin":"api","#,
            r#""cause":"mandate_created","description":"Mandate created via the API."},"#,
            r#""metadata":{}}]}"#,
        );
        let signature = "2693754819d3e32d7e8fcb13c729631f316c6de8dc1cf634d6527f1c07276e7e";
        let request = request(&[("Webhook-Signature", signature)], body);
        check(
            Scheme::GoCardless,
            &request,
            "ED7D658C-D8EB-4941-948B-3973214F2D49",
            "ok",
        );
    }

    /// Senders that publish no example: what their own packages (or, where there are none, the
    /// rule on their page) make of one body.
    #[test]
    fn agrees_with_the_senders_own_packages() {
        const BODY: &str =
            r#"{"id":"evt_1","type":"ping","data":{"object":{"amount":2000,"currency":"usd"}}}"#;
        let agrees = |scheme: Scheme, secret: &str, signature: &str| {
            let form = form(scheme).unwrap();
            let value = format!("{}{signature}", form.prefix);
            check(
                scheme,
                &request(&[(form.header, &value)], BODY),
                secret,
                "ok",
            );
        };
        agrees(
            Scheme::GitHubSha1,
            "gh-secret-2f0b1c",
            "36b86654d1bdf8bcf65cab28d2e24db760d6144a",
        );
        agrees(
            Scheme::Intercom,
            "ic-client-secret",
            "90605df2d40f5d7685e13ea13533eca36fc63770",
        );
        agrees(
            Scheme::Meta,
            "meta-app-secret-00ff",
            "4a9b1618c9b3dbc7fcc2bc21ae60a0f386a9c8af523aa3781bd2042c2c88d0cf",
        );
        agrees(
            Scheme::Dropbox,
            "dbx-app-secret",
            "c3924a832edb1201decadda6fd729a199048b20532f4a37b53b6fc2b85af672d",
        );
        agrees(
            Scheme::Razorpay,
            "rzp-secret",
            "9ca1cdf5ddb9dfd7bd475fe24e002f15e4e97cab594f46aaf3dcde6d8d8954b2",
        );
        let shopify = "LqZ29OgCQggBBCln4m/ynNAupr95xhFKVwbk/99bzOY=";
        agrees(Scheme::Shopify, "shpss_0123456789abcdef", shopify);
        let typeform = "KKGbJbKO/wyGcsLZW2f2zWlMO88yEGwXEIw4ukYaJew=";
        agrees(Scheme::Typeform, "tf-secret-9", typeform);
        let adyen = "qkO/d4YfkdcJwOx9g3RTS5tPwxH0ZJq5EYucML50VEM=";
        let key = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";
        agrees(Scheme::AdyenPayload, key, adyen);
        agrees(Scheme::AdyenPayload, &key.to_lowercase(), adyen);
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
