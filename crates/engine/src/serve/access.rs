//! The line that the log has of every answer, in the words of Go. Pure. Start at [`line`].

use std::time::Duration;

/// `200 | 2 B | 77µs | host | GET /uri`.
pub(super) fn line(
    status: u16,
    body_bytes: usize,
    took: Duration,
    host: &str,
    request: &str,
) -> String {
    let (size, took) = (size(body_bytes), duration(took));
    format!("{status:03} | {size} | {took} | {host} | {request}")
}

/// A size in the largest binary unit that fits, with one decimal below ten.
fn size(bytes: usize) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut units = UNITS.iter();
    let mut unit = units.next();
    while value >= 1024.0 && unit.is_some() {
        value /= 1024.0;
        unit = units.next();
    }
    let unit = unit.unwrap_or(&"EiB");
    let rounded = (value * 10.0 + 0.5).floor() / 10.0;
    if rounded < 10.0 {
        format!("{rounded:.1} {unit}")
    } else {
        format!("{rounded:.0} {unit}")
    }
}

/// A duration in the largest unit below it, to the nanosecond.
fn duration(took: Duration) -> String {
    let nanos = took.as_nanos();
    let decimal = |unit_nanos: u128, digits: usize, unit: &str| {
        let (whole, rest) = (nanos / unit_nanos, nanos % unit_nanos);
        let rest = format!("{rest:0digits$}");
        let rest = rest.trim_end_matches('0');
        let dot = if rest.is_empty() { "" } else { "." };
        format!("{whole}{dot}{rest}{unit}")
    };
    match nanos {
        0 => "0s".to_owned(),
        1..1_000 => format!("{nanos}ns"),
        1_000..1_000_000 => decimal(1_000, 3, "µs"),
        1_000_000..1_000_000_000 => decimal(1_000_000, 6, "ms"),
        _ => decimal(1_000_000_000, 9, "s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        for (bytes, want) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1500, "1.5 KiB"),
            (10 * 1024, "10 KiB"),
            (25 * 1024 * 1024, "25 MiB"),
            (3 << 30, "3.0 GiB"),
        ] {
            assert_eq!(size(bytes), want);
        }
    }

    #[test]
    fn durations_are_exact() {
        for (nanos, want) in [
            (0, "0s"),
            (7, "7ns"),
            (77_000, "77µs"),
            (77_042, "77.042µs"),
            (1_500_000, "1.5ms"),
            (2_000_000_001, "2.000000001s"),
            (90_000_000_000, "90s"),
        ] {
            assert_eq!(duration(Duration::from_nanos(nanos)), want);
        }
    }
}
