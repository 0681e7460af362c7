//! The senders that differ only in where things stand. Start at [`Row`]; the rows stand in
//! `table/rows.rs`.

mod rows;

use std::borrow::Cow;

use crate::sender::{
    Sender, draft::Draft, field::Field, from::table::rows::ROWS, money, view::View,
};

/// Where one sender puts things. A path is one of [`Field::at`].
struct Row {
    sender: Sender,
    /// Any of these headers is enough, if the sender has some that are no other's.
    headers: &'static [&'static str],
    /// All of these in the body are enough.
    body: &'static [&'static str],
    event: &'static [At],
    delivery: &'static [At],
    /// Where it says how often it tried, and what stands there at the first try.
    tries: Option<(At, u32)>,
    /// Each is one part of the line.
    about: &'static [&'static str],
    money: Option<Money>,
    /// Where the array stands, if it sends several events at once; empty for the body itself.
    batch: Option<&'static str>,
}

/// Where a word stands.
enum At {
    Header(&'static str),
    Body(&'static str),
    /// The same, if only one event was sent: it is not the others' too.
    Only(&'static str),
    /// Two of the body, with a dot between them.
    Pair(&'static str, &'static str),
    /// Nowhere: it is always this.
    Always(&'static str),
}

/// Where an amount and its currency stand.
enum Money {
    /// Counted in the smallest unit.
    Minor(&'static str, &'static str),
    /// As people write it.
    Major(&'static str, &'static str),
}

/// The first row with a header of its own that is there.
pub(super) fn by_header(view: &View<'_>) -> Option<Draft> {
    let is_theirs = |row: &&Row| row.headers.iter().any(|name| view.has(name));
    ROWS.iter().find(is_theirs).map(|row| row.read(view))
}

/// The first row whose body it is.
pub(super) fn by_body(view: &View<'_>) -> Option<Draft> {
    let json = view.json()?;
    let is_theirs = |row: &&Row| !row.body.is_empty() && row.body.iter().all(|path| json.has(path));
    ROWS.iter().find(is_theirs).map(|row| row.read(view))
}

impl Row {
    fn read(&self, view: &View<'_>) -> Draft {
        let json = view.json();
        let count = self.count(json).filter(|count| *count > 1);
        let find = |places: &[At]| {
            let mut words = places.iter().map(|at| at.word(view, json, count.is_some()));
            words.find_map(|word| word)
        };
        let tries = self.tries.as_ref().and_then(|(at, first)| {
            let said: u32 = find(std::slice::from_ref(at))?.parse().ok()?;
            said.checked_sub(*first)
        });
        let mut draft = Draft::new(self.sender, find(self.event).as_deref())
            .delivery(find(self.delivery))
            .retry(tries)
            .about(count.map(|count| format!("{count} events")));
        for path in self.about {
            draft = draft.about(json.and_then(|json| json.word(path)));
        }
        draft.about(json.and_then(|json| self.money.as_ref()?.read(json)))
    }

    fn count(&self, json: Option<Field<'_>>) -> Option<u32> {
        match self.batch? {
            "" => json?.items(),
            path => json?.count(path),
        }
    }
}

impl At {
    fn word<'v>(
        &self,
        view: &'v View<'_>,
        json: Option<Field<'v>>,
        is_batch: bool,
    ) -> Option<Cow<'v, str>> {
        match self {
            Self::Header(name) => view.header(name).map(Cow::from),
            Self::Body(path) => json?.word(path),
            Self::Only(path) => json.filter(|_| !is_batch)?.word(path),
            Self::Pair(left, right) => {
                let json = json.filter(|_| !is_batch)?;
                Some(format!("{}.{}", json.word(left)?, json.word(right)?).into())
            }
            Self::Always(word) => Some(Cow::from(*word)),
        }
    }
}

impl Money {
    fn read(&self, json: Field<'_>) -> Option<String> {
        match self {
            Self::Minor(amount, currency) => {
                money::minor(&json.word(amount)?, &json.text(currency)?)
            }
            Self::Major(amount, currency) => {
                money::major(&json.word(amount)?, &json.text(currency)?)
            }
        }
    }
}
