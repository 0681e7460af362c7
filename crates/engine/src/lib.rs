//! The program without a face: receives, keeps, shows and speaks to the relay. The window and the
//! terminal both call [`Engine`]; a capture's way begins in `intake`.

mod answer;
mod arrival;
mod client;
mod deliveries;
mod endpoints;
mod engine;
pub mod export;
mod forward;
mod handshakes;
mod help;
pub mod import;
mod indexer;
mod inspect;
mod intake;
mod judge;
mod line;
pub mod link;
mod lists;
mod place;
mod probe;
mod receiver;
pub mod runner;
mod secrets;
pub mod serve;
mod settings;
mod signatures;
mod store;
mod trust;
mod tunnel;
mod vault;
mod verifier;
pub mod view;
mod watch;

pub use crate::{
    client::{CallError, ReachError},
    engine::{Engine, Error, OpenError, Options, ReceiveAt, StartError, try_line},
    forward::{Target, TargetError},
    place::{computer_name, data_folder},
    receiver::ReceiverError,
    secrets::{Secret, SecretError, Secrets},
    settings::{ReceiverSettings, Settings, SettingsError},
    signatures::{NewSecret, SentTest, SignatureError},
};

pub use wire::api::{EndpointSettings, FixedAnswer, USUAL_DEADLINE_MS};

/// The clock: milliseconds since the Unix epoch.
pub type Clock = fn() -> i64;
