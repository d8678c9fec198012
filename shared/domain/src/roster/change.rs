//! How a roster changes, and the line of history that each change leaves.

use jiff::civil;
use serde::{Deserialize, Serialize};

use super::appointment::instant;
use super::check::MOST_ABSENCES;
use super::{Absence, NotAppointed, Operator, Roster};
use crate::Instant;
use crate::ids::StaffId;
use crate::tenant::Zone;

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// The whole roster was written anew.
    Replaced,
    /// Somebody will be away.
    Absent {
        /// Who.
        operator: StaffId,
        /// When.
        absence: Absence,
    },
    /// An absence ended early, or was called off.
    Returned {
        /// Whose.
        operator: StaffId,
        /// The hour at which it began or was to begin; without one, the absence of that moment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<civil::DateTime>,
    },
    /// An appointment was taken back.
    Revoked {
        /// Whose.
        operator: StaffId,
        /// Why.
        reason: String,
    },
}

impl Change {
    /// The name of the change.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Replaced => "replaced",
            Self::Absent { .. } => "absent",
            Self::Returned { .. } => "returned",
            Self::Revoked { .. } => "revoked",
        }
    }

    /// Whom it is about; nobody in particular where the whole roster was written anew.
    pub fn operator(&self) -> Option<&StaffId> {
        match self {
            Self::Replaced => None,
            Self::Absent { operator, .. }
            | Self::Returned { operator, .. }
            | Self::Revoked { operator, .. } => Some(operator),
        }
    }
}

/// A line of the roster's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The version of the roster that the change made, from 1.
    pub version: u64,
    /// When.
    pub at: Instant,
    /// Who.
    pub by: StaffId,
    /// What.
    pub change: Change,
}

/// Why a change cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotChanged {
    /// The roster does not name the operator.
    #[error("the roster does not name the operator")]
    UnknownOperator,
    /// There is no such absence that is not over.
    #[error("no such absence")]
    NotAbsent,
    /// The appointment is over already.
    #[error("the appointment is over already")]
    AlreadyOver,
    /// The operator has as many absences as are kept.
    #[error("more than {0} absences")]
    TooMany(usize),
}

impl Roster {
    /// The roster in which `id` is away during `absence`. Saying the same absence twice changes nothing.
    pub fn with_absence(mut self, id: &StaffId, absence: &Absence) -> Result<Self, NotChanged> {
        let operator = self.one_of(id)?;
        if operator.absences.contains(absence) {
            return Ok(self);
        }
        if operator.absences.len() >= MOST_ABSENCES {
            return Err(NotChanged::TooMany(MOST_ABSENCES));
        }
        operator.absences.push(absence.clone());
        operator.absences.sort_by_key(|absence| absence.from);
        Ok(self)
    }

    /// The roster in which `id` is back at `now`: the absence that begins at `from`, or without it the one of the moment,
    /// ends. One that has not begun is gone.
    pub fn with_return(
        mut self,
        id: &StaffId,
        from: Option<civil::DateTime>,
        now: Instant,
        zone: &Zone,
    ) -> Result<Self, NotChanged> {
        let operator = self.one_of(id)?;
        let ends = |absence: &Absence| match from {
            Some(from) => absence.from == from && now < instant(absence.until, zone),
            None => absence.covers(now, zone),
        };
        if !operator.absences.iter().any(ends) {
            return Err(NotChanged::NotAbsent);
        }
        let back_at = second_of(now, zone);
        operator.absences.retain_mut(|absence| {
            if ends(absence) {
                absence.until = back_at;
            }
            absence.from < absence.until
        });
        Ok(self)
    }

    /// The roster in which the appointment of `id` ends at `now`.
    pub fn with_revocation(
        mut self,
        id: &StaffId,
        now: Instant,
        zone: &Zone,
    ) -> Result<Self, NotChanged> {
        let operator = self.one_of(id)?;
        match operator.appointment(now, zone) {
            Ok(()) | Err(NotAppointed::NotYet) => {
                operator.revoked_at = Some(now);
                Ok(self)
            }
            Err(_) => Err(NotChanged::AlreadyOver),
        }
    }

    fn one_of(&mut self, id: &StaffId) -> Result<&mut Operator, NotChanged> {
        self.operators
            .iter_mut()
            .find(|operator| operator.id == *id)
            .ok_or(NotChanged::UnknownOperator)
    }
}

/// The civil second of `now`: never later than `now`, so that who is back is back at once.
fn second_of(now: Instant, zone: &Zone) -> civil::DateTime {
    let civil = zone.civil(now);
    civil.with().subsec_nanosecond(0).build().unwrap_or(civil)
}
