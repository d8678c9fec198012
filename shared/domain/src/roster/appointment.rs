//! An operator: a named person, by act of appointment, from one day to another.

use jiff::civil;
use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::email::EmailAddress;
use crate::ids::StaffId;
use crate::staff::Role;
use crate::tenant::Zone;

/// A named person with an appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// The account.
    pub id: StaffId,
    /// The person, as colleagues read it.
    pub name: String,
    /// Where the person is written to.
    pub email: EmailAddress,
    /// What the appointment allows.
    pub roles: Vec<Role>,
    /// The act of appointment, as cited: "decreto n. 12 del 03/03/2026".
    pub appointed_by: String,
    /// The first day of the appointment, in the tenant's civil time.
    pub from: civil::Date,
    /// The last day; `None` while nobody has set one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<civil::Date>,
    /// The instant at which the appointment was taken back, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Instant>,
    /// When the person is away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absences: Vec<Absence>,
}

/// A time in which an operator is away, in the tenant's civil time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// From when.
    pub from: civil::DateTime,
    /// Until when: at that hour the person is there again.
    pub until: civil::DateTime,
    /// What kind of absence, where somebody has said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<AbsenceReason>,
}

/// Kinds of absence. There is none for illness, on purpose: it would be health data (art. 9 GDPR), and who stands in does
/// not need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AbsenceReason {
    /// Holidays and leave.
    Leave,
    /// Work elsewhere.
    Duty,
    /// "Impedimento": there, but not able to act, as where interests conflict.
    Impediment,
    /// Anything else.
    Other,
}

impl AbsenceReason {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Leave, Self::Duty, Self::Impediment, Self::Other];

    /// The word in the API.
    pub fn key(self) -> &'static str {
        match self {
            Self::Leave => "leave",
            Self::Duty => "duty",
            Self::Impediment => "impediment",
            Self::Other => "other",
        }
    }
}

/// Why an account may not act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAppointed {
    /// The roster does not name it.
    #[error("the roster does not name the account")]
    Unknown,
    /// The first day is still to come.
    #[error("the appointment has not begun")]
    NotYet,
    /// The last day is over.
    #[error("the appointment is over")]
    Ended,
    /// It was taken back.
    #[error("the appointment was revoked")]
    Revoked,
}

impl NotAppointed {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::Unknown, Self::NotYet, Self::Ended, Self::Revoked];

    /// The key of the words for the staff.
    pub fn words(self) -> &'static str {
        match self {
            Self::Unknown => "roster.unknown",
            Self::NotYet => "roster.not_yet",
            Self::Ended => "roster.ended",
            Self::Revoked => "roster.revoked",
        }
    }
}

impl Operator {
    /// Whether the appointment holds at `now`, and if not, why.
    pub fn appointment(&self, now: Instant, zone: &Zone) -> Result<(), NotAppointed> {
        if self.revoked_at.is_some_and(|at| at <= now) {
            return Err(NotAppointed::Revoked);
        }
        if now < first_instant(self.from, zone) {
            return Err(NotAppointed::NotYet);
        }
        if self.ends_at(zone).is_some_and(|end| end <= now) {
            return Err(NotAppointed::Ended);
        }
        Ok(())
    }

    /// Whether the person is away at `now`.
    pub fn is_absent(&self, now: Instant, zone: &Zone) -> bool {
        self.absences
            .iter()
            .any(|absence| absence.covers(now, zone))
    }

    /// The first instant after the last day.
    fn ends_at(&self, zone: &Zone) -> Option<Instant> {
        let after = self.until?.tomorrow().ok()?;
        Some(first_instant(after, zone))
    }

    /// The instants at which the appointment or an absence begins or ends.
    pub(super) fn turns(&self, zone: &Zone) -> Vec<Instant> {
        let absences = self
            .absences
            .iter()
            .flat_map(|absence| [absence.from, absence.until])
            .map(|hour| instant(hour, zone));
        [first_instant(self.from, zone)]
            .into_iter()
            .chain(self.ends_at(zone))
            .chain(self.revoked_at)
            .chain(absences)
            .collect()
    }
}

impl Absence {
    /// Whether the person is away at `now`. Hours are turned into instants, and not the other way round: an hour that occurs
    /// twice in autumn would otherwise end an absence and begin it again.
    pub fn covers(&self, now: Instant, zone: &Zone) -> bool {
        instant(self.from, zone) <= now && now < instant(self.until, zone)
    }
}

fn first_instant(day: civil::Date, zone: &Zone) -> Instant {
    instant(day.to_datetime(civil::Time::midnight()), zone)
}

/// The instant of a civil hour. One that the change to summer time skips moves forward; one that occurs twice in autumn is
/// the first.
pub(super) fn instant(hour: civil::DateTime, zone: &Zone) -> Instant {
    zone.rules()
        .to_ambiguous_timestamp(hour)
        .compatible()
        // Only in the year 9999 is an hour not an instant, and the check of a roster does not let it in.
        .unwrap_or(Instant::MAX)
}
