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

#[cfg(test)]
mod tests {
    use super::*;

    /// Loads a hook with one property.
    fn hook(property: &str) -> Result<Hook, String> {
        let file = HooksFile::load(format!("- {property}\n").as_bytes(), None);
        let file = file.map_err(|error| error.to_string())?;
        Ok(file.hooks.into_iter().next().unwrap_or_default())
    }

    fn check_text(value: &str, want: &str) {
        assert_eq!(
            hook(&format!("id: {value}")).map(|hook| hook.id),
            Ok(want.to_owned())
        );
    }

    fn check_refused(text: &str, want: &str) {
        let error = HooksFile::load(text.as_bytes(), None)
            .unwrap_err()
            .to_string();
        assert_eq!(error, want, "{text}");
    }

    #[test]
    fn a_text_takes_numbers_and_words() {
        for (value, want) in [
            ("1.10", "1.1"),
            ("12345678.9", "1.2345679e+07"),
            ("010", "8"),
            ("yes", "true"),
            (".inf", "+Inf"),
            ("18446744073709551615", "18446744073709551615"),
            ("12:30:45", "12:30:45"),
            ("2024-01-02", "2024-01-02"),
            ("~", ""),
            ("'010'", "010"),
        ] {
            check_text(value, want);
        }
    }

    #[test]
    fn a_number_takes_whole_numbers_alone() {
        let code = |value: &str| {
            let hook = hook(&format!("success-http-response-code: {value}"));
            hook.map(|hook| hook.success_http_response_code)
                .map_err(|error| error.contains("of type int"))
        };
        assert_eq!(
            (code("0xC8"), code("200.0"), code("2e2"), code("null")),
            (Ok(200), Ok(200), Ok(200), Ok(0))
        );
        assert_eq!(
            (code("200.5"), code("'200'"), code("yes")),
            (Err(true), Err(true), Err(true))
        );
    }

    #[test]
    fn properties_are_found_in_any_case_and_others_are_ignored() {
        let id = |text: &str| hook(text).map(|hook| hook.id);
        assert_eq!(id("ID: a\n  unknown: {x: [1]}"), Ok("a".to_owned()));
        assert_eq!(id("{id: a, ID: b}"), Ok("a".to_owned()));
        assert_eq!(id("{id: a, id: b}"), Ok("b".to_owned()));
        assert_eq!(id("{id: a, ID: b, id: null}"), Ok("b".to_owned()));
    }

    #[test]
    fn one_bad_value_refuses_the_file_and_says_where() {
        check_refused(
            "- id: a\n- trigger-rule:\n    and:\n    - match: {type: [x]}",
            "error unmarshaling JSON: json: cannot unmarshal array into Go struct field MatchRule.trigger-rule.and.match.type of type string (line 4, column 21)",
        );
        check_refused(
            "{id: a}",
            "error unmarshaling JSON: json: cannot unmarshal object into Go value of type []hook.Hook (line 1, column 1)",
        );
        check_refused(
            "- id: a\n  x: [.nan]",
            "error converting YAML to JSON: json: unsupported value: NaN (line 2, column 7)",
        );
        check_refused(
            "- id: 'a",
            "error converting YAML to JSON: yaml: line 1, column 7: found unexpected end of stream",
        );
    }

    #[test]
    fn an_empty_file_has_no_hooks_and_a_second_document_is_not_read() {
        let count =
            |text: &str| HooksFile::load(text.as_bytes(), None).map(|file| file.hooks.len());
        assert_eq!(
            (count(""), count("[]"), count("# c"), count("null")),
            (Ok(0), Ok(0), Ok(0), Ok(0))
        );
        assert_eq!((count("- id: a\n---\n]"), count("[null]")), (Ok(1), Ok(1)));
    }

    #[test]
    fn of_two_hooks_with_one_id_the_first_answers() {
        let file = HooksFile::load(b"[{id: a, response-message: 1}, {id: a}]", None).unwrap();
        assert_eq!(
            file.find("a").map(|hook| hook.response_message.as_str()),
            Some("1")
        );
        assert_eq!(file.find("A"), None);
    }
}
