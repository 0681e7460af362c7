//! The one date that a rule reads, `Mon 02 Jan 2006 15:04:05 MST`, as Go's `time` reads it.

/// Reads a date, in seconds since the Unix epoch; nothing when it is none.
///
/// The weekday must be one, and the zone must look like one; neither changes the answer, for Go takes
/// an abbreviation that it does not know for UTC.
pub(crate) fn parse(text: &str) -> Option<i64> {
    if text.starts_with(' ') || text.ends_with(' ') {
        return None;
    }
    let mut words = text.split(' ').filter(|word| !word.is_empty());
    let weekday = words.next()?;
    position(&["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"], weekday)?;
    let day = two_digits(words.next()?)?;
    let month = position(
        &[
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ],
        words.next()?,
    )?;
    let year = words.next().filter(|year| year.len() == 4)?;
    let year: i64 = digits(year)?;
    let (hour, minute, second) = clock(words.next()?)?;
    if !is_zone(words.next()?) || words.next().is_some() {
        return None;
    }
    if !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    let days = days_since_epoch(year, month, day);
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

fn position(names: &[&str], word: &str) -> Option<i64> {
    let at = names
        .iter()
        .position(|name| name.eq_ignore_ascii_case(word))?;
    i64::try_from(at).ok()
}

fn digits(text: &str) -> Option<i64> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok())?
}

fn two_digits(text: &str) -> Option<i64> {
    digits(text).filter(|_| text.len() == 2)
}

fn clock(text: &str) -> Option<(i64, i64, i64)> {
    let mut parts = text.split(':');
    let hour = parts
        .next()
        .filter(|hour| hour.len() <= 2)
        .and_then(digits)?;
    let minute = two_digits(parts.next()?)?;
    let seconds = parts.next()?;
    // Go takes a fraction after seconds that its layout does not name.
    let (second, fraction) = seconds
        .split_once(['.', ','])
        .map_or((seconds, "0"), |split| split);
    let second = two_digits(second)?;
    digits(fraction)?;
    let is_time = parts.next().is_none() && hour < 24 && minute < 60 && second < 60;
    is_time.then_some((hour, minute, second))
}

/// An abbreviation of three to five capitals, or hours with a sign, which may follow `GMT`.
fn is_zone(text: &str) -> bool {
    if text.starts_with(['+', '-']) || text.starts_with("GMT") {
        let hours = text.strip_prefix("GMT").unwrap_or(text);
        let signed = hours.strip_prefix(['+', '-']).and_then(digits);
        return hours.is_empty() || signed.is_some_and(|hours| hours <= 23);
    }
    let is_known_shape = match text.len() {
        3 => true,
        4 => text.ends_with('T') || text == "WITA",
        5 => text.ends_with('T'),
        _ => false,
    };
    let is_upper = text.bytes().all(|byte| byte.is_ascii_uppercase());
    (is_known_shape && is_upper) || matches!(text, "ChST" | "MeST")
}

fn days_in(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        1 => 28 + i64::from(is_leap),
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}

/// Days from the epoch in the Gregorian calendar, `month` from 0.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    let to_year = before * 365 + before / 4 - before / 100 + before / 400;
    let to_month: i64 = (0..month).map(|month| days_in(year, month)).sum();
    to_year + to_month + day - 1 - 719_162
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_read_as_go_reads_them() {
        for (text, want) in [
            ("Thu 01 Jan 1970 00:00:00 UTC", Some(0)),
            ("Fri 08 Sep 2017 11:24:32 UTC", Some(1_504_869_872)),
            ("mon 08 sep 2017 11:24:32.5 PST", Some(1_504_869_872)),
            ("Fri 08 Sep 2017 11:24:32 GMT+3", Some(1_504_869_872)),
            ("Thu 29 Feb 2024 9:00:00 CET", Some(1_709_197_200)),
            ("Wed 29 Feb 2023 09:00:00 UTC", None),
            ("Fri, 08 Sep 2017 11:24:32 GMT", None),
            ("Fri 8 Sep 2017 11:24:32 UTC", None),
            ("Fri 08 Sep 2017 24:00:00 UTC", None),
            ("Fri 08 Sep 2017 11:24:32 +0200", None),
            ("Fri 08 Sep 2017 11:24:32", None),
            ("Fri  08 Sep 2017 11:24:32  +03", Some(1_504_869_872)),
            (" Fri 08 Sep 2017 11:24:32 UTC", None),
            ("Fri 08 Sep 2017 11:24:32 GMT-24", None),
        ] {
            assert_eq!(parse(text), want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any::<String>(), day in "[A-Za-z]{3} [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} [A-Z0-9+-]{0,6}") {
            let _ = (parse(&text), parse(&day));
        }
    }
}
