//! What the tests of the whole product share: its programs, started for real on free ports, and a
//! sender that puts bytes on the wire as they are. Start at [`program::Relay`].

pub mod app;
pub mod bus;
#[cfg(unix)]
pub mod hooks;
pub mod hostile;
pub mod line;
pub mod pebble;
pub mod program;
pub mod replay;
pub mod screen;
pub mod sender;
pub mod tee;
pub mod tls;
pub mod window;
