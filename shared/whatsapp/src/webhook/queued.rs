//! An update on its way through a queue: as Meta wrote it, with what is needed to read it by itself.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// An update that cannot be read, and why. It goes to the dead-letter queue with this as its reason.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is not the JSON that the webhook queued.
    ///
    /// Where it fails is told, not on what: that may be a citizen's words.
    #[error("not an update: {0:?} at column {1}")]
    NotAnUpdate(serde_json::error::Category, usize),
    /// It has no id of its own.
    #[error("without {0}")]
    Without(&'static str),
}

impl From<serde_json::Error> for Unreadable {
    fn from(error: serde_json::Error) -> Self {
        Self::NotAnUpdate(error.classify(), error.column())
    }
}

/// An inbound message on its way through the queue.
#[derive(Debug, Serialize, Deserialize)]
pub struct QueuedInbound {
    /// The number it was written to.
    pub phone_number_id: String,
    /// Meta's `contacts[]` item of the sender, where there was one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub contact: Option<Box<RawValue>>,
    /// Meta's `messages[]` item.
    pub message: Box<RawValue>,
}

/// A wish about a category of messages on its way through the queue of messages.
#[derive(Debug, Serialize, Deserialize)]
pub struct QueuedPreference {
    /// The number it was said to.
    pub phone_number_id: String,
    /// Meta's `contacts[]` item of the person, where there was one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub contact: Option<Box<RawValue>>,
    /// Meta's `user_preferences[]` item.
    pub preference: Box<RawValue>,
}

/// A new id of somebody on its way through the queue of messages.
#[derive(Debug, Serialize, Deserialize)]
pub struct QueuedRotation {
    /// The number that was told.
    pub phone_number_id: String,
    /// Meta's `user_id_update[]` item.
    pub rotation: Box<RawValue>,
}

/// A status on its way through the queue.
#[derive(Debug, Serialize, Deserialize)]
pub struct QueuedStatus {
    /// The number it was sent from.
    pub phone_number_id: String,
    /// Meta's `statuses[]` item.
    pub status: Box<RawValue>,
}

/// Something about the account on its way through the queue of statuses.
#[derive(Debug, Serialize, Deserialize)]
pub struct QueuedChange {
    /// Meta's field; `messages.errors` for the errors that stand beside messages.
    pub field: String,
    /// Which account (`entry.id`).
    pub waba_id: String,
    /// When (`entry.time`), where it is said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub time: Option<i64>,
    /// Meta's `value`.
    pub value: Box<RawValue>,
}
