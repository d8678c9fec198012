//! The workflow of a request.
//!
//! ```text
//!                 ┌──────── resubmit ────────┐
//!                 ▼                          │
//!  submit ──▶ Submitted ─take charge▶ TakenInCharge ─return▶ Returned
//!                                        │ ▲  forward            ▲
//!                                        ▼ └ (reword stays)      │
//!                                     Forwarded ────return───────┘
//!                                        │ ▲ reword voids the approval
//!                                approve ▼ │
//!                                     Approved ─schedule▶ Scheduled ─start▶ Sending ─finish▶ Sent
//!
//!  reject: from TakenInCharge, Forwarded          cancel: from any state before Sending
//!  stop: from Sending, Sent, to Stopped           resume: from Stopped back to where it was
//! ```
//!
//! `docs/states.md` has the table, generated from [`State::allows`].

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::draft::Draft;
use super::state::{MoveKind, State, StateName};
use crate::Instant;
use crate::ids::{NoticeId, StaffId};
use crate::staff::{Actor, Role};
use crate::tenant::Tenant;

/// A request and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeRequest {
    /// Its id, and later the notice's.
    pub id: NoticeId,
    /// Counts the moves, from 1. Every write is conditional on it.
    pub version: u64,
    /// What is to be sent.
    pub draft: Draft,
    /// To whom.
    pub audience: Audience,
    /// Who asked, and when.
    pub submitted: Signed,
    /// Who wrote the words as they stand, if not who asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worded_by: Option<StaffId>,
    /// Where it stands.
    pub state: State,
}

/// To whom a notice goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// All who are subscribed when the hour comes.
    AllSubscribers,
}

/// Who did something, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The account.
    pub by: StaffId,
    /// The instant.
    pub at: Instant,
}

/// The approval of exact words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who approved, and when.
    pub signed: Signed,
    /// What was approved: text, link, hour and audience.
    pub digest: Digest,
}

/// The signatures that an approved request carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endorsement {
    /// Who took it in charge.
    pub taken: Signed,
    /// Who forwarded it.
    pub forwarded: Signed,
    /// Who approved which words.
    pub approval: Approval,
}

/// A step in the life of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// An operator takes it: of two at once, one wins.
    TakeCharge,
    /// Its words, link or hour change. An approval given before is void.
    Reword(Box<Draft>),
    /// The head of the sector passes it to the operating group.
    Forward,
    /// Somebody of the group approves the words they have read.
    Approve(Digest),
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
    /// Its hour has come (the system's move).
    Start,
    /// All recipients are queued (the system's move).
    Finish,
    /// What has not left yet is to be held.
    Stop(String),
    /// What was held goes on.
    Resume,
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
    /// Who asked for a notice cannot approve it.
    #[error("who asked cannot approve")]
    OwnRequest,
    /// The words approved are not the words as they stand.
    #[error("other words were approved")]
    OtherWords,
    /// A reason is compulsory.
    #[error("a reason is missing")]
    ReasonMissing,
    /// Its hour is over.
    #[error("its hour is over")]
    TooLate,
}

/// A line of the history: who did what, when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The version that the move made.
    pub version: u64,
    /// The instant.
    pub at: Instant,
    /// Who; nobody when the system moved.
    pub by: Option<StaffId>,
    /// The move; `None` for the submission itself.
    pub step: Option<MoveKind>,
    /// The state that the move led to.
    pub state: StateName,
    /// The reason given, if any.
    pub reason: Option<String>,
    /// The digest of the words as they stood after the move.
    pub digest: Digest,
    /// The words, where the move brought new ones.
    pub draft: Option<Draft>,
}

/// A move that was made: nothing is stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The request as it is now.
    pub request: NoticeRequest,
    /// The line for the history.
    pub entry: Entry,
}

/// Longest reason, in characters.
const LONGEST_REASON: usize = 1000;

impl Move {
    /// The name of the move.
    pub fn kind(&self) -> MoveKind {
        match self {
            Self::TakeCharge => MoveKind::TakeCharge,
            Self::Reword(_) => MoveKind::Reword,
            Self::Forward => MoveKind::Forward,
            Self::Approve(_) => MoveKind::Approve,
            Self::Return(_) => MoveKind::Return,
            Self::Reject(_) => MoveKind::Reject,
            Self::Resubmit(_) => MoveKind::Resubmit,
            Self::Schedule => MoveKind::Schedule,
            Self::Cancel(_) => MoveKind::Cancel,
            Self::Start => MoveKind::Start,
            Self::Finish => MoveKind::Finish,
            Self::Stop(_) => MoveKind::Stop,
            Self::Resume => MoveKind::Resume,
        }
    }

    fn reason(&self) -> Option<&str> {
        match self {
            Self::Return(reason)
            | Self::Reject(reason)
            | Self::Cancel(reason)
            | Self::Stop(reason) => Some(reason.trim()),
            _ => None,
        }
    }
}

impl NoticeRequest {
    /// The request that `by` submits at `now`.
    pub fn submit(
        id: NoticeId,
        draft: Draft,
        by: &Actor,
        tenant: &Tenant,
        now: Instant,
    ) -> Result<Applied, NotAllowed> {
        if !by.is_any(&[Role::Requester]) {
            return Err(NotAllowed::NotYours {
                needs: &[Role::Requester],
            });
        }
        let request = Self {
            id,
            version: 1,
            draft,
            audience: Audience::AllSubscribers,
            submitted: Signed {
                by: by.id.clone(),
                at: now,
            },
            worded_by: None,
            state: State::Submitted,
        };
        let entry = Entry {
            version: 1,
            at: now,
            by: Some(by.id.clone()),
            step: None,
            state: StateName::Submitted,
            reason: None,
            digest: request.digest(tenant),
            draft: Some(request.draft.clone()),
        };
        Ok(Applied { request, entry })
    }

    /// The digest of the words as they stand: what an approver quotes.
    pub fn digest(&self, tenant: &Tenant) -> Digest {
        Digest::of(&self.draft, self.audience, tenant)
    }

    /// The request after a move of the staff.
    pub fn apply(
        self,
        step: Move,
        by: &Actor,
        tenant: &Tenant,
        now: Instant,
    ) -> Result<Applied, NotAllowed> {
        let needs = self.may(step.kind())?;
        if !by.is_any(needs) {
            return Err(NotAllowed::NotYours { needs });
        }
        let reason = step
            .reason()
            .map(|reason| reason.chars().take(LONGEST_REASON).collect::<String>());
        if reason.as_deref().is_some_and(str::is_empty) {
            return Err(NotAllowed::ReasonMissing);
        }
        // Four eyes, whatever roles one account holds: neither who asked nor who wrote these words approves them.
        let own = by.id == self.submitted.by || self.worded_by.as_ref() == Some(&by.id);
        if step.kind() == MoveKind::Approve && own {
            return Err(NotAllowed::OwnRequest);
        }
        self.moved(step, Some(&by.id), reason, tenant, now)
    }

    /// The request after a move of the system itself: its hour has come, or it has gone out.
    pub fn advance(self, step: Move, tenant: &Tenant, now: Instant) -> Result<Applied, NotAllowed> {
        let needs = self.may(step.kind())?;
        if !needs.is_empty() {
            return Err(NotAllowed::NotYours { needs });
        }
        self.moved(step, None, None, tenant, now)
    }

    fn may(&self, step: MoveKind) -> Result<&'static [Role], NotAllowed> {
        let state = self.state.name();
        state
            .allows(step)
            .ok_or(NotAllowed::NotFromHere { state, step })
    }

    #[expect(
        clippy::too_many_lines,
        reason = "the whole diagram is one match, to be read at once"
    )]
    fn moved(
        self,
        step: Move,
        by: Option<&StaffId>,
        reason: Option<String>,
        tenant: &Tenant,
        now: Instant,
    ) -> Result<Applied, NotAllowed> {
        let kind = step.kind();
        let digest = self.digest(tenant);
        let send_at = self
            .draft
            .send_at(tenant)
            .map_err(|_| NotAllowed::TooLate)?;
        let refused = NotAllowed::NotFromHere {
            state: self.state.name(),
            step: kind,
        };
        let signed = |by: Option<&StaffId>| {
            by.map(|by| Signed {
                by: by.clone(),
                at: now,
            })
        };
        let because = reason.clone().unwrap_or_default();

        let mut draft = self.draft;
        let rewritten = matches!(step, Move::Reword(_) | Move::Resubmit(_));
        let state = match (self.state, step, signed(by)) {
            (State::Submitted, Move::TakeCharge, Some(taken)) => State::TakenInCharge { taken },
            (State::Returned { .. }, Move::Resubmit(new), Some(_)) => {
                draft = *new;
                State::Submitted
            }
            (State::TakenInCharge { taken }, Move::Reword(new), Some(_)) => {
                draft = *new;
                State::TakenInCharge { taken }
            }
            (State::Forwarded { taken, forwarded }, Move::Reword(new), Some(_)) => {
                draft = *new;
                State::Forwarded { taken, forwarded }
            }
            // The approval was of other words: it goes.
            (
                State::Approved { endorsed } | State::Scheduled { endorsed, .. },
                Move::Reword(new),
                Some(_),
            ) => {
                draft = *new;
                State::Forwarded {
                    taken: endorsed.taken,
                    forwarded: endorsed.forwarded,
                }
            }
            (State::TakenInCharge { taken }, Move::Forward, Some(forwarded)) => {
                State::Forwarded { taken, forwarded }
            }
            (State::Forwarded { .. }, Move::Approve(read), Some(_)) if read != digest => {
                return Err(NotAllowed::OtherWords);
            }
            (State::Forwarded { taken, forwarded }, Move::Approve(digest), Some(signed)) => {
                State::Approved {
                    endorsed: Endorsement {
                        taken,
                        forwarded,
                        approval: Approval { signed, digest },
                    },
                }
            }
            (State::Approved { .. }, Move::Schedule, Some(_)) if send_at <= now => {
                return Err(NotAllowed::TooLate);
            }
            (State::Approved { endorsed }, Move::Schedule, Some(_)) => {
                State::Scheduled { endorsed, send_at }
            }
            (_, Move::Return(_), Some(returned)) => State::Returned {
                returned,
                reason: because,
            },
            (_, Move::Reject(_), Some(rejected)) => State::Rejected {
                rejected,
                reason: because,
            },
            (_, Move::Cancel(_), Some(cancelled)) => State::Cancelled {
                cancelled,
                reason: because,
            },
            (State::Scheduled { endorsed, .. }, Move::Start, None)
                if endorsed.approval.digest != digest =>
            {
                // A deploy has changed the template since: nobody has approved these words.
                return Err(NotAllowed::OtherWords);
            }
            (State::Scheduled { endorsed, .. }, Move::Start, None) => State::Sending {
                endorsed,
                started_at: now,
            },
            (
                State::Sending {
                    endorsed,
                    started_at,
                },
                Move::Finish,
                None,
            ) => State::Sent {
                endorsed,
                started_at,
                finished_at: now,
            },
            (
                State::Sending {
                    endorsed,
                    started_at,
                },
                Move::Stop(_),
                Some(stopped),
            ) => State::Stopped {
                endorsed,
                started_at,
                finished_at: None,
                stopped,
                reason: because,
            },
            (
                State::Sent {
                    endorsed,
                    started_at,
                    finished_at,
                },
                Move::Stop(_),
                Some(stopped),
            ) => State::Stopped {
                endorsed,
                started_at,
                finished_at: Some(finished_at),
                stopped,
                reason: because,
            },
            (State::Stopped { endorsed, .. }, Move::Resume, Some(_))
                if endorsed.approval.digest != digest =>
            {
                return Err(NotAllowed::OtherWords);
            }
            (
                State::Stopped {
                    endorsed,
                    started_at,
                    finished_at,
                    ..
                },
                Move::Resume,
                Some(_),
            ) => match finished_at {
                None => State::Sending {
                    endorsed,
                    started_at,
                },
                Some(finished_at) => State::Sent {
                    endorsed,
                    started_at,
                    finished_at,
                },
            },
            // `may` has let through only the moves above.
            _ => return Err(refused),
        };

        let request = Self {
            id: self.id,
            version: self.version + 1,
            draft,
            audience: self.audience,
            submitted: self.submitted,
            worded_by: if rewritten {
                by.cloned()
            } else {
                self.worded_by
            },
            state,
        };
        let entry = Entry {
            version: request.version,
            at: now,
            by: by.cloned(),
            step: Some(kind),
            state: request.state.name(),
            reason,
            digest: request.digest(tenant),
            draft: rewritten.then(|| request.draft.clone()),
        };
        Ok(Applied { request, entry })
    }
}

#[cfg(test)]
mod tests;
