//! What all stores share: keys, conditions, and the reading of a refused transaction.

use std::collections::HashMap;

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

pub(crate) fn number(value: impl ToString) -> AttributeValue {
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

/// Which conditions of a refused transaction failed, by position; all of them where two transactions merely met.
pub(crate) fn refused(error: &SdkError<TransactWriteItemsError>) -> Option<Vec<bool>> {
    match error.as_service_error()? {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            let reasons: Vec<_> = cancelled
                .cancellation_reasons()
                .iter()
                .map(|reason| reason.code().unwrap_or("None"))
                .collect();
            let lost =
                |code: &&str| matches!(*code, "ConditionalCheckFailed" | "TransactionConflict");
            // Throttling and capacity are no lost race: they are for a retry.
            reasons.iter().any(lost).then(|| {
                reasons
                    .iter()
                    .map(|code| *code == "ConditionalCheckFailed")
                    .collect()
            })
        }
        TransactWriteItemsError::TransactionInProgressException(_) => Some(Vec::new()),
        _ => None,
    }
}

/// A refused transaction as a lost race, any other error as DynamoDB's.
pub(crate) fn stale_if_refused(error: SdkError<TransactWriteItemsError>) -> StoreError {
    if refused(&error).is_some() {
        StoreError::Stale
    } else {
        dynamo(error)
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
