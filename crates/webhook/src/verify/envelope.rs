//! Where a sender puts its signature, and what else it writes anew each time: the opposite of
//! what the files under `senders/` read.

use crate::{
    decode::json::Kind,
    verify::{
        json::{Document, quoted},
        request::Request,
        scheme::Scheme,
        senders::{
            adyen, body_mac, discord, hubspot, linear, paddle, paypal, sendgrid, square, standard,
            stripe, timed_mac, token, twilio,
        },
        stamp::Stamp,
        verdict::Flaw,
    },
};

/// `request` with `signature` and the time of `stamp` where `scheme` has them.
pub(crate) fn envelope(
    scheme: Scheme,
    request: &Request<'_>,
    stamp: &Stamp,
    signature: &str,
) -> Result<Request<'static>, Flaw> {
    let mut request = request.clone().into_owned();
    request.received_at_ms = stamp.now_ms;
    let seconds = stamp.now_ms.div_euclid(1000);
    match scheme {
        Scheme::Square => request.set(square::HEADER, signature),
        Scheme::Stripe => request.set(stripe::HEADER, format!("t={seconds},v1={signature}")),
        Scheme::Paddle => request.set(paddle::HEADER, format!("ts={seconds};h1={signature}")),
        Scheme::Slack | Scheme::Zoom => {
            let (header, timestamp) = timed_mac::headers(scheme);
            request.set(timestamp, seconds.to_string());
            request.set(header, format!("v0={signature}"));
        }
        Scheme::StandardWebhooks
        | Scheme::StandardWebhooksV1a
        | Scheme::Svix
        | Scheme::GitLabSigning => {
            let [id, timestamp, header] = standard::names(scheme, &request);
            let version = if scheme == Scheme::StandardWebhooksV1a {
                "v1a"
            } else {
                "v1"
            };
            keep_or_set(&mut request, id, &stamp.id);
            request.set(timestamp, seconds.to_string());
            request.set(header, format!("{version},{signature}"));
        }
        Scheme::GitLabToken | Scheme::Harbor => request.set(token::header(scheme), signature),
        Scheme::Twilio => {
            if !request.is_form() && !request.body.is_empty() {
                request.url = twilio::with_body_hash(&request.url, &request.body).into();
            }
            request.set(twilio::HEADER, signature);
        }
        Scheme::Linear => {
            let now_ms = stamp.now_ms.to_string();
            edit(&mut request, |body| {
                Ok(vec![(member(body, &[linear::TIMESTAMP])?, now_ms)])
            })?;
            request.set(linear::HEADER, signature);
        }
        Scheme::HubSpotV1 | Scheme::HubSpotV2 => {
            let version = if scheme == Scheme::HubSpotV1 {
                "v1"
            } else {
                "v2"
            };
            request.set("X-HubSpot-Signature-Version", version);
            request.set(hubspot::V1_V2, signature);
        }
        Scheme::HubSpotV3 => {
            request.set(hubspot::TIMESTAMP, stamp.now_ms.to_string());
            request.set(hubspot::V3, signature);
        }
        Scheme::SendGrid => {
            request.set(sendgrid::TIMESTAMP, seconds.to_string());
            request.set(sendgrid::SIGNATURE, signature);
        }
        Scheme::Discord => {
            request.set(discord::TIMESTAMP, seconds.to_string());
            request.set(discord::SIGNATURE, signature);
        }
        Scheme::AdyenPayments => edit(&mut request, |body| {
            let missing = || Flaw::Missing("additionalData.hmacSignature of the item".to_owned());
            let node = body
                .below(adyen::item(body)?, &adyen::SIGNATURE)
                .ok_or_else(missing)?;
            Ok(vec![(node, quoted(signature))])
        })?,
        Scheme::Mailgun => edit(&mut request, |body| {
            mailgun(body, seconds, &stamp.id, signature)
        })?,
        Scheme::PayPal => {
            keep_or_set(&mut request, paypal::ID, &stamp.id);
            request.set(paypal::TIME, format!("{}Z", date_time(seconds)));
            request.set(paypal::ALGORITHM, "SHA256withRSA");
            request.set(paypal::SIGNATURE, signature);
        }
        Scheme::AwsSns => {
            let millis = stamp.now_ms.rem_euclid(1000);
            let time = format!("{}.{millis:03}Z", date_time(seconds));
            let new = [
                ("Timestamp", &*time),
                ("SignatureVersion", "2"),
                ("Signature", signature),
            ];
            edit(&mut request, |body| {
                let node = |(name, text)| Ok((member(body, &[name])?, quoted(text)));
                new.into_iter().map(node).collect()
            })?;
        }
        _ => {
            if let Some(form) = body_mac::form(scheme) {
                request.set(form.header, format!("{}{signature}", form.prefix));
            }
        }
    }
    Ok(request)
}

fn keep_or_set(request: &mut Request<'_>, name: &str, value: &str) {
    if !request.has(name) {
        request.set(name, value);
    }
}

/// Replaces the values of some members of a JSON body, and no other byte.
fn edit(
    request: &mut Request<'_>,
    edits: impl FnOnce(&Document<'_>) -> Result<Vec<(u32, String)>, Flaw>,
) -> Result<(), Flaw> {
    let document = Document::parse(&request.body)?;
    let body = document.replaced(&edits(&document)?);
    request.body = body.into();
    Ok(())
}

fn member(body: &Document<'_>, path: &[&str]) -> Result<u32, Flaw> {
    let missing = || Flaw::Missing(format!("{} in the body", path.join(".")));
    body.at(path).ok_or_else(missing)
}

fn mailgun(
    body: &Document<'_>,
    seconds: i64,
    token: &str,
    signature: &str,
) -> Result<Vec<(u32, String)>, Flaw> {
    let timestamp = member(body, &["signature", "timestamp"])?;
    let seconds = match body.kind(timestamp) {
        Kind::Number => seconds.to_string(),
        _ => quoted(&seconds.to_string()),
    };
    Ok(vec![
        (timestamp, seconds),
        (member(body, &["signature", "token"])?, quoted(token)),
        (
            member(body, &["signature", "signature"])?,
            quoted(signature),
        ),
    ])
}

/// `seconds` since the Unix epoch as `2025-10-09T08:53:20`, in UTC.
pub(crate) fn date_time(seconds: i64) -> String {
    let (days, time) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date(days);
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

/// The date that is `days` after 1970-01-01, in the Gregorian calendar.
fn date(days: i64) -> (i64, i64, i64) {
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    // 400 years are always 146,097 days.
    let (mut year, mut rest) = (
        1970 + 400 * days.div_euclid(146_097),
        days.rem_euclid(146_097),
    );
    while rest >= 365 + i64::from(is_leap(year)) {
        rest -= 365 + i64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + i64::from(is_leap(year));
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 1;
    for length in lengths {
        if rest < length {
            break;
        }
        rest -= length;
        month += 1;
    }
    (year, month, rest + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        let check = |seconds, want| assert_eq!(date_time(seconds), want);
        check(0, "1970-01-01T00:00:00");
        check(1_760_000_000, "2025-10-09T08:53:20");
        check(951_782_400, "2000-02-29T00:00:00");
        check(4_107_542_399, "2100-02-28T23:59:59");
        check(4_107_542_400, "2100-03-01T00:00:00");
        check(-1, "1969-12-31T23:59:59");
    }
}
