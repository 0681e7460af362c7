//! The program without a face: receives, keeps, shows and speaks to the relay. The window and the
//! terminal both call [`Engine`]; a capture's way begins in `intake`.

mod answer;
mod arrival;
mod background;
mod body;
mod care;
mod client;
mod compare;
mod deliveries;
mod endpoints;
mod engine;
pub mod export;
mod forward;
mod forwarding;
pub mod golden;
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
mod marks;
mod place;
mod probe;
mod receiver;
mod recent;
mod regroup;
mod replay;
mod rules;
pub mod runner;
mod saved;
mod secrets;
pub mod serve;
mod settings;
mod signatures;
mod store;
mod take;
mod timeline;
mod trust;
mod tunnel;
mod unpair;
mod vault;
mod verifier;
pub mod view;
mod watch;

pub use crate::{
    care::{CareError, check_history, restore_damaged},
    client::{CallError, ReachError},
    engine::{Engine, Error, OpenError, Options, ReceiveAt, StartError, try_line},
    forward::{Target, TargetError},
    place::{computer_name, data_folder},
    receiver::ReceiverError,
    recent::Arrived,
    replay::{ReplayError, Signer},
    rules::{FileError, RulesError, check_hooks},
    saved::SaveError,
    secrets::{Secret, SecretError, Secrets},
    settings::{ReceiverSettings, Settings, SettingsError},
    signatures::{NewSecret, SentTest, SignatureError},
    take::formats,
};

pub use wire::api::{EndpointSettings, FixedAnswer, USUAL_DEADLINE_MS};

/// The clock: milliseconds since the Unix epoch.
pub type Clock = fn() -> i64;
