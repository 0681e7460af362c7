//! What holds for every format, and the quoting rules whose shells are not at hand.

use proptest::prelude::*;

use crate::{
    capture::{Capture, CaptureId, EndpointId},
    export::{
        Bundle, Destination, ExportError, FORMATS, Format, Joined, LEFT_OUT, Options, export,
        request::{EXACT, Request, Tool},
    },
    head::Head,
    import::{self, Kind},
};

const WITH_SECRETS: Options = Options {
    to: None,
    from: None,
    with_secrets: true,
};

fn capture(head: &[u8], body: &[u8]) -> Capture {
    Capture {
        id: CaptureId::new(1_760_000_000_123, [3; 10]),
        endpoint: EndpointId::local(),
        received_at_ms: 1_760_000_000_123,
        peer: None,
        head: Head::parse(head.to_vec().into()).unwrap(),
        body: body.to_vec().into(),
        flaws: Vec::new(),
    }
}

fn written(capture: &Capture, id: &str, options: &Options) -> String {
    let bytes = export(capture, Format::find(id).unwrap(), options).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn formats_are_told_apart_by_their_ids() {
    for (at, format) in FORMATS.iter().enumerate() {
        assert_eq!(Format::find(format.id).unwrap().name, format.name);
        let others = FORMATS[at + 1..].iter();
        assert!(
            others
                .clone()
                .all(|other| other.id != format.id && other.name != format.name)
        );
    }
    let error = Format::find("cobol").unwrap_err().to_string();
    assert!(
        error.starts_with("there is no format `cobol`: curl, "),
        "{error}"
    );
}

#[test]
fn a_destination_is_a_url_that_no_shell_reads_as_more() {
    let check = |text: &str, authority: &str, target: Option<&str>| {
        let read: Destination = text.parse().unwrap();
        assert_eq!(read.authority, authority, "{text}");
        assert_eq!(read.target.as_deref(), target, "{text}");
    };
    check("http://localhost:3000", "localhost:3000", None);
    check("HTTPS://a.dev/", "a.dev", None);
    check("http://[::1]:80/x?y=$z", "[::1]:80", Some("/x?y=$z"));
    check("http://a.dev?b", "a.dev", Some("/?b"));
    for wrong in [
        "",
        "localhost",
        "ftp://a",
        "http://",
        "http:///x",
        "http://a b",
        "http://a'b",
        "http://$(id)",
        "http://u@a",
        "http://a/b#c",
        "http://a/b c",
        "http://-a",
        "file:///etc/passwd",
        "http://a/\u{e9}",
        "http://a\n",
    ] {
        let error = wrong.parse::<Destination>().unwrap_err();
        assert!(matches!(error, ExportError::NotAUrl(_)), "{wrong}");
    }
}

const SECRETS: &[u8] = b"POST /x?token=s3cr3t&a=1 HTTP/1.1\r\nHost: a.dev\r\nauthorization: Bearer s3cr3t\r\n\
    X-Hub-Signature-256: kept\r\nCookie: s=s3cr3t\r\nContent-Type: application/x-www-form-urlencoded\r\n\
    Content-Length: 32\r\n\r\n";

#[test]
fn no_format_lets_a_secret_out_unasked() {
    let capture = capture(SECRETS, b"client_secret=s3cr3t&b=2&c=&=x&&");
    for format in FORMATS {
        let plain = written(&capture, format.id, &Options::default());
        let shown = match format.id {
            // What it holds is in base64.
            "ndjson" => {
                let read = import::read(Kind::Ndjson, plain.as_bytes()).unwrap();
                let parts = [&read[0].head.as_bytes()[..], &read[0].body].concat();
                String::from_utf8(parts).unwrap()
            }
            _ => plain,
        };
        assert!(!shown.contains("s3cr3t"), "{}: {shown}", format.id);
        assert!(shown.contains(LEFT_OUT), "{}: {shown}", format.id);
        assert!(
            shown.contains("kept") || format.id == "body",
            "{}: {shown}",
            format.id
        );
        assert!(
            !written(&capture, format.id, &WITH_SECRETS).contains(LEFT_OUT),
            "{}",
            format.id
        );
    }
}

#[test]
fn raw_is_what_was_sent_and_whole() {
    let head = b"POST /x HTTP/1.1\nhost:  a.dev\t\r\nX:y\r\nContent-Length: 2\r\n\r\n";
    let raw = export(
        &capture(head, b"\0\xff"),
        Format::find("raw").unwrap(),
        &WITH_SECRETS,
    )
    .unwrap();
    assert_eq!(raw, [&head[..], b"\0\xff"].concat());
    let chunked =
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\nA:b\r\n\r\n";
    let raw = written(&capture(chunked, b"abc"), "raw", &WITH_SECRETS);
    assert_eq!(
        raw,
        "POST / HTTP/1.1\r\nHost: a\r\nA:b\r\nContent-Length: 3\r\n\r\nabc"
    );
    let to = Options {
        to: Some("http://b.dev:8/y?z".parse().unwrap()),
        ..WITH_SECRETS
    };
    let raw = written(&capture(head, b""), "raw", &to);
    assert!(
        raw.starts_with("POST /y?z HTTP/1.1\r\nhost: b.dev:8\r\nX:y\r\n"),
        "{raw}"
    );
}

#[test]
fn markdown_fences_what_would_end_a_fence() {
    let one = capture(
        b"POST / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"````\n</details> @all\n\x1b[31m",
    );
    let text = written(&one, "markdown", &WITH_SECRETS);
    assert!(
        text.contains("\n`````text\n````\n</details> @all\n\\u{1b}[31m\n`````\n"),
        "{text}"
    );
    let binary = written(
        &capture(b"POST / HTTP/1.1\r\nHost: a\r\n\r\n", b"\0\xff"),
        "markdown",
        &WITH_SECRETS,
    );
    assert!(binary.contains("```text\nAP8=\n```"), "{binary}");
}

#[test]
fn several_captures_are_one_file_where_the_form_has_one() {
    let one = capture(b"POST /1 HTTP/1.1\r\nHost: a\r\n\r\n", b"x");
    for format in FORMATS {
        let mut bundle = Bundle::new(&format);
        let first = bundle.next(&one, &WITH_SECRETS).unwrap();
        let second = bundle.next(&one, &WITH_SECRETS);
        if format.joined == Joined::Never {
            assert_eq!(second, Err(ExportError::OneAFile(format.name)));
            continue;
        }
        let all = [first, second.unwrap(), bundle.end()].concat();
        if format.joined == Joined::Har {
            let log: serde_json::Value = serde_json::from_slice(&all).unwrap();
            assert_eq!(log["log"]["entries"].as_array().unwrap().len(), 2);
        }
    }
    let empty = Bundle::new(Format::find("har").unwrap()).end();
    assert!(import::read(Kind::Har, &empty).unwrap().is_empty());
}

fn hostile() -> impl Strategy<Value = Capture> {
    let name = proptest::string::string_regex("[!-9;-~]{1,9}").unwrap();
    let value = prop::collection::vec(prop_oneof![0x20u8..=0xff, Just(b'\t')], 0..20);
    let target = prop::collection::vec(0x21u8..=0xff, 1..30);
    let body = prop::collection::vec(any::<u8>(), 0..60);
    (name, value, target, body).prop_map(|(name, value, target, body)| {
        let fields = [(name.as_bytes(), &*value), (b"Content-Length", b"1")];
        let head = Head::compose(b"POST", &target, b"HTTP/1.1", fields).unwrap();
        capture(head.as_bytes(), &body)
    })
}

proptest! {
    #[test]
    fn nothing_makes_a_format_panic_and_text_steers_no_terminal(one in hostile()) {
        for format in FORMATS {
            let Ok(bytes) = export(&one, &format, &Options::default()) else { continue };
            // These are bytes, or JSON, whose readers know what they read.
            if matches!(format.id, "raw" | "body" | "http" | "har" | "ndjson") {
                continue;
            }
            let text = String::from_utf8(bytes).unwrap();
            prop_assert!(!text.chars().any(|c| c.is_control() && !"\n\t".contains(c)), "{}: {text:?}", format.id);
        }
    }

    /// A comment is read by shells at a prompt, by Java's `\u` and by whoever pastes it.
    #[test]
    fn comments_are_words_whatever_a_capture_is_called(one in hostile()) {
        let worst = Tool {
            name: "x",
            keeps_repeats: false,
            keeps_order: false,
            keeps_spelling: false,
            keeps_target: false,
            keeps_version: false,
            keeps_bytes: false,
            adds: &["Accept"],
        };
        for tool in [worst, EXACT] {
            for note in Request::of(&one, &Options::default()).notes(&tool) {
                let is_word = |c: char| c.is_ascii_alphanumeric() || " _.,:=-".contains(c);
                prop_assert!(note.chars().all(is_word), "{note}");
            }
        }
    }

    /// What cmd.exe and the C library make of the command is what was captured.
    #[test]
    fn cmd_takes_apart_what_was_put_together(
        value in "([!-~]([ -~]{0,30}[!-~])?)?",
        target in "/[!-\"$-~]{0,30}",
        body in "[ -~]{1,60}",
    ) {
        let fields = [(&b"Host"[..], &b"a.dev"[..]), (b"X-A", value.as_bytes())];
        let length = body.len().to_string();
        let all = fields.into_iter().chain([(&b"Content-Length"[..], length.as_bytes())]);
        let head = Head::compose(b"POST", target.as_bytes(), b"HTTP/1.1", all).unwrap();
        let one = capture(head.as_bytes(), body.as_bytes());
        let command = written(&one, "curl-cmd", &WITH_SECRETS);
        let read = import::read(Kind::Curl, command.as_bytes());
        let read = read.unwrap_or_else(|error| panic!("{error}: {command}"));
        prop_assert_eq!(&read[0].head, &one.head, "{}", command);
        prop_assert_eq!(&read[0].body, &one.body, "{}", command);
    }
}

#[test]
fn cmd_s_marks_stand_behind_carets_and_never_between_quotes() {
    let head = b"POST /a%20b&calc HTTP/1.1\r\nHost: a\r\nX: \"a\" & %PATH% ^ | <x> (y) \\\r\n\r\n";
    let command = written(&capture(head, b"say \"hi\\\""), "curl-cmd", &WITH_SECRETS);
    assert!(
        command.contains("^\"X: \\^\"a\\^\" ^& ^%PATH^% ^^ ^| ^<x^> ^(y^) \\\\^\""),
        "{command}"
    );
    assert!(
        command.contains("--data-raw ^\"say \\^\"hi\\\\\\^\"^\""),
        "{command}"
    );
    assert!(
        command.starts_with("rem for the prompt, not for a batch file\n"),
        "{command}"
    );
    // What the prompt has no way to write goes through PowerShell, what is too long through a file.
    let command = written(&capture(head, b"a\nb"), "curl-cmd", &WITH_SECRETS);
    assert!(
        command.contains("FromBase64String('YQpi')") && command.contains("--data-binary @-"),
        "{command}"
    );
    let command = written(&capture(head, &[b'a'; 9_000]), "curl-cmd", &WITH_SECRETS);
    assert!(command.contains("--data-binary \"@body.bin\""), "{command}");
}
