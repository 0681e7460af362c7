//! A hooks file as a Go template, with the functions `getenv`, `cat` and `credential`. Start at
//! [`run`].

mod print;

use std::sync::Arc;

use gotmpl::{
    Template, Value,
    parse::{CommandNode, Expr, ListNode, Node, Parser, PipeNode, Pos},
};

use self::print::{print, print_value, printf, show, text};

/// Reads a fact of the outside world by its name, if it is there.
pub type Ask = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What a template may ask for.
#[derive(Clone)]
pub struct TemplateEnv {
    /// The value of an environment variable.
    pub getenv: Ask,
    /// The content of the file at a path.
    pub read: Ask,
}

/// Why a template cannot be run, in its own words and Go's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TemplateError(String);

impl From<gotmpl::TemplateError> for TemplateError {
    fn from(error: gotmpl::TemplateError) -> Self {
        Self(error.to_string())
    }
}

const NAME: &str = "hooks";
/// Stands at the end of what is printed; no template can spell it.
const SHOW: &str = "show!";
/// Stands where the template says `printf`.
const PRINTF: &str = "printf!";

/// Stands at the end of a source while it is parsed.
const END: &str = "\u{10ffff}end";

/// Runs the template `source`, whose data is nil, and gives what it writes.
///
/// # Errors
/// When the template is malformed, names an unknown function, or fails.
pub fn run(source: &[u8], env: &TemplateEnv) -> Result<String, TemplateError> {
    execute(source, env, &Value::Nil)
}

pub(crate) fn execute(
    source: &[u8],
    env: &TemplateEnv,
    data: &Value,
) -> Result<String, TemplateError> {
    let source = std::str::from_utf8(source)
        .map_err(|error| TemplateError(format!("template: {NAME}: {error}")))?;
    // The parser stops without a word at an `{{end}}` too many, and what follows would be lost.
    let marked = format!("{source}{END}");
    let (mut main, mut defined) = Parser::with_name(Some(NAME), &marked, "{{", "}}")?.parse()?;
    if !take_end(&mut main) {
        let message = "unexpected {{end}} or {{else}}, or one that is missing";
        return Err(TemplateError(format!("template: {NAME}: {message}")));
    }
    prepare(&mut main)?;
    for define in &mut defined {
        prepare(&mut define.body)?;
    }
    let mut template = functions(Template::new(""), env);
    for define in defined {
        template = template.add_parse_tree(&define.name, define.body);
    }
    let template = template.add_parse_tree(NAME, main);
    Ok(template.execute_template_to_string(NAME, data)?)
}

/// Takes the mark off the end of a tree, if it is there.
fn take_end(tree: &mut ListNode) -> bool {
    let Some(Node::Text(last)) = tree.nodes.last_mut() else {
        return false;
    };
    let Some(text) = last.text.strip_suffix(END) else {
        return false;
    };
    last.text = text.into();
    true
}

fn functions(template: Template, env: &TemplateEnv) -> Template {
    let (getenv, read) = (Arc::clone(&env.getenv), Arc::clone(&env.read));
    let both = env.clone();
    template
        .func("getenv", move |arguments| {
            Ok(text(
                getenv(one_text("getenv", arguments)?).unwrap_or_default(),
            ))
        })
        .func("cat", move |arguments| {
            Ok(text(cat(&read, one_text("cat", arguments)?)))
        })
        .func("credential", move |arguments| {
            Ok(text(credential(&both, one_text("credential", arguments)?)))
        })
        .func("print", |arguments| Ok(text(print(arguments))))
        .func("html", |arguments| {
            Ok(text(gotmpl::html_escape(&print_value(arguments))))
        })
        .func("js", |arguments| {
            Ok(text(gotmpl::js_escape(&print_value(arguments))))
        })
        .func("urlquery", |arguments| {
            Ok(text(gotmpl::url_encode(&print_value(arguments))))
        })
        .func(PRINTF, printf)
        .func(SHOW, |arguments| {
            Ok(arguments.last().map_or(Value::Nil, show))
        })
}

fn cat(read: &Ask, path: &str) -> String {
    let content = read(path).unwrap_or_default();
    content
        .strip_suffix('\n')
        .map(str::to_owned)
        .unwrap_or(content)
}

/// Systemd's credentials first, and the environment where there is no folder of them.
fn credential(env: &TemplateEnv, name: &str) -> String {
    match (env.getenv)("CREDENTIALS_DIRECTORY").filter(|folder| !folder.is_empty()) {
        Some(folder) => cat(
            &env.read,
            &format!("{}/{name}", folder.trim_end_matches('/')),
        ),
        None => (env.getenv)(name).unwrap_or_default(),
    }
}

fn one_text<'a>(function: &str, arguments: &'a [Value]) -> gotmpl::Result<&'a str> {
    match arguments {
        [Value::String(text)] => Ok(text),
        [other] => Err(gotmpl::TemplateError::Exec(format!(
            "wrong type for value; expected string; got {}",
            other.type_name()
        ))),
        _ => Err(gotmpl::TemplateError::Exec(format!(
            "wrong number of args for {function}: want 1 got {}",
            arguments.len()
        ))),
    }
}

/// Makes printed values Go's, and refuses functions that do not exist before anything runs.
fn prepare(list: &mut ListNode) -> Result<(), TemplateError> {
    for node in &mut list.nodes {
        match node {
            Node::List(list) => prepare(list)?,
            Node::Action(action) => {
                check_pipe(&mut action.pipe)?;
                if action.pipe.decl.is_empty() {
                    let pos = action.pos;
                    let args = vec![Expr::Identifier(pos, SHOW.into())];
                    action.pipe.commands.push(CommandNode { pos, args });
                }
            }
            Node::If(branch) | Node::Range(branch) | Node::With(branch) => {
                check_pipe(&mut branch.pipe)?;
                prepare(&mut branch.body)?;
                branch.else_body.as_mut().map_or(Ok(()), prepare)?;
            }
            Node::Template(template) => template.pipe.as_mut().map_or(Ok(()), check_pipe)?,
            Node::Define(define) => prepare(&mut define.body)?,
            Node::Text(_) | Node::Break(_) | Node::Continue(_) => {}
        }
    }
    Ok(())
}

fn check_pipe(pipe: &mut PipeNode) -> Result<(), TemplateError> {
    let expressions = pipe
        .commands
        .iter_mut()
        .flat_map(|command| &mut command.args);
    expressions.into_iter().try_for_each(check_expression)
}

fn check_expression(expression: &mut Expr) -> Result<(), TemplateError> {
    match expression {
        Expr::Identifier(pos, name) => {
            check_name(*pos, name)?;
            if name == "printf" {
                *name = PRINTF.into();
            }
            Ok(())
        }
        Expr::Pipe(_, pipe) => check_pipe(pipe),
        Expr::Chain(_, inner, _) => check_expression(inner),
        _ => Ok(()),
    }
}

fn check_name(pos: Pos, name: &str) -> Result<(), TemplateError> {
    const KNOWN: &[&str] = &[
        "and",
        "call",
        "cat",
        "credential",
        "eq",
        "ge",
        "getenv",
        "gt",
        "html",
        "index",
        "js",
        "le",
        "len",
        "lt",
        "ne",
        "not",
        "or",
        "print",
        "printf",
        "println",
        "slice",
        "urlquery",
    ];
    if KNOWN.contains(&name) {
        return Ok(());
    }
    Err(TemplateError(format!(
        "template: {NAME}:{}: function \"{name}\" not defined",
        pos.line
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env() -> TemplateEnv {
        TemplateEnv {
            getenv: Arc::new(|name| match name {
                "SECRET" => Some("a\"b".to_owned()),
                "CREDENTIALS_DIRECTORY" => Some("/run/credentials/".to_owned()),
                _ => None,
            }),
            read: Arc::new(|path| path.starts_with("/run/").then(|| format!("<{path}>\n\n"))),
        }
    }

    fn check(source: &str, want: Result<&str, &str>) {
        let got = run(source.as_bytes(), &env());
        let got = got.map_err(|error| error.to_string());
        assert_eq!(got.as_deref().map_err(String::as_str), want, "{source}");
    }

    #[test]
    fn secrets_come_from_the_environment_and_from_files() {
        check(r#"{{ getenv "SECRET" | js }}"#, Ok(r#"a\"b"#));
        check(r#"{{ getenv "UNSET" }}"#, Ok(""));
        check(r#"{{ cat "/run/x" }}"#, Ok("</run/x>\n"));
        check(r#"{{ cat "/etc/x" }}"#, Ok(""));
        check(r#"{{ credential "x" }}"#, Ok("</run/credentials/x>\n"));
    }

    #[test]
    fn a_credential_without_a_folder_is_a_variable() {
        let env = TemplateEnv {
            getenv: Arc::new(|name| (name == "x").then(|| "value".to_owned())),
            read: Arc::new(|path| panic!("nothing is read, not even {path}")),
        };
        assert_eq!(run(b"{{ credential \"x\" }}", &env), Ok("value".to_owned()));
    }

    /// What Go 1.19 writes.
    #[test]
    fn values_are_printed_and_escaped_as_go_prints_and_escapes_them() {
        check(
            r#"{{ js 1 2 "<" nil }}"#,
            Ok(r"1 2\u003C\u003Cno value\u003E"),
        );
        check(
            r#"{{ html nil }}{{ urlquery "a" "b c" }}"#,
            Ok("&lt;no value&gt;ab+c"),
        );
        check(
            r#"{{ 1e6 }} {{ 1e-5 }} {{ printf "%v %T" 2.0 1 }}"#,
            Ok("1e+06 1e-05 2 int"),
        );
        check(
            r#"{{ print 1 2.5 "a" 3 4 }}|{{ println "a" 1 }}"#,
            Ok("1 2.5a3 4|a 1\n"),
        );
    }

    #[test]
    fn an_end_too_many_or_too_few_is_refused() {
        let want = Err("template: hooks: unexpected {{end}} or {{else}}, or one that is missing");
        check("- id: a\n{{ end }}- id: b", want);
        check("{{ else }}x", want);
        assert!(run(b"{{ if true }}x", &env()).is_err());
        check("{{ if true }}x{{ end -}} \n", Ok("x"));
    }

    #[test]
    fn an_unknown_function_is_refused_even_where_it_would_not_run() {
        let want = Err("template: hooks:2: function \"nope\" not defined");
        check("x\n{{ if false }}{{ nope }}{{ end }}", want);
        check("x\n{{ define \"t\" }}{{ (nope).Y }}{{ end }}", want);
    }
}
