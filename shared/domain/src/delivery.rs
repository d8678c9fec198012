//! What became of one thing sent to one person.
//!
//! ```text
//! Waiting ⇄ Intended ─▶ Unclear ─▶ Unknown ─▶ Refused ─▶ Accepted ─▶ Sent ─▶ Failed ─▶ Delivered ─▶ Read        Skipped
//! └── before WhatsApp says anything ──┘        └──────── what WhatsApp said, a ladder that only climbs ───────┘   (left)
//! ```
//!
//! Statuses arrive at least once, in any order, also before the answer to our own call (Meta, webhooks overview). So a
//! delivery only ever *merges* what it hears: the highest rung, the latest hour of each rung, the price and the reason. The
//! merge is commutative, associative and idempotent: every order and repetition of the same events ends in the same row.
//!
//! `Failed` stands below `Delivered`: should WhatsApp report both, the phone has the message, and it will be billed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::ids::Wamid;

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
}

impl Rung {
    /// Every rung, from the lowest.
    pub const ALL: [Self; 11] = [
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
}

/// One thing sent to one person, so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Where it stands.
    pub rung: Rung,
    /// How often the call was begun.
    pub attempts: u32,
    /// WhatsApp's id, once known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub wamid: Option<Wamid>,
    /// The hour of each rung that was reached or reported.
    pub at: BTreeMap<Rung, Instant>,
    /// Why it was refused or failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<Reason>,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pricing: Option<Pricing>,
}

/// Something that WhatsApp, or the outcome of our call, says of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The rung it reports.
    pub rung: Rung,
    /// When, by the clock of who reports.
    pub at: Instant,
    /// WhatsApp's id, where the report carries it.
    pub wamid: Option<Wamid>,
    /// Why, for `Refused` and `Failed`.
    pub reason: Option<Reason>,
    /// What it costs, where the report carries it.
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
    fn at_rung(rung: Rung, now: Instant) -> Self {
        Self {
            rung,
            attempts: 0,
            wamid: None,
            at: BTreeMap::from([(rung, now)]),
            reason: None,
            pricing: None,
        }
    }

    /// What to do now that the turn of a delivery has come, given what is stored of it and whether the person still wants
    /// it.
    pub fn attempt(stored: Option<Self>, wanted: bool, now: Instant) -> Next {
        match stored {
            None if !wanted => Next::Skip(Self::at_rung(Rung::Skipped, now)),
            Some(mut waiting) if waiting.rung == Rung::Waiting && !wanted => {
                waiting.rung = Rung::Skipped;
                waiting.at.insert(Rung::Skipped, now);
                Next::Skip(waiting)
            }
            None => Next::Call(Self {
                attempts: 1,
                ..Self::at_rung(Rung::Intended, now)
            }),
            Some(waiting) if waiting.rung == Rung::Waiting => {
                let mut intended = waiting;
                intended.attempts += 1;
                intended.rung = Rung::Intended;
                intended.at.insert(Rung::Intended, now);
                Next::Call(intended)
            }
            Some(interrupted) if interrupted.rung == Rung::Intended => {
                Next::Doubt(interrupted.merge(Report::of(Rung::Unclear, now)))
            }
            Some(_) => Next::Nothing,
        }
    }

    /// This delivery after the only call of it was refused in a way that leaves the message certainly unsent and worth
    /// another try. Another hand may meanwhile have doubted the call: the answer settles the doubt. If WhatsApp has said
    /// anything of the message, that stands.
    #[must_use]
    pub fn put_off(mut self, now: Instant) -> Self {
        if matches!(self.rung, Rung::Intended | Rung::Unclear | Rung::Unknown) {
            self.rung = Rung::Waiting;
            self.at.insert(Rung::Waiting, now);
        }
        self
    }

    /// This delivery, knowing also what `report` says.
    #[must_use]
    pub fn merge(mut self, report: Report) -> Self {
        self.rung = self.rung.max(report.rung);
        self.at
            .entry(report.rung)
            .and_modify(|at| *at = (*at).max(report.at))
            .or_insert(report.at);
        self.wamid = self.wamid.or(report.wamid);
        self.reason = self.reason.max(report.reason);
        self.pricing = self.pricing.max(report.pricing);
        self
    }
}

/// How many deliveries of a notice stand on each rung, and how many are billed in each category.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Deliveries by the rung on which they stand.
    pub rungs: BTreeMap<Rung, i64>,
    /// Billed deliveries by Meta's category.
    pub billable: BTreeMap<String, i64>,
}

impl Counts {
    /// What one delivery counts for.
    pub fn of(delivery: &Delivery) -> Self {
        let billed = delivery.pricing.iter().filter(|pricing| pricing.billable);
        Self {
            rungs: BTreeMap::from([(delivery.rung, 1)]),
            billable: billed
                .map(|pricing| (pricing.category.clone(), 1))
                .collect(),
        }
    }

    /// What changes in the counts when `before` becomes `after`. Zeroes are left out.
    pub fn change(before: Option<&Delivery>, after: &Delivery) -> Self {
        let mut change = Self::of(after);
        if let Some(before) = before.map(Self::of) {
            for (rung, n) in before.rungs {
                *change.rungs.entry(rung).or_default() -= n;
            }
            for (category, n) in before.billable {
                *change.billable.entry(category).or_default() -= n;
            }
        }
        change.rungs.retain(|_, n| *n != 0);
        change.billable.retain(|_, n| *n != 0);
        change
    }

    /// These counts and `others` together.
    #[must_use]
    pub fn plus(mut self, others: &Self) -> Self {
        for (rung, n) in &others.rungs {
            *self.rungs.entry(*rung).or_default() += n;
        }
        for (category, n) in &others.billable {
            *self.billable.entry(category.clone()).or_default() += n;
        }
        self
    }

    /// Deliveries on any of `rungs`.
    pub fn on(&self, rungs: &[Rung]) -> i64 {
        rungs.iter().filter_map(|rung| self.rungs.get(rung)).sum()
    }

    /// Taken by WhatsApp, whatever became of them.
    pub fn accepted(&self) -> i64 {
        self.on(&[
            Rung::Accepted,
            Rung::Sent,
            Rung::Failed,
            Rung::Delivered,
            Rung::Read,
        ])
    }

    /// Left WhatsApp's servers.
    pub fn sent(&self) -> i64 {
        self.on(&[Rung::Sent, Rung::Delivered, Rung::Read])
    }

    /// On the phone.
    pub fn delivered(&self) -> i64 {
        self.on(&[Rung::Delivered, Rung::Read])
    }

    /// Read.
    pub fn read(&self) -> i64 {
        self.on(&[Rung::Read])
    }

    /// Refused at the call or failed later.
    pub fn failed(&self) -> i64 {
        self.on(&[Rung::Refused, Rung::Failed])
    }

    /// Not sent because the person had left.
    pub fn skipped(&self) -> i64 {
        self.on(&[Rung::Skipped])
    }

    /// Called, with no word from WhatsApp.
    pub fn unclear(&self) -> i64 {
        self.on(&[Rung::Intended, Rung::Unclear, Rung::Unknown])
    }
}

#[cfg(test)]
mod tests;
