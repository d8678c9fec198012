//! Queues: what goes in, and where what nobody can handle ends.

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{MessageAttributeValue, SendMessageBatchRequestEntry};
use serde::Serialize;

use crate::AwsError;

/// A message was not queued: worth another try.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// SQS did not answer, or refused the call.
    #[error("SQS did not take it")]
    Sqs(#[source] AwsError),
    /// SQS took the call and refused some of its messages.
    #[error("SQS refused {0} of the messages")]
    Some(usize),
    /// It does not serialise: a bug of ours.
    #[error("it does not serialise")]
    Serialise(#[from] serde_json::Error),
}

/// A message for a FIFO queue.
#[derive(Debug, Clone)]
pub struct Ordered {
    /// Messages of one group are handled in order.
    pub group: String,
    /// Two messages with the same key within five minutes are one.
    pub deduplication: String,
    /// The message itself.
    pub body: String,
}

/// A queue to put messages in.
#[derive(Debug, Clone)]
pub struct Queue {
    sqs: Client,
    url: String,
}

/// SQS takes at most ten messages in a call.
const CALL: usize = 10;
/// And at most 1 MiB in all of them; with room for their attributes.
const CALL_BYTES: usize = 900 * 1024;
/// How many calls of one body are under way at once.
const LANES: usize = 8;

impl Queue {
    /// The queue at `url`.
    pub fn new(aws: &SdkConfig, url: impl Into<String>) -> Self {
        Self {
            sqs: Client::new(aws),
            url: url.into(),
        }
    }

    /// Queues one message.
    pub async fn send<T: Serialize>(&self, message: &T) -> Result<(), SendError> {
        self.send_after(message, 0).await
    }

    /// Queues one message, to be seen after `seconds` (at most 900, SQS's limit).
    pub async fn send_after<T: Serialize>(
        &self,
        message: &T,
        seconds: i32,
    ) -> Result<(), SendError> {
        self.sqs
            .send_message()
            .queue_url(&self.url)
            .message_body(serde_json::to_string(message)?)
            .set_delay_seconds((seconds > 0).then_some(seconds))
            .send()
            .await
            .map_err(|error| SendError::Sqs(error.into()))?;
        Ok(())
    }

    /// One message needs no batch: most calls of Meta bring one.
    async fn send_text(
        &self,
        body: String,
        group: Option<String>,
        deduplication: Option<String>,
    ) -> Result<(), SendError> {
        self.sqs
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .set_message_group_id(group)
            .set_message_deduplication_id(deduplication)
            .send()
            .await
            .map_err(|error| SendError::Sqs(error.into()))?;
        Ok(())
    }

    /// Queues `bodies`, in no order. All are queued when it returns `Ok`; after an error some may be.
    pub async fn send_all(&self, mut bodies: Vec<String>) -> Result<(), SendError> {
        if bodies.len() <= 1 {
            return match bodies.pop() {
                Some(body) => self.send_text(body, None, None).await,
                None => Ok(()),
            };
        }
        let calls = in_calls(bodies.into_iter().map(|body| (body.len(), entry(body))));
        self.in_lanes(deal(calls)).await
    }

    /// Queues `messages`, those of one group in their order. All are queued when it returns `Ok`.
    pub async fn send_ordered(&self, mut messages: Vec<Ordered>) -> Result<(), SendError> {
        if messages.len() <= 1 {
            return match messages.pop() {
                Some(Ordered {
                    group,
                    deduplication,
                    body,
                }) => self.send_text(body, Some(group), Some(deduplication)).await,
                None => Ok(()),
            };
        }
        let mut lanes: Vec<Vec<(usize, Entry)>> = (0..LANES).map(|_| Vec::new()).collect();
        for message in messages {
            // One group, one lane: the calls of a lane follow one another.
            let lane = message.group.bytes().fold(0_usize, |sum, byte| {
                sum.wrapping_mul(31) + usize::from(byte)
            }) % LANES;
            let size = message.body.len();
            lanes[lane].push((
                size,
                entry(message.body)
                    .message_group_id(message.group)
                    .message_deduplication_id(message.deduplication),
            ));
        }
        self.in_lanes(lanes.into_iter().map(in_calls).collect())
            .await
    }

    async fn in_lanes(&self, lanes: Vec<Vec<Vec<Entry>>>) -> Result<(), SendError> {
        let lanes = lanes.into_iter().map(async |calls| {
            for call in calls {
                self.call(call).await?;
            }
            Ok(())
        });
        futures::future::try_join_all(lanes).await.map(|_| ())
    }

    async fn call(&self, entries: Vec<Entry>) -> Result<(), SendError> {
        let entries = entries
            .into_iter()
            .enumerate()
            .map(|(n, entry)| entry.id(n.to_string()).build())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| SendError::Sqs(error.into()))?;
        let answer = self
            .sqs
            .send_message_batch()
            .queue_url(&self.url)
            .set_entries(Some(entries))
            .send()
            .await
            .map_err(|error| SendError::Sqs(error.into()))?;
        match answer.failed().len() {
            0 => Ok(()),
            refused => Err(SendError::Some(refused)),
        }
    }
}

type Entry = aws_sdk_sqs::types::builders::SendMessageBatchRequestEntryBuilder;

fn entry(body: String) -> Entry {
    SendMessageBatchRequestEntry::builder().message_body(body)
}

/// Entries in calls of at most ten, within SQS's size.
fn in_calls(entries: impl IntoIterator<Item = (usize, Entry)>) -> Vec<Vec<Entry>> {
    let mut calls: Vec<Vec<Entry>> = Vec::new();
    let mut bytes = 0;
    for (size, entry) in entries {
        match calls.last_mut() {
            Some(call) if call.len() < CALL && bytes + size <= CALL_BYTES => {
                call.push(entry);
                bytes += size;
            }
            _ => {
                calls.push(vec![entry]);
                bytes = size;
            }
        }
    }
    calls
}

fn deal(calls: Vec<Vec<Entry>>) -> Vec<Vec<Vec<Entry>>> {
    let mut lanes: Vec<Vec<Vec<Entry>>> = (0..LANES.min(calls.len())).map(|_| Vec::new()).collect();
    for (n, call) in calls.into_iter().enumerate() {
        lanes[n % LANES].push(call);
    }
    lanes
}

/// Where a message ends that no code can handle: at once, with its reason, instead of after five vain tries.
#[derive(Debug, Clone)]
pub struct DeadLetters(Queue);

impl DeadLetters {
    /// The dead-letter queue at `url`.
    pub fn new(aws: &SdkConfig, url: impl Into<String>) -> Self {
        Self(Queue::new(aws, url))
    }

    /// Puts away `body` for `reason`. From a FIFO queue it keeps its group, so that a redrive keeps the order.
    pub async fn put(
        &self,
        id: &str,
        group: Option<&str>,
        body: &str,
        reason: &str,
    ) -> Result<(), SendError> {
        let reason: String = reason.chars().take(500).collect();
        let attribute = MessageAttributeValue::builder()
            .data_type("String")
            .string_value(if reason.is_empty() {
                "no reason"
            } else {
                &reason
            })
            .build()
            .map_err(|error| SendError::Sqs(error.into()))?;
        self.0
            .sqs
            .send_message()
            .queue_url(&self.0.url)
            .message_body(body)
            .message_attributes("reason", attribute)
            .set_message_group_id(group.map(str::to_owned))
            .set_message_deduplication_id(group.map(|_| id.to_owned()))
            .send()
            .await
            .map_err(|error| SendError::Sqs(error.into()))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(sizes: &[usize]) -> Vec<usize> {
        in_calls(sizes.iter().map(|size| (*size, entry(String::new()))))
            .iter()
            .map(Vec::len)
            .collect()
    }

    #[test]
    fn a_call_has_at_most_ten_messages_and_never_too_many_bytes() {
        assert_eq!(sizes(&[1; 25]), [10, 10, 5]);
        assert_eq!(sizes(&[400 * 1024; 5]), [2, 2, 1]);
        assert_eq!(sizes(&[2_000_000, 1]), [1, 1]);
        assert_eq!(sizes(&[]), [0_usize; 0]);
    }
}
