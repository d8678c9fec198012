//! What the answer to a call means: for the message, for its template, for the person, for everything.

use cloud::{clock, in_full, telemetry};
use domain::delivery::{Reason, Report, Rung};
use domain::ids::SendId;
use domain::jobs::PersonJob;
use domain::platform::StopCause;
use secrecy::{ExposeSecret, SecretString};
use whatsapp::{Accepted, Class, Outgoing, Says, SendError, Stops, says, stop_cause, stops};

use crate::Sender;
use crate::share::{Fate, Outcome, soon};

/// Meta's word to a person that they get too many marketing messages lasts a day at least (131049).
const A_DAY: i64 = 24 * 3600;
/// A spam limit (131048) and a template that is being looked at last hours.
const AN_HOUR: i64 = 3600;
/// The pair of our number and a citizen has room again after six seconds (131056).
const A_PAIR: i64 = 6;

impl Sender {
    /// What the answer to the call of `message` means. What it says of the account or the template is made known to all.
    pub(crate) async fn outcome(
        &self,
        message: &Outgoing,
        token: &SecretString,
        sent: Result<Accepted, SendError>,
    ) -> Outcome {
        let id = &message.id;
        let now = clock::now();
        match sent {
            Ok(accepted) => Outcome::Over(Report {
                wamid: Some(accepted.wamid),
                ..Report::of(Rung::Accepted, now)
            }),
            Err(SendError::NotReached(error)) => Outcome::PutOff(Fate::NotYet {
                why: in_full(&error),
                again_at: None,
            }),
            Err(SendError::OverLimit(error)) => {
                tracing::error!(send.id = %id, %error, "{id} is not a message that Meta takes");
                let title = error.to_string();
                refused(Reason { code: 0, title })
            }
            Err(SendError::Unclear(why)) => {
                tracing::warn!(send.id = %id, why, "nobody knows yet whether {id} was taken");
                match self.remind(id).await {
                    Ok(()) => Outcome::Over(Report::of(Rung::Unclear, now)),
                    Err(failure) => Outcome::Unrecorded(failure),
                }
            }
            Err(SendError::Refused {
                reason,
                class,
                trace,
            }) => {
                let code = reason.code;
                telemetry::count("send", "refused", &code.to_string(), 1);
                tracing::warn!(send.id = %id, code, ?class, trace, "Meta refused {id} with code {code}");
                self.refusal(message, token, reason, class).await
            }
        }
    }

    async fn refusal(
        &self,
        message: &Outgoing,
        token: &SecretString,
        reason: Reason,
        class: Class,
    ) -> Outcome {
        let now = clock::now();
        let wait = |seconds: Option<i64>| {
            Outcome::PutOff(Fate::NotYet {
                why: reason.title.clone(),
                again_at: seconds.map(|seconds| soon(now, seconds)),
            })
        };
        if let Some(cause) = stop_cause(reason.code) {
            // A token that was replaced since we read it stops nobody.
            if cause == StopCause::Token && self.has_another_token(token).await {
                return wait(None);
            }
            let said = format!("{}: {}", reason.code, reason.title);
            self.stop(cause, &said).await;
            return wait(Some(0));
        }
        if let (Stops::Template, Some(template)) = (stops(reason.code), message.body.template()) {
            // Paused for hours, or disabled until somebody mends it (132015, 132016).
            let disabled = class == Class::Operator;
            self.tell(|platform| {
                if disabled {
                    platform.disable_template(&template, now);
                } else {
                    platform.pause_template(&template, now);
                }
            })
            .await;
            return wait(Some(0));
        }
        match (says(reason.code), class) {
            // The twin of a reply is too long when it is filled: it waits as if there were none.
            (_, _) if reason.code == TOO_LONG_WHEN_FILLED && is_reply(&message.id) => {
                Outcome::PutOff(Fate::WindowClosed)
            }
            (Says::WindowClosed, _) if message.body.template().is_none() => {
                Outcome::PutOff(Fate::WindowClosed)
            }
            (Says::MarketingRested, _) => wait(Some(A_DAY)),
            (Says::PairRate, _) => wait(Some(A_PAIR)),
            (Says::MarketingStopped, _) => {
                self.stop_marketing(&message.id, now).await;
                refused(reason)
            }
            (_, Class::Retry) => wait(None),
            (_, Class::Wait) => wait(Some(AN_HOUR)),
            (_, Class::Unclear | Class::Permanent | Class::Unreachable | Class::Operator) => {
                refused(reason)
            }
        }
    }

    async fn has_another_token(&self, token: &SecretString) -> bool {
        match self.secrets.renewed().await {
            Ok(secret) => secret.access_token.expose_secret() != token.expose_secret(),
            Err(_) => false,
        }
    }

    async fn stop(&self, cause: StopCause, said: &str) {
        let now = clock::now();
        tracing::error!(
            cause = cause.key(),
            said,
            "Meta takes nothing any more: {said}"
        );
        telemetry::count("platform", "stopped", cause.key(), 1);
        self.tell(|platform| platform.stop(cause, said, None, now))
            .await;
    }

    /// A failure costs no message: the next refusal says the same again.
    async fn tell(&self, change: impl Fn(&mut domain::platform::Platform)) {
        if let Err(error) = self.platform.change(change).await {
            tracing::error!(error = %in_full(&error), "what Meta said of the platform was not written down");
        }
    }

    /// A try was taken: what was stopped goes on.
    pub(crate) async fn go_on(&self, cause: StopCause) -> Result<(), cloud::StoreError> {
        let now = clock::now();
        tracing::info!(cause = cause.key(), "a message was taken: sending goes on");
        self.platform
            .change(|platform| platform.lift(cause, now))
            .await
            .map(|_| ())
    }

    async fn stop_marketing(&self, id: &SendId, now: domain::Instant) {
        let SendId::Notice { person, .. } = id else {
            return;
        };
        let job = PersonJob::StopMarketing {
            person: person.clone(),
            at: now,
        };
        if let Err(error) = self.tell_conversation(person, &id.to_string(), &job).await {
            tracing::error!(person.id = %person, error = %in_full(&error), "that {person} wants no marketing was not written down");
        }
    }
}

/// Meta's code for a template that is too long once it is filled.
const TOO_LONG_WHEN_FILLED: i64 = 132_005;

fn is_reply(id: &SendId) -> bool {
    matches!(id, SendId::Reply(_))
}

fn refused(reason: Reason) -> Outcome {
    Outcome::Over(Report {
        reason: Some(reason),
        ..Report::of(Rung::Refused, clock::now())
    })
}
