//! Stripe: an HMAC over `timestamp.body`, the secret's text being the key as a whole.
//!
//! Source: <https://docs.stripe.com/webhooks/signature>

use std::borrow::Cow;

use crate::verify::{
    claim::{Claim, KeyText, Part, Proof, Text},
    crypto::Hash,
    request::Request,
    secret::Secret,
    senders::timed_mac::seconds,
    verdict::Flaw,
};

/// The header with timestamp and signatures.
pub(crate) const HEADER: &str = "Stripe-Signature";

pub(super) fn claim<'a>(request: &'a Request<'_>) -> Result<Claim<'a>, Flaw> {
    let fields = Fields::read(request.one(HEADER)?, ',');
    let at = fields.only(HEADER, "t")?;
    Ok(Claim {
        messages: vec![vec![
            Part::from(at),
            Part::from("."),
            Part::from(&request.body),
        ]],
        seen: fields.signatures(HEADER, "v1")?,
        signed_at_ms: Some(Ok(seconds(HEADER, at)?)),
        proof: Proof::Mac {
            hash: Hash::Sha256,
            key: KeyText::Plain,
            text: Text::Hex,
        },
    })
}

/// A secret that was pasted without its `whsec_` is the commonest mistake with Stripe.
pub(super) fn misfit(claim: &Claim<'_>, secrets: &[Secret]) -> Flaw {
    let fits_with_prefix = |secret: &Secret| {
        let whole = [b"whsec_", secret.value()].concat();
        let holds = |seen| claim.proof.holds(&claim.messages[0], &whole, seen);
        claim.seen.iter().any(|seen| holds(seen) == Some(true))
    };
    match secrets.iter().find(|secret| fits_with_prefix(secret)) {
        Some(secret) => Flaw::Malformed(format!(
            "the secret `{}` lacks the `whsec_` that it begins with",
            secret.name()
        )),
        None => Flaw::Mismatch,
    }
}

/// The `name=value` pairs of a header like Stripe's.
pub(super) struct Fields<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Fields<'a> {
    pub(super) fn read(value: &'a str, separator: char) -> Self {
        Self(
            value
                .split(separator)
                .filter_map(|field| field.split_once('='))
                .collect(),
        )
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(known, _)| *known == name)
            .map(|(_, value)| *value)
    }

    pub(super) fn only(&self, header: &str, name: &str) -> Result<&'a str, Flaw> {
        let mut values = self.all(name);
        match (values.next(), values.next()) {
            (Some(value), None) => Ok(value),
            (None, _) => Err(Flaw::Malformed(format!("{header} holds no `{name}=`"))),
            (Some(_), Some(_)) => Err(Flaw::Ambiguous(format!(
                "{header} holds more than one `{name}=`"
            ))),
        }
    }

    pub(super) fn signatures(&self, header: &str, name: &str) -> Result<Vec<Cow<'a, str>>, Flaw> {
        let signatures: Vec<_> = self.all(name).map(Cow::Borrowed).collect();
        if signatures.is_empty() {
            return Err(Flaw::WrongScheme(format!("{header} holds no `{name}=`")));
        }
        Ok(signatures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{
        scheme::Scheme,
        testing::{check, request},
    };

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &str =
        r#"{"id":"evt_1","type":"ping","data":{"object":{"amount":2000,"currency":"usd"}}}"#;
    const V1: &str = "4e9d9c4808ee99fddf9a3c3123408ef2365c8f92ee170ebfb9460396c88b3215";

    fn stripe(value: &str, secret: &str, want: &str) {
        check(
            Scheme::Stripe,
            &request(&[(HEADER, value)], BODY),
            secret,
            want,
        );
    }

    #[test]
    fn agrees_with_what_stripes_own_packages_accept() {
        stripe(&format!("t=1760000000,v1={V1}"), SECRET, "ok");
        stripe(
            &format!("t=1760000000,v1={},v1={V1},v0=x,w", "0".repeat(64)),
            SECRET,
            "ok",
        );
        stripe(&format!("t=1760000000,v1={V1}"), "whsec_other", "mismatch");
        stripe(&format!("t=1760000000,v0={V1}"), SECRET, "mismatch");
        stripe(&format!("v1={V1}"), SECRET, "malformed");
        stripe(
            &format!("t=1760000000,t=1760000001,v1={V1}"),
            SECRET,
            "ambiguous",
        );
        stripe("garbage", SECRET, "malformed");
    }

    #[test]
    fn tells_a_secret_without_its_prefix_from_a_wrong_one() {
        stripe(
            &format!("t=1760000000,v1={V1}"),
            &SECRET["whsec_".len()..],
            "malformed",
        );
        stripe(
            &format!("t=1760000000,v1={V1}"),
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
            "mismatch",
        );
    }
}
