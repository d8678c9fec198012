//! Hears one citizen's message after another, and decides what comes of each. It is the one function that writes people, so
//! it also hears what WhatsApp says of them, a new id or a wish about marketing, and what our own functions find out.
//!
//! What comes of a message is written in one transaction with the message's id; only what is written is said. A message
//! that arrives again finds its outcome and says the same again, with the same ids.

mod hearing;

use aws_config::SdkConfig;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use cloud::batch;
use cloud::conversations::Conversations;
use cloud::env::{ConfigError, Variables, required, tenant};
use cloud::queue::{DeadLetters, Ordered, Queue, SendError};
use domain::jobs::SayReply;
use domain::tenant::Tenant;

/// What the function is told by its environment.
#[derive(Debug)]
pub struct Config {
    /// `PEOPLE_TABLE`: people and how they are known.
    pub people_table: String,
    /// `TURNS_TABLE`: the messages already heard.
    pub turns_table: String,
    /// `REPLIES_QUEUE_URL`: where replies go.
    pub replies_queue_url: String,
    /// `DEAD_LETTERS_URL`: where a message goes that cannot be read.
    pub dead_letters_url: String,
    /// `tenant.json`.
    pub tenant: Tenant,
}

impl Config {
    /// Reads the variables and the settings.
    pub fn read(var: Variables) -> Result<Self, ConfigError> {
        Ok(Self {
            people_table: required(var, "PEOPLE_TABLE")?,
            turns_table: required(var, "TURNS_TABLE")?,
            replies_queue_url: required(var, "REPLIES_QUEUE_URL")?,
            dead_letters_url: required(var, "DEAD_LETTERS_URL")?,
            tenant: tenant(var)?,
        })
    }
}

/// Hears messages.
#[derive(Debug)]
pub struct Listener {
    conversations: Conversations,
    replies: Queue,
    dead: DeadLetters,
    tenant: Tenant,
}

impl Listener {
    /// The function with its clients.
    pub fn new(config: Config, aws: &SdkConfig) -> Self {
        Self {
            conversations: Conversations::new(aws, config.people_table, config.turns_table),
            replies: Queue::new(aws, config.replies_queue_url),
            dead: DeadLetters::new(aws, config.dead_letters_url),
            tenant: config.tenant,
        }
    }

    /// Hears a batch, each person's messages in their order.
    pub async fn hear_all(&self, event: SqsEvent) -> SqsBatchResponse {
        batch::in_order(event, &self.dead, async |body: &str| {
            self.hear_one(body).await
        })
        .await
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
