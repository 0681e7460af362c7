//! Values of flags as Go takes them. Pure.

/// A truth as Go's `ParseBool` takes it.
pub(super) fn bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// A number as Go's `ParseInt` takes it when the text says its base.
pub(super) fn int(text: &str) -> Result<i64, &'static str> {
    let (sign, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) if text.starts_with('-') => ("-", digits),
        Some(digits) => ("", digits),
        None => ("", text),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    let is_number =
        |digits: &str| !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    // Underscores may stand between digits, and behind what says the base.
    let digits = match radix {
        10 => digits,
        _ => digits.strip_prefix('_').unwrap_or(digits),
    };
    if !digits.split('_').all(is_number) {
        return Err("parse error");
    }
    let plain = digits.replace('_', "");
    i64::from_str_radix(&format!("{sign}{plain}"), radix).map_err(|_| "value out of range")
}
