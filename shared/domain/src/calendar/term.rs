//! A term that somebody has to keep, whatever the phase.

use serde::{Deserialize, Serialize};

use crate::Instant;

/// Within when something is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// From when it runs: the arrival of what is to be dealt with.
    pub since: Instant,
    /// From when whoever must act is reminded: the opening of the last day.
    pub remind_at: Instant,
    /// Its end, which still is in time: the closing of the last day.
    pub due: Instant,
}

/// Where a term stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// There is time.
    InTime,
    /// It ends today: whoever must act is reminded.
    Remind,
    /// It is over: somebody else is told.
    Overdue,
}

impl Term {
    /// Where the term stands at `now`.
    pub fn standing(&self, now: Instant) -> Standing {
        if now > self.due {
            Standing::Overdue
        } else if now >= self.remind_at {
            Standing::Remind
        } else {
            Standing::InTime
        }
    }
}
