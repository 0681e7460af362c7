//! `SendGrid`'s event webhook: an ECDSA signature on P-256 over timestamp and body.
//!
//! Source: <https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features>

use crate::verify::{
    claim::{Claim, Part, Proof},
    request::Request,
    senders::body_mac::prefixed,
    verdict::Flaw,
};

/// The header with the signature.
pub(crate) const SIGNATURE: &str = "X-Twilio-Email-Event-Webhook-Signature";
/// The header with the timestamp, which no rule of `SendGrid`'s limits.
pub(crate) const TIMESTAMP: &str = "X-Twilio-Email-Event-Webhook-Timestamp";

pub(super) fn claim<'a>(request: &'a Request<'_>) -> Result<Claim<'a>, Flaw> {
    let seen = prefixed(SIGNATURE, "", request.one(SIGNATURE)?, &Proof::Ecdsa)?;
    let at = request.one(TIMESTAMP)?;
    Ok(Claim {
        messages: vec![vec![Part::from(at), Part::from(&request.body)]],
        seen: vec![seen.into()],
        signed_at_ms: None,
        proof: Proof::Ecdsa,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{
        scheme::Scheme,
        testing::{check, request},
    };

    /// The example that `SendGrid`'s own packages are tested with.
    #[test]
    fn agrees_with_sendgrids_example() {
        let key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpV\
                   KS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==";
        let signature = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAb\
                         PIqHh89M15TluLtEZtM=";
        let headers = [(SIGNATURE, signature), (TIMESTAMP, "1600112502")];
        let body = concat!(
            r#"[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address","#,
            r#""sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA","#,
            r#""sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0","#,
            r#""smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","#,
            r#""timestamp":1600112492}]"#,
            "\r\n"
        );
        check(Scheme::SendGrid, &request(&headers, body), key, "ok");
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----\n");
        check(Scheme::SendGrid, &request(&headers, body), &pem, "ok");
        check(
            Scheme::SendGrid,
            &request(&headers, body.trim_end()),
            key,
            "mismatch",
        );
        check(
            Scheme::SendGrid,
            &request(&headers, body),
            "no key",
            "malformed",
        );
        check(
            Scheme::SendGrid,
            &request(&headers[..1], body),
            key,
            "missing",
        );
    }
}
