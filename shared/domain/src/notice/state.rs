//! The states of a request and the table of its moves: who may do what, where. `docs/states.md` shows it.

use serde::{Deserialize, Serialize};

use super::request::{Endorsement, Objection, Path, Signed};
use crate::Instant;
use crate::staff::Role;

/// Where a request stands, with what is known only once it stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum State {
    /// An office asked and nobody has taken it yet.
    Submitted,
    /// It went back to the office to be changed.
    Returned {
        /// Who sent it back.
        returned: Signed,
        /// What is to be changed.
        reason: String,
    },
    /// An operator has it.
    TakenInCharge {
        /// Who took it.
        taken: Signed,
    },
    /// The operating group has it.
    Forwarded {
        /// Who took it.
        taken: Signed,
        /// Who forwarded it.
        forwarded: Signed,
        /// Which way it came.
        #[serde(default)]
        path: Path,
        /// Who of the group has approved these words so far.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        votes: Vec<Signed>,
        /// Who of the group is against it, where one alone cannot stop it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        objections: Vec<Objection>,
    },
    /// Its exact words are approved.
    Approved {
        /// The signatures.
        endorsed: Endorsement,
    },
    /// It waits for its hour.
    Scheduled {
        /// The signatures.
        endorsed: Endorsement,
        /// The hour.
        send_at: Instant,
    },
    /// Its hour came, and it was not to go out without somebody looking at it again.
    Held {
        /// The signatures.
        endorsed: Endorsement,
        /// The hour at which it did not go.
        send_at: Instant,
        /// When it was held.
        held_at: Instant,
        /// Why.
        cause: HoldCause,
    },
    /// It is going out.
    Sending {
        /// The signatures.
        endorsed: Endorsement,
        /// When the first batch left.
        started_at: Instant,
    },
    /// Every recipient is in the queues.
    Sent {
        /// The signatures.
        endorsed: Endorsement,
        /// When the first batch left.
        started_at: Instant,
        /// When the last batch was queued.
        finished_at: Instant,
    },
    /// The staff has stopped it while it was going out: what has not left yet is held.
    Stopped {
        /// The signatures.
        endorsed: Endorsement,
        /// When the first batch left.
        started_at: Instant,
        /// When the last batch was queued, if it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        finished_at: Option<Instant>,
        /// Who stopped it.
        stopped: Signed,
        /// Why.
        reason: String,
    },
    /// It will not go out: it was not found fit.
    Rejected {
        /// Who rejected it.
        rejected: Signed,
        /// Why.
        reason: String,
    },
    /// It will not go out: it is no longer wanted.
    Cancelled {
        /// Who cancelled it.
        cancelled: Signed,
        /// Why.
        reason: String,
    },
}

impl State {
    /// The name of the state.
    pub fn name(&self) -> StateName {
        match self {
            Self::Submitted => StateName::Submitted,
            Self::Returned { .. } => StateName::Returned,
            Self::TakenInCharge { .. } => StateName::TakenInCharge,
            Self::Forwarded { .. } => StateName::Forwarded,
            Self::Approved { .. } => StateName::Approved,
            Self::Scheduled { .. } => StateName::Scheduled,
            Self::Held { .. } => StateName::Held,
            Self::Sending { .. } => StateName::Sending,
            Self::Sent { .. } => StateName::Sent,
            Self::Stopped { .. } => StateName::Stopped,
            Self::Rejected { .. } => StateName::Rejected,
            Self::Cancelled { .. } => StateName::Cancelled,
        }
    }

    /// The signatures, from the approval on.
    pub fn endorsed(&self) -> Option<&Endorsement> {
        match self {
            Self::Approved { endorsed }
            | Self::Scheduled { endorsed, .. }
            | Self::Held { endorsed, .. }
            | Self::Sending { endorsed, .. }
            | Self::Sent { endorsed, .. }
            | Self::Stopped { endorsed, .. } => Some(endorsed),
            _ => None,
        }
    }

    /// When the first batch left, if any has: what went out stays in the register, whatever became of it.
    pub fn started_at(&self) -> Option<Instant> {
        match self {
            Self::Sending { started_at, .. }
            | Self::Sent { started_at, .. }
            | Self::Stopped { started_at, .. } => Some(*started_at),
            _ => None,
        }
    }
}

/// Why a notice did not go out at its hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldCause {
    /// The system came to it later than the comune tolerates: what is read late may be wrong by then.
    Late,
    /// Nothing goes out at this hour or on this day.
    ForbiddenHour,
    /// The page it leads to is not there, or says something else than when the notice was approved.
    PageChanged,
    /// A deploy has changed the template since the approval: only other words, approved anew, can go.
    WordsChanged,
}

impl HoldCause {
    /// Every cause.
    pub const ALL: [Self; 4] = [
        Self::Late,
        Self::ForbiddenHour,
        Self::PageChanged,
        Self::WordsChanged,
    ];

    /// The name in the API and in the texts.
    pub fn key(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::ForbiddenHour => "forbidden_hour",
            Self::PageChanged => "page_changed",
            Self::WordsChanged => "words_changed",
        }
    }

    /// The key of the words for the staff.
    pub fn words(self) -> &'static str {
        match self {
            Self::Late => "held.late",
            Self::ForbiddenHour => "held.forbidden_hour",
            Self::PageChanged => "held.page_changed",
            Self::WordsChanged => "held.words_changed",
        }
    }
}

/// The name of a [`State`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "they are the states of `State`, documented there"
)]
pub enum StateName {
    Submitted,
    Returned,
    TakenInCharge,
    Forwarded,
    Approved,
    Scheduled,
    Held,
    Sending,
    Sent,
    Stopped,
    Rejected,
    Cancelled,
}

/// The name of a [`Move`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "they are the moves of `Move`, documented there"
)]
pub enum MoveKind {
    TakeCharge,
    Reword,
    Waive,
    Second,
    Forward,
    ForwardDirectly,
    Approve,
    Object,
    Return,
    Reject,
    Resubmit,
    Schedule,
    Cancel,
    Release,
    Stop,
    Resume,
    Silence,
    Expire,
    Hold,
    Start,
    Finish,
}

impl StateName {
    /// Every state.
    pub const ALL: [Self; 12] = [
        Self::Submitted,
        Self::Returned,
        Self::TakenInCharge,
        Self::Forwarded,
        Self::Approved,
        Self::Scheduled,
        Self::Held,
        Self::Sending,
        Self::Sent,
        Self::Stopped,
        Self::Rejected,
        Self::Cancelled,
    ];

    /// The name in the API and in the texts.
    pub fn key(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Returned => "returned",
            Self::TakenInCharge => "taken_in_charge",
            Self::Forwarded => "forwarded",
            Self::Approved => "approved",
            Self::Scheduled => "scheduled",
            Self::Held => "held",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Stopped => "stopped",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether it has a term, or an hour to come: somebody has to act on it, or the system has.
    pub fn is_under_way(self) -> bool {
        match self {
            Self::Submitted
            | Self::TakenInCharge
            | Self::Forwarded
            | Self::Approved
            | Self::Scheduled
            | Self::Held => true,
            Self::Returned
            | Self::Sending
            | Self::Sent
            | Self::Stopped
            | Self::Rejected
            | Self::Cancelled => false,
        }
    }

    /// Who may make `step` from here; `None` where nobody may. An empty list means the system alone. This is the whole
    /// table of the workflow.
    pub fn allows(self, step: MoveKind) -> Option<&'static [Role]> {
        use MoveKind as M;
        use Role::{OperatingGroup, Operator, Requester, Secretary, SectorHead, Supplier};
        match (self, step) {
            (Self::Submitted, M::TakeCharge) | (Self::TakenInCharge, M::ForwardDirectly) => {
                Some(&[Operator])
            }
            // The desk asks again for an office that wrote by e-mail.
            (Self::Returned, M::Resubmit) => Some(&[Requester, Operator]),
            (
                Self::TakenInCharge
                | Self::Forwarded
                | Self::Approved
                | Self::Scheduled
                | Self::Held,
                M::Reword,
            ) => Some(&[Operator, SectorHead, Supplier]),
            (Self::TakenInCharge | Self::Forwarded, M::Waive | M::Second) => {
                Some(&[Operator, SectorHead, OperatingGroup, Secretary])
            }
            (Self::TakenInCharge, M::Forward) => Some(&[SectorHead]),
            (Self::Forwarded, M::Approve | M::Object) => Some(&[OperatingGroup, Supplier]),
            // All may be queued and little of it sent: a notice that was sent can still be stopped.
            (Self::TakenInCharge | Self::Forwarded, M::Return | M::Reject)
            | (Self::Approved, M::Schedule)
            | (Self::Sending | Self::Sent, M::Stop) => {
                Some(&[Operator, SectorHead, OperatingGroup])
            }
            (
                Self::Submitted
                | Self::Returned
                | Self::TakenInCharge
                | Self::Forwarded
                | Self::Approved
                | Self::Scheduled
                | Self::Held,
                M::Cancel,
            ) => Some(&[Requester, Operator, SectorHead, OperatingGroup]),
            (Self::Forwarded, M::Silence)
            | (Self::Approved | Self::Scheduled | Self::Held, M::Expire)
            | (Self::Scheduled, M::Hold | M::Start)
            | (Self::Sending, M::Finish) => Some(&[]),
            (Self::Held, M::Release) | (Self::Stopped, M::Resume) => {
                Some(&[SectorHead, OperatingGroup])
            }
            _ => None,
        }
    }
}

impl MoveKind {
    /// Every move.
    pub const ALL: [Self; 21] = [
        Self::TakeCharge,
        Self::Reword,
        Self::Waive,
        Self::Second,
        Self::Forward,
        Self::ForwardDirectly,
        Self::Approve,
        Self::Object,
        Self::Return,
        Self::Reject,
        Self::Resubmit,
        Self::Schedule,
        Self::Cancel,
        Self::Release,
        Self::Stop,
        Self::Resume,
        Self::Silence,
        Self::Expire,
        Self::Hold,
        Self::Start,
        Self::Finish,
    ];

    /// The name in the API and in the texts.
    pub fn key(self) -> &'static str {
        match self {
            Self::TakeCharge => "take_charge",
            Self::Reword => "reword",
            Self::Waive => "waive",
            Self::Second => "second",
            Self::Forward => "forward",
            Self::ForwardDirectly => "forward_directly",
            Self::Approve => "approve",
            Self::Object => "object",
            Self::Return => "return",
            Self::Reject => "reject",
            Self::Resubmit => "resubmit",
            Self::Schedule => "schedule",
            Self::Cancel => "cancel",
            Self::Release => "release",
            Self::Stop => "stop",
            Self::Resume => "resume",
            Self::Silence => "silence",
            Self::Expire => "expire",
            Self::Hold => "hold",
            Self::Start => "start",
            Self::Finish => "finish",
        }
    }
}
