//! A link that was opened in a browser or a mail: what the page shows of it, for it pairs with
//! nothing by itself.

use serde::Serialize;
use ts_rs::TS;
use webhook::escape;
use wire::connect::{ConnectError, ConnectString};

use crate::{engine::Error, view::UiError};

/// Bytes of the longest text that is read as a link; ours are about 200.
pub const LONGEST: usize = 4096;

/// What a link asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum LinkView {
    /// To pair this computer with a relay.
    Pair {
        /// The connect string, written anew: visible ASCII, and nothing in it that is not used.
        connect: String,
        /// The relay's address, as [`Status`](crate::view::Status) names it once it is paired with.
        relay: String,
        /// Host and perhaps port of it, a foreign name in its `xn--` form.
        host: String,
    },
    /// For nothing that is known.
    Refused {
        /// Why.
        problem: UiError,
    },
}

/// Reads what a stranger may have written.
#[must_use]
pub fn read(text: &str) -> LinkView {
    let parsed = match text.len() {
        ..=LONGEST => text.parse(),
        _ => Err(ConnectError::NotOne),
    };
    match parsed {
        Ok(connect) => wish(&connect),
        Err(error) => refused(&error.into()),
    }
}

fn wish(connect: &ConnectString) -> LinkView {
    LinkView::Pair {
        connect: connect.to_string(),
        relay: connect.relay.to_string(),
        host: connect.relay.authority().to_owned(),
    }
}

fn refused(error: &Error) -> LinkView {
    let (message, _) = escape::for_display(error.to_string().as_bytes());
    let code = error.code().to_owned();
    LinkView::Refused {
        problem: UiError { code, message },
    }
}

#[cfg(test)]
mod tests {
    use wire::token::{Token, TokenKind};

    use super::*;

    fn link(relay: &str) -> String {
        let invite = Token::generate(TokenKind::Invite);
        format!("tenterhook://pair?relay={relay}&invite={}", invite.reveal())
    }

    #[test]
    fn a_link_names_the_relay_and_brings_its_connect_string() {
        let LinkView::Pair {
            connect,
            relay,
            host,
        } = read(&link("https://Hooks.example.dev:8443/team/"))
        else {
            panic!("it is a connect string");
        };
        assert_eq!(host, "hooks.example.dev:8443");
        assert_eq!(relay, "https://hooks.example.dev:8443/team");
        let again: ConnectString = connect.parse().unwrap();
        assert_eq!(again.relay.to_string(), relay);
    }

    #[test]
    fn what_a_stranger_adds_or_dresses_up_is_not_handed_on() {
        let dressed = format!(
            "{}&colour=\u{202e}evil",
            link("https://h\u{43e}\u{43e}ks.example.dev")
        );
        let LinkView::Pair { connect, host, .. } = read(&dressed) else {
            panic!("it is a connect string");
        };
        assert!(host.starts_with("xn--"), "{host}");
        assert!(connect.bytes().all(|byte| byte.is_ascii_graphic()));
        assert!(!connect.contains("colour"));
    }

    /// Why `text` is refused.
    fn problem(text: &str) -> UiError {
        match read(text) {
            LinkView::Refused { problem } => problem,
            LinkView::Pair { .. } => panic!("{text} was taken"),
        }
    }

    #[test]
    fn a_link_that_is_no_connect_string_is_refused_and_said_so() {
        for text in ["", "tenterhook://open?x", "--help", "file:///etc/passwd"] {
            let problem = problem(text);
            assert_eq!(problem.code, "connect_string");
            assert!(
                problem.message.contains("tenterhook://pair?"),
                "{problem:?}"
            );
        }
        let endless = link(&format!("https://{}.dev", "a".repeat(LONGEST)));
        assert!(problem(&endless).message.contains("tenterhook://pair?"));
    }

    #[test]
    fn the_reason_of_a_refusal_hides_nothing() {
        let problem = problem(&link("h%E2%80%AEello"));
        assert!(problem.message.contains("\\u{202e}"), "{problem:?}");
    }
}
