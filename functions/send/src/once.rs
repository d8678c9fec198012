//! One message, once: intent, call, outcome.

use std::time::Duration;

use cloud::batch::Failure;
use cloud::deliveries::Seen;
use cloud::pace::Lane;
use cloud::{StoreError, clock, in_full, telemetry};
use domain::delivery::{Delivery, Next, Reason, Report, Rung};
use domain::ids::SendId;
use domain::jobs::Settle;
use whatsapp::{Class, Outgoing, SendError};

use crate::Sender;

/// After how many seconds a message that nothing settled is called unknown. Statuses come within seconds; SQS delays a
/// message by no more than this.
const TERM: i32 = 900;

/// Meta did not take a message, and may take it later.
#[derive(Debug, thiserror::Error)]
#[error("not sent yet: {0}")]
struct NotYet(String);

/// How long to wait before each new try of what was certainly not taken (Meta advises 4^n seconds). What is still not
/// taken then goes back to its queue.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];

/// What came of one call.
enum Call {
    /// It is over: taken, refused for good, or unclear.
    Over,
    /// It was certainly not taken, and may be at once or later.
    NotYet { why: String, soon: bool },
}

impl Sender {
    /// Sends `message` unless it was sent, or may have been. Its allowance has been taken from `lane`; each new try takes
    /// another.
    pub(crate) async fn once(&self, message: &Outgoing, lane: Lane) -> Result<(), Failure> {
        let mut pauses = PAUSES.into_iter();
        loop {
            let Some(intent) = self.intend(&message.id, true).await? else {
                return Ok(());
            };
            let Call::NotYet { why, soon } = self.call(message, &intent).await? else {
                return Ok(());
            };
            self.deliveries.put_off(&message.id, clock::now()).await?;
            match pauses.next() {
                Some(pause) if soon => {
                    tokio::time::sleep(pause).await;
                    self.pace.take(lane, 1).await?;
                }
                _ => return Err(Failure::from(NotYet(why))),
            }
        }
    }

    /// Records that somebody who left was passed over. If they were sent it before, that stands.
    pub(crate) async fn pass_over(&self, id: &SendId) -> Result<(), Failure> {
        self.intend(id, false).await.map(|_| ())
    }

    /// Writes what is about to be done; the intent, if the call is to be made.
    async fn intend(&self, id: &SendId, wanted: bool) -> Result<Option<Seen>, Failure> {
        let now = clock::now();
        let seen = self.deliveries.get(id).await?;
        let stored = seen.as_ref().map(|seen| seen.delivery.clone());
        let next = Delivery::attempt(stored, wanted, now);
        let row = match &next {
            Next::Call(row) | Next::Doubt(row) | Next::Skip(row) => row,
            Next::Nothing => return Ok(None),
        };
        if matches!(next, Next::Doubt(_)) {
            // Before it is written: once the row says `unclear`, nobody would remind again.
            tracing::warn!(send.id = %id, "the sending of {id} was interrupted: it is not repeated");
            self.remind(id).await?;
        }
        match self.deliveries.write(id, seen.as_ref(), row, now).await {
            Ok(intent) => Ok(matches!(next, Next::Call(_)).then_some(intent)),
            // Another hand has it.
            Err(StoreError::Stale) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn call(&self, message: &Outgoing, intent: &Seen) -> Result<Call, Failure> {
        let id = &message.id;
        let secret = match self.secrets.get().await {
            Ok(secret) => secret,
            Err(error) => {
                let why = in_full(&error);
                return Ok(Call::NotYet { why, soon: false });
            }
        };
        let report = match self.whatsapp.send(message, &secret.access_token).await {
            Ok(accepted) => Report {
                wamid: Some(accepted.wamid),
                ..Report::of(Rung::Accepted, clock::now())
            },
            Err(SendError::NotReached(error)) => {
                let why = in_full(&error);
                return Ok(Call::NotYet { why, soon: true });
            }
            Err(SendError::Refused {
                reason,
                class,
                trace,
            }) => {
                let code = reason.code;
                telemetry::count("send", "refused", &code.to_string(), 1);
                tracing::warn!(send.id = %id, code, ?class, trace, "Meta refused {id} with code {code}");
                if let Class::Retry | Class::Wait | Class::Operator = class {
                    let soon = class == Class::Retry;
                    return Ok(Call::NotYet {
                        why: reason.title,
                        soon,
                    });
                }
                refused(reason)
            }
            Err(SendError::OverLimit(error)) => {
                tracing::error!(send.id = %id, %error, "{id} is not a message that Meta takes");
                let title = error.to_string();
                refused(Reason { code: 0, title })
            }
            Err(SendError::Unclear(why)) => {
                tracing::warn!(send.id = %id, why, "nobody knows yet whether {id} was taken");
                self.remind(id).await?;
                Report::of(Rung::Unclear, clock::now())
            }
        };
        // If this cannot be written the row stays an intent, which the next receive takes for unclear.
        self.deliveries
            .record(id, intent, &report, clock::now())
            .await?;
        Ok(Call::Over)
    }

    /// Asks `delivery` to see, after the term, whether a status has settled `id`.
    async fn remind(&self, id: &SendId) -> Result<(), Failure> {
        let settle = Settle { settle: id.clone() };
        self.statuses.send_after(&settle, TERM).await?;
        Ok(())
    }
}

fn refused(reason: Reason) -> Report {
    Report {
        reason: Some(reason),
        ..Report::of(Rung::Refused, clock::now())
    }
}
