//! The making of a segnalazione in the chat: what is there and what happens make what is there next and what is said.
//!
//! Every outgoing message costs the comune money, so the dialogue asks only for what is missing, one thing at a time, and what
//! comes in one breath (a sentence, three photos, a position) is read together before anything is answered. The order in which
//! pieces come decides nothing: a piece is put where it belongs, whatever was asked.
//!
//! No model takes part. What the rules propose (a category) is a proposal until the citizen confirms the whole.

use serde::{Deserialize, Serialize};

use super::categories::Category;
use super::draft::{Ask, Draft, Given, Photo, Stage};
use super::service::Service;
use super::settings::Settings;
use super::words::Line;
use crate::Instant;
use crate::conversation::Said;
use crate::ids::Wamid;
use crate::segnalazione::life::Codice;
use crate::tenant::Tenant;

mod form;
mod pieces;
mod rest;
mod say;
mod talk;

pub use say::{plain, receipt};
pub use talk::hear;

/// Where somebody is in the making of a segnalazione.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Dialogue {
    /// None is being made.
    Resting {
        /// The last one that they confirmed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last: Option<Last>,
    },
    /// One is being made.
    Making(Box<Draft>),
}

/// A segnalazione that was confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// Its code.
    pub codice: Codice,
    /// When.
    pub at: Instant,
}

impl Default for Dialogue {
    fn default() -> Self {
        Self::Resting { last: None }
    }
}

impl Dialogue {
    /// Whether nothing is being made and nothing was.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The dialogue of somebody who turns out to be two of our people: what either gave is kept.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Making(one), Self::Making(two)) => {
                let (mut later, earlier) = if one.heard_at >= two.heard_at {
                    (one, two)
                } else {
                    (two, one)
                };
                later.given.absorb(earlier.given);
                Self::Making(later)
            }
            (making @ Self::Making(_), _) | (_, making @ Self::Making(_)) => making,
            (Self::Resting { last: one }, Self::Resting { last: two }) => Self::Resting {
                last: [one, two].into_iter().flatten().max_by_key(|last| last.at),
            },
        }
    }
}

/// What the dialogue knows beside what it hears.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The comune.
    pub tenant: &'a Tenant,
    /// Its service.
    pub service: &'a Service,
    /// Whether WhatsApp shows the number of whoever writes.
    pub number_shown: bool,
    /// The present.
    pub now: Instant,
}

/// What comes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Where they are now.
    pub next: Dialogue,
    /// What is said, if anything: never more than one message.
    pub say: Option<Saying>,
    /// When to look again whether more has come ([`pause_over`]).
    pub look_at: Option<Instant>,
    /// Photos to fetch from Meta.
    pub fetch: Vec<Photo>,
    /// What was confirmed: it becomes a case, and its receipt is what is said.
    pub filed: Option<Filed>,
    /// What is added to a case that was confirmed before.
    pub supplement: Option<Supplement>,
}

/// What a citizen adds to a case that they confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supplement {
    /// To which.
    pub codice: Codice,
    /// By which message.
    pub message: Wamid,
    /// What.
    pub given: Given,
}

/// A message, and which of our lines it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Saying {
    /// Which line.
    pub line: Line,
    /// The message.
    pub said: Said,
}

/// A segnalazione as it was confirmed. Everything that is asked is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// The draft, complete.
    pub draft: Draft,
    /// When the message that completed it was written: the day of presentation (L. 241/1990, art. 18-bis).
    pub presented_at: Instant,
}

impl Step {
    fn quiet(next: Dialogue) -> Self {
        Self {
            next,
            say: None,
            look_at: None,
            fetch: Vec::new(),
            filed: None,
            supplement: None,
        }
    }

    fn saying(next: Dialogue, say: Saying) -> Self {
        Self {
            say: Some(say),
            ..Self::quiet(next)
        }
    }
}

/// The time for more to come is over: what is missing is asked, or everything is read back. A pause that was prolonged
/// meanwhile, or is of an earlier breath, changes nothing.
///
/// Words that turn out to be no segnalazione, alone as they stayed, are answered with what this number is for.
pub fn pause_over(dialogue: Dialogue, around: &Around) -> Step {
    match dialogue {
        Dialogue::Making(draft) if over(&draft.stage, around.now) => {
            if draft.greeted || pieces::is_something(&draft.given, &around.service.settings) {
                return say::greeting(go_on(draft, around), around);
            }
            let resting = Dialogue::Resting { last: draft.before };
            Step::saying(resting, say::plain(Line::Menu, around))
        }
        other => Step::quiet(other),
    }
}

/// When somebody should look at `dialogue`, whatever is said in between: to remind, or to let it lapse.
pub fn due_at(dialogue: &Dialogue, settings: &Settings) -> Option<Instant> {
    let Dialogue::Making(draft) = dialogue else {
        return None;
    };
    let hours = if draft.reminded {
        24 * settings.lapse_days
    } else {
        settings.remind_hours
    };
    later(draft.heard_at, hours)
}

/// Silence has lasted: the citizen is reminded, once, and then it lapses: what they gave is erased and nothing is sent on.
pub fn due(dialogue: Dialogue, around: &Around) -> Step {
    let settings = &around.service.settings;
    if due_at(&dialogue, settings).is_none_or(|at| at > around.now) {
        return Step::quiet(dialogue);
    }
    let Dialogue::Making(mut draft) = dialogue else {
        return Step::quiet(dialogue);
    };
    let lapses_at = later(draft.heard_at, 24 * settings.lapse_days);
    if lapses_at.is_none_or(|at| at <= around.now) {
        return Step::quiet(Dialogue::Resting { last: draft.before });
    }
    draft.reminded = true;
    let missing = draft.given.missing(settings);
    let is_read_back = matches!(draft.stage, Stage::Confirmation { .. });
    if missing.is_none() && !is_read_back {
        return say::greeting(go_on(draft, around), around);
    }
    let say = say::reminder(missing.as_ref(), lapses_at, around);
    if let Some(asked) = missing {
        draft.stage = Stage::Answer { asked };
    }
    Step::saying(Dialogue::Making(draft), say)
}

fn later(at: Instant, hours: i64) -> Option<Instant> {
    at.checked_add(jiff::SignedDuration::from_hours(hours)).ok()
}

fn over(stage: &Stage, now: Instant) -> bool {
    matches!(stage, Stage::More { until, .. } if *until <= now)
}

/// Asks for what is missing, or reads everything back, or files what was confirmed on the form already.
fn go_on(mut draft: Box<Draft>, around: &Around) -> Step {
    pieces::propose_category(&mut draft.given, &around.service.settings);
    match draft.given.missing(&around.service.settings) {
        Some(asked) => {
            let say = say::question(&asked, &draft, around);
            draft.stage = Stage::Answer { asked };
            Step::saying(Dialogue::Making(draft), say)
        }
        None if draft.is_confirmed() => file(*draft),
        None => {
            draft.stage = Stage::Confirmation {
                seen: say::digest(&draft.given),
            };
            let say = say::summary(&draft, around);
            Step::saying(Dialogue::Making(draft), say)
        }
    }
}

fn file(draft: Draft) -> Step {
    let presented_at = draft.heard_at;
    // Until the case is written there is no code to remember.
    let next = Dialogue::Resting {
        last: draft.before.clone(),
    };
    Step {
        filed: Some(Filed {
            draft,
            presented_at,
        }),
        ..Step::quiet(next)
    }
}

/// Waits for more before anything is said.
fn wait(mut draft: Box<Draft>, asked: Option<Ask>, around: &Around) -> Step {
    let pause = jiff::SignedDuration::from_secs(around.service.settings.gather_seconds);
    let until = around.now.checked_add(pause).unwrap_or(around.now);
    draft.stage = Stage::More { until, asked };
    Step {
        look_at: Some(until),
        ..Step::quiet(Dialogue::Making(draft))
    }
}

/// The category that `draft` has.
fn category<'a>(draft: &Draft, settings: &'a Settings) -> Option<&'a Category> {
    settings.category(&draft.given.category.as_ref()?.code)
}

#[cfg(test)]
mod tests;
