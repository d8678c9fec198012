//! Hears one citizen's message after another, and decides what comes of each.
//!
//! What comes of a message is written in one transaction with the message's id; only what is written is said. A message
//! that arrives again finds its outcome and says the same again, with the same ids.

use aws_config::SdkConfig;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use cloud::batch::{self, Failure};
use cloud::conversations::{Arrival, Conversations};
use cloud::env::{ConfigError, Variables, required, tenant};
use cloud::queue::{DeadLetters, Ordered, Queue, SendError};
use cloud::{StoreError, clock};
use domain::conversation::{Heard, hear};
use domain::ids::ReplyId;
use domain::jobs::SayReply;
use domain::person::Person;
use domain::tenant::Tenant;
use whatsapp::{Content, Inbound};

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

/// How often a lost race is run again before the message goes back to its queue.
const TRIES: usize = 5;

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

    async fn hear_one(&self, body: &str) -> Result<(), Failure> {
        let inbound = Inbound::read(body).map_err(|error| Failure::Dead(error.to_string()))?;
        if let Content::Unknown { kind, .. } = &inbound.content {
            let kind: String = kind.chars().take(64).collect();
            cloud::telemetry::count("conversation", "unhandled", &kind, 1);
        }
        let replies = self.turn(&inbound.heard()).await?;
        self.say(replies).await?;
        Ok(())
    }

    /// What is to be said for `heard`: decided and written now, or found written by an earlier hearing.
    async fn turn(&self, heard: &Heard) -> Result<Vec<SayReply>, StoreError> {
        for _ in 0..TRIES {
            let opening = match self
                .conversations
                .arrival(&heard.id, &heard.contact)
                .await?
            {
                Arrival::HeardBefore(replies) => {
                    // WhatsApp's own id is not logged: the sender's number can be read out of it.
                    let turn = ReplyId::to_message(&heard.id, 0);
                    tracing::info!(turn.id = %turn, "the message of {turn} was delivered again");
                    return Ok(replies);
                }
                Arrival::New(opening) => opening,
            };
            let person = opening.person.clone();
            let person =
                person.unwrap_or_else(|| Person::new(clock::new_person(), opening.contact.clone()));
            let heard = Heard {
                contact: opening.contact.clone(),
                ..heard.clone()
            };
            let turn = hear(person, &heard, &self.tenant);
            let replies: Vec<SayReply> = turn
                .replies
                .iter()
                .map(|reply| SayReply {
                    person: turn.next.id.clone(),
                    window_opened_at: heard.at,
                    reply: reply.clone(),
                })
                .collect();
            match self
                .conversations
                .commit(&heard.id, &opening, &turn, &replies, clock::now())
                .await
            {
                Ok(()) => return Ok(replies),
                // Another message of theirs, or this very one, was written meanwhile: look again, decide again.
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Stale)
    }

    async fn say(&self, replies: Vec<SayReply>) -> Result<(), SendError> {
        let messages = replies
            .into_iter()
            .map(|reply| {
                Ok(Ordered {
                    group: reply.person.to_string(),
                    deduplication: reply.reply.id.to_string(),
                    body: serde_json::to_string(&reply)?,
                })
            })
            .collect::<Result<Vec<_>, SendError>>()?;
        self.replies.send_ordered(messages).await
    }
}
