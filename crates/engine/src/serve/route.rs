//! Which hook a request is for, as the original's router decides. Pure. Start at [`Router::route`].

use std::fmt::Write;

/// Where hooks are.
#[derive(Debug, Clone)]
pub(super) struct Router {
    /// What stands before an id, with a slash at either end.
    base: Vec<u8>,
}

/// Where a request goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// To `/`, which says that the server is up.
    Root,
    /// To the hook of this id, if there is one.
    Hook(Vec<u8>),
    /// To the clean spelling of its own address.
    Moved(String),
    /// Nowhere.
    Nothing,
    /// It asks what the server as a whole can do.
    Options,
    /// Its target is none.
    Malformed,
}

impl Router {
    pub(super) fn new(prefix: &str) -> Self {
        let base = match prefix {
            "" => "/".to_owned(),
            prefix => format!("/{prefix}/"),
        };
        Self {
            base: base.into_bytes(),
        }
    }

    /// Routes a request by its target, as sent.
    pub(super) fn route(&self, method: &[u8], target: &[u8]) -> Route {
        if target == b"*" {
            return match method {
                b"OPTIONS" => Route::Options,
                _ => Route::Moved("/*".to_owned()),
            };
        }
        let (origin, rest) = split_origin(target);
        let (path, query) = match rest.iter().position(|byte| *byte == b'?') {
            Some(at) => rest.split_at(at),
            None => (rest, &[][..]),
        };
        let Some(path) = percent_decoded(path) else {
            return Route::Malformed;
        };
        let clean = cleaned(&path);
        if clean != path {
            let query = String::from_utf8_lossy(query);
            return Route::Moved(format!("{origin}{}{query}", percent_encoded(&clean)));
        }
        if path == b"/" {
            return Route::Root;
        }
        match path.strip_prefix(self.base.as_slice()) {
            Some(id) if !id.contains(&b'\n') => Route::Hook(id.to_vec()),
            _ => Route::Nothing,
        }
    }
}

/// The scheme and the authority of a target that has them, and what follows.
fn split_origin(target: &[u8]) -> (String, &[u8]) {
    let text = String::from_utf8_lossy(target);
    let has_origin = !target.starts_with(b"/");
    let Some(after) = text.find("://").filter(|_| has_origin).map(|at| at + 3) else {
        return (String::new(), target);
    };
    let is_end = |byte: &u8| matches!(byte, b'/' | b'?');
    let authority = target[after..].iter().position(is_end);
    let end = authority.map_or(target.len(), |length| after + length);
    let origin = String::from_utf8_lossy(&target[..end]).into_owned();
    (origin, &target[end..])
}

/// The bytes that a path stands for; none when a `%` does not begin an escape.
fn percent_decoded(path: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let mut decoded = Vec::with_capacity(path.len());
    let mut rest = path;
    loop {
        rest = match rest {
            [] => return Some(decoded),
            [b'%', rest @ ..] => {
                let [high, low, rest @ ..] = rest else {
                    return None;
                };
                let byte = digit(high)? << 4 | digit(low)?;
                decoded.extend(u8::try_from(byte));
                rest
            }
            [byte, rest @ ..] => {
                decoded.push(*byte);
                rest
            }
        };
    }
}

/// The shortest path that means the same. A slash at the end stays.
fn cleaned(path: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => drop(kept.pop()),
            part => kept.push(part),
        }
    }
    let mut clean = Vec::with_capacity(path.len());
    for part in &kept {
        clean.push(b'/');
        clean.extend_from_slice(part);
    }
    if kept.is_empty() || path.ends_with(b"/") {
        clean.push(b'/');
    }
    clean
}

/// A path as Go writes it in a URL.
fn percent_encoded(path: &[u8]) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path {
        let is_plain = byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(byte);
        if is_plain {
            encoded.push(char::from(*byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a String takes all");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(prefix: &str, target: &str, want: &Route) {
        let got = Router::new(prefix).route(b"POST", target.as_bytes());
        assert_eq!(&got, want, "{target} under {prefix:?}");
    }

    fn hook(id: &str) -> Route {
        Route::Hook(id.into())
    }

    fn moved(to: &str) -> Route {
        Route::Moved(to.into())
    }

    #[test]
    fn an_id_is_all_that_follows_the_prefix() {
        check("hooks", "/hooks/deploy", &hook("deploy"));
        check("hooks", "/hooks/deploy?x=/../", &hook("deploy"));
        check("hooks", "/hooks/a/b/", &hook("a/b/"));
        check("hooks", "/hooks/", &hook(""));
        check("hooks", "/hooks/a%2Fb%20c+d", &hook("a/b c+d"));
        check("hooks", "/hooks/a#b", &hook("a#b"));
        check("hooks", "http://a:1/hooks/x?y", &hook("x"));
        check("", "/deploy", &hook("deploy"));
        check("a/b", "/a/b/c", &hook("c"));
    }

    #[test]
    fn the_root_is_no_hook() {
        check("hooks", "/", &Route::Root);
        check("hooks", "/?a", &Route::Root);
        check("", "/", &Route::Root);
    }

    #[test]
    fn everything_else_is_nowhere() {
        for target in ["/hooks", "/Hooks/a", "/x", "/hooksa/b", "/hooks/a%0Ab"] {
            check("hooks", target, &Route::Nothing);
        }
        for target in ["/hooks/%", "/hooks/%z1", "/hooks/%1"] {
            check("hooks", target, &Route::Malformed);
        }
    }

    #[test]
    fn an_unclean_path_is_sent_to_the_clean_one() {
        check("hooks", "/hooks//a?b=%20", &moved("/hooks/a?b=%20"));
        check("hooks", "//", &moved("/"));
        check("hooks", "/hooks/../x/./y/", &moved("/x/y/"));
        check("hooks", "/hooks/%2e%2e/caf%c3%a9!", &moved("/caf%C3%A9%21"));
        check("hooks", "/hooks/a%2F%2Fb", &moved("/hooks/a/b"));
        check("hooks", "/../..", &moved("/"));
        check("hooks", "http://a//b?", &moved("http://a/b?"));
        check("hooks", "http://a", &moved("http://a/"));
    }

    proptest! {
        #[test]
        fn no_target_leads_round_in_circles(target in "[/a.%2eF?#é]{0,24}") {
            let router = Router::new("hooks");
            if let Route::Moved(to) = router.route(b"GET", format!("/{target}").as_bytes()) {
                let again = router.route(b"GET", to.as_bytes());
                prop_assert!(!matches!(again, Route::Moved(_)), "{to} leads to {again:?}");
            }
        }
    }
}
