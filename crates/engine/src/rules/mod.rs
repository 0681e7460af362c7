//! Rules on endpoints: a hooks file each, held against what arrives, beside the road. Each command
//! that a capture triggers is a run, kept with what it wrote. Start at [`RuleKeeper::run`].

mod file;
mod judge;
mod shown;
mod verbs;
mod work;

pub(crate) use self::work::{RuleKeeper, Running};
pub use self::{
    file::FileError,
    verbs::{RulesError, check_hooks},
};
