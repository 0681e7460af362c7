//! Golden captures: made from captures and their deliveries, and held against what an application
//! answers now. What they are is in `webhook::golden`. Nothing of it is kept in the history.

use std::sync::Arc;

use listener::Tasks;
use webhook::{
    capture::{Capture, CaptureId, EndpointId},
    delivery,
    export::{self, Format, Options},
    golden::{Difference, Expected, Golden},
    head::Head,
};

use crate::{
    engine::{Engine, Error},
    export::ExportError,
    forward::{Lane, Outgoing, Trust, attempt, way},
    replay::ReplayError,
    store::{captures, deliveries, forwards},
};

/// A body of at most this length is expected as a whole.
const BODY_BYTES: u64 = 4_096;

/// What came of sending a golden capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// In what the answer is not as expected.
    pub differences: Vec<Difference>,
    /// Why there was no answer, or not all of it.
    pub error: Option<String>,
    /// The answer's status.
    pub status: Option<u16>,
    /// How long it took.
    pub total_ms: u64,
}

impl Checked {
    /// Whether all is as expected.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.error.is_none() && self.differences.is_empty()
    }
}

impl Engine {
    /// The capture `id` as a golden one: it expects what was answered last. Secrets are left out
    /// unless `with_secrets`. The answer is the capture's file name, too, without an extension.
    ///
    /// # Errors
    /// When there is no such capture or the history cannot be read.
    pub async fn golden(
        &self,
        id: &str,
        with_secrets: bool,
    ) -> Result<(String, Golden), ExportError> {
        let id = self.find(id).await?;
        let read = self
            .database()
            .read(move |db| Ok((captures::by_id(db, id)?, deliveries::of(db, id, 50)?)));
        let (stored, deliveries) = read.await?;
        let mut capture = stored
            .ok_or_else(|| Error::NoCapture(id.to_string()))?
            .capture;
        let format = Format::find("raw")?;
        let name = export::name::file_name(&capture, format);
        let name = name.rsplit_once('.').map_or(&*name, |(name, _)| name);
        // Where it came in on the relay is no part of what an application is asked.
        let below = delivery::target_below("/", capture.head.target(), capture.endpoint.as_str());
        if below != capture.head.target() {
            let edit = webhook::edit::Edit {
                target: Some(below),
                ..webhook::edit::Edit::default()
            };
            let edited = edit.apply(&capture.head, &capture.body);
            (capture.head, capture.body) =
                edited.map_err(ReplayError::from).map_err(Error::from)?;
        }
        let options = Options {
            with_secrets,
            ..Options::default()
        };
        let bytes = export::export(&capture, format, &options)?;
        let end = head_end(&bytes);
        let (head, body) = bytes.split_at(end);
        let head = Head::parse(head.to_vec().into())
            .map_err(|error| Error::from(ReplayError::Edit(error.into())))?;
        let answered = deliveries.iter().find(|one| one.delivery.status.is_some());
        let expected = answered.map_or_else(Expected::default, |one| {
            let delivery = &one.delivery;
            let kind = webhook::head::fields(&delivery.head)
                .find(|field| field.name.eq_ignore_ascii_case(b"content-type"))
                .map(|field| String::from_utf8_lossy(field.value).into_owned());
            let is_short = delivery.error.is_none() && delivery.body_bytes <= BODY_BYTES;
            Expected {
                status: delivery.status.map(|status| status.to_string()),
                headers: kind
                    .map(|kind| ("Content-Type".to_owned(), kind))
                    .into_iter()
                    .collect(),
                places: Vec::new(),
                body: (is_short && delivery.body_bytes > 0).then(|| delivery.body.clone().into()),
            }
        });
        let golden = Golden {
            title: String::new(),
            head,
            body: body.to_vec().into(),
            expected,
        };
        Ok((name.to_owned(), golden))
    }

    /// Sends `golden` to `to`, or where the captures of this computer's receiver go by themselves, and
    /// holds the answer against what it expects.
    ///
    /// # Errors
    /// When it is not said where to, or the target is another computer's that nobody confirmed.
    pub async fn check(&self, golden: &Golden, to: Option<&str>) -> Result<Checked, Error> {
        let (target, trust) = match to {
            Some(to) => (self.target(to).await?, Trust::default()),
            None => {
                let own = self
                    .database()
                    .read(|db| forwards::of(db, EndpointId::local().as_str()));
                let own = own.await?.into_iter().next();
                let own = own.ok_or_else(|| ReplayError::NoTarget("local".to_owned()))?;
                way(&own).map_err(ReplayError::NoWay)?
            }
        };
        let now_ms = self.now_ms();
        let capture = Capture {
            id: CaptureId::new(now_ms, rand::random()),
            endpoint: EndpointId::imported(),
            received_at_ms: now_ms,
            peer: None,
            head: golden.head.clone(),
            body: golden.body.clone(),
            flaws: Vec::new(),
        };
        let tasks = Arc::new(Tasks::new());
        let lane = Lane::new(target, trust, Arc::clone(&tasks));
        let outgoing = Outgoing::to(lane.target(), &capture);
        let clock = self.means().clock;
        let delivery = attempt(&lane, capture.id, outgoing, &mut None, clock)
            .await
            .delivery;
        tasks.stop(std::time::Duration::from_secs(1)).await;
        let answered = (delivery.status, &delivery.head, &delivery.body);
        Ok(Checked {
            differences: match answered {
                (None, ..) => Vec::new(),
                (status, head, body) => golden.expected.differences(status, head, body),
            },
            error: delivery.error,
            status: delivery.status,
            total_ms: delivery.total_ms,
        })
    }
}

/// Where the head ends in a request.
fn head_end(request: &[u8]) -> usize {
    let mut at = 0;
    for line in request.split_inclusive(|byte| *byte == b'\n') {
        at += line.len();
        if matches!(line, b"\n" | b"\r\n") {
            break;
        }
    }
    at
}
