//! The outbox of e-mails: letters are written in the transaction of the move that they tell of, and posted afterwards.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use domain::Instant;
use domain::jobs::PostLetter;
use domain::letter::{Letter, LetterId};

use crate::StoreError;
use crate::queue::{Queue, SendError};
use crate::table::{
    Item, dynamo, expiry, key, put, read, stale_if_condition_failed, string, text, write,
};

const SORT: &str = "mail";
/// The partition of the index `pending` in which letters wait.
const PENDING: &str = "mail";
/// How long what was posted is kept, in days: longer than a year, so that the course of a notice can be told.
const KEPT_DAYS: i64 = 400;
/// After how long a letter that was queued again is queued once more, in seconds: its message is tried for a quarter of an
/// hour by itself.
const QUEUED_AGAIN_AFTER: i64 = 3600;
/// How many pending letters one look finds at most.
const LOOK: i32 = 200;

/// The letters in the table `procedure`, and the queue that brings them to the post.
#[derive(Debug, Clone)]
pub struct Letters {
    dynamo: Client,
    table: String,
    mails: Option<Queue>,
}

/// A letter, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The letter.
    pub letter: Letter,
    /// When the post took it; `None` if it has not yet.
    pub sent_at: Option<Instant>,
}

impl Letters {
    /// The outbox in `table`; without the queue `mails` it can be read and written, and its letters wait to be queued.
    pub fn new(aws: &SdkConfig, table: impl Into<String>, mails: Option<String>) -> Self {
        Self {
            dynamo: Client::new(aws),
            table: table.into(),
            mails: mails.map(|url| Queue::new(aws, url)),
        }
    }

    /// The writes of `letters`, to be made part of the transaction of what they tell. A letter that is there already stops
    /// the transaction: the same move was made before.
    pub fn writes(
        &self,
        letters: &[Letter],
        now: Instant,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        letters
            .iter()
            .map(|letter| {
                put(Put::builder()
                    .table_name(&self.table)
                    .set_item(Some(key_of(&letter.id)))
                    .item("letter", write(letter)?)
                    .item("pending", text(PENDING))
                    .item("pending_at", moment(now))
                    .condition_expression("attribute_not_exists(pk)"))
            })
            .collect()
    }

    /// Writes one letter that tells of no move; one that is there already stays as it is.
    pub async fn write(&self, letter: &Letter, now: Instant) -> Result<(), StoreError> {
        let written = self
            .dynamo
            .put_item()
            .table_name(&self.table)
            .set_item(Some(key_of(&letter.id)))
            .item("letter", write(letter)?)
            .item("pending", text(PENDING))
            .item("pending_at", moment(now))
            .condition_expression("attribute_not_exists(pk)")
            .send()
            .await
            .map_err(stale_if_condition_failed);
        match written {
            Ok(_) | Err(StoreError::Stale) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Sends letters on their way. What is not queued now, because this fails or is never called, is found pending later.
    pub async fn queue<'a>(
        &self,
        letters: impl IntoIterator<Item = &'a LetterId>,
    ) -> Result<(), SendError> {
        let Some(mails) = &self.mails else {
            return Ok(());
        };
        let bodies = letters
            .into_iter()
            .map(|letter| {
                serde_json::to_string(&PostLetter {
                    letter: letter.clone(),
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        mails.send_all(bodies).await
    }

    /// The letter `id`.
    pub async fn get(&self, id: &LetterId) -> Result<Option<Kept>, StoreError> {
        let answer = self
            .dynamo
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key_of(id)))
            .consistent_read(true)
            .send()
            .await
            .map_err(dynamo)?;
        answer
            .item
            .map(|mut item| {
                Ok(Kept {
                    sent_at: string(&item, "sent_at").and_then(|at| at.parse().ok()),
                    letter: read(&mut item, "letter")?,
                })
            })
            .transpose()
    }

    /// The post has taken it, under the number `message`. It waits no longer, and is forgotten after 400 days.
    pub async fn sent(&self, id: &LetterId, message: &str, now: Instant) -> Result<(), StoreError> {
        self.settle(
            id,
            "SET sent_at = :at, post_id = :what, expires_at = :expiry REMOVE pending, pending_at, given_up",
            message,
            now,
        )
        .await
    }

    /// The post will never take it, for `reason`. It waits no longer: its message is a dead letter, for a person.
    pub async fn given_up(
        &self,
        id: &LetterId,
        reason: &str,
        now: Instant,
    ) -> Result<(), StoreError> {
        self.settle(
            id,
            "SET given_up_at = :at, given_up = :what, expires_at = :expiry REMOVE pending, pending_at",
            reason,
            now,
        )
        .await
    }

    async fn settle(
        &self,
        id: &LetterId,
        update: &str,
        what: &str,
        now: Instant,
    ) -> Result<(), StoreError> {
        let settled = self
            .dynamo
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key_of(id)))
            .update_expression(update)
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(sent_at)")
            .expression_attribute_values(":at", moment(now))
            .expression_attribute_values(":what", text(what))
            .expression_attribute_values(":expiry", expiry(now, KEPT_DAYS))
            .send()
            .await
            .map_err(stale_if_condition_failed);
        match settled {
            // Another hand was first.
            Ok(_) | Err(StoreError::Stale) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Letters that have waited since before `before`, oldest first; at most two hundred.
    pub async fn pending(&self, before: Instant) -> Result<Vec<LetterId>, StoreError> {
        let answer = self
            .dynamo
            .query()
            .table_name(&self.table)
            .index_name("pending")
            .key_condition_expression("pending = :pending AND pending_at < :before")
            .expression_attribute_values(":pending", text(PENDING))
            .expression_attribute_values(":before", moment(before))
            .limit(LOOK)
            .send()
            .await
            .map_err(dynamo)?;
        let ids = answer.items.unwrap_or_default().into_iter();
        Ok(ids.filter_map(|item| id_of(&item)).collect())
    }

    /// Queues letters that have waited too long, and lets an hour pass before they are found again.
    pub async fn queue_again(&self, letters: &[LetterId], now: Instant) -> Result<(), QueueAgain> {
        self.queue(letters).await?;
        let again = Instant::from_second(now.as_second() + QUEUED_AGAIN_AFTER).unwrap_or(now);
        for letter in letters {
            let put_off = self
                .dynamo
                .update_item()
                .table_name(&self.table)
                .set_key(Some(key_of(letter)))
                .update_expression("SET pending_at = :again")
                .condition_expression("attribute_exists(pending)")
                .expression_attribute_values(":again", moment(again))
                .send()
                .await
                .map_err(stale_if_condition_failed);
            match put_off {
                // It was posted meanwhile.
                Ok(_) | Err(StoreError::Stale) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// Why letters were not queued again: worth another try.
#[derive(Debug, thiserror::Error)]
pub enum QueueAgain {
    /// Not queued.
    #[error(transparent)]
    Queue(#[from] SendError),
    /// Queued, and not put off: they are queued once more.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn key_of(id: &LetterId) -> Item {
    key(format!("mail#{id}"), SORT)
}

fn id_of(item: &Item) -> Option<LetterId> {
    string(item, "pk")?.strip_prefix("mail#")?.parse().ok()
}

/// An instant as the index sorts it.
fn moment(at: Instant) -> AttributeValue {
    text(format!("{at:.6}"))
}
