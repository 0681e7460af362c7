//! Values as Go prints them, where the template engine prints otherwise.

use gotmpl::{Template, Value};

use crate::rules::go::number::long_float;

pub(super) fn text(text: String) -> Value {
    Value::String(text.into())
}

/// Prints floats as Go does, and leaves the rest to the engine.
pub(super) fn show(value: &Value) -> Value {
    match value {
        Value::Float(float) => text(long_float(*float)),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(|item| show(item).to_string()).collect();
            text(format!("[{}]", items.join(" ")))
        }
        other => other.clone(),
    }
}

/// Go's `Sprint`: a space between two operands when neither is a text.
pub(super) fn print(arguments: &[Value]) -> String {
    let mut out = String::new();
    let mut was_text = true;
    for (at, argument) in arguments.iter().enumerate() {
        let is_text = matches!(argument, Value::String(_));
        if at > 0 && !is_text && !was_text {
            out.push(' ');
        }
        out.push_str(&show(argument).to_string());
        was_text = is_text;
    }
    out
}

/// What is escaped: all operands as one text, a nil among them as an action prints it.
pub(super) fn print_value(arguments: &[Value]) -> String {
    let printable = |argument: &Value| match argument {
        Value::Nil => text("<no value>".to_owned()),
        other => other.clone(),
    };
    print(&arguments.iter().map(printable).collect::<Vec<_>>())
}

/// The engine's `printf`, which knows no `%T` and prints floats at length, with those two done for it.
pub(super) fn printf(arguments: &[Value]) -> gotmpl::Result<Value> {
    let mut arguments = arguments.to_vec();
    if let Some((Value::String(format), rest)) = arguments.split_first_mut() {
        let mut out = String::new();
        let mut at = 0;
        let mut chars = format.chars();
        while let Some(char) = chars.next() {
            out.push(char);
            if char != '%' {
                continue;
            }
            let is_flag = |char: &char| matches!(char, '0'..='9' | '+' | '-' | '#' | ' ' | '.');
            let flags: String = chars.clone().take_while(is_flag).collect();
            chars = chars.as_str()[flags.len()..].chars();
            out.push_str(&flags);
            let verb = chars.next();
            match (verb, rest.get_mut(at)) {
                (Some('T'), Some(argument)) => {
                    *argument = text(type_name(argument).to_owned());
                    out.push('s');
                }
                (Some('v'), Some(argument @ Value::Float(_))) => {
                    *argument = show(argument);
                    out.push('s');
                }
                (verb, _) => out.extend(verb),
            }
            at += usize::from(verb != Some('%'));
        }
        *format = out.into();
    }
    let named = |at| format!(" (index . {at})");
    let source = format!(
        "{{{{printf{}}}}}",
        (0..arguments.len()).map(named).collect::<String>()
    );
    let engine = Template::new("").parse(&source)?;
    Ok(text(
        engine.execute_to_string(&Value::List(arguments.into()))?,
    ))
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Nil => "<nil>",
        Value::Float(_) => "float64",
        other => other.type_name(),
    }
}
