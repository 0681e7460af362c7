//! XML laid out for reading: a line an element, nothing expanded, nothing fetched. Start at
//! [`pretty`].

use crate::decode::{indent, json::Problem, without_bom};

/// What can follow each other in a text with markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Open,
    Empty,
    Close,
    Text,
    /// A comment, an instruction, a document type.
    Aside,
}

/// `text` with each element on a line of its own; one that holds text alone stays on its line.
/// None where that would take more than `most_bytes`.
///
/// # Errors
/// Where and why it is not well formed.
pub fn pretty(text: &[u8], most_bytes: usize) -> Result<Option<Vec<u8>>, Problem> {
    let begin = text.len() - without_bom(text).len();
    let mut out = Vec::with_capacity(text.len().min(most_bytes));
    let mut open: Vec<&[u8]> = Vec::new();
    let mut before = Piece::Aside;
    let mut at = begin;
    let fault = |at: usize, message| Problem::at(&text[begin..at], message);
    while at < text.len() {
        if out.len() > most_bytes {
            return Ok(None);
        }
        let rest = &text[at..];
        let (piece, length) = piece(rest).map_err(|message| fault(at, message))?;
        let raw = &rest[..length];
        let is_alone = before == Piece::Open && rest[length..].starts_with(b"</");
        match piece {
            Piece::Text if is_alone && !raw.contains(&b'\n') => {
                out.extend_from_slice(raw);
                before = Piece::Text;
            }
            Piece::Text => {
                let words = raw.trim_ascii();
                if !words.is_empty() {
                    if open.is_empty() {
                        return Err(fault(at, "text outside of the document's element"));
                    }
                    line(&mut out, open.len());
                    out.extend_from_slice(words);
                    before = Piece::Aside;
                }
            }
            Piece::Close => {
                let name = name(&raw[2..]);
                if open.pop() != Some(name) {
                    return Err(fault(
                        at,
                        "an end tag that nothing of that name is open for",
                    ));
                }
                if !matches!(before, Piece::Open | Piece::Text) {
                    line(&mut out, open.len());
                }
                out.extend_from_slice(raw);
                before = Piece::Close;
            }
            Piece::Open | Piece::Empty | Piece::Aside => {
                line(&mut out, open.len());
                out.extend_from_slice(raw);
                if piece == Piece::Open {
                    open.push(name(&raw[1..]));
                }
                before = piece;
            }
        }
        at += length;
    }
    if open.is_empty() {
        Ok(Some(out))
    } else {
        Err(fault(text.len(), "the text ends inside an element"))
    }
}

fn line(out: &mut Vec<u8>, depth: usize) {
    if !out.is_empty() {
        out.push(b'\n');
    }
    indent(out, depth);
}

/// What `rest` begins with, and how many bytes it takes.
fn piece(rest: &[u8]) -> Result<(Piece, usize), &'static str> {
    let upto = |end: &[u8], piece, message| {
        let found = memchr::memmem::find(rest, end);
        found.map(|at| (piece, at + end.len())).ok_or(message)
    };
    if rest.starts_with(b"<!--") {
        let end = memchr::memmem::find(&rest[4..], b"-->");
        let end = end.ok_or("a comment without an end")?;
        return Ok((Piece::Aside, 4 + end + 3));
    }
    if rest.starts_with(b"<![CDATA[") {
        return upto(b"]]>", Piece::Text, "a CDATA section without an end");
    }
    if rest.starts_with(b"<?") {
        return upto(b"?>", Piece::Aside, "an instruction without an end");
    }
    if rest.starts_with(b"<!") {
        return document_type(rest);
    }
    if rest.starts_with(b"<") {
        return tag(rest);
    }
    let end = memchr::memchr(b'<', rest).unwrap_or(rest.len());
    Ok((Piece::Text, end))
}

fn tag(rest: &[u8]) -> Result<(Piece, usize), &'static str> {
    let mut quote = None;
    for (at, byte) in rest.iter().enumerate().skip(1) {
        match (quote, byte) {
            (Some(open), _) if open == *byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(*byte),
            (None, b'<') => return Err("a tag without an end"),
            (None, b'>') => {
                let piece = match (rest[1], rest[at - 1]) {
                    (b'/', _) => Piece::Close,
                    (_, b'/') => Piece::Empty,
                    _ => Piece::Open,
                };
                let named = if piece == Piece::Close { 2 } else { 1 };
                if name(&rest[named..]).is_empty() {
                    return Err("a tag without a name");
                }
                return Ok((piece, at + 1));
            }
            (None, _) => {}
        }
    }
    Err("a tag without an end")
}

/// `<!DOCTYPE … [ … ]>`: its declarations are shown and never acted on.
fn document_type(rest: &[u8]) -> Result<(Piece, usize), &'static str> {
    let mut depth = 0_usize;
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            b'<' => depth += 1,
            b'>' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return Ok((Piece::Aside, at + 1));
        }
    }
    Err("a declaration without an end")
}

fn name(text: &[u8]) -> &[u8] {
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
    &text[..text.iter().position(is_end).unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn laid_out(text: &str) -> String {
        String::from_utf8(pretty(text.as_bytes(), 1 << 20).unwrap().unwrap()).unwrap()
    }

    #[test]
    fn each_element_has_a_line_and_text_alone_stays_with_its_element() {
        let text = "<?xml version=\"1.0\"?><order id='1'><total cur=\"a>b\">49.00</total><none/>\
                    <!-- two --><lines><line>a</line>mixed <b>c</b></lines><e></e></order>\n";
        let want = "<?xml version=\"1.0\"?>\n<order id='1'>\n  <total cur=\"a>b\">49.00</total>\n  \
                    <none/>\n  <!-- two -->\n  <lines>\n    <line>a</line>\n    mixed\n    \
                    <b>c</b>\n  </lines>\n  <e></e>\n</order>";
        assert_eq!(laid_out(text), want);
        assert_eq!(laid_out(want), want);
        assert_eq!(laid_out("<a><![CDATA[<x>]]></a>"), "<a><![CDATA[<x>]]></a>");
    }

    #[test]
    fn entities_stay_as_they_are() {
        let text = "<!DOCTYPE a [<!ENTITY x \"boom\"><!ENTITY y SYSTEM \"file:///etc/passwd\">]>\n\
                    <a>&x;&y;</a>";
        assert_eq!(laid_out(text), text);
    }

    #[test]
    fn what_is_not_well_formed_names_the_place() {
        let check = |text: &str, line, column, message| {
            let problem = pretty(text.as_bytes(), 1 << 20).unwrap_err();
            assert_eq!(
                (problem.line, problem.column, problem.message),
                (line, column, message),
                "{text}"
            );
        };
        check(
            "<a>\n <b>é</c></a>",
            2,
            6,
            "an end tag that nothing of that name is open for",
        );
        check("<a>", 1, 4, "the text ends inside an element");
        check("<a>\n<b", 2, 1, "a tag without an end");
        check("<a><b <c></a>", 1, 4, "a tag without an end");
        check("<a/>x", 1, 5, "text outside of the document's element");
        check("<a><!-- </a>", 1, 4, "a comment without an end");
        check("<a>< /a>", 1, 4, "a tag without a name");
    }

    #[test]
    fn depth_is_borne_and_size_is_limited() {
        let deep = "<a>".repeat(20_000) + &"</a>".repeat(20_000);
        assert!(pretty(deep.as_bytes(), 10 << 20).unwrap().is_some());
        assert_eq!(pretty(deep.as_bytes(), 1 << 20), Ok(None));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(text in prop::collection::vec(
            prop_oneof![any::<u8>(), prop::sample::select(b"<>/!-[]\"'?a \n".to_vec())], 0..60
        )) {
            let _ = pretty(&text, 1 << 10);
        }
    }
}
