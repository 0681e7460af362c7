//! How the captures of an endpoint go to one of its targets: what is asked of them, and when one is
//! tried again.

use std::time::Duration;

use webhook::head;

use super::{attempt::Attempted, lane::Trust, target::Target};
use crate::store::forwards::Forward;

/// The longest wait before the next try.
const LONGEST_MS: u64 = 3_600_000;

/// How captures go to one target.
#[derive(Debug, Clone, Copy)]
pub(super) struct How {
    /// Tries after the first.
    pub(super) retries: u32,
    backoff_ms: u64,
    /// Requests at once.
    pub(super) at_once: usize,
    /// A capture waits until the one before it is done with, retries included.
    pub(super) is_ordered: bool,
}

impl How {
    pub(super) fn of(forward: &Forward) -> Self {
        let at_once = if forward.is_ordered {
            1
        } else {
            forward.at_once
        };
        Self {
            retries: forward.retries,
            backoff_ms: forward.backoff_ms,
            at_once: usize::try_from(at_once).unwrap_or(1).max(1),
            is_ordered: forward.is_ordered,
        }
    }

    /// How long to wait before another try; none when this was the last, or another changes nothing.
    pub(super) fn again(&self, attempted: &Attempted, now_ms: i64) -> Option<Duration> {
        let delivery = &attempted.delivery;
        let is_asked_for = match delivery.status {
            Some(status) => status == 429 || status >= 500,
            None => attempted.may_pass,
        };
        if !is_asked_for || delivery.attempt > self.retries {
            return None;
        }
        let doubled = self
            .backoff_ms
            .saturating_mul(1 << (delivery.attempt - 1).min(32));
        let ms = retry_after_ms(&delivery.head, now_ms).unwrap_or(doubled);
        Some(Duration::from_millis(ms.min(LONGEST_MS)))
    }
}

/// What `Retry-After` asks for: seconds, or a date (RFC 9110 section 10.2.3).
fn retry_after_ms(answer: &[u8], now_ms: i64) -> Option<u64> {
    let field = head::fields(answer).find(|one| one.name.eq_ignore_ascii_case(b"retry-after"))?;
    let value = str::from_utf8(field.value).ok()?;
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(seconds.saturating_mul(1_000));
    }
    let at_ms = jiff::fmt::rfc2822::parse(value)
        .ok()?
        .timestamp()
        .as_millisecond();
    Some(u64::try_from(at_ms - now_ms).unwrap_or(0))
}

/// Where `forward` leads, and whose certificate is accepted there; else why nowhere.
pub(crate) fn way(forward: &Forward) -> Result<(Target, Trust), String> {
    let target = Target::parse(&forward.target, forward.is_remote_allowed);
    let target = target.map_err(|error| error.to_string())?;
    let trust = match (&forward.pin, &forward.authorities) {
        // A pin that is none must not become the system's judgement.
        (Some(pin), _) => Trust::Key(pin.parse().map_err(|error| format!("{error}"))?),
        (None, Some(pem)) => Trust::Authorities(pem.clone()),
        (None, None) => Trust::System,
    };
    Ok((target, trust))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_in_seconds_or_by_a_date_when_to_come_again() {
        let check = |value: &str, want| {
            let head = format!("HTTP/1.1 429 Slow Down\r\nretry-AFTER: {value}\r\n\r\n");
            assert_eq!(retry_after_ms(head.as_bytes(), 1_000), want, "{value}");
        };
        check("3", Some(3_000));
        check("Thu, 01 Jan 1970 00:00:03 GMT", Some(2_000));
        check("Thu, 01 Jan 1970 00:00:00 GMT", Some(0));
        check("soon", None);
        check("18446744073709551615", Some(u64::MAX));
    }
}
