//! The verbs on bodies: what one is, and windows of its bytes, text, tree and rows. Each takes a
//! [`BodyRef`], so that a request's, an answer's and a part's are read alike.

mod open;
#[cfg(test)]
mod tests;
mod text;
mod tree;

use std::sync::{Arc, Mutex, PoisonError};

use webhook::decode::find::Needle;

use self::open::Body;
use crate::{
    deliveries,
    engine::{Engine, Error},
    view::{BodyForm, BodyOf, BodyRef, BodyView, Folds, Found, TextPage, TreePage},
};

/// Bodies kept decoded, so that a scrolled one is unpacked and parsed once.
const KEPT: usize = 4;
/// Rows, lines or bytes given at once, at most.
const WINDOW: usize = 1 << 20;

/// The bodies that were looked at last.
#[derive(Default)]
pub(crate) struct Bodies(Mutex<Vec<(BodyRef, Arc<Body>)>>);

impl Bodies {
    fn kept(&self, wanted: &BodyRef) -> Option<Arc<Body>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.iter().find(|(body, _)| body == wanted);
        found.map(|(_, body)| Arc::clone(body))
    }

    fn keep(&self, wanted: BodyRef, body: &Arc<Body>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What is decoded far beyond the usual is kept alone.
        let others = if wanted.is_whole { 0 } else { KEPT - 1 };
        all.retain(|(other, _)| *other != wanted && !other.is_whole);
        all.truncate(others);
        all.insert(0, (wanted, Arc::clone(body)));
    }
}

impl Engine {
    /// What a body is.
    ///
    /// # Errors
    /// When there is no such body or the history cannot be read.
    pub async fn body_view(&self, body: BodyRef) -> Result<BodyView, Error> {
        self.on_body(body, |body| body.view()).await
    }

    /// Lines of a body's tree. With `show`, what is around that node is opened first, and the page
    /// says where it is.
    ///
    /// # Errors
    /// As [`Self::body_view`].
    pub async fn tree(
        &self,
        body: BodyRef,
        folds: Folds,
        show: Option<u32>,
        from: usize,
        count: usize,
    ) -> Result<TreePage, Error> {
        let page = move |body: &Body| body.tree(folds, show, from, count.min(WINDOW));
        self.on_body(body, page).await
    }

    /// Lines of a body's text, in the form [`BodyForm::Text`] or [`BodyForm::Pretty`].
    ///
    /// # Errors
    /// As [`Self::body_view`].
    pub async fn text(
        &self,
        body: BodyRef,
        form: BodyForm,
        from: usize,
        count: usize,
    ) -> Result<TextPage, Error> {
        let page = move |body: &Body| body.text(form).page(from, count.min(WINDOW));
        self.on_body(body, page).await
    }

    /// Bytes of a body in any form but a tree; fewer than `count` at its end, and past 1 MiB.
    ///
    /// # Errors
    /// As [`Self::body_view`].
    pub async fn body_bytes(
        &self,
        body: BodyRef,
        form: BodyForm,
        from: usize,
        count: usize,
    ) -> Result<Vec<u8>, Error> {
        let bytes = move |body: &Body| match form {
            BodyForm::Bytes => window(body.bytes(), from, count).to_vec(),
            _ => window(body.text(form).as_bytes(), from, count).to_vec(),
        };
        self.on_body(body, bytes).await
    }

    /// Rows of a body that is a table.
    ///
    /// # Errors
    /// As [`Self::body_view`].
    pub async fn body_rows(
        &self,
        body: BodyRef,
        from: usize,
        count: usize,
    ) -> Result<Vec<Vec<String>>, Error> {
        self.on_body(body, move |body| body.rows(from, count.min(WINDOW)))
            .await
    }

    /// Where `needle` occurs in a body's text or tree, small and large letters alike.
    ///
    /// # Errors
    /// As [`Self::body_view`].
    pub async fn body_find(
        &self,
        body: BodyRef,
        form: BodyForm,
        needle: &str,
    ) -> Result<Found, Error> {
        let Some(needle) = Needle::new(needle) else {
            return Ok(Found::default());
        };
        let found = move |body: &Body| match form {
            BodyForm::Tree => body.find_nodes(&needle),
            _ => body.text(form).find(&needle),
        };
        self.on_body(body, found).await
    }

    /// Does `work` with a body where it holds up nobody.
    async fn on_body<T: Send + 'static>(
        &self,
        wanted: BodyRef,
        work: impl FnOnce(&Body) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let body = self.opened(wanted).await?;
        let worked = tokio::task::spawn_blocking(move || work(&body)).await;
        worked.map_err(|_| sqlite::Error::Closed.into())
    }

    async fn opened(&self, wanted: BodyRef) -> Result<Arc<Body>, Error> {
        if let Some(body) = self.bodies().kept(&wanted) {
            return Ok(body);
        }
        let whole = BodyRef {
            parts: Vec::new(),
            is_as_sent: wanted.is_as_sent && wanted.parts.is_empty(),
            ..wanted.clone()
        };
        let mut body = match self.bodies().kept(&whole) {
            Some(body) => body,
            None => {
                let (head, sent) = self.message(&whole.of).await?;
                let (is_as_sent, is_whole) = (whole.is_as_sent, whole.is_whole);
                let open = move || Body::open(&head, sent, is_as_sent, is_whole);
                let body = tokio::task::spawn_blocking(open).await;
                let body = Arc::new(body.map_err(|_| sqlite::Error::Closed)?);
                self.bodies().keep(whole, &body);
                body
            }
        };
        if !wanted.parts.is_empty() {
            let parts = wanted.parts.clone();
            let inside = tokio::task::spawn_blocking(move || {
                let open = |body: Arc<Body>, part: &u32| body.part(*part).map(Arc::new);
                parts.iter().try_fold(body, open)
            });
            let inside = inside.await.map_err(|_| sqlite::Error::Closed)?;
            body = inside.ok_or(Error::NoPart)?;
            self.bodies().keep(wanted, &body);
        }
        Ok(body)
    }

    /// Head and body of a request or an answer.
    async fn message(&self, of: &BodyOf) -> Result<(bytes::Bytes, bytes::Bytes), Error> {
        match of {
            BodyOf::Capture { id } => {
                let capture = self.looked_at(id).await?;
                let head = bytes::Bytes::copy_from_slice(capture.head.as_bytes());
                Ok((head, capture.body.clone()))
            }
            BodyOf::Delivery { number } => {
                let stored = deliveries::stored(self, *number).await?;
                Ok((stored.delivery.head.into(), stored.delivery.body.into()))
            }
        }
    }
}

fn window<T>(all: &[T], from: usize, count: usize) -> &[T] {
    let from = from.min(all.len());
    &all[from..from.saturating_add(count.min(WINDOW)).min(all.len())]
}
