//! What a webhook is and what can be said about it: pure functions over bytes, without IO, clock
//! or async. Start at [`capture::Capture`].

pub mod capture;
pub mod decode;
pub mod delivery;
pub mod diff;
pub mod edit;
pub mod escape;
pub mod export;
pub mod golden;
pub mod head;
pub mod import;
pub mod query;
pub mod redact;
pub mod rules;
pub mod sender;
pub mod verify;
