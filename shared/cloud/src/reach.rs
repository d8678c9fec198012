//! Who counts among the different people that Meta lets us write to first in 24 hours, how many did, and what that means for
//! a notice. Who was reached is known person by person, in the table of the pace; how many, hour by hour, in one item beside
//! the state of the platform.

use std::collections::{HashMap, HashSet};

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{KeysAndAttributes, Put, TransactWriteItem};
use domain::Instant;
use domain::ids::PersonId;
use domain::notice::{Draft, Kind};
use domain::plan::{Plan, Reached};
use domain::tenant::Tenant;

use crate::StoreError;
use crate::outbox::pair_key;
use crate::people::People;
use crate::platform::PlatformState;
use crate::table::{
    Item, dynamo, integer, number, put, read, stale_if_condition_failed, string, text, unchanged,
    write,
};

const KEY: &str = "reached";
/// Keys in a call of `BatchGetItem`.
const CALL: usize = 100;
/// How often keys that DynamoDB left out are asked for again.
const ROUNDS: usize = 6;
const DAY: i64 = 86_400;

/// Who was reached lately, and how many.
#[derive(Debug, Clone)]
pub struct Reach {
    dynamo: Client,
    platform_table: String,
    pace_table: Option<String>,
}

/// How many were reached, as it was read.
#[derive(Debug, Clone)]
pub struct SeenReached {
    /// How many.
    pub reached: Reached,
    version: Option<u64>,
}

/// A change of the people reached, to be written with the page that makes it.
#[derive(Debug, Clone)]
pub struct Admission {
    table: String,
    reached: Reached,
    version: Option<u64>,
}

impl Reach {
    /// The item in `platform_table`, and the people in `pace_table`.
    pub fn new(
        aws: &SdkConfig,
        platform_table: impl Into<String>,
        pace_table: impl Into<String>,
    ) -> Self {
        Self {
            dynamo: Client::new(aws),
            platform_table: platform_table.into(),
            pace_table: Some(pace_table.into()),
        }
    }

    /// Only how many: whoever plans does not ask who.
    pub fn counts(aws: &SdkConfig, platform_table: impl Into<String>) -> Self {
        Self {
            dynamo: Client::new(aws),
            platform_table: platform_table.into(),
            pace_table: None,
        }
    }

    /// How many were reached, as it is at this moment.
    pub async fn reached(&self) -> Result<SeenReached, StoreError> {
        let answer = self
            .dynamo
            .get_item()
            .table_name(&self.platform_table)
            .key("pk", text(KEY))
            .consistent_read(true)
            .send()
            .await
            .map_err(dynamo)?;
        match answer.item {
            None => Ok(SeenReached {
                reached: Reached::default(),
                version: None,
            }),
            Some(mut item) => Ok(SeenReached {
                version: integer(&item, "version").and_then(|version| version.try_into().ok()),
                reached: read(&mut item, "reached")?,
            }),
        }
    }

    /// The admission of `people` more at `now`.
    pub fn admission(&self, seen: SeenReached, people: u64, now: Instant) -> Admission {
        let mut reached = seen.reached;
        reached.admit(people, now);
        Admission {
            table: self.platform_table.clone(),
            reached,
            version: seen.version,
        }
    }

    /// Keeps the room that comes free for an emergency that waits for it, until `until`. Of two who write at once one is
    /// enough: both keep it.
    pub async fn keep_for_emergency(
        &self,
        seen: SeenReached,
        until: Instant,
    ) -> Result<(), StoreError> {
        let mut reached = seen.reached;
        reached.keep_for_emergency(until);
        let (condition, before) = unchanged(seen.version);
        let written = self
            .dynamo
            .put_item()
            .table_name(&self.platform_table)
            .set_item(Some(item(&reached, seen.version)?))
            .condition_expression(condition)
            .set_expression_attribute_values(before.map(|seen| [(":seen".to_owned(), seen)].into()))
            .send()
            .await
            .map_err(stale_if_condition_failed);
        match written {
            // Whoever wrote first has admitted somebody; the next look keeps the room.
            Ok(_) | Err(StoreError::Stale) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Those of `people` who were reached within the 24 hours before `now`: they count already.
    pub async fn reached_of(
        &self,
        people: &[PersonId],
        now: Instant,
    ) -> Result<HashSet<PersonId>, StoreError> {
        let since = now.as_second() - DAY;
        let Some(table) = &self.pace_table else {
            return Ok(HashSet::new());
        };
        let calls = people
            .chunks(CALL)
            .map(|people| self.call(table, people, since));
        let found = futures::future::try_join_all(calls).await?;
        let found: HashSet<String> = found.into_iter().flatten().collect();
        Ok(people
            .iter()
            .filter(|person| found.contains(person.as_str()))
            .cloned()
            .collect())
    }

    async fn call(
        &self,
        table: &str,
        people: &[PersonId],
        since: i64,
    ) -> Result<Vec<String>, StoreError> {
        let keys = KeysAndAttributes::builder()
            .set_keys(Some(people.iter().map(pair_key).collect()))
            .projection_expression("pk, reached_at")
            .build()
            .map_err(|error| StoreError::DynamoDb(error.into()))?;
        let mut left = HashMap::from([(table.to_owned(), keys)]);
        let mut found = Vec::new();
        for _ in 0..ROUNDS {
            let answer = self
                .dynamo
                .batch_get_item()
                .set_request_items(Some(left))
                .send()
                .await
                .map_err(dynamo)?;
            for item in answer.responses.unwrap_or_default().into_values().flatten() {
                let lately = integer(&item, "reached_at").is_some_and(|at| at > since);
                let person = string(&item, "pk").and_then(|key| key.strip_prefix("pair#"));
                found.extend(person.filter(|_| lately).map(str::to_owned));
            }
            left = answer.unprocessed_keys.unwrap_or_default();
            if left.is_empty() {
                return Ok(found);
            }
        }
        // Whoever was not looked up counts as somebody new: that errs on the side of waiting.
        Ok(found)
    }
}

impl Admission {
    pub(crate) fn write(&self) -> Result<TransactWriteItem, StoreError> {
        let (condition, before) = unchanged(self.version);
        put(Put::builder()
            .table_name(&self.table)
            .set_item(Some(item(&self.reached, self.version)?))
            .condition_expression(condition)
            .set_expression_attribute_values(
                before.map(|seen| [(":seen".to_owned(), seen)].into()),
            ))
    }
}

fn item(reached: &Reached, version: Option<u64>) -> Result<Item, StoreError> {
    Ok(Item::from([
        ("pk".to_owned(), text(KEY)),
        (
            "version".to_owned(),
            number(version.unwrap_or_default() + 1),
        ),
        ("reached".to_owned(), write(reached)?),
    ]))
}

/// Tells when a notice will have reached everybody.
#[derive(Debug)]
pub struct Planner {
    /// The audience.
    pub people: People,
    /// The limit that Meta sets.
    pub platform: PlatformState,
    /// Who was reached lately.
    pub reach: Reach,
    /// The pace of the number.
    pub per_second: u32,
}

/// What is foreseen of a notice.
#[derive(Debug, Clone)]
pub struct Forecast {
    /// To how many it goes.
    pub recipients: u64,
    /// How many of them are not queued yet.
    pub left: u64,
    /// How many different people may be written to first in 24 hours; none for no limit.
    pub limit: Option<u32>,
    /// How many have been, in the last 24.
    pub reached: u64,
    /// When how many of those left are reached.
    pub plan: Plan,
}

impl Planner {
    /// What is foreseen at `now` of `draft`, of which `queued` recipients are queued already. Other notices that wait for
    /// their hour are not counted: nobody knows whether they will go out.
    pub async fn forecast(
        &self,
        draft: &Draft,
        queued: u64,
        tenant: &Tenant,
        now: Instant,
    ) -> Result<Forecast, StoreError> {
        let audience = self.people.count_audience().await?;
        let limit = self
            .platform
            .recent()
            .await?
            .people_per_day(tenant.people_per_day);
        let SeenReached { reached, .. } = self.reach.reached().await?;
        let left = audience.saturating_sub(queued);
        let start = draft
            .send_at(tenant)
            .map_or(now, |send_at| send_at.max(now));
        Ok(Forecast {
            recipients: queued + left,
            left,
            limit,
            reached: reached.counting(now),
            plan: Plan::of(
                left,
                &reached,
                limit,
                self.per_second,
                start,
                |at| match draft.kind {
                    Kind::Emergenza => None,
                    _ => tenant.sending.quiet_until(at, &tenant.time_zone),
                },
            ),
        })
    }
}
