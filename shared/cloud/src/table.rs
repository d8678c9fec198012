//! What all stores share: keys, conditions, and the reading of a refused transaction.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use domain::Instant;

use crate::StoreError;

/// An item as DynamoDB has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// The primary key of a table with two keys.
pub(crate) fn key(pk: impl Into<String>, sk: impl Into<String>) -> Item {
    HashMap::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))])
}

/// The instant, in seconds, after which DynamoDB may forget an item.
pub(crate) fn expiry(now: Instant, days: i64) -> AttributeValue {
    number(now.as_second() + days * 86_400)
}

pub(crate) fn string<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)
        .and_then(|value| value.as_s().ok())
        .map(String::as_str)
}

pub(crate) fn integer(item: &Item, name: &str) -> Option<i64> {
    item.get(name)
        .and_then(|value| value.as_n().ok())
        .and_then(|number| number.parse().ok())
}

/// One attribute of an item, read as `T`.
pub(crate) fn read<T: serde::de::DeserializeOwned>(
    item: &mut Item,
    name: &str,
) -> Result<T, StoreError> {
    let value = item.remove(name).unwrap_or(AttributeValue::Null(true));
    Ok(serde_dynamo::aws_sdk_dynamodb_1::from_attribute_value(
        value,
    )?)
}

/// `value` as an attribute.
pub(crate) fn write<T: serde::Serialize>(value: &T) -> Result<AttributeValue, StoreError> {
    Ok(serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(value)?)
}

pub(crate) fn put(
    put: aws_sdk_dynamodb::types::builders::PutBuilder,
) -> Result<TransactWriteItem, StoreError> {
    let put: Put = put
        .build()
        .map_err(|error| StoreError::DynamoDb(error.into()))?;
    Ok(TransactWriteItem::builder().put(put).build())
}

/// The condition on which a versioned row is written: absent if it was not there, else unchanged.
pub(crate) fn unchanged(version: Option<u64>) -> (&'static str, Option<AttributeValue>) {
    match version {
        None => ("attribute_not_exists(pk)", None),
        Some(version) => ("version = :seen", Some(number(version))),
    }
}

/// How often a transaction that merely met another is run again.
const TRIES: u32 = 6;

/// Writes all or nothing. `Stale` only where a condition failed, that is, where somebody wrote first.
pub(crate) async fn transact(
    dynamo: &Client,
    writes: Vec<TransactWriteItem>,
) -> Result<(), StoreError> {
    match transact_or_say_which(dynamo, writes).await? {
        refused if refused.is_empty() => Ok(()),
        _ => Err(StoreError::Stale),
    }
}

/// Writes all or nothing; the places of the writes whose condition failed, none if all was written. Two transactions that
/// merely met on an item (many statuses of one notice add to the same counts) wait a moment and run again.
pub(crate) async fn transact_or_say_which(
    dynamo: &Client,
    writes: Vec<TransactWriteItem>,
) -> Result<Vec<usize>, StoreError> {
    let mut tries = 0;
    loop {
        let outcome = dynamo
            .transact_write_items()
            .set_transact_items(Some(writes.clone()))
            .send()
            .await;
        let Err(error) = outcome else {
            return Ok(Vec::new());
        };
        match refusal(&error) {
            Some(Refusal::Condition(refused)) => return Ok(refused),
            Some(Refusal::Meeting) if tries < TRIES => {
                tokio::time::sleep(Duration::from_millis(20 << tries)).await;
                tries += 1;
            }
            _ => return Err(self::dynamo(error)),
        }
    }
}

/// Why a transaction was refused, where it may be run again or was a lost race. Throttling is neither: it is for a retry.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    Condition(Vec<usize>),
    Meeting,
}

fn refusal(error: &SdkError<TransactWriteItemsError>) -> Option<Refusal> {
    match error.as_service_error()? {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            let reasons = cancelled.cancellation_reasons();
            let places = |wanted: &str| -> Vec<usize> {
                (0..reasons.len())
                    .filter(|place| reasons[*place].code() == Some(wanted))
                    .collect()
            };
            let refused = places("ConditionalCheckFailed");
            if refused.is_empty() {
                (!places("TransactionConflict").is_empty()).then_some(Refusal::Meeting)
            } else {
                Some(Refusal::Condition(refused))
            }
        }
        TransactWriteItemsError::TransactionInProgressException(_) => Some(Refusal::Meeting),
        _ => None,
    }
}

/// A refused condition as a lost race, any other error as DynamoDB's.
pub(crate) fn stale_if_condition_failed<E>(error: SdkError<E>) -> StoreError
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    if error.code() == Some("ConditionalCheckFailedException") {
        StoreError::Stale
    } else {
        dynamo(error)
    }
}

pub(crate) fn dynamo<E>(error: SdkError<E>) -> StoreError
where
    E: std::error::Error + Send + Sync + 'static,
{
    StoreError::DynamoDb(error.into())
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::CancellationReason;
    use aws_sdk_dynamodb::types::error::TransactionCanceledException;

    use super::*;

    fn cancelled(codes: &[&str]) -> SdkError<TransactWriteItemsError> {
        let reasons = codes
            .iter()
            .map(|code| CancellationReason::builder().code(*code).build());
        let exception = TransactionCanceledException::builder()
            .set_cancellation_reasons(Some(reasons.collect()))
            .build();
        SdkError::service_error(
            TransactWriteItemsError::TransactionCanceledException(exception),
            aws_sdk_dynamodb::config::http::HttpResponse::new(400.try_into().unwrap(), "".into()),
        )
    }

    #[test]
    fn two_transactions_that_merely_met_are_no_lost_race() {
        assert_eq!(
            refusal(&cancelled(&["None", "TransactionConflict"])),
            Some(Refusal::Meeting)
        );
        assert_eq!(
            refusal(&cancelled(&[
                "ConditionalCheckFailed",
                "TransactionConflict"
            ])),
            Some(Refusal::Condition(vec![0]))
        );
        assert_eq!(
            refusal(&cancelled(&["None", "ProvisionedThroughputExceeded"])),
            None
        );
    }
}
