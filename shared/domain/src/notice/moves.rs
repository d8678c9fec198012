//! The moves of the workflow, and why one is not made.

use super::digest::Digest;
use super::draft::Draft;
use super::state::{HoldCause, MoveKind, StateName};
use crate::editorial::CheckId;
use crate::staff::Role;

/// A step in the life of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// An operator takes it: of two at once, one wins.
    TakeCharge,
    /// Its words, link or hour change. An approval given before is void.
    Reword(Box<Draft>),
    /// Somebody decides to go on in spite of what a check found, and says why.
    Waive(CheckId, String),
    /// A second person agrees to that.
    Second(CheckId),
    /// The head of the sector passes it to the operating group.
    Forward,
    /// The head being absent, the desk passes it on itself, with a copy to head and mayor (Rubano, "Procedura alternativa").
    ForwardDirectly,
    /// Somebody of the group approves the words they have read.
    Approve(Digest),
    /// Somebody of the group is against it.
    Object(String),
    /// It goes back to the office, with what is to be changed.
    Return(String),
    /// It is turned down.
    Reject(String),
    /// The office asks again.
    Resubmit(Box<Draft>),
    /// It is to go out at its hour.
    Schedule,
    /// It is no longer wanted.
    Cancel(String),
    /// It was held at its hour, and is to go out now: somebody has read these words again.
    Release(Digest),
    /// What has not left yet is to be held.
    Stop(String),
    /// What was held goes on.
    Resume,
    /// The group's term is over and nobody was against it (the system's move).
    Silence,
    /// The approval has grown too old (the system's move).
    Expire,
    /// Its hour has come, and it may not go out as things are (the system's move).
    Hold(HoldCause),
    /// Its hour has come (the system's move).
    Start,
    /// All recipients are queued (the system's move).
    Finish,
}

impl Move {
    /// The name of the move.
    pub fn kind(&self) -> MoveKind {
        match self {
            Self::TakeCharge => MoveKind::TakeCharge,
            Self::Reword(_) => MoveKind::Reword,
            Self::Waive(..) => MoveKind::Waive,
            Self::Second(_) => MoveKind::Second,
            Self::Forward => MoveKind::Forward,
            Self::ForwardDirectly => MoveKind::ForwardDirectly,
            Self::Approve(_) => MoveKind::Approve,
            Self::Object(_) => MoveKind::Object,
            Self::Return(_) => MoveKind::Return,
            Self::Reject(_) => MoveKind::Reject,
            Self::Resubmit(_) => MoveKind::Resubmit,
            Self::Schedule => MoveKind::Schedule,
            Self::Cancel(_) => MoveKind::Cancel,
            Self::Release(_) => MoveKind::Release,
            Self::Stop(_) => MoveKind::Stop,
            Self::Resume => MoveKind::Resume,
            Self::Silence => MoveKind::Silence,
            Self::Expire => MoveKind::Expire,
            Self::Hold(_) => MoveKind::Hold,
            Self::Start => MoveKind::Start,
            Self::Finish => MoveKind::Finish,
        }
    }

    /// The reason given, in the moves that need one.
    pub(super) fn reason(&self) -> Option<&str> {
        match self {
            Self::Return(reason)
            | Self::Reject(reason)
            | Self::Cancel(reason)
            | Self::Object(reason)
            | Self::Waive(_, reason)
            | Self::Stop(reason) => Some(reason.trim()),
            _ => None,
        }
    }
}

/// Why a move was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// The state does not admit it.
    #[error("a request that is {} cannot {}", .state.key(), .step.key())]
    NotFromHere {
        /// Where it stands.
        state: StateName,
        /// What was tried.
        step: MoveKind,
    },
    /// The actor's roles do not allow it.
    #[error("it takes another role")]
    NotYours {
        /// The roles that may.
        needs: &'static [Role],
    },
    /// The group was not asked, so that its silence says nothing.
    #[error("the group was not asked")]
    NotAsked,
    /// It is the request of somebody else.
    #[error("another asked for it")]
    NotYourRequest,
    /// Who asked for a notice cannot approve it.
    #[error("who asked cannot approve")]
    OwnRequest,
    /// Whoever decided cannot be the second person too.
    #[error("it takes a second person")]
    SamePerson,
    /// The words approved are not the words as they stand.
    #[error("other words were approved")]
    OtherWords,
    /// A reason is compulsory.
    #[error("a reason is missing")]
    ReasonMissing,
    /// Its hour is over.
    #[error("its hour is over")]
    TooLate,
    /// The head of the sector is there: the alternative path is closed.
    #[error("the head of the sector is not absent")]
    HeadIsPresent,
    /// Checks found what nobody has lifted.
    #[error("{} findings are in the way", .0.len())]
    InTheWay(Vec<CheckId>),
    /// Nobody has set this check aside, or nobody may.
    #[error("check {} is not set aside, and cannot be", .0.key())]
    NotWaivable(CheckId),
    /// The same person has approved these words already.
    #[error("approved already by the same person")]
    AlreadyApproved,
}
