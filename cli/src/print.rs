//! What goes to the terminal. Text of strangers is escaped here, so that it moves no cursor and
//! hides nothing.

use std::io::{self, IsTerminal, Write};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use engine::view::{DeliveryView, Leg, Probe, ProbeFailure, Record, VerdictView};
use webhook::escape;

/// Writes one line to the output.
///
/// # Errors
/// When whoever reads has gone.
pub(crate) fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Writes bytes as they are.
///
/// # Errors
/// When whoever reads has gone.
pub(crate) fn bytes(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// Writes a line for the person, beside the output.
pub(crate) fn note(text: &str) {
    // Where nobody reads it, nobody misses it.
    let _ = writeln!(io::stderr(), "{text}");
}

/// Says what failed and why.
pub(crate) fn error(error: &anyhow::Error) {
    note(&format!("tenterhook: {error:#}"));
}

/// Whether `error` only means that nobody reads the output any more.
pub(crate) fn is_closed(error: &anyhow::Error) -> bool {
    let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
    kind == Some(io::ErrorKind::BrokenPipe)
}

/// How a part of a line is set off.
#[derive(Debug, Clone, Copy)]
enum Tone {
    Quiet,
    Loud,
}

/// One capture in one line for people.
pub(crate) fn summary(record: &Record) -> String {
    line_of(record, |_, text| text.to_owned())
}

/// As [`summary`], with what matters set off where a terminal shows it.
pub(crate) fn coloured(record: &Record) -> String {
    let is_plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if is_plain || !io::stdout().is_terminal() {
        return summary(record);
    }
    line_of(record, |tone, text| match tone {
        Tone::Quiet => format!("\x1b[2m{text}\x1b[0m"),
        Tone::Loud => format!("\x1b[1m{text}\x1b[0m"),
    })
}

fn line_of(record: &Record, tone: impl Fn(Tone, &str) -> String) -> String {
    let shown = |text: &str| escape::for_display(text.as_bytes()).0;
    let time = record.received_at.get(11..19).unwrap_or_default();
    let content_type = record
        .headers
        .iter()
        .find(|(n, _)| n.eq_ignore_ascii_case("content-type"));
    let content_type = content_type
        .and_then(|(_, value)| BASE64_STANDARD.decode(value).ok())
        .map(|value| escape::for_display(&value).0)
        .unwrap_or_default();
    let target: String = shown(&record.target).chars().take(200).collect();
    let held = if record.held { "  held" } else { "" };
    let size = size(record.body_bytes);
    // What it is about says more than its type.
    let what = record.summary.as_deref().map_or(content_type, shown);
    let whose = record.sender.map(|sender| format!("{sender}: "));
    let what = whose.unwrap_or_default() + &what;
    let method = format!("{:7}", shown(&record.method));
    let (time, method) = (tone(Tone::Quiet, time), tone(Tone::Loud, &method));
    let id = tone(Tone::Quiet, &record.id);
    format!("{time}  {method} {target}  {what}  {size}  {id}{held}")
}

/// What came of a probe, in one line for people.
pub(crate) fn probe(probe: &Probe, now_ms: i64) -> String {
    let age = now_ms.saturating_sub(probe.at_ms) / 1_000;
    match &probe.failed {
        None => format!("came back in {} ms, {age} s ago", probe.took_ms),
        Some(ProbeFailure { leg, reason, .. }) => {
            let leg = match leg {
                Leg::Dns => "DNS",
                Leg::Tcp => "TCP",
                Leg::Tls => "TLS",
                Leg::Relay => "the relay",
                Leg::Tunnel => "the tunnel",
                Leg::App => "your application",
            };
            format!("failed at {leg}, {age} s ago: {reason}")
        }
    }
}

/// What came of passing a capture on, in one line for people.
pub(crate) fn delivery(capture: &str, delivery: &DeliveryView) -> String {
    let shown = |text: &str| escape::for_display(text.as_bytes()).0;
    let answered = delivery
        .status
        .map(|status| format!("{status} {} in {} ms", delivery.reason, delivery.total_ms));
    let failed = delivery
        .error
        .as_ref()
        .map(|error| format!("failed: {}", shown(error)));
    let what: Vec<_> = [answered, failed].into_iter().flatten().collect();
    let target = shown(&delivery.target);
    format!("  → {target}  {}  {capture}", what.join("  "))
}

/// A verdict in one line for people: a shape, a word, and what it rests on.
pub(crate) fn verdict(verdict: Option<&VerdictView>) -> String {
    let shown = |text: &str| escape::for_display(text.as_bytes()).0;
    let Some(verdict) = verdict else {
        return "–  no signature".to_owned();
    };
    let scheme = &verdict.scheme;
    let why = verdict.why.as_deref().map(shown).unwrap_or_default();
    match verdict.reason.as_str() {
        "ok" => {
            let secret = verdict.secret.as_deref().map(shown).unwrap_or_default();
            let covers = verdict.covers.as_deref().unwrap_or("nothing");
            format!("✔  {scheme}: valid with `{secret}`; covers: {covers}")
        }
        "unsigned" => format!("–  {scheme} signs nothing"),
        "unknown" => format!("?  {scheme}: {why}"),
        reason => format!("✖  {scheme}: {reason}: {why}"),
    }
}

/// Bytes as people say them.
pub(crate) fn size(bytes: usize) -> String {
    let exact = u32::try_from(bytes).map_or(f64::MAX, f64::from);
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", exact / 1e3),
        _ => format!("{:.1} MB", exact / 1e6),
    }
}
