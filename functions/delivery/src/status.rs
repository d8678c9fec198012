//! One status of one message.

use cloud::batch::Failure;
use cloud::clock;
use cloud::deliveries::Merged;
use cloud::queue::Ordered;
use cloud::telemetry;
use domain::delivery::{Reason, Report, Rung};
use domain::ids::SendId;
use domain::jobs::PersonJob;
use whatsapp::{Says, StatusUpdate, Stops, says, stop_cause, stops};

use crate::{Recorder, said};

/// A status that came before what it speaks of can be found.
#[derive(Debug, thiserror::Error)]
#[error("no delivery is known by WhatsApp's id yet")]
struct NotFoundYet;

impl Recorder {
    pub(crate) async fn status(&self, update: &StatusUpdate) -> Result<(), Failure> {
        let id = match &update.send {
            Some(id) => id.clone(),
            // Without our id only theirs remains, and it may not be written yet: the message comes back for it.
            None => self
                .deliveries
                .find(&update.wamid)
                .await?
                .ok_or(NotFoundYet)?,
        };
        let merged = self
            .deliveries
            .merge(&id, &update.report, clock::now())
            .await?;
        // What the failure says beyond its message is obeyed on every hearing: a crash in between loses nothing.
        if let Some(reason) = &update.report.reason {
            self.consequences(&id, reason, update.report.at).await?;
        }
        match merged {
            Merged::Changed | Merged::KnewAlready => Ok(()),
            // The row is written before the call, so it is gone by now: kept for 90 days, WhatsApp tries for 30.
            Merged::NoSuchRow => Err(Failure::Dead(format!("there is no delivery {id}"))),
        }
    }

    /// A failure may speak of the account (no payment method) or of a wish of the person (no marketing).
    async fn consequences(
        &self,
        id: &SendId,
        reason: &Reason,
        at: domain::Instant,
    ) -> Result<(), Failure> {
        if let Some(cause) = stop_cause(reason.code) {
            telemetry::count("platform", "stopped", cause.key(), 1);
            self.platform
                .change(|platform| platform.stop(cause, &said(reason), None, at))
                .await?;
        }
        if let (Stops::Template, SendId::Notice { .. }) = (stops(reason.code), id) {
            // Held for its quality and dropped, or paused meanwhile: whoever is still to get it waits.
            let template = self.notice_template.clone();
            self.platform
                .change(|platform| platform.pause_template(&template, at))
                .await?;
        }
        if let (Says::MarketingStopped, SendId::Notice { person, .. }) = (says(reason.code), id) {
            let job = PersonJob::StopMarketing {
                person: person.clone(),
                at,
            };
            self.inbound
                .send_ordered(vec![Ordered {
                    group: person.to_string(),
                    deduplication: format!("marketing {id}"),
                    body: serde_json::to_string(&job)?,
                }])
                .await?;
        }
        Ok(())
    }

    /// Calls `unknown` what nothing has settled within the term.
    pub(crate) async fn settle(&self, id: &SendId) -> Result<(), Failure> {
        let Some(seen) = self.deliveries.get(id).await? else {
            return Err(Failure::Dead(format!("there is no delivery {id}")));
        };
        if !matches!(seen.delivery.rung, Rung::Intended | Rung::Unclear) {
            return Ok(());
        }
        let now = clock::now();
        self.deliveries
            .merge(id, &Report::of(Rung::Unknown, now), now)
            .await?;
        telemetry::count("delivery", "unknown", "unsettled", 1);
        tracing::warn!(send.id = %id, "nobody knows whether {id} was sent: a person should look");
        Ok(())
    }
}
