//! Hooks files of adnanh/webhook, unchanged: load one, ask what a request makes it do, and why.
//! Start at [`load::HooksFile`] and [`hook::Hook::evaluate`].

pub mod command;
pub mod evaluate;
pub mod explain;
pub mod fault;
pub mod guard;
pub mod hook;
pub mod lint;
pub mod load;
pub mod place;
pub mod request;
pub mod response;
pub mod set;
pub mod template;
pub mod value;

pub(crate) mod go;
mod judge;
mod parameter;
mod payload;
mod signature;

#[cfg(test)]
mod conformance;
