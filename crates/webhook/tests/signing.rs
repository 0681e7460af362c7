//! What is signed here is valid there, and nothing else is: every scheme, signed with a key of
//! each sender's kind, then changed by one bit.
#![expect(clippy::unwrap_used, reason = "this is a test")]

mod pairs;

use std::collections::BTreeSet;

use proptest::prelude::*;
use webhook::{
    decode::form,
    verify::{
        detect,
        handshake::{Handshake, answer},
        request::Request,
        sample::test_event,
        scheme::Scheme,
        secret::{Keys, Secret},
        sign::{SignError, Stamp, sign},
        verdict::Verdict,
        verify,
    },
};

use crate::pairs::{PAYPAL_URL, URL, issue, pair, stamp};

fn is_valid(scheme: Scheme, request: &Request<'_>, keys: &Keys) -> bool {
    verify(scheme, request, keys, scheme.age()).is_valid()
}

#[test]
fn a_test_event_of_every_sender_is_valid_and_looks_like_its_sender() {
    for scheme in Scheme::ALL {
        let pair = pair(scheme, &[7; 32]);
        let event = test_event(scheme, URL, &pair.signing, &stamp()).unwrap();
        let verdict = verify(scheme, &event, &pair.verifying, scheme.age());
        if scheme == Scheme::DockerHub {
            assert_eq!(verdict, Verdict::Unsigned);
        } else {
            assert!(verdict.is_valid(), "{scheme:?}: {verdict}");
        }
        let text = String::from_utf8_lossy(&event.body);
        assert!(
            !text.contains("{now") && !text.contains("{id}"),
            "{scheme:?}: {text}"
        );
        let found = detect(&event);
        assert!(found.contains(&scheme), "{scheme:?} is taken for {found:?}");
        if scheme != Scheme::Twilio {
            let json: Result<serde_json::Value, _> = serde_json::from_str(&text);
            assert!(json.is_ok(), "{scheme:?}: {json:?}");
        }
    }
}

#[test]
fn an_old_capture_is_valid_again_once_it_is_signed_again() {
    let day_ms = 86_400_000;
    for scheme in Scheme::ALL
        .into_iter()
        .filter(|scheme| *scheme != Scheme::DockerHub)
    {
        let pair = pair(scheme, &[9; 32]);
        let mut old = test_event(scheme, URL, &pair.signing, &stamp()).unwrap();
        old.received_at_ms += day_ms;
        let was_too_old = !is_valid(scheme, &old, &pair.verifying);
        assert_eq!(was_too_old, scheme.age().past_s.is_some(), "{scheme:?}");
        let later = Stamp {
            now_ms: stamp().now_ms + day_ms,
            id: "another".to_owned(),
        };
        let fresh = sign(scheme, &old, &pair.signing, &later).unwrap();
        assert_eq!(fresh.received_at_ms, later.now_ms);
        assert!(is_valid(scheme, &fresh, &pair.verifying), "{scheme:?}");
        assert_eq!(
            fresh.headers.len(),
            old.headers.len(),
            "{scheme:?} leaves no old header behind"
        );
    }
}

#[test]
fn github_gets_both_of_its_signatures_anew() {
    let secret = Secret::new("a", "old");
    let mut event = test_event(Scheme::GitHub, URL, &secret, &stamp()).unwrap();
    event.set("X-Hub-Signature", "sha1=0");
    let again = sign(Scheme::GitHub, &event, &Secret::new("b", "new"), &stamp()).unwrap();
    let keys = Keys::one(Secret::new("b", "new"));
    assert!(is_valid(Scheme::GitHub, &again, &keys));
    assert!(is_valid(Scheme::GitHubSha1, &again, &keys));
}

#[test]
fn a_key_that_cannot_sign_is_refused() {
    for scheme in [
        Scheme::Discord,
        Scheme::StandardWebhooksV1a,
        Scheme::SendGrid,
        Scheme::AwsSns,
    ] {
        for bad in [
            "",
            "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
            "whpk_AAAA",
        ] {
            let seen = test_event(scheme, URL, &Secret::new("public", bad), &stamp());
            assert_eq!(
                seen,
                Err(SignError::Key("public".to_owned())),
                "{scheme:?} {bad}"
            );
        }
    }
    let empty = test_event(Scheme::GitHub, URL, &Secret::new("none", ""), &stamp());
    assert_eq!(empty, Err(SignError::Key("none".to_owned())));
    let nothing = Request {
        body: b"{}".into(),
        ..empty_request()
    };
    let seen = sign(Scheme::Linear, &nothing, &Secret::new("a", "b"), &stamp());
    assert!(matches!(seen, Err(SignError::NotTheirs { .. })));
}

#[test]
fn an_empty_secret_signs_nothing() {
    for scheme in Scheme::ALL {
        let signed = test_event(scheme, URL, &Secret::new("empty", ""), &stamp());
        let is_refused = signed == Err(SignError::Key("empty".to_owned()));
        assert_eq!(is_refused, scheme != Scheme::DockerHub, "{scheme:?}");
    }
}

fn empty_request() -> Request<'static> {
    Request {
        method: b"POST".into(),
        url: URL.into(),
        headers: Vec::new(),
        body: b"".into(),
        received_at_ms: 0,
    }
}

#[test]
fn a_certificate_counts_only_under_a_trusted_root_for_its_sender_and_in_its_time() {
    let pair = pair(Scheme::PayPal, &[1; 32]);
    let event = test_event(Scheme::PayPal, URL, &pair.signing, &stamp()).unwrap();
    let reason = |event: &Request<'_>, keys: &Keys| {
        verify(Scheme::PayPal, event, keys, Scheme::PayPal.age()).reason()
    };
    assert_eq!(reason(&event, &pair.verifying), "ok");
    let mut keys = pair.verifying.clone();
    keys.roots = vec![issue("messageverificationcerts.paypal.com").root_pem];
    assert_eq!(reason(&event, &keys), "mismatch");
    keys.roots = Vec::new();
    assert_eq!(reason(&event, &keys), "unknown");
    keys.certificates.clear();
    assert_eq!(reason(&event, &keys), "unknown");
    let mut late = event.clone();
    late.received_at_ms += 365 * 86_400_000;
    assert_eq!(reason(&late, &pair.verifying), "mismatch");

    let other = issue("paypal.evil.example");
    let mut keys = Keys::one(Secret::new("id", "WH-1"));
    keys.certificates = [(PAYPAL_URL.to_owned(), other.chain_pem)].into();
    keys.roots = vec![other.root_pem];
    let signing = Secret::new("other", format!("WH-1\n{}", other.key_pem));
    let event = test_event(Scheme::PayPal, URL, &signing, &stamp()).unwrap();
    assert_eq!(reason(&event, &keys), "mismatch");
}

#[test]
fn a_topic_is_subscribed_to_only_by_the_user_and_only_when_aws_asks() {
    let pair = pair(Scheme::AwsSns, &[1; 32]);
    let ask = |subscribe_url: &str, keys: &Keys| {
        let mut event = test_event(Scheme::AwsSns, URL, &pair.signing, &stamp()).unwrap();
        let text = String::from_utf8(event.body.to_vec()).unwrap();
        let more = format!(r#""Token":"2336412f37","SubscribeURL":"{subscribe_url}","Message""#);
        let body = text.replace("Notification\"", "SubscriptionConfirmation\"");
        event.body = body.replacen(r#""Message""#, &more, 1).into_bytes().into();
        let event = sign(Scheme::AwsSns, &event, &pair.signing, &stamp()).unwrap();
        answer(&event, keys)
    };
    let url = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37";
    let sender = "aws-sns";
    assert_eq!(
        ask(url, &pair.verifying),
        Some(Handshake::Ask {
            sender,
            url: url.to_owned()
        })
    );
    assert_eq!(
        ask(
            "https://evil.example/?Action=ConfirmSubscription",
            &pair.verifying
        ),
        None
    );
    assert_eq!(
        ask("http://sns.eu-central-1.amazonaws.com/", &pair.verifying),
        None
    );
    assert_eq!(
        ask(url, &Keys::default()),
        None,
        "its certificate is not there yet"
    );
    let mut forged = pair.verifying.clone();
    let url_of = forged.certificates.keys().next().unwrap().clone();
    forged
        .certificates
        .insert(url_of, issue("sns.amazonaws.com").chain_pem);
    assert_eq!(ask(url, &forged), None);
}

/// Where a bit may be changed.
#[derive(Debug, Clone, Copy)]
enum Place {
    Body,
    Url,
    Method,
    /// The header at this position.
    Header(usize),
}

/// `request` with one bit changed at `place`; `None` where there is nothing to change.
fn flipped(
    request: &Request<'static>,
    place: Place,
    at: usize,
    bit: u8,
) -> Option<Request<'static>> {
    let mut request = request.clone();
    let flip = |bytes: &mut Vec<u8>| {
        let length = bytes.len();
        let byte = bytes.get_mut(at.checked_rem(length)?)?;
        *byte ^= 1 << bit;
        Some(())
    };
    match place {
        Place::Body => flip(request.body.to_mut())?,
        Place::Method => flip(request.method.to_mut())?,
        Place::Header(nth) => flip(request.headers[nth].1.to_mut())?,
        Place::Url => {
            let mut bytes = request.url.into_owned().into_bytes();
            flip(&mut bytes)?;
            request.url = String::from_utf8(bytes).ok()?.into();
        }
    }
    Some(request)
}

/// The headers whose every bit counts.
fn covered_headers(scheme: Scheme) -> &'static [&'static str] {
    match scheme {
        Scheme::Stripe => &["Stripe-Signature"],
        Scheme::Slack => &["X-Slack-Request-Timestamp", "X-Slack-Signature"],
        Scheme::Zoom => &["x-zm-request-timestamp", "x-zm-signature"],
        Scheme::StandardWebhooks | Scheme::StandardWebhooksV1a | Scheme::GitLabSigning => {
            &["webhook-id", "webhook-timestamp", "webhook-signature"]
        }
        Scheme::Svix => &["svix-id", "svix-timestamp", "svix-signature"],
        Scheme::HubSpotV3 => &["X-HubSpot-Request-Timestamp", "X-HubSpot-Signature-v3"],
        Scheme::SendGrid => &[
            "X-Twilio-Email-Event-Webhook-Timestamp",
            "X-Twilio-Email-Event-Webhook-Signature",
        ],
        // A hexadecimal digit in another case is the same signature.
        Scheme::Discord => &["X-Signature-Timestamp"],
        Scheme::PayPal => &[
            "PAYPAL-TRANSMISSION-ID",
            "PAYPAL-TRANSMISSION-TIME",
            "PAYPAL-TRANSMISSION-SIG",
        ],
        Scheme::GitHub => &["X-Hub-Signature-256"],
        Scheme::Shopify => &["X-Shopify-Hmac-SHA256"],
        Scheme::GitLabToken => &["X-Gitlab-Token"],
        Scheme::Harbor => &["Authorization"],
        _ => &[],
    }
}

/// The bytes of the body that count, where not all of them do.
fn covered_members(scheme: Scheme) -> Option<&'static [&'static str]> {
    match scheme {
        Scheme::AdyenPayments => Some(&[
            "7914073381342284",
            "AcmeECOM",
            "1130",
            "EUR",
            "AUTHORISATION",
        ]),
        Scheme::Mailgun => Some(&["5f0c7a1e9b3d4c2a8e6f1b0d7c9a3e5f", "1760000000"]),
        Scheme::AwsSns => Some(&[
            "status",
            "arn:aws:sns",
            "Order 1234",
            "2025-10-09",
            "5f0c7a1e9b3d",
        ]),
        Scheme::GitLabToken | Scheme::Harbor => Some(&[]),
        _ => None,
    }
}

/// Whether the body is signed whatever it is, with the text of any secret.
const fn takes_any_body_and_secret(scheme: Scheme) -> bool {
    !matches!(
        scheme,
        Scheme::AdyenPayments
            | Scheme::AdyenPayload
            | Scheme::Mailgun
            | Scheme::AwsSns
            | Scheme::PayPal
            | Scheme::Linear
            | Scheme::StandardWebhooks
            | Scheme::StandardWebhooksV1a
            | Scheme::Svix
            | Scheme::GitLabSigning
            | Scheme::Discord
            | Scheme::SendGrid
    )
}

fn schemes(are: impl Fn(Scheme) -> bool) -> impl Strategy<Value = Scheme> {
    let signed = |scheme: &Scheme| *scheme != Scheme::DockerHub && are(*scheme);
    proptest::sample::select(Scheme::ALL.into_iter().filter(signed).collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_changed_bit_of_what_is_covered_makes_it_invalid(
        scheme in schemes(|_| true), seed: [u8; 32], at: usize, bit in 0u8..8, which: usize,
    ) {
        let pair = pair(scheme, &seed);
        let event = test_event(scheme, URL, &pair.signing, &stamp()).unwrap();
        prop_assert!(is_valid(scheme, &event, &pair.verifying));

        let mut places = Vec::new();
        if scheme.covers_url() {
            places.push((Place::Url, at, bit % 7));
        }
        if matches!(scheme, Scheme::HubSpotV2 | Scheme::HubSpotV3) {
            places.push((Place::Method, at, bit));
        }
        for name in covered_headers(scheme) {
            let is_it = |(known, _): &(_, _)| -> bool { AsRef::<[u8]>::as_ref(known).eq_ignore_ascii_case(name.as_bytes()) };
            let nth = event.headers.iter().position(is_it).unwrap();
            places.push((Place::Header(nth), at, bit));
        }
        match covered_members(scheme) {
            None => places.push((Place::Body, at, bit)),
            Some([]) => {}
            Some(members) => {
                let member = members[which % members.len()];
                let text = String::from_utf8(event.body.to_vec()).unwrap();
                let start = text.find(member).unwrap();
                places.push((Place::Body, start + at % member.len(), bit));
            }
        }
        for (place, at, bit) in places {
            let Some(changed) = flipped(&event, place, at, bit) else { continue };
            // A form is covered as what it stands for: `%2b` is `%2B`.
            let fields = |request: &Request<'_>| -> BTreeSet<_> { form::byte_pairs(&request.body).collect() };
            if scheme == Scheme::Twilio && matches!(place, Place::Body) && fields(&changed) == fields(&event) {
                continue;
            }
            prop_assert!(
                !is_valid(scheme, &changed, &pair.verifying),
                "{scheme:?} {place:?} {at} {bit}: {changed:?}"
            );
        }
    }

    #[test]
    fn any_body_is_valid_once_signed_where_the_body_is_all(
        scheme in schemes(takes_any_body_and_secret), body: Vec<u8>, secret in "[!-~]{1,80}", id in "[A-Za-z0-9]{1,40}",
    ) {
        let request = Request { body: body.into(), ..empty_request() };
        let stamp = Stamp { id, ..stamp() };
        let signed = sign(scheme, &request, &Secret::new("a", secret.clone()), &stamp).unwrap();
        prop_assert_eq!(&signed.body, &request.body);
        prop_assert!(is_valid(scheme, &signed, &Keys::one(Secret::new("a", secret))));
    }
}
