//! What is done to bodies before they are hashed, and what the doctor says of it.
#![expect(clippy::unwrap_used, reason = "this is a test")]

mod asking;

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use webhook::verify::{doctor::mend::Area, scheme::Scheme};

use crate::asking::{ask, changed, check};

#[test]
fn tells_what_was_done_to_the_body() {
    const JSON: &str = "{\"b\": 1.0, \"a\": \"é/<\"}";
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(b"{\"a\":1}").unwrap();
    let packed = packed.finish().unwrap();
    // What was signed, what arrived, and what is said.
    let cases: [(&[u8], &[u8], &str); 20] = [
        (b"{\"b\": 1}", b"{\"b\":1}", "Python's json.dumps does."),
        (
            "{\"a\": \"é\"}".as_bytes(),
            b"{\"a\":\"\\u00e9\"}",
            "with ensure_ascii=False",
        ),
        (
            b"{\"b\":1.0,\"a\":\"\\u00e9/<\"}",
            JSON.as_bytes(),
            "separators=(',', ':')",
        ),
        (
            b"{\"b\":1.0,\"a\":\"\\u00e9\\/<\"}",
            JSON.as_bytes(),
            "PHP's json_encode",
        ),
        (
            "{\"a\":\"é/\\u003c\",\"b\":1}".as_bytes(),
            JSON.as_bytes(),
            "Go's encoding/json does with a map",
        ),
        (
            "{\"a\":\"é/<\",\"b\":1.0}".as_bytes(),
            JSON.as_bytes(),
            "its keys sorted",
        ),
        (
            "{\"b\":1,\"a\":\"é/<\"}".as_bytes(),
            JSON.as_bytes(),
            "JSON.stringify",
        ),
        (
            "{\n  \"b\": 1,\n  \"a\": \"é/<\"\n}".as_bytes(),
            JSON.as_bytes(),
            "by two spaces",
        ),
        (
            b"{\"b\":1.0,\"a\":\"\\u00E9/\\u003C\"}",
            JSON.as_bytes(),
            "System.Text.Json",
        ),
        (b"{\"a\":1}\n", b"{\"a\":1}", "with a line feed at its end"),
        (
            b"{\"a\":1}",
            b"{\"a\":1}\r\n",
            "without the line feed at its end",
        ),
        (b"a\r\nb\r\n", b"a\nb\n", "with CRLF as its line ends"),
        (b"a\nb\n", b"a\r\nb\r\n", "with LF as its line ends"),
        (b"\xef\xbb\xbf{}", b"{}", "with a byte order mark"),
        (b"{}", b"\xef\xbb\xbf{}", "without its byte order mark"),
        (
            "{\"a\":\"é\"}".as_bytes(),
            b"{\"a\":\"\xe9\"}",
            "read as Latin-1",
        ),
        (
            b"{\"a\":\"\xe9\"}",
            "{\"a\":\"é\"}".as_bytes(),
            "written as Latin-1",
        ),
        (b"", b"{}", "as nothing at all"),
        (b"{}", b"e30=", "decoded from base64"),
        (b"{\"a\":1}", &packed, "unpacked"),
    ];
    for (signed, arrived, words) in cases {
        let request = changed(Scheme::GitHub, signed, arrived);
        let diagnosis = ask(Scheme::GitHub, &request, "s3cret", &[]);
        check(&diagnosis, Area::Body, words);
    }
}

#[test]
fn tells_what_was_done_to_a_form() {
    let cases = [
        ("b=x+y&a=%2F", "b=x%20y&a=/", "spaces as `+`"),
        ("b=x%20y&a=%2F", "b=x+y&a=/", "spaces as `%20`"),
        ("a=1&b=2", "b=2&a=1", "its fields sorted"),
        ("{\"a\":1}", "payload=%7B%22a%22%3A1%7D", "field `payload`"),
        (
            "{\"b\":\"2\",\"a\":\"1\"}",
            "b=2&a=1",
            "the JSON that a parser made",
        ),
    ];
    for (signed, arrived, words) in cases {
        let mut request = changed(Scheme::Slack, signed.as_bytes(), arrived.as_bytes());
        request.set("Content-Type", "application/x-www-form-urlencoded");
        let diagnosis = ask(Scheme::Slack, &request, "s3cret", &[]);
        check(&diagnosis, Area::Body, words);
    }
}
