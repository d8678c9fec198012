//! Reads the mails of the offices out of S3. Of each comes a request that is filed, an answer, or a place in the list for a
//! person; all of it is written at once, so that a mail that is read again changes nothing.

mod config;
mod html;
mod mime;
mod notification;

pub use config::Config;
pub use mime::open;

use aws_config::SdkConfig;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use cloud::batch::{self, Failure};
use cloud::clock;
use cloud::files::{Fetched, Files};
use cloud::inbox::Inbox;
use cloud::letters::Letters;
use cloud::notices::Notices;
use cloud::queue::DeadLetters;
use domain::mail::{Handled, MailRecord, Waits, handle};
use domain::tenant::Tenant;
use sha2::{Digest, Sha256};

use notification::{Arrived, Notification};

/// The largest mail that is read, in bytes. SES takes up to 40 MB; a request has some kilobytes, and attachments are not read.
const LARGEST: u64 = 10 * 1024 * 1024;

/// Reads mails.
#[derive(Debug)]
pub struct Mailroom {
    /// The mails as SES stored them.
    pub files: Files,
    /// What is kept of them.
    pub inbox: Inbox,
    /// Where requests are filed.
    pub notices: Notices,
    /// The answers.
    pub letters: Letters,
    /// Where a message goes that cannot be handled.
    pub dead: DeadLetters,
    /// The settings of the comune.
    pub tenant: Tenant,
}

impl Mailroom {
    /// The function with its clients.
    pub fn new(config: Config, aws: &SdkConfig) -> Self {
        let mails = Some(config.mails_queue_url);
        Self {
            files: Files::new(aws, config.inbox_bucket),
            inbox: Inbox::new(aws, &config.procedure_table),
            notices: Notices::new(aws, config.notices_table, config.tenant.time_zone.clone()),
            letters: Letters::new(aws, config.procedure_table, mails),
            dead: DeadLetters::new(aws, config.dead_letters_url),
            tenant: config.tenant,
        }
    }

    /// Reads the mails that a batch of queue messages tells of.
    pub async fn read_all(&self, event: SqsEvent) -> SqsBatchResponse {
        batch::each(event, &self.dead, async |body: &str| {
            let arrived = Notification::read(body)
                .ok_or_else(|| Failure::Dead("not a notification of S3".to_owned()))?;
            for mail in &arrived {
                self.read(mail).await?;
            }
            Ok(())
        })
        .await
    }

    async fn read(&self, arrived: &Arrived) -> Result<(), Failure> {
        let bytes = match self.files.fetch(&arrived.key, LARGEST).await? {
            Fetched::Whole(bytes) => bytes,
            Fetched::TooLarge(size) => {
                tracing::warn!(mail.size = size, "a mail is too large to be read");
                return self
                    .keep_unread(arrived, arrived.key.as_bytes(), Waits::TooLarge)
                    .await;
            }
            Fetched::Missing => {
                return Err(Failure::Dead("there is no such mail".to_owned()));
            }
        };
        let Some((mail, origin)) = open(&bytes, arrived.at) else {
            return self.keep_unread(arrived, &bytes, Waits::Unreadable).await;
        };
        let handled = handle(&mail, &origin, &self.tenant, clock::now());
        let record = MailRecord::of(&mail, &handled, &arrived.key);
        self.keep(&record, &handled).await
    }

    async fn keep(&self, record: &MailRecord, handled: &Handled) -> Result<(), Failure> {
        let now = clock::now();
        let mut writes = Vec::new();
        for applied in &handled.applied {
            writes.extend(self.notices.writes(applied)?);
        }
        writes.extend(self.letters.writes(handled.answer.as_slice(), now)?);
        let is_new = self.inbox.keep(record, writes).await?;
        tracing::info!(
            mail.digest = record.digest,
            mail.requests = record.requests.len(),
            mail.filed = handled.applied.len(),
            mail.waits = record.waits.map(Waits::key),
            mail.seen_before = !is_new,
            "a mail was read"
        );
        // What was written before is what counts: its answer is queued again, for it may not have been.
        let answer = if is_new {
            record.answer.clone()
        } else {
            let before = self.inbox.get(&record.digest).await?;
            before.and_then(|before| before.answer)
        };
        self.letters.queue(&answer).await?;
        Ok(())
    }

    /// A mail of which nothing can be told but that it is there.
    async fn keep_unread(
        &self,
        arrived: &Arrived,
        told_by: &[u8],
        waits: Waits,
    ) -> Result<(), Failure> {
        let digest = hex::encode(Sha256::digest(told_by));
        let record = MailRecord::unread(digest, &arrived.key, arrived.at, waits);
        self.inbox.keep(&record, Vec::new()).await?;
        Ok(())
    }
}
