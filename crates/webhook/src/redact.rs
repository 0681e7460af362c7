//! What must not be shown, logged or exported unless a person asks for it: credentials, by the
//! name that they travel under.
//!
//! Signatures (`X-Hub-Signature-256`, `Stripe-Signature`, …) are no credentials: one proves one
//! request, and a copy without it could no longer be verified. Ids of a delivery are none either.

/// Whether the header `name` carries a credential, in any spelling.
#[must_use]
pub fn is_secret_header(name: &[u8]) -> bool {
    const WHOLE: [&[u8]; 9] = [
        b"authorization",
        b"cookie",
        b"set-cookie",
        b"cookie2",
        b"set-cookie2",
        b"token",
        b"secret",
        b"api-key",
        b"apikey",
    ];
    const ENDS: [&[u8]; 9] = [
        b"-token",
        b"-secret",
        b"-password",
        b"-api-key",
        b"-apikey",
        b"-access-key",
        b"-auth-key",
        b"-authorization",
        b"-credentials",
    ];
    let name = name.to_ascii_lowercase();
    // Twilio's `I-Twilio-Idempotency-Token` names a delivery.
    let is_delivery_id = name.ends_with(b"idempotency-token");
    WHOLE.contains(&name.as_slice())
        || ENDS.iter().any(|end| name.ends_with(end)) && !is_delivery_id
}

/// Whether the query parameter or form field `name` carries a credential, in any spelling.
///
/// A signature in a URL is one: whoever has a presigned URL (`sig` at Azure, `X-Amz-Signature` at
/// AWS) may use it.
#[must_use]
pub fn is_secret_query(name: &str) -> bool {
    const WHOLE: [&str; 8] = [
        "key",
        "auth",
        "authorization",
        "pwd",
        "passwd",
        "sig",
        "accesskey",
        "xamzsignature",
    ];
    const ENDS: [&str; 6] = [
        "token",
        "secret",
        "password",
        "apikey",
        "privatekey",
        "credential",
    ];
    let name: String = name
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    WHOLE.contains(&name.as_str()) || ENDS.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_secret_in_any_spelling() {
        for name in [
            "Authorization",
            "proxy-authorization",
            "COOKIE",
            "Set-Cookie",
            "X-Gitlab-Token",
            "x-api-key",
            "X-Telegram-Bot-Api-Secret-Token",
            "X-Hook-Secret",
            "X-Auth-Token",
            "X-Amz-Security-Token",
        ] {
            assert!(is_secret_header(name.as_bytes()), "{name}");
        }
        for name in [
            "token",
            "access_token",
            "hub.verify_token",
            "API-Key",
            "clientSecret",
            "key",
            "sig",
        ] {
            assert!(is_secret_query(name), "{name}");
        }
    }

    #[test]
    fn signatures_ids_and_the_rest_are_not() {
        for name in [
            "X-Hub-Signature-256",
            "Stripe-Signature",
            "webhook-id",
            "I-Twilio-Idempotency-Token",
            "Idempotency-Key",
            "Content-Type",
            "X-Tokens-Used",
            "",
        ] {
            assert!(!is_secret_header(name.as_bytes()), "{name}");
        }
        for name in ["page", "keyword", "signature", "author", ""] {
            assert!(!is_secret_query(name), "{name}");
        }
    }
}
