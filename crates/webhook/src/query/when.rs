//! Points in time as people say them: `2h` ago, `today`, `2026-01-31`.

use std::fmt;

/// The moment that a query is asked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Unix epoch, milliseconds.
    pub at_ms: i64,
    /// How far the clock on the wall is ahead of UTC, in seconds. Days begin by that clock.
    pub utc_offset_s: i32,
}

/// A point in time, said before it is known when the question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// So many units ago: `2h`.
    Ago(u32, Unit),
    /// When this day began.
    Today,
    /// When the day before began.
    Yesterday,
    /// When that day began: `2026-01-31`.
    Day(Day),
    /// A time of that day, by the clock on the wall or so many minutes ahead of UTC.
    Moment(Day, Time, Option<i16>),
}

/// What a span of time is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the units")]
pub enum Unit {
    Seconds,
    Minutes,
    Hours,
    Days,
    Weeks,
}

/// A day that is in the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

/// A time of the day, to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    hour: u8,
    minute: u8,
    second: u8,
}

impl Unit {
    const ALL: [(Self, char, i64); 5] = [
        (Self::Seconds, 's', 1),
        (Self::Minutes, 'm', 60),
        (Self::Hours, 'h', 3_600),
        (Self::Days, 'd', 86_400),
        (Self::Weeks, 'w', 604_800),
    ];

    fn of(letter: char) -> Option<Self> {
        let letter = letter.to_ascii_lowercase();
        let found = Self::ALL.into_iter().find(|(_, known, _)| *known == letter);
        found.map(|(unit, ..)| unit)
    }

    fn row(self) -> (Self, char, i64) {
        let mut all = Self::ALL.into_iter();
        all.find(|(unit, ..)| *unit == self)
            .expect("each unit has its row")
    }
}

impl Day {
    /// The day, if the calendar has it; years from 1970 to 9999.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let is_leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            4 | 6 | 9 | 11 => 30,
            2 if is_leap => 29,
            2 => 28,
            1..=12 => 31,
            _ => return None,
        };
        let is_day = (1970..=9999).contains(&year) && (1..=days).contains(&day);
        is_day.then_some(Self { year, month, day })
    }

    /// Days since 1 January 1970, counted in years that begin in March, so that the leap day is
    /// the last of its year.
    fn since_epoch(self) -> i64 {
        let (month, day) = (i64::from(self.month), i64::from(self.day));
        let year = i64::from(self.year) - i64::from(month <= 2);
        let month = (month + 9) % 12;
        let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
        days - 719_469
    }
}

impl Time {
    /// The time, if a day has it.
    #[must_use]
    pub fn new(hour: u8, minute: u8, second: u8) -> Option<Self> {
        let is_time = hour < 24 && minute < 60 && second < 60;
        is_time.then_some(Self {
            hour,
            minute,
            second,
        })
    }

    fn seconds(self) -> i64 {
        i64::from(self.hour) * 3_600 + i64::from(self.minute) * 60 + i64::from(self.second)
    }
}

impl When {
    /// The moment that it is, asked at `now`: Unix epoch, milliseconds.
    #[must_use]
    pub fn at_ms(self, now: Now) -> i64 {
        let offset_s = i64::from(now.utc_offset_s);
        let today = (now.at_ms.div_euclid(1_000) + offset_s).div_euclid(86_400);
        let local = |day: i64, second: i64| (day * 86_400 + second - offset_s) * 1_000;
        match self {
            Self::Ago(count, unit) => now.at_ms - i64::from(count) * unit.row().2 * 1_000,
            Self::Today => local(today, 0),
            Self::Yesterday => local(today - 1, 0),
            Self::Day(day) => local(day.since_epoch(), 0),
            Self::Moment(day, time, None) => local(day.since_epoch(), time.seconds()),
            Self::Moment(day, time, Some(ahead)) => {
                let second = day.since_epoch() * 86_400 + time.seconds();
                (second - i64::from(ahead) * 60) * 1_000
            }
        }
    }

    /// What `text` says, if it is a point in time.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "today" => return Some(Self::Today),
            "yesterday" => return Some(Self::Yesterday),
            _ => {}
        }
        let last = text.chars().next_back()?;
        if let Some(unit) = Unit::of(last)
            && let Some(count) = number(&text[..text.len() - 1], 1..=6)
        {
            return Some(Self::Ago(count, unit));
        }
        let (day, rest) = text.split_at_checked(10)?;
        let mut parts = day.split('-');
        let (year, month) = (number(parts.next()?, 4..=4)?, number(parts.next()?, 2..=2)?);
        let of_month = number(parts.next()?, 2..=2)?;
        let day = Day::new(small(year)?, small(month)?, small(of_month)?)?;
        if rest.is_empty() {
            return Some(Self::Day(day));
        }
        let rest = rest.strip_prefix(['T', 't'])?;
        let zone = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
        let (clock, zone) = rest.split_at(zone);
        Some(Self::Moment(day, time(clock)?, offset(zone)?))
    }
}

fn time(text: &str) -> Option<Time> {
    let mut parts = text.split(':').map(|part| small(number(part, 2..=2)?));
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    parts.next().is_none().then_some(())?;
    Time::new(hour, minute, second)
}

fn offset(text: &str) -> Option<Option<i16>> {
    if text.is_empty() {
        return Some(None);
    }
    if text.eq_ignore_ascii_case("z") {
        return Some(Some(0));
    }
    let (sign, digits) = text.split_at_checked(1)?;
    let Time {
        hour,
        minute,
        second: 0,
    } = time(digits)?
    else {
        return None;
    };
    let ahead = i16::from(hour) * 60 + i16::from(minute);
    Some(Some(if sign == "-" { -ahead } else { ahead }))
}

fn number(digits: &str, long: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let is_number = long.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

fn small<T: TryFrom<u32>>(number: u32) -> Option<T> {
    T::try_from(number).ok()
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ago(count, unit) => write!(f, "{count}{}", unit.row().1),
            Self::Today => f.write_str("today"),
            Self::Yesterday => f.write_str("yesterday"),
            Self::Day(day) => day.fmt(f),
            Self::Moment(day, time, ahead) => {
                let Time {
                    hour,
                    minute,
                    second,
                } = time;
                write!(f, "{day}T{hour:02}:{minute:02}:{second:02}")?;
                let sign = if ahead.is_some_and(|ahead| ahead < 0) {
                    '-'
                } else {
                    '+'
                };
                match ahead.map(i16::unsigned_abs) {
                    None => Ok(()),
                    Some(0) => f.write_str("Z"),
                    Some(ahead) => write!(f, "{sign}{:02}:{:02}", ahead / 60, ahead % 60),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-01T00:30:00+08:00.
    const NOW: Now = Now {
        at_ms: 1_772_296_200_000,
        utc_offset_s: 8 * 3_600,
    };

    fn check(text: &str, want_s: i64) {
        let when = When::parse(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(when.at_ms(NOW), want_s * 1_000, "{text}");
        assert_eq!(When::parse(&when.to_string()), Some(when), "{text}");
    }

    #[test]
    fn says_when_it_is() {
        check("2h", 1_772_296_200 - 7_200);
        check("3w", 1_772_296_200 - 3 * 604_800);
        check("today", 1_772_294_400);
        check("Yesterday", 1_772_208_000);
        check("2026-03-01", 1_772_294_400);
        check("2026-02-28T23:30", 1_772_292_600);
        check("2026-02-28T15:30:01Z", 1_772_292_601);
        check("2026-02-28T23:30:00+08:00", 1_772_292_600);
        check("2026-02-28T12:00:00-03:30", 1_772_292_600);
        check("1970-01-01T00:00:00Z", 0);
        check("2000-02-29T00:00:00Z", 951_782_400);
    }

    #[test]
    fn what_is_in_no_calendar_is_no_time() {
        for text in [
            "",
            "h",
            "2",
            "2y",
            "-2h",
            "9999999h",
            "2026",
            "2026-13-01",
            "2026-02-29",
            "2026-1-1",
            "1969-12-31",
            "2026-01-01T",
            "2026-01-01T24:00",
            "2026-01-01T1:00",
            "2026-01-01 10:00",
            "2026-01-01T10:00+8",
            "2026-01-01T10:00:00:00",
            "时间二零二六年一月",
        ] {
            assert_eq!(When::parse(text), None, "{text}");
        }
    }
}
