//! Hooks files of adnanh/webhook, unchanged: load one, ask what a request makes it do, and why.
//! Start at [`load::HooksFile`] and [`hook::Hook::evaluate`].

pub mod command;
pub mod evaluate;
pub mod explain;
pub mod hook;
pub mod judge;
pub mod lint;
pub mod load;
pub mod parameter;
pub mod place;
pub mod request;
pub mod response;
pub mod set;
pub mod signature;
pub mod template;
pub mod value;

pub(crate) mod go;
mod payload;

#[cfg(test)]
mod conformance;
