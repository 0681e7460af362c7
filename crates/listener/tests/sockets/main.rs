//! The listener over real sockets: what is kept, what is refused, and how it starts and stops.
#![expect(
    clippy::unwrap_used,
    reason = "a test says by panicking what went wrong"
)]

mod exact;
mod lifecycle;
mod refusals;
mod server;
