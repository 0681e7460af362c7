//! Which challenge a request is. Start at [`respond`].

use crate::verify::{
    handshake::{
        answer::{Answer, Handshake},
        challenge::Challenge,
        signed, unsigned,
    },
    request::Request,
    scheme::{Age, Scheme},
    secret::Keys,
};

/// The answer to `request` if it is a challenge, with `age` as the rule for how old a signature may
/// be.
pub(super) fn respond(
    request: &Request<'_>,
    keys: &Keys,
    age: fn(Scheme) -> Age,
) -> Option<Handshake> {
    let challenge = Challenge { request, keys, age };
    match &*request.method {
        b"HEAD" => Some(Handshake::Answer(Answer::empty("trello", 200))),
        b"OPTIONS" => unsigned::cloud_events(request).map(Handshake::Answer),
        b"GET" => get(&challenge).map(Handshake::Answer),
        b"POST" => post(&challenge),
        _ => None,
    }
}

fn get(challenge: &Challenge<'_>) -> Option<Answer> {
    let request = challenge.request;
    signed::meta(challenge)
        .or_else(|| signed::x(challenge))
        .or_else(|| unsigned::web_sub(request))
        .or_else(|| unsigned::dropbox(request))
        .or_else(|| unsigned::okta(request))
}

fn post(challenge: &Challenge<'_>) -> Option<Handshake> {
    let request = challenge.request;
    unsigned::microsoft_graph(request)
        .or_else(|| unsigned::asana(request, challenge.keys))
        .or_else(|| signed::discord(challenge))
        .or_else(|| signed::twitch(challenge))
        .or_else(|| signed::slack(challenge))
        .or_else(|| signed::zoom(challenge))
        .or_else(|| unsigned::event_grid(request))
        .or_else(|| unsigned::monday(request))
        .map(Handshake::Answer)
        .or_else(|| signed::sns(challenge))
}
