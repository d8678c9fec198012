//! Working days and terms, by the tenant's calendar and in its civil time.
//!
//! A term of working days ("entro 1 giorno lavorativo") ends when the offices close on the last of them; the day of arrival
//! does not count. A term of calendar days ("entro 10 giorni") counts holidays in between, and moves forward only when its
//! last day is one (art. 155 c.p.c., art. 2963 c.c.); Saturday is none.

pub mod holidays;
pub mod sending;
mod settings;
mod term;

use jiff::civil::{Date, DateTime, Weekday};
use jiff::{SignedDuration, ToSpan};

use crate::Instant;
use crate::tenant::{Tenant, Zone};

pub use settings::{BadSetting, CalendarSettings, Closure, DayOfYear, Days, Hour, Hours, Weekdays};
pub use term::{Standing, Term};

/// The calendar of one comune.
#[derive(Debug, Clone, Copy)]
pub struct Calendar<'a> {
    settings: &'a CalendarSettings,
    zone: &'a Zone,
}

impl<'a> Calendar<'a> {
    /// The calendar that `settings` describe, by the clocks of `zone`.
    pub fn new(settings: &'a CalendarSettings, zone: &'a Zone) -> Self {
        Self { settings, zone }
    }

    /// The calendar of `tenant`.
    pub fn of(tenant: &'a Tenant) -> Self {
        Self::new(&tenant.calendar, &tenant.time_zone)
    }

    /// Whether `date` is a Sunday or a national holiday. The patron saint's day is neither: it closes the offices and moves
    /// no term of calendar days.
    pub fn is_holiday(&self, date: Date) -> bool {
        holidays::is_holiday(date)
    }

    /// Whether the offices are in service on `date`, be it for half a day.
    pub fn is_working_day(&self, date: Date) -> bool {
        self.service(date).is_some()
    }

    /// When the offices open on `date`; none on a day on which they do not.
    pub fn opening(&self, date: Date) -> Option<Instant> {
        Some(self.resolve(self.service(date)?.from().on(date)))
    }

    /// When the offices close on `date`; none on a day on which they do not open.
    pub fn closing(&self, date: Date) -> Option<Instant> {
        Some(self.resolve(self.service(date)?.until().on(date)))
    }

    /// When the mailbox is looked at on `date`: at the start and at the end of service (Rubano, "Presa in carico", 1).
    pub fn watches(&self, date: Date) -> Option<[Instant; 2]> {
        Some([self.opening(date)?, self.closing(date)?])
    }

    /// The hours of service of `date`; none if the offices stay closed.
    fn service(&self, date: Date) -> Option<Hours> {
        let settings = self.settings;
        let free_saturday = date.weekday() == Weekday::Saturday && !settings.saturday;
        let patron = settings.patron.is_some_and(|patron| patron.is(date));
        if free_saturday || patron || self.is_holiday(date) {
            return None;
        }
        settings
            .closures
            .iter()
            .filter(|closure| closure.days.contains(date))
            .try_fold(settings.hours, |hours, closure| {
                hours.cut_at(closure.closes_at?)
            })
    }

    /// The first working day after `date`.
    pub fn next_working_day(&self, date: Date) -> Option<Date> {
        let days = date.series(1.day()).skip(1);
        days.into_iter().find(|day| self.is_working_day(*day))
    }

    /// The last working day up to `date`, itself included: what people are told beside a date that is none.
    pub fn last_useful_working_day(&self, date: Date) -> Option<Date> {
        date.series((-1).day())
            .find(|day| self.is_working_day(*day))
    }

    /// The end of a term of `n` working days (at least one) for what arrived at `received`: the closing of the `n`-th
    /// working day strictly after the local date of arrival. [`Instant::MAX`] if settings leave no such day.
    pub fn due_after_working_days(&self, received: Instant, n: u32) -> Instant {
        self.working_day_after(received, n)
            .and_then(|day| self.closing(day))
            .unwrap_or(Instant::MAX)
    }

    /// The term of `n` working days (at least one) that runs from `since`.
    pub fn term(&self, since: Instant, n: u32) -> Term {
        let day = self.working_day_after(since, n);
        Term {
            since,
            remind_at: day
                .and_then(|day| self.opening(day))
                .unwrap_or(Instant::MAX),
            due: self.due_after_working_days(since, n),
        }
    }

    fn working_day_after(&self, instant: Instant, n: u32) -> Option<Date> {
        let arrival = self.zone.civil(instant).date();
        (0..n.max(1)).try_fold(arrival, |day, _| self.next_working_day(day))
    }

    /// The last day of a term of `n` calendar days from `date`, moved forward if it is a Sunday or a national holiday.
    pub fn due_after_days(&self, date: Date, n: u32) -> Date {
        let last = date.saturating_add(SignedDuration::from_hours(24 * i64::from(n)));
        let mut days = last.series(1.day());
        days.find(|day| !self.is_holiday(*day)).unwrap_or(last)
    }

    /// The instant of a civil time. One that the change to summer time skips moves forward; one that occurs twice in autumn
    /// is the first; one beyond all instants is the last of them.
    pub fn resolve(&self, civil: DateTime) -> Instant {
        self.zone.resolve(civil).unwrap_or(Instant::MAX)
    }
}

#[cfg(test)]
pub(crate) mod tests;
