//! A body unpacked and read: its codings off, its text in UTF-8, and what was found out about it
//! when it was needed.

use std::sync::OnceLock;

use bytes::Bytes;
use webhook::{
    decode::{
        charset::{self, Read, SaidBy},
        coding::{self, Limits},
        csv::Table,
        form, image,
        json::{Kind, Outline, Problem, unescape},
        multipart::{self, Parts},
        shape::Shape,
        xml,
    },
    escape, head,
};

use crate::{
    body::text::Text,
    view::{
        BodyForm, BodyKind, BodyView, CharsetView, CodingView, FieldView, PartView, PictureView,
        TableView, TreeProblem,
    },
};

/// How much of a coded body is decoded at first.
const FIRST: Limits = Limits {
    kept_bytes: 32 << 20,
    counted_bytes: 128 << 20,
};
/// And on demand.
const MOST: Limits = Limits {
    kept_bytes: 96 << 20,
    ..FIRST
};
/// A text that would take more laid out is shown as it is.
const PRETTY_BYTES: usize = 256 << 20;
/// Fields of a form that are listed.
const FIELDS: usize = 10_000;
/// Of a longer value only the beginning is in a list or a table.
const VALUE_BYTES: usize = 4096;

/// See the file's beginning.
pub(super) struct Body {
    media: Vec<u8>,
    coding: Option<CodingView>,
    bytes: Bytes,
    read: Read,
    shape: Shape,
    /// The text in UTF-8, where it is not `bytes`.
    text: Text,
    outline: OnceLock<Outline>,
    pretty: OnceLock<Result<Option<Text>, Problem>>,
    table: OnceLock<Table>,
    parts: OnceLock<Parts>,
    fields: OnceLock<Vec<(Vec<u8>, Vec<u8>)>>,
}

impl Body {
    /// The body `sent` below `head`, its codings off unless it is wanted as sent.
    pub(super) fn open(head: &[u8], sent: Bytes, is_as_sent: bool, is_whole: bool) -> Self {
        let named = |name: &str| {
            let mut fields = head::fields(head);
            let is_it = |field: &head::Header<'_>| field.name.eq_ignore_ascii_case(name.as_bytes());
            fields.find(is_it).map(|field| field.value)
        };
        let media = named("content-type").unwrap_or_default();
        let (coding, bytes) = uncoded(head, sent, is_as_sent, is_whole);
        Self::new(media, coding, bytes)
    }

    fn new(media: &[u8], coding: Option<CodingView>, bytes: Bytes) -> Self {
        let mut read = charset::read(media, &bytes);
        let shape = Shape::of(media, &bytes, &read);
        let text = read.utf8.take().map_or_else(|| bytes.clone(), Bytes::from);
        Self {
            media: media.to_vec(),
            coding,
            bytes,
            read,
            shape,
            text: Text::new(text),
            outline: OnceLock::new(),
            pretty: OnceLock::new(),
            table: OnceLock::new(),
            parts: OnceLock::new(),
            fields: OnceLock::new(),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The text as it is, or laid out where that is wanted and can be.
    pub(super) fn text(&self, form: BodyForm) -> &Text {
        if form != BodyForm::Pretty {
            return &self.text;
        }
        self.laid_out()
            .as_ref()
            .ok()
            .and_then(Option::as_ref)
            .unwrap_or(&self.text)
    }

    pub(super) fn outline(&self) -> &Outline {
        self.outline
            .get_or_init(|| Outline::parse(self.text.as_bytes()))
    }

    fn laid_out(&self) -> &Result<Option<Text>, Problem> {
        self.pretty.get_or_init(|| {
            let text = self.text.as_bytes();
            let pretty = match self.shape {
                Shape::Json => self.outline().pretty(text, PRETTY_BYTES),
                Shape::Xml => xml::pretty(text, PRETTY_BYTES)?,
                _ => None,
            };
            Ok(pretty.map(|pretty| Text::new(pretty.into())))
        })
    }

    fn table(&self, is_tabbed: bool) -> &Table {
        self.table
            .get_or_init(|| Table::parse(self.text.as_bytes(), is_tabbed))
    }

    fn parts(&self) -> &Parts {
        self.parts
            .get_or_init(|| multipart::parts(&self.media, &self.bytes))
    }

    fn fields(&self) -> &[(Vec<u8>, Vec<u8>)] {
        self.fields
            .get_or_init(|| form::byte_pairs(self.text.as_bytes()).collect())
    }

    /// The part with this number; see [`crate::view::BodyRef`].
    pub(super) fn part(&self, number: u32) -> Option<Self> {
        let at = number as usize;
        match self.shape {
            Shape::Multipart => {
                let part = self.parts().all.get(at)?;
                let media = part.field(&self.bytes, "content-type").unwrap_or_default();
                Some(Self::new(media, None, self.bytes.slice(part.body.clone())))
            }
            Shape::Form => {
                let (_, value) = self.fields().get(at)?;
                Some(Self::new(b"", None, Bytes::copy_from_slice(value)))
            }
            Shape::Json => {
                let node = self.outline().nodes().get(at)?;
                let value = match node.kind() {
                    Kind::String => unescape(&self.text.as_bytes()[node.value()])
                        .into_owned()
                        .into(),
                    _ => self.text.slice(node.value()),
                };
                Some(Self::new(b"", None, value))
            }
            _ => None,
        }
    }

    /// The values of some rows, where it is a table.
    pub(super) fn rows(&self, from: usize, count: usize) -> Vec<Vec<String>> {
        let Shape::Csv { is_tabbed } = self.shape else {
            return Vec::new();
        };
        let table = self.table(is_tabbed);
        let end = from.saturating_add(count).min(table.rows());
        let values = |at| {
            let row = table.row(self.text.as_bytes(), at);
            row.iter()
                .map(|value| beginning(value.as_bytes()))
                .collect()
        };
        (from..end).map(values).collect()
    }

    pub(super) fn view(&self) -> BodyView {
        let is_text = !matches!(
            self.shape,
            Shape::Empty | Shape::Binary | Shape::Image(_) | Shape::Multipart
        );
        let (problem, has_pretty) = match self.shape {
            Shape::Json => (self.outline().problem(), self.outline().problem().is_none()),
            Shape::Xml => match self.laid_out() {
                Ok(laid_out) => (None, laid_out.is_some()),
                Err(problem) => (Some(problem), false),
            },
            _ => (None, false),
        };
        let mut view = BodyView {
            kind: kind(self.shape),
            media: escape::for_display(&self.media).0,
            bytes: self.bytes.len(),
            coding: self.coding.clone(),
            charset: is_text.then(|| self.charset()),
            problem: problem.map(problem_view),
            has_pretty,
            fields: Vec::new(),
            parts: Vec::new(),
            parts_problem: None,
            picture: None,
            table: None,
        };
        match self.shape {
            Shape::Form => {
                let fields = self.fields();
                view.fields = fields.iter().take(FIELDS).map(field_view).collect();
                view.parts_problem = (fields.len() > FIELDS)
                    .then(|| format!("the first {FIELDS} of {} fields are listed", fields.len()));
            }
            Shape::Multipart => {
                let parts = self.parts();
                view.parts = parts.all.iter().map(|part| self.part_view(part)).collect();
                view.parts_problem = parts.problem.map(str::to_owned);
            }
            Shape::Image(claimed) => {
                let format = image::format(&self.bytes).unwrap_or(claimed);
                let size = image::dimensions(&self.bytes);
                view.picture = Some(PictureView {
                    media: format.media_type().to_owned(),
                    width: size.map(|(width, _)| width),
                    height: size.map(|(_, height)| height),
                });
            }
            Shape::Csv { is_tabbed } => {
                let table = self.table(is_tabbed);
                view.table = Some(TableView {
                    rows: table.rows(),
                    columns: table.columns(),
                });
            }
            _ => {}
        }
        view
    }

    fn charset(&self) -> CharsetView {
        CharsetView {
            name: self.read.charset.to_owned(),
            is_assumed: self.read.said_by == SaidBy::Nobody,
            is_broken: self.read.is_broken,
            unknown: self
                .read
                .unknown
                .as_ref()
                .map(|name| escape::for_display(name.as_bytes()).0),
        }
    }

    fn part_view(&self, part: &multipart::Part) -> PartView {
        let media = part.field(&self.bytes, "content-type").unwrap_or_default();
        let body = &self.bytes[part.body.clone()];
        let text = |text: String| escape::for_display(text.as_bytes()).0;
        PartView {
            name: part.name(&self.bytes).map(text),
            file_name: part.file_name(&self.bytes).map(text),
            media: escape::for_display(media).0,
            bytes: body.len(),
            kind: kind(Shape::of(media, body, &charset::read(media, body))),
        }
    }
}

fn uncoded(
    head: &[u8],
    sent: Bytes,
    is_as_sent: bool,
    is_whole: bool,
) -> (Option<CodingView>, Bytes) {
    let codings = coding::codings(head);
    if sent.is_empty() || codings.as_ref().is_ok_and(Vec::is_empty) {
        return (None, sent);
    }
    let mut view = CodingView {
        names: String::new(),
        sent_bytes: sent.len(),
        decoded_bytes: 0,
        is_counted: false,
        is_decoded: false,
        has_more: false,
        problem: None,
    };
    let codings = match codings {
        Ok(codings) => codings,
        Err(unknown) => {
            view.problem = Some(format!("`{unknown}` is not known here"));
            view.names = unknown;
            return (Some(view), sent);
        }
    };
    let names: Vec<_> = codings.iter().map(|coding| coding.name()).collect();
    view.names = names.join(", ");
    if is_as_sent {
        return (Some(view), sent);
    }
    let limits = if is_whole { MOST } else { FIRST };
    let decoded = coding::decode(&codings, &sent, limits);
    view.decoded_bytes = decoded.counted;
    view.is_counted = decoded.is_whole;
    view.has_more = !is_whole && decoded.counted > FIRST.kept_bytes as u64;
    view.is_decoded = !decoded.bytes.is_empty() || decoded.is_whole;
    view.problem = decoded.problem;
    let bytes = if view.is_decoded {
        decoded.bytes.into()
    } else {
        sent
    };
    (Some(view), bytes)
}

fn field_view((name, value): &(Vec<u8>, Vec<u8>)) -> FieldView {
    FieldView {
        name: beginning(name),
        value: beginning(value),
        bytes: value.len(),
        kind: kind(Shape::of(b"", value, &charset::read(b"", value))),
    }
}

fn beginning(text: &[u8]) -> String {
    String::from_utf8_lossy(&text[..text.len().min(VALUE_BYTES)]).into_owned()
}

fn problem_view(problem: &Problem) -> TreeProblem {
    TreeProblem {
        line: u32::try_from(problem.line).unwrap_or(u32::MAX),
        column: u32::try_from(problem.column).unwrap_or(u32::MAX),
        message: problem.message.to_owned(),
    }
}

const fn kind(shape: Shape) -> BodyKind {
    match shape {
        Shape::Empty => BodyKind::Empty,
        Shape::Json => BodyKind::Json,
        Shape::Form => BodyKind::Form,
        Shape::Multipart => BodyKind::Multipart,
        Shape::Xml => BodyKind::Xml,
        Shape::Csv { .. } => BodyKind::Csv,
        Shape::Image(_) => BodyKind::Image,
        Shape::Text => BodyKind::Text,
        Shape::Binary => BodyKind::Binary,
    }
}
