//! What is done to URLs between a sender and a program: by proxies, and by frameworks that put
//! them together again. Start at [`changes`].

use percent_encoding::percent_decode_str;

use crate::verify::request::Request;

/// URLs that may have been signed in place of the one of `request`, each with what was done to it.
pub(super) fn changes(request: &Request<'_>) -> Vec<(&'static str, String)> {
    let Some(url) = Parts::of(&request.url) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (how_host, host) in hosts(request, &url) {
        for (how_path, path) in paths(&url) {
            for (how_query, query) in queries(&url) {
                for scheme in ["https", "http"] {
                    let changed = Parts {
                        scheme,
                        host: &host,
                        path: &path,
                        query: &query,
                    };
                    let hows = [
                        (scheme != url.scheme).then_some("its scheme was changed"),
                        how_host,
                        how_path,
                        how_query,
                    ];
                    // One change, or the scheme and one more: a proxy does both at once.
                    let others = hows[1..].iter().flatten().count();
                    let how = hows[1..].iter().flatten().next().or(hows[0].as_ref());
                    if let (true, Some(how)) = (others < 2, how) {
                        found.push((
                            others + usize::from(hows[0].is_some()),
                            *how,
                            changed.join(),
                        ));
                    }
                }
            }
        }
    }
    found.sort_by_key(|(changes, ..)| *changes);
    let path_only = (
        "it was left without scheme and host",
        format!("{}{}", url.path, url.query),
    );
    found
        .into_iter()
        .map(|(_, how, url)| (how, url))
        .chain([path_only])
        .collect()
}

/// A URL in four pieces that make it up again: the path with its `/`, the query with its `?`.
#[derive(Clone, Copy)]
struct Parts<'a> {
    scheme: &'a str,
    host: &'a str,
    path: &'a str,
    query: &'a str,
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let rest = rest.split('#').next().unwrap_or_default();
        let (rest, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        Some(Self {
            scheme,
            host,
            path,
            query,
        })
    }

    fn join(self) -> String {
        let Self {
            scheme,
            host,
            path,
            query,
        } = self;
        format!("{scheme}://{host}{path}{query}")
    }
}

type Changed = (Option<&'static str>, String);

/// Those of `all` that differ from `known`, after it.
fn differing(known: &str, all: Vec<(&'static str, Option<String>)>) -> Vec<Changed> {
    let others = all
        .into_iter()
        .filter_map(|(how, text)| Some((Some(how), text?)))
        .filter(|(_, text)| text != known);
    [(None, known.to_owned())]
        .into_iter()
        .chain(others)
        .collect()
}

fn hosts(request: &Request<'_>, url: &Parts<'_>) -> Vec<Changed> {
    let header = |name: &str| request.one(name).ok().map(str::to_owned);
    let bare = url.host.split(':').next().unwrap_or_default();
    let port = |port: &str| Some(format!("{bare}:{port}"));
    differing(
        url.host,
        vec![
            (
                "its host was another (X-Forwarded-Host)",
                header("X-Forwarded-Host"),
            ),
            (
                "its host was another (X-Original-Host)",
                header("X-Original-Host"),
            ),
            ("its host was another (Host)", header("Host")),
            ("its port was left out", Some(bare.to_owned())),
            ("its port was added", port("443")),
            ("its port was added", port("80")),
            ("its port was added", port("8080")),
            ("its port was added", port("3000")),
            (
                "its host was in upper case",
                Some(url.host.to_ascii_lowercase()),
            ),
            ("its host had a `www.`", Some(format!("www.{}", url.host))),
            (
                "its host had no `www.`",
                url.host.strip_prefix("www.").map(str::to_owned),
            ),
        ],
    )
}

fn paths(url: &Parts<'_>) -> Vec<Changed> {
    let shorter = url
        .path
        .get(1..)
        .and_then(|rest| rest.find('/'))
        .map(|at| url.path[at + 1..].to_owned());
    let decoded = percent_decode_str(url.path)
        .decode_utf8()
        .ok()
        .map(std::borrow::Cow::into_owned);
    differing(
        url.path,
        vec![
            (
                "it had a slash at the end of its path",
                Some(format!("{}/", url.path)),
            ),
            (
                "it had no slash at the end of its path",
                url.path.strip_suffix('/').map(str::to_owned),
            ),
            ("it lacked the first part of its path", shorter),
            ("its path was decoded", decoded),
            ("its path was left out", Some(String::new())),
        ],
    )
}

fn queries(url: &Parts<'_>) -> Vec<Changed> {
    let query = url.query.strip_prefix('?').unwrap_or_default();
    let mut pairs: Vec<_> = query.split('&').collect();
    pairs.sort_unstable();
    let decoded = percent_decode_str(url.query)
        .decode_utf8()
        .ok()
        .map(std::borrow::Cow::into_owned);
    differing(
        url.query,
        vec![
            ("its query was left out", Some(String::new())),
            (
                "its query was sorted",
                (!query.is_empty()).then(|| format!("?{}", pairs.join("&"))),
            ),
            ("its query was decoded", decoded),
            ("its spaces were `%20`", Some(url.query.replace('+', "%20"))),
            ("its spaces were `+`", Some(url.query.replace("%20", "+"))),
        ],
    )
}
