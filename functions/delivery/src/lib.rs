//! Records what becomes of each message, and what Meta says of the account.
//!
//! Statuses come at least once, in any order, several at a time. Each is merged into its delivery, which only climbs; none is
//! a reason to read the others. What is still unclear at the end of its term becomes `unknown`, for a person to see. What is
//! said of the number, the account or a template goes into the state that sending obeys.

mod config;
mod status;

use aws_config::SdkConfig;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use cloud::batch::{self, Failure};
use cloud::clock;
use cloud::deliveries::Deliveries;
use cloud::platform::PlatformState;
use cloud::queue::{DeadLetters, Queue};
use cloud::telemetry;
use domain::jobs::Settle;
use domain::platform::{Platform, StopCause, TemplateKey};
use whatsapp::{AccountEvent, FromStatuses};

pub use config::Config;

/// Records statuses and account events.
#[derive(Debug)]
pub struct Recorder {
    deliveries: Deliveries,
    platform: PlatformState,
    inbound: Queue,
    dead: DeadLetters,
    /// The template that notices go out with.
    notice_template: TemplateKey,
}

impl Recorder {
    /// The function with its clients.
    pub fn new(config: Config, aws: &SdkConfig) -> Self {
        Self {
            deliveries: Deliveries::new(aws, &config.deliveries_table)
                .counting_service(config.phone_number_id, config.tenant.time_zone),
            platform: PlatformState::new(aws, &config.platform_table),
            inbound: Queue::new(aws, &config.inbound_queue_url),
            dead: DeadLetters::new(aws, &config.dead_letters_url),
            notice_template: TemplateKey {
                name: config.tenant.notice_template.name,
                language: config.tenant.notice_template.language,
            },
        }
    }

    /// Records a batch of statuses and events.
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
        let read = FromStatuses::read(body, clock::now())
            .map_err(|error| Failure::Dead(error.to_string()))?;
        match read {
            FromStatuses::Status(update) => self.status(&update).await,
            FromStatuses::UnknownState(unknown) => {
                telemetry::count("delivery", "unknown_state", &unknown.0, 1);
                Ok(())
            }
            FromStatuses::Change(event) => self.account(&event).await,
        }
    }

    /// Something about the account, a number or a template. A repeat changes nothing.
    async fn account(&self, event: &AccountEvent) -> Result<(), Failure> {
        telemetry::count("delivery", "account_event", &event.field, 1);
        tracing::info!(field = %event.field, event = ?event.event.what, "Meta says something of the account");
        let stops: Vec<(StopCause, String)> = event
            .errors
            .iter()
            .filter_map(|error| {
                let cause = whatsapp::stop_cause(error.reason.code)?;
                Some((cause, said(&error.reason)))
            })
            .collect();
        let after = self
            .change(|platform| {
                platform.apply(&event.event);
                for (cause, said) in &stops {
                    platform.stop(*cause, said, None, event.event.at);
                }
            })
            .await?;
        for (cause, stop) in after.stops() {
            telemetry::count("platform", "stopped", cause.key(), 1);
            tracing::error!(cause = cause.key(), said = %stop.said, "Meta takes nothing any more: {}", stop.said);
        }
        Ok(())
    }

    async fn change(&self, change: impl Fn(&mut Platform)) -> Result<Platform, Failure> {
        Ok(self.platform.change(change).await?)
    }
}

/// What Meta said, for a person to read.
fn said(reason: &domain::delivery::Reason) -> String {
    format!("{}: {}", reason.code, reason.title)
}
