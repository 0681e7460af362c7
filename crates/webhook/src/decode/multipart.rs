//! Multipart bodies as their parts, each a head and a body within the whole. Start at [`parts`].
//! Source: <https://www.rfc-editor.org/rfc/rfc2046#section-5.1>, RFC 7578

use std::ops::Range;

use memchr::memmem;

use crate::decode::media::parameter;

/// More parts are not told apart.
pub const MAX_PARTS: usize = 10_000;

/// One part. Spans are byte offsets into the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its header fields.
    pub head: Range<usize>,
    /// What follows them.
    pub body: Range<usize>,
}

/// The parts in their order, and what is wrong with them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parts {
    /// As many as could be told apart.
    pub all: Vec<Part>,
    /// Why that may not be all, such as `the closing boundary is missing`.
    pub problem: Option<&'static str>,
}

/// Splits `body` at the boundary that `content_type` names.
#[must_use]
pub fn parts(content_type: &[u8], body: &[u8]) -> Parts {
    let mut parts = Parts::default();
    let boundary = parameter(content_type, "boundary").unwrap_or_default();
    if boundary.is_empty() {
        parts.problem = Some("the content type names no boundary");
        return parts;
    }
    let delimiter = format!("--{boundary}");
    let mut open: Option<usize> = None;
    for at in memmem::find_iter(body, delimiter.as_bytes()) {
        let after = at + delimiter.len();
        let Some((next, is_last)) = line_after(body, at, after) else {
            continue; // only the beginning of a line of its own counts
        };
        if let Some(start) = open {
            parts
                .all
                .push(part(body, start, line_end_before(body, start, at)));
        }
        open = Some(next);
        if is_last {
            return parts;
        }
        if parts.all.len() == MAX_PARTS {
            parts.problem = Some("more parts than are shown");
            return parts;
        }
    }
    match open {
        Some(start) => {
            parts.all.push(part(body, start, body.len()));
            parts.problem = Some("the closing boundary is missing");
        }
        None => parts.problem = Some("the boundary does not occur"),
    }
    parts
}

/// Where the line that `at` begins and a delimiter takes up to `after` ends, and whether it closes
/// the whole; none when it is no delimiter.
fn line_after(body: &[u8], at: usize, after: usize) -> Option<(usize, bool)> {
    if at > 0 && body[at - 1] != b'\n' {
        return None;
    }
    let rest = &body[after..];
    if rest.starts_with(b"--") {
        return Some((body.len(), true));
    }
    let end = memchr::memchr(b'\n', rest);
    let blank = &rest[..end.unwrap_or(rest.len())];
    let is_blank = blank
        .iter()
        .all(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
    is_blank.then_some((after + end.map_or(rest.len(), |end| end + 1), false))
}

/// `at` without the line end before it, which belongs to the delimiter.
fn line_end_before(body: &[u8], start: usize, at: usize) -> usize {
    let inside = &body[start.min(at)..at];
    let inside = inside.strip_suffix(b"\n").unwrap_or(inside);
    start.min(at) + inside.strip_suffix(b"\r").unwrap_or(inside).len()
}

fn part(body: &[u8], start: usize, end: usize) -> Part {
    let mut at = start;
    while at < end {
        let line = &body[at..end];
        let length = memchr::memchr(b'\n', line).map_or(line.len(), |feed| feed + 1);
        if line[..length].trim_ascii().is_empty() {
            return Part {
                head: start..at,
                body: at + length..end,
            };
        }
        at += length;
    }
    // No empty line: all of it is head, as whoever wrote it meant.
    Part {
        head: start..end,
        body: end..end,
    }
}

impl Part {
    /// The value of its first field `name`, blanks around it aside.
    #[must_use]
    pub fn field<'a>(&self, whole: &'a [u8], name: &str) -> Option<&'a [u8]> {
        whole[self.head.clone()]
            .split(|byte| *byte == b'\n')
            .find_map(|line| {
                let colon = line.iter().position(|byte| *byte == b':')?;
                line[..colon]
                    .trim_ascii()
                    .eq_ignore_ascii_case(name.as_bytes())
                    .then(|| line[colon + 1..].trim_ascii())
            })
    }

    /// The name of the form's field that it is.
    #[must_use]
    pub fn name(&self, whole: &[u8]) -> Option<String> {
        parameter(self.field(whole, "content-disposition")?, "name")
    }

    /// The name of the file that it was.
    #[must_use]
    pub fn file_name(&self, whole: &[u8]) -> Option<String> {
        parameter(self.field(whole, "content-disposition")?, "filename")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bodies<'a>(content_type: &str, whole: &'a str) -> (Vec<&'a str>, Option<&'static str>) {
        let parts = parts(content_type.as_bytes(), whole.as_bytes());
        let bodies = parts.all.iter().map(|part| &whole[part.body.clone()]);
        (bodies.collect(), parts.problem)
    }

    const TYPE: &str = "multipart/form-data; boundary=\"x y\"";

    #[test]
    fn parts_stand_between_the_delimiters() {
        let whole = "before\r\n--x y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n\
                     --x y \r\ncontent-disposition: form-data; name=f; filename=\"ü.png\"\r\n\
                     Content-Type: image/png\r\n\r\n\r\ntwo --x y\r\n--x yz\r\n--x y--\r\nafter";
        let (bodies, problem) = bodies(TYPE, whole);
        assert_eq!(bodies, ["one", "\r\ntwo --x y\r\n--x yz"]);
        assert_eq!(problem, None);
        let parts = parts(TYPE.as_bytes(), whole.as_bytes());
        let (whole, file) = (whole.as_bytes(), &parts.all[1]);
        assert_eq!(parts.all[0].name(whole).as_deref(), Some("a"));
        assert_eq!(parts.all[0].file_name(whole), None);
        assert_eq!(file.file_name(whole).as_deref(), Some("ü.png"));
        assert_eq!(file.field(whole, "content-type"), Some(&b"image/png"[..]));
    }

    #[test]
    fn bare_line_feeds_and_missing_ends_are_borne() {
        let check = |whole, want: &[&str], problem: Option<&str>| {
            let (bodies, found) = bodies(TYPE, whole);
            assert_eq!((bodies.as_slice(), found), (want, problem), "{whole:?}");
        };
        check(
            "--x y\n\none\n--x y\nA: b\n\ntwo\n--x y--",
            &["one", "two"],
            None,
        );
        check(
            "--x y\n\none",
            &["one"],
            Some("the closing boundary is missing"),
        );
        check("--x y\nA: b\n--x y--", &[""], None);
        check("--x y", &[""], Some("the closing boundary is missing"));
        check("nothing", &[], Some("the boundary does not occur"));
        let (_, problem) = bodies("multipart/mixed", "--x\r\n\r\n--x--");
        assert_eq!(problem, Some("the content type names no boundary"));
    }

    proptest! {
        #[test]
        fn what_is_joined_comes_apart(all in prop::collection::vec("[a-z\r\n-]{0,20}", 1..6)) {
            let mut whole = String::new();
            for body in &all {
                whole.push_str(&format!("--~B~\r\nX: y\r\n\r\n{body}\r\n"));
            }
            whole.push_str("--~B~--\r\n");
            let (found, problem) = bodies("multipart/mixed; boundary=~B~", &whole);
            prop_assert_eq!(found, all);
            prop_assert_eq!(problem, None);
        }

        #[test]
        fn no_bytes_make_it_panic(body in prop::collection::vec(
            prop_oneof![any::<u8>(), prop::sample::select(b"--b\r\n: ".to_vec())], 0..80
        )) {
            let parts = parts(b"multipart/mixed; boundary=b", &body);
            for part in parts.all {
                let _ = (part.name(&body), body[part.body].len());
            }
        }
    }
}
