//! What became of each thing sent to each person, and how many of a notice stand where.
//!
//! The row and the count change in one transaction, so that the counts are always those of the rows. The counts of a
//! notice are spread over a few items, for many statuses of one notice arrive together.

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use domain::Instant;
use domain::delivery::{Counts, Delivery, Month, Report, Rung};
use domain::ids::{NoticeId, PersonId, SendId, Wamid};
use domain::tenant::Zone;

use crate::StoreError;
use crate::table::{
    Item, dynamo, expiry, integer, key, number, put, read, string, text, transact, unchanged, write,
};

/// The detail per person is kept this long; then only the counts remain (docs/privacy.md).
const KEPT_DAYS: i64 = 90;
/// Over how many items the counts of a notice are spread.
const SHARDS: u32 = 8;
/// How often a lost race is run again before the message goes back to its queue.
const TRIES: usize = 12;
/// The index attribute of deliveries that a person should look at.
const ATTENTION: &str = "unknown";

/// The table of deliveries.
#[derive(Debug, Clone)]
pub struct Deliveries {
    dynamo: Client,
    table: String,
    service: Option<(String, Zone)>,
}

/// A delivery as it was read.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The delivery.
    pub delivery: Delivery,
    version: u64,
}

impl Seen {
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// What is stored once `next` was written over `seen`.
    pub(crate) fn after(seen: Option<&Self>, next: &Delivery) -> Self {
        Self {
            delivery: next.clone(),
            version: seen.map(Self::version).unwrap_or_default() + 1,
        }
    }
}

/// What a report did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merged {
    /// The row changed.
    Changed,
    /// It knew already.
    KnewAlready,
    /// There is no such row.
    NoSuchRow,
}

impl Deliveries {
    /// The table `table`.
    pub fn new(aws: &SdkConfig, table: impl Into<String>) -> Self {
        Self {
            dynamo: Client::new(aws),
            table: table.into(),
            service: None,
        }
    }

    /// The same, counting the service messages of the number `phone_number_id` by the months of `zone`.
    #[must_use]
    pub fn counting_service(self, phone_number_id: impl Into<String>, zone: Zone) -> Self {
        Self {
            service: Some((phone_number_id.into(), zone)),
            ..self
        }
    }

    /// The delivery `id`, as it is at this moment.
    pub async fn get(&self, id: &SendId) -> Result<Option<Seen>, StoreError> {
        let answer = self
            .dynamo
            .get_item()
            .table_name(&self.table)
            .set_key(Some(row_key(id)))
            .consistent_read(true)
            .send()
            .await
            .map_err(dynamo)?;
        answer.item.map(seen).transpose()
    }

    /// Writes `next` over what was `seen`, with the change in the counts; what is stored now. `Stale` if somebody wrote first.
    pub async fn write(
        &self,
        id: &SendId,
        seen: Option<&Seen>,
        next: &Delivery,
        now: Instant,
    ) -> Result<Seen, StoreError> {
        let version = seen.map(|seen| seen.version);
        let mut writes = vec![self.row(id, version, next, now)?];
        let change = Counts::change(seen.map(|seen| &seen.delivery), next);
        if let SendId::Notice { notice, person } = id
            && !change.is_empty()
        {
            writes.push(self.count(notice, person, &change)?);
        }
        writes.extend(self.service_counts(id, seen, next)?);
        transact(&self.dynamo, writes).await?;
        Ok(Seen::after(seen, next))
    }

    /// Merges `report` into the delivery `id`, however many others write at the same time.
    pub async fn merge(
        &self,
        id: &SendId,
        report: &Report,
        now: Instant,
    ) -> Result<Merged, StoreError> {
        self.change(id, now, |delivery| delivery.merge(report.clone()))
            .await
    }

    /// Puts off the call `attempt` of the delivery `id` after a refusal that leaves it certainly unsent.
    pub async fn put_off(
        &self,
        id: &SendId,
        attempt: u32,
        now: Instant,
    ) -> Result<Merged, StoreError> {
        self.change(id, now, |delivery| delivery.put_off_attempt(attempt, now))
            .await
    }

    async fn change(
        &self,
        id: &SendId,
        now: Instant,
        change: impl Fn(Delivery) -> Delivery,
    ) -> Result<Merged, StoreError> {
        for _ in 0..TRIES {
            let Some(seen) = self.get(id).await? else {
                return Ok(Merged::NoSuchRow);
            };
            let next = change(seen.delivery.clone());
            if next == seen.delivery {
                return Ok(Merged::KnewAlready);
            }
            match self.write(id, Some(&seen), &next, now).await {
                Ok(_) => return Ok(Merged::Changed),
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Stale)
    }

    /// The delivery that WhatsApp knows as `wamid`, for a status that does not bring our id back.
    pub async fn find(&self, wamid: &Wamid) -> Result<Option<SendId>, StoreError> {
        let answer = self
            .dynamo
            .query()
            .table_name(&self.table)
            .index_name("wamid")
            .key_condition_expression("wamid = :wamid")
            .expression_attribute_values(":wamid", text(wamid.as_str()))
            .limit(1)
            .send()
            .await
            .map_err(dynamo)?;
        Ok(answer.items().first().and_then(send_id))
    }

    /// How many deliveries of `notice` stand where, at this moment.
    pub async fn counts(&self, notice: &NoticeId) -> Result<Counts, StoreError> {
        let answer = self
            .dynamo
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :notice AND begins_with(sk, :count)")
            .expression_attribute_values(":notice", text(notice.as_str()))
            .expression_attribute_values(":count", text("count#"))
            .consistent_read(true)
            .send()
            .await
            .map_err(dynamo)?;
        let mut sum = answer
            .items()
            .iter()
            .map(counts)
            .fold(Counts::default(), |sum, shard| sum.plus(&shard));
        // What one item lost another may have gained.
        sum.drop_zeroes();
        Ok(sum)
    }

    /// A service message counts once, in the month in which it arrived: a later word on that hour moves it.
    fn service_counts(
        &self,
        id: &SendId,
        seen: Option<&Seen>,
        next: &Delivery,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let Some((number_id, zone)) = &self.service else {
            return Ok(Vec::new());
        };
        let before = seen.and_then(|seen| Month::of_service(id, &seen.delivery, zone));
        let after = Month::of_service(id, next, zone);
        if before == after {
            return Ok(Vec::new());
        }
        [(before, -1), (after, 1)]
            .into_iter()
            .filter_map(|(month, n)| Some((month?, n)))
            .map(|(month, n)| {
                let update = Update::builder()
                    .table_name(&self.table)
                    .set_key(Some(service_key(number_id, month)))
                    .update_expression("ADD delivered :n")
                    .expression_attribute_values(":n", number(n))
                    .build()
                    .map_err(|error| StoreError::DynamoDb(error.into()))?;
                Ok(TransactWriteItem::builder().update(update).build())
            })
            .collect()
    }

    /// How many service messages of the number `phone_number_id` were delivered in `month`.
    pub async fn service_messages(
        &self,
        phone_number_id: &str,
        month: Month,
    ) -> Result<i64, StoreError> {
        let answer = self
            .dynamo
            .get_item()
            .table_name(&self.table)
            .set_key(Some(service_key(phone_number_id, month)))
            .consistent_read(true)
            .send()
            .await
            .map_err(dynamo)?;
        Ok(answer
            .item
            .and_then(|item| integer(&item, "delivered"))
            .unwrap_or_default())
    }

    /// Deliveries of which nobody knows whether they reached anybody, oldest first: at most `limit` after `cursor`, each with
    /// its cursor.
    pub async fn unknown(
        &self,
        cursor: Option<&str>,
        limit: i32,
    ) -> Result<Vec<(SendId, String)>, StoreError> {
        let answer = self
            .dynamo
            .query()
            .table_name(&self.table)
            .index_name("attention")
            .key_condition_expression("attention = :attention AND attention_at > :cursor")
            .expression_attribute_values(":attention", text(ATTENTION))
            .expression_attribute_values(":cursor", text(cursor.unwrap_or(" ")))
            .limit(limit)
            .send()
            .await
            .map_err(dynamo)?;
        Ok(answer
            .items()
            .iter()
            .filter_map(|item| Some((send_id(item)?, string(item, "attention_at")?.to_owned())))
            .collect())
    }

    /// Hands every delivery of `notice` to `take`, page by page, as it is at this moment.
    pub async fn each_of(
        &self,
        notice: &NoticeId,
        mut take: impl FnMut(Delivery),
    ) -> Result<(), StoreError> {
        let mut start = None;
        loop {
            let answer = self
                .dynamo
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :notice AND begins_with(sk, :person)")
                .expression_attribute_values(":notice", text(notice.as_str()))
                .expression_attribute_values(":person", text("p_"))
                .set_exclusive_start_key(start)
                .consistent_read(true)
                .send()
                .await
                .map_err(dynamo)?;
            for item in answer.items.unwrap_or_default() {
                take(self::seen(item)?.delivery);
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(());
            }
        }
    }

    pub(crate) fn row(
        &self,
        id: &SendId,
        version: Option<u64>,
        next: &Delivery,
        now: Instant,
    ) -> Result<TransactWriteItem, StoreError> {
        let (condition, before) = unchanged(version);
        let mut row = Put::builder()
            .table_name(&self.table)
            .set_item(Some(row_key(id)))
            .item("version", number(version.unwrap_or_default() + 1))
            .item("delivery", write(next)?)
            .item("expires_at", expiry(now, KEPT_DAYS))
            .condition_expression(condition);
        if let Some(wamid) = &next.wamid {
            row = row.item("wamid", text(wamid.as_str()));
        }
        if let Some(since) = next.needs_a_person(id) {
            row = row
                .item("attention", text(ATTENTION))
                .item("attention_at", text(format!("{since}#{id}")));
        }
        if let Some(before) = before {
            row = row.expression_attribute_values(":seen", before);
        }
        put(row)
    }

    /// Adds `change` to the counts of `notice`, in the item that `person` falls to.
    pub(crate) fn count(
        &self,
        notice: &NoticeId,
        person: &PersonId,
        change: &Counts,
    ) -> Result<TransactWriteItem, StoreError> {
        let shard = shard_of(person.as_str());
        let rungs = change
            .rungs
            .iter()
            .map(|(rung, n)| (format!("rung_{}", rung.key()), *n));
        let billable = change
            .billable
            .iter()
            .map(|(category, n)| (format!("billable_{category}"), *n));
        let mut update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(notice.as_str(), format!("count#{shard}"))));
        let mut additions = Vec::new();
        for (position, (name, n)) in rungs.chain(billable).enumerate() {
            additions.push(format!("#n{position} :n{position}"));
            update = update
                .expression_attribute_names(format!("#n{position}"), name)
                .expression_attribute_values(format!(":n{position}"), number(n));
        }
        let update = update
            .update_expression(format!("ADD {}", additions.join(", ")))
            .build()
            .map_err(|error| StoreError::DynamoDb(error.into()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

pub(crate) fn row_key(id: &SendId) -> Item {
    match id {
        SendId::Notice { notice, person } => key(notice.as_str(), person.as_str()),
        SendId::Reply(reply) => key(reply.as_str(), "reply"),
    }
}

fn send_id(item: &Item) -> Option<SendId> {
    match (string(item, "pk")?, string(item, "sk")?) {
        (reply, "reply") => reply.parse().map(SendId::Reply).ok(),
        (notice, person) => Some(SendId::Notice {
            notice: notice.parse().ok()?,
            person: person.parse().ok()?,
        }),
    }
}

pub(crate) fn seen(mut item: Item) -> Result<Seen, StoreError> {
    let version = integer(&item, "version").and_then(|version| u64::try_from(version).ok());
    Ok(Seen {
        version: version.unwrap_or_default(),
        delivery: read(&mut item, "delivery")?,
    })
}

fn service_key(phone_number_id: &str, month: Month) -> Item {
    key(
        format!("number#{phone_number_id}"),
        format!("service#{month}"),
    )
}

fn shard_of(person: &str) -> u32 {
    person.bytes().fold(0_u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u32::from(byte))
    }) % SHARDS
}

fn counts(item: &Item) -> Counts {
    let rungs = Rung::ALL
        .into_iter()
        .filter_map(|rung| Some((rung, integer(item, &format!("rung_{}", rung.key()))?)));
    let billable: BTreeMap<String, i64> = item
        .keys()
        .filter_map(|name| {
            Some((
                name.strip_prefix("billable_")?.to_owned(),
                integer(item, name)?,
            ))
        })
        .collect();
    Counts {
        rungs: rungs.filter(|(_, n)| *n != 0).collect(),
        billable: billable.into_iter().filter(|(_, n)| *n != 0).collect(),
    }
}
