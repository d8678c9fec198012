//! The register that can be verified, in the table of the procedure: a row for every move, and the head of the chain.
//!
//! ```text
//! pk        sk                row                previous  hash
//! register  row#0000000001    canonical JSON     hex       hex
//! register  head              number, hash of the last row
//! ```

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use domain::Instant;
use domain::ledger::{Check, Hash, Head, Kept, KeptHead, LedgerRow, Seal, Verdict, key, number_of};
use domain::notice::Applied;
use futures::{StreamExt, TryStreamExt, stream};
use jiff::civil::Date;

use crate::StoreError;
use crate::files::{FileError, Files};
use crate::table::{Item, dynamo, integer, number, put, string, text};

const REGISTER: &str = "register";
const HEAD: &str = "head";
/// What the keys of rows begin with.
const ROW: &str = "row#";
/// How many seals are read at once.
const AT_ONCE: usize = 16;
/// How many rows one search looks at before it says how far it has come: about four megabytes.
const AT_MOST: usize = 4000;

/// The register was of no use.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The rows could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The seals could not be read or written.
    #[error(transparent)]
    Files(#[from] FileError),
    /// What is kept under the key of a seal is no seal of that day: a person must look.
    #[error("{0} is no seal")]
    NotASeal(String),
}

/// The rows of one comune.
#[derive(Debug, Clone)]
pub struct Ledger {
    dynamo: Client,
    table: String,
    tenant: String,
}

/// A row that was found, with its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The row.
    pub row: LedgerRow,
    /// Its hash, as it is kept.
    pub hash: String,
}

/// Some rows, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerPage {
    /// The rows.
    pub rows: Vec<Found>,
    /// The last number that was looked at, where there are more; `None` at the end.
    pub cursor: Option<u64>,
}

/// What verification found, and the newest seal that it relied on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The verdict.
    pub verdict: Verdict,
    /// The newest seal.
    pub last_seal: Option<Seal>,
}

impl Ledger {
    /// The register of the comune `tenant`, in the table `table`.
    pub fn new(aws: &SdkConfig, table: impl Into<String>, tenant: impl Into<String>) -> Self {
        Self {
            dynamo: Client::new(aws),
            table: table.into(),
            tenant: tenant.into(),
        }
    }

    /// The last row of the chain, as the store says it.
    pub async fn head(&self) -> Result<Head, StoreError> {
        match self.kept_head().await? {
            None => Ok(Head::genesis(&self.tenant)),
            Some(kept) => Ok(Head {
                number: kept.number,
                hash: Hash::try_from(kept.hash).map_err(|error| unreadable(&error))?,
            }),
        }
    }

    /// The writes that append the row of `applied`. Their conditions fail if another row was appended meanwhile.
    pub(crate) async fn append_writes(
        &self,
        applied: &Applied,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let before = self.head().await?;
        let (kept, after) = before.append(applied);
        let row = Put::builder()
            .table_name(&self.table)
            .set_item(Some(key_of(kept.key)))
            .item("row", text(kept.row))
            .item("previous", text(kept.previous))
            .item("hash", text(kept.hash))
            .condition_expression("attribute_not_exists(pk)");
        let mut head = Put::builder()
            .table_name(&self.table)
            .set_item(Some(key_of(HEAD)))
            .item("number", number(after.number))
            .item("hash", text(after.hash.as_str()));
        head = if before.number == 0 {
            head.condition_expression("attribute_not_exists(pk)")
        } else {
            head.condition_expression("#number = :number AND #hash = :hash")
                .expression_attribute_names("#number", "number")
                .expression_attribute_names("#hash", "hash")
                .expression_attribute_values(":number", number(before.number))
                .expression_attribute_values(":hash", text(before.hash.as_str()))
        };
        Ok(vec![put(row)?, put(head)?])
    }

    /// Some of the rows that `wanted` says yes to, newest first, of those before the number `before`. It looks at no more than
    /// a few thousand rows: a page with few rows and a cursor only means that the search goes on.
    pub async fn search(
        &self,
        before: Option<u64>,
        limit: usize,
        wanted: impl Fn(&LedgerRow) -> bool,
    ) -> Result<LedgerPage, StoreError> {
        let mut page = LedgerPage {
            rows: Vec::new(),
            cursor: before,
        };
        let mut start = before.map(key);
        let mut looked_at = 0;
        loop {
            let (rows, more) = self.page(start.as_deref(), false).await?;
            for kept in &rows {
                looked_at += 1;
                page.cursor = number_of(&kept.key).or(page.cursor);
                // One that cannot be read is told by verification; the others are found all the same.
                let Some(row) = readable(kept) else { continue };
                if wanted(&row) {
                    let hash = kept.hash.clone();
                    page.rows.push(Found { row, hash });
                    if page.rows.len() == limit {
                        return Ok(page);
                    }
                }
            }
            if !more {
                page.cursor = None;
                return Ok(page);
            }
            if looked_at >= AT_MOST {
                return Ok(page);
            }
            start = rows.last().map(|last| last.key.clone());
        }
    }

    /// Hands every row to `each`, from the number `from` on, as long as it says yes. A row that cannot be read is left out:
    /// verification tells it.
    pub async fn each(
        &self,
        from: u64,
        mut each: impl FnMut(Found) -> bool,
    ) -> Result<(), StoreError> {
        let mut start = from.checked_sub(1).map(key);
        loop {
            let (rows, more) = self.page(start.as_deref(), true).await?;
            for kept in &rows {
                if let Some(row) = readable(kept) {
                    let hash = kept.hash.clone();
                    if !each(Found { row, hash }) {
                        return Ok(());
                    }
                }
            }
            if !more {
                return Ok(());
            }
            start = rows.last().map(|last| last.key.clone());
        }
    }

    /// Sets the seal of `date`, unless it is there: the first one stays, whoever comes later.
    pub async fn seal(&self, files: &Files, date: Date, now: Instant) -> Result<Seal, LedgerError> {
        let name = Seal::key(&self.tenant, date);
        if let Some(seal) = self.seals_under(files, &name).await?.pop() {
            return Ok(seal);
        }
        let seal = Seal::of(self.head().await?, date, now);
        let text = serde_json::to_string(&seal).map_err(|error| unreadable(&error))?;
        if files.create_text(&name, text, "application/json").await? {
            return Ok(seal);
        }
        let first = self.seals_under(files, &name).await?.pop();
        first.ok_or(LedgerError::NotASeal(name))
    }

    /// Every seal, from the first day.
    pub async fn seals(&self, files: &Files) -> Result<Vec<Seal>, LedgerError> {
        self.seals_under(files, &Seal::prefix(&self.tenant)).await
    }

    /// The seals whose keys begin with `prefix`, each in its first version: a locked version stays, but a newer one can be laid
    /// over it, and a mark of deletion.
    async fn seals_under(&self, files: &Files, prefix: &str) -> Result<Vec<Seal>, LedgerError> {
        let versions = files.first_versions(prefix).await?;
        stream::iter(versions)
            .map(async |(name, version)| {
                let text = files.read_version(&name, &version).await?;
                let seal: Option<Seal> = serde_json::from_str(&text).ok();
                seal.filter(|seal| Seal::key(&self.tenant, seal.date) == name)
                    .ok_or(LedgerError::NotASeal(name))
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await
    }

    /// Reads all of the register and says whether it is as it was written.
    pub async fn verify(&self, files: &Files) -> Result<Verified, LedgerError> {
        // Before the rows: what is sealed while they are read would speak of rows that were not there.
        let seals = self.seals(files).await?;
        let last_seal = seals.last().cloned();
        let mut check = Check::begin(&self.tenant, seals);
        let mut start = None;
        let mut seen: Option<KeptHead> = None;
        loop {
            let (rows, more) = self.page(start.as_deref(), true).await?;
            for kept in &rows {
                check.row(kept);
            }
            start = rows.last().map(|last| last.key.clone()).or(start);
            if check.is_over() {
                let verdict = check.end(None);
                return Ok(Verified { verdict, last_seal });
            }
            if more {
                continue;
            }
            // Rows that the head knew of before these were read are not there.
            if seen.as_ref().is_some_and(|head| head.number > check.rows()) {
                let verdict = check.end(seen.as_ref());
                return Ok(Verified { verdict, last_seal });
            }
            let head = self.kept_head().await?;
            if head.as_ref().is_some_and(|head| head.number > check.rows()) {
                // They may have been appended while these were read: that is seen by reading on.
                seen = head;
                continue;
            }
            let verdict = check.end(head.as_ref());
            return Ok(Verified { verdict, last_seal });
        }
    }

    /// The rows after the key `start`, forwards or backwards, as many as one answer holds, and whether there are more.
    async fn page(
        &self,
        start: Option<&str>,
        forward: bool,
    ) -> Result<(Vec<Kept>, bool), StoreError> {
        let answer = self
            .dynamo
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :register AND begins_with(sk, :row)")
            .expression_attribute_values(":register", text(REGISTER))
            .expression_attribute_values(":row", text(ROW))
            .scan_index_forward(forward)
            .set_exclusive_start_key(start.map(key_of))
            .consistent_read(true)
            .send()
            .await
            .map_err(dynamo)?;
        let more = answer.last_evaluated_key.is_some();
        let rows = answer.items.unwrap_or_default();
        Ok((rows.iter().map(kept).collect(), more))
    }

    async fn kept_head(&self) -> Result<Option<KeptHead>, StoreError> {
        let answer = self
            .dynamo
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key_of(HEAD)))
            .consistent_read(true)
            .send()
            .await
            .map_err(dynamo)?;
        Ok(answer.item.map(|item| KeptHead {
            number: integer(&item, "number")
                .and_then(|number| number.try_into().ok())
                .unwrap_or_default(),
            hash: string(&item, "hash").unwrap_or_default().to_owned(),
        }))
    }
}

fn key_of(sort: impl Into<String>) -> Item {
    crate::table::key(REGISTER, sort)
}

/// A row as the store has it; what is not there is empty, which verification finds.
fn kept(item: &Item) -> Kept {
    let part = |name| string(item, name).unwrap_or_default().to_owned();
    Kept {
        key: part("sk"),
        row: part("row"),
        previous: part("previous"),
        hash: part("hash"),
    }
}

fn readable(kept: &Kept) -> Option<LedgerRow> {
    let row = LedgerRow::read(&kept.row);
    if row.is_none() {
        tracing::error!(ledger.key = %kept.key, "{} of the register is no row", kept.key);
    }
    row
}

fn unreadable(error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Unreadable(serde::de::Error::custom(error))
}
