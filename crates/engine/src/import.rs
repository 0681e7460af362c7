//! Captures into the history from elsewhere: what they are read from is in `webhook::import`, here
//! they are kept.

use std::io::{self, BufRead, Read};

use webhook::{
    capture::{Capture, CaptureId},
    import::{self, Imported, Kind},
};

use crate::{
    arrival::Arrival,
    engine::{Engine, Error},
    store::captures,
    view::Source,
};

/// Captures stored in one commit, at most.
const GROUP: usize = 256;
/// Bytes of captures stored in one commit, unless a single one is larger.
const GROUP_BYTES: usize = 16 << 20;
/// The longest file that is read whole, as all but NDJSON is.
const WHOLE_BYTES: u64 = 256 << 20;
/// The longest line of NDJSON: the largest body that a receiver takes, in base64, and its head.
const LINE_BYTES: u64 = 512 << 20;

/// Why captures were not brought in.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The history cannot be written.
    #[error(transparent)]
    Engine(#[from] Error),
    /// They are not in a form that is understood.
    #[error(transparent)]
    Form(#[from] import::ImportError),
    /// They cannot be read.
    #[error("cannot read what is to be imported: {0}")]
    Read(#[from] io::Error),
    /// There is nothing among what was read.
    #[error("there is no request in it")]
    Nothing,
    /// It is too much at once.
    #[error("what is to be imported is longer than {0} bytes")]
    TooLong(u64),
}

impl Engine {
    /// Brings in what `input` holds, and gives the ids of it in the history.
    ///
    /// Nothing is left out for being there already; a capture whose id is taken gets one of its
    /// own. Of NDJSON no more than a group is in memory; when a line of it is wrong, what came
    /// before that line's group has been kept.
    ///
    /// # Errors
    /// When `input` cannot be read or understood, or the history cannot be written.
    pub async fn import(
        &self,
        input: &mut (impl BufRead + Send),
    ) -> Result<Vec<CaptureId>, ImportError> {
        let kind = Kind::of(input.fill_buf()?);
        let mut ids = Vec::new();
        if kind == Kind::Ndjson {
            self.import_lines(input, &mut ids).await?;
        } else {
            let mut bytes = Vec::new();
            input.take(WHOLE_BYTES + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 > WHOLE_BYTES {
                return Err(ImportError::TooLong(WHOLE_BYTES));
            }
            let mut all = import::read(kind, &bytes)?;
            while !all.is_empty() {
                let rest = all.split_off(all.len().min(GROUP));
                self.insert(std::mem::replace(&mut all, rest), &mut ids)
                    .await?;
            }
        }
        if ids.is_empty() {
            return Err(ImportError::Nothing);
        }
        self.has_changed();
        Ok(ids)
    }

    async fn import_lines(
        &self,
        input: &mut (impl BufRead + Send),
        ids: &mut Vec<CaptureId>,
    ) -> Result<(), ImportError> {
        let (mut group, mut bytes) = (Vec::new(), 0);
        let mut line = Vec::new();
        for at in 1.. {
            line.clear();
            let read = input.take(LINE_BYTES).read_until(b'\n', &mut line)?;
            if read as u64 == LINE_BYTES {
                return Err(ImportError::TooLong(LINE_BYTES));
            }
            if !line.trim_ascii().is_empty() {
                bytes += line.len();
                group.push(import::ndjson::line(at, &line)?);
            }
            if group.len() == GROUP || bytes >= GROUP_BYTES || read == 0 {
                self.insert(std::mem::take(&mut group), ids).await?;
                bytes = 0;
            }
            if read == 0 {
                break;
            }
        }
        Ok(())
    }

    async fn insert(
        &self,
        group: Vec<Imported>,
        ids: &mut Vec<CaptureId>,
    ) -> Result<(), ImportError> {
        let now_ms = self.now_ms();
        let new = move |at_ms| CaptureId::new(at_ms, rand::random());
        // What they are is found out here, where it holds up nobody who writes.
        let arrivals: Vec<_> = group
            .into_iter()
            .map(|imported| {
                let at_ms = imported.received_at_ms.unwrap_or(now_ms);
                let capture = imported.into_capture(new(at_ms), now_ms);
                (at_ms, Arrival::new(capture, Source::Import, false))
            })
            .collect();
        let write = move |db: &sqlite::rusqlite::Connection| {
            let mut kept = Vec::with_capacity(arrivals.len());
            for (at_ms, mut arrival) in arrivals {
                // One of the same id is there: this is another.
                while !captures::insert(db, &arrival, now_ms)? {
                    arrival.capture = Capture {
                        id: new(at_ms),
                        ..arrival.capture
                    };
                }
                kept.push(arrival.capture.id);
            }
            Ok(kept)
        };
        ids.extend(self.database().write(write).await.map_err(Error::from)?);
        Ok(())
    }
}
