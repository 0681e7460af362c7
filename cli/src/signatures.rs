//! `tenterhook verify`, `doctor`, `sign` and `send-test`: signatures from the terminal.

use std::{fs, process::ExitCode};

use anyhow::Context;
use engine::{
    Engine,
    view::{FindingView, VerificationView},
};
use serde_json::json;
use webhook::{
    capture::{Capture, CaptureId, EndpointId},
    escape,
    export::{Format, Options},
    head::Head,
    verify::{
        self,
        request::{Header, Request},
        scheme::Scheme,
    },
};

use crate::{
    args::{Doctor, SendTest, Sign, Verify},
    print, secret,
};

/// Some cannot be judged.
const OPEN: u8 = 2;

pub(crate) async fn judge(engine: &Engine, args: &Verify) -> anyhow::Result<ExitCode> {
    let (mut all_valid, mut all_judged) = (true, true);
    for id in &args.ids {
        let id = engine.find(id).await?.to_string();
        let view = engine
            .verification(&id, args.secret_name.as_deref())
            .await?;
        let verdict = view.verdict.as_ref();
        let reason = verdict.map_or("none", |verdict| &verdict.reason);
        match reason {
            "ok" => {}
            "none" | "unknown" | "unsigned" => all_judged = false,
            _ => all_valid = false,
        }
        let text = if args.json {
            let valid = verdict.filter(|_| !matches!(reason, "unknown" | "unsigned"));
            let valid = valid.map(|_| reason == "ok");
            json!({
                "id": id,
                "valid": valid,
                "reason": reason,
                "scheme": view.scheme.as_ref().map(|scheme| &scheme.id),
                "secret": verdict.and_then(|verdict| verdict.secret.as_ref()),
                "covers": verdict.and_then(|verdict| verdict.covers.as_ref()),
                "why": verdict.and_then(|verdict| verdict.why.as_ref()),
            })
            .to_string()
        } else {
            format!("{}  {id}", print::verdict(verdict))
        };
        print::line(&text)?;
        if !args.json {
            steps(&view)?;
        }
    }
    Ok(match (all_valid, all_judged) {
        (false, _) => ExitCode::FAILURE,
        (true, false) => OPEN.into(),
        (true, true) => ExitCode::SUCCESS,
    })
}

/// What was compared, where the two differ.
fn steps(view: &VerificationView) -> anyhow::Result<()> {
    let Some(steps) = &view.steps else {
        return Ok(());
    };
    if let (Some(expected), Some(at), Some(seen)) =
        (&steps.expected, steps.differ_at, steps.seen.first())
    {
        print::line(&format!("  with `{}`", shown(&steps.key)))?;
        print::line(&format!("  expected  {expected}"))?;
        print::line(&format!("  seen      {seen}"))?;
        print::line(&format!("            {}^ here they part", " ".repeat(at)))?;
    }
    Ok(())
}

pub(crate) async fn doctor(engine: &Engine, args: &Doctor) -> anyhow::Result<ExitCode> {
    let id = engine.find(&args.id).await?.to_string();
    let view = engine.verification(&id, None).await?;
    let found = engine.diagnose(&id, args.computed.clone()).await?;
    let is_valid = view.verdict.as_ref().is_some_and(|one| one.reason == "ok");
    if args.json {
        print::line(&json!({ "verdict": view.verdict, "diagnosis": found }).to_string())?;
    } else {
        print::line(&format!("{}  {id}", print::verdict(view.verdict.as_ref())))?;
        match &found.finding {
            Some(finding) => tell(finding, args.framework.as_deref())?,
            None if is_valid => {}
            None => print::line("nothing that was tried would have matched")?,
        }
        if found.is_cut_short {
            print::note("the body is long: not all was tried");
        }
    }
    // Whoever asks about a valid signature has no failure.
    let is_told = is_valid || found.finding.is_some();
    Ok(if is_told {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn tell(finding: &FindingView, framework: Option<&str>) -> anyhow::Result<()> {
    print::line(&finding.text)?;
    if let Some(difference) = &finding.difference {
        print::line(&format!("  from byte {} on:", difference.at))?;
        print::line(&format!("  arrived  …{}…", difference.arrived))?;
        print::line(&format!("  signed   …{}…", difference.signed))?;
    }
    let is_wanted = |name: &str| {
        name == "Any" || framework.is_none_or(|framework| framework.eq_ignore_ascii_case(name))
    };
    for mend in finding.mends.iter().filter(|one| is_wanted(&one.framework)) {
        let whose = match mend.framework.as_str() {
            "Any" => String::new(),
            name => format!("{name}: "),
        };
        print::line(&format!("  {whose}{}", mend.text))?;
    }
    Ok(())
}

pub(crate) async fn sign(engine: &Engine, args: &Sign) -> anyhow::Result<()> {
    let (capture, url) = match (&args.id, &args.file) {
        (Some(id), _) => {
            let id = engine.find(id).await?.to_string();
            engine.sent_to(&id).await?
        }
        (None, Some(file)) => {
            let body = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
            (
                made_of(body, engine.now_ms())?,
                "http://localhost/".to_owned(),
            )
        }
        (None, None) => anyhow::bail!("name a capture or a file"),
    };
    let url = args.url.clone().unwrap_or(url);
    let endpoint = capture.endpoint.to_string();
    let endpoint = args.endpoint.as_deref().unwrap_or(&endpoint);
    let value = match args.secret_name {
        Some(_) => None,
        None => Some(secret::asked()?),
    };
    let request = Request::of(&capture, &url);
    let name = args.secret_name.as_deref().unwrap_or("the standard input");
    let signed = engine
        .sign(&args.scheme, &request, endpoint, name, value.as_ref())
        .await?;
    if args.curl {
        return curl(&signed, &capture);
    }
    let scheme = Scheme::from_name(&args.scheme);
    let signing = scheme.map(verify::headers).unwrap_or_default();
    let is_signing = |name: &[u8]| {
        let mut names = signing.iter();
        names.any(|own| own.as_bytes().eq_ignore_ascii_case(name))
    };
    let is_new = |header: &&Header<'_>| is_signing(&header.0) || !request.headers.contains(header);
    for (name, value) in signed.headers.iter().filter(is_new) {
        let (name, value) = (escape::for_display(name).0, escape::for_display(value).0);
        print::line(&format!("{name}: {value}"))?;
    }
    if signed.body != request.body {
        print::note("this sender signs inside of the body: take it whole with --curl");
    }
    if signed.url != request.url {
        print::note(&format!("send it to {}", signed.url));
    }
    Ok(())
}

/// A command that sends `signed`.
fn curl(signed: &Request<'_>, capture: &Capture) -> anyhow::Result<()> {
    let own = signed.headers.iter();
    let headers = own.map(|(name, value)| (&**name, &**value));
    let sent = Capture {
        head: Head::compose(&signed.method, b"/", b"HTTP/1.1", headers)?,
        body: signed.body.to_vec().into(),
        ..capture.clone()
    };
    let options = Options {
        to: Some(signed.url.parse()?),
        from: None,
        // What was just signed is worth nothing without it.
        with_secrets: true,
    };
    let text = webhook::export::export(&sent, Format::find("curl")?, &options)?;
    Ok(print::bytes(&text)?)
}

/// A file as a request of JSON.
fn made_of(body: Vec<u8>, now_ms: i64) -> anyhow::Result<Capture> {
    let headers: [(&[u8], &[u8]); 1] = [(b"Content-Type", b"application/json")];
    Ok(Capture {
        id: CaptureId::new(now_ms, [0; 10]),
        endpoint: EndpointId::local(),
        received_at_ms: now_ms,
        peer: None,
        head: Head::compose(b"POST", b"/", b"HTTP/1.1", headers)?,
        body: body.into(),
        flaws: Vec::new(),
    })
}

pub(crate) async fn send_test(engine: &Engine, args: &SendTest) -> anyhow::Result<()> {
    let sent = engine.send_test_event(&args.endpoint, &args.sender).await?;
    let signed = match &sent.secret {
        Some(name) => format!("signed with `{}`", shown(name)),
        None => "signed with a secret that was made up, for the address has none".to_owned(),
    };
    print::line(&format!("answered {}, {signed}", sent.status))?;
    anyhow::ensure!((200..300).contains(&sent.status), "it was not taken");
    Ok(())
}

fn shown(text: &str) -> String {
    escape::for_display(text.as_bytes()).0
}
