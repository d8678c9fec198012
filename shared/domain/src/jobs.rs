//! The messages of the queues between our own functions. A field is added with a default and none is renamed while
//! messages of the old shape may still be in a queue. None carries a number, a name or a text of a citizen.

use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::conversation::Reply;
use crate::ids::{NoticeId, PersonId, SendId};
use crate::letter::LetterId;
use crate::period::TwoMonthPeriod;

/// `replies.fifo`: say this to that person. Group: the person; deduplication: the reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SayReply {
    /// To whom.
    pub person: PersonId,
    /// When they wrote what this answers: the 24-hour window counts from here.
    pub window_opened_at: Instant,
    /// What to say.
    pub reply: Reply,
}

/// `dispatches`: the hour of a notice has come, or its dispatch goes on after a pause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DispatchNotice {
    /// Which notice.
    pub notice: NoticeId,
    /// For which hour the schedule was made: a schedule that was superseded finds another hour, and does nothing.
    pub send_at: Instant,
}

/// `notices` and `urgent`: send one notice to a handful of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeBatch {
    /// Which notice.
    pub notice: NoticeId,
    /// Name of the template at Meta.
    pub template: String,
    /// Language of the template at Meta.
    pub language: String,
    /// The approved text: public words, no personal data.
    pub text: String,
    /// The link to the news item.
    pub link: String,
    /// To whom.
    pub recipients: Vec<PersonId>,
}

/// `inbound.fifo`, from ourselves: something that concerns a person, for the one function that writes people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonJob {
    /// Meta refused a marketing message because the person stopped them (131050).
    StopMarketing {
        /// Who.
        person: PersonId,
        /// When it was refused.
        at: Instant,
    },
    /// A reply that missed its window: to be said when the person next writes.
    Unsaid(SayReply),
    /// `pauses`: whether more has come of a segnalazione in the making. If not, it goes on.
    LookAgain {
        /// Whose.
        person: PersonId,
        /// When the pause is over.
        until: Instant,
    },
    /// Silence has lasted in the making of a segnalazione: it is reminded of, or lapses.
    BeDue {
        /// Whose.
        person: PersonId,
        /// Since when it is due.
        at: Instant,
    },
}

/// `held`: what may not leave now, and asks again after a while. Each asking is a new message, so that waiting uses up no
/// tries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Since when it waits.
    pub since: Instant,
    /// Before when there is no sense in asking.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub not_before: Option<Instant>,
    /// What waits.
    pub job: HeldJob,
}

/// What can be made to wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldJob {
    /// A reply.
    Reply(SayReply),
    /// An ordinary notice to some people.
    Notice(NoticeBatch),
    /// An urgent one.
    Urgent(NoticeBatch),
}

/// However long something has waited, it asks every five minutes: so much later than a stop does sending go on.
const LONGEST_BETWEEN: i64 = 300;

impl Held {
    /// In how many seconds to ask again: soon at first, then less often, not before there is a chance, and never later than
    /// SQS can wait.
    pub fn ask_in(&self, now: Instant) -> i32 {
        let waited = now.as_second() - self.since.as_second();
        let chance = self
            .not_before
            .map_or(0, |at| at.as_second() - now.as_second() + 1);
        let seconds = (waited / 4).min(LONGEST_BETWEEN).max(chance).clamp(5, 900);
        i32::try_from(seconds).unwrap_or(900)
    }
}

/// `statuses`, from ourselves: see whether this was settled meanwhile, else call it unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settle {
    /// What was left unclear.
    pub settle: SendId,
}

/// `reports`: make the report of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum MakeReport {
    /// Of this one.
    Period {
        /// Which.
        period: TwoMonthPeriod,
    },
    /// Of the last one that is closed: what the schedule asks.
    LastClosedPeriod,
}

/// `mails`: post this letter. Its words are in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostLetter {
    /// Which.
    pub letter: LetterId,
}

/// `ticks`: look at what is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Tick {
    /// What the schedule asks every few minutes.
    Look,
}
