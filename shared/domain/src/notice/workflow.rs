//! The workflow of a request.
//!
//! ```text
//!                 ┌──────── resubmit ────────┐
//!                 ▼                          │
//!  submit ──▶ Submitted ─take charge▶ TakenInCharge ─return▶ Returned
//!                                        │  forward (head)       ▲
//!                                        │  forward directly     │
//!                                        ▼  (head absent)        │
//!                                     Forwarded ──return, object─┘
//!                                        │ ▲ reword and expiry void the approval
//!                        approve, silence▼ │
//!                                     Approved ─schedule▶ Scheduled ─start▶ Sending ─finish▶ Sent
//!                                                          ▲    │ hold
//!                                                  release └ Held
//!
//!  waive, second: in TakenInCharge, Forwarded     reject: from TakenInCharge, Forwarded
//!  cancel: from any state before Sending          stop: from Sending, Sent, to Stopped; resume: back to where it was
//! ```
//!
//! `docs/states.md` has the table, generated from `StateName::allows`.

use super::around::Around;
use super::digest::Digest;
use super::moves::{Move, NotAllowed};
use super::request::{
    Applied, Approval, Endorsement, Entry, NoticeRequest, Objection, Path, Signed,
};
use super::state::{MoveKind, State};
use super::waiver::{Waiver, in_the_way, needed};
use crate::Instant;
use crate::editorial::{CheckId, Waivable};
use crate::ids::StaffId;
use crate::staff::{Actor, Role};
use crate::tenant::Tenant;

/// Longest reason, in characters.
const LONGEST_REASON: usize = 1000;

impl NoticeRequest {
    /// The request after a move of the staff where nobody is absent and no check was made.
    pub fn apply(
        self,
        step: Move,
        by: &Actor,
        tenant: &Tenant,
        now: Instant,
    ) -> Result<Applied, NotAllowed> {
        self.apply_in(step, by, &Around::plain(tenant, now))
    }

    /// The request after a move of the staff in the circumstances of `around`.
    pub fn apply_in(
        self,
        step: Move,
        by: &Actor,
        around: &Around<'_>,
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
        if matches!(step.kind(), MoveKind::Approve | MoveKind::Release) && self.is_of(&by.id) {
            return Err(NotAllowed::OwnRequest);
        }
        if step.kind() == MoveKind::ForwardDirectly && !around.head_is_absent {
            return Err(NotAllowed::HeadIsPresent);
        }
        self.is_not_in_the_way(step.kind(), around)?;
        let hand = Hand {
            signed: Some(Signed {
                by: by.id.clone(),
                at: around.now,
                instead_of: around.instead_of.clone(),
            }),
            reason,
            supplies: by.is_any(&[Role::Supplier]),
            is_secretary: by.is_any(&[Role::Secretary]),
        };
        self.moved(step, hand, around)
    }

    /// The request after a move of the system itself: its hour has come, a term is over, or it has gone out.
    pub fn advance(self, step: Move, tenant: &Tenant, now: Instant) -> Result<Applied, NotAllowed> {
        let needs = self.may(step.kind())?;
        if !needs.is_empty() {
            return Err(NotAllowed::NotYours { needs });
        }
        let hand = Hand {
            signed: None,
            reason: None,
            supplies: false,
            is_secretary: false,
        };
        self.moved(step, hand, &Around::plain(tenant, now))
    }

    /// Whether `id` asked for it or wrote the words as they stand.
    fn is_of(&self, id: &StaffId) -> bool {
        *id == self.submitted.by || self.worded_by.as_ref() == Some(id)
    }

    fn may(&self, step: MoveKind) -> Result<&'static [Role], NotAllowed> {
        let state = self.state.name();
        state
            .allows(step)
            .ok_or(NotAllowed::NotFromHere { state, step })
    }

    /// Nothing goes further that a check objects to and nobody has lifted.
    fn is_not_in_the_way(&self, step: MoveKind, around: &Around<'_>) -> Result<(), NotAllowed> {
        let goes_further = matches!(
            step,
            MoveKind::Forward | MoveKind::ForwardDirectly | MoveKind::Approve
        );
        if !goes_further {
            return Ok(());
        }
        let left = in_the_way(around.findings, self.draft.kind, &self.waivers);
        if left.is_empty() {
            return Ok(());
        }
        Err(NotAllowed::InTheWay(
            left.into_iter().map(|finding| finding.check).collect(),
        ))
    }

    fn moved(self, step: Move, hand: Hand, around: &Around<'_>) -> Result<Applied, NotAllowed> {
        let (tenant, now) = (around.tenant, around.now);
        let kind = step.kind();
        let check = match &step {
            Move::Waive(check, _) | Move::Second(check) => Some(*check),
            _ => None,
        };
        let by = hand.signed.clone();
        let reason = hand.reason.clone();
        let rewritten = matches!(step, Move::Reword(_) | Move::Resubmit(_));
        let mut request = Self {
            version: self.version + 1,
            moved_at: Some(now),
            ..self
        };
        request.state = match step {
            Move::Reword(new) => {
                request.state = reworded(request.state);
                request.draft = *new;
                request.waivers.clear();
                request.state
            }
            Move::Resubmit(new) => {
                request.draft = *new;
                request.waivers.clear();
                State::Submitted
            }
            Move::Waive(check, _) => {
                request.waive(check, hand, around)?;
                request.state
            }
            Move::Second(check) => {
                request.second(check, &hand)?;
                request.state
            }
            step => {
                let digest = request.digest(tenant);
                let send_at = request
                    .draft
                    .send_at(tenant)
                    .map_err(|_| NotAllowed::TooLate)?;
                if kind == MoveKind::Silence
                    && let State::Forwarded { forwarded, .. } = &request.state
                    && request.is_of(&forwarded.by)
                {
                    return Err(NotAllowed::OwnRequest);
                }
                let words = Words { digest, send_at };
                next(request.state, step, hand, &words, around)?
            }
        };
        if let Some(page) = around.page {
            request.page = Some(page.clone());
        }
        if rewritten {
            // The page of other words is another page until somebody looks at it.
            request.page = None;
            request.reworded_at = Some(now);
            request.worded_by = by.as_ref().map(|signed| signed.by.clone());
        }
        let entry = Entry {
            version: request.version,
            at: now,
            by: by.as_ref().map(|signed| signed.by.clone()),
            instead_of: by.and_then(|signed| signed.instead_of),
            step: Some(kind),
            state: request.state.name(),
            reason,
            check,
            digest: request.digest(tenant),
            draft: rewritten.then(|| request.draft.clone()),
        };
        Ok(Applied { request, entry })
    }

    fn waive(&mut self, check: CheckId, hand: Hand, around: &Around<'_>) -> Result<(), NotAllowed> {
        let finding = around
            .findings
            .iter()
            .find(|finding| finding.check == check)
            .ok_or(NotAllowed::NotWaivable(check))?;
        let lifted_by = needed(finding, self.draft.kind);
        if matches!(lifted_by, None | Some(Waivable::Never)) {
            return Err(NotAllowed::NotWaivable(check));
        }
        let Some(signed) = hand.signed else {
            return Err(NotAllowed::NotWaivable(check));
        };
        self.waivers.retain(|waiver| waiver.check != check);
        self.waivers.push(Waiver {
            check,
            reason: hand.reason.unwrap_or_default(),
            signed,
            second: None,
            by_secretary: hand.is_secretary,
        });
        Ok(())
    }

    fn second(&mut self, check: CheckId, hand: &Hand) -> Result<(), NotAllowed> {
        let waiver = self
            .waivers
            .iter_mut()
            .find(|waiver| waiver.check == check)
            .ok_or(NotAllowed::NotWaivable(check))?;
        let by = hand.signed.as_ref().map(|signed| &signed.by);
        if by == Some(&waiver.signed.by) {
            return Err(NotAllowed::SamePerson);
        }
        waiver.second.clone_from(&hand.signed);
        waiver.by_secretary |= hand.is_secretary;
        Ok(())
    }
}

/// Who moves, and what they say. Without a signature it is the system.
struct Hand {
    signed: Option<Signed>,
    reason: Option<String>,
    supplies: bool,
    is_secretary: bool,
}

/// The words as they stand, and their hour.
struct Words {
    digest: Digest,
    send_at: Instant,
}

/// Where a request stands whose words have changed: whatever was approved of it were other words.
fn reworded(state: State) -> State {
    match state {
        State::Forwarded {
            taken,
            forwarded,
            path,
            ..
        } => before_the_group(taken, forwarded, path),
        State::Approved { endorsed }
        | State::Scheduled { endorsed, .. }
        | State::Held { endorsed, .. } => {
            before_the_group(endorsed.taken, endorsed.forwarded, endorsed.path)
        }
        // `may` lets words change in one more state, in charge, and there nothing was approved.
        state => state,
    }
}

fn before_the_group(taken: Signed, forwarded: Signed, path: Path) -> State {
    State::Forwarded {
        taken,
        forwarded,
        path,
        votes: Vec::new(),
        objections: Vec::new(),
    }
}

/// The state that `step` leads to, where it leaves the words as they are.
#[expect(
    clippy::too_many_lines,
    reason = "the whole diagram is one match, to be read at once"
)]
fn next(
    state: State,
    step: Move,
    hand: Hand,
    words: &Words,
    around: &Around<'_>,
) -> Result<State, NotAllowed> {
    let now = around.now;
    let procedure = &around.tenant.procedure;
    let refused = NotAllowed::NotFromHere {
        state: state.name(),
        step: step.kind(),
    };
    let because = hand.reason.unwrap_or_default();
    let other_words = |endorsed: &Endorsement| endorsed.approval.digest != words.digest;
    Ok(match (state, step, hand.signed) {
        (State::Submitted, Move::TakeCharge, Some(taken)) => State::TakenInCharge { taken },
        (State::TakenInCharge { taken }, Move::Forward, Some(forwarded)) => {
            before_the_group(taken, forwarded, Path::Ordinary)
        }
        (State::TakenInCharge { taken }, Move::ForwardDirectly, Some(forwarded)) => {
            before_the_group(taken, forwarded, Path::Alternative)
        }
        (State::Forwarded { .. }, Move::Approve(read), Some(_)) if read != words.digest => {
            return Err(NotAllowed::OtherWords);
        }
        (
            State::Forwarded {
                taken,
                forwarded,
                path,
                mut votes,
                objections,
            },
            Move::Approve(digest),
            Some(signed),
        ) => {
            if votes.iter().any(|vote| vote.by == signed.by) {
                return Err(NotAllowed::AlreadyApproved);
            }
            let in_favour = votes.len() + 1;
            let enough = in_favour >= procedure.quorum as usize && in_favour > objections.len();
            // The head being absent, the desk asks the supplier itself, and the supplier's word is enough.
            if enough || (path == Path::Alternative && hand.supplies) {
                State::Approved {
                    endorsed: Endorsement {
                        taken,
                        forwarded,
                        path,
                        approval: Approval {
                            at: Some(signed.at),
                            signed,
                            digest,
                            others: votes,
                            by_silence: false,
                        },
                    },
                }
            } else {
                votes.push(signed);
                State::Forwarded {
                    taken,
                    forwarded,
                    path,
                    votes,
                    objections,
                }
            }
        }
        (State::Forwarded { .. }, Move::Object(_), Some(returned)) if procedure.veto => {
            State::Returned {
                returned,
                reason: because,
            }
        }
        (
            State::Forwarded {
                taken,
                forwarded,
                path,
                mut votes,
                mut objections,
            },
            Move::Object(_),
            Some(signed),
        ) => {
            // Whoever changes their mind is counted once.
            votes.retain(|vote| vote.by != signed.by);
            objections.retain(|objection| objection.signed.by != signed.by);
            objections.push(Objection {
                signed,
                reason: because,
            });
            State::Forwarded {
                taken,
                forwarded,
                path,
                votes,
                objections,
            }
        }
        (
            State::Forwarded {
                taken,
                forwarded,
                path,
                votes,
                objections,
            },
            Move::Silence,
            None,
        ) if procedure.silence_working_days.is_some() && objections.is_empty() => State::Approved {
            endorsed: Endorsement {
                approval: Approval {
                    signed: forwarded.clone(),
                    digest: words.digest.clone(),
                    others: votes,
                    by_silence: true,
                    at: Some(now),
                },
                taken,
                forwarded,
                path,
            },
        },
        (
            State::Approved { endorsed }
            | State::Scheduled { endorsed, .. }
            | State::Held { endorsed, .. },
            Move::Expire,
            None,
        ) => before_the_group(endorsed.taken, endorsed.forwarded, endorsed.path),
        (State::Approved { .. }, Move::Schedule, Some(_)) if words.send_at <= now => {
            return Err(NotAllowed::TooLate);
        }
        (State::Approved { endorsed }, Move::Schedule, Some(_)) => State::Scheduled {
            endorsed,
            send_at: words.send_at,
        },
        (State::Scheduled { endorsed, send_at }, Move::Hold(cause), None) => State::Held {
            endorsed,
            send_at,
            held_at: now,
            cause,
        },
        (State::Held { endorsed, .. }, Move::Release(read), Some(_))
            if read != words.digest || other_words(&endorsed) =>
        {
            return Err(NotAllowed::OtherWords);
        }
        (State::Held { endorsed, .. }, Move::Release(_), Some(_)) => State::Scheduled {
            endorsed,
            send_at: soon(now),
        },
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
        // A deploy has changed the template since: nobody has approved these words.
        (State::Scheduled { endorsed, .. }, Move::Start, None) if other_words(&endorsed) => {
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
        (State::Stopped { endorsed, .. }, Move::Resume, Some(_)) if other_words(&endorsed) => {
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
    })
}

/// The next whole second that a schedule can still be set for.
fn soon(now: Instant) -> Instant {
    Instant::from_second(now.as_second() + 2).unwrap_or(now)
}

#[cfg(test)]
mod tests;
