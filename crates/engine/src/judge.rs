//! Which scheme a request is held against, and what comes of it. Start at [`judge`].

use webhook::{
    escape,
    verify::{
        self,
        request::Request,
        scheme::Scheme,
        secret::Keys,
        verdict::{Flaw, Verdict},
    },
};

use crate::{store::verdicts::Judged, vault::Key};

/// One way to read a request: as this scheme's, with these secrets.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub(crate) scheme: Scheme,
    /// Where the signature stands, if not where the scheme has it.
    pub(crate) header: Option<String>,
    pub(crate) keys: Keys,
}

/// What is to be kept of the verdict on `request`, which was sent to an endpoint with `keys`. None
/// where it bears no signature and need not.
pub(crate) fn judge(request: &Request<'_>, keys: &[Key]) -> Option<Judged> {
    let (reading, verdict) = best(request, keys)?;
    let shown = |text: String| escape::for_display(text.as_bytes()).0;
    let why = match &verdict {
        Verdict::Invalid(flaw) => Some(shown(flaw.to_string())),
        Verdict::Unknown(_) => Some(shown(verdict.to_string())),
        Verdict::Valid { .. } | Verdict::Unsigned => None,
    };
    Some(Judged {
        reason: verdict.reason(),
        scheme: reading.scheme,
        why,
        secret: match verdict {
            Verdict::Valid { key, .. } => Some(key),
            _ => None,
        },
    })
}

/// The reading that tells the most of `request`, and its verdict.
pub(crate) fn best(request: &Request<'_>, keys: &[Key]) -> Option<(Reading, Verdict)> {
    let judged = readings(request, keys).into_iter().map(|reading| {
        let verdict = reading.verdict(request);
        (reading, verdict)
    });
    // Of those that tell as much, the first: what the request shows signs of comes first.
    judged.min_by_key(|(_, verdict)| rank(verdict))
}

const fn rank(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Valid { .. } => 0,
        Verdict::Invalid(Flaw::Missing(_)) => 4,
        Verdict::Invalid(Flaw::Malformed(_)) => 2,
        Verdict::Invalid(_) => 1,
        Verdict::Unknown(_) | Verdict::Unsigned => 3,
    }
}

/// All readings of `request` that its signs and its endpoint's `keys` allow.
pub(crate) fn readings(request: &Request<'_>, keys: &[Key]) -> Vec<Reading> {
    let mut found: Vec<Reading> = Vec::new();
    let shown = shown(request);
    let of_keys = keys
        .iter()
        .filter_map(|key| key.scheme.map(|scheme| (scheme, key.header.clone())));
    let ways = shown.iter().map(|scheme| (*scheme, None)).chain(of_keys);
    for (scheme, header) in ways {
        if !found
            .iter()
            .any(|one| one.scheme == scheme && one.header == header)
        {
            let keys = Keys::default();
            found.push(Reading {
                scheme,
                header,
                keys,
            });
        }
    }
    for reading in &mut found {
        let own = keys.iter().filter(|key| match key.scheme {
            Some(scheme) => scheme == reading.scheme && key.header == reading.header,
            None => reading.header.is_none() && reading.scheme.needs_secret(),
        });
        reading.keys.secrets = own.map(|key| key.secret.clone()).collect();
    }
    found
}

/// The schemes that `request` shows signs of, without the weaker one where a sender signs twice.
pub(crate) fn shown(request: &Request<'_>) -> Vec<Scheme> {
    let found = verify::detect(request);
    let has = |scheme| found.contains(&scheme);
    let is_weaker = |scheme: &Scheme| match scheme {
        Scheme::GitHubSha1 => has(Scheme::GitHub),
        Scheme::HubSpotV1 | Scheme::HubSpotV2 => has(Scheme::HubSpotV3),
        Scheme::GitLabToken => has(Scheme::GitLabSigning),
        _ => false,
    };
    found
        .iter()
        .copied()
        .filter(|scheme| !is_weaker(scheme))
        .collect()
}

impl Reading {
    /// What the signature of `request` proves.
    pub(crate) fn verdict(&self, request: &Request<'_>) -> Verdict {
        let request = self.of(request);
        verify::verify(self.scheme, &request, &self.keys, self.scheme.age())
    }

    /// `request` with its signature where the scheme has it.
    pub(crate) fn of<'a>(&self, request: &Request<'a>) -> Request<'a> {
        let mut request = request.clone();
        let usual = verify::headers(self.scheme).first().copied();
        if let (Some(own), Some(usual)) = (&self.header, usual)
            && !own.eq_ignore_ascii_case(usual)
        {
            let is = |known: &[u8], name: &str| known.eq_ignore_ascii_case(name.as_bytes());
            request.headers.retain(|(name, _)| !is(name, usual));
            for (name, _) in &mut request.headers {
                if is(name, own) {
                    *name = usual.as_bytes().into();
                }
            }
        }
        request
    }
}

#[cfg(test)]
mod tests {
    use webhook::verify::{
        secret::Secret,
        sign::{Stamp, sign},
    };

    use super::*;

    const NOW_MS: i64 = 1_760_000_000_000;

    fn request(headers: &[(&'static str, &'static str)]) -> Request<'static> {
        Request {
            method: b"POST".into(),
            url: "https://hooks.example.dev/h/7Qk".into(),
            headers: headers
                .iter()
                .map(|(name, value)| (name.as_bytes().into(), value.as_bytes().into()))
                .collect(),
            body: b"{\"a\": 1}".into(),
            received_at_ms: NOW_MS,
        }
    }

    fn key(scheme: Option<Scheme>, header: Option<&str>, name: &str) -> Key {
        Key {
            scheme,
            header: header.map(str::to_owned),
            secret: Secret::new(name, format!("value of {name}")),
        }
    }

    fn signed(scheme: Scheme, request: &Request<'_>, name: &str) -> Request<'static> {
        let stamp = Stamp {
            now_ms: NOW_MS,
            id: "1".to_owned(),
        };
        sign(scheme, request, &key(None, None, name).secret, &stamp).unwrap()
    }

    /// Checks the word, and the secret or the scheme's name.
    #[track_caller]
    fn check(request: &Request<'_>, keys: &[Key], want: Option<(&str, &str)>) {
        let judged = judge(request, keys);
        let seen = judged.as_ref().map(|one| {
            let name = one.secret.as_deref().unwrap_or(one.scheme.name());
            (one.reason, name)
        });
        assert_eq!(seen, want, "{judged:?}");
    }

    #[test]
    fn a_secret_without_a_scheme_serves_the_sender_who_is_recognised() {
        let github = request(&[("X-GitHub-Event", "push")]);
        let by_acme = signed(Scheme::GitHub, &github, "acme");
        check(&by_acme, &[key(None, None, "acme")], Some(("ok", "acme")));
        let stripe = signed(Scheme::Stripe, &request(&[]), "acme");
        check(&stripe, &[key(None, None, "acme")], Some(("ok", "acme")));
        check(&request(&[]), &[key(None, None, "acme")], None);
        check(&by_acme, &[], Some(("unknown", "github")));
    }

    #[test]
    fn while_a_secret_is_rotated_either_counts() {
        let keys = [
            key(Some(Scheme::GitHub), None, "new"),
            key(Some(Scheme::GitHub), None, "old"),
        ];
        let github = request(&[("X-GitHub-Event", "push")]);
        for name in ["new", "old"] {
            let sent = signed(Scheme::GitHub, &github, name);
            check(&sent, &keys, Some(("ok", name)));
        }
        let other = signed(Scheme::GitHub, &github, "other");
        check(&other, &keys, Some(("mismatch", "github")));
    }

    #[test]
    fn an_endpoint_that_has_a_scheme_misses_its_signature() {
        let keys = [key(Some(Scheme::Slack), None, "team")];
        check(&request(&[]), &keys, Some(("missing", "slack")));
        let stripe = signed(Scheme::Stripe, &request(&[]), "x");
        check(&stripe, &keys, Some(("unknown", "stripe")));
    }

    #[test]
    fn the_weaker_of_two_signatures_proves_nothing_beside_the_stronger() {
        let github = request(&[("X-GitHub-Event", "push"), ("X-Hub-Signature", "sha1=0")]);
        let mut sent = signed(Scheme::GitHub, &github, "acme");
        sent.set("X-Hub-Signature-256", format!("sha256={}", "0".repeat(64)));
        check(
            &sent,
            &[key(None, None, "acme")],
            Some(("mismatch", "github")),
        );
    }

    #[test]
    fn a_signature_may_stand_in_a_header_of_its_owners_choice() {
        let keys = [key(Some(Scheme::Meta), Some("X-Acme-Sig"), "acme")];
        let mut sent = signed(Scheme::Meta, &request(&[]), "acme");
        for (name, _) in &mut sent.headers {
            if &**name == b"X-Hub-Signature-256" {
                *name = b"x-acme-sig".into();
            }
        }
        check(&sent, &keys, Some(("ok", "acme")));
        check(&request(&[]), &keys, Some(("missing", "meta")));
    }
}
