//! SQS, as far as sending goes: every message is taken, nothing is kept.
//!
//! But for the dead-letter queues, which take nothing: a function that gives its message up is not doing what is measured.

use md5::{Digest as _, Md5};
use serde_json::{Value, json};

/// How the names of dead-letter queues end here.
pub const DEAD_LETTERS: &str = "-dead-letters";

/// The answer to `SendMessage`.
pub(super) fn send_message(request: &Value) -> Option<Value> {
    is_open(request).then(|| taken(request))
}

/// The answer to `SendMessageBatch`: every entry under its own id.
pub(super) fn send_message_batch(request: &Value) -> Option<Value> {
    let entries = request["Entries"].as_array()?;
    let successful: Vec<Value> = entries
        .iter()
        .map(|entry| {
            let mut taken = taken(entry);
            taken["Id"] = entry["Id"].clone();
            taken
        })
        .collect();
    is_open(request).then(|| json!({"Successful": successful, "Failed": []}))
}

fn is_open(request: &Value) -> bool {
    let url = request["QueueUrl"].as_str();
    url.is_some_and(|url| !url.ends_with(DEAD_LETTERS))
}

/// What SQS says of one message: SDKs that compare the digest with what they sent find it right.
fn taken(message: &Value) -> Value {
    let body = message["MessageBody"].as_str().unwrap_or_default();
    let mut taken = json!({
        "MessageId": "00000000-0000-4000-8000-000000000002",
        "MD5OfMessageBody": digest(body),
    });
    if message.get("MessageGroupId").is_some() {
        taken["SequenceNumber"] = "18870000000000000001".into();
    }
    taken
}

/// The digest by which SQS names a body.
pub fn digest(body: &str) -> String {
    hex::encode(Md5::digest(body))
}
