//! Signatures: whether a request is its sender's, and why not. Start at [`verify`].
//!
//! All is checked over the raw bytes as they arrived, and against the time at which they arrived,
//! never against now. How each sender signs stands in a file of its own under `senders/`.

pub mod batch;
pub mod doctor;
pub mod handshake;
pub mod request;
pub mod sample;
pub mod scheme;
pub mod secret;
pub mod sign;
pub mod verdict;

mod claim;
pub(crate) mod crypto;
mod detect;
pub(crate) mod envelope;
mod json;
mod judge;
mod senders;
mod stamp;
#[cfg(test)]
mod testing;

pub use self::{
    detect::detect,
    judge::{Steps, explain, verify},
    senders::{certificate_url, headers},
};
