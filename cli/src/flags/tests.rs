//! What is typed, and what it comes to.

use engine::serve::{Options, Place};

use crate::flags::{
    Asked, FlagError, parse,
    table::{FLAGS, Takes, usage},
};

fn parsed(typed: &str) -> Result<Asked, FlagError> {
    parse(
        typed
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(str::to_owned),
    )
}

fn options(typed: &str) -> Options {
    match parsed(typed) {
        Ok(Asked::Serve(options)) => *options,
        other => panic!("{typed} asks for {other:?}"),
    }
}

fn refused(typed: &str, why: &str) {
    let error = parsed(typed).map(|_| ()).unwrap_err();
    assert_eq!(error.to_string(), why, "{typed}");
}

#[test]
fn nothing_typed_is_what_the_original_does() {
    let options = options("");
    assert_eq!(options.hooks, ["hooks.json"]);
    assert_eq!(options.url_prefix, "hooks");
    let (host, port) = ("0.0.0.0".to_owned(), 9000);
    assert_eq!(options.place, Place::Tcp { host, port });
    assert!(options.tls.is_none() && !options.is_verbose && !options.is_hot);
}

#[test]
fn a_flag_has_one_dash_or_two_and_its_value_beside_it_or_behind() {
    let options = options(
        "-hooks a --hooks=b -port 0x10 --ip=::1 -hotreload --verbose=1 -nopanic=F -header X=a=b \
         -header=Y= -urlprefix= -http-methods=get,Post -x-request-id -x-request-id-limit=1_0 \
         -secure --cert c -key=k -cipher-suites A,B",
    );
    assert_eq!(options.hooks, ["a", "b"]);
    let (host, port) = ("::1".to_owned(), 16);
    assert_eq!(options.place, Place::Tcp { host, port });
    assert!(options.is_hot && options.is_verbose && !options.goes_on_without_hooks);
    let headers: Vec<_> = options
        .headers
        .iter()
        .map(|header| (header.name.as_str(), header.value.as_str()))
        .collect();
    assert_eq!(headers, [("X", "a=b"), ("Y", "")]);
    assert_eq!(options.url_prefix, "");
    assert_eq!(options.http_methods, ["GET", "POST"]);
    assert_eq!(
        (options.takes_request_id, options.request_id_bytes),
        (true, 10)
    );
    let tls = options.tls.unwrap();
    assert_eq!((tls.certificate, tls.key), ("c".into(), "k".into()));
    assert_eq!(tls.cipher_suites, ["A", "B"]);
}

#[test]
fn what_follows_the_flags_is_passed_over() {
    for typed in [
        "-verbose - -nosuch",
        "-verbose -- -nosuch",
        "-verbose word -nosuch",
    ] {
        assert!(options(typed).is_verbose);
    }
}

#[test]
fn questions_are_answered_before_anything_is_served() {
    assert!(matches!(parsed("-version -setuid 1"), Ok(Asked::Version)));
    assert!(matches!(parsed("-h -nosuch"), Ok(Asked::Help)));
    let asked = parsed("-list-cipher-suites -tls-min-version 1.3");
    assert!(matches!(asked, Ok(Asked::CipherSuites(min)) if min == "1.3"));
}

#[test]
fn a_mistake_is_named_as_go_names_it() {
    refused("-nosuch", "flag provided but not defined: -nosuch");
    refused("--nosuch=1 x", "flag provided but not defined: -nosuch");
    refused("-port", "flag needs an argument: -port");
    refused("-port x", "invalid value \"x\" for flag -port: parse error");
    refused(
        "-port 1__0",
        "invalid value \"1__0\" for flag -port: parse error",
    );
    refused(
        "-port 09",
        "invalid value \"09\" for flag -port: parse error",
    );
    refused(
        "-port 99999999999999999999",
        "invalid value \"99999999999999999999\" for flag -port: value out of range",
    );
    refused(
        "-verbose=x",
        "invalid boolean value \"x\" for -verbose: parse error",
    );
    refused(
        "-header x",
        "invalid value \"x\" for flag -header: header flag must be in name=value format",
    );
    refused("---x", "bad flag syntax: ---x");
    refused("-=x", "bad flag syntax: -=x");
    refused(
        "-setuid 1",
        "error: setuid and setgid options must be used together",
    );
    refused(
        "-port 65536",
        "error listening on port: listen tcp: address 65536: invalid port",
    );
}

#[test]
fn the_usage_has_every_flag_and_no_other() {
    let shown = usage("webhook");
    assert!(
        shown.starts_with("Usage of webhook:\n  -cert string\n"),
        "{shown}"
    );
    for (flag, takes, ..) in FLAGS {
        let typed = match takes {
            Takes::Nothing => format!("-{flag}"),
            Takes::Number => format!("-{flag}=0"),
            Takes::Text | Takes::Many => format!("-{flag}=a=b"),
        };
        assert!(parsed(&typed).is_ok(), "{typed}");
    }
}
