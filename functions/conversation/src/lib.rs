//! Hears one citizen's message after another, and decides what comes of each. It is the one function that writes people, so
//! it also hears what WhatsApp says of them, a new id or a wish about marketing, and what our own functions find out.
//!
//! What comes of a message is written in one transaction with the message's id; only what is written is said. A message
//! that arrives again finds its outcome and says the same again, with the same ids.

mod filing;
mod hearing;

use aws_config::SdkConfig;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use cloud::batch;
use cloud::cases::Cases;
use cloud::clock;
use cloud::conversations::{Conversations, Emitted};
use cloud::env::{ConfigError, Variables, required, service, tenant};
use cloud::queue::{DeadLetters, Ordered, Queue, SendError};
use domain::jobs::{PersonJob, SayReply};
use domain::segnalazione::service::Service;
use domain::tenant::Tenant;

/// What the function is told by its environment.
#[derive(Debug)]
pub struct Config {
    /// `PEOPLE_TABLE`: people and how they are known.
    pub people_table: String,
    /// `TURNS_TABLE`: the messages already heard.
    pub turns_table: String,
    /// `CASES_TABLE`: the segnalazioni that were confirmed.
    pub cases_table: String,
    /// `REPLIES_QUEUE_URL`: where replies go.
    pub replies_queue_url: String,
    /// `PAUSES_QUEUE_URL`: where it is remembered to look again whether more has come.
    pub pauses_queue_url: String,
    /// `DEAD_LETTERS_URL`: where a message goes that cannot be read.
    pub dead_letters_url: String,
    /// `PAUSES_DEAD_LETTERS_URL`: the same, of `pauses`.
    pub pauses_dead_letters_url: String,
    /// `tenant.json`.
    pub tenant: Tenant,
    /// `segnalazioni.json`, of a comune that takes segnalazioni.
    pub service: Option<Service>,
}

impl Config {
    /// Reads the variables and the settings.
    pub fn read(var: Variables) -> Result<Self, ConfigError> {
        Ok(Self {
            people_table: required(var, "PEOPLE_TABLE")?,
            turns_table: required(var, "TURNS_TABLE")?,
            cases_table: required(var, "CASES_TABLE")?,
            replies_queue_url: required(var, "REPLIES_QUEUE_URL")?,
            pauses_queue_url: required(var, "PAUSES_QUEUE_URL")?,
            dead_letters_url: required(var, "DEAD_LETTERS_URL")?,
            pauses_dead_letters_url: required(var, "PAUSES_DEAD_LETTERS_URL")?,
            tenant: tenant(var)?,
            service: service(var)?,
        })
    }
}

/// The longest that SQS holds a message back, in seconds.
const LONGEST_PAUSE: i64 = 900;

/// Hears messages.
#[derive(Debug)]
pub struct Listener {
    conversations: Conversations,
    cases: Cases,
    replies: Queue,
    pauses: Queue,
    dead: DeadLetters,
    dead_pauses: DeadLetters,
    tenant: Tenant,
    service: Option<Service>,
}

impl Listener {
    /// The function with its clients.
    pub fn new(config: Config, aws: &SdkConfig) -> Self {
        Self {
            conversations: Conversations::new(aws, config.people_table, config.turns_table),
            cases: Cases::new(aws, config.cases_table),
            replies: Queue::new(aws, config.replies_queue_url),
            pauses: Queue::new(aws, config.pauses_queue_url),
            dead: DeadLetters::new(aws, config.dead_letters_url),
            dead_pauses: DeadLetters::new(aws, config.pauses_dead_letters_url),
            tenant: config.tenant,
            service: config.service,
        }
    }

    /// Hears a batch: of `inbound.fifo`, each person's messages in their order; of `pauses`, which has no order, each by
    /// itself.
    pub async fn hear_all(&self, event: SqsEvent) -> SqsBatchResponse {
        let hear = async |body: &str| self.hear_one(body).await;
        let group = event.records.first().and_then(|message| {
            let group = message.attributes.get("MessageGroupId");
            group.filter(|group| !group.is_empty())
        });
        if group.is_some() {
            batch::in_order(event, &self.dead, hear).await
        } else {
            batch::each(event, &self.dead_pauses, hear).await
        }
    }

    async fn emit(&self, emitted: Emitted) -> Result<(), SendError> {
        self.say(emitted.replies).await?;
        if let Some((person, until)) = emitted.look_at {
            // Whole seconds, and none too early.
            let wait = until.duration_since(clock::now()).as_secs() + 1;
            let seconds = i32::try_from(wait.clamp(1, LONGEST_PAUSE)).unwrap_or(1);
            let look = PersonJob::LookAgain { person, until };
            self.pauses.send_after(&look, seconds).await?;
        }
        Ok(())
    }

    async fn say(&self, replies: Vec<SayReply>) -> Result<(), SendError> {
        let messages = replies
            .into_iter()
            .map(|reply| {
                let opened = reply.window_opened_at.as_second();
                Ok(Ordered {
                    group: reply.person.to_string(),
                    // Said again in a new window, it is not the same message to the queue.
                    deduplication: format!("{}@{opened}", reply.reply.id),
                    body: serde_json::to_string(&reply)?,
                })
            })
            .collect::<Result<Vec<_>, SendError>>()?;
        self.replies.send_ordered(messages).await
    }
}
