//! The program without a face: receives, keeps, shows and speaks to the relay. The window and the
//! terminal both call [`Engine`]; a capture's way begins in `intake`.

mod arrival;
mod client;
mod endpoints;
mod engine;
mod help;
mod indexer;
mod inspect;
mod intake;
mod lists;
mod place;
mod probe;
mod receiver;
pub mod runner;
mod secrets;
pub mod serve;
mod settings;
mod store;
mod tunnel;
pub mod view;
mod watch;

pub use crate::{
    client::{CallError, ReachError},
    engine::{Engine, Error, OpenError, Options, ReceiveAt, StartError, try_line},
    place::{computer_name, data_folder},
    receiver::ReceiverError,
    secrets::{Secret, SecretError, Secrets},
    settings::{ReceiverSettings, Settings, SettingsError},
};

pub use wire::api::{EndpointSettings, FixedAnswer};

/// The clock: milliseconds since the Unix epoch.
pub type Clock = fn() -> i64;
