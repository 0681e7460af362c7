//! The verbs on filters that are kept, on how many captures a filter finds, and on the tries of one
//! delivery.

use crate::{
    engine::{Engine, Error},
    store::{captures, saved, search},
    view::{CaptureRow, ListFilter, Matches, SavedView},
};

/// Characters of a name, at most.
const NAME_CHARS: usize = 60;
/// Filters that are kept, at most.
const KEPT: usize = 100;
/// Captures are counted up to here, for a filter may let millions through.
const COUNTED: usize = 1_000;
/// Tries of one delivery that are shown, the newest of them.
const TRIES: usize = 50;

/// Why a filter was not kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SaveError {
    /// It has no name, or too long a one.
    #[error("the name of a filter has 1 to {NAME_CHARS} characters")]
    Name,
    /// Two would have the same.
    #[error("there is a filter `{0}` already")]
    Taken(String),
    /// There are too many.
    #[error("{KEPT} filters are kept, and no more")]
    TooMany,
    /// There is none of that name.
    #[error("there is no saved filter `{0}`")]
    None(String),
}

impl Engine {
    /// The filters that are kept, in their order.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn saved(&self) -> Result<Vec<SavedView>, Error> {
        Ok(self.database().read(saved::all).await?)
    }

    /// The query that is kept under `name`, letters of ASCII in either case.
    ///
    /// # Errors
    /// When there is none, or the history cannot be read.
    pub async fn saved_query(&self, name: &str) -> Result<String, Error> {
        let wanted = name.to_owned();
        let read = self.database().read(move |db| saved::query(db, &wanted));
        let found = read.await?;
        found.ok_or_else(|| SaveError::None(name.to_owned()).into())
    }

    /// Keeps `all` in place of those of before, in this order.
    ///
    /// # Errors
    /// When a name or a query is wrong, or the history cannot be written; nothing has changed then.
    pub async fn set_saved(&self, all: Vec<SavedView>) -> Result<(), Error> {
        if all.len() > KEPT {
            return Err(SaveError::TooMany.into());
        }
        for (at, one) in all.iter().enumerate() {
            let is_named = (1..=NAME_CHARS).contains(&one.name.trim().chars().count());
            if !is_named || one.name.contains(char::is_control) {
                return Err(SaveError::Name.into());
            }
            let is_same = |other: &SavedView| other.name.eq_ignore_ascii_case(&one.name);
            if all[..at].iter().any(is_same) {
                return Err(SaveError::Taken(one.name.clone()).into());
            }
            self.sought(of(&one.query))?;
        }
        let replace = move |db: &sqlite::rusqlite::Connection| saved::replace(db, &all);
        self.database().write(replace).await?;
        self.has_changed();
        Ok(())
    }

    /// How many captures `query` lets through, of the newest up to a limit.
    ///
    /// # Errors
    /// When it cannot be read, or the history cannot.
    pub async fn matches(&self, query: &str) -> Result<Matches, Error> {
        let sought = self.sought(of(query))?;
        let read = self.database().read(move |db| {
            let mut count = 0;
            search::seek(db, &sought, 0, true, |_| {
                count += 1;
                count <= COUNTED
            })?;
            Ok(Matches {
                count: count.min(COUNTED),
                is_more: count > COUNTED,
            })
        });
        Ok(read.await?)
    }

    /// The captures that the sender calls the same delivery as the capture `id`, which is among
    /// them, the oldest first. Empty when the sender calls it nothing.
    ///
    /// # Errors
    /// When `id` is none or the history cannot be read.
    pub async fn tries(&self, id: &str) -> Result<Vec<CaptureRow>, Error> {
        let id = id.parse()?;
        let read = self
            .database()
            .read(move |db| captures::tries(db, id, TRIES));
        Ok(read.await?)
    }
}

fn of(query: &str) -> ListFilter {
    ListFilter {
        query: Some(query.to_owned()),
        ..ListFilter::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Options;

    fn one(name: &str, query: &str) -> SavedView {
        SavedView {
            name: name.to_owned(),
            query: query.to_owned(),
        }
    }

    #[tokio::test]
    async fn filters_are_kept_in_their_order_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::open(Options {
            data: folder.path().to_owned(),
            clock: || 0,
            use_keychain: false,
        })
        .unwrap();
        let kept = vec![one("failed today", "is:failed after:today"), one("a", "b")];
        engine.set_saved(kept.clone()).await.unwrap();
        assert_eq!(engine.saved().await.unwrap(), kept);
        assert_eq!(
            engine.saved_query("FAILED today").await.unwrap(),
            kept[0].query
        );
        let refused = async |all: Vec<SavedView>| engine.set_saved(all).await.unwrap_err().code();
        assert_eq!(
            refused(vec![one("x", ""), one("X", "")]).await,
            "saved_taken"
        );
        assert_eq!(refused(vec![one(" ", "")]).await, "saved_name");
        assert_eq!(refused(vec![one("x", "status:abc")]).await, "query");
        assert_eq!(engine.saved().await.unwrap(), kept, "nothing has changed");
        let none = engine.saved_query("gone").await.unwrap_err();
        assert_eq!(none.to_string(), "there is no saved filter `gone`");
    }
}
