//! Posts the e-mails that other functions have written into the outbox.
//!
//! A message names a letter; its words are in the table. The letter is posted, then marked as sent. A crash between the two
//! posts it twice, which an office bears; the other order would lose it.

mod config;

use aws_config::SdkConfig;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use cloud::batch::{self, Failure};
use cloud::letters::Letters;
use cloud::post::{Post, PostError};
use cloud::queue::DeadLetters;
use cloud::{StoreError, clock, in_full, telemetry};
use domain::jobs::PostLetter;
use domain::letter::LetterId;

pub use config::Config;

/// Posts letters.
#[derive(Debug)]
pub struct Courier {
    letters: Letters,
    post: Post,
    dead: DeadLetters,
}

impl Courier {
    /// The function with its clients.
    pub fn new(config: Config, aws: &SdkConfig) -> Self {
        Self {
            letters: Letters::new(aws, config.procedure_table, None),
            post: Post::new(aws, config.mail_from, config.mail_reply_to),
            dead: DeadLetters::new(aws, config.dead_letters_url),
        }
    }

    /// Posts the letters that a batch names.
    pub async fn post_all(&self, event: SqsEvent) -> SqsBatchResponse {
        batch::each(event, &self.dead, async |body: &str| {
            let job: PostLetter = serde_json::from_str(body)
                .map_err(|error| Failure::Dead(format!("not a message of this queue: {error}")))?;
            self.post(&job.letter).await
        })
        .await
    }

    async fn post(&self, id: &LetterId) -> Result<(), Failure> {
        let kept = self
            .letters
            .get(id)
            .await
            .map_err(failure)?
            .ok_or_else(|| Failure::Dead(format!("there is no letter {id}")))?;
        if kept.sent_at.is_some() {
            return Ok(());
        }
        match self.post.send(&kept.letter).await {
            Ok(message) => {
                self.letters.sent(id, &message, clock::now()).await?;
                telemetry::count("courier", "mails", "sent", 1);
                tracing::info!(letter = %id, post.id = %message, "letter {id} was posted");
                Ok(())
            }
            Err(error @ PostError::Later(_)) => Err(error.into()),
            Err(error @ PostError::Never(_)) => {
                let reason = in_full(&error);
                self.letters.given_up(id, &reason, clock::now()).await?;
                telemetry::count("courier", "mails", "refused", 1);
                Err(Failure::Dead(format!("letter {id}: {reason}")))
            }
        }
    }
}

/// What cannot be read today cannot be read tomorrow; everything else may go better.
fn failure(error: StoreError) -> Failure {
    match error {
        StoreError::Unreadable(_) => {
            Failure::Dead(format!("the letter cannot be read: {}", in_full(&error)))
        }
        StoreError::Stale | StoreError::DynamoDb(_) => error.into(),
    }
}
