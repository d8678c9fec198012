//! A batch of queue messages, of which only those that failed come back.
//!
//! A failure is a retry or a dead letter, on purpose. A panic fails the message it happened in, and no other. The event
//! source must have `ReportBatchItemFailures` on; without it SQS deletes the failures.

use std::collections::BTreeMap;
use std::error::Error;
use std::panic::AssertUnwindSafe;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use futures::FutureExt;
use futures::future::join_all;
use tracing::Instrument;

use crate::in_full;
use crate::queue::DeadLetters;

/// Why a message was not handled.
#[derive(Debug)]
pub enum Failure {
    /// It may go better next time: it comes back, and after the last receive it is a dead letter.
    Retry(Box<dyn Error + Send + Sync>),
    /// It will never go better: it goes to the dead-letter queue now, with this reason.
    Dead(String),
}

impl<E: Error + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Retry(Box::new(error))
    }
}

/// Handles every message of `event` by itself, several at once.
pub async fn each(
    event: SqsEvent,
    dead: &DeadLetters,
    work: impl AsyncFn(&str) -> Result<(), Failure>,
) -> SqsBatchResponse {
    let outcomes = event
        .records
        .iter()
        .map(|message| handle(message, dead, &work));
    let failed = join_all(outcomes).await.into_iter().filter_map(Result::err);
    response(failed)
}

/// Handles the messages of a FIFO queue: those of one group in order, groups side by side. The first failure of a group
/// returns that message and all later ones of the group; other groups go on.
pub async fn in_order(
    event: SqsEvent,
    dead: &DeadLetters,
    work: impl AsyncFn(&str) -> Result<(), Failure>,
) -> SqsBatchResponse {
    let mut groups: BTreeMap<&str, Vec<&SqsMessage>> = BTreeMap::new();
    for message in &event.records {
        let group = message
            .attributes
            .get("MessageGroupId")
            .map_or("", String::as_str);
        groups.entry(group).or_default().push(message);
    }
    let outcomes = groups.into_values().map(async |messages| {
        let mut failed = Vec::new();
        for message in messages {
            if !failed.is_empty() {
                failed.push(id_of(message));
            } else if let Err(id) = handle(message, dead, &work).await {
                failed.push(id);
            }
        }
        failed
    });
    response(join_all(outcomes).await.into_iter().flatten())
}

fn response(failed: impl IntoIterator<Item = String>) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    response.set_failures(failed);
    response
}

/// SQS brings back the whole batch for an empty id: right, if it ever sent none.
fn id_of(message: &SqsMessage) -> String {
    message.message_id.clone().unwrap_or_default()
}

async fn handle(
    message: &SqsMessage,
    dead: &DeadLetters,
    work: &impl AsyncFn(&str) -> Result<(), Failure>,
) -> Result<(), String> {
    let id = id_of(message);
    let body = message.body.as_deref().unwrap_or_default();
    let group = message.attributes.get("MessageGroupId").map(String::as_str);
    let span = tracing::info_span!("message", queue.message.id = %id);
    async {
        let outcome = AssertUnwindSafe(work(body)).catch_unwind().await;
        let reason = match outcome {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(Failure::Dead(reason))) => reason,
            Ok(Err(Failure::Retry(error))) => {
                tracing::error!(error = %in_full(&*error), "message {id} failed and will come back");
                return Err(id.clone());
            }
            Err(_) => {
                tracing::error!("message {id} made the code panic and will come back");
                return Err(id.clone());
            }
        };
        match dead.put(&id, group, body, &reason).await {
            Ok(()) => {
                tracing::error!(reason, "message {id} cannot be handled and was put away");
                Ok(())
            }
            Err(error) => {
                tracing::error!(error = %in_full(&error), reason, "message {id} cannot be handled, nor be put away");
                Err(id.clone())
            }
        }
    }
    .instrument(span)
    .await
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn event(messages: &[(&str, &str)]) -> SqsEvent {
        let records: Vec<_> = messages
            .iter()
            .enumerate()
            .map(|(n, (group, body))| {
                serde_json::json!({"messageId": n.to_string(), "body": body, "attributes": {"MessageGroupId": group}})
            })
            .collect();
        serde_json::from_value(serde_json::json!({ "Records": records })).unwrap()
    }

    fn nowhere() -> DeadLetters {
        let aws = aws_config::SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::v2026_01_12())
            .region(aws_config::Region::new("eu-south-1"))
            .build();
        DeadLetters::new(&aws, "http://127.0.0.1:9/dead")
    }

    fn failed(response: &SqsBatchResponse) -> Vec<&str> {
        response
            .batch_item_failures
            .iter()
            .map(|failure| failure.item_identifier.as_str())
            .collect()
    }

    async fn work(body: &str) -> Result<(), Failure> {
        match body {
            "bad" => Err(Failure::Retry("not now".into())),
            "panic" => panic!("{body}"),
            _ => Ok(()),
        }
    }

    #[tokio::test]
    async fn only_what_failed_comes_back_even_after_a_panic() {
        let event = event(&[("", "good"), ("", "bad"), ("", "panic"), ("", "good")]);

        let response = each(event, &nowhere(), work).await;

        assert_eq!(failed(&response), ["1", "2"]);
    }

    #[tokio::test]
    async fn a_failure_holds_up_its_own_group_and_no_other() {
        let event = event(&[
            ("a", "good"),
            ("b", "good"),
            ("a", "bad"),
            ("a", "good"),
            ("b", "good"),
        ]);
        let handled = Mutex::new(Vec::new());

        let response = in_order(event, &nowhere(), async |body: &str| {
            handled.lock().unwrap().push(body.to_owned());
            work(body).await
        })
        .await;

        let mut back = failed(&response);
        back.sort_unstable();
        assert_eq!(back, ["2", "3"]);
        assert_eq!(
            handled.lock().unwrap().len(),
            4,
            "the last of group a was not tried"
        );
    }
}
