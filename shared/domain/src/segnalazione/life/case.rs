//! A case: a segnalazione that was confirmed, and how it moves.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::codice::Codice;
use super::moves::{Move, NotAllowed};
use super::protocol::Registration;
use super::said::{Line, Rating};
use super::state::{MoveKind, State, StateName};
use crate::Instant;
use crate::calendar::Calendar;
use crate::segnalazione::categories::CategoryCode;
use crate::tenant::Tenant;

/// A segnalazione that was confirmed, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its codice.
    pub codice: Codice,
    /// Counts the moves, from 1. Every write is conditional on it.
    pub version: u64,
    /// When it was presented: the hour of the message that completed it (L. 241/1990, art. 18-bis).
    pub presented_at: Instant,
    /// What it is about.
    pub category: CategoryCode,
    /// Its title: category and place, until somebody writes a better one.
    pub title: Line,
    /// Whether only those who deal with it may see it, because it speaks of other people.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restricted: bool,
    /// Its registrations, as they were taken down. One stands; there are more only by mistake of a system.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub registrations: Vec<Registration>,
    /// What the citizen said of how it went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// Since when it stands where it stands.
    pub since: Instant,
    /// Where it stands.
    pub state: State,
}

/// The circumstances of a move.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The comune, for its zone and its calendar.
    pub tenant: &'a Tenant,
    /// For how many days after it was closed a case can be reopened.
    pub reopen_days: u32,
    /// The other case, where one is merged into it.
    pub other: Option<&'a Case>,
    /// Now.
    pub now: Instant,
}

/// A line of the history: who did what, when. The move itself holds who, for whom, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The version that the move made.
    pub version: u64,
    /// The instant.
    pub at: Instant,
    /// The move.
    pub step: Move,
    /// The state that it led to.
    pub state: StateName,
}

/// What the citizen is told after a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tell {
    /// The number that the protocollo gave.
    Protocol,
    /// Who has it.
    Taken,
    /// How it ended.
    Closed,
    /// Whose it is, if not the comune's.
    OtherBody,
    /// That another goes on in its place. Which one is another citizen's, and is not told.
    Merged,
    /// That it goes on.
    Reopened,
}

impl Tell {
    /// Every one of them.
    pub const ALL: [Self; 6] = [
        Self::Protocol,
        Self::Taken,
        Self::Closed,
        Self::OtherBody,
        Self::Merged,
        Self::Reopened,
    ];

    /// The key of the message.
    pub fn key(self) -> &'static str {
        match self {
            Self::Protocol => "seg.protocol",
            Self::Taken => "seg.taken",
            Self::Closed => "seg.closed",
            Self::OtherBody => "seg.other_body",
            Self::Merged => "seg.merged",
            Self::Reopened => "seg.reopened",
        }
    }
}

/// A move that was made: nothing is stored or said yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The case as it is now.
    pub case: Case,
    /// The line for the history.
    pub entry: Entry,
    /// What the citizen is told, if anything.
    pub tell: Option<Tell>,
    /// The date of the registration is not the day on which the case was presented (L. 241/1990, art. 18-bis): somebody is to
    /// look at it.
    pub late_registration: bool,
}

impl Case {
    /// The case that a citizen confirmed at `presented_at`. Its history begins with the first move.
    pub fn received(
        codice: Codice,
        presented_at: Instant,
        category: CategoryCode,
        title: Line,
        restricted: bool,
    ) -> Self {
        Self {
            codice,
            version: 1,
            presented_at,
            category,
            title,
            restricted,
            registrations: Vec::new(),
            rating: None,
            since: presented_at,
            state: State::Received,
        }
    }

    /// The registration that holds: of several, the first that was not annulled.
    pub fn registration(&self) -> Option<&Registration> {
        self.registrations.iter().find(|one| one.annulled.is_none())
    }

    /// The day on which it was presented.
    pub fn presented_on(&self, tenant: &Tenant) -> Date {
        tenant.time_zone.civil(self.presented_at).date()
    }

    /// The last day on which it can be reopened; none unless it is closed. The day of closing does not count, and a last day
    /// that is a holiday moves forward (art. 2963 c.c.).
    pub fn reopens_until(&self, tenant: &Tenant, reopen_days: u32) -> Option<Date> {
        let closed_on = tenant.time_zone.civil(self.since).date();
        let last = Calendar::of(tenant).due_after_days(closed_on, reopen_days);
        self.state.name().is_closed().then_some(last)
    }

    /// The case after a move.
    pub fn apply(self, step: Move, around: &Around<'_>) -> Result<Applied, NotAllowed> {
        let (state, kind) = (self.state.name(), step.kind());
        let refused = |why| NotAllowed {
            state,
            step: kind,
            why,
        };
        let mut case = Self {
            version: self.version + 1,
            ..self
        };
        let tell = case.moved(&step, around).map_err(refused)?;
        let is_late = |last: &Registration| last.date != case.presented_on(around.tenant);
        Ok(Applied {
            late_registration: kind == MoveKind::Register
                && case.registrations.last().is_some_and(is_late),
            entry: Entry {
                version: case.version,
                at: around.now,
                step,
                state: case.state.name(),
            },
            case,
            tell,
        })
    }
}
