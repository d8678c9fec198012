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
use super::diagram::{Hand, Words, next, reworded};
use super::moves::{Move, NotAllowed};
use super::request::{Applied, Entry, NoticeRequest, Path, Signed};
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
        if self.is_anothers(needs, by) {
            return Err(NotAllowed::NotYourRequest);
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
    pub(super) fn is_of(&self, id: &StaffId) -> bool {
        *id == self.submitted.by || self.worded_by.as_ref() == Some(id)
    }

    /// Whether `by`, of those who `needs` admits, may make the move only as an office, and it is the request of another.
    pub(super) fn is_anothers(&self, needs: &[Role], by: &Actor) -> bool {
        let other_role = |role: &Role| *role != Role::Requester && by.is_any(&[*role]);
        by.id != self.submitted.by && !needs.iter().any(other_role)
    }

    fn may(&self, step: MoveKind) -> Result<&'static [Role], NotAllowed> {
        let state = self.state.name();
        state
            .allows(step)
            .ok_or(NotAllowed::NotFromHere { state, step })
    }

    /// Nothing goes further that a check objects to and nobody has lifted.
    fn is_not_in_the_way(&self, step: MoveKind, around: &Around<'_>) -> Result<(), NotAllowed> {
        if !goes_further(step) {
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
        let before = self.digest(tenant);
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
                if kind == MoveKind::Silence {
                    request.may_be_passed_over(tenant)?;
                }
                // A deploy has changed the template since: whoever has approved it so far has approved other words.
                if kind == MoveKind::Approve
                    && request.passed.as_ref().is_some_and(|it| *it != digest)
                    && let State::Forwarded { votes, .. } = &mut request.state
                {
                    votes.clear();
                }
                let words = Words { digest, send_at };
                next(request.state, step, hand, &words, around)?
            }
        };
        // A look that lets nothing further changes nothing of what was approved, or is about to be.
        let lets_further = goes_further(kind) || kind == MoveKind::Release;
        if let Some(page) = around.page.filter(|_| lets_further) {
            request.page = Some(page.clone());
        }
        if goes_further(kind) {
            request.passed = Some(before.clone());
        }
        if rewritten {
            // The page of other words is another page until somebody looks at it.
            request.page = None;
            request.passed = None;
            // Who writes the same words again has not written them.
            if request.digest(tenant) != before {
                request.worded_by = by.as_ref().map(|signed| signed.by.clone());
            }
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

    /// Whether the group's silence may stand for an approval of the words as they stand.
    pub(super) fn may_be_passed_over(&self, tenant: &Tenant) -> Result<(), NotAllowed> {
        match &self.state {
            State::Forwarded { forwarded, .. } if self.is_of(&forwarded.by) => {
                Err(NotAllowed::OwnRequest)
            }
            // On the alternative path the group was not asked: its silence says nothing.
            State::Forwarded {
                path: Path::Alternative,
                ..
            } => Err(NotAllowed::NotAsked),
            // No check has let them go further: they were changed after they were forwarded. That somebody has looked at them
            // since, to set one finding aside, says nothing of the others.
            _ if self.page.is_none() || self.passed != Some(self.digest(tenant)) => {
                Err(NotAllowed::OtherWords)
            }
            _ => Ok(()),
        }
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

/// Whether `step` brings the words nearer to the citizens, so that nothing may be in the way.
fn goes_further(step: MoveKind) -> bool {
    matches!(
        step,
        MoveKind::Forward | MoveKind::ForwardDirectly | MoveKind::Approve
    )
}

#[cfg(test)]
mod tests;
