//! Ages and sizes as people type and read them.

/// Reads an age such as `30d`, `12h`, `2w`, `90m` or `45s`, in milliseconds.
///
/// # Errors
/// When it is none, or 0.
pub(crate) fn age(text: &str) -> Result<i64, String> {
    let units = [
        ("s", 1),
        ("m", 60),
        ("h", 3_600),
        ("d", 86_400),
        ("w", 604_800),
    ];
    let wrong = || format!("`{text}` is no age: write it like 30d, 12h or 2w");
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let seconds = units.iter().find(|(name, _)| *name == unit);
    let (_, seconds) = seconds.ok_or_else(wrong)?;
    let whole: i64 = number.parse().map_err(|_| wrong())?;
    let ms = whole.checked_mul(seconds * 1_000).ok_or_else(wrong)?;
    if ms == 0 { Err(wrong()) } else { Ok(ms) }
}

/// Reads a size such as `800kB`, `500MB`, `2GB` or `1GiB`, in bytes. A number alone is bytes.
///
/// # Errors
/// When it is none, or 0.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let units = [
        ("", 1_u64),
        ("b", 1),
        ("k", 1_000),
        ("kb", 1_000),
        ("kib", 1 << 10),
        ("m", 1_000_000),
        ("mb", 1_000_000),
        ("mib", 1 << 20),
        ("g", 1_000_000_000),
        ("gb", 1_000_000_000),
        ("gib", 1 << 30),
        ("t", 1_000_000_000_000),
        ("tb", 1_000_000_000_000),
        ("tib", 1 << 40),
    ];
    let wrong = || format!("`{text}` is no size: write it like 500MB or 2GB");
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let bytes = units.iter().find(|(name, _)| *name == unit);
    let (_, bytes) = bytes.ok_or_else(wrong)?;
    let whole: u64 = number.parse().map_err(|_| wrong())?;
    let bytes = whole.checked_mul(*bytes).ok_or_else(wrong)?;
    if bytes == 0 || i64::try_from(bytes).is_err() {
        return Err(wrong());
    }
    Ok(bytes)
}

fn split(text: &str) -> Option<(&str, String)> {
    let text = text.trim();
    let at = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    (!number.is_empty()).then(|| (number, unit.trim().to_ascii_lowercase()))
}

/// `1,204`
pub(crate) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `3 May 2026`, by this computer's clock.
pub(crate) fn day(at_ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default();
    let at = at.to_zoned(jiff::tz::TimeZone::system());
    at.strftime("%-d %b %Y").to_string()
}

/// An age as [`age`] reads it.
pub(crate) fn short_age(ms: i64) -> String {
    let seconds = ms / 1_000;
    let units = [(604_800, 'w'), (86_400, 'd'), (3_600, 'h'), (60, 'm')];
    let fits = units.iter().find(|(length, _)| seconds % length == 0);
    fits.map_or_else(
        || format!("{seconds}s"),
        |(length, unit)| format!("{}{unit}", seconds / length),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_and_sizes_are_read_as_people_write_them() {
        for (text, want) in [
            ("30d", 2_592_000_000),
            ("2w", 1_209_600_000),
            ("45 s", 45_000),
        ] {
            assert_eq!(age(text), Ok(want));
        }
        for (text, want) in [
            ("2GB", 2_000_000_000),
            ("500mb", 500_000_000),
            ("1GiB", 1 << 30),
            ("12", 12),
        ] {
            assert_eq!(size(text), Ok(want));
        }
        for text in [
            "",
            "d",
            "30",
            "0d",
            "-3d",
            "3y",
            "1.5h",
            "99999999999999999w",
        ] {
            age(text).unwrap_err();
        }
        for text in ["", "MB", "0", "1XB", "-5", "99999999999TB"] {
            size(text).unwrap_err();
        }
    }

    #[test]
    fn an_age_is_said_as_it_is_typed() {
        for text in ["2w", "30d", "5h", "90s", "10m"] {
            assert_eq!(short_age(age(text).unwrap()), text);
        }
        assert_eq!(number(0), "0");
        assert_eq!(number(1_204), "1,204");
        assert_eq!(number(21_000_000), "21,000,000");
    }
}
