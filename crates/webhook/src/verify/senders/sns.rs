//! AWS SNS: an RSA signature over listed members of the body. The certificate is trusted because
//! it was fetched over TLS from a host of AWS's: see [`certificate_url`].
//!
//! Source: <https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html>

use crate::{
    decode::json::Kind,
    verify::{
        claim::{Claim, Part, Proof},
        crypto::Hash,
        json::Document,
        request::Request,
        secret::Keys,
        senders::certificate,
        verdict::{Flaw, Need, Verdict},
    },
};

const NOTIFICATION: [&str; 7] = [
    "Message",
    "MessageId",
    "Subject",
    "SubscribeURL",
    "Timestamp",
    "TopicArn",
    "Type",
];
const SUBSCRIPTION: [&str; 8] = [
    "Message",
    "MessageId",
    "Subject",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
];
const REQUIRED: [&str; 5] = ["Message", "MessageId", "Timestamp", "TopicArn", "Type"];

pub(super) fn claim<'a>(request: &'a Request<'_>) -> Result<Claim<'a>, Flaw> {
    signed(&Document::parse(&request.body)?).map(|(claim, _)| claim)
}

/// The key of the certificate that `request` names.
pub(super) fn key(request: &Request<'_>, keys: &Keys) -> Result<Vec<u8>, Verdict> {
    let url = certificate_url(request).map_err(Verdict::Invalid)?;
    let Some(pem) = keys.certificates.get(&url) else {
        return Err(Verdict::Unknown(Need::Certificate(url)));
    };
    let chain = certificate::read(pem);
    let key = chain.first().and_then(|leaf| certificate::rsa_key(leaf));
    let unread = || Flaw::UnknownKey("the certificate cannot be read".to_owned());
    key.ok_or_else(unread).map_err(Verdict::Invalid)
}

/// What the body claims, and where its certificate is.
fn signed<'a>(document: &Document<'a>) -> Result<(Claim<'a>, String), Flaw> {
    let text = |name: &str| {
        let missing = || Flaw::Missing(format!("{name} in the body"));
        let node = document.at(&[name]).ok_or_else(missing)?;
        match document.kind(node) {
            Kind::String => Ok(document.scalar(node)),
            _ => Err(Flaw::Malformed(format!("{name} in the body is no text"))),
        }
    };
    let signature = text("Signature")?;
    REQUIRED
        .iter()
        .try_for_each(|name| text(name).map(|_| ()))?;
    let lists: &[&[&str]] = match &*text("Type")? {
        "SubscriptionConfirmation" => &[&SUBSCRIPTION],
        // AWS's documentation and its own package name different ones.
        "UnsubscribeConfirmation" => &[&SUBSCRIPTION, &NOTIFICATION],
        _ => &[&NOTIFICATION],
    };
    if lists[0].contains(&"Token") {
        ["SubscribeURL", "Token"]
            .iter()
            .try_for_each(|name| text(name).map(|_| ()))?;
    }
    // The second is how AWS Lambda spells it.
    let certificate_url = text("SigningCertURL")
        .or_else(|_| text("SigningCertUrl"))?
        .into_owned();
    if !is_aws(&certificate_url) {
        return Err(Flaw::UnknownKey("SigningCertURL is not AWS's".to_owned()));
    }
    let hash = match &*text("SignatureVersion")? {
        "1" => Hash::Sha1,
        "2" => Hash::Sha256,
        other => return Err(Flaw::WrongScheme(format!("SignatureVersion is {other}"))),
    };
    if signature.is_empty() {
        return Err(Flaw::Malformed("Signature in the body is empty".to_owned()));
    }
    let message = |list: &&[&str]| {
        let present = |name: &&str| {
            let node = document.at(&[name])?;
            (document.kind(node) != Kind::Null)
                .then(|| format!("{name}\n{}\n", document.scalar(node)))
        };
        let lines = list.iter().filter_map(present);
        lines
            .map(|line| Part::Bytes(line.into_bytes().into()))
            .collect()
    };
    let claim = Claim {
        messages: lists.iter().map(message).collect(),
        seen: vec![signature],
        signed_at_ms: None,
        proof: Proof::Rsa {
            hash,
            key: Vec::new(),
        },
    };
    Ok((claim, certificate_url))
}

/// The certificate's URL, if it is one of AWS's.
pub(super) fn certificate_url(request: &Request<'_>) -> Result<String, Flaw> {
    signed(&Document::parse(&request.body)?).map(|(_, url)| url)
}

/// Whether `url` is a `.pem` on a host of SNS, by the pattern of AWS's own package.
fn is_aws(url: &str) -> bool {
    let Some((host, path)) = url
        .strip_prefix("https://")
        .and_then(|rest| rest.split_once('/'))
    else {
        return false;
    };
    path.ends_with(".pem")
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'\\'))
        && is_host(host)
}

/// Whether `host` is one of SNS's.
pub(crate) fn is_host(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let host = host.strip_suffix(".cn").unwrap_or(&host);
    let region = host
        .strip_prefix("sns.")
        .and_then(|rest| rest.strip_suffix(".amazonaws.com"));
    region.is_some_and(|region| {
        region.len() >= 3
            && region
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_awss_own_certificates_are_looked_for() {
        let check = |url, want| assert_eq!(is_aws(url), want, "{url}");
        check(
            "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem",
            true,
        );
        check("https://sns.cn-north-1.amazonaws.com.cn/x.pem", true);
        check("https://SNS.us-east-1.amazonaws.com/x.pem", true);
        check("http://sns.us-east-1.amazonaws.com/x.pem", false);
        check("https://sns.us-east-1.amazonaws.com/x.crt", false);
        check("https://sns.us-east-1.amazonaws.com/x?y.pem", false);
        check("https://sns.us-east-1.amazonaws.com:8443/x.pem", false);
        check(
            "https://sns.us-east-1.amazonaws.com.evil.example/x.pem",
            false,
        );
        check("https://a@sns.us-east-1.amazonaws.com/x.pem", false);
        check(
            "https://evil.example\\sns.us-east-1.amazonaws.com/x.pem",
            false,
        );
        check("https://sns.us.east.amazonaws.com/x.pem", false);
        check("https://s3.amazonaws.com/x.pem", false);
    }
}
