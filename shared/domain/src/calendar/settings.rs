//! What a comune says of its days and hours, each kind of value with one checked door.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time, Weekday};
use serde::{Deserialize, Serialize};

/// A setting that does not say what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not {what}: write it as {example}")]
pub struct BadSetting {
    what: &'static str,
    example: &'static str,
}

/// When the offices of a comune work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CalendarSettings {
    /// The patron saint's day: offices are closed, and no national list has it.
    pub patron: Option<DayOfYear>,
    /// Days on which this comune closes, or closes early.
    pub closures: Vec<Closure>,
    /// Whether Saturday is a working day.
    pub saturday: bool,
    /// From when to when the offices are in service.
    pub hours: Hours,
}

impl Default for CalendarSettings {
    /// Monday to Friday, 8:30 to 17:30.
    fn default() -> Self {
        Self {
            patron: None,
            closures: Vec::new(),
            saturday: false,
            hours: Hours::from_minutes(8 * 60 + 30, 17 * 60 + 30),
        }
    }
}

/// Days on which the offices are closed, or close early.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenClosure", into = "WrittenClosure")]
pub struct Closure {
    /// Which days.
    pub days: Days,
    /// When they close on those days; without it they do not open.
    pub closes_at: Option<Hour>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenClosure {
    from: Date,
    #[serde(default)]
    to: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closes_at: Option<Hour>,
}

impl TryFrom<WrittenClosure> for Closure {
    type Error = BadSetting;

    fn try_from(written: WrittenClosure) -> Result<Self, BadSetting> {
        Ok(Self {
            days: Days::new(written.from, written.to.unwrap_or(written.from))?,
            closes_at: written.closes_at,
        })
    }
}

impl From<Closure> for WrittenClosure {
    fn from(closure: Closure) -> Self {
        Self {
            from: closure.days.from,
            to: Some(closure.days.to),
            closes_at: closure.closes_at,
        }
    }
}

/// One day or several in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenDays", into = "WrittenDays")]
pub struct Days {
    from: Date,
    to: Date,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDays {
    from: Date,
    #[serde(default)]
    to: Option<Date>,
}

impl Days {
    /// The days from `from` to `to`, both included.
    pub fn new(from: Date, to: Date) -> Result<Self, BadSetting> {
        if to < from {
            return Err(BadSetting {
                what: "days in order",
                example: "from: 2026-12-24, to: 2026-12-31",
            });
        }
        Ok(Self { from, to })
    }

    /// The last of them.
    pub fn last(&self) -> Date {
        self.to
    }

    /// Whether `date` is one of them.
    pub fn contains(&self, date: Date) -> bool {
        self.from <= date && date <= self.to
    }
}

impl TryFrom<WrittenDays> for Days {
    type Error = BadSetting;

    fn try_from(written: WrittenDays) -> Result<Self, BadSetting> {
        Self::new(written.from, written.to.unwrap_or(written.from))
    }
}

impl From<Days> for WrittenDays {
    fn from(days: Days) -> Self {
        Self {
            from: days.from,
            to: Some(days.to),
        }
    }
}

/// Gives a type that is written as text the two halves that serde asks for.
macro_rules! as_text {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = BadSetting;

            fn try_from(text: String) -> Result<Self, BadSetting> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
    };
}

/// A day of every year, written `MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DayOfYear {
    month: i8,
    day: i8,
}

as_text!(DayOfYear);

impl DayOfYear {
    /// Whether `date` is that day of its year.
    pub fn is(self, date: Date) -> bool {
        date.month() == self.month && date.day() == self.day
    }
}

impl std::str::FromStr for DayOfYear {
    type Err = BadSetting;

    fn from_str(text: &str) -> Result<Self, BadSetting> {
        /// The 29th of February is a day of some years.
        const LEAP_YEAR: i16 = 2028;
        text.split_once('-')
            .and_then(|(month, day)| Some((two_digits(month)?, two_digits(day)?)))
            .filter(|(month, day)| Date::new(LEAP_YEAR, *month, *day).is_ok())
            .map(|(month, day)| Self { month, day })
            .ok_or(BadSetting {
                what: "a day of the year",
                example: "06-13 (month and day)",
            })
    }
}

impl std::fmt::Display for DayOfYear {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

/// A time of day to the minute, in civil time: `00:00` to `24:00`, which is the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hour {
    /// Minutes since midnight, 0 to 1440.
    minutes: i16,
}

as_text!(Hour);

impl Hour {
    /// That time of `date`; `24:00` is midnight of the next day.
    pub fn on(self, date: Date) -> DateTime {
        date.to_datetime(Time::midnight())
            .saturating_add(SignedDuration::from_mins(self.minutes.into()))
    }
}

impl std::str::FromStr for Hour {
    type Err = BadSetting;

    fn from_str(text: &str) -> Result<Self, BadSetting> {
        const END_OF_DAY: i16 = 24 * 60;
        text.split_once(':')
            .and_then(|(hours, minutes)| Some((two_digits(hours)?, two_digits(minutes)?)))
            .filter(|(_, minutes)| *minutes < 60)
            .map(|(hours, minutes)| i16::from(hours) * 60 + i16::from(minutes))
            .filter(|minutes| *minutes <= END_OF_DAY)
            .map(|minutes| Self { minutes })
            .ok_or(BadSetting {
                what: "a time of day",
                example: "08:30",
            })
    }
}

impl std::fmt::Display for Hour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

fn two_digits(text: &str) -> Option<i8> {
    let plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

/// A stretch of the day, written `08:30-17:30`: its beginning is inside, its end is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours {
    from: Hour,
    until: Hour,
}

as_text!(Hours);

impl Hours {
    /// For defaults, whose order is plain to see.
    pub(super) const fn from_minutes(from: i16, until: i16) -> Self {
        Self {
            from: Hour { minutes: from },
            until: Hour { minutes: until },
        }
    }

    /// When it begins.
    pub fn from(&self) -> Hour {
        self.from
    }

    /// When it ends.
    pub fn until(&self) -> Hour {
        self.until
    }

    /// Whether `time` lies in it.
    pub fn contains(&self, time: Time) -> bool {
        let minutes = i16::from(time.hour()) * 60 + i16::from(time.minute());
        self.from.minutes <= minutes && minutes < self.until.minutes
    }

    /// What is left of it if it ends at `end` already; none if nothing is.
    #[must_use]
    pub fn cut_at(self, end: Hour) -> Option<Self> {
        let until = self.until.min(end);
        (self.from < until).then_some(Self { until, ..self })
    }
}

impl std::str::FromStr for Hours {
    type Err = BadSetting;

    fn from_str(text: &str) -> Result<Self, BadSetting> {
        text.split_once('-')
            .and_then(|(from, until)| Some((from.parse().ok()?, until.parse().ok()?)))
            .filter(|(from, until): &(Hour, Hour)| from < until)
            .map(|(from, until)| Self { from, until })
            .ok_or(BadSetting {
                what: "a stretch of the day",
                example: "08:30-17:30",
            })
    }
}

impl std::fmt::Display for Hours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.from, self.until)
    }
}

/// Days of the week, at least one, written `[mon, tue, …]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Weekdays(Vec<Weekday>);

const NAMES: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

impl Weekdays {
    /// Monday to Saturday.
    pub fn but_sunday() -> Self {
        let days = NAMES.iter().map(|(_, day)| *day);
        Self(days.filter(|day| *day != Weekday::Sunday).collect())
    }

    /// Whether `day` is one of them.
    pub fn contains(&self, day: Weekday) -> bool {
        self.0.contains(&day)
    }
}

impl TryFrom<Vec<String>> for Weekdays {
    type Error = BadSetting;

    fn try_from(names: Vec<String>) -> Result<Self, BadSetting> {
        let day = |name: &String| NAMES.iter().find(|(known, _)| known == name);
        names
            .iter()
            .map(|name| day(name).map(|(_, day)| *day))
            .collect::<Option<Vec<_>>>()
            .filter(|days| !days.is_empty())
            .map(Self)
            .ok_or(BadSetting {
                what: "days of the week",
                example: "[mon, tue, wed, thu, fri, sat, sun]",
            })
    }
}

impl From<Weekdays> for Vec<String> {
    fn from(days: Weekdays) -> Self {
        let kept = NAMES.iter().filter(|(_, day)| days.contains(*day));
        kept.map(|(name, _)| (*name).to_owned()).collect()
    }
}
