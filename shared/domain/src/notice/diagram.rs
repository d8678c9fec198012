//! The diagram of the workflow: from which state which move leads where, as long as the words stay as they are.

use super::around::Around;
use super::digest::Digest;
use super::moves::{Move, NotAllowed};
use super::request::{Approval, Endorsement, Objection, Path, Signed};
use super::state::State;
use crate::Instant;

/// Who moves, and what they say. Without a signature it is the system.
pub(super) struct Hand {
    pub(super) signed: Option<Signed>,
    pub(super) reason: Option<String>,
    pub(super) supplies: bool,
    pub(super) is_secretary: bool,
}

/// The words as they stand, and their hour.
pub(super) struct Words {
    pub(super) digest: Digest,
    pub(super) send_at: Instant,
}

/// Where a request stands whose words have changed: whatever was approved of it were other words.
pub(super) fn reworded(state: State) -> State {
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
pub(super) fn next(
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
                mut objections,
            },
            Move::Approve(digest),
            Some(signed),
        ) => {
            if votes.iter().any(|vote| vote.by == signed.by) {
                return Err(NotAllowed::AlreadyApproved);
            }
            // Whoever changes their mind is counted once.
            objections.retain(|objection| objection.signed.by != signed.by);
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
