//! What became of each thing sent to each person, and how many of a notice stand where.
//!
//! The row and the count change in one transaction, so that the counts are always those of the rows. The counts of a
//! notice are spread over a few items, for many statuses of one notice arrive together.

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use domain::Instant;
use domain::delivery::{Counts, Delivery, Report, Rung};
use domain::ids::{NoticeId, SendId, Wamid};

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

/// The table of deliveries.
#[derive(Debug, Clone)]
pub struct Deliveries {
    dynamo: Client,
    table: String,
}

/// A delivery as it was read.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The delivery.
    pub delivery: Delivery,
    version: u64,
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
            && !(change.rungs.is_empty() && change.billable.is_empty())
        {
            writes.push(self.count(notice, shard_of(person.as_str()), &change)?);
        }
        transact(&self.dynamo, writes).await?;
        Ok(Seen {
            delivery: next.clone(),
            version: version.unwrap_or_default() + 1,
        })
    }

    /// Merges `report` into the delivery `id` as it was `seen`, without reading it again unless somebody wrote meanwhile.
    pub async fn record(
        &self,
        id: &SendId,
        seen: &Seen,
        report: &Report,
        now: Instant,
    ) -> Result<(), StoreError> {
        let next = seen.delivery.clone().merge(report.clone());
        match self.write(id, Some(seen), &next, now).await {
            Err(StoreError::Stale) => self.merge(id, report, now).await.map(|_| ()),
            written => written.map(|_| ()),
        }
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

    /// Puts off the delivery `id` after a refusal that leaves it certainly unsent.
    pub async fn put_off(&self, id: &SendId, now: Instant) -> Result<Merged, StoreError> {
        self.change(id, now, |delivery| delivery.put_off(now)).await
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
        Ok(answer
            .items()
            .iter()
            .map(counts)
            .fold(Counts::default(), |sum, shard| sum.plus(&shard)))
    }

    fn row(
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
        if let Some(before) = before {
            row = row.expression_attribute_values(":seen", before);
        }
        put(row)
    }

    fn count(
        &self,
        notice: &NoticeId,
        shard: u32,
        change: &Counts,
    ) -> Result<TransactWriteItem, StoreError> {
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

fn row_key(id: &SendId) -> Item {
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

fn seen(mut item: Item) -> Result<Seen, StoreError> {
    let version = integer(&item, "version").and_then(|version| u64::try_from(version).ok());
    Ok(Seen {
        version: version.unwrap_or_default(),
        delivery: read(&mut item, "delivery")?,
    })
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
