//! The raw events of a delivery, and the row that follows from them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Delivery, Pricing, Reason, Report, Rung};
use crate::Instant;
use crate::ids::Wamid;

/// Something that was done or heard of a delivery. What we did carries the number of the attempt, so that its order does not
/// hang on the clocks of two machines.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Noted {
    /// The call was about to be made.
    Intended {
        /// The how-manieth, from 1.
        attempt: u32,
        /// When.
        at: Instant,
        /// Whose hand it was: who meets its own intent again knows that it has not called yet.
        #[serde(default)]
        hand: u32,
    },
    /// It certainly did not leave, and may be tried again.
    PutOff {
        /// Which attempt.
        attempt: u32,
        /// When.
        at: Instant,
    },
    /// Nobody knew whether it had left.
    Doubted {
        /// Which attempt.
        attempt: u32,
        /// When.
        at: Instant,
    },
    /// Nothing had settled it within the term.
    GivenUp {
        /// Which attempt.
        attempt: u32,
        /// When.
        at: Instant,
    },
    /// The person had left.
    Skipped {
        /// After which attempt; zero for none.
        attempt: u32,
        /// When.
        at: Instant,
    },
    /// WhatsApp said something of it.
    Said(Report),
}

impl Delivery {
    /// A delivery of which nothing was done or heard.
    pub(super) fn nothing_yet() -> Self {
        Self::of(BTreeSet::new())
    }

    /// This delivery and `noted`.
    pub(super) fn with(mut self, noted: Noted) -> Self {
        if self.history.insert(noted) {
            Self::of(self.history)
        } else {
            self
        }
    }

    /// The delivery that `history` makes: computed from the events alone.
    pub fn of(history: BTreeSet<Noted>) -> Self {
        let mut delivery = Self {
            rung: Rung::Waiting,
            attempts: 0,
            wamid: None,
            at: BTreeMap::new(),
            reason: None,
            pricing: None,
            history: BTreeSet::new(),
        };
        let mut said = None;
        // What stands after the last attempt: attempts first, and within one the order of this list.
        let mut done = (0, Rung::Waiting);
        for noted in &history {
            let (rung, at) = match noted {
                Noted::Intended { attempt, at, .. } => {
                    delivery.attempts = delivery.attempts.max(*attempt);
                    done = later(done, (*attempt, Rung::Intended));
                    (Rung::Intended, at)
                }
                Noted::Doubted { attempt, at } => {
                    done = later(done, (*attempt, Rung::Unclear));
                    (Rung::Unclear, at)
                }
                Noted::GivenUp { attempt, at } => {
                    done = later(done, (*attempt, Rung::Unknown));
                    (Rung::Unknown, at)
                }
                Noted::PutOff { attempt, at } => {
                    done = later(done, (*attempt, Rung::Waiting));
                    (Rung::Waiting, at)
                }
                Noted::Skipped { attempt, at } => {
                    done = later(done, (*attempt, Rung::Skipped));
                    (Rung::Skipped, at)
                }
                Noted::Said(report) => {
                    said = said.max(Some(report.rung));
                    delivery.wamid = delivery.wamid.or_else(|| report.wamid.clone());
                    delivery.reason = delivery.reason.max(report.reason.clone());
                    delivery.pricing = delivery.pricing.max(report.pricing.clone());
                    (report.rung, &report.at)
                }
            };
            delivery
                .at
                .entry(rung)
                .and_modify(|known| *known = (*known).max(*at))
                .or_insert(*at);
        }
        delivery.rung = said.unwrap_or(done.1);
        delivery.history = history;
        delivery
    }

    /// WhatsApp's ids of it: more than one would be a second message.
    pub fn wamids(&self) -> BTreeSet<&Wamid> {
        self.history
            .iter()
            .filter_map(|noted| match noted {
                Noted::Said(report) => report.wamid.as_ref(),
                _ => None,
            })
            .collect()
    }
}

/// The later of two things done. An answer that leaves the message unsent settles a doubt of the same attempt.
fn later(one: (u32, Rung), other: (u32, Rung)) -> (u32, Rung) {
    let place = |(attempt, rung): (u32, Rung)| {
        let step = match rung {
            Rung::Unclear => 1,
            Rung::Unknown => 2,
            // Attempt zero: nothing was done yet.
            Rung::Waiting if attempt > 0 => 3,
            Rung::Skipped => 4,
            _ => 0,
        };
        (attempt, step)
    };
    if place(other) >= place(one) {
        other
    } else {
        one
    }
}

/// A delivery as it may be stored: rows written before November 2026 have no history, and it is made up from what they say.
#[derive(Deserialize)]
pub(super) struct Stored {
    rung: Rung,
    #[serde(default)]
    attempts: u32,
    #[serde(default)]
    wamid: Option<Wamid>,
    #[serde(default)]
    at: BTreeMap<Rung, Instant>,
    #[serde(default)]
    reason: Option<Reason>,
    #[serde(default)]
    pricing: Option<Pricing>,
    #[serde(default)]
    history: BTreeSet<Noted>,
}

impl From<Stored> for Delivery {
    fn from(stored: Stored) -> Self {
        if !stored.history.is_empty() {
            return Self::of(stored.history);
        }
        let attempt = stored.attempts;
        let mut history = BTreeSet::new();
        for (rung, at) in &stored.at {
            let at = *at;
            match rung {
                Rung::Intended => history.extend((1..=attempt).map(|attempt| Noted::Intended {
                    attempt,
                    at,
                    hand: 0,
                })),
                Rung::Waiting if stored.rung != Rung::Waiting => {}
                Rung::Waiting => drop(history.insert(Noted::PutOff { attempt, at })),
                Rung::Unclear => drop(history.insert(Noted::Doubted { attempt, at })),
                Rung::Unknown => drop(history.insert(Noted::GivenUp { attempt, at })),
                Rung::Skipped => drop(history.insert(Noted::Skipped { attempt, at })),
                _ => {
                    let top = *rung == stored.rung;
                    history.insert(Noted::Said(Report {
                        rung: *rung,
                        at,
                        wamid: stored.wamid.clone(),
                        reason: stored.reason.clone().filter(|_| top),
                        pricing: stored.pricing.clone().filter(|_| top),
                    }));
                }
            }
        }
        Self::of(history)
    }
}
