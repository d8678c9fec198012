//! What Meta says of the number, the account and the templates, and what that means for sending.
//!
//! ```text
//!                 refusal, ban, restriction
//!   open ───────────────────────────────────────▶ stopped ──┐ its term is over, or from time to time:
//!    ▲                                              │  ▲     │ one message tries
//!    └── reinstated · lifted by the staff · ────────┘  └─────┘ refused again: stopped for longer
//!        the try was taken
//! ```
//!
//! Events arrive at least once and in any order (Meta, webhooks overview). Each part of the state therefore remembers the
//! hour of what it was told last, and what is older changes nothing. Of a stop and a release in one second the stop stands.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::ids::NoticeId;

mod event;

pub use event::{Event, Restriction, TemplateKey, What};

/// Why nothing may be sent. Each names who has to do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopCause {
    /// The access token is dead (codes 0, 190): put a new one.
    Token,
    /// The token may not do this (3, 10, 200–299, 131005).
    Permission,
    /// Billing: a payment method is missing or refused (131042, 131044, 134011).
    Payment,
    /// The account is restricted, locked, disabled or gone (131031, `account_update`).
    Account,
    /// Blocked for a breach of policy (368, 131064).
    Policy,
    /// The number is not registered or not named (33, 131037, 131045, 133xxx).
    Number,
}

impl StopCause {
    /// Every cause.
    pub const ALL: [Self; 6] = [
        Self::Token,
        Self::Permission,
        Self::Payment,
        Self::Account,
        Self::Policy,
        Self::Number,
    ];

    /// The word in the API, in metrics and in the texts.
    pub fn key(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Permission => "permission",
            Self::Payment => "payment",
            Self::Account => "account",
            Self::Policy => "policy",
            Self::Number => "number",
        }
    }

    /// The cause of a word, if it is one of ours.
    pub fn of_key(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.key() == word)
    }
}

/// A stop: nothing leaves, but for a message that tries now and then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// Since when.
    pub since: Instant,
    /// What Meta said: its code or its event, for a person to read.
    pub said: String,
    /// When Meta says it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<Instant>,
    /// When one message may try again.
    pub try_at: Instant,
    /// How many tries were refused.
    pub tries: u32,
}

/// What was last heard of one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Standing {
    at: Instant,
    stop: Option<Stop>,
}

/// What was last heard of a template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Meta's word for its status.
    #[serde(default)]
    pub status: Option<Heard<String>>,
    /// Why, where it was said.
    #[serde(default)]
    pub reason: Option<String>,
    /// Until when a pause lasts.
    #[serde(default)]
    pub paused_until: Option<Instant>,
    /// `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
    #[serde(default)]
    pub quality: Option<Heard<String>>,
    /// What it is billed as, where Meta changed it.
    #[serde(default)]
    pub category: Option<Heard<String>>,
    /// A change of category that is announced.
    #[serde(default)]
    pub category_ahead: Option<(String, Instant)>,
}

/// A word of Meta's and its hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard<T> {
    /// When it was said.
    pub at: Instant,
    /// What.
    pub what: T,
}

/// Everything that sending has to obey, and what the staff should see.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Platform {
    standing: BTreeMap<StopCause, Standing>,
    /// Templates of which anything was heard, by `name/language`.
    pub templates: BTreeMap<String, Template>,
    /// What was last said of the number's quality.
    pub number_quality: Option<Heard<String>>,
    /// What became of the number's display name.
    pub number_name: Option<Heard<String>>,
    /// What became of the account's review.
    pub account_review: Option<Heard<String>>,
    /// The last alert.
    pub alert: Option<Heard<String>>,
    /// The last change of the two-step PIN.
    pub security: Option<Heard<String>>,
    /// How many different people may be written to first in 24 hours; the inner `None` is no limit.
    pub people_per_day: Option<Heard<Option<u32>>>,
    /// Notices that the staff has stopped while they were going out.
    pub stopped_notices: BTreeSet<NoticeId>,
}

/// Whether something may leave now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gate {
    /// It may.
    Open,
    /// It may not.
    Shut {
        /// Why.
        why: Shut,
        /// When it is worth asking again.
        again_at: Instant,
    },
    /// Everything is stopped, and it is time for one message to try.
    Try(StopCause),
}

/// Why the gate is shut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shut {
    /// All sending is stopped.
    Stopped(StopCause),
    /// This template is paused, disabled or not approved.
    Template(String),
    /// The staff has stopped this notice.
    Notice,
}

impl Shut {
    /// The word for logs and metrics.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Stopped(cause) => cause.key(),
            Self::Template(_) => "template",
            Self::Notice => "notice",
        }
    }
}

/// How long before the first try after a stop, and the longest time between two.
const FIRST_TRY: SignedDuration = SignedDuration::from_mins(5);
const LONGEST: SignedDuration = SignedDuration::from_hours(1);
/// A first pause of a template lasts three hours, a second six (Meta, template pausing).
const FIRST_PAUSE: SignedDuration = SignedDuration::from_hours(3);
const SECOND_PAUSE: SignedDuration = SignedDuration::from_hours(6);
/// How often what waits for the staff or for a template asks again.
const ASK_AGAIN: SignedDuration = SignedDuration::from_mins(5);

impl Platform {
    /// Takes in `event`. What is older than what is known changes nothing.
    pub fn apply(&mut self, event: &Event) {
        let at = event.at;
        match &event.what {
            What::TemplateStatus {
                template,
                status,
                reason,
                title,
            } => self.template_status(template, at, status, reason.as_ref(), title.as_deref()),
            What::TemplateQuality { template, score } => {
                newer(&mut self.template(template).quality, at, score.clone());
            }
            What::TemplateCategory {
                template,
                category,
                from: Some(from),
            } => self.template(template).category_ahead = Some((category.clone(), *from)),
            What::TemplateCategory {
                template, category, ..
            } => {
                let template = self.template(template);
                newer(&mut template.category, at, category.clone());
                template.category_ahead = None;
            }
            What::Account {
                event,
                violation,
                restrictions,
                ban,
            } => self.account(
                at,
                event,
                violation.as_deref(),
                restrictions,
                ban.as_deref(),
            ),
            What::AccountReview { decision } => {
                newer(&mut self.account_review, at, decision.clone());
            }
            What::Alert { kind } => newer(&mut self.alert, at, kind.clone()),
            What::NumberQuality { event, .. } => newer(&mut self.number_quality, at, event.clone()),
            What::NumberName { decision } => newer(&mut self.number_name, at, decision.clone()),
            What::Capability { people_per_day } => {
                newer(&mut self.people_per_day, at, *people_per_day);
            }
            What::Security { event } => newer(&mut self.security, at, event.clone()),
            What::TemplateChanged { .. } | What::Other { .. } => {}
        }
    }

    /// Stops all sending for `cause`, because Meta `said` so at `at`. A stop that stands is made longer.
    pub fn stop(&mut self, cause: StopCause, said: &str, until: Option<Instant>, at: Instant) {
        let before = self.standing.get(&cause);
        if before.is_some_and(|standing| at < standing.at) {
            return;
        }
        let before = before.and_then(|standing| standing.stop.as_ref());
        let (since, tries) = match before {
            // Several messages are refused together before the first refusal is known: they are one.
            Some(stop) if at < stop.try_at && stop.until == until => (stop.since, stop.tries),
            Some(stop) => (stop.since, stop.tries + 1),
            None => (at, 0),
        };
        let pause = FIRST_TRY
            .checked_mul(1 << tries.min(4))
            .unwrap_or(LONGEST)
            .min(LONGEST);
        let stop = Stop {
            since,
            said: said.chars().take(200).collect(),
            until,
            try_at: until.unwrap_or(at + pause),
            tries,
        };
        self.standing.insert(
            cause,
            Standing {
                at,
                stop: Some(stop),
            },
        );
    }

    /// Lets sending for `cause` go on: Meta reinstated it, a try was taken, or the staff says so.
    pub fn lift(&mut self, cause: StopCause, at: Instant) {
        // Kept even where nothing is stopped: an older stop may still be on its way.
        if self
            .standing
            .get(&cause)
            .is_none_or(|standing| at > standing.at)
        {
            self.standing.insert(cause, Standing { at, stop: None });
        }
    }

    /// Takes the right to try for `cause`, so that nobody else tries until the try is known.
    pub fn claim_try(&mut self, cause: StopCause, now: Instant) {
        if let Some(Standing {
            stop: Some(stop), ..
        }) = self.standing.get_mut(&cause)
        {
            stop.until = None;
            stop.try_at = now + FIRST_TRY;
        }
    }

    /// A template that was refused as paused while we were sending.
    pub fn pause_template(&mut self, template: &TemplateKey, at: Instant) {
        self.template_status(template, at, "PAUSED", None, None);
    }

    /// A template that Meta answered is disabled. It is an answer to one message and no word of Meta's on the template, so
    /// another message asks again after some hours.
    pub fn disable_template(&mut self, template: &TemplateKey, at: Instant) {
        self.template_status(template, at, "DISABLED", None, None);
        let template = self.template(template);
        if template.status.as_ref().is_some_and(|heard| heard.at == at) {
            template.paused_until = Some(at + SECOND_PAUSE);
        }
    }

    /// What stands in the way of all sending, by cause.
    pub fn stops(&self) -> impl Iterator<Item = (StopCause, &Stop)> {
        self.standing
            .iter()
            .filter_map(|(cause, standing)| Some((*cause, standing.stop.as_ref()?)))
    }

    /// Whether something may leave at `now`: a reply in free text has neither template nor notice.
    pub fn gate(
        &self,
        template: Option<&TemplateKey>,
        notice: Option<&NoticeId>,
        now: Instant,
    ) -> Gate {
        if notice.is_some_and(|notice| self.stopped_notices.contains(notice)) {
            return Gate::Shut {
                why: Shut::Notice,
                again_at: now + ASK_AGAIN,
            };
        }
        let template = template.map(TemplateKey::to_string);
        if let Some((key, state)) = template.and_then(|key| {
            let state = self.templates.get(&key)?;
            Some((key, state))
        }) && let Some(again_at) = state.usable_again(now)
        {
            return Gate::Shut {
                why: Shut::Template(key),
                again_at,
            };
        }
        // The stop that lasts longest decides: a try for another would be vain.
        match self.stops().max_by_key(|(_, stop)| stop.try_at) {
            None => Gate::Open,
            Some((cause, stop)) if now >= stop.try_at => Gate::Try(cause),
            Some((cause, stop)) => Gate::Shut {
                why: Shut::Stopped(cause),
                again_at: stop.try_at,
            },
        }
    }

    /// How many different people may be written to first in 24 hours: what Meta said last, else what the tenant's settings
    /// say. `None` is no limit.
    pub fn people_per_day(&self, settings: Option<u32>) -> Option<u32> {
        self.people_per_day
            .as_ref()
            .map_or(settings, |heard| heard.what)
    }

    /// What a template is billed as: what Meta made of it, else what the settings say.
    pub fn category<'a>(&'a self, template: &TemplateKey, settings: &'a str) -> &'a str {
        self.templates
            .get(&template.to_string())
            .and_then(|state| state.category.as_ref())
            .map_or(settings, |heard| heard.what.as_str())
    }

    fn template(&mut self, key: &TemplateKey) -> &mut Template {
        self.templates.entry(key.to_string()).or_default()
    }

    fn template_status(
        &mut self,
        key: &TemplateKey,
        at: Instant,
        status: &str,
        reason: Option<&String>,
        title: Option<&str>,
    ) {
        let template = self.template(key);
        if template
            .status
            .as_ref()
            .is_some_and(|heard| at < heard.at || (at == heard.at && !stops(status)))
        {
            return;
        }
        template.paused_until = (status == "PAUSED").then(|| match title {
            Some("SECOND_PAUSE") => at + SECOND_PAUSE,
            _ => at + FIRST_PAUSE,
        });
        template.reason = reason.cloned();
        template.status = Some(Heard {
            at,
            what: status.to_owned(),
        });
    }

    fn account(
        &mut self,
        at: Instant,
        event: &str,
        violation: Option<&str>,
        restrictions: &[Restriction],
        ban: Option<&str>,
    ) {
        let cause = StopCause::Account;
        // A restriction that only keeps us from adding numbers does not touch sending.
        let mut touching = restrictions
            .iter()
            .filter(|restriction| !restriction.kind.contains("ADD_PHONE_NUMBER"));
        match (event, ban) {
            (_, Some("REINSTATE")) | ("ACCOUNT_RECONNECTED", _) => self.lift(cause, at),
            (_, Some("DISABLE")) => self.stop(cause, "DISABLE", None, at),
            ("ACCOUNT_DELETED" | "ACCOUNT_OFFBOARDED", _) => self.stop(cause, event, None, at),
            ("ACCOUNT_RESTRICTION", _) => {
                let first = touching.next();
                if let Some(first) = first {
                    // Without a term for each there is no term for all.
                    let until =
                        touching.fold(first.until, |until, other| Some(until?.max(other.until?)));
                    self.stop(cause, &first.kind, until, at);
                } else if restrictions.is_empty() {
                    self.lift(cause, at);
                }
            }
            ("ACCOUNT_VIOLATION", _) => {
                newer(&mut self.alert, at, violation.unwrap_or(event).to_owned());
            }
            _ => {}
        }
    }
}

impl Template {
    /// When to ask again, if the template cannot be used at `now`. One of which nothing was heard can be used.
    fn usable_again(&self, now: Instant) -> Option<Instant> {
        let status = self.status.as_ref()?;
        if !stops(&status.what) {
            return None;
        }
        match self.paused_until {
            Some(until) if now >= until => None,
            Some(until) => Some(until.min(now + ASK_AGAIN)),
            None => Some(now + ASK_AGAIN),
        }
    }
}

/// Whether a template in this status cannot be sent. A word of the future does not stop: Meta's refusal would.
fn stops(status: &str) -> bool {
    matches!(
        status,
        "PAUSED"
            | "DISABLED"
            | "REJECTED"
            | "DELETED"
            | "PENDING"
            | "PENDING_DELETION"
            | "ARCHIVED"
            | "LOCKED"
    )
}

fn newer<T>(known: &mut Option<Heard<T>>, at: Instant, what: T) {
    if known.as_ref().is_none_or(|heard| at >= heard.at) {
        *known = Some(Heard { at, what });
    }
}

#[cfg(test)]
mod tests;
