//! The mails of the offices, as the table `procedure` has them: what was understood, what came of it, and which wait for a
//! person.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use domain::Instant;
use domain::mail::{MailRecord, Settled};

use crate::StoreError;
use crate::table::{
    Item, dynamo, expiry, key, put, read, stale_if_condition_failed, string, text,
    transact_or_say_which, write,
};

const SORT: &str = "received";
/// The partition of the index `pending` in which mails wait for a person.
const PENDING: &str = "inbox";
/// How long a mail that waits for nobody is kept, in days: longer than a year, as the letters.
const KEPT_DAYS: i64 = 400;

/// The mails in the table.
#[derive(Debug, Clone)]
pub struct Inbox {
    dynamo: Client,
    table: String,
}

/// Some of the mails that wait, oldest first.
#[derive(Debug, Clone)]
pub struct WaitingPage {
    /// The mails.
    pub mails: Vec<MailRecord>,
    /// Where the next page begins; `None` at the end.
    pub cursor: Option<String>,
}

impl Inbox {
    /// The table `table`.
    pub fn new(aws: &SdkConfig, table: impl Into<String>) -> Self {
        Self {
            dynamo: Client::new(aws),
            table: table.into(),
        }
    }

    /// Writes a mail together with what comes of it; `false`, and nothing is written, if it was written before.
    pub async fn keep(
        &self,
        mail: &MailRecord,
        comes_of_it: Vec<TransactWriteItem>,
    ) -> Result<bool, StoreError> {
        let mut item = Put::builder()
            .table_name(&self.table)
            .set_item(Some(key_of(&mail.digest)))
            .item("mail", write(mail)?)
            .condition_expression("attribute_not_exists(pk)");
        item = if mail.waits.is_some() && mail.settled.is_none() {
            item.item("pending", text(PENDING))
                .item("pending_at", text(place(mail)))
        } else {
            item.item("expires_at", expiry(mail.received_at, KEPT_DAYS))
        };
        let mut writes = vec![put(item)?];
        writes.extend(comes_of_it);
        let refused = transact_or_say_which(&self.dynamo, writes).await?;
        match refused.first() {
            None => Ok(true),
            Some(0) => Ok(false),
            Some(_) => Err(StoreError::Stale),
        }
    }

    /// The mail with this `digest`, as it is at this moment.
    pub async fn get(&self, digest: &str) -> Result<Option<MailRecord>, StoreError> {
        let answer = self
            .dynamo
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key_of(digest)))
            .consistent_read(true)
            .send()
            .await
            .map_err(dynamo)?;
        answer
            .item
            .map(|mut item| read(&mut item, "mail"))
            .transpose()
    }

    /// At most `limit` of the mails that wait, oldest first, after `cursor`.
    pub async fn waiting(
        &self,
        cursor: Option<&str>,
        limit: i32,
    ) -> Result<WaitingPage, StoreError> {
        let start = cursor.and_then(|pending_at| {
            let (_, digest) = pending_at.split_once('#')?;
            let mut start = key_of(digest);
            start.insert("pending".to_owned(), text(PENDING));
            start.insert("pending_at".to_owned(), text(pending_at));
            Some(start)
        });
        let answer = self
            .dynamo
            .query()
            .table_name(&self.table)
            .index_name("pending")
            .key_condition_expression("pending = :inbox")
            .expression_attribute_values(":inbox", text(PENDING))
            .set_exclusive_start_key(start)
            .limit(limit)
            .send()
            .await
            .map_err(dynamo)?;
        let cursor = answer
            .last_evaluated_key()
            .and_then(|key| string(key, "pending_at"))
            .map(str::to_owned);
        let mut mails = Vec::new();
        for item in answer.items.unwrap_or_default() {
            let digest = string(&item, "pk").and_then(|pk| pk.strip_prefix("inbox#"));
            // The index may be a moment behind: what was settled since is left out.
            if let Some(digest) = digest
                && let Some(mail) = self.get(digest).await?
                && mail.settled.is_none()
            {
                mails.push(mail);
            }
        }
        Ok(WaitingPage { mails, cursor })
    }

    /// A person has seen to the mail: it waits no longer. `Stale` if it does not wait.
    pub async fn settle(
        &self,
        mail: &MailRecord,
        settled: Settled,
        now: Instant,
    ) -> Result<MailRecord, StoreError> {
        let mail = MailRecord {
            settled: Some(settled),
            ..mail.clone()
        };
        self.dynamo
            .put_item()
            .table_name(&self.table)
            .set_item(Some(key_of(&mail.digest)))
            .item("mail", write(&mail)?)
            .item("expires_at", expiry(now, KEPT_DAYS))
            .condition_expression("attribute_exists(pending)")
            .send()
            .await
            .map_err(stale_if_condition_failed)?;
        Ok(mail)
    }
}

fn key_of(digest: &str) -> Item {
    key(format!("inbox#{digest}"), SORT)
}

/// Where a mail stands among those that wait.
fn place(mail: &MailRecord) -> String {
    format!("{:.6}#{}", mail.received_at, mail.digest)
}
