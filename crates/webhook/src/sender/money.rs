//! Amounts of money as they are read by people. Start at [`minor`].

/// An amount counted in the smallest unit of its currency, such as `4900` and `eur`, for reading:
/// `49.00 EUR`.
///
/// `None` where that unit is not beyond doubt: no currency of three letters, or one that senders
/// count differently (Stripe and Adyen count ISK in hundredths, others do not).
///
/// Sources: <https://docs.stripe.com/currencies>,
/// <https://docs.adyen.com/development-resources/currency-codes>
pub(super) fn minor(amount: &str, currency: &str) -> Option<String> {
    let currency = code(currency)?;
    let decimals = match currency.as_str() {
        "BIF" | "DJF" | "GNF" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "VND" | "VUV" | "XAF"
        | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLP" | "CVE" | "IDR" | "ISK" | "MGA" | "UGX" => return None,
        _ => 2,
    };
    let digits = amount.strip_prefix('-').unwrap_or(amount);
    let is_amount = (1..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if !is_amount {
        return None;
    }
    let sign = &amount[..amount.len() - digits.len()];
    let padded = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, rest) = padded.split_at(padded.len() - decimals);
    let point = if decimals > 0 { "." } else { "" };
    Some(format!("{sign}{whole}{point}{rest} {currency}"))
}

/// An amount as its sender writes it, with its currency: `388.00 EUR`.
pub(super) fn major(amount: &str, currency: &str) -> Option<String> {
    let is_amount = (1..=18).contains(&amount.len())
        && amount.starts_with(|c: char| c.is_ascii_digit() || c == '-')
        && amount
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-'));
    is_amount
        .then(|| code(currency))?
        .map(|currency| format!("{amount} {currency}"))
}

fn code(currency: &str) -> Option<String> {
    let is_code = currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_alphabetic());
    is_code.then(|| currency.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_unit_depends_on_the_currency() {
        let check = |amount, currency, want: Option<&str>| {
            assert_eq!(
                minor(amount, currency).as_deref(),
                want,
                "{amount} {currency}"
            );
        };
        check("4900", "eur", Some("49.00 EUR"));
        check("5", "USD", Some("0.05 USD"));
        check("0", "usd", Some("0.00 USD"));
        check("-1250", "usd", Some("-12.50 USD"));
        check("500", "jpy", Some("500 JPY"));
        check("5120", "kwd", Some("5.120 KWD"));
        check("500", "isk", None);
        check("5", "euro", None);
        check("1e5", "eur", None);
        check("", "eur", None);
        check("1.5", "eur", None);
    }

    #[test]
    fn a_written_amount_stays_as_written() {
        assert_eq!(major("388.00", "eur").as_deref(), Some("388.00 EUR"));
        assert_eq!(major("a", "eur"), None);
        assert_eq!(major("1", "€"), None);
    }
}
