//! Two captures side by side: which other one is worth comparing with, what differs, and which of
//! it always does. What a difference is, is in `webhook::diff`. Start at [`Engine::compare`].

use sqlite::rusqlite::Connection;
use webhook::{
    capture::{Capture, CaptureId},
    diff::{self, Change, Compared, Diff, Kind, MAX_BODY_BYTES, MIN_PAIRS, Place, Volatile},
    redact,
};

use crate::{
    engine::{Engine, Error},
    store::captures::{self, Stored, kin},
    view::{ChangeKind, ChangePart, ChangeSide, ChangeView, ComparedBody, Comparison, Kinship},
};

/// So many of the kind are looked at for what always changes.
const LEARNED_FROM: usize = 20;
/// Captures with longer bodies teach nothing, for comparing them takes long.
const LEARNED_BYTES: usize = 256 * 1024;

impl Engine {
    /// Says what differs in the capture `id` from `with`, or else from the one before of its kind:
    /// of the same sender and type of event at the same endpoint, or of the same path there.
    ///
    /// # Errors
    /// When there is none of these ids or the history cannot be read.
    pub async fn compare(&self, id: &str, with: Option<&str>) -> Result<Comparison, Error> {
        let none = |id: &str| Error::NoCapture(id.to_owned());
        let after: CaptureId = id.parse()?;
        let with: Option<CaptureId> = with.map(str::parse).transpose()?;
        // On a reader's own thread, where it may take its time.
        let read = move |db: &Connection| {
            let Some(after) = captures::by_id(db, after)? else {
                return Ok(None);
            };
            let (kin, kinship) = kin_of(db, &after)?;
            let kinship = with.map_or(kinship, |_| Kinship::Chosen);
            let before = match with {
                Some(with) => captures::by_id(db, with)?,
                None => match kin.first() {
                    Some(seq) => captures::by_seq(db, *seq)?,
                    None => None,
                },
            };
            if with.is_some() && before.is_none() {
                return Ok(None);
            }
            compare(db, &after, before.as_ref(), kinship, &kin)
        };
        let found = self.database().read(read).await?;
        found.ok_or_else(|| none(id))
    }
}

/// The captures before `after` of its kind, the newest first, and what makes them so.
fn kin_of(db: &Connection, after: &Stored) -> sqlite::rusqlite::Result<(Vec<i64>, Kinship)> {
    if after.sender.is_some() || after.event.is_some() {
        let same = kin(db, after, false, LEARNED_FROM)?;
        if !same.is_empty() {
            return Ok((same, Kinship::Event));
        }
    }
    let same = kin(db, after, true, LEARNED_FROM)?;
    let kinship = if same.is_empty() {
        Kinship::Alone
    } else {
        Kinship::Path
    };
    Ok((same, kinship))
}

fn compare(
    db: &Connection,
    after: &Stored,
    before: Option<&Stored>,
    kinship: Kinship,
    kin: &[i64],
) -> sqlite::rusqlite::Result<Option<Comparison>> {
    let Some(row) = captures::row_by_id(db, after.capture.id)? else {
        return Ok(None);
    };
    let mut comparison = Comparison {
        before: None,
        after: row,
        kinship,
        changes: Vec::new(),
        left_out: 0,
        body: ComparedBody::Same,
        learned_from: 0,
    };
    let Some(before) = before else {
        return Ok(Some(comparison));
    };
    let (volatile, learned_from) = learn(db, &after.capture, kin)?;
    let Diff {
        changes,
        left_out,
        body,
    } = diff::diff(&before.capture, &after.capture);
    comparison.before = captures::row_by_id(db, before.capture.id)?;
    comparison.changes = changes
        .into_iter()
        .map(|change| change_view(change, &volatile))
        .collect();
    comparison.left_out = left_out;
    comparison.body = body_view(body, &before.capture, &after.capture);
    comparison.learned_from = learned_from;
    Ok(Some(comparison))
}

/// What always changes from one to the next of `newest` and its `kin`, and how many that were.
fn learn(
    db: &Connection,
    newest: &Capture,
    kin: &[i64],
) -> sqlite::rusqlite::Result<(Volatile, usize)> {
    let mut volatile = Volatile::default();
    let mut pairs = 0;
    let is_short = |capture: &Capture| capture.body.len() <= LEARNED_BYTES;
    let mut later = Some(newest.clone()).filter(is_short);
    for seq in kin {
        let earlier = captures::by_seq(db, *seq)?.map(|stored| stored.capture);
        let earlier = earlier.filter(is_short);
        if let (Some(earlier), Some(later)) = (&earlier, &later) {
            volatile.add(&diff::diff(earlier, later));
            pairs += 1;
        }
        later = earlier;
    }
    Ok((volatile, if pairs >= MIN_PAIRS { pairs + 1 } else { 0 }))
}

fn change_view(change: Change, volatile: &Volatile) -> ChangeView {
    let side = |part: diff::Part| ChangeSide {
        place: within(&part.place),
        text: part.text,
        bytes: part.bytes,
        is_cut: part.is_cut,
    };
    ChangeView {
        is_volatile: volatile.covers(&change),
        is_secret: match &change.place {
            Place::Header { name, .. } => redact::is_secret_header(name.as_bytes()),
            Place::Query { name, .. } | Place::Form { name, .. } => redact::is_secret_query(name),
            _ => false,
        },
        kind: match change.kind {
            Kind::Added => ChangeKind::Added,
            Kind::Removed => ChangeKind::Removed,
            Kind::Changed => ChangeKind::Changed,
            Kind::Moved => ChangeKind::Moved,
            Kind::Respelled => ChangeKind::Respelled,
        },
        part: match &change.place {
            Place::Method | Place::Path | Place::Version => ChangePart::Request,
            Place::Header { .. } => ChangePart::Headers,
            Place::Query { .. } => ChangePart::Query,
            _ => ChangePart::Body,
        },
        place: within(&change.place),
        before: change.before.map(side),
        after: change.after.map(side),
    }
}

/// A place without the name of its part.
fn within(place: &Place) -> String {
    let text = place.to_string();
    let named = match place {
        Place::Header { .. } => "header ",
        Place::Query { .. } => "query ",
        Place::Form { .. } | Place::FormJson { .. } => "form ",
        _ => "",
    };
    text.strip_prefix(named).map_or(text.clone(), str::to_owned)
}

fn body_view(body: Compared, before: &Capture, after: &Capture) -> ComparedBody {
    match body {
        Compared::Same => ComparedBody::Same,
        Compared::Json => ComparedBody::Json,
        Compared::Form => ComparedBody::Form,
        Compared::Lines => ComparedBody::Lines,
        Compared::Bytes if before.body.len().max(after.body.len()) > MAX_BODY_BYTES => {
            ComparedBody::TooLong
        }
        Compared::Bytes => ComparedBody::Bytes,
    }
}

#[cfg(test)]
mod tests;
