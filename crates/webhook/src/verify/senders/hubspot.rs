//! `HubSpot` in its three versions: a hash of secret and body, the same with method and URL, and an
//! HMAC of all that with a timestamp.
//!
//! Source: <https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests>

use percent_encoding::percent_decode_str;

use crate::verify::{
    claim::{Claim, KeyText, Message, Part, Proof, Text},
    crypto::Hash,
    request::Request,
    scheme::Scheme,
    senders::{body_mac::prefixed, timed_mac::whole},
    verdict::Flaw,
};

/// The header with the signature of version 3.
pub(crate) const V3: &str = "X-HubSpot-Signature-v3";
/// The header with the signature of versions 1 and 2.
pub(crate) const V1_V2: &str = "X-HubSpot-Signature";
/// The header with the timestamp of version 3, in milliseconds.
pub(crate) const TIMESTAMP: &str = "X-HubSpot-Request-Timestamp";

pub(super) fn claim<'a>(scheme: Scheme, request: &'a Request<'_>) -> Result<Claim<'a>, Flaw> {
    if scheme == Scheme::HubSpotV3 {
        return v3(request);
    }
    let seen = prefixed(V1_V2, "", request.one(V1_V2)?, &Proof::Digest)?;
    let messages = match scheme {
        Scheme::HubSpotV1 => vec![vec![Part::Secret, Part::from(&request.body)]],
        _ => urls(request)
            .map(|url| [vec![Part::Secret], covered(request, url)].concat())
            .collect(),
    };
    Ok(Claim {
        messages,
        seen: vec![seen.into()],
        signed_at_ms: None,
        proof: Proof::Digest,
    })
}

fn v3<'a>(request: &'a Request<'_>) -> Result<Claim<'a>, Flaw> {
    let proof = Proof::Mac {
        hash: Hash::Sha256,
        key: KeyText::Plain,
        text: Text::Base64,
    };
    let seen = prefixed(V3, "", request.one(V3)?, &proof)?;
    let at = request.one(TIMESTAMP)?;
    let not_whole = || Flaw::Malformed(format!("{TIMESTAMP} is no whole number of milliseconds"));
    let at_ms = whole(at).ok_or_else(not_whole)?;
    Ok(Claim {
        messages: urls(request)
            .map(|url| [covered(request, url), vec![Part::from(at)]].concat())
            .collect(),
        seen: vec![seen.into()],
        signed_at_ms: Some(Ok(at_ms)),
        proof,
    })
}

fn covered<'a>(request: &'a Request<'_>, url: Part<'a>) -> Message<'a> {
    vec![Part::from(&request.method), url, Part::from(&request.body)]
}

/// The URL as it is, which `HubSpot`'s own packages sign, and with the characters decoded that its
/// documentation lists.
fn urls<'a>(request: &'a Request<'_>) -> impl Iterator<Item = Part<'a>> {
    let decoded = decoded(&request.url);
    let differs = decoded.as_bytes() != request.url.as_bytes();
    [Part::from(request.url.as_bytes())]
        .into_iter()
        .chain(differs.then(|| Part::Bytes(decoded.into_bytes().into())))
}

fn decoded(url: &str) -> String {
    const DECODED: &str = ":/?@!$'()*,;";
    let mut rest = url;
    let mut decoded = String::with_capacity(url.len());
    while let Some(at) = rest.find('%') {
        decoded.push_str(&rest[..at]);
        let escape = rest.get(at..at + 3).unwrap_or_default();
        let c = percent_decode_str(escape).decode_utf8().unwrap_or_default();
        let is_decoded = c.len() == 1 && DECODED.contains(&*c);
        let (kept, taken) = if is_decoded { (&*c, 3) } else { ("%", 1) };
        decoded.push_str(kept);
        rest = &rest[at + taken..];
    }
    decoded + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::testing::{check, request};

    /// The examples of `HubSpot`'s page, whose secret is a row of `y`.
    #[test]
    fn agrees_with_the_examples_that_hubspot_publishes() {
        let body = concat!(
            r#"[{"eventId":1,"subscriptionId":12345,"portalId":62515,"#,
            r#""occurredAt":1564113600000,"subscriptionType":"contact.creation","#,
            r#""attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","#,
            r#""appId":54321}]"#
        );
        const SECRET: &str = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";
        let signature = "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de";
        check(
            Scheme::HubSpotV1,
            &request(&[(V1_V2, signature)], body),
            SECRET,
            "ok",
        );

        let v2 = |method: &'static str, signature: &str, body| {
            let request = Request {
                method: method.as_bytes().into(),
                url: "https://www.example.com/webhook_uri".into(),
                ..request(&[(V1_V2, signature)], body)
            };
            check(Scheme::HubSpotV2, &request, SECRET, "ok");
        };
        v2(
            "GET",
            "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e",
            "",
        );
        v2(
            "POST",
            "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900",
            r#"{"example_field":"example_value"}"#,
        );
    }

    #[test]
    fn an_empty_secret_beside_another_lets_nobody_in() {
        use crate::verify::{
            judge::verify,
            secret::{Keys, Secret},
        };
        let signature = Text::Hex.write(&crate::verify::crypto::sha256([&b"{}"[..]].into_iter()));
        let secrets = vec![Secret::new("empty", ""), Secret::new("real", "s3cret")];
        let keys = Keys {
            secrets,
            ..Keys::default()
        };
        let forged = request(&[(V1_V2, &signature)], "{}");
        let verdict = verify(Scheme::HubSpotV1, &forged, &keys, Scheme::HubSpotV1.age());
        assert_eq!(verdict.reason(), "mismatch");
    }

    #[test]
    fn decodes_only_what_hubspot_lists() {
        assert_eq!(
            decoded("https://a.example/b%3Ac%2f%20%zz%?x=%40"),
            "https://a.example/b:c/%20%zz%?x=@"
        );
    }
}
