//! Records what WhatsApp says of what was sent: one status after another, each merged into its row.
//!
//! A status finds its row by our own id, which WhatsApp echoes, and therefore also before our call was answered. What a
//! call left unclear and no status settled within the term becomes `unknown`, for a person to see.

use aws_config::SdkConfig;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use cloud::batch::{self, Failure};
use cloud::clock;
use cloud::deliveries::{Deliveries, Merged};
use cloud::env::{ConfigError, Variables, required};
use cloud::queue::DeadLetters;
use cloud::telemetry;
use domain::delivery::{Report, Rung};
use domain::ids::SendId;
use domain::jobs::Settle;
use whatsapp::StatusUpdate;

/// What the function is told by its environment.
#[derive(Debug)]
pub struct Config {
    /// `DELIVERIES_TABLE`: what became of each thing sent.
    pub deliveries_table: String,
    /// `DEAD_LETTERS_URL`: where a message goes that cannot be handled.
    pub dead_letters_url: String,
}

impl Config {
    /// Reads the variables.
    pub fn read(var: Variables) -> Result<Self, ConfigError> {
        Ok(Self {
            deliveries_table: required(var, "DELIVERIES_TABLE")?,
            dead_letters_url: required(var, "DEAD_LETTERS_URL")?,
        })
    }
}

/// Records statuses.
#[derive(Debug)]
pub struct Recorder {
    deliveries: Deliveries,
    dead: DeadLetters,
}

/// A status that came before what it speaks of can be found.
#[derive(Debug, thiserror::Error)]
#[error("no delivery is known by WhatsApp's id yet")]
struct NotFoundYet;

impl Recorder {
    /// The function with its clients.
    pub fn new(config: &Config, aws: &SdkConfig) -> Self {
        Self {
            deliveries: Deliveries::new(aws, &config.deliveries_table),
            dead: DeadLetters::new(aws, &config.dead_letters_url),
        }
    }

    /// Records a batch of statuses.
    pub async fn record_all(&self, event: SqsEvent) -> SqsBatchResponse {
        batch::each(
            event,
            &self.dead,
            async |body: &str| match serde_json::from_str::<Settle>(body) {
                Ok(job) => self.settle(&job.settle).await,
                Err(_) => self.record(body).await,
            },
        )
        .await
    }

    async fn record(&self, body: &str) -> Result<(), Failure> {
        let update =
            match StatusUpdate::read(body).map_err(|error| Failure::Dead(error.to_string()))? {
                Ok(update) => update,
                Err(unknown) => {
                    telemetry::count("delivery", "unknown_state", &unknown.0, 1);
                    return Ok(());
                }
            };
        let id = match update.send {
            Some(id) => id,
            // Without our id only theirs remains, and it may not be written yet: the message comes back for it.
            None => self
                .deliveries
                .find(&update.wamid)
                .await?
                .ok_or(NotFoundYet)?,
        };
        match self
            .deliveries
            .merge(&id, &update.report, clock::now())
            .await?
        {
            Merged::Changed | Merged::KnewAlready => Ok(()),
            // The row is written before the call, so it is gone by now: kept for 90 days, WhatsApp tries for 30.
            Merged::NoSuchRow => Err(Failure::Dead(format!("there is no delivery {id}"))),
        }
    }

    /// Calls `unknown` what nothing has settled within the term.
    async fn settle(&self, id: &SendId) -> Result<(), Failure> {
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
