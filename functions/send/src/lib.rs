//! Sends replies and notices, each once.
//!
//! Meta's `/messages` has no idempotency key. So the intent is written before the call and the outcome after it, both on
//! the delivery's own row. Who finds an intent without an outcome does not call again: a status that brings our id back
//! settles it, or after a term nobody knows and a person sees it (docs/sending.md).
//!
//! What may not leave now (a paused template, a stopped account, a person who got too much) is *held*: it goes into a queue
//! of its own and asks again after a while. Waiting uses up no tries.

mod config;
mod gate;
mod notice;
mod refusal;
mod reply;
mod share;

use std::sync::atomic::AtomicU64;
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use cloud::batch::{self, Failure};
use cloud::clock;
use cloud::deliveries::Deliveries;
use cloud::outbox::Outbox;
use cloud::pace::Pace;
use cloud::platform::PlatformState;
use cloud::queue::{DeadLetters, Queue};
use cloud::secrets::Secrets;
use domain::jobs::{Held, HeldJob};
use domain::pace::Lane;
use domain::tenant::Tenant;
use tokio::sync::{Mutex, Semaphore};
use whatsapp::Client;

pub use config::Config;

/// Sends messages.
#[derive(Debug)]
pub struct Sender {
    outbox: Outbox,
    deliveries: Deliveries,
    pace: Pace,
    platform: PlatformState,
    statuses: Queue,
    held: Queue,
    inbound: Queue,
    secrets: Secrets,
    whatsapp: Client,
    dead_replies: DeadLetters,
    dead_notices: DeadLetters,
    dead_urgent: DeadLetters,
    dead_held: DeadLetters,
    tenant: Tenant,
    term_seconds: i32,
    /// By which this process knows its own intents again.
    hand: u32,
    /// Whose turn it is to book slots.
    booking: Mutex<()>,
    /// Room for messages that are prepared and have not left.
    preparing: Semaphore,
    /// How long it took lately to read the people of a share and to write its intents, in microseconds.
    prepare_us: AtomicU64,
}

impl Sender {
    /// The function with its clients.
    pub fn new(
        config: Config,
        aws: &SdkConfig,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self {
            outbox: Outbox::new(
                aws,
                &config.people_table,
                &config.deliveries_table,
                &config.pace_table,
            ),
            deliveries: Deliveries::new(aws, &config.deliveries_table),
            pace: Pace::new(aws, &config.pace_table, config.pace_per_second),
            platform: PlatformState::new(aws, &config.platform_table),
            statuses: Queue::new(aws, &config.statuses_queue_url),
            held: Queue::new(aws, &config.held_queue_url),
            inbound: Queue::new(aws, &config.inbound_queue_url),
            secrets: Secrets::new(aws, &config.whatsapp_secret_arn),
            whatsapp: Client::new(&config.graph_url, &config.phone_number_id)?,
            dead_replies: DeadLetters::new(aws, &config.replies_dead_letters_url),
            dead_notices: DeadLetters::new(aws, &config.notices_dead_letters_url),
            dead_urgent: DeadLetters::new(aws, &config.urgent_dead_letters_url),
            dead_held: DeadLetters::new(aws, &config.held_dead_letters_url),
            tenant: config.tenant,
            term_seconds: i32::try_from(config.unclear_term_seconds.min(900)).unwrap_or(900),
            hand: clock::new_hand(),
            booking: Mutex::new(()),
            preparing: Semaphore::new(share::AHEAD as usize),
            prepare_us: AtomicU64::new(15_000),
        })
    }

    /// Reads the secret while Lambda is still starting the process. A failure is met again, and told, at the first message.
    pub async fn warm_up(&self) {
        if let Err(error) = self.secrets.get().await {
            tracing::warn!(error = %cloud::in_full(&error), "the secret could not be read yet");
        }
    }

    /// Sends what a batch of one of the four queues holds, until shortly before `deadline`. The queue says which: its name
    /// ends in `replies.fifo`, `urgent`, `held` or `notices`.
    pub async fn send_all(&self, event: SqsEvent, deadline: SystemTime) -> SqsBatchResponse {
        let queue = event
            .records
            .first()
            .and_then(|message| message.event_source_arn.clone())
            .unwrap_or_default();
        if queue.ends_with("replies.fifo") {
            let send = async |body: &str| self.reply(&read(body)?, clock::now(), deadline).await;
            batch::in_order(event, &self.dead_replies, send).await
        } else if queue.ends_with("urgent") {
            let send = async |body: &str| {
                self.notice(read(body)?, Lane::Urgent, clock::now(), deadline)
                    .await
            };
            batch::each(event, &self.dead_urgent, send).await
        } else if queue.ends_with("held") {
            let ask = async |body: &str| self.ask_again(read(body)?, deadline).await;
            batch::each(event, &self.dead_held, ask).await
        } else {
            let send = async |body: &str| {
                self.notice(read(body)?, Lane::Ordinary, clock::now(), deadline)
                    .await
            };
            batch::each(event, &self.dead_notices, send).await
        }
    }

    /// What was held asks again.
    async fn ask_again(&self, held: Held, deadline: SystemTime) -> Result<(), Failure> {
        let now = clock::now();
        if held.not_before.is_some_and(|at| now < at) {
            self.held.send_after(&held, held.ask_in(now)).await?;
            return Ok(());
        }
        match held.job {
            HeldJob::Reply(job) => self.reply(&job, held.since, deadline).await,
            HeldJob::Notice(job) => self.notice(job, Lane::Ordinary, held.since, deadline).await,
            HeldJob::Urgent(job) => self.notice(job, Lane::Urgent, held.since, deadline).await,
        }
    }
}

/// With less time than this left, what is not begun is left to a later call: a call of Meta may take fifteen seconds.
const MARGIN: Duration = Duration::from_secs(20);

/// How much time there is for what is not begun yet.
fn time_left(deadline: SystemTime) -> Duration {
    deadline
        .duration_since(SystemTime::now())
        .unwrap_or_default()
        .saturating_sub(MARGIN)
}

fn read<T: serde::de::DeserializeOwned>(body: &str) -> Result<T, Failure> {
    serde_json::from_str(body)
        .map_err(|error| Failure::Dead(format!("not a message of this queue: {error}")))
}
