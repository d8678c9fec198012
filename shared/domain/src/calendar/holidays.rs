//! The national holidays (L. 260/1949, art. 2, as amended), as data: `texts/holidays.it.json`. Patron saints are not
//! among them: they are a setting of each comune.

use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};
use serde::Deserialize;

use super::settings::DayOfYear;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Holidays {
    fixed: Vec<Fixed>,
    after_easter: Vec<Movable>,
}

/// A holiday on the same day of every year.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixed {
    day: DayOfYear,
    name: String,
    /// The first year in which it is one: San Francesco from 2026 (L. 151/2025). Left out, all that matter.
    #[serde(default)]
    since: Option<i16>,
}

/// A holiday that moves with Easter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Movable {
    /// Days after Easter Sunday.
    days: i32,
    name: String,
}

static NATIONAL: LazyLock<Holidays> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the file is compiled in, and every build's tests read it"
    )]
    serde_json::from_str(include_str!("../../texts/holidays.it.json"))
        .expect("texts/holidays.it.json is well formed")
});

/// The Italian name of the national holiday that falls on `date`, if one does. Sundays have no name.
pub fn name_of(date: Date) -> Option<&'static str> {
    let fixed = NATIONAL.fixed.iter().find(|holiday| {
        holiday.day.is(date) && holiday.since.is_none_or(|since| date.year() >= since)
    });
    if let Some(holiday) = fixed {
        return Some(&holiday.name);
    }
    let after = date.duration_since(easter(date.year())?).as_hours() / 24;
    let movable = NATIONAL
        .after_easter
        .iter()
        .find(|holiday| i64::from(holiday.days) == after);
    movable.map(|holiday| holiday.name.as_str())
}

/// Whether `date` is a Sunday or a national holiday.
pub fn is_holiday(date: Date) -> bool {
    date.weekday() == Weekday::Sunday || name_of(date).is_some()
}

/// Easter Sunday; none before the Gregorian calendar.
fn easter(year: i16) -> Option<Date> {
    let easter = computus::gregorian(year.into()).ok()?;
    let (month, day) = (easter.month.try_into().ok()?, easter.day.try_into().ok()?);
    Date::new(year, month, day).ok()
}
