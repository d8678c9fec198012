//! Requests, their history, and the register of what went out.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use domain::ids::NoticeId;
use domain::notice::{Applied, Entry, MoveKind, NoticeRequest};
use domain::period::TwoMonthPeriod;
use domain::register::DispatchProgress;
use domain::tenant::Zone;

use crate::StoreError;
use crate::ledger::Ledger;
use crate::platform::PlatformState;
use crate::reach::Admission;
use crate::table::{
    Item, dynamo, key, number, put, read, string, text, transact, transact_or_say_which, unchanged,
    write,
};

/// The table of notices.
#[derive(Debug, Clone)]
pub struct Notices {
    dynamo: Client,
    table: String,
    zone: Zone,
    ledger: Option<Ledger>,
}

/// How often a lost race for the state of the platform or for the next row of the register is run again. Of several that race
/// one wins every time, so that many more would have to move at once.
const TRIES: usize = 24;

/// The partition of the index `under_way` in which all of them lie.
const UNDER_WAY: &str = "requests";

/// Some of the requests, newest first.
#[derive(Debug, Clone)]
pub struct RequestsPage {
    /// The requests.
    pub requests: Vec<NoticeRequest>,
    /// Where the next page begins; `None` at the end.
    pub cursor: Option<String>,
}

impl Notices {
    /// The table `table`; periods are those of `zone`.
    pub fn new(aws: &SdkConfig, table: impl Into<String>, zone: Zone) -> Self {
        Self {
            dynamo: Client::new(aws),
            table: table.into(),
            zone,
            ledger: None,
        }
    }

    /// The same for who makes moves: each is a row of the register of the comune `tenant` too, in the table `procedure`.
    pub fn with_ledger(
        aws: &SdkConfig,
        table: impl Into<String>,
        procedure: impl Into<String>,
        zone: Zone,
        tenant: impl Into<String>,
    ) -> Self {
        Self {
            ledger: Some(Ledger::new(aws, procedure, tenant)),
            ..Self::new(aws, table, zone)
        }
    }

    /// The request `id`, as it is at this moment.
    pub async fn get(&self, id: &NoticeId) -> Result<Option<NoticeRequest>, StoreError> {
        let answer = self.item(id, "request").await?;
        answer
            .map(|mut item| read(&mut item, "request"))
            .transpose()
    }

    /// Whether the notice `id` has gone out, or begun to: only such a one can be corrected.
    pub async fn has_gone_out(&self, id: &NoticeId) -> Result<bool, StoreError> {
        let notice = self.get(id).await?;
        Ok(notice.is_some_and(|notice| !notice.training && notice.state.started_at().is_some()))
    }

    /// Writes a move, its line of history and its row of the register together. `Stale` if the request changed since it was
    /// read.
    pub async fn save(&self, applied: &Applied) -> Result<(), StoreError> {
        self.commit(applied, None, Vec::new()).await
    }

    /// The same, together with `others`: the letters that the move gives rise to.
    pub async fn save_with(
        &self,
        applied: &Applied,
        others: Vec<TransactWriteItem>,
    ) -> Result<(), StoreError> {
        self.commit(applied, None, others).await
    }

    /// The same for a move that stops a notice which is going out, or lets it go on: `platform`, which sending obeys, knows
    /// it in the same transaction.
    pub async fn save_and_tell(
        &self,
        applied: &Applied,
        platform: &PlatformState,
    ) -> Result<(), StoreError> {
        self.commit(applied, Some(platform), Vec::new()).await
    }

    async fn commit(
        &self,
        applied: &Applied,
        platform: Option<&PlatformState>,
        others: Vec<TransactWriteItem>,
    ) -> Result<(), StoreError> {
        let notice = &applied.request.id;
        let mut own = self.writes(applied)?;
        own.extend(others);
        for _ in 0..TRIES {
            let mut writes = own.clone();
            if let Some(ledger) = &self.ledger {
                writes.extend(ledger.append_writes(applied).await?);
            }
            if let Some(platform) = platform {
                let told = platform.as_part(|platform| match applied.entry.step {
                    Some(MoveKind::Stop) => {
                        platform.stopped_notices.insert(notice.clone());
                    }
                    Some(MoveKind::Resume) => {
                        platform.stopped_notices.remove(notice);
                    }
                    _ => {}
                });
                writes.extend(told.await?);
            }
            let refused = transact_or_say_which(&self.dynamo, writes).await?;
            if refused.is_empty() {
                return Ok(());
            }
            if refused.iter().any(|place| *place < own.len()) {
                return Err(StoreError::Stale);
            }
        }
        // Nobody else moved this request: it is worth another try, and no lost race that a person should decide on.
        Err(StoreError::DynamoDb(
            "too many moves at once for the register".into(),
        ))
    }

    /// The writes of a move, to be made in one transaction with others.
    pub fn writes(&self, applied: &Applied) -> Result<Vec<TransactWriteItem>, StoreError> {
        let request = &applied.request;
        let id = request.id.as_str();
        let (condition, seen) = unchanged((request.version > 1).then(|| request.version - 1));
        let mut row = Put::builder()
            .table_name(&self.table)
            .set_item(Some(key(id, "request")))
            .item("version", number(request.version))
            .item("request", write(request)?)
            .item("listing", text("requests"))
            .item(
                "listed_at",
                text(format!("{:.6}#{id}", request.submitted.at)),
            )
            .condition_expression(condition);
        if let Some(seen) = seen {
            row = row.expression_attribute_values(":seen", seen);
        }
        // The index `under_way` is sparse: what is over leaves it.
        if request.state.name().is_under_way() {
            row = row.item("under_way", text(UNDER_WAY));
        }
        // A rehearsal is in the register of moves, and in no report of what was sent.
        if let Some(started_at) = request.state.started_at()
            && !request.training
        {
            let period = TwoMonthPeriod::of(started_at, &self.zone);
            row = row
                .item("period", text(period.to_string()))
                .item("dispatched_at", text(format!("{started_at:.6}#{id}")));
        }
        let entry = Put::builder()
            .table_name(&self.table)
            .set_item(Some(key(id, format!("entry#{:06}", applied.entry.version))))
            .item("entry", write(&applied.entry)?)
            .condition_expression("attribute_not_exists(pk)");
        Ok(vec![put(row)?, put(entry)?])
    }

    /// Who did what, when, from the first line.
    pub async fn history(&self, id: &NoticeId) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::new();
        let mut start = None;
        loop {
            let answer = self
                .dynamo
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :id AND begins_with(sk, :entry)")
                .expression_attribute_values(":id", text(id.as_str()))
                .expression_attribute_values(":entry", text("entry#"))
                .consistent_read(true)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(dynamo)?;
            for mut item in answer.items.unwrap_or_default() {
                entries.push(read(&mut item, "entry")?);
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(entries);
            }
        }
    }

    /// At most `limit` requests, newest first, after `cursor`.
    pub async fn list(&self, cursor: Option<&str>, limit: i32) -> Result<RequestsPage, StoreError> {
        let start = cursor.and_then(|listed_at| {
            let (_, id) = listed_at.split_once('#')?;
            let mut start = key(id, "request");
            start.insert("listing".to_owned(), text("requests"));
            start.insert("listed_at".to_owned(), text(listed_at));
            Some(start)
        });
        let answer = self
            .dynamo
            .query()
            .table_name(&self.table)
            .index_name("listing")
            .key_condition_expression("listing = :requests")
            .expression_attribute_values(":requests", text("requests"))
            .scan_index_forward(false)
            .set_exclusive_start_key(start)
            .limit(limit)
            .send()
            .await
            .map_err(dynamo)?;
        let cursor = answer
            .last_evaluated_key()
            .and_then(|key| string(key, "listed_at"))
            .map(str::to_owned);
        let requests = answer
            .items
            .unwrap_or_default()
            .into_iter()
            .map(|mut item| read(&mut item, "request"));
        Ok(RequestsPage {
            requests: requests.collect::<Result<_, _>>()?,
            cursor,
        })
    }

    /// Every request that has a term or an hour to come, oldest first.
    pub async fn under_way(&self) -> Result<Vec<NoticeRequest>, StoreError> {
        let mut items = self
            .dynamo
            .query()
            .table_name(&self.table)
            .index_name("under_way")
            .key_condition_expression("under_way = :here")
            .expression_attribute_values(":here", text(UNDER_WAY))
            .into_paginator()
            .items()
            .send();
        let mut requests = Vec::new();
        while let Some(item) = items.next().await {
            requests.push(read(&mut item.map_err(dynamo)?, "request")?);
        }
        Ok(requests)
    }

    /// The notices whose dispatch began in `period`, in the order in which it began; a page of them, after `start`.
    pub async fn dispatched_in(
        &self,
        period: TwoMonthPeriod,
        start: Option<PeriodCursor>,
    ) -> Result<(Vec<NoticeRequest>, Option<PeriodCursor>), StoreError> {
        self.period_page(period, start.map(|cursor| cursor.0), None)
            .await
    }

    /// At most `limit` of the notices whose dispatch began in `period`, in the order in which it began, after `cursor`.
    pub async fn dispatched_page(
        &self,
        period: TwoMonthPeriod,
        cursor: Option<&str>,
        limit: i32,
    ) -> Result<RequestsPage, StoreError> {
        let start = cursor.and_then(|dispatched_at| {
            let (_, id) = dispatched_at.split_once('#')?;
            let mut start = key(id, "request");
            start.insert("period".to_owned(), text(period.to_string()));
            start.insert("dispatched_at".to_owned(), text(dispatched_at));
            Some(start)
        });
        let (requests, next) = self.period_page(period, start, Some(limit)).await?;
        let cursor =
            next.and_then(|PeriodCursor(key)| string(&key, "dispatched_at").map(str::to_owned));
        Ok(RequestsPage { requests, cursor })
    }

    async fn period_page(
        &self,
        period: TwoMonthPeriod,
        start: Option<Item>,
        limit: Option<i32>,
    ) -> Result<(Vec<NoticeRequest>, Option<PeriodCursor>), StoreError> {
        let answer = self
            .dynamo
            .query()
            .table_name(&self.table)
            .index_name("period")
            .key_condition_expression("period = :period")
            .expression_attribute_values(":period", text(period.to_string()))
            .set_exclusive_start_key(start)
            .set_limit(limit)
            .send()
            .await
            .map_err(dynamo)?;
        let next = answer.last_evaluated_key.map(PeriodCursor);
        let requests = answer
            .items
            .unwrap_or_default()
            .into_iter()
            .map(|mut item| read(&mut item, "request"));
        Ok((requests.collect::<Result<_, _>>()?, next))
    }

    /// How far the dispatch of `id` has come; from the beginning if it never began.
    pub async fn progress(
        &self,
        id: &NoticeId,
    ) -> Result<(DispatchProgress, ProgressVersion), StoreError> {
        match self.item(id, "dispatch").await? {
            None => Ok((DispatchProgress::default(), ProgressVersion(None))),
            Some(mut item) => {
                let version =
                    crate::table::integer(&item, "version").and_then(|v| u64::try_from(v).ok());
                Ok((read(&mut item, "progress")?, ProgressVersion(version)))
            }
        }
    }

    /// Writes how far the dispatch of `id` has come. `Stale` if another dispatch of it is at work.
    pub async fn save_progress(
        &self,
        id: &NoticeId,
        progress: &DispatchProgress,
        seen: ProgressVersion,
    ) -> Result<ProgressVersion, StoreError> {
        let version = seen.0.unwrap_or_default() + 1;
        let (condition, before) = unchanged(seen.0);
        self.dynamo
            .put_item()
            .table_name(&self.table)
            .set_item(Some(key(id.as_str(), "dispatch")))
            .item("version", number(version))
            .item("progress", write(progress)?)
            .condition_expression(condition)
            .set_expression_attribute_values(
                before.map(|value| [(":seen".to_owned(), value)].into()),
            )
            .send()
            .await
            .map_err(crate::table::stale_if_condition_failed)?;
        Ok(ProgressVersion(Some(version)))
    }

    /// The same, together with those whom the page adds to the people reached in 24 hours: a crash neither counts them
    /// twice nor forgets them. `Stale` if another dispatch, of this notice or of another, wrote first.
    pub async fn save_page(
        &self,
        id: &NoticeId,
        progress: &DispatchProgress,
        seen: ProgressVersion,
        admission: &Admission,
    ) -> Result<ProgressVersion, StoreError> {
        let version = seen.0.unwrap_or_default() + 1;
        let (condition, before) = unchanged(seen.0);
        let page = Put::builder()
            .table_name(&self.table)
            .set_item(Some(key(id.as_str(), "dispatch")))
            .item("version", number(version))
            .item("progress", write(progress)?)
            .condition_expression(condition)
            .set_expression_attribute_values(
                before.map(|value| [(":seen".to_owned(), value)].into()),
            );
        transact(&self.dynamo, vec![put(page)?, admission.write()?]).await?;
        Ok(ProgressVersion(Some(version)))
    }

    async fn item(&self, id: &NoticeId, sort: &str) -> Result<Option<Item>, StoreError> {
        let answer = self
            .dynamo
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key(id.as_str(), sort)))
            .consistent_read(true)
            .send()
            .await
            .map_err(dynamo)?;
        Ok(answer.item)
    }
}

/// Where the next page of a period begins.
#[derive(Debug, Clone)]
pub struct PeriodCursor(Item);

/// Which writing of the progress was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProgressVersion(Option<u64>);
