//! Mailgun: an HMAC over timestamp and token, all three in the body. What happened is not covered.
//!
//! Source: <https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks>

use std::borrow::Cow;

use crate::{
    decode::form,
    verify::{
        claim::{Claim, KeyText, Part, Proof, Text},
        crypto::Hash,
        json::Document,
        request::Request,
        verdict::Flaw,
    },
};

/// The members of the body that hold a signature; the second is made with the parent account's
/// key.
const SIGNATURES: [&str; 2] = ["signature", "parent-signature"];

pub(super) fn claim<'a>(request: &'a Request<'_>) -> Result<Claim<'a>, Flaw> {
    let stamps = if request.is_form() {
        form_stamp(request)?
    } else {
        stamps(request)?
    };
    let part = |text: String| Part::Bytes(Cow::Owned(text.into_bytes()));
    let (messages, seen) = stamps
        .into_iter()
        .map(|stamp| {
            (
                vec![part(stamp.timestamp), part(stamp.token)],
                stamp.signature,
            )
        })
        .unzip();
    Ok(Claim {
        messages,
        seen,
        signed_at_ms: None,
        proof: Proof::Mac {
            hash: Hash::Sha256,
            key: KeyText::Plain,
            text: Text::Hex,
        },
    })
}

struct Stamp<'a> {
    timestamp: String,
    token: String,
    signature: Cow<'a, str>,
}

fn missing(what: &str) -> Flaw {
    Flaw::Missing(format!("{what} in the body"))
}

fn stamps<'a>(request: &'a Request<'_>) -> Result<Vec<Stamp<'a>>, Flaw> {
    let document = Document::parse(&request.body)?;
    document
        .at(&[SIGNATURES[0]])
        .ok_or_else(|| missing(SIGNATURES[0]))?;
    let read = |parent: &str| {
        let text = |name: &str| {
            let node = document.at(&[parent, name]);
            node.map(|node| document.scalar(node))
                .ok_or_else(|| missing(&format!("{parent}.{name}")))
        };
        let signature = text("signature")?;
        if signature.is_empty() {
            return Err(Flaw::Malformed(format!("{parent}.signature is empty")));
        }
        Ok(Stamp {
            timestamp: text("timestamp")?.into_owned(),
            token: text("token")?.into_owned(),
            signature,
        })
    };
    let present = SIGNATURES
        .into_iter()
        .filter(|name| document.at(&[name]).is_some());
    present.map(read).collect()
}

/// Mailgun's routes send the same as fields of a form.
fn form_stamp<'a>(request: &Request<'_>) -> Result<Vec<Stamp<'a>>, Flaw> {
    let pairs = form::pairs(&request.body);
    let field = |name: &str| {
        let mut values = pairs.iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Ok(value.clone()),
            (None, _) => Err(missing(name)),
            (Some(_), Some(_)) => Err(Flaw::Ambiguous(format!("the body holds {name} twice"))),
        }
    };
    Ok(vec![Stamp {
        timestamp: field("timestamp")?,
        token: field("token")?,
        signature: Cow::Owned(field("signature")?),
    }])
}

#[cfg(test)]
mod tests {
    use crate::verify::{
        scheme::Scheme,
        testing::{check, request},
    };

    const SIGNATURE: &str = "edcf04e7b9e3e100db8710f800d89f404037d1626eefcf9705f00f2d8f3bf119";
    const TOKEN: &str = "e0b5477167110d68991efc6b9f89f0a11066af27834600e123";

    fn signed(member: &str, signature: &str) -> String {
        format!(
            r#""{member}":{{"token":"{TOKEN}","timestamp":"1760000000","signature":"{signature}"}}"#
        )
    }

    #[test]
    fn agrees_with_mailguns_own_package() {
        let json = |body: &str, want| {
            check(
                Scheme::Mailgun,
                &request(&[], body),
                "key-mailgun-signing",
                want,
            );
        };
        let own = signed("signature", SIGNATURE);
        json(
            &format!(r#"{{{own},"event-data":{{"event":"delivered"}}}}"#),
            "ok",
        );
        json(
            &format!(r#"{{{own},"event-data":{{"event":"anything else"}}}}"#),
            "ok",
        );
        let other = signed("signature", &"0".repeat(64));
        json(&format!("{{{other}}}"), "mismatch");
        json(
            &format!("{{{}}}", signed("signature", &SIGNATURE.to_uppercase())),
            "mismatch",
        );
        json(
            &format!("{{{other},{}}}", signed("parent-signature", SIGNATURE)),
            "ok",
        );
        json(&format!("{{{}}}", signed("signature", "")), "malformed");
        json("{}", "missing");
        json(r#"{"signature":{"token":"a"}}"#, "missing");
        json("", "malformed");
    }

    #[test]
    fn a_route_sends_the_same_as_a_form() {
        let form = ("Content-Type", "application/x-www-form-urlencoded");
        let body = format!("from=a&token={TOKEN}&timestamp=1760000000&signature={SIGNATURE}");
        let check = |body: &str, want| {
            check(
                Scheme::Mailgun,
                &request(&[form], body),
                "key-mailgun-signing",
                want,
            );
        };
        check(&body, "ok");
        check(&format!("{body}&token=b"), "ambiguous");
        check("from=a", "missing");
    }
}
