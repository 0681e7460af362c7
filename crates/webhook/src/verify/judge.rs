//! The judgement on one request: what it claims, held against the keys and the clock of its
//! arrival. Start at [`verify`].

use std::borrow::Cow;

use crate::verify::{
    claim::{self, Claim, Message, Proof},
    request::Request,
    scheme::{Age, Scheme},
    secret::{Keys, Secret},
    senders,
    verdict::{Flaw, Need, Verdict},
};

/// Checks `request` as `scheme` signs it. `age` is [`Scheme::age`] unless the user set a limit.
///
/// Never fails: a broken header is a [`Verdict`], for a person is to see it. With several secrets
/// one that fits is enough.
#[must_use]
pub fn verify(scheme: Scheme, request: &Request<'_>, keys: &Keys, age: Age) -> Verdict {
    if scheme == Scheme::DockerHub {
        return Verdict::Unsigned;
    }
    match senders::claim(scheme, request, keys) {
        Ok(claim) => judge(scheme, request, keys, age, &claim),
        Err(no_claim) => no_claim,
    }
}

/// What was checked, step by step, for a person to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// The name of the secret that fitted, or else of the first that was tried.
    pub key: String,
    /// The bytes that are signed, the secret left out where it is among them.
    pub signed: Vec<u8>,
    /// The signature that this secret makes of them; none where only the sender can make one, and
    /// where it would be the secret itself.
    pub expected: Option<String>,
    /// The signatures that stand in the request; none where that is the secret itself.
    pub seen: Vec<String>,
    /// When it says that it was signed, in milliseconds since the Unix epoch.
    pub signed_at_ms: Option<i64>,
}

/// As [`verify`], with the steps that led to the verdict where it came to any.
#[must_use]
pub fn explain(
    scheme: Scheme,
    request: &Request<'_>,
    keys: &Keys,
    age: Age,
) -> (Verdict, Option<Steps>) {
    let verdict = verify(scheme, request, keys, age);
    let Ok(claim) = senders::claim(scheme, request, keys) else {
        return (verdict, None);
    };
    let nobody = Secret::new(String::new(), Vec::new());
    let fit = fitting(&claim, &keys.secrets);
    let (secret, message) = fit.unwrap_or((keys.secrets.first().unwrap_or(&nobody), 0));
    let message = &claim.messages[message];
    let is_token = matches!(claim.proof, Proof::Token);
    let steps = Steps {
        key: secret.name().to_owned(),
        signed: claim::pieces(message, b"").collect::<Vec<_>>().concat(),
        expected: claim.proof.expected(message, secret.value()),
        seen: claim
            .seen
            .iter()
            .filter(|_| !is_token)
            .map(|seen| seen.clone().into_owned())
            .collect(),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a time for display saturates"
        )]
        signed_at_ms: claim
            .signed_at_ms
            .and_then(Result::ok)
            .map(|at_ms| at_ms as i64),
    };
    (verdict, Some(steps))
}

fn judge(
    scheme: Scheme,
    request: &Request<'_>,
    keys: &Keys,
    age: Age,
    claim: &Claim<'_>,
) -> Verdict {
    let certificate = [Secret::new("its certificate", Vec::new())];
    let secrets = if scheme.needs_secret() {
        keys.secrets.as_slice()
    } else {
        certificate.as_slice()
    };
    let is_empty = |secret: &Secret| secret.value().is_empty();
    if scheme.needs_secret() && secrets.iter().all(is_empty) {
        return Verdict::Unknown(Need::Secret);
    }
    let is_well_formed = |seen: &Cow<'_, str>| claim.proof.is_well_formed(seen);
    if !claim.seen.iter().any(is_well_formed) {
        let what = "the signature is not written as this sender writes it";
        return Verdict::Invalid(Flaw::Malformed(what.to_owned()));
    }
    match fitting(claim, secrets) {
        Some((secret, _)) => match aged(claim.signed_at_ms.as_ref(), request.received_at_ms, age) {
            Some(flaw) => Verdict::Invalid(flaw),
            None => Verdict::Valid {
                key: secret.name().to_owned(),
                covers: scheme.covers(),
            },
        },
        None => Verdict::Invalid(senders::misfit(scheme, claim, secrets)),
    }
}

/// The secret, and the index of the message, for which a signature of `claim` holds.
fn fitting<'a>(claim: &Claim<'_>, secrets: &'a [Secret]) -> Option<(&'a Secret, usize)> {
    let holds = |secret: &Secret, message: &Message<'_>| {
        let holds =
            |seen: &Cow<'_, str>| claim.proof.holds(message, secret.value(), seen) == Some(true);
        claim.seen.iter().any(holds)
    };
    secrets.iter().find_map(|secret| {
        let at = claim
            .messages
            .iter()
            .position(|message| holds(secret, message))?;
        Some((secret, at))
    })
}

/// What is wrong with the time at which a genuine signature was made.
fn aged(signed_at_ms: Option<&Result<f64, Flaw>>, received_at_ms: i64, age: Age) -> Option<Flaw> {
    let signed_at_ms = match signed_at_ms? {
        Ok(at_ms) => at_ms,
        Err(flaw) => return Some(flaw.clone()),
    };
    #[expect(
        clippy::cast_precision_loss,
        reason = "times of this age of the world fit"
    )]
    let age_s = (received_at_ms as f64 - signed_at_ms) / 1000.0;
    #[expect(clippy::cast_precision_loss, reason = "a limit is a number of seconds")]
    let exceeds = |seconds: f64, limit_s: Option<i64>| limit_s.filter(|s| seconds > *s as f64);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "seconds for display saturate"
    )]
    let whole = |seconds: f64| seconds.ceil() as i64;
    let too_old = exceeds(age_s, age.past_s).map(|limit_s| Flaw::TooOld {
        age_s: whole(age_s),
        limit_s,
    });
    too_old.or_else(|| {
        exceeds(-age_s, age.future_s).map(|limit_s| Flaw::InTheFuture {
            ahead_s: whole(-age_s),
            limit_s,
        })
    })
}
