//! One capture, looked at closely: its detail, and its bytes as sent, a window at a time. What its
//! body is and says is in `body`.

use std::sync::{Arc, Mutex, PoisonError};

use sqlite::Database;
use webhook::{
    capture::{Capture, CaptureId},
    decode::form,
    escape,
};

use crate::{
    deliveries::header_view,
    store::captures,
    view::{CaptureDetail, Part, QueryPair},
};

/// Captures kept, so that what is scrolled is read once.
const KEPT: usize = 4;
/// Bytes given at once, at most.
const WINDOW: usize = 1 << 20;

/// The captures that were looked at last.
#[derive(Debug, Default)]
pub(crate) struct Inspect(Mutex<Vec<Arc<Capture>>>);

impl Inspect {
    /// The capture, read once. None when there is no such.
    pub(crate) async fn look(
        &self,
        database: &Database,
        id: CaptureId,
    ) -> Result<Option<Arc<Capture>>, sqlite::Error> {
        let kept = |all: &Vec<Arc<Capture>>| all.iter().find(|one| one.id == id).cloned();
        if let Some(looked) = kept(&self.0.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(Some(looked));
        }
        let stored = database.read(move |db| captures::by_id(db, id)).await?;
        Ok(stored.map(|stored| {
            let looked = Arc::new(stored.capture);
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.truncate(KEPT - 1);
            all.insert(0, Arc::clone(&looked));
            looked
        }))
    }

    /// Everything but the body. None when there is no such capture.
    pub(crate) async fn detail(
        &self,
        database: &Database,
        id: CaptureId,
    ) -> Result<Option<CaptureDetail>, sqlite::Error> {
        let row = database.read(move |db| captures::row_by_id(db, id)).await?;
        let (Some(row), Some(capture)) = (row, self.look(database, id).await?) else {
            return Ok(None);
        };
        let headers = capture.head.headers().map(header_view);
        let query = form::pairs(capture.head.query().unwrap_or_default());
        let text = |text: String| escape::for_display(text.as_bytes()).0;
        Ok(Some(CaptureDetail {
            row,
            peer: capture.peer.map(|peer| peer.to_string()),
            version: escape::for_display(capture.head.version()).0,
            headers: headers.collect(),
            query: query
                .into_iter()
                .map(|(name, value)| QueryPair {
                    name: text(name),
                    value: text(value),
                })
                .collect(),
            head_bytes: capture.head.as_bytes().len(),
        }))
    }

    /// A window of the bytes as sent.
    pub(crate) async fn bytes(
        &self,
        database: &Database,
        id: CaptureId,
        part: Part,
        from: usize,
        count: usize,
    ) -> Result<Option<Vec<u8>>, sqlite::Error> {
        let Some(looked) = self.look(database, id).await? else {
            return Ok(None);
        };
        let whole = match part {
            Part::Head => looked.head.as_bytes(),
            Part::Body => &looked.body,
        };
        Ok(Some(window(whole, from, count).to_vec()))
    }
}

fn window<T>(all: &[T], from: usize, count: usize) -> &[T] {
    let from = from.min(all.len());
    &all[from..from.saturating_add(count.min(WINDOW)).min(all.len())]
}
