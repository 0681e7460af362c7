//! Fills in, beside the road, what the captures of an older history lack: which delivery of its sender
//! each is a try of. How far it is stands in the store, so that a restart goes on from there.

use std::sync::Arc;

use sqlite::Database;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::store::tries;

/// Captures taken at once, while arrivals wait for their turn to be stored.
const BATCH: usize = 128;

/// Goes on until nothing is lacking, or until `stop`.
pub(crate) async fn run(database: Arc<Database>, stop: CancellationToken) {
    let done = stop.run_until_cancelled(fill(&database)).await;
    if let Some(Err(error)) = done {
        warn!("the deliveries of older captures could not be filled in: {error}");
    }
}

async fn fill(database: &Database) -> Result<(), sqlite::Error> {
    while let Some(batch) = database.read(|db| tries::next(db, BATCH)).await? {
        database.write(move |db| tries::put(db, &batch)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use webhook::{
        capture::{Capture, CaptureId, EndpointId},
        head::Head,
    };

    use super::*;
    use crate::{
        arrival::Arrival,
        store::{self, captures},
        view::Source,
    };

    fn arrival(number: i64, delivery: &str) -> Arrival {
        let headers = [
            (&b"User-Agent"[..], &b"GitHub-Hookshot/044aadd"[..]),
            (b"X-GitHub-Event", b"push"),
            (b"X-GitHub-Delivery", delivery.as_bytes()),
        ];
        let capture = Capture {
            id: CaptureId::new(number, [0; 10]),
            endpoint: EndpointId::local(),
            received_at_ms: number,
            peer: None,
            head: Head::compose(b"POST", b"/", b"HTTP/1.1", headers).unwrap(),
            body: "{}".into(),
            flaws: Vec::new(),
        };
        Arrival::new(capture, Source::Local, false)
    }

    const DELIVERIES: [&str; 4] = ["aa11", "bb22", "AA11", "aa11"];

    async fn filled(folder: &std::path::Path) -> Database {
        let database = store::open(folder).unwrap();
        let insert = |db: &sqlite::rusqlite::Connection| {
            for (number, delivery) in (1..).zip(DELIVERIES) {
                captures::insert(db, &arrival(number, delivery), 0)?;
            }
            Ok(())
        };
        database.write(insert).await.unwrap();
        database
    }

    async fn tries(database: &Database) -> Vec<(Option<String>, u32)> {
        let read = |db: &sqlite::rusqlite::Connection| captures::rows(db, &[1, 2, 3, 4]);
        let rows = database.read(read).await.unwrap();
        rows.into_iter()
            .map(|row| (row.delivery_id, row.nth_try))
            .collect()
    }

    #[tokio::test]
    async fn a_retry_is_the_nth_try_of_its_delivery() {
        let folder = tempfile::tempdir().unwrap();
        let database = filled(folder.path()).await;
        let numbers = tries(&database)
            .await
            .into_iter()
            .map(|(_, nth_try)| nth_try);
        assert_eq!(numbers.collect::<Vec<_>>(), [1, 1, 2, 3]);
        let second = CaptureId::new(3, [0; 10]);
        let group = database
            .read(move |db| captures::tries(db, second, 10))
            .await;
        let seqs = group.unwrap().into_iter().map(|row| row.seq);
        assert_eq!(seqs.collect::<Vec<_>>(), [1, 3, 4]);
    }

    #[tokio::test]
    async fn an_older_history_gets_what_a_new_one_has() {
        let folder = tempfile::tempdir().unwrap();
        let database = filled(folder.path()).await;
        let want = tries(&database).await;
        let older = |db: &sqlite::rusqlite::Connection| {
            db.execute_batch(
                "UPDATE captures SET delivery_id = NULL, nth_try = 1;
                 UPDATE grouped SET seq = 0, upto = (SELECT max(seq) FROM captures);",
            )
        };
        database.write(older).await.unwrap();
        run(Arc::new(database), CancellationToken::new()).await;
        let database = store::open(folder.path()).unwrap();
        assert_eq!(tries(&database).await, want);
        assert!(
            database
                .read(|db| tries::next(db, 9))
                .await
                .unwrap()
                .is_none()
        );
    }
}
