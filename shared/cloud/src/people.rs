//! People, as those who dispatch to them need them: the audience, counted or page by page.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::Select;
use domain::Instant;
use domain::ids::PersonId;

use crate::StoreError;
use crate::table::{dynamo, key, string, text};

/// The index attribute of those who receive notices.
pub(crate) const AUDIENCE: &str = "notices";

/// The index attribute of those who are making a segnalazione.
pub(crate) const MAKING: &str = "segnalazione";

/// An instant in whole seconds, as its texts sort.
pub(crate) fn in_seconds(at: Instant) -> String {
    Instant::from_second(at.as_second())
        .unwrap_or(at)
        .to_string()
}

/// The table of people.
#[derive(Debug, Clone)]
pub struct People {
    dynamo: Client,
    table: String,
}

/// Some of the audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudiencePage {
    /// Who is on the page.
    pub people: Vec<PersonId>,
    /// Where the next page begins; `None` at the end.
    pub cursor: Option<String>,
}

impl People {
    /// The table `table`.
    pub fn new(aws: &SdkConfig, table: impl Into<String>) -> Self {
        Self {
            dynamo: Client::new(aws),
            table: table.into(),
        }
    }

    /// How many receive notices. The index is sparse and small: counting it costs a read per hundred people or so.
    pub async fn count_audience(&self) -> Result<u64, StoreError> {
        let (mut people, mut start) = (0, None);
        loop {
            let answer = self
                .dynamo
                .query()
                .table_name(&self.table)
                .index_name("audience")
                .key_condition_expression("audience = :audience")
                .expression_attribute_values(":audience", text(AUDIENCE))
                .select(Select::Count)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(dynamo)?;
            people += u64::try_from(answer.count()).unwrap_or_default();
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(people);
            }
        }
    }

    /// At most `limit` of those who receive notices, after `cursor`.
    ///
    /// The index is read as it stands: somebody who subscribed within the last second may be missing, and somebody who
    /// left may be there; whoever sends looks again with [`crate::outbox::Outbox::look`].
    pub async fn audience(
        &self,
        cursor: Option<&str>,
        limit: i32,
    ) -> Result<AudiencePage, StoreError> {
        let start = cursor.map(|person| {
            let mut start = key(person, "person");
            start.insert("audience".to_owned(), text(AUDIENCE));
            start
        });
        let answer = self
            .dynamo
            .query()
            .table_name(&self.table)
            .index_name("audience")
            .key_condition_expression("audience = :audience")
            .expression_attribute_values(":audience", text(AUDIENCE))
            .set_exclusive_start_key(start)
            .limit(limit)
            .send()
            .await
            .map_err(dynamo)?;
        let people = answer
            .items()
            .iter()
            .filter_map(|item| string(item, "pk")?.parse().ok())
            .collect();
        let cursor = answer
            .last_evaluated_key()
            .and_then(|key| string(key, "pk"))
            .map(str::to_owned);
        Ok(AudiencePage { people, cursor })
    }

    /// At most `limit` of those whose segnalazione should have been looked at by `now`, the longest overdue first, each with
    /// the hour at which it was due.
    pub async fn due(
        &self,
        now: Instant,
        limit: i32,
    ) -> Result<Vec<(PersonId, Instant)>, StoreError> {
        let answer = self
            .dynamo
            .query()
            .table_name(&self.table)
            .index_name("making")
            .key_condition_expression("making = :making AND due_at <= :now")
            .expression_attribute_values(":making", text(MAKING))
            .expression_attribute_values(":now", text(in_seconds(now)))
            .limit(limit)
            .send()
            .await
            .map_err(dynamo)?;
        let due = answer.items().iter().filter_map(|item| {
            let person = string(item, "pk")?.parse().ok()?;
            Some((person, string(item, "due_at")?.parse().ok()?))
        });
        Ok(due.collect())
    }
}
