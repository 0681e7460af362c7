//! Values that are numbers: sizes and statuses.

use super::ast::{Comparison, StatusTest};

/// The bytes that `text` says: `1200`, `10k`, `1.5MB`, `64KiB`. `k`, `m` and `g` are powers of
/// 1000, with an `i` behind them of 1024.
pub(super) fn size(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let at = lower.find(|c: char| c.is_ascii_alphabetic());
    let (digits, unit) = lower.split_at(at.unwrap_or(lower.len()));
    let unit: u64 = match unit {
        "" | "b" => 1,
        "k" | "kb" => 1_000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "ki" | "kib" => 1 << 10,
        "mi" | "mib" => 1 << 20,
        "gi" | "gib" => 1 << 30,
        _ => return None,
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |digits: &str, most: usize| {
        (1..=most).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    };
    if !is_number(whole, 9) || !is_number(part, 6) {
        return None;
    }
    let scale = 10_u64.pow(u32::try_from(part.len()).ok()?);
    let (whole, part): (u64, u64) = (whole.parse().ok()?, part.parse().ok()?);
    Some(whole * unit + part * unit / scale)
}

/// The statuses that `text` says: `404`, or `5xx` and `none` when nothing is compared.
pub(super) fn status(text: &str, comparison: Option<Comparison>) -> Option<StatusTest> {
    let lower = text.to_ascii_lowercase();
    if comparison.is_none() && lower == "none" {
        return Some(StatusTest::NoAnswer);
    }
    if comparison.is_none()
        && let Some(hundred @ "1" | hundred @ "2" | hundred @ "3" | hundred @ "4" | hundred @ "5") =
            lower.strip_suffix("xx")
    {
        return Some(StatusTest::Class(hundred.parse().ok()?));
    }
    let is_status = lower.len() == 3 && lower.bytes().all(|b| b.is_ascii_digit());
    let status = is_status.then(|| lower.parse().ok()).flatten();
    let status = status.filter(|status| (100..=599).contains(status))?;
    Some(StatusTest::Compare(
        comparison.unwrap_or(Comparison::Equal),
        status,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        let check = |text, want| assert_eq!(size(text), want, "{text}");
        check("1200", Some(1_200));
        check("10k", Some(10_000));
        check("1.5MB", Some(1_500_000));
        check("64KiB", Some(65_536));
        check("2gi", Some(2_147_483_648));
        for wrong in ["", "k", "1.", ".5", "1kk", "-1", "1e3", "1 k", "9999999999"] {
            check(wrong, None);
        }
    }

    #[test]
    fn statuses_are_three_digits_or_a_hundred() {
        assert_eq!(status("5XX", None), Some(StatusTest::Class(5)));
        let compared = |sign, code| Some(StatusTest::Compare(sign, code));
        assert_eq!(status("404", None), compared(Comparison::Equal, 404));
        assert_eq!(
            status("400", Some(Comparison::Less)),
            compared(Comparison::Less, 400)
        );
        assert_eq!(status("4xx", Some(Comparison::Less)), None);
        assert_eq!(status("None", None), Some(StatusTest::NoAnswer));
        assert_eq!(status("none", Some(Comparison::Less)), None);
        for wrong in ["", "20", "2000", "600", "6xx", "xx", "ok"] {
            assert_eq!(status(wrong, None), None, "{wrong}");
        }
    }
}
