//! The data of curl's forms, as `--data-urlencode` and `--form` take it. Pure.

/// A value of `--data-urlencode`: `name=content`, `=content` or content.
pub(crate) fn url_encoded(value: &[u8]) -> Result<Vec<u8>, String> {
    let encoded = |text: &[u8]| {
        percent_encoding::percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let equals = value.iter().position(|byte| *byte == b'=');
    if value[..equals.unwrap_or(value.len())].contains(&b'@') {
        return Err(format!(
            "`--data-urlencode {}` reads a file, and none is read here",
            shown(value)
        ));
    }
    let (name, content) = value.split_at(equals.map_or(0, |at| at + 1));
    let name = if name == b"=" { &[][..] } else { name };
    Ok([name, encoded(content).as_bytes()].concat())
}

/// A part of a form, without its boundary: `name=value`, perhaps with `;type=`.
pub(crate) fn part(option: &str, value: &[u8]) -> Result<Vec<u8>, String> {
    let equals = value.iter().position(|byte| *byte == b'=');
    let equals = equals.ok_or_else(|| format!("`{option} {}` has no `=`", shown(value)))?;
    let (name, mut content) = (&value[..equals], &value[equals + 1..]);
    let mut kind = Vec::new();
    if option != "--form-string" {
        if let [b'@' | b'<', ..] = content {
            return Err(format!(
                "`{option} {}` reads a file, and none is read here",
                shown(value)
            ));
        }
        let mark = b";type=";
        if let Some(at) = content.windows(mark.len()).position(|part| part == mark) {
            kind = [b"\r\nContent-Type: ", &content[at + mark.len()..]].concat();
            content = &content[..at];
        }
    }
    let name = name.iter().flat_map(|byte| match byte {
        b'"' => b"%22".to_vec(),
        byte => vec![*byte],
    });
    let name: Vec<u8> = name.collect();
    Ok([
        b"Content-Disposition: form-data; name=\"",
        &name[..],
        b"\"",
        &kind,
        b"\r\n\r\n",
        content,
    ]
    .concat())
}

/// A boundary that is in none of `parts`.
pub(crate) fn boundary(parts: &[Vec<u8>]) -> String {
    let is_free = |boundary: &String| {
        let has = |part: &Vec<u8>| {
            part.windows(boundary.len())
                .any(|text| text == boundary.as_bytes())
        };
        !parts.iter().any(has)
    };
    let mut tried = (0u32..).map(|number| format!("------------------------{number:016x}"));
    tried
        .find(is_free)
        .expect("there are more boundaries than parts")
}

/// `bytes` for a message.
pub(crate) fn shown(bytes: &[u8]) -> String {
    crate::escape::for_display(&bytes[..bytes.len().min(80)]).0
}
