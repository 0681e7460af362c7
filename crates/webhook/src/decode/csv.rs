//! Comma-separated values as rows, found in one pass and read when they are shown. Start at
//! [`Table::parse`].
//! Source: <https://www.rfc-editor.org/rfc/rfc4180>

use std::borrow::Cow;

use crate::decode::without_bom;

/// Columns that are told apart; what lies behind is the last one's.
pub const MAX_COLUMNS: usize = 1_000;

/// Where the rows of a text begin. The text stays with the caller and is handed in again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    delimiter: u8,
    /// And, at the end, where the text ends.
    starts: Vec<u32>,
    columns: usize,
}

impl Table {
    /// Finds the rows of `text`, up to 4 GiB of it. `is_tabbed` says that tabs stand between the
    /// values; else it is commas or semicolons, whichever the first line has more of.
    #[must_use]
    pub fn parse(text: &[u8], is_tabbed: bool) -> Self {
        let begin = text.len() - without_bom(text).len();
        let delimiter = if is_tabbed {
            b'\t'
        } else {
            likely_delimiter(&text[begin..])
        };
        let mut table = Self {
            delimiter,
            starts: Vec::new(),
            columns: 0,
        };
        let (mut columns, mut is_quoted) = (1, false);
        let mut keep = |at: usize| table.starts.extend(u32::try_from(at));
        if begin < text.len() {
            keep(begin);
        }
        for (at, byte) in text.iter().enumerate().skip(begin) {
            match byte {
                b'"' => is_quoted = !is_quoted,
                b'\n' if !is_quoted => {
                    table.columns = table.columns.max(columns);
                    columns = 1;
                    keep(at + 1);
                }
                _ if *byte == delimiter && !is_quoted => columns += 1,
                _ => {}
            }
        }
        if table
            .starts
            .last()
            .is_some_and(|last| *last as usize != text.len())
        {
            table.columns = table.columns.max(columns);
            table
                .starts
                .push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        }
        table.columns = table.columns.min(MAX_COLUMNS);
        table
    }

    /// How many rows there are, the first one included that may name the columns.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// How many values the longest row has.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// The values of row `at` of `text`, quotes taken off; none behind the end.
    #[must_use]
    pub fn row<'a>(&self, text: &'a [u8], at: usize) -> Vec<Cow<'a, str>> {
        let (Some(start), Some(end)) = (self.starts.get(at), self.starts.get(at + 1)) else {
            return Vec::new();
        };
        let line = text.get(*start as usize..*end as usize).unwrap_or_default();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut values = Vec::new();
        let (mut from, mut is_quoted) = (0, false);
        for (at, byte) in line.iter().enumerate() {
            if *byte == b'"' {
                is_quoted = !is_quoted;
            } else if *byte == self.delimiter && !is_quoted && values.len() + 1 < MAX_COLUMNS {
                values.push(value(&line[from..at]));
                from = at + 1;
            }
        }
        values.push(value(&line[from..]));
        values
    }
}

fn likely_delimiter(text: &[u8]) -> u8 {
    let line = &text[..memchr::memchr(b'\n', text).unwrap_or(text.len())];
    let count = |sought| memchr::memchr_iter(sought, line).count();
    if count(b';') > count(b',') {
        b';'
    } else {
        b','
    }
}

fn value(raw: &[u8]) -> Cow<'_, str> {
    match raw.strip_prefix(b"\"") {
        None => String::from_utf8_lossy(raw),
        Some(inside) => {
            let inside = inside.strip_suffix(b"\"").unwrap_or(inside);
            Cow::Owned(String::from_utf8_lossy(inside).replace("\"\"", "\""))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, want: &[&[&str]]) {
        let table = Table::parse(text.as_bytes(), false);
        let rows: Vec<_> = (0..table.rows())
            .map(|at| table.row(text.as_bytes(), at))
            .collect();
        assert_eq!(rows, want, "{text:?}");
        let longest = want.iter().map(|row| row.len()).max().unwrap_or(0);
        assert_eq!(table.columns(), longest, "{text:?}");
    }

    #[test]
    fn rows_and_values_are_told_apart() {
        check("a,b\r\n1,2\r\n", &[&["a", "b"], &["1", "2"]]);
        check("a,b\n1", &[&["a", "b"], &["1"]]);
        check("", &[]);
        check("\n", &[&[""]]);
        check("a;b,c;d", &[&["a", "b,c", "d"]]);
        check("\u{feff}a,b", &[&["a", "b"]]);
    }

    #[test]
    fn quotes_keep_delimiters_and_line_ends() {
        check("\"a,\"\"b\"\"\nc\",d\ne", &[&["a,\"b\"\nc", "d"], &["e"]]);
        check("a,\"never closed\nb,c", &[&["a", "never closed\nb,c"]]);
    }

    proptest! {
        #[test]
        fn what_was_quoted_comes_back(
            rows in prop::collection::vec(prop::collection::vec("[a-z,;\"\r\n]{0,6}", 1..5), 1..5),
        ) {
            let line = |row: &Vec<String>| {
                let values: Vec<_> = row
                    .iter()
                    .map(|value| format!("\"{}\"", value.replace('"', "\"\"")))
                    .collect();
                values.join(",") + "\r\n"
            };
            let text: String = rows.iter().map(line).collect();
            // The first line decides what stands between values.
            let table = Table::parse(text.as_bytes(), false);
            prop_assume!(table.delimiter == b',');
            for (at, row) in rows.iter().enumerate() {
                prop_assert_eq!(&table.row(text.as_bytes(), at), row);
            }
        }

        #[test]
        fn no_bytes_make_it_panic(text in prop::collection::vec(
            prop_oneof![any::<u8>(), prop::sample::select(b"\",\n\r;".to_vec())], 0..60
        )) {
            let table = Table::parse(&text, false);
            for at in 0..=table.rows() {
                prop_assert!(table.row(&text, at).len() <= table.columns().max(1));
            }
        }
    }
}
