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
/// `POST` an [`EndpointRequest`], get an [`EndpointInfo`]; `GET` a list of them; `DELETE` the one
/// whose id follows after a `/`.
pub const ENDPOINTS: &str = "/api/endpoints";
/// `GET` a [`DeviceInfo`].
pub const DEVICE: &str = "/api/device";
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
}

/// An endpoint of the device that asks.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EndpointInfo {
    /// The last part of its address, long enough that nobody guesses it.
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
    /// The name is empty, too long, or has characters that a name may not have.
    NameInvalid,
    /// The tunnel is asked for without a subprotocol that the relay speaks.
    ProtocolUnsupported,
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
            Self::RequestInvalid | Self::NameInvalid => 400,
            Self::TokenUnknown => 401,
            Self::InviteUnknown | Self::InviteExpired => 403,
            Self::NotFound => 404,
            Self::NameTaken => 409,
            Self::ProtocolUnsupported => 426,
            Self::TooMany => 429,
            Self::Internal | Self::Other(_) => 500,
        }
    }
}
