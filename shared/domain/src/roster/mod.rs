//! Who acts: the operators with their acts of appointment, and per phase the ordered list of its holder and deputies
//! ("in caso di assenza", Rubano, table of the process). Who it is at an instant is derived each time, never stored.

mod appointment;
mod change;
mod check;
#[cfg(test)]
mod tests;

pub use appointment::{Absence, AbsenceReason, NotAppointed, Operator};
pub use change::{Change, Entry, NotChanged};
pub use check::{
    AbsenceInput, Fault, GroupInput, InvalidRoster, OperatorInput, PhasesInput, RosterInput, Wrong,
};

use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::email::EmailAddress;
use crate::ids::StaffId;
use crate::staff::Role;
use crate::tenant::Zone;

/// A phase of the process that has holders (Rubano, "fasi del processo").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// "Presa in carico".
    TakeCharge,
    /// "Gestione inoltro messaggi": the head of the sector.
    Forward,
    /// "Procedura alternativa in caso di assenza capo settore".
    Alternative,
    /// "Report di monitoraggio".
    Monitoring,
}

impl Phase {
    /// Every phase, in the order of the process.
    pub const ALL: [Self; 4] = [
        Self::TakeCharge,
        Self::Forward,
        Self::Alternative,
        Self::Monitoring,
    ];

    /// The name in the API.
    pub fn key(self) -> &'static str {
        match self {
            Self::TakeCharge => "take_charge",
            Self::Forward => "forward",
            Self::Alternative => "alternative",
            Self::Monitoring => "monitoring",
        }
    }

    /// The key of the Italian name.
    pub fn words(self) -> &'static str {
        match self {
            Self::TakeCharge => "phase.take_charge",
            Self::Forward => "phase.forward",
            Self::Alternative => "phase.alternative",
            Self::Monitoring => "phase.monitoring",
        }
    }

    /// The roles of which a holder has one.
    pub fn needs(self) -> &'static [Role] {
        match self {
            Self::TakeCharge | Self::Alternative => &[Role::Operator],
            Self::Forward => &[Role::SectorHead],
            Self::Monitoring => &[Role::SectorHead, Role::Operator],
        }
    }
}

/// The holders of each phase: the first in order, then the deputies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Phases {
    take_charge: Vec<StaffId>,
    forward: Vec<StaffId>,
    alternative: Vec<StaffId>,
    monitoring: Vec<StaffId>,
}

/// The group that verifies the draft (Rubano, "Gruppo operativo WhatsApp"), and who is written to on the alternative path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its members.
    pub members: Vec<StaffId>,
    /// The firm that runs the platform: whom the alternative path asks to send.
    pub supplier: StaffId,
    /// The mayor, who gets a copy on the alternative path.
    pub mayor: StaffId,
}

/// Operators, phases and group, checked together: whoever is named is an operator, and fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    operators: Vec<Operator>,
    phases: Phases,
    group: Group,
    mailbox: Vec<EmailAddress>,
}

/// Who acts in a phase at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acting {
    /// This one person.
    By {
        /// Who.
        who: StaffId,
        /// In whose place: the first in order whose appointment holds, who is absent. `None` where `who` is that one.
        instead_of: Option<StaffId>,
    },
    /// Nobody: all are absent, or have no appointment.
    Gap,
}

/// A time in which nobody can act in a phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Which phase.
    pub phase: Phase,
    /// From when.
    pub from: Instant,
    /// Until when: somebody can act again at that instant, unless it is the end of the time looked at.
    pub until: Instant,
}

/// Why the copies of the alternative path have nowhere to go: without them it may not be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoCopies {
    /// Nobody is head of the sector.
    #[error("the roster names no head of the sector")]
    NoSectorHead,
    /// The mayor's mandate is over, or has not begun.
    #[error("the roster names no mayor in office")]
    NoMayor,
}

impl Roster {
    /// Everybody with an appointment, past ones included.
    pub fn operators(&self) -> &[Operator] {
        &self.operators
    }

    /// The operator `id`, whether or not the appointment holds.
    pub fn operator(&self, id: &StaffId) -> Option<&Operator> {
        self.operators.iter().find(|operator| operator.id == *id)
    }

    /// The first holder of `phase` and the deputies, in order.
    pub fn holders(&self, phase: Phase) -> &[StaffId] {
        match phase {
            Phase::TakeCharge => &self.phases.take_charge,
            Phase::Forward => &self.phases.forward,
            Phase::Alternative => &self.phases.alternative,
            Phase::Monitoring => &self.phases.monitoring,
        }
    }

    /// The operating group.
    pub fn group(&self) -> &Group {
        &self.group
    }

    /// Who is told of what no holder can be told of: a gap, a mail that could not be read. At least one address.
    pub fn mailbox(&self) -> &[EmailAddress] {
        &self.mailbox
    }

    /// Who acts in `phase` at `now`: the first in order who is appointed and not absent.
    pub fn acting(&self, phase: Phase, now: Instant, zone: &Zone) -> Acting {
        let mut absent = None;
        for operator in self.appointed(phase, now, zone) {
            if operator.is_absent(now, zone) {
                absent.get_or_insert(operator);
            } else {
                return Acting::By {
                    who: operator.id.clone(),
                    instead_of: absent.map(|first| first.id.clone()),
                };
            }
        }
        Acting::Gap
    }

    /// The operator `id`, if the appointment holds at `now`. Whether they are absent is another question.
    pub fn may_act(
        &self,
        id: &StaffId,
        now: Instant,
        zone: &Zone,
    ) -> Result<&Operator, NotAppointed> {
        let operator = self.operator(id).ok_or(NotAppointed::Unknown)?;
        operator.appointment(now, zone)?;
        Ok(operator)
    }

    /// Whether nobody can forward: only then is the alternative path open.
    pub fn sector_head_absent(&self, now: Instant, zone: &Zone) -> bool {
        self.acting(Phase::Forward, now, zone) == Acting::Gap
    }

    /// Who gets a copy of what the alternative path sends: the head of the sector, then the mayor. A head whose post is
    /// vacant is still written to: the address is that of the post.
    pub fn alternative_copies(
        &self,
        now: Instant,
        zone: &Zone,
    ) -> Result<[EmailAddress; 2], NoCopies> {
        let named = self.holders(Phase::Forward).first();
        let head = self
            .appointed(Phase::Forward, now, zone)
            .next()
            .or_else(|| self.operator(named?))
            .ok_or(NoCopies::NoSectorHead)?;
        let mayor = self
            .may_act(&self.group.mayor, now, zone)
            .map_err(|_| NoCopies::NoMayor)?;
        Ok([head.email.clone(), mayor.email.clone()])
    }

    /// The times from `from` to `until` in which nobody can act, phase by phase, in order.
    pub fn gaps(&self, from: Instant, until: Instant, zone: &Zone) -> Vec<Gap> {
        Phase::ALL
            .into_iter()
            .flat_map(|phase| self.gaps_of(phase, from, until, zone))
            .collect()
    }

    fn gaps_of(&self, phase: Phase, from: Instant, until: Instant, zone: &Zone) -> Vec<Gap> {
        if from >= until {
            return Vec::new();
        }
        let mut turns = self.turns(phase, zone);
        turns.retain(|turn| (from..until).contains(turn));
        turns.push(from);
        turns.sort_unstable();
        turns.dedup();
        let ends = turns.iter().skip(1).copied().chain([until]);
        let mut gaps: Vec<Gap> = Vec::new();
        for (from, until) in turns.iter().copied().zip(ends) {
            if self.acting(phase, from, zone) != Acting::Gap {
                continue;
            }
            match gaps.last_mut() {
                Some(last) if last.until == from => last.until = until,
                _ => gaps.push(Gap { phase, from, until }),
            }
        }
        gaps
    }

    /// Since when nobody can act in `phase`, where nobody can at `now`; `None` where nobody ever could.
    pub fn gap_since(&self, phase: Phase, now: Instant, zone: &Zone) -> Option<Instant> {
        let mut turns = self.turns(phase, zone);
        turns.retain(|turn| *turn <= now);
        turns.sort_unstable();
        turns.dedup();
        let acts = |turn: &Instant| self.acting(phase, *turn, zone) != Acting::Gap;
        let last = turns.iter().rposition(acts)?;
        turns.get(last + 1).copied()
    }

    /// The instants at which who acts in `phase` can change: somebody's appointment or absence begins or ends.
    fn turns(&self, phase: Phase, zone: &Zone) -> Vec<Instant> {
        self.holders(phase)
            .iter()
            .filter_map(|id| self.operator(id))
            .flat_map(|operator| operator.turns(zone))
            .collect()
    }

    /// The holders of `phase` whose appointment holds, in order.
    fn appointed(
        &self,
        phase: Phase,
        now: Instant,
        zone: &Zone,
    ) -> impl Iterator<Item = &Operator> {
        self.holders(phase)
            .iter()
            .filter_map(move |id| self.may_act(id, now, zone).ok())
    }
}
