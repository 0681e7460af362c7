//! A place in a body: `repository.owner.login`, `items[2].id`, `["odd key"]`.

use std::fmt;

/// The way from the root of a body to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyPath(Vec<Step>);

/// One step of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Into the member of that name.
    Key(String),
    /// Into that item, the first being 0.
    Item(u32),
}

impl BodyPath {
    /// The way of `steps`, if it has any.
    #[must_use]
    pub fn new(steps: Vec<Step>) -> Option<Self> {
        (!steps.is_empty()).then_some(Self(steps))
    }

    /// From the root on.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether it leads to what lies at `place`. Where it names no item it leads to each.
    #[must_use]
    pub fn leads_to(&self, place: &[Step]) -> bool {
        let mut steps = self.0.iter().peekable();
        for at in place {
            if steps.peek() == Some(&at) {
                steps.next();
            } else if matches!(at, Step::Key(_)) || matches!(steps.peek(), Some(Step::Item(_))) {
                return false;
            }
        }
        steps.next().is_none()
    }
}

/// Whether `key` can stand behind a dot as it is.
pub(super) fn is_plain_key(key: &str) -> bool {
    !key.is_empty() && key.chars().all(is_key_char)
}

pub(super) fn is_key_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '@')
}

impl fmt::Display for BodyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.0 {
            match step {
                Step::Key(key) if is_plain_key(key) => write!(f, ".{key}")?,
                Step::Key(key) => {
                    f.write_str("[")?;
                    super::print::quoted(f, key)?;
                    f.write_str("]")?;
                }
                Step::Item(at) => write!(f, "[{at}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_without_items_leads_to_each() {
        let key = |name: &str| Step::Key(name.to_owned());
        let place = [key("a"), Step::Item(1), key("b"), Step::Item(0)];
        let check = |steps: Vec<Step>, want| {
            assert_eq!(
                BodyPath::new(steps.clone()).unwrap().leads_to(&place),
                want,
                "{steps:?}"
            );
        };
        check(vec![key("a"), key("b")], true);
        check(vec![key("a"), Step::Item(1), key("b")], true);
        check(vec![key("a"), Step::Item(1), key("b"), Step::Item(0)], true);
        check(vec![key("a"), Step::Item(0), key("b")], false);
        check(vec![key("a")], false);
        check(vec![key("a"), key("b"), key("c")], false);
        check(vec![key("b")], false);
    }
}
