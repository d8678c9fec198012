//! When a notice may leave: the comune's rules on hours and days (E17), on how many notices one person gets (E19), and its
//! electoral periods (E20).
//!
//! Whether an instant is allowed depends on its civil time alone, so days of 23 and 25 hours need no rule of their own.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::{SignedDuration, ToSpan};
use serde::{Deserialize, Serialize};

use super::holidays;
use super::settings::{Days, Hours, Weekdays};
use crate::Instant;
use crate::tenant::Zone;

/// The rules of one comune.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SendingRules {
    /// From when to when notices may leave. What lies outside are the quiet hours.
    pub hours: Hours,
    /// On which days of the week.
    pub weekdays: Weekdays,
    /// Whether national holidays are days without notices.
    pub no_send_holidays: bool,
    /// Other days without notices.
    pub no_send_days: Vec<Days>,
    /// Most notices to one person in a local day, emergencies excluded.
    pub per_day: u32,
    /// Most notices to one person in a week, emergencies excluded.
    pub per_week: u32,
    /// Electoral periods (L. 28/2000, art. 9): only impersonal and indispensable notices.
    pub electoral: Vec<Days>,
    /// How late a notice may leave, in minutes; later, it is held and a person decides.
    pub tolerance_minutes: u32,
    /// For how many days an approval is good.
    pub approval_valid_days: u32,
}

impl Default for SendingRules {
    fn default() -> Self {
        Self {
            hours: Hours::from_minutes(8 * 60, 20 * 60),
            weekdays: Weekdays::but_sunday(),
            no_send_holidays: true,
            no_send_days: Vec::new(),
            per_day: 2,
            per_week: 5,
            electoral: Vec::new(),
            tolerance_minutes: 60,
            approval_valid_days: 7,
        }
    }
}

/// Why a notice may not leave.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// A national holiday.
    #[error("a national holiday")]
    Holiday {
        /// Its Italian name.
        name: &'static str,
    },
    /// A Sunday.
    #[error("a Sunday")]
    Sunday,
    /// A day of the week on which this comune sends nothing.
    #[error("a weekday without notices")]
    Weekday,
    /// A day on which this comune sends nothing.
    #[error("a day without notices")]
    NoSendDay,
    /// Too early or too late in the day.
    #[error("outside {hours}")]
    QuietHours {
        /// When it is allowed.
        hours: Hours,
    },
    /// An electoral period: nothing but what is impersonal and indispensable.
    #[error("an electoral period, until {until}")]
    Electoral {
        /// Its last day.
        until: Date,
    },
}

impl Forbidden {
    /// Every key that [`Forbidden::words`] may name.
    pub const KEYS: [&'static str; 6] = [
        "sending.holiday",
        "sending.sunday",
        "sending.weekday",
        "sending.no_send_day",
        "sending.quiet_hours",
        "sending.electoral",
    ];

    /// The key of the words for the office, and the values to fill in.
    pub fn words(&self) -> (&'static str, Vec<(&'static str, String)>) {
        match self {
            Self::Holiday { name } => ("sending.holiday", vec![("festa", (*name).to_owned())]),
            Self::Sunday => ("sending.sunday", vec![]),
            Self::Weekday => ("sending.weekday", vec![]),
            Self::NoSendDay => ("sending.no_send_day", vec![]),
            Self::QuietHours { hours } => (
                "sending.quiet_hours",
                vec![
                    ("dalle", hours.from().to_string()),
                    ("alle", hours.until().to_string()),
                ],
            ),
            Self::Electoral { until } => (
                "sending.electoral",
                vec![("fine", until.strftime("%d/%m/%Y").to_string())],
            ),
        }
    }
}

/// How far [`SendingRules::next_allowed`] and [`SendingRules::last_allowed_before`] look, in days: two years.
const HORIZON: usize = 2 * 366;

impl SendingRules {
    /// Whether the civil time `at` is on an allowed day and out of the quiet hours. The last minute is the one before the
    /// end: at 20:00 it is too late already.
    pub fn check_hour(&self, at: DateTime) -> Result<(), Forbidden> {
        self.check_day(at.date())?;
        if self.hours.contains(at.time()) {
            Ok(())
        } else {
            Err(Forbidden::QuietHours { hours: self.hours })
        }
    }

    /// Whether notices may leave on `date` at all.
    pub fn check_day(&self, date: Date) -> Result<(), Forbidden> {
        let holiday = holidays::name_of(date).filter(|_| self.no_send_holidays);
        if let Some(name) = holiday {
            return Err(Forbidden::Holiday { name });
        }
        if !self.weekdays.contains(date.weekday()) {
            return Err(match date.weekday() {
                Weekday::Sunday => Forbidden::Sunday,
                _ => Forbidden::Weekday,
            });
        }
        if self.no_send_days.iter().any(|days| days.contains(date)) {
            return Err(Forbidden::NoSendDay);
        }
        Ok(())
    }

    /// Whether `date` is out of every electoral period. Inside one it takes a person to say that a notice is impersonal and
    /// indispensable, so this is no part of [`SendingRules::check_hour`].
    pub fn check_electoral(&self, date: Date) -> Result<(), Forbidden> {
        let period = self.electoral.iter().filter(|days| days.contains(date));
        match period.map(Days::last).max() {
            Some(until) => Err(Forbidden::Electoral { until }),
            None => Ok(()),
        }
    }

    /// Whether `date` is in an electoral period.
    pub fn is_electoral(&self, date: Date) -> bool {
        self.check_electoral(date).is_err()
    }

    /// The first instant, from `instant` on, at which a notice may leave; none if two years hold none.
    pub fn next_allowed(&self, instant: Instant, zone: &Zone) -> Option<Instant> {
        let mut from = instant;
        // Between two changes of the clocks, civil time runs with the instants; over a change, the search starts anew.
        loop {
            let offset = zone.rules().to_offset(from);
            let civil = self.next_allowed_civil(offset.to_datetime(from))?;
            let found = offset.to_timestamp(civil).ok()?;
            match zone.rules().following(from).next() {
                Some(change) if change.timestamp() <= found => from = change.timestamp(),
                _ => return Some(found),
            }
        }
    }

    fn next_allowed_civil(&self, at: DateTime) -> Option<DateTime> {
        at.date()
            .series(1.day())
            .take(HORIZON)
            .map(|date| self.hours.from().on(date).max(at))
            .find(|civil| self.check_hour(*civil).is_ok())
    }

    /// The last whole minute before `instant` at which a notice may leave; none if two years hold none.
    pub fn last_allowed_before(&self, instant: Instant, zone: &Zone) -> Option<Instant> {
        let mut before = instant;
        loop {
            let from = minute_before(before)?;
            let offset = zone.rules().to_offset(from);
            let civil = self.last_allowed_civil(offset.to_datetime(from))?;
            let found = offset.to_timestamp(civil).ok()?;
            match zone.rules().preceding(before).next() {
                Some(change) if found < change.timestamp() => before = change.timestamp(),
                _ => return Some(found),
            }
        }
    }

    fn last_allowed_civil(&self, at: DateTime) -> Option<DateTime> {
        let last_minute = |date| {
            let end = self.hours.until().on(date);
            end.saturating_sub(SignedDuration::from_mins(1))
        };
        at.date()
            .series((-1).day())
            .take(HORIZON)
            .map(|date| last_minute(date).min(at))
            .find(|civil| self.check_hour(*civil).is_ok())
    }

    /// From when on notices may leave again, if at `now` they may not: one that is going out rests in the quiet hours and on days
    /// without notices, and what was held for another reason waits for the morning. [`Instant::MAX`] if two years hold no hour.
    pub fn quiet_until(&self, now: Instant, zone: &Zone) -> Option<Instant> {
        self.check_hour(zone.civil(now)).err()?;
        Some(self.next_allowed(now, zone).unwrap_or(Instant::MAX))
    }

    /// Whether a notice that was to leave at `send_at` is too late at `now` to leave without being asked about.
    pub fn is_late(&self, send_at: Instant, now: Instant) -> bool {
        now.duration_since(send_at) > SignedDuration::from_mins(self.tolerance_minutes.into())
    }

    /// When an approval given at `approved_at` ends: at the same hour, so many local days later.
    pub fn approval_ends(&self, approved_at: Instant, zone: &Zone) -> Instant {
        let valid = SignedDuration::from_hours(24 * i64::from(self.approval_valid_days));
        let end = zone.civil(approved_at).saturating_add(valid);
        zone.resolve(end).unwrap_or(Instant::MAX)
    }
}

/// The last whole minute strictly before `instant`.
fn minute_before(instant: Instant) -> Option<Instant> {
    let minute = (instant.as_nanosecond() - 1).div_euclid(60_000_000_000);
    Instant::from_nanosecond(minute * 60_000_000_000).ok()
}

#[cfg(test)]
mod tests;
