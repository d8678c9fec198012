//! What Meta says of the number, the account and the templates: one item, read before anything is sent.

use std::time::{Duration, Instant as Clock};

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use domain::platform::Platform;
use tokio::sync::Mutex;

use crate::StoreError;
use crate::table::{
    Item, dynamo, integer, number, read, stale_if_condition_failed, text, unchanged, write,
};

/// How often a lost race is run again.
const TRIES: usize = 8;
/// How long a reader may rely on what it read: so long after a stop a message may still leave.
const FRESH_FOR: Duration = Duration::from_secs(1);
const KEY: &str = "platform";

/// The table that holds the state of the platform.
#[derive(Debug)]
pub struct PlatformState {
    dynamo: Client,
    table: String,
    kept: Mutex<Option<(Clock, Platform)>>,
}

impl PlatformState {
    /// The table `table`.
    pub fn new(aws: &SdkConfig, table: impl Into<String>) -> Self {
        Self {
            dynamo: Client::new(aws),
            table: table.into(),
            kept: Mutex::new(None),
        }
    }

    /// The state, at most a second old.
    pub async fn recent(&self) -> Result<Platform, StoreError> {
        let mut kept = self.kept.lock().await;
        if let Some((at, platform)) = &*kept
            && at.elapsed() < FRESH_FOR
        {
            return Ok(platform.clone());
        }
        let platform = self.get().await?.0;
        *kept = Some((Clock::now(), platform.clone()));
        Ok(platform)
    }

    /// The state at this moment.
    pub async fn now(&self) -> Result<Platform, StoreError> {
        Ok(self.get().await?.0)
    }

    /// Changes the state, however many others change it at the same time; what it is then. A change that changes nothing
    /// writes nothing.
    pub async fn change(&self, change: impl Fn(&mut Platform)) -> Result<Platform, StoreError> {
        for _ in 0..TRIES {
            match self.try_to_change(&change).await {
                Err(StoreError::Stale) => {}
                outcome => return outcome.map(|(platform, _)| platform),
            }
        }
        Err(StoreError::Stale)
    }

    /// Changes the state once; whether it was us who changed it. Of several who want the same, one wins.
    pub async fn claim(&self, change: impl Fn(&mut Platform)) -> Result<bool, StoreError> {
        match self.try_to_change(&change).await {
            Ok((_, changed)) => Ok(changed),
            Err(StoreError::Stale) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn try_to_change(
        &self,
        change: &impl Fn(&mut Platform),
    ) -> Result<(Platform, bool), StoreError> {
        let (before, version) = self.get().await?;
        let mut after = before.clone();
        change(&mut after);
        let changed = after != before;
        if changed {
            self.put(&after, version).await?;
        }
        *self.kept.lock().await = Some((Clock::now(), after.clone()));
        Ok((after, changed))
    }

    async fn get(&self) -> Result<(Platform, Option<u64>), StoreError> {
        let answer = self
            .dynamo
            .get_item()
            .table_name(&self.table)
            .key("pk", text(KEY))
            .consistent_read(true)
            .send()
            .await
            .map_err(dynamo)?;
        match answer.item {
            None => Ok((Platform::default(), None)),
            Some(mut item) => {
                let version = integer(&item, "version").and_then(|version| version.try_into().ok());
                Ok((read(&mut item, "platform")?, version))
            }
        }
    }

    /// A change of the state as part of a larger transaction; `None` if it changes nothing.
    pub(crate) async fn as_part(
        &self,
        change: impl Fn(&mut Platform),
    ) -> Result<Option<TransactWriteItem>, StoreError> {
        let (before, version) = self.get().await?;
        let mut after = before.clone();
        change(&mut after);
        if after == before {
            return Ok(None);
        }
        let (condition, seen) = unchanged(version);
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item(&after, version)?))
            .condition_expression(condition)
            .set_expression_attribute_values(seen.map(|seen| [(":seen".to_owned(), seen)].into()));
        crate::table::put(put).map(Some)
    }

    async fn put(&self, platform: &Platform, version: Option<u64>) -> Result<(), StoreError> {
        let (condition, before) = unchanged(version);
        self.dynamo
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(platform, version)?))
            .condition_expression(condition)
            .set_expression_attribute_values(before.map(|seen| [(":seen".to_owned(), seen)].into()))
            .send()
            .await
            .map_err(stale_if_condition_failed)?;
        Ok(())
    }
}

fn item(platform: &Platform, version: Option<u64>) -> Result<Item, StoreError> {
    Ok(Item::from([
        ("pk".to_owned(), text(KEY)),
        (
            "version".to_owned(),
            number(version.unwrap_or_default() + 1),
        ),
        ("platform".to_owned(), write(platform)?),
    ]))
}
