//! Short texts that people and programs hand on: connect strings, URLs, tokens, keys, ids. What is
//! taken comes back the same from its own text.

#![no_main]

use std::{fmt::Debug, str::FromStr};

use libfuzzer_sys::fuzz_target;
use webhook::{
    capture::{CaptureId, EndpointId},
    redact::{is_secret_header, is_secret_query},
};
use wire::{
    connect::{ConnectString, RelayUrl},
    key::PublicKey,
    token::Token,
};

fn check<T: FromStr + Debug>(text: &str, shown: impl Fn(&T) -> String) {
    if let Ok(parsed) = text.parse::<T>() {
        let first = shown(&parsed);
        let again = first.parse::<T>().ok().map(|again| shown(&again));
        assert_eq!(again.as_ref(), Some(&first), "{text:?}");
    }
}

fuzz_target!(|bytes: &[u8]| {
    let _ = is_secret_header(bytes);
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let _ = is_secret_query(text);
    check::<ConnectString>(text, ToString::to_string);
    check::<RelayUrl>(text, ToString::to_string);
    check::<Token>(text, |token| token.reveal().to_owned());
    check::<PublicKey>(text, ToString::to_string);
    check::<CaptureId>(text, ToString::to_string);
    check::<EndpointId>(text, ToString::to_string);
    if let Ok(relay) = text.parse::<RelayUrl>() {
        let (tunnel, device) = (relay.tunnel_url(), relay.api_url(wire::api::DEVICE));
        assert_eq!(tunnel.scheme() == "wss", relay.is_encrypted());
        assert_eq!(tunnel.authority(), device.authority());
        assert!(relay.is_loopback() || !relay.authority().is_empty());
    }
});
