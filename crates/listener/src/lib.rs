//! Requests as they arrived: an accept loop over hyper that keeps each head byte for byte, and
//! holds strangers to limits, to time and to RFC 9112. Start at [`serve`](fn@serve).

mod agree;
mod alarm;
mod budget;
mod chunks;
mod connection;
mod door;
mod follow;
mod framing;
mod head;
mod limits;
mod received;
mod record;
mod refusal;
#[cfg(test)]
mod sample;
mod serve;
mod slot;
mod target;
mod tasks;
#[cfg(test)]
mod timing;

pub use budget::{Budget, Room};
pub use door::Door;
pub use limits::Limits;
pub use received::{BodyLimit, Received};
pub use refusal::{HeadLimit, Refusal};
pub use serve::serve;
pub use tasks::Tasks;
