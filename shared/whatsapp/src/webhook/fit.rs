//! What a queue takes: at most 1 MiB, and not every character (SQS, `SendMessage`). One update can be almost as large as a
//! whole body, 3 MB. It must not be refused for ever, and the rest of its body with it: what is too large is cut down to
//! who, when and of which kind.

use std::borrow::Cow;

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

/// The largest message of a queue; SQS takes 1,048,576 bytes.
const LARGEST: usize = 1_000_000;
/// What marks an update that was cut.
pub(crate) const OVERSIZED: &str = "oversized";

/// The characters of JSON that SQS does not take.
const ILLEGAL: [char; 2] = ['\u{fffe}', '\u{ffff}'];

/// The members that say who, when and of which kind.
const KEPT: [&str; 20] = [
    "id",
    "timestamp",
    "type",
    "from",
    "from_user_id",
    "from_parent_user_id",
    "group_id",
    "wa_id",
    "user_id",
    "parent_user_id",
    "status",
    "recipient_id",
    "recipient_user_id",
    "recipient_parent_user_id",
    "biz_opaque_callback_data",
    "category",
    "value",
    "event",
    "message_template_name",
    "message_template_language",
];
/// Longest of them that is kept.
const LONGEST: usize = 1024;

/// `raw`, or what is kept of it if it is too large.
pub(super) fn cut(raw: &RawValue) -> Option<Box<RawValue>> {
    if fits(raw.get(), LARGEST / 2) {
        return None;
    }
    let whole: Map<String, Value> = serde_json::from_str(raw.get()).unwrap_or_default();
    let mut kept: Map<String, Value> = KEPT
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), whole.get(*key)?.clone())))
        .filter(|(_, value)| match value {
            Value::String(text) => text.len() <= LONGEST,
            Value::Number(_) | Value::Bool(_) => true,
            // The ids of a rotation.
            Value::Object(_) => value.to_string().len() <= LONGEST,
            _ => false,
        })
        .collect();
    kept.insert(OVERSIZED.to_owned(), json!(true));
    serde_json::value::to_raw_value(&kept).ok()
}

/// Whether `text` is of at most `limit` bytes once it is [`legal`].
fn fits(text: &str, limit: usize) -> bool {
    text.len() <= limit / 2 || (text.len() <= limit && !text.contains(ILLEGAL))
}

/// `body` without the characters that SQS does not take. In JSON they can only stand inside a text.
pub(super) fn legal(body: String) -> String {
    if body.contains(ILLEGAL) {
        body.replace('\u{fffe}', "\\ufffe")
            .replace('\u{ffff}', "\\uffff")
    } else {
        body
    }
}

/// What stands for something so large that nothing of it can be kept: it will be put away as unreadable.
pub(super) fn body_or_mark(raw: &str) -> Cow<'_, str> {
    if fits(raw, LARGEST) {
        Cow::Borrowed(raw)
    } else {
        Cow::Owned(json!({OVERSIZED: raw.len()}).to_string())
    }
}
