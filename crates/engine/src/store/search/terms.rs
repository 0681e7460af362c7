//! A query's terms as statements. Every value is bound; what is written into a statement is from
//! here.

use std::{ops::RangeInclusive, slice};

use sqlite::rusqlite::{Result, types::Value};
use webhook::query::{
    Mark, NameField, NameTest, Node, Pattern, Place, StatusTest, Term, TextField, TextTest, Words,
    field_terms, verdict_holds,
};
use webhook::verify::verdict::Verdict;

use super::Asked;
use crate::store::bits::Bits;

/// The path as it is shown, of a row of `captures`.
const PATH: &str = "substr(target, 1, instr(target || '?', '?') - 1)";

/// Those that surely pass, and those that may; the latter have all of the former.
pub(super) struct Bounds {
    pub(super) sure: Bits,
    pub(super) maybe: Bits,
}

impl Bounds {
    fn exact(bits: Bits) -> Self {
        Self {
            sure: bits.clone(),
            maybe: bits,
        }
    }

    fn narrow(self, by: Option<Self>) -> Self {
        let Some(mut both) = by else { return self };
        both.sure.keep(&self.sure);
        both.maybe.keep(&self.maybe);
        both
    }
}

/// A condition on a row of `captures`, and the values of its `?`s.
type Condition = (String, Vec<Value>);

/// What is looked up at once, because all of it must hold.
#[derive(Default)]
struct Together<'a> {
    words: Vec<String>,
    fields: Vec<String>,
    /// What `fields` finds is to be read.
    is_near: bool,
    times: Vec<Condition>,
    /// Conditions on a row of `outcomes`.
    outcomes: Vec<Condition>,
    /// There is to be no answer.
    is_unanswered: bool,
    columns: Vec<Condition>,
    rest: Vec<&'a Node>,
}

impl Asked<'_> {
    /// Who passes `node` in `range`, all of which the indexes have. What it says of those that are
    /// not `within` does not count.
    pub(super) fn node(
        &self,
        node: &Node,
        range: &RangeInclusive<i64>,
        within: &RangeInclusive<i64>,
    ) -> Result<Bounds> {
        match node {
            Node::And(all) => self.all(all, range, within),
            Node::Term(_) => self.all(slice::from_ref(node), range, within),
            Node::Or(some) => {
                let mut either = Bounds::exact(Bits::none(range));
                for one in some {
                    let bounds = self.node(one, range, within)?;
                    either.sure.join_with(&bounds.sure);
                    either.maybe.join_with(&bounds.maybe);
                }
                Ok(either)
            }
            Node::Not(inner) => {
                let not = self.node(inner, range, within)?;
                let mut rest = Bounds::exact(self.everything(range)?);
                rest.sure.remove(&not.maybe);
                rest.maybe.remove(&not.sure);
                Ok(rest)
            }
        }
    }

    fn all(
        &self,
        nodes: &[Node],
        range: &RangeInclusive<i64>,
        within: &RangeInclusive<i64>,
    ) -> Result<Bounds> {
        let mut together = Together::default();
        for node in nodes {
            match node {
                Node::Term(term) => self.take(term, &mut together),
                other => together.rest.push(other),
            }
        }
        let mut bounds = None;
        if !together.words.is_empty() {
            let sql = "SELECT rowid FROM words WHERE words MATCH ?3 AND rowid BETWEEN ?1 AND ?2";
            let text = Value::Text(together.words.join(" AND "));
            bounds = Some(Bounds::exact(self.places(range, within, sql, [text])?));
        }
        if !together.fields.is_empty() {
            let sql = "SELECT rowid FROM fields WHERE fields MATCH ?3 AND rowid BETWEEN ?1 AND ?2";
            together.fields.sort_unstable();
            together.fields.dedup();
            let text = Value::Text(together.fields.join(" AND "));
            let mut found = Bounds::exact(self.places(range, within, sql, [text])?);
            if together.is_near {
                found.sure = Bits::none(range);
            }
            bounds = Some(found.narrow(bounds));
        }
        let is_long = within.end() - within.start() >= self.turns.rather_by_time;
        let by_time = if is_long {
            "captures INDEXED BY captures_by_time"
        } else {
            "captures"
        };
        for (conditions, of) in [
            (together.outcomes, "outcomes"),
            (together.times, by_time),
            (together.columns, "captures"),
        ] {
            if conditions.is_empty() || self.is_few(bounds.as_mut()) {
                continue;
            }
            let (conditions, values): (Vec<_>, Vec<_>) = conditions.into_iter().unzip();
            let conditions = conditions.join(") AND (");
            let sql =
                format!("SELECT seq FROM {of} WHERE seq BETWEEN ?1 AND ?2 AND ({conditions})");
            let within = left(bounds.as_ref(), within);
            let found = self.places(range, &within, &sql, values.into_iter().flatten())?;
            bounds = Some(Bounds::exact(found).narrow(bounds));
        }
        if together.is_unanswered && !self.is_few(bounds.as_mut()) {
            let within = left(bounds.as_ref(), within);
            let sql = "SELECT seq FROM outcomes
                       WHERE seq BETWEEN ?1 AND ?2 AND status IS NOT NULL";
            let answered = self.places(range, &within, sql, [])?;
            let mut rest = self.everything(range)?;
            rest.remove(&answered);
            bounds = Some(Bounds::exact(rest).narrow(bounds));
        }
        for node in together.rest {
            if self.is_few(bounds.as_mut()) {
                break;
            }
            let within = left(bounds.as_ref(), within);
            bounds = Some(self.node(node, range, &within)?.narrow(bounds));
        }
        bounds.map_or_else(|| Ok(Bounds::exact(self.everything(range)?)), Ok)
    }

    /// Whether those that may pass are few enough to read them all; then none passes surely, for there
    /// are terms that were not looked at.
    fn is_few(&self, bounds: Option<&mut Bounds>) -> bool {
        let Some(bounds) = bounds else { return false };
        let is_few = bounds.maybe.count() <= self.turns.rather_read;
        if is_few {
            bounds.sure.remove(&bounds.maybe);
        }
        is_few
    }

    fn take(&self, term: &Term, together: &mut Together<'_>) {
        let now = self.sought.now;
        let column = |condition: &str, values| (condition.to_owned(), values);
        match term {
            Term::Words(place, words) => together.words.push(words_text(*place, words)),
            Term::Text(TextField::Path, TextTest::Is(text)) => {
                let condition = format!("{PATH} = ? COLLATE NOCASE");
                together
                    .columns
                    .push((condition, vec![Value::Text(text.clone())]));
            }
            Term::Text(TextField::Path, TextTest::Like(pattern)) => {
                together.columns.push(like(PATH, pattern));
            }
            Term::Text(field, test) => {
                let found = field_terms(field, test);
                together.is_near |= !found.is_exact;
                let quoted = found.terms.into_iter().map(|term| format!("\"{term}\""));
                together.fields.extend(quoted);
            }
            Term::Name(field, test) => together.columns.push(name(*field, test)),
            Term::Size(comparison, bytes) => {
                let bytes = i64::try_from(*bytes).unwrap_or(i64::MAX);
                let condition = format!("body_bytes {} ?", comparison.sign());
                together
                    .columns
                    .push((condition, vec![Value::Integer(bytes)]));
            }
            Term::Before(when) => together.times.push(column(
                "received_at_ms < ?",
                vec![Value::Integer(when.at_ms(now))],
            )),
            Term::After(when) => together.times.push(column(
                "received_at_ms >= ?",
                vec![Value::Integer(when.at_ms(now))],
            )),
            Term::Is(Mark::Held) => together.columns.push(column("is_held", vec![])),
            Term::Is(Mark::Flawed) => together.columns.push(column("flaws <> ''", vec![])),
            Term::Is(Mark::Edited) => together.columns.push(column("origin IS NOT NULL", vec![])),
            Term::Is(Mark::Replayed) => together.columns.push(column(
                "seq IN (SELECT seq FROM deliveries WHERE is_replay)",
                vec![],
            )),
            Term::Is(Mark::Retry) => together.columns.push(column("nth_try > 1", vec![])),
            Term::Is(Mark::Forwarded) => together.outcomes.push(column("1", vec![])),
            Term::Is(Mark::Failed) => together.outcomes.push(column("is_failed", vec![])),
            Term::Is(Mark::Answered) => {
                together.outcomes.push(column("status IS NOT NULL", vec![]));
            }
            Term::Status(StatusTest::Class(hundred)) => {
                let ends = [hundred * 100, hundred * 100 + 99];
                let ends = ends.map(|end| Value::Integer(end.into()));
                together
                    .outcomes
                    .push(column("status BETWEEN ? AND ?", ends.to_vec()));
            }
            Term::Status(StatusTest::Compare(comparison, with)) => {
                let condition = format!("status {} ?", comparison.sign());
                let with = vec![Value::Integer((*with).into())];
                together.outcomes.push((condition, with));
            }
            Term::Status(StatusTest::NoAnswer) => together.is_unanswered = true,
            Term::Is(Mark::Pinned) => together.columns.push(column("is_pinned", vec![])),
            Term::Is(Mark::Noted) => together.columns.push(column("note IS NOT NULL", vec![])),
            Term::Is(Mark::Ran) => together.columns.push(column(
                "seq IN (SELECT seq FROM runs WHERE began_at_ms IS NOT NULL)",
                vec![],
            )),
        }
    }
}

/// From the first to the last of those that may still pass.
fn left(bounds: Option<&Bounds>, within: &RangeInclusive<i64>) -> RangeInclusive<i64> {
    let Some(bounds) = bounds else {
        return within.clone();
    };
    let mut places = bounds.maybe.iter();
    // Of none, a range that holds nothing.
    let first = places.next().unwrap_or(within.end() + 1);
    first..=places.next_back().unwrap_or(first)
}

/// What the index of words is asked. Words are letters and digits, so nothing in them ends the
/// quotes.
fn words_text(place: Place, words: &Words) -> String {
    let sought = words.sought();
    let column = match place {
        Place::Anywhere => "",
        Place::Body => "body : ",
    };
    let star = if sought.is_prefix { "*" } else { "" };
    format!("{column}\"{}\"{star}", sought.words.join(" "))
}

fn name(field: NameField, test: &NameTest) -> Condition {
    let on = |column: &str| match test {
        NameTest::Any => (format!("{column} IS NOT NULL"), vec![]),
        NameTest::Like(pattern) => like(column, pattern),
        NameTest::Is(name) => (
            format!("{column} = ? COLLATE NOCASE"),
            vec![Value::Text(name.clone())],
        ),
    };
    match field {
        NameField::Provider => on("sender"),
        NameField::Type => on("event"),
        NameField::Method => on("method"),
        NameField::Delivery => on("delivery_id"),
        NameField::Endpoint => {
            let ((id, mut values), (name, more)) = (on("endpoint"), on("name"));
            values.extend(more);
            let named = format!("endpoint IN (SELECT id FROM endpoints WHERE {name})");
            (format!("{id} OR {named}"), values)
        }
        NameField::Source => {
            let is_in = [("0", "relay"), ("1", "local"), ("2", "import")];
            let is_in = is_in.into_iter().filter(|(_, name)| test.holds(name));
            let numbers: Vec<_> = is_in.map(|(number, _)| number).collect();
            (format!("is_local IN ({})", numbers.join(", ")), vec![])
        }
        NameField::Verify => {
            let quoted = |holds: bool| -> String {
                let reasons = Verdict::REASONS.into_iter();
                let some = reasons.filter(|one| verdict_holds(Some(one), test) == holds);
                some.map(|one| format!("'{one}'"))
                    .collect::<Vec<_>>()
                    .join(", ")
            };
            // Those without a verdict are not in the table: what does not pass is looked up then.
            let lacks = verdict_holds(None, test);
            let (not, listed) = if lacks {
                ("NOT", quoted(false))
            } else {
                ("", quoted(true))
            };
            let of = format!("SELECT seq FROM verdicts WHERE reason IN ({listed})");
            (format!("captures.seq {not} IN ({of})"), vec![])
        }
    }
}

/// That `column` is of the form `pattern`. In SQLite as in the language, letters of ASCII match in
/// either case, and no others.
fn like(column: &str, pattern: &Pattern) -> Condition {
    let mut text = String::with_capacity(pattern.as_str().len() + 8);
    for c in pattern.as_str().chars() {
        match c {
            '*' => text.push('%'),
            '%' | '_' | '\\' => text.extend(['\\', c]),
            c => text.push(c),
        }
    }
    let condition = format!("{column} LIKE ? ESCAPE '\\'");
    (condition, vec![Value::Text(text)])
}
