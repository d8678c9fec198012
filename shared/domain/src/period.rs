//! Two-month periods, in the tenant's civil time: January–February is `B1`, November–December `B6`.

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::tenant::Zone;

/// A text that is not a two-month period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a two-month period: write it as 2026-B5")]
pub struct NotAPeriod;

/// A two-month period ("bimestre") of one year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TwoMonthPeriod {
    year: i16,
    /// 1 to 6.
    number: i8,
}

impl TwoMonthPeriod {
    /// The period in which `instant` falls, by the clocks of `zone`.
    pub fn of(instant: Instant, zone: &Zone) -> Self {
        let local = zone.civil(instant);
        Self {
            year: local.year(),
            number: (local.month() + 1) / 2,
        }
    }

    /// The period before this one.
    #[must_use]
    pub fn previous(self) -> Self {
        if self.number == 1 {
            Self {
                year: self.year - 1,
                number: 6,
            }
        } else {
            Self {
                number: self.number - 1,
                ..self
            }
        }
    }

    /// Its year.
    pub fn year(self) -> i16 {
        self.year
    }

    /// Its number in the year, 1 to 6.
    pub fn number(self) -> i8 {
        self.number
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        date(self.year, self.number * 2 - 1, 1)
    }

    /// Its last day.
    pub fn last_day(self) -> Date {
        date(self.year, self.number * 2, 1).last_of_month()
    }

    /// Whether all its days are over at `now`, by the clocks of `zone`.
    pub fn is_closed(self, now: Instant, zone: &Zone) -> bool {
        zone.civil(now).date() > self.last_day()
    }

    /// Whether it has not begun at `now`.
    pub fn is_future(self, now: Instant, zone: &Zone) -> bool {
        zone.civil(now).date() < self.first_day()
    }
}

impl std::fmt::Display for TwoMonthPeriod {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-B{}", self.year, self.number)
    }
}

impl std::str::FromStr for TwoMonthPeriod {
    type Err = NotAPeriod;

    fn from_str(text: &str) -> Result<Self, NotAPeriod> {
        let (year, number) = text.split_once("-B").ok_or(NotAPeriod)?;
        let year_is_plain = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
        match (year.parse(), number.parse()) {
            (Ok(year), Ok(number))
                if year_is_plain
                    && number_is_plain(text)
                    && (1..=6).contains(&number)
                    && year >= 2000 =>
            {
                Ok(Self { year, number })
            }
            _ => Err(NotAPeriod),
        }
    }
}

/// One digit after the `B`: `B01` or `B+1` would name the same period twice.
fn number_is_plain(text: &str) -> bool {
    text.len() == "2026-B5".len()
}

impl TryFrom<String> for TwoMonthPeriod {
    type Error = NotAPeriod;

    fn try_from(text: String) -> Result<Self, NotAPeriod> {
        text.parse()
    }
}

impl From<TwoMonthPeriod> for String {
    fn from(period: TwoMonthPeriod) -> Self {
        period.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::tests::rubano;

    fn of(instant: &str) -> String {
        TwoMonthPeriod::of(instant.parse().unwrap(), &rubano().time_zone).to_string()
    }

    #[test]
    fn a_period_is_of_local_days_and_not_of_utc_days() {
        assert_eq!(of("2027-02-28T22:59:59Z"), "2027-B1");
        assert_eq!(of("2027-02-28T23:30:00Z"), "2027-B2");
        assert_eq!(of("2026-12-31T23:00:00Z"), "2027-B1");
        assert_eq!(of("2026-10-31T22:30:00Z"), "2026-B5");
    }

    #[test]
    fn a_period_closes_when_its_last_local_day_is_over() {
        let zone = rubano().time_zone;
        let period: TwoMonthPeriod = "2026-B6".parse().unwrap();

        assert!(!period.is_closed("2026-12-31T22:59:59Z".parse().unwrap(), &zone));
        assert!(period.is_closed("2026-12-31T23:00:00Z".parse().unwrap(), &zone));
        assert_eq!(period.last_day(), date(2026, 12, 31));
        assert_eq!(
            "2027-B1".parse::<TwoMonthPeriod>().unwrap().previous(),
            period
        );
    }

    #[test]
    fn what_is_not_a_period_is_refused() {
        for text in [
            "2026-B0", "2026-B7", "2026-B05", "26-B1", "2026B1", "2026-B", "", "-202-B1",
            "2026-B+1",
        ] {
            assert_eq!(text.parse::<TwoMonthPeriod>(), Err(NotAPeriod), "{text}");
        }
    }
}
