//! Sends replies and notices, each once.
//!
//! Meta's `/messages` has no idempotency key. So the intent is written before the call and the outcome after it, both on
//! the delivery's own row. Who finds an intent without an outcome does not call again: a status that brings our id back
//! settles it, or after a term nobody knows and a person sees it (docs/sending.md).

mod config;
mod once;

use aws_config::SdkConfig;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use cloud::batch::{self, Failure};
use cloud::clock;
use cloud::deliveries::Deliveries;
use cloud::pace::{Lane, Pace};
use cloud::people::People;
use cloud::queue::{DeadLetters, Queue};
use cloud::secrets::Secrets;
use domain::ids::{PersonId, SendId};
use domain::jobs::{NoticeBatch, SayReply};
use futures::stream::{self, StreamExt};
use whatsapp::{Body, Client, Outgoing};

pub use config::Config;

/// For how many seconds after a person wrote they may be answered with free text: 24 hours (Meta, customer service
/// window), less five minutes.
const WINDOW: i64 = 24 * 3600 - 300;

/// Sends messages.
#[derive(Debug)]
pub struct Sender {
    people: People,
    deliveries: Deliveries,
    pace: Pace,
    statuses: Queue,
    secrets: Secrets,
    whatsapp: Client,
    dead_replies: DeadLetters,
    dead_notices: DeadLetters,
    dead_urgent: DeadLetters,
}

/// Some recipients of a batch are to be tried again; the others have their row and will be passed over.
#[derive(Debug, thiserror::Error)]
#[error("{failed} of {all} recipients are to be tried again, the first because: {first}")]
struct TryAgain {
    failed: usize,
    all: usize,
    first: String,
}

impl Sender {
    /// The function with its clients.
    pub fn new(
        config: &Config,
        aws: &SdkConfig,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self {
            people: People::new(aws, &config.people_table),
            deliveries: Deliveries::new(aws, &config.deliveries_table),
            pace: Pace::new(aws, &config.pace_table, config.pace_per_second),
            statuses: Queue::new(aws, &config.statuses_queue_url),
            secrets: Secrets::new(aws, &config.whatsapp_secret_arn),
            whatsapp: Client::new(&config.graph_url, &config.phone_number_id)?,
            dead_replies: DeadLetters::new(aws, &config.replies_dead_letters_url),
            dead_notices: DeadLetters::new(aws, &config.notices_dead_letters_url),
            dead_urgent: DeadLetters::new(aws, &config.urgent_dead_letters_url),
        })
    }

    /// Reads the secret while Lambda is still starting the process. A failure is met again, and told, at the first message.
    pub async fn warm_up(&self) {
        if let Err(error) = self.secrets.get().await {
            tracing::warn!(error = %cloud::in_full(&error), "the secret could not be read yet");
        }
    }

    /// Sends what a batch of one of the three queues holds. The queue says which: its name ends in `replies.fifo`,
    /// `urgent` or `notices`.
    pub async fn send_all(&self, event: SqsEvent) -> SqsBatchResponse {
        let queue = event
            .records
            .first()
            .and_then(|message| message.event_source_arn.clone())
            .unwrap_or_default();
        if queue.ends_with("replies.fifo") {
            batch::in_order(event, &self.dead_replies, async |body: &str| {
                self.reply(&read(body)?).await
            })
            .await
        } else if queue.ends_with("urgent") {
            let send = async |body: &str| self.notice(&read(body)?, Lane::First).await;
            batch::each(event, &self.dead_urgent, send).await
        } else {
            let send = async |body: &str| self.notice(&read(body)?, Lane::Ordinary).await;
            batch::each(event, &self.dead_notices, send).await
        }
    }

    async fn reply(&self, job: &SayReply) -> Result<(), Failure> {
        let age = clock::now().as_second() - job.window_opened_at.as_second();
        if age > WINDOW {
            // Meta would refuse it; what a person should still hear, a person must decide.
            return Err(Failure::Dead(format!(
                "the window closed before the reply left: it is {age} seconds old"
            )));
        }
        let Some(person) = self.people.get(&job.person).await? else {
            return Err(Failure::Dead(format!("there is no person {}", job.person)));
        };
        let message = Outgoing {
            to: person.contact.address(),
            body: Body::Text(job.reply.text.clone()),
            id: SendId::Reply(job.reply.id.clone()),
        };
        self.pace.take(Lane::First, 1).await?;
        self.once(&message, Lane::First).await
    }

    async fn notice(&self, job: &NoticeBatch, lane: Lane) -> Result<(), Failure> {
        let all = job.recipients.len();
        // The next share is waited for while the calls of the last are still under way: a slow Meta does not slow the pace.
        let shares = stream::unfold(&job.recipients[..], async |left| {
            if left.is_empty() {
                return None;
            }
            let wanted = u32::try_from(left.len()).unwrap_or(u32::MAX);
            let (share, later) = match self.pace.take(lane, wanted).await {
                Ok(granted) => left.split_at(left.len().min(granted as usize)),
                Err(error) => return Some((vec![Err(Failure::from(error))], &left[..0])),
            };
            Some((share.iter().map(Ok).collect(), later))
        });
        let failures: Vec<Failure> = shares
            .flat_map(stream::iter)
            .map(async |person| self.notice_to(job, person?, lane).await)
            .buffer_unordered(all.max(1))
            .filter_map(async |outcome| outcome.err())
            .collect()
            .await;
        let failed = failures.len();
        match failures.into_iter().next() {
            None => Ok(()),
            Some(first) => Err(Failure::from(TryAgain {
                failed,
                all,
                first: match first {
                    Failure::Retry(error) => cloud::in_full(&*error),
                    Failure::Dead(reason) => reason,
                },
            })),
        }
    }

    async fn notice_to(
        &self,
        job: &NoticeBatch,
        person: &PersonId,
        lane: Lane,
    ) -> Result<(), Failure> {
        let id = SendId::Notice {
            notice: job.notice.clone(),
            person: person.clone(),
        };
        // Looked up again at the moment of sending: an opt-out wins, also in the middle of a broadcast.
        let found = self
            .people
            .get(person)
            .await?
            .filter(domain::person::Person::receives_notices);
        let Some(found) = found else {
            return self.pass_over(&id).await;
        };
        let message = Outgoing {
            to: found.contact.address(),
            body: Body::Template {
                name: job.template.clone(),
                language: job.language.clone(),
                parameters: vec![("testo", job.text.clone()), ("link", job.link.clone())],
            },
            id,
        };
        self.once(&message, lane).await
    }
}

fn read<T: serde::de::DeserializeOwned>(body: &str) -> Result<T, Failure> {
    serde_json::from_str(body)
        .map_err(|error| Failure::Dead(format!("not a message of this queue: {error}")))
}
