//! Requests of every shape, for property tests: what is sent, and what must be kept of it.

use proptest::{collection::vec, prelude::*};

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    /// From the request line to the empty line.
    pub(crate) head: Vec<u8>,
    /// The body as sent, in its transfer coding.
    pub(crate) coded: Vec<u8>,
    /// The body without it.
    pub(crate) body: Vec<u8>,
}

impl Sample {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        [&self.head[..], &self.coded].concat()
    }
}

/// The bytes of all requests, one after the other.
pub(crate) fn joined(samples: &[Sample]) -> Vec<u8> {
    samples.iter().flat_map(Sample::bytes).collect()
}

/// `bytes` in pieces that end at `cuts`, taken as fractions of the whole.
pub(crate) fn pieces(bytes: &[u8], cuts: &[prop::sample::Index]) -> Vec<Vec<u8>> {
    let mut ends: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    ends.extend([0, bytes.len()]);
    ends.sort_unstable();
    ends.dedup();
    ends.windows(2)
        .map(|ends| bytes[ends[0]..ends[1]].to_vec())
        .collect()
}

pub(crate) fn cuts() -> impl Strategy<Value = Vec<prop::sample::Index>> {
    vec(any::<prop::sample::Index>(), 0..40)
}

pub(crate) fn sample() -> impl Strategy<Value = Sample> {
    (start(), vec(field(), 0..8), vec(field(), 0..4), body()).prop_map(
        |(start, before, after, (framing, coded, body))| {
            let fields = [before, vec![framing], after].concat().concat();
            let head = [
                start,
                b"hOsT: here:80\r\n".to_vec(),
                fields,
                b"\r\n".to_vec(),
            ]
            .concat();
            Sample { head, coded, body }
        },
    )
}

fn start() -> impl Strategy<Value = Vec<u8>> {
    (
        "[A-Z!-&'*+.^_`|~-]{1,8}",
        "/[a-zA-Z0-9._~%!$&'()*+,;=:@/-]{0,30}([?][a-z=&?/]{0,20})?",
    )
        .prop_filter("a tunnel is refused", |(method, _)| method != "CONNECT")
        .prop_filter("no quote in a method", |(method, _)| {
            !method.contains(['"', ' '])
        })
        .prop_map(|(method, target)| format!("{method} {target} HTTP/1.1\r\n").into_bytes())
}

/// A field line that says nothing about framing, with white space and line ends of all kinds.
fn field() -> impl Strategy<Value = Vec<u8>> {
    let value = vec(
        prop_oneof![Just(b'\t'), 0x20..=0x7e_u8, 0x80..=0xff_u8],
        0..30,
    );
    (
        "[xX]-[a-zA-Z0-9!#$%&'*+.^_`|~-]{0,12}",
        "[ \t]{0,2}",
        value,
        "\r?\n",
    )
        .prop_map(|(name, space, value, end)| {
            [
                name.as_bytes(),
                b":",
                space.as_bytes(),
                &value,
                end.as_bytes(),
            ]
            .concat()
        })
}

type Framed = (Vec<u8>, Vec<u8>, Vec<u8>);

fn body() -> impl Strategy<Value = Framed> {
    prop_oneof![
        Just((Vec::new(), Vec::new(), Vec::new())),
        content().prop_map(|body| {
            (
                format!("content-LENGTH:{}\r\n", body.len()).into_bytes(),
                body.clone(),
                body,
            )
        }),
        chunked(),
    ]
}

/// Among others a body that looks like a request.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let request = b"GET /smuggled HTTP/1.1\r\nHost: here\r\n\r\n".to_vec();
    prop_oneof![vec(any::<u8>(), 0..300), Just(request)]
}

fn chunked() -> impl Strategy<Value = Framed> {
    let chunk = (
        vec(any::<u8>(), 1..60),
        "0{0,3}",
        "[ \t]{0,2}(;[a-z]{1,5}(=\"[a-z ]{0,5}\")?)?",
    );
    let trailer = prop_oneof![
        "X-[a-z]{1,5}: [a-z ]{0,9}",
        Just("GET: /evil HTTP/1.1".to_owned())
    ];
    (vec(chunk, 0..6), vec(trailer, 0..3)).prop_map(|(chunks, trailers)| {
        let (mut coded, mut body) = (Vec::new(), Vec::new());
        for (content, zeros, extension) in chunks {
            coded.extend(format!("{zeros}{:x}{extension}\r\n", content.len()).into_bytes());
            coded.extend_from_slice(&content);
            coded.extend_from_slice(b"\r\n");
            body.extend(content);
        }
        coded.extend_from_slice(b"0\r\n");
        for trailer in trailers {
            coded.extend(format!("{trailer}\r\n").into_bytes());
        }
        coded.extend_from_slice(b"\r\n");
        (b"transfer-Encoding: Chunked \r\n".to_vec(), coded, body)
    })
}
