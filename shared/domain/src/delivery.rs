//! What became of one thing sent to one person.
//!
//! ```text
//! Waiting ⇄ Intended ─▶ Unclear ─▶ Unknown ─▶ Refused ─▶ Accepted ─▶ Sent ─▶ Failed ─▶ Delivered ─▶ Read ─▶ Played    Skipped
//! └── before WhatsApp says anything ──┘        └──────── what WhatsApp said, a ladder that only climbs ────────────┘    (left)
//! ```
//!
//! Statuses arrive at least once, in any order, also before the answer to our own call (Meta, webhooks overview). So a
//! delivery is a *set* of what was done and heard, and where it stands follows from that set: every order and repetition of
//! the same events ends in the same row, and the row can be recomputed from them.
//!
//! `Failed` stands below `Delivered`: should WhatsApp report both, the phone has the message, and it will be billed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::ids::{SendId, Wamid};

mod counts;
mod history;
mod service;

pub use counts::Counts;
pub use history::Noted;
pub use service::{FREE_PER_MONTH, Month};

/// Meta's code for free text outside the 24-hour window.
const WINDOW_CLOSED: i64 = 131_047;

/// Where a delivery stands. The order is the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// Not sent, because the person had left by then.
    Skipped,
    /// Certainly not sent yet; it may be tried.
    Waiting,
    /// The call is about to be made, or was interrupted: it must not be made again without knowing.
    Intended,
    /// The call was made and its outcome is not known: a time-out, a reset, a server error.
    Unclear,
    /// Nothing settled it within the term: a person should look.
    Unknown,
    /// WhatsApp answered that it does not take the message.
    Refused,
    /// WhatsApp took it.
    Accepted,
    /// It left WhatsApp's servers.
    Sent,
    /// It could not be delivered.
    Failed,
    /// It is on the phone.
    Delivered,
    /// It was read.
    Read,
    /// A voice message was listened to.
    Played,
}

impl Rung {
    /// Every rung, from the lowest.
    pub const ALL: [Self; 12] = [
        Self::Skipped,
        Self::Waiting,
        Self::Intended,
        Self::Unclear,
        Self::Unknown,
        Self::Refused,
        Self::Accepted,
        Self::Sent,
        Self::Failed,
        Self::Delivered,
        Self::Read,
        Self::Played,
    ];

    /// The name in tables and counts.
    pub fn key(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Waiting => "waiting",
            Self::Intended => "intended",
            Self::Unclear => "unclear",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
        }
    }
}

/// Why WhatsApp refused or failed a message: Meta's code and what it stands for (Meta, error codes).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reason {
    /// Meta's code.
    pub code: i64,
    /// Meta's title, for a person to read.
    pub title: String,
}

/// What WhatsApp says it charges, from the status itself and never from our own counting (Meta, pricing). Open values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Pricing {
    /// Whether it is charged.
    pub billable: bool,
    /// `utility`, `marketing`, `service`, …
    pub category: String,
    /// `regular`, `free_customer_service`, `free_entry_point`, …
    #[serde(rename = "type", skip_serializing_if = "Option::is_none", default)]
    pub kind: Option<String>,
    /// `PMP` since July 2025.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub model: Option<String>,
}

/// One thing sent to one person, so far. All but the history follows from the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "history::Stored")]
pub struct Delivery {
    /// Where it stands.
    pub rung: Rung,
    /// How often the call was begun.
    pub attempts: u32,
    /// WhatsApp's id, once known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wamid: Option<Wamid>,
    /// The hour of each rung that was reached or reported.
    pub at: BTreeMap<Rung, Instant>,
    /// Why it was refused or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pricing: Option<Pricing>,
    /// Everything that was done and heard of it, as it was done and heard.
    pub history: BTreeSet<Noted>,
}

/// Something that WhatsApp, or the outcome of our call, says of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Report {
    /// The rung it reports.
    pub rung: Rung,
    /// When, by the clock of who reports.
    pub at: Instant,
    /// WhatsApp's id, where the report carries it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub wamid: Option<Wamid>,
    /// Why, for `Refused` and `Failed`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<Reason>,
    /// What it costs, where the report carries it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pricing: Option<Pricing>,
}

impl Report {
    /// A report that carries nothing but its rung and its hour.
    pub fn of(rung: Rung, at: Instant) -> Self {
        Self {
            rung,
            at,
            wamid: None,
            reason: None,
            pricing: None,
        }
    }
}

/// What to do with a delivery whose turn to be sent has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Write this intent, then call.
    Call(Delivery),
    /// An earlier call was interrupted: nobody knows whether it was made. Write this, and do not call.
    Doubt(Delivery),
    /// The person has left. Write this, and do not call.
    Skip(Delivery),
    /// There is nothing left to do.
    Nothing,
}

impl Delivery {
    /// When it arrived on the phone, by the earliest report that says so; none if nothing says that it did.
    pub fn arrived_at(&self) -> Option<Instant> {
        [Rung::Delivered, Rung::Read, Rung::Played]
            .iter()
            .filter_map(|rung| self.at.get(rung))
            .min()
            .copied()
    }

    /// What to do now that the turn of a delivery has come, given what is stored of it and whether the person still wants
    /// it.
    pub fn attempt(stored: Option<Self>, wanted: bool, now: Instant) -> Next {
        Self::attempt_by(stored, wanted, now, 0)
    }

    /// The same, by a `hand` that can be told from all others at work: should a write of its intent have no clear outcome,
    /// it will know the intent again ([`Delivery::is_intended_by`]).
    pub fn attempt_by(stored: Option<Self>, wanted: bool, now: Instant, hand: u32) -> Next {
        let stored = stored.unwrap_or_else(Self::nothing_yet);
        let attempt = stored.attempts;
        match stored.rung {
            Rung::Waiting if wanted => Next::Call(stored.with(Noted::Intended {
                attempt: attempt + 1,
                at: now,
                hand,
            })),
            Rung::Waiting => Next::Skip(stored.with(Noted::Skipped { attempt, at: now })),
            Rung::Intended => Next::Doubt(stored.with(Noted::Doubted { attempt, at: now })),
            _ => Next::Nothing,
        }
    }

    /// Since when a person should look at it: nobody knows whether it arrived, or it is an answer to somebody that WhatsApp
    /// took and then failed because the window had closed.
    pub fn needs_a_person(&self, id: &SendId) -> Option<Instant> {
        let window_closed = self
            .reason
            .as_ref()
            .is_some_and(|reason| reason.code == WINDOW_CLOSED);
        match (self.rung, id) {
            (Rung::Unknown, _) => self.at.get(&Rung::Unknown).copied(),
            (Rung::Failed, SendId::Reply(_)) if window_closed => {
                self.at.get(&Rung::Failed).copied()
            }
            _ => None,
        }
    }

    /// Whether it stands as `hand` intended it at `at`, and nobody has doubted it since.
    pub fn is_intended_by(&self, hand: u32, at: Instant) -> bool {
        let attempt = self.attempts;
        self.rung == Rung::Intended
            && self
                .history
                .contains(&Noted::Intended { attempt, at, hand })
    }

    /// This delivery after the only call of it was refused in a way that leaves the message certainly unsent and worth
    /// another try. Another hand may meanwhile have doubted the call: the answer settles the doubt. If WhatsApp has said
    /// anything of the message, that stands.
    #[must_use]
    pub fn put_off(self, now: Instant) -> Self {
        let attempt = self.attempts;
        self.put_off_attempt(attempt, now)
    }

    /// The same, of the call `attempt`: another may have been begun since.
    #[must_use]
    pub fn put_off_attempt(self, attempt: u32, now: Instant) -> Self {
        self.with(Noted::PutOff { attempt, at: now })
    }

    /// This delivery, knowing also what `report` says.
    #[must_use]
    pub fn merge(self, report: Report) -> Self {
        let attempt = self.attempts;
        let at = report.at;
        match report.rung {
            Rung::Unclear => self.with(Noted::Doubted { attempt, at }),
            Rung::Unknown => self.with(Noted::GivenUp { attempt, at }),
            // Nobody reports what only we do.
            Rung::Skipped | Rung::Waiting | Rung::Intended => self,
            _ => self.with(Noted::Said(report)),
        }
    }
}

#[cfg(test)]
mod tests;
