//! The roster of who acts: one item, read before every move, and a line of history per change.

use std::time::{Duration, Instant as Clock};

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::Put;
use domain::roster::{Entry, Roster};
use tokio::sync::Mutex;

use crate::StoreError;
use crate::table::{dynamo, integer, key, number, put, read, text, transact, unchanged, write};

/// How long a reader may rely on what it read: so long after a revocation a move may still be made.
const FRESH_FOR: Duration = Duration::from_secs(1);
const KEY: &str = "roster";

/// A roster and its version.
pub type Versioned = (Roster, u64);

/// The table that holds the roster.
#[derive(Debug)]
pub struct Rosters {
    dynamo: Client,
    table: String,
    kept: Mutex<Option<(Clock, Option<Versioned>)>>,
}

impl Rosters {
    /// The table `table`.
    pub fn new(aws: &SdkConfig, table: impl Into<String>) -> Self {
        Self {
            dynamo: Client::new(aws),
            table: table.into(),
            kept: Mutex::new(None),
        }
    }

    /// The roster at this moment; `None` before anybody has written one.
    pub async fn get(&self) -> Result<Option<Versioned>, StoreError> {
        let answer = self
            .dynamo
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key(KEY, KEY)))
            .consistent_read(true)
            .send()
            .await
            .map_err(dynamo)?;
        let Some(mut item) = answer.item else {
            return Ok(None);
        };
        let version = integer(&item, "version")
            .and_then(|version| version.try_into().ok())
            .unwrap_or_default();
        Ok(Some((read(&mut item, "roster")?, version)))
    }

    /// The roster, at most a second old.
    pub async fn recent(&self) -> Result<Option<Versioned>, StoreError> {
        let mut kept = self.kept.lock().await;
        if let Some((at, roster)) = &*kept
            && at.elapsed() < FRESH_FOR
        {
            return Ok(roster.clone());
        }
        let read_at = Clock::now();
        let roster = self.get().await?;
        *kept = Some((read_at, roster.clone()));
        Ok(roster)
    }

    /// Writes `roster` and the line that tells of the change together. `Stale` if it is not the version before the line's
    /// that is stored. The line keeps the whole roster, so that who acted when can be told for ever.
    pub async fn save(&self, roster: &Roster, entry: &Entry) -> Result<(), StoreError> {
        let (condition, seen) = unchanged((entry.version > 1).then(|| entry.version - 1));
        let mut row = Put::builder()
            .table_name(&self.table)
            .set_item(Some(key(KEY, KEY)))
            .item("version", number(entry.version))
            .item("roster", write(roster)?)
            .condition_expression(condition);
        if let Some(seen) = seen {
            row = row.expression_attribute_values(":seen", seen);
        }
        let line = Put::builder()
            .table_name(&self.table)
            .set_item(Some(key(KEY, line_of(entry.version))))
            .item("entry", write(entry)?)
            .item("roster", write(roster)?)
            .condition_expression("attribute_not_exists(pk)");
        transact(&self.dynamo, vec![put(row)?, put(line)?]).await?;
        *self.kept.lock().await = None;
        Ok(())
    }

    /// At most `limit` changes, newest first; those before version `before`, where it is given.
    pub async fn changes(&self, before: Option<u64>, limit: i32) -> Result<Vec<Entry>, StoreError> {
        let last = before.unwrap_or(MOST_CHANGES).saturating_sub(1);
        let answer = self
            .dynamo
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :roster AND sk BETWEEN :first AND :last")
            .projection_expression("entry")
            .expression_attribute_values(":roster", text(KEY))
            .expression_attribute_values(":first", text(line_of(0)))
            .expression_attribute_values(":last", text(line_of(last)))
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(limit)
            .send()
            .await
            .map_err(dynamo)?;
        answer
            .items
            .unwrap_or_default()
            .into_iter()
            .map(|mut item| read(&mut item, "entry"))
            .collect()
    }
}

/// One more than the last version that a sort key has room for.
const MOST_CHANGES: u64 = 10_000_000_000;

fn line_of(version: u64) -> String {
    format!("change#{:010}", version.min(MOST_CHANGES - 1))
}
