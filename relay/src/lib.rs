//! The relay: a public address for desktops that nobody can reach. It seals what arrives, keeps it
//! until the desktop has it, and reads none of it again. Start at [`Relay::start`]; a request's way
//! begins in `ingress`, a desktop's in `session`.

mod admin;
mod answer;
mod answers;
mod api;
mod config;
mod devices;
mod endpoints;
mod gate;
mod health;
mod held;
mod ingress;
mod names;
mod outbox;
mod presence;
mod queue;
mod rates;
mod relay;
mod revision;
mod sealing;
mod session;
mod store;
mod stream;
mod tls;

pub use crate::{
    admin::{Admin, AdminError, DeviceRow, EndpointRow},
    config::{Config, DATA},
    relay::{Clock, Relay, StartError},
    tls::{Tls, TlsError, pin_of},
};
