//! What is brought in is what was taken away, and what a command would have sent.

use proptest::prelude::*;

use crate::{
    capture::{Capture, CaptureId, EndpointId, Flaw},
    export::{self, Bundle, Format, Options},
    head::Head,
    import::{Imported, Kind, read},
};

const OPTIONS: Options = Options {
    to: None,
    from: None,
    with_secrets: true,
};

fn capture(method: &str, target: &[u8], headers: &[(String, Vec<u8>)], body: Vec<u8>) -> Capture {
    let length = body.len().to_string();
    let all = [("Host", &b"hooks.example.dev"[..])].into_iter();
    let all = all.chain(
        headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice())),
    );
    let all = all.chain([("Content-Length", length.as_bytes())]);
    let all = all.map(|(name, value)| (name.as_bytes(), value));
    Capture {
        id: CaptureId::new(1_760_000_000_123, [3; 10]),
        endpoint: EndpointId::local(),
        received_at_ms: 1_760_000_000_123,
        peer: Some(([127, 0, 0, 1], 4711).into()),
        head: Head::compose(method.as_bytes(), target, b"HTTP/1.1", all).unwrap(),
        body: body.into(),
        flaws: vec![Flaw::Normalised],
    }
}

fn text(pattern: &'static str) -> impl Strategy<Value = String> {
    proptest::string::string_regex(pattern).unwrap()
}

/// Values as a wire has them: no ends of lines, no white space around.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let bytes = prop_oneof![
        text("([!-~]([ -~\t]{0,20}[!-~])?)?").prop_map(String::into_bytes),
        text("[\u{a1}-\u{ff}\u{4e00}-\u{4eff}]{0,9}").prop_map(String::into_bytes),
        prop::collection::vec(0x80u8..=0xff, 1..9),
    ];
    bytes.prop_map(|bytes| bytes.trim_ascii().to_vec())
}

/// Text with all that shells and files of requests look for.
fn body() -> impl Strategy<Value = Vec<u8>> {
    text("[ -~\n\t'\"\\\\$`!@#<é]{0,80}").prop_map(String::into_bytes)
}

fn any_body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![prop::collection::vec(any::<u8>(), 0..200), body()]
}

fn captures(body: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<Capture>> {
    // Names of what is left to the tool are not made here: a hyphen is in each.
    let name = text("[xX]-[!#$%&'*+.^_`|~0-9A-Za-z-]{1,9}");
    let headers = prop::collection::vec((name, value()), 0..8);
    let target = text("/[!-\"$-~]{0,30}").prop_map(String::into_bytes);
    let method = text("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}");
    let one = (method, target, headers, body)
        .prop_map(|(method, target, headers, body)| capture(&method, &target, &headers, body));
    prop::collection::vec(one, 1..4)
}

fn again(kind: Kind, format: &str, all: &[Capture]) -> Vec<Imported> {
    let format = Format::find(format).unwrap();
    let mut bundle = Bundle::new(format);
    let mut bytes = Vec::new();
    for capture in all {
        bytes.extend(bundle.next(capture, &OPTIONS).unwrap());
    }
    bytes.extend(bundle.end());
    assert_eq!(Kind::of(&bytes), kind);
    let read = read(kind, &bytes);
    read.unwrap_or_else(|error| panic!("{error}\n{}", String::from_utf8_lossy(&bytes)))
}

proptest! {
    #[test]
    fn curl_brings_back_what_it_took(all in captures(any_body())) {
        let back = again(Kind::Curl, "curl", &all);
        prop_assert_eq!(back.len(), all.len());
        for (back, one) in back.iter().zip(&all) {
            prop_assert_eq!(&back.head, &one.head);
            prop_assert_eq!(&back.body, &one.body);
        }
    }

    #[test]
    fn har_brings_back_what_it_took(all in captures(any_body())) {
        let back = again(Kind::Har, "har", &all);
        prop_assert_eq!(back.len(), all.len());
        for (back, one) in back.iter().zip(&all) {
            prop_assert_eq!(&back.head, &one.head);
            prop_assert_eq!(&back.body, &one.body);
            prop_assert_eq!(back.received_at_ms, Some(one.received_at_ms));
        }
    }

    #[test]
    fn ndjson_loses_nothing(all in captures(any_body())) {
        let back = again(Kind::Ndjson, "ndjson", &all);
        let other = CaptureId::new(0, [0; 10]);
        let back: Vec<_> = back.into_iter().map(|one| one.into_capture(other, 0)).collect();
        prop_assert_eq!(back, all);
    }

    /// A `.http` file holds text: what else there is in a body stands in a file beside it.
    #[test]
    fn http_files_bring_back_what_they_took(all in captures(body())) {
        let is_held = |one: &Capture| {
            let format = Format::find("http").unwrap();
            let Ok(bytes) = export::export(one, format, &OPTIONS) else {
                return false;
            };
            // In a value `{{` is text to us, and a variable on the request line.
            !String::from_utf8_lossy(&bytes).contains("{{")
                && !bytes.windows(9).any(|part| part == b"# first: ")
        };
        let all: Vec<_> = all.into_iter().filter(is_held).collect();
        if all.is_empty() {
            return Ok(());
        }
        let back = again(Kind::Http, "http", &all);
        prop_assert_eq!(back.len(), all.len());
        for (back, one) in back.iter().zip(&all) {
            let fields = |head: &Head| {
                let fields = head.headers().map(|one| (one.name.to_vec(), one.value.to_vec()));
                // An empty body is not announced.
                fields.filter(|(name, _)| name != b"Content-Length").collect::<Vec<_>>()
            };
            prop_assert_eq!(fields(&back.head), fields(&one.head));
            prop_assert_eq!(back.head.target(), one.head.target());
            prop_assert_eq!(&back.body, &one.body);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), script in text("curl [ -~\n]{0,80}")) {
        for kind in [Kind::Curl, Kind::Har, Kind::Http, Kind::Ndjson] {
            let _ = (read(kind, &bytes), read(kind, script.as_bytes()));
        }
    }
}

/// Reads a command and holds its head and body against what curl would send.
fn check(command: &str, head: &str, body: &str) {
    let all = read(Kind::Curl, command.as_bytes()).unwrap();
    let one = &all[0];
    assert_eq!(
        String::from_utf8_lossy(one.head.as_bytes()).replace("\r\n", "|"),
        head,
        "{command}"
    );
    assert_eq!(String::from_utf8_lossy(&one.body), body, "{command}");
}

#[test]
fn a_command_comes_to_what_curl_sends() {
    check("curl example.dev", "GET / HTTP/1.1|Host: example.dev||", "");
    check(
        "curl -sSXPUT 'https://a.dev/b?c#d' -H'A: b' -H 'E;' -H 'User-Agent:'",
        "PUT /b?c HTTP/1.1|Host: a.dev|A: b|E: ||",
        "",
    );
    check(
        "curl http://a.dev -d 'a=1' --data-raw '@b'",
        "POST / HTTP/1.1|Host: a.dev|Content-Type: application/x-www-form-urlencoded|Content-Length: 6||",
        "a=1&@b",
    );
    check(
        "curl -G a.dev/x?y=1 -d z=2 --data-urlencode 'q=a b'",
        "GET /x?y=1&z=2&q=a%20b HTTP/1.1|Host: a.dev||",
        "",
    );
    check(
        "curl a.dev --json '{\"a\":1}'",
        "POST / HTTP/1.1|Host: a.dev|Content-Type: application/json|Accept: application/json|Content-Length: 7||",
        "{\"a\":1}",
    );
    check(
        "curl -I -u me:pass -b 'a=b' a.dev",
        "HEAD / HTTP/1.1|Host: a.dev|Authorization: Basic bWU6cGFzcw==|Cookie: a=b||",
        "",
    );
    check(
        "curl -0 --request-target '*' -X OPTIONS a.dev",
        "OPTIONS * HTTP/1.0|Host: a.dev||",
        "",
    );
    let boundary = format!("------------------------{:016x}", 0);
    check(
        "curl a.dev -F a=b -F 'c=d;type=text/x'",
        &format!(
            "POST / HTTP/1.1|Host: a.dev|Content-Type: multipart/form-data; boundary={boundary}|Content-Length: 250||"
        ),
        &format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--{boundary}\r\n\
             Content-Disposition: form-data; name=\"c\"\r\nContent-Type: text/x\r\n\r\nd\r\n--{boundary}--\r\n"
        ),
    );
}

#[test]
fn what_browsers_copy_is_understood() {
    let want = "POST /x?a=%20b HTTP/1.1|Host: a.dev|accept: */*|x-q: \"1\"|Content-Length: 11||";
    // Bash, cmd.exe in the newer and the older way, PowerShell.
    check(
        "curl 'https://a.dev/x?a=%20b' \\\n  -H 'accept: */*' \\\n  -H 'x-q: \"1\"' \\\n  -H 'content-type:' \\\n  --data-raw $'it\\'s \\u00e9!!\\r\\n' \\\n  --compressed",
        want,
        "it's \u{e9}!!\r\n",
    );
    check(
        "curl ^\"https://a.dev/x?a=^%^20b^\" ^\r\n  -H ^\"accept: */*^\" ^\r\n  -H ^\"x-q: ^\\^\"1^\\^\"^\" ^\r\n  -H ^\"content-type:^\" ^\r\n  --data-raw ^\"it's ^\\^\"q^\\^\"^\r\n\r\nab^\"",
        want,
        "it's \"q\"\nab",
    );
    check(
        "curl \"https://a.dev/x?a=\"%\"20b\" ^\n  -H \"accept: */*\" ^\n  -H \"x-q: \"\"1\"\"\" ^\n  -H \"content-type:\" ^\n  --data-raw \"0123456789a\"",
        want,
        "0123456789a",
    );
    check(
        "curl.exe 'https://a.dev/x?a=%20b' `\n  -H 'accept: */*' `\n  -H 'x-q: \"1\"' `\n  -H \"content-type:\" `\n  --data-raw '0123''4567`8'",
        want,
        "0123'4567`8",
    );
    let many = read(
        Kind::Curl,
        b"curl 'http://a.dev/1' ;\ncurl 'http://a.dev/2' &\n",
    );
    assert_eq!(many.unwrap().len(), 2);
}

#[test]
fn what_is_not_understood_is_named_with_its_place() {
    let check = |kind, text: &str, want: &str| {
        let error = read(kind, text.as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with(want), "{text}: {error}");
    };
    check(
        Kind::Curl,
        "curl a.dev -d @/etc/passwd",
        "line 1: `-d @/etc/passwd` reads a file",
    );
    check(
        Kind::Curl,
        "curl a.dev -H @x",
        "line 1: `-H @x` reads a file",
    );
    check(
        Kind::Curl,
        "curl a.dev -F x=@y",
        "line 1: `-F x=@y` reads a file",
    );
    check(Kind::Curl, "curl a.dev -K x", "line 1: `-K x` reads a file");
    check(
        Kind::Curl,
        "curl a.dev\n\ncurl \\\n --next",
        "line 3: the option `--next` is not known",
    );
    check(Kind::Curl, "curl -X", "line 1: `-X` has no value");
    check(Kind::Curl, "curl -s", "line 1: there is no URL");
    check(Kind::Curl, "wget a.dev", "line 1: `wget` is not curl");
    check(
        Kind::Curl,
        "curl a.dev -X 'A B'",
        "line 1: the request line is malformed",
    );
    check(Kind::Har, "{\"log\":{}}", "line 1: there is no list");
    check(Kind::Har, "{\n\"log\":", "line 2: EOF");
    check(
        Kind::Har,
        "{\"log\":{\"entries\":[{\"request\":{\"method\":\"GET\"}}]}}",
        "entry 1: `request.url` is missing",
    );
    check(
        Kind::Http,
        "GET a.dev\n\n###\nPOST http://a.dev\nbad\n",
        "line 5: this is no header",
    );
    check(Kind::Http, "POST {{host}}/x\n", "line 1: variables");
    check(
        Kind::Http,
        "POST http://a.dev\n\n< ./x\n",
        "line 3: the body is in a file",
    );
    check(
        Kind::Ndjson,
        "{\"tenterhook\":2,\"head_b64\":\"\",\"body_b64\":\"\"}",
        "line 1: it has version 2",
    );
    check(Kind::Ndjson, "\n{}", "line 2: missing field");
    check(
        Kind::Ndjson,
        "{\"tenterhook\":1,\"head_b64\":\"AA==\",\"body_b64\":\"\"}",
        "line 1: the request line is malformed",
    );
}

#[test]
fn a_browser_s_log_is_read() {
    let log = r#"{"log": {"version": "1.2", "entries": [{
        "startedDateTime": "2025-10-09T10:53:20.500+02:00",
        "request": {"method": "POST", "url": "https://a.dev/x?y=1#z", "httpVersion": "http/2.0",
            "headers": [{"name": ":method", "value": "POST"}, {"name": "accept", "value": "*/*"}],
            "postData": {"mimeType": "text/plain", "params": [{"name": "a b", "value": "c&d"}]}}}]}}"#;
    let all = read(Kind::Har, log.as_bytes()).unwrap();
    let head = String::from_utf8_lossy(all[0].head.as_bytes()).replace("\r\n", "|");
    assert_eq!(
        head,
        "POST /x?y=1 HTTP/2.0|Host: a.dev|accept: */*|Content-Length: 11||"
    );
    assert_eq!(&all[0].body[..], b"a%20b=c%26d");
    assert_eq!(all[0].received_at_ms, Some(1_760_000_000_500));
}
