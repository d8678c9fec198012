//! Whether anything may leave at all, and the waiting of what may not.

use cloud::batch::Failure;
use cloud::{clock, telemetry};
use domain::Instant;
use domain::ids::NoticeId;
use domain::jobs::{Held, HeldJob};
use domain::platform::{Gate, Shut, StopCause, TemplateKey};
use jiff::SignedDuration;

use crate::Sender;

/// What waits longer than this is for a person to look at: nobody wants yesterday's news next week.
const LONGEST_HOLD: SignedDuration = SignedDuration::from_hours(72);

/// Whether something may leave.
#[derive(Debug)]
pub(crate) enum Pass {
    /// It may.
    Go,
    /// One message may, to see whether the stop for this cause is over; the others wait.
    Try {
        /// For which.
        cause: StopCause,
        /// When this was asked.
        at: Instant,
    },
    /// It may not. It asks again soon, and then less often: the staff or Meta may open the gate at any moment.
    Wait(Instant),
}

impl Sender {
    /// Asks the state of the platform, at most a second old. Of all that want to try after a stop, one may.
    pub(crate) async fn pass(
        &self,
        template: Option<&TemplateKey>,
        notice: Option<&NoticeId>,
    ) -> Result<Pass, Failure> {
        let now = clock::now();
        let platform = self.platform.recent().await?;
        match platform.gate(template, notice, now) {
            Gate::Open => Ok(Pass::Go),
            Gate::Shut { why, .. } => {
                say_shut(&why);
                Ok(Pass::Wait(now))
            }
            Gate::Try(cause) => {
                let claimed = self
                    .platform
                    .claim(|platform| {
                        if platform.gate(None, None, now) == Gate::Try(cause) {
                            platform.claim_try(cause, now);
                        }
                    })
                    .await?;
                if claimed {
                    tracing::info!(
                        cause = cause.key(),
                        "one message tries whether sending may go on"
                    );
                    return Ok(Pass::Try { cause, at: now });
                }
                say_shut(&Shut::Stopped(cause));
                Ok(Pass::Wait(now))
            }
        }
    }

    /// Lets `job`, which has waited since `since`, wait until `not_before` at least.
    pub(crate) async fn hold(
        &self,
        job: HeldJob,
        since: Instant,
        not_before: Option<Instant>,
    ) -> Result<(), Failure> {
        let now = clock::now();
        if now.duration_since(since) > LONGEST_HOLD {
            return Err(Failure::Dead(
                "it has waited for three days for what keeps it from leaving".to_owned(),
            ));
        }
        let held = Held {
            since,
            not_before,
            job,
        };
        self.held.send_after(&held, held.ask_in(now)).await?;
        Ok(())
    }
}

/// The alarms hang on this count, so that the alarm itself says why.
fn say_shut(why: &Shut) {
    telemetry::count("platform", "stopped", why.key(), 1);
    tracing::warn!(cause = why.key(), "nothing leaves: {}", why.key());
}
