//! What signatures proved, and which captures are still to be judged.

use sqlite::rusqlite::{Connection, OptionalExtension, Result, Row, params};
use webhook::verify::scheme::Scheme;

use crate::{
    store::captures::{self, Stored},
    view::VerdictView,
};

/// What the signature of one capture proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judged {
    pub(crate) reason: &'static str,
    pub(crate) scheme: Scheme,
    /// The name of the secret that it was made with.
    pub(crate) secret: Option<String>,
    /// Why it proves nothing.
    pub(crate) why: Option<String>,
}

/// Captures to be judged together.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) captures: Vec<Stored>,
    turn: Turn,
}

/// How far a batch brings it.
#[derive(Debug)]
enum Turn {
    /// From here to there, in the order of arrival.
    First { after: i64, upto: i64 },
    /// Those of one endpoint, back to behind this place.
    Again {
        endpoint: String,
        change: i64,
        left: i64,
    },
}

/// All captures up to here were judged once.
pub(crate) fn upto(db: &Connection) -> Result<i64> {
    db.prepare_cached("SELECT seq FROM judged")?
        .query_row((), |row| row.get(0))
}

/// The next captures to be judged, at most `limit`: those that are new, then those that are to be
/// judged again, the newest first. None when there are none.
pub(crate) fn next(db: &Connection, limit: usize) -> Result<Option<Batch>> {
    let after = upto(db)?;
    let captures = captures::after(db, after, limit)?;
    if let Some(last) = captures.last() {
        let upto = last.seq;
        let turn = Turn::First { after, upto };
        return Ok(Some(Batch { captures, turn }));
    }
    let sql = "SELECT endpoint, change, upto FROM to_judge ORDER BY endpoint LIMIT 1";
    let due: Option<(String, i64, i64)> = db
        .prepare_cached(sql)?
        .query_row((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((endpoint, change, upto)) = due else {
        return Ok(None);
    };
    let captures = captures::of_endpoint(db, &endpoint, upto, limit)?;
    let left = captures.last().map_or(0, |last| last.seq - 1);
    let turn = Turn::Again {
        endpoint,
        change,
        left,
    };
    Ok(Some(Batch { captures, turn }))
}

/// Keeps what was found out about the captures of `batch`, by their places. The answer is whether
/// it still counts: not when another program was faster, or a secret has changed meanwhile.
pub(crate) fn put(db: &Connection, batch: &Batch, found: &[(i64, Option<Judged>)]) -> Result<bool> {
    let moved = match &batch.turn {
        Turn::First { after, upto } => db
            .prepare_cached("UPDATE judged SET seq = ?2 WHERE seq = ?1")?
            .execute([after, upto])?,
        Turn::Again {
            endpoint,
            change,
            left: 0,
        } => db
            .prepare_cached("DELETE FROM to_judge WHERE endpoint = ?1 AND change = ?2")?
            .execute(params![endpoint, change])?,
        Turn::Again {
            endpoint,
            change,
            left,
        } => db
            .prepare_cached("UPDATE to_judge SET upto = ?3 WHERE endpoint = ?1 AND change = ?2")?
            .execute(params![endpoint, change, left])?,
    };
    if moved == 0 {
        return Ok(false);
    }
    // One that was deleted meanwhile has no verdict.
    let mut put = db.prepare_cached(
        "INSERT OR REPLACE INTO verdicts (seq, reason, scheme, secret, why)
         SELECT seq, ?2, ?3, ?4, ?5 FROM captures WHERE seq = ?1",
    )?;
    let mut take = db.prepare_cached("DELETE FROM verdicts WHERE seq = ?1")?;
    for (seq, judged) in found {
        match judged {
            Some(one) => put.execute(params![
                seq,
                one.reason,
                one.scheme.name(),
                one.secret,
                one.why
            ])?,
            None => take.execute([seq])?,
        };
    }
    Ok(true)
}

/// The verdict in a row of the list, if there is one.
pub(crate) fn view(row: &Row<'_>) -> Result<Option<VerdictView>> {
    let Some(reason) = row.get::<_, Option<String>>("verdict")? else {
        return Ok(None);
    };
    let name: String = row.get("verdict_scheme")?;
    let scheme = Scheme::from_name(&name);
    Ok(Some(VerdictView {
        covers: scheme
            .filter(|_| reason == "ok")
            .map(|scheme| scheme.covers().to_owned()),
        scheme: scheme.map_or(name, |scheme| scheme.title().to_owned()),
        reason,
        secret: row.get("verdict_secret")?,
        why: row.get("verdict_why")?,
    }))
}
