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
//! ```
//!
//! `docs/states.md` has the table, generated from [`State::allows`].

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use super::draft::Draft;
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

/// SHA-256 in hexadecimal of the exact words, link, hour and audience of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// The digest of what a citizen would get if `draft` went out to `audience`.
    pub fn of(draft: &Draft, audience: Audience, tenant: &Tenant) -> Self {
        let audience = match audience {
            Audience::AllSubscribers => "all_subscribers",
        };
        // Each part is preceded by its length, so that no two different notices have the same bytes.
        let mut hash = sha2::Sha256::new();
        for part in [
            draft.preview(tenant).as_str(),
            draft.link.as_str(),
            &draft.wanted_at.to_string(),
            audience,
            tenant.notice_template.name.as_str(),
        ] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        Self(hex::encode(hash.finalize()))
    }

    /// A digest as somebody wrote it; it is only ever compared.
    pub fn quoted(text: &str) -> Self {
        Self(text.trim().to_lowercase())
    }

    /// The 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
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
    Sending,
    Sent,
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
    Forward,
    Approve,
    Return,
    Reject,
    Resubmit,
    Schedule,
    Cancel,
    Start,
    Finish,
}

impl StateName {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Submitted,
        Self::Returned,
        Self::TakenInCharge,
        Self::Forwarded,
        Self::Approved,
        Self::Scheduled,
        Self::Sending,
        Self::Sent,
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
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
        }
    }

    /// Who may make `step` from here; `None` where nobody may. An empty list means the system alone. This is the whole
    /// table of the workflow.
    pub fn allows(self, step: MoveKind) -> Option<&'static [Role]> {
        use MoveKind as M;
        use Role::{OperatingGroup, Operator, Requester, SectorHead};
        match (self, step) {
            (Self::Submitted, M::TakeCharge) => Some(&[Operator]),
            (Self::Returned, M::Resubmit) => Some(&[Requester]),
            (
                Self::TakenInCharge | Self::Forwarded | Self::Approved | Self::Scheduled,
                M::Reword,
            ) => Some(&[Operator, SectorHead]),
            (Self::TakenInCharge, M::Forward) => Some(&[SectorHead]),
            (Self::Forwarded, M::Approve) => Some(&[OperatingGroup]),
            (Self::TakenInCharge | Self::Forwarded, M::Return | M::Reject) => {
                Some(&[Operator, SectorHead, OperatingGroup])
            }
            (Self::Approved, M::Schedule) => Some(&[Operator, SectorHead, OperatingGroup]),
            (
                Self::Submitted
                | Self::Returned
                | Self::TakenInCharge
                | Self::Forwarded
                | Self::Approved
                | Self::Scheduled,
                M::Cancel,
            ) => Some(&[Requester, Operator, SectorHead, OperatingGroup]),
            (Self::Scheduled, M::Start) | (Self::Sending, M::Finish) => Some(&[]),
            _ => None,
        }
    }
}

impl MoveKind {
    /// Every move.
    pub const ALL: [Self; 11] = [
        Self::TakeCharge,
        Self::Reword,
        Self::Forward,
        Self::Approve,
        Self::Return,
        Self::Reject,
        Self::Resubmit,
        Self::Schedule,
        Self::Cancel,
        Self::Start,
        Self::Finish,
    ];

    /// The name in the API and in the texts.
    pub fn key(self) -> &'static str {
        match self {
            Self::TakeCharge => "take_charge",
            Self::Reword => "reword",
            Self::Forward => "forward",
            Self::Approve => "approve",
            Self::Return => "return",
            Self::Reject => "reject",
            Self::Resubmit => "resubmit",
            Self::Schedule => "schedule",
            Self::Cancel => "cancel",
            Self::Start => "start",
            Self::Finish => "finish",
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
            Self::Sending { .. } => StateName::Sending,
            Self::Sent { .. } => StateName::Sent,
            Self::Rejected { .. } => StateName::Rejected,
            Self::Cancelled { .. } => StateName::Cancelled,
        }
    }

    /// The signatures, from the approval on.
    pub fn endorsed(&self) -> Option<&Endorsement> {
        match self {
            Self::Approved { endorsed }
            | Self::Scheduled { endorsed, .. }
            | Self::Sending { endorsed, .. }
            | Self::Sent { endorsed, .. } => Some(endorsed),
            _ => None,
        }
    }
}

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
        }
    }

    fn reason(&self) -> Option<&str> {
        match self {
            Self::Return(reason) | Self::Reject(reason) | Self::Cancel(reason) => {
                Some(reason.trim())
            }
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
        // Four eyes, whatever roles one account holds.
        if step.kind() == MoveKind::Approve && by.id == self.submitted.by {
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
            // `may` has let through only the moves above.
            _ => return Err(refused),
        };

        let request = Self {
            id: self.id,
            version: self.version + 1,
            draft,
            audience: self.audience,
            submitted: self.submitted,
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
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::notice::draft::tests::{input, now};
    use crate::tenant::tests::rubano;

    fn draft(text: &str) -> Draft {
        let mut input = input();
        input.text = Some(text.to_owned());
        Draft::check(&input, &rubano(), now()).unwrap()
    }

    fn actor(name: &str, roles: &[Role]) -> Actor {
        Actor {
            id: name.parse().unwrap(),
            roles: roles.to_vec(),
        }
    }

    fn office() -> Actor {
        actor("ufficio.cultura", &[Role::Requester])
    }

    fn desk() -> Actor {
        actor("sportello.uno", &[Role::Operator])
    }

    fn head() -> Actor {
        actor("capo.settore", &[Role::SectorHead])
    }

    fn group() -> Actor {
        actor("gruppo.uno", &[Role::OperatingGroup])
    }

    fn submitted() -> NoticeRequest {
        let id = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B".parse().unwrap();
        NoticeRequest::submit(
            id,
            draft("Mercatino sabato 12 dicembre 2026."),
            &office(),
            &rubano(),
            now(),
        )
        .unwrap()
        .request
    }

    fn apply(request: NoticeRequest, step: Move, by: &Actor) -> Result<NoticeRequest, NotAllowed> {
        request
            .apply(step, by, &rubano(), now())
            .map(|applied| applied.request)
    }

    fn forwarded() -> NoticeRequest {
        let taken = apply(submitted(), Move::TakeCharge, &desk()).unwrap();
        apply(taken, Move::Forward, &head()).unwrap()
    }

    fn approved() -> NoticeRequest {
        let request = forwarded();
        let digest = request.digest(&rubano());
        apply(request, Move::Approve(digest), &group()).unwrap()
    }

    #[test]
    fn the_written_procedure_leads_to_a_scheduled_notice() {
        let scheduled = apply(approved(), Move::Schedule, &desk()).unwrap();

        let State::Scheduled { endorsed, send_at } = &scheduled.state else {
            panic!("{:?}", scheduled.state);
        };
        assert_eq!(send_at.to_string(), "2026-12-10T08:30:00Z");
        assert_eq!(endorsed.approval.digest, scheduled.digest(&rubano()));
        assert_eq!(endorsed.approval.signed.by, group().id);
    }

    #[test]
    fn who_asked_cannot_approve_even_with_the_role() {
        let both = actor("ufficio.cultura", &[Role::Requester, Role::OperatingGroup]);
        let request = forwarded();
        let digest = request.digest(&rubano());

        assert_eq!(
            apply(request, Move::Approve(digest), &both),
            Err(NotAllowed::OwnRequest)
        );
    }

    #[test]
    fn words_that_changed_while_they_were_read_are_not_approved() {
        let request = forwarded();
        let read = request.digest(&rubano());
        let reworded = apply(
            request,
            Move::Reword(Box::new(draft("Altre parole."))),
            &desk(),
        )
        .unwrap();

        assert_eq!(
            apply(reworded, Move::Approve(read), &group()),
            Err(NotAllowed::OtherWords)
        );
    }

    #[test]
    fn a_change_after_the_approval_voids_it() {
        for approved in [
            approved(),
            apply(approved(), Move::Schedule, &desk()).unwrap(),
        ] {
            let reworded = apply(
                approved,
                Move::Reword(Box::new(draft("Altre parole."))),
                &desk(),
            )
            .unwrap();

            assert_eq!(reworded.state.name(), StateName::Forwarded);
            assert!(apply(reworded, Move::Schedule, &desk()).is_err());
        }
    }

    #[test]
    fn a_template_changed_by_a_deploy_does_not_go_out_under_an_old_approval() {
        let scheduled = apply(approved(), Move::Schedule, &desk()).unwrap();
        let mut redeployed = rubano();
        redeployed.notice_template.body = redeployed.notice_template.body.replace("Tutte", "Altre");

        let outcome = scheduled.advance(Move::Start, &redeployed, now());

        assert_eq!(outcome, Err(NotAllowed::OtherWords));
    }

    #[test]
    fn a_reason_is_compulsory_where_somebody_is_told_no() {
        for step in [
            Move::Return(" ".to_owned()),
            Move::Reject(String::new()),
            Move::Cancel("\n".to_owned()),
        ] {
            assert_eq!(
                apply(forwarded(), step, &head()),
                Err(NotAllowed::ReasonMissing)
            );
        }
    }

    #[test]
    fn the_wrong_role_is_told_which_role_it_takes() {
        assert_eq!(
            apply(submitted(), Move::TakeCharge, &office()),
            Err(NotAllowed::NotYours {
                needs: &[Role::Operator]
            })
        );
        assert!(apply(forwarded(), Move::Start, &group()).is_err());
    }

    #[test]
    fn an_hour_that_has_passed_meanwhile_cannot_be_scheduled() {
        let late = "2026-12-11T00:00:00Z".parse().unwrap();

        let outcome = approved().apply(Move::Schedule, &desk(), &rubano(), late);

        assert_eq!(outcome, Err(NotAllowed::TooLate));
    }

    #[test]
    fn a_returned_request_comes_back_with_new_words() {
        let returned = apply(
            forwarded(),
            Move::Return("Manca l'ora.".to_owned()),
            &group(),
        )
        .unwrap();
        let again = apply(
            returned,
            Move::Resubmit(Box::new(draft("Alle 9:30."))),
            &office(),
        )
        .unwrap();

        assert_eq!(again.state, State::Submitted);
        assert_eq!(again.draft.text, "Alle 9:30.");
    }

    fn any_move() -> impl Strategy<Value = (Move, Actor)> {
        let actors = [
            office(),
            desk(),
            head(),
            group(),
            actor("tutto", &Role::ALL),
            actor("ufficio.cultura", &Role::ALL),
        ];
        let moves = prop_oneof![
            Just(Move::TakeCharge),
            "[a-c]{1,2}".prop_map(|text| Move::Reword(Box::new(draft(&text)))),
            Just(Move::Forward),
            "[a-c]{1,2}".prop_map(|text| Move::Approve(Digest::of(
                &draft(&text),
                Audience::AllSubscribers,
                &rubano()
            ))),
            Just(Move::Approve(submitted().digest(&rubano()))),
            "[x ]{0,2}".prop_map(Move::Return),
            "[x ]{0,2}".prop_map(Move::Reject),
            "[a-c]{1,2}".prop_map(|text| Move::Resubmit(Box::new(draft(&text)))),
            Just(Move::Schedule),
            "[x ]{0,2}".prop_map(Move::Cancel),
            Just(Move::Start),
            Just(Move::Finish),
        ];
        (moves, prop::sample::select(actors.to_vec()))
    }

    proptest! {
        #[test]
        fn only_approved_words_ever_leave_and_nothing_moves_after_the_end(
            moves in prop::collection::vec(any_move(), 0..25),
        ) {
            let mut request = submitted();
            for (step, by) in moves {
                let before = request.clone();
                let system = matches!(step, Move::Start | Move::Finish);
                let outcome = if system {
                    request.advance(step, &rubano(), now())
                } else {
                    request.apply(step, &by, &rubano(), now())
                };
                request = match outcome {
                    Ok(applied) => {
                        prop_assert_eq!(applied.request.version, before.version + 1);
                        prop_assert!(!matches!(
                            before.state.name(),
                            StateName::Sent | StateName::Rejected | StateName::Cancelled
                        ));
                        applied.request
                    }
                    Err(_) => before,
                };
                if let Some(endorsed) = request.state.endorsed() {
                    prop_assert_eq!(&endorsed.approval.digest, &request.digest(&rubano()));
                    prop_assert_ne!(&endorsed.approval.signed.by, &request.submitted.by);
                }
            }
        }

        #[test]
        fn a_request_reads_back_as_it_was_stored(moves in prop::collection::vec(any_move(), 0..12)) {
            let request = moves.into_iter().fold(submitted(), |request, (step, by)| {
                let before = request.clone();
                apply(request, step, &by).unwrap_or(before)
            });
            let stored = serde_json::to_string(&request).unwrap();
            prop_assert_eq!(serde_json::from_str::<NoticeRequest>(&stored).unwrap(), request);
        }
    }
}
