//! Reads the mails of the offices out of S3. Of each comes a request that is filed, an answer, or a place in the list for a
//! person. Requests have ids made of the mail, and the mail is written down together with its answer after them, so that a mail
//! that is read again changes nothing.

mod config;
mod html;
mod mime;
mod notification;

pub use config::Config;
pub use mime::open;

use aws_config::SdkConfig;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use cloud::batch::{self, Failure};
use cloud::desk::Desk;
use cloud::files::{Fetched, Files};
use cloud::inbox::Inbox;
use cloud::notices::Notices;
use cloud::queue::DeadLetters;
use cloud::{StoreError, clock};
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
    /// The answers, and who is told of a request.
    pub desk: Desk,
    /// Where a message goes that cannot be handled.
    pub dead: DeadLetters,
    /// The settings of the comune.
    pub tenant: Tenant,
}

impl Mailroom {
    /// The function with its clients.
    pub fn new(config: Config, aws: &SdkConfig) -> Self {
        Self {
            files: Files::new(aws, config.inbox_bucket),
            inbox: Inbox::new(aws, &config.procedure_table),
            notices: Notices::with_ledger(
                aws,
                config.notices_table,
                &config.procedure_table,
                config.tenant.time_zone.clone(),
                &config.tenant.id,
            ),
            desk: Desk::new(aws, &config.procedure_table, config.mails_queue_url),
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
        for applied in &handled.applied {
            let mut told = self
                .desk
                .tell(applied, &self.tenant, now)
                .await
                .map_err(|error| Failure::Retry(error.into()))?;
            let letters = std::mem::take(&mut told.writes);
            // Its id is made of the mail: one that is there was filed when the mail was read before.
            match self.notices.save_with(applied, letters).await {
                Ok(()) => self.desk.post(&told).await,
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let writes = self.desk.letters.writes(handled.answer.as_slice(), now)?;
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
        self.desk.letters.queue(&answer).await?;
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
