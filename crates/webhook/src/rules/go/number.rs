//! Floats as Go prints them: the shortest digits that come back as the same number.

/// `strconv.FormatFloat(value, 'g', -1, 32)`: what a float becomes where a text belongs.
pub(crate) fn short_float(value: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounding to 32 bits is what is asked for"
    )]
    let narrow = value as f32;
    general(
        f64::from(narrow),
        &format!("{narrow}"),
        &format!("{narrow:e}"),
    )
}

/// `strconv.FormatFloat(value, 'g', -1, 64)`, which is also `fmt`'s `%v`.
pub(crate) fn long_float(value: f64) -> String {
    general(value, &format!("{value}"), &format!("{value:e}"))
}

/// Chooses between the plain form and the one with an exponent, which Go takes below 1e-4 and from
/// 1e6 on.
fn general(value: f64, plain: &str, scientific: &str) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return plain.to_owned();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Go 1.19 prints for each.
    #[test]
    fn floats_are_printed_as_go_prints_them() {
        for (value, short, long) in [
            (1.1, "1.1", "1.1"),
            (1e5, "100000", "100000"),
            (1e6, "1e+06", "1e+06"),
            (1e20, "1e+20", "1e+20"),
            (12_345_678.9, "1.2345679e+07", "1.23456789e+07"),
            (0.00012345, "0.00012345", "0.00012345"),
            (1e-5, "1e-05", "1e-05"),
            (1.0, "1", "1"),
            (f64::NEG_INFINITY, "-Inf", "-Inf"),
            (f64::NAN, "NaN", "NaN"),
        ] {
            assert_eq!(
                (short_float(value).as_str(), long_float(value).as_str()),
                (short, long)
            );
        }
    }
}
