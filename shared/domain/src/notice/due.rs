//! What is due of a request at an instant: somebody is reminded, somebody else is told, the group's term or an approval ends.

use crate::Instant;
use crate::calendar::{Calendar, Standing};
use crate::roster::Phase;
use crate::tenant::Tenant;
use jiff::SignedDuration;

use super::request::NoticeRequest;
use super::state::State;

/// Something that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// It is the last day of a term: whoever must act is reminded.
    Remind(Phase),
    /// A term is over: others are told.
    Escalate(Phase),
    /// The group has let its term pass without an objection.
    Silence,
    /// The approval has grown too old.
    Expire,
}

/// What is due of `request` at `now`, if anything is.
pub fn due(request: &NoticeRequest, tenant: &Tenant, now: Instant) -> Option<Due> {
    let calendar = Calendar::of(tenant);
    let procedure = &tenant.procedure;
    let term = |phase, since, days| match calendar.term(since, days).standing(now) {
        Standing::InTime => None,
        Standing::Remind => Some(Due::Remind(phase)),
        Standing::Overdue => Some(Due::Escalate(phase)),
    };
    match &request.state {
        State::Submitted => term(
            Phase::TakeCharge,
            request.moved_at.unwrap_or(request.submitted.at),
            procedure.take_charge_working_days,
        ),
        State::TakenInCharge { taken } => {
            term(Phase::Forward, taken.at, procedure.forward_working_days)
        }
        State::Forwarded {
            forwarded,
            objections,
            ..
        } => {
            let days = procedure.silence_working_days?;
            // The group's term runs from the last move: new words, and an approval that has ended, start it anew. Words that no
            // check has let through are approved by somebody or by nobody.
            let since = request.moved_at.unwrap_or(forwarded.at).max(forwarded.at);
            let is_over = now > calendar.due_after_working_days(since, days);
            (is_over && objections.is_empty() && request.may_be_passed_over(tenant).is_ok())
                .then_some(Due::Silence)
        }
        State::Approved { endorsed }
        | State::Scheduled { endorsed, .. }
        | State::Held { endorsed, .. } => {
            let end = tenant
                .sending
                .approval_ends(endorsed.approval.since(), &tenant.time_zone);
            (now >= end).then_some(Due::Expire)
        }
        State::Returned { .. }
        | State::Sending { .. }
        | State::Sent { .. }
        | State::Stopped { .. }
        | State::Rejected { .. }
        | State::Cancelled { .. } => None,
    }
}

/// How the wanted hour stands of a request that is not scheduled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hour {
    /// It comes near.
    Near,
    /// It is past: as it stands, the notice does not go out.
    Past,
}

/// Whether `request` is in danger of missing its hour at `now`: it is not scheduled, and the hour is past, or so near as the
/// comune wants to be warned. A request that has just been moved is left alone for half of the time that it has.
pub fn hour_at_risk(request: &NoticeRequest, tenant: &Tenant, now: Instant) -> Option<Hour> {
    match request.state {
        State::Submitted
        | State::TakenInCharge { .. }
        | State::Forwarded { .. }
        | State::Approved { .. } => {}
        State::Returned { .. }
        | State::Scheduled { .. }
        | State::Held { .. }
        | State::Sending { .. }
        | State::Sent { .. }
        | State::Stopped { .. }
        | State::Rejected { .. }
        | State::Cancelled { .. } => return None,
    }
    let send_at = request.draft.send_at(tenant).ok()?;
    if send_at <= now {
        return Some(Hour::Past);
    }
    let lead = SignedDuration::from_hours(tenant.procedure.warn_hours_before.into());
    let moved_at = request.moved_at.unwrap_or(request.submitted.at);
    let half = moved_at + send_at.duration_since(moved_at) / 2;
    (now >= half.max(send_at - lead)).then_some(Hour::Near)
}

#[cfg(test)]
mod tests;
