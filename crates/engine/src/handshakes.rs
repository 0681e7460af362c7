//! Challenges that senders send before they send anything else, answered with the secrets at hand.
//! Start at [`answer`].

use bytes::Bytes;
use webhook::{
    capture::Capture,
    verify::{
        handshake::{self, Handshake},
        request::Request,
        scheme::Scheme,
        secret::Keys,
    },
};

use crate::{
    answer::{Answer, Body},
    vault::{Key, Ring},
};

/// The senders whose challenges have to do with a secret, by the names that handshakes have.
const WITH_SECRETS: [(&str, Scheme); 4] = [
    ("slack", Scheme::Slack),
    ("zoom", Scheme::Zoom),
    ("discord", Scheme::Discord),
    ("meta", Scheme::Meta),
];

/// What the sender of `capture` is to be answered, if that is a challenge.
pub(crate) fn answer(capture: &Capture, ring: &Ring) -> Option<handshake::Answer> {
    // Of the URL only the query counts.
    let target = String::from_utf8_lossy(capture.head.target());
    let url = format!("http://localhost{target}");
    let request = Request::of(capture, &url);
    if !handshake::may_be(&request) {
        return None;
    }
    let own = ring.keys(capture.endpoint.as_str());
    for (name, scheme) in WITH_SECRETS {
        let keys = keys(own, Some(scheme));
        let answered = by(&request, &keys).filter(|answer| answer.sender == name);
        if answered.is_some() {
            return answered;
        }
    }
    let is_other = |sender: &str| WITH_SECRETS.iter().all(|(name, _)| *name != sender);
    by(&request, &keys(own, None)).filter(|answer| is_other(answer.sender))
}

/// The same as it goes back on the line.
pub(crate) fn on_the_line(answer: &handshake::Answer) -> Answer {
    let status = http::StatusCode::from_u16(answer.status);
    let reason = status.ok().and_then(|status| status.canonical_reason());
    let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, reason.unwrap_or("OK"));
    for (name, value) in &answer.headers {
        // What is echoed ends no line of the head.
        if !value.chars().any(char::is_control) {
            head.extend([*name, ": ", value, "\r\n"]);
        }
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", answer.body.len()));
    Answer {
        head: head.into(),
        body: Body::Whole(Bytes::copy_from_slice(&answer.body)),
    }
}

/// Those of `own` that may be `scheme`'s.
fn keys(own: &[Key], scheme: Option<Scheme>) -> Keys {
    let fits = |key: &&Key| key.scheme.is_none() || key.scheme == scheme;
    Keys {
        secrets: own
            .iter()
            .filter(fits)
            .map(|key| key.secret.clone())
            .collect(),
        ..Keys::default()
    }
}

fn by(request: &Request<'_>, keys: &Keys) -> Option<handshake::Answer> {
    match handshake::answer(request, keys)? {
        Handshake::Answer(answer) => Some(answer),
        // What subscribes this endpoint to a topic is the user's to decide.
        Handshake::Ask { .. } => None,
    }
}
