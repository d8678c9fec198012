//! A share: some messages, each once. Slots of the pace, one read, one write of the intents, the calls, one write of the
//! outcomes.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use cloud::batch::Failure;
use cloud::clock;
use cloud::deliveries::Seen;
use cloud::outbox::{Addressee, Booking, Change, Written};
use cloud::pace::Slot;
use domain::delivery::{Delivery, Next, Report, Rung};
use domain::ids::{NoticeId, PersonId, SendId};
use domain::jobs::Settle;
use domain::pace::{LARGEST_SHARE, Lane, Pair};
use domain::person::Person;
use domain::platform::TemplateKey;
use futures::future::{join_all, try_join_all};
use secrecy::SecretString;
use tokio::sync::SemaphorePermit;
use whatsapp::{Body, Outgoing};

use crate::Sender;
use crate::gate::Pass;

/// How many messages a process prepares ahead of their slots.
pub(crate) const AHEAD: u32 = LARGEST_SHARE + LARGEST_SHARE / 2;

/// What became of one message of a share.
#[derive(Debug)]
pub(crate) enum Fate {
    /// WhatsApp took it.
    Taken,
    /// Nothing is left to do: refused for good, unclear, passed over, or done by another hand.
    Over,
    /// It certainly did not leave; it may be tried again, at once if no time is given.
    NotYet {
        why: String,
        again_at: Option<domain::Instant>,
    },
    /// Free text may no longer be sent to this person.
    WindowClosed,
    /// There is no such person.
    NoSuchPerson,
    /// They turned out to be this other person, to whom it is to go.
    Joined(PersonId),
}

/// When, and whether, a share may leave.
#[derive(Debug)]
pub(crate) struct Leave<'a> {
    /// Which goes first.
    pub(crate) lane: Lane,
    /// How long it may wait for its slots.
    pub(crate) patience: Duration,
    /// The template it is sent with, if any.
    pub(crate) template: Option<&'a TemplateKey>,
    /// The notice it belongs to, if any.
    pub(crate) notice: Option<&'a NoticeId>,
    /// Whether it is the one that tries after a stop.
    pub(crate) tries: bool,
}

/// What the call of one message came to.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It is over, and this is what is to be recorded.
    Over(Report),
    /// It certainly did not leave.
    PutOff(Fate),
    /// Nobody knows, and the reminder to look could not be left: the row stays an intent, which the next receive doubts.
    Unrecorded(Failure),
}

/// What is to be done about one message of a share.
enum Plan {
    Nothing,
    Write(Delivery),
    Call {
        row: Delivery,
        message: Box<Outgoing>,
        after: Pair,
    },
}

impl Sender {
    /// Sends each of `letters` unless it was sent, or may have been. `compose` says what is to be said to a person: `None` if
    /// they are to be passed over.
    pub(crate) async fn share(
        &self,
        letters: &[(SendId, PersonId)],
        leave: &Leave<'_>,
        compose: &impl Fn(Option<&Person>) -> Result<Option<Body>, Fate>,
    ) -> Result<Vec<Fate>, Failure> {
        // A process that is short of time prepares no more than it can send.
        let many = u32::try_from(letters.len()).unwrap_or(u32::MAX);
        let mut room = self.preparing.acquire_many(many.min(AHEAD)).await.ok();
        // Before anything is intended: without a token nothing can be called.
        let secret = if leave.tries {
            // After a dead token the try is of the new one.
            self.secrets.renewed().await?
        } else {
            self.secrets.get().await?
        };
        let token = secret.access_token.clone();
        let booked = self.slots(leave.lane, letters.len());
        let mut slots = match tokio::time::timeout(leave.patience, booked).await {
            Ok(slots) => slots?,
            // Not enough time: they go out in a later call.
            Err(_) => {
                return Ok(not_yet(
                    letters,
                    "there was no time left to wait",
                    clock::now(),
                ));
            }
        };
        // The gate may have been shut while we waited.
        if !leave.tries
            && let Pass::Wait(at) | Pass::Try { at, .. } =
                self.pass(leave.template, leave.notice).await?
        {
            return Ok(not_yet(letters, "nothing may leave", at));
        }
        let began = Instant::now();
        let addressees = self.outbox.look(letters).await?;
        let now = clock::now();
        let mut fates: Vec<Fate> = letters.iter().map(|_| Fate::Over).collect();
        let mut plans = Vec::with_capacity(letters.len());
        for (place, ((id, _), addressee)) in letters.iter().zip(&addressees).enumerate() {
            if let Some(other) = &addressee.joined_into {
                let (plan, fate) = self.plan_of_joined(id, addressee, other, now);
                plans.push(plan);
                fates[place] = fate;
                continue;
            }
            plans.push(match self.plan(id, addressee, now, compose) {
                Ok(plan) => plan,
                Err(fate) => {
                    fates[place] = fate;
                    Plan::Nothing
                }
            });
        }
        for (place, id) in self.remind_of_doubts(letters, &plans).await? {
            tracing::warn!(send.id = %id, "the sending of {id} was interrupted: it is not repeated");
            fates[place] =
                self.look_again("its call was interrupted, or is under way in another hand");
        }

        let mut calls = Vec::new();
        let written = self.intend(letters, &addressees, &plans, now).await?;
        self.took_to_prepare(began.elapsed());
        for (place, intent) in written {
            let (Plan::Call { message, .. }, id) = (&plans[place], &letters[place].0) else {
                continue;
            };
            let intent = match intent {
                Written::Done(intent) => intent,
                Written::PersonBusy => {
                    fates[place] = Fate::NotYet {
                        why: "another message to the same person is being sent".to_owned(),
                        again_at: None,
                    };
                    continue;
                }
                // Perhaps it is our own intent, of which nobody told us that it was written.
                Written::OtherHand => match self.deliveries.get(id).await? {
                    Some(seen) if seen.delivery.is_intended_by(self.hand, now) => seen,
                    _ => {
                        fates[place] = self.look_again("another hand has it");
                        continue;
                    }
                },
            };
            let slot = slots.pop_front();
            let room = room.as_mut().and_then(|room| room.split(1));
            let token = &token;
            calls.push(async move {
                let outcome = self.call(message, slot, room, leave.lane, token).await;
                (place, intent, outcome)
            });
        }
        drop(room);
        let outcomes = join_all(calls).await;
        self.record(letters, outcomes, &mut fates).await?;
        Ok(fates)
    }

    fn plan(
        &self,
        id: &SendId,
        addressee: &Addressee,
        now: domain::Instant,
        compose: &impl Fn(Option<&Person>) -> Result<Option<Body>, Fate>,
    ) -> Result<Plan, Fate> {
        let person = addressee.person.as_ref();
        let body = compose(person)?;
        let stored = addressee.seen.as_ref().map(|seen| seen.delivery.clone());
        match Delivery::attempt_by(stored, body.is_some(), now, self.hand) {
            Next::Nothing => Ok(Plan::Nothing),
            Next::Doubt(row) | Next::Skip(row) => Ok(Plan::Write(row)),
            Next::Call(row) => {
                let (Some(person), Some(body)) = (person, body) else {
                    return Ok(Plan::Nothing);
                };
                let after = addressee
                    .pair
                    .pair
                    .book(now)
                    .map_err(|room_at| Fate::NotYet {
                        why: "the person got as many messages as one may get".to_owned(),
                        again_at: Some(room_at),
                    })?;
                Ok(Plan::Call {
                    row,
                    message: Box::new(Outgoing {
                        to: person.contact.address(),
                        body,
                        id: id.clone(),
                        quoting: None,
                    }),
                    after,
                })
            }
        }
    }

    /// Somebody who was joined into another: what was sent to them was sent; what was not goes to the other, under the
    /// other's id, so that nobody gets it twice.
    fn plan_of_joined(
        &self,
        id: &SendId,
        addressee: &Addressee,
        other: &PersonId,
        now: domain::Instant,
    ) -> (Plan, Fate) {
        let joined = Fate::Joined(other.clone());
        if matches!(id, SendId::Reply(_)) {
            return (Plan::Nothing, joined);
        }
        let stored = addressee.seen.as_ref().map(|seen| seen.delivery.clone());
        let skipped = stored
            .as_ref()
            .is_some_and(|delivery| delivery.rung == Rung::Skipped);
        match Delivery::attempt_by(stored, false, now, self.hand) {
            Next::Skip(row) => (Plan::Write(row), joined),
            Next::Doubt(row) => (Plan::Write(row), Fate::Over),
            Next::Call(_) | Next::Nothing if skipped => (Plan::Nothing, joined),
            Next::Call(_) | Next::Nothing => (Plan::Nothing, Fate::Over),
        }
    }

    /// Before the doubts are written: once a row says `unclear`, nobody would remind again. Where they stand.
    async fn remind_of_doubts<'a>(
        &self,
        letters: &'a [(SendId, PersonId)],
        plans: &[Plan],
    ) -> Result<Vec<(usize, &'a SendId)>, Failure> {
        let doubts = letters.iter().zip(plans).enumerate();
        let doubts: Vec<_> = doubts
            .filter_map(|(place, ((id, _), plan))| match plan {
                Plan::Write(row) if row.rung == Rung::Unclear => Some((place, id)),
                _ => None,
            })
            .collect();
        try_join_all(doubts.iter().map(async |(_, id)| self.remind(id).await)).await?;
        Ok(doubts)
    }

    /// Another hand is, or was, at work on this message. It may yet find it unsent and die before it tries again: whoever
    /// knows of the message asks once more, after the term, when the other hand cannot be at work any longer.
    fn look_again(&self, why: &str) -> Fate {
        Fate::NotYet {
            why: why.to_owned(),
            again_at: Some(soon(clock::now(), i64::from(self.term_seconds))),
        }
    }

    async fn intend(
        &self,
        letters: &[(SendId, PersonId)],
        addressees: &[Addressee],
        plans: &[Plan],
        now: domain::Instant,
    ) -> Result<Vec<(usize, Written)>, Failure> {
        let mut places = Vec::new();
        let mut changes = Vec::new();
        for (place, plan) in plans.iter().enumerate() {
            let (id, person) = &letters[place];
            let addressee = &addressees[place];
            let (next, booking) = match plan {
                Plan::Nothing => continue,
                Plan::Write(next) => (next, None),
                Plan::Call {
                    row,
                    message,
                    after,
                } => (
                    row,
                    Some(Booking {
                        person,
                        before: addressee.pair,
                        after: *after,
                        opens: message.body.template().is_some(),
                    }),
                ),
            };
            places.push(place);
            changes.push(Change {
                id,
                seen: addressee.seen.as_ref(),
                next,
                booking,
            });
        }
        let written = self.outbox.write(&changes, now).await?;
        Ok(places.into_iter().zip(written).collect())
    }

    fn took_to_prepare(&self, time: Duration) {
        let took = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let before = self.prepare_us.load(Ordering::Relaxed);
        // Up at once, down slowly: a slot that is missed is lost.
        self.prepare_us
            .store(took.max((before * 3 + took) / 4), Ordering::Relaxed);
    }

    /// `wanted` slots, which begin when the people will be read and the intents written.
    async fn slots(&self, lane: Lane, wanted: usize) -> Result<VecDeque<Slot>, Failure> {
        // One after the other, in the order in which they came: who stands last in a batch is also sent to last.
        let _turn = self.booking.lock().await;
        let mut slots = VecDeque::with_capacity(wanted);
        while slots.len() < wanted {
            let more = u32::try_from(wanted - slots.len()).unwrap_or(u32::MAX);
            let ready_in = Duration::from_micros(self.prepare_us.load(Ordering::Relaxed));
            slots.extend(self.pace.book(lane, more, ready_in).await?);
        }
        Ok(slots)
    }

    /// Waits for the slot, and calls. A slot that was missed is booked anew.
    async fn call(
        &self,
        message: &Outgoing,
        slot: Option<Slot>,
        room: Option<SemaphorePermit<'_>>,
        lane: Lane,
        token: &SecretString,
    ) -> Outcome {
        let mut slot = slot;
        loop {
            if let Some(slot) = slot.take()
                && slot.arrives().await
            {
                break;
            }
            match self.pace.book(lane, 1, Duration::ZERO).await {
                Ok(mut slots) => slot = slots.next(),
                Err(error) => {
                    return Outcome::PutOff(Fate::NotYet {
                        why: cloud::in_full(&error),
                        again_at: None,
                    });
                }
            }
        }
        // It leaves: there is room to prepare another.
        drop(room);
        let sent = self.whatsapp.send(message, token).await;
        self.outcome(message, token, sent).await
    }

    /// Writes what the calls came to. If it cannot be written the rows stay intents, which the next receive takes for
    /// unclear.
    async fn record(
        &self,
        letters: &[(SendId, PersonId)],
        outcomes: Vec<(usize, Seen, Outcome)>,
        fates: &mut [Fate],
    ) -> Result<(), Failure> {
        let now = clock::now();
        let mut failure = None;
        let mut known = Vec::with_capacity(outcomes.len());
        for (place, intent, outcome) in outcomes {
            let (next, report) = match outcome {
                Outcome::Unrecorded(why) => {
                    failure = Some(why);
                    continue;
                }
                Outcome::PutOff(fate) => {
                    fates[place] = fate;
                    (intent.delivery.clone().put_off(now), None)
                }
                Outcome::Over(report) => {
                    if report.rung == Rung::Accepted {
                        fates[place] = Fate::Taken;
                    }
                    (intent.delivery.clone().merge(report.clone()), Some(report))
                }
            };
            known.push((&letters[place].0, intent, next, report));
        }
        let changes: Vec<Change> = known
            .iter()
            .map(|(id, intent, next, _)| Change {
                id,
                seen: Some(intent),
                next,
                booking: None,
            })
            .collect();
        let written = self.outbox.write(&changes, now).await?;
        for ((id, intent, _, report), written) in known.iter().zip(written) {
            if !matches!(written, Written::Done(_)) {
                // A status came in between: merged into what stands now.
                if let Some(report) = report {
                    self.deliveries.merge(id, report, now).await?;
                } else {
                    let attempt = intent.delivery.attempts;
                    self.deliveries.put_off(id, attempt, now).await?;
                }
            }
        }
        failure.map_or(Ok(()), Err)
    }

    /// Has the statuses queue ask after the term what became of `id`.
    pub(crate) async fn remind(&self, id: &SendId) -> Result<(), Failure> {
        let job = Settle { settle: id.clone() };
        self.statuses.send_after(&job, self.term_seconds).await?;
        Ok(())
    }
}

fn not_yet(letters: &[(SendId, PersonId)], why: &str, at: domain::Instant) -> Vec<Fate> {
    let fate = |_| Fate::NotYet {
        why: why.to_owned(),
        again_at: Some(at),
    };
    letters.iter().map(fate).collect()
}

/// A moment from now on, for what should be tried again soon.
/// Rounded up, so that many who have to wait alike wait together.
pub(crate) fn soon(now: domain::Instant, seconds: i64) -> domain::Instant {
    const TOGETHER: i64 = 10;
    let at = now.as_second() + seconds;
    let rounded = at + (TOGETHER - at.rem_euclid(TOGETHER)) % TOGETHER;
    domain::Instant::from_second(rounded).unwrap_or(now)
}
