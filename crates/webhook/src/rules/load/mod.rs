//! From the bytes of a hooks file to its hooks, or to the one reason why the file is refused.
//! Start at [`HooksFile::load`].

mod error;
pub(crate) mod read;
pub(crate) mod spot;

use self::{read::read_hook, spot::Spot};
use crate::rules::{
    go::yaml,
    hook::Hook,
    template::{self, TemplateEnv},
};

pub use self::error::LoadError;

/// The hooks of one file, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HooksFile {
    /// Two may have one id: then the first answers.
    pub hooks: Vec<Hook>,
}

impl HooksFile {
    /// Reads a hooks file, JSON or YAML. With an environment it is run as a template first.
    ///
    /// # Errors
    /// When the file is refused; one bad hook is enough.
    pub fn load(bytes: &[u8], template: Option<&TemplateEnv>) -> Result<Self, LoadError> {
        let written;
        let bytes = match template {
            Some(env) => {
                written = template::run(bytes, env)?;
                written.as_bytes()
            }
            None => bytes,
        };
        let document = yaml::parse(bytes).map_err(|error| LoadError::Syntax {
            place: error.place,
            message: error.message,
        })?;
        let Some(root) = &document.root else {
            return Ok(Self::default());
        };
        let hooks = Spot::root().list(root, "[]hook.Hook", read_hook)?;
        let hooks = hooks.unwrap_or_default();
        Ok(Self { hooks })
    }

    /// The hook that answers to `id`.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Hook> {
        self.hooks.iter().find(|hook| hook.id == id)
    }
}
