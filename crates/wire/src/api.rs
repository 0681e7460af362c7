//! The relay's small HTTP API: its paths and its JSON. All but pairing is asked with
//! `Authorization: Bearer` and a device's token; what goes wrong is answered by an [`ApiError`].

use serde::{Deserialize, Serialize};
use webhook::capture::EndpointId;

use crate::{
    key::PublicKey,
    text,
    token::{Token, revealed, revealed_option},
};

/// `POST` a [`PairRequest`], get a [`Paired`]: the invite is used up.
pub const PAIR: &str = "/api/pair";
/// `POST` an [`EndpointRequest`], get an [`EndpointInfo`]; `GET` a list of them. Behind a `/` and an
/// id: `PUT` [`EndpointSettings`], `DELETE`; behind that `/rotate`: `POST`, get one with a new
/// token; `/restore`: `POST`, undoes a `DELETE`.
pub const ENDPOINTS: &str = "/api/endpoints";
/// `POST`, get a [`Paired`] with a new token; the old one is good until the new one is used.
pub const TOKEN: &str = "/api/token";
/// `GET` a [`DeviceInfo`].
pub const DEVICE: &str = "/api/device";
/// The header that makes a request to an endpoint a probe: 16 hexadecimal digits, the number that
/// the desktop hears in a `PROBE`.
pub const PROBE_HEADER: &str = "tenterhook-probe";
/// `GET` with an upgrade to [`crate::SUBPROTOCOL`].
pub const TUNNEL: &str = "/api/tunnel";

/// A desktop asks to become a device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PairRequest {
    /// The invite from the connect string.
    #[serde(with = "revealed")]
    pub invite: Token,
    /// What its owner calls it.
    pub device_name: String,
    /// What captures for it are to be sealed to.
    #[serde(with = "text")]
    pub public_key: PublicKey,
}

/// A desktop has become a device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Paired {
    /// The device's id on this relay.
    pub device: String,
    /// What it shows from now on; said this once.
    #[serde(with = "revealed")]
    pub token: Token,
}

/// A device asks for an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EndpointRequest {
    /// What its owner calls it; the relay finds a name when it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The last part of its address, where the owner wants one that can be read; else the relay
    /// finds one that nobody guesses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// An endpoint of the device that asks.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EndpointInfo {
    /// The last part of its address; long enough that nobody guesses it, unless its owner chose it.
    #[serde(with = "text")]
    pub id: EndpointId,
    /// What its owner calls it; one of its kind on a device.
    pub name: String,
    /// The public address that senders are given.
    pub url: String,
    /// What a sender must show, where the endpoint asks for it; said once, in the answer to the
    /// `POST`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "revealed_option"
    )]
    pub token: Option<Token>,
    /// In milliseconds since the Unix epoch.
    pub created_at_ms: i64,
    /// How it treats what is sent to it.
    #[serde(default)]
    pub settings: EndpointSettings,
}

/// How an endpoint treats what is sent to it. What is absent is as [`Self::default`] has it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EndpointSettings {
    /// Nothing is taken; senders are asked to come again.
    pub is_paused: bool,
    /// A sender has to show the endpoint's token, as `Authorization: Bearer` or as `?token=`.
    pub requires_token: bool,
    /// The methods taken, as they are written; all of them when empty.
    pub methods: Vec<String>,
    /// The addresses that may send, such as `192.0.2.0/24`; all of them when empty.
    pub allow_from: Vec<String>,
    /// The longest body taken, when it is to be less than the relay takes.
    pub body_limit_bytes: Option<u64>,
    /// A browser's page of any origin may send.
    pub allows_cors: bool,
    /// What senders are answered.
    pub answer: FixedAnswer,
    /// When present the desktop answers, and `answer` is for the sender whom it does not answer
    /// within this time, in milliseconds, or at all; from 1 to [`MOST_DELAY_MS`].
    pub deadline_ms: Option<u64>,
}

/// The [`EndpointSettings::deadline_ms`] of who names none: Slack and Harbor wait 3 s.
pub const USUAL_DEADLINE_MS: u64 = 2_500;

/// An answer that the relay gives by itself, so that it holds while the desktop sleeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FixedAnswer {
    /// From 200 to 599.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// Its body, as text.
    pub body: String,
    /// How long the sender waits for it, once its request is durable; at most
    /// [`MOST_DELAY_MS`].
    pub delay_ms: u64,
}

/// The longest [`FixedAnswer::delay_ms`] and [`EndpointSettings::deadline_ms`].
pub const MOST_DELAY_MS: u64 = 30_000;

impl Default for FixedAnswer {
    fn default() -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: String::new(),
            delay_ms: 0,
        }
    }
}

/// What a relay knows of the device that asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceInfo {
    /// The device's id on this relay.
    pub device: String,
    /// What its owner called it.
    pub name: String,
    /// How many captures wait for it.
    pub waiting: u64,
    /// How many requests for it the relay has turned away since it started, because as much
    /// waited as it keeps for one device.
    pub refused: u64,
}

/// The body of every answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// What a program acts on.
    pub code: ErrorCode,
    /// The same for a person: what is wrong and what to do.
    pub message: String,
}

/// Why a request to the API failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request is not what this path takes.
    RequestInvalid,
    /// No device has this token, or none was shown.
    TokenUnknown,
    /// No such invite, or it was used.
    InviteUnknown,
    /// The invite's time is over.
    InviteExpired,
    /// There is no such thing, or it belongs to another device.
    NotFound,
    /// The name is that of another endpoint of this device.
    NameTaken,
    /// The address is that of another endpoint of this relay, or was within the last week.
    AddressTaken,
    /// The name is empty, too long, or has characters that a name may not have.
    NameInvalid,
    /// The tunnel is asked for without a subprotocol that the relay speaks.
    ProtocolUnsupported,
    /// A setting has a value that it cannot have; the message says which.
    SettingInvalid,
    /// Too much was asked for; later it may work.
    TooMany,
    /// The relay failed; its log says how.
    Internal,
    /// A code that this version does not know, in the relay's word.
    #[serde(untagged)]
    Other(String),
}

impl ErrorCode {
    /// The HTTP status that goes with it.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::RequestInvalid | Self::NameInvalid | Self::SettingInvalid => 400,
            Self::TokenUnknown => 401,
            Self::InviteUnknown | Self::InviteExpired => 403,
            Self::NotFound => 404,
            Self::NameTaken | Self::AddressTaken => 409,
            Self::ProtocolUnsupported => 426,
            Self::TooMany => 429,
            Self::Internal | Self::Other(_) => 500,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_tomorrow_is_kept_in_its_own_word() {
        let said = r#"{"code":"moon_full","message":"come back tomorrow","since":3}"#;
        let error: ApiError = serde_json::from_str(said).unwrap();
        assert_eq!(error.code, ErrorCode::Other("moon_full".to_owned()));
        assert_eq!(error.code.status(), 500);
        assert_eq!(error.to_string(), "come back tomorrow");
    }

    #[test]
    fn a_secret_is_not_repeated_in_an_error() {
        let said = r#"{"device":"d","token":"tht_not-quite-a-token"}"#;
        let error = serde_json::from_str::<Paired>(said).unwrap_err();
        assert!(!error.to_string().contains("not-quite"), "{error}");
    }

    #[test]
    fn an_endpoint_may_come_with_or_without_its_token() {
        let said = r#"{"id":"7Qk","name":"stripe","url":"https://a/h/7Qk","created_at_ms":5}"#;
        let listed: EndpointInfo = serde_json::from_str(said).unwrap();
        assert!(listed.token.is_none());
        assert_eq!(listed.settings, EndpointSettings::default());
        let again = serde_json::to_string(&listed).unwrap();
        assert!(again.starts_with(said.trim_end_matches('}')) && !again.contains("\"token\""));
        let refused = said.replace("7Qk\",", "../7Qk\",");
        assert!(serde_json::from_str::<EndpointInfo>(&refused).is_err());
    }
}
