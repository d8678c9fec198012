//! Batches of queue messages, as Lambda hands them to a function.

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use serde_json::{Value, json};

/// A batch of the queue `name`: each message by its group (of a FIFO queue) and its body. Their ids count from `0`.
pub fn batch(name: &str, messages: &[(&str, String)]) -> SqsEvent {
    let records: Vec<Value> = messages
        .iter()
        .enumerate()
        .map(|(n, (group, body))| {
            json!({
                "messageId": n.to_string(),
                "body": body,
                "attributes": {"MessageGroupId": group},
                "eventSource": "aws:sqs",
                "eventSourceARN": format!("arn:aws:sqs:eu-south-1:1:portavoce-rubano-{name}"),
            })
        })
        .collect();
    sample(&json!({ "Records": records }).to_string())
}

/// A batch from a file of `events/`.
pub fn sample(file: &str) -> SqsEvent {
    serde_json::from_str(file).unwrap()
}

/// The ids of the messages that come back.
pub fn back(response: &SqsBatchResponse) -> Vec<&str> {
    let failures = response.batch_item_failures.iter();
    failures
        .map(|failure| failure.item_identifier.as_str())
        .collect()
}
