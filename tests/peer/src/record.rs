//! The record: what was asked of the Graph part, what each phone really got, and how the webhooks fared. Tests and the
//! demo count from here, not from what the system says of itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A message that the Graph part accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The id it was given.
    pub wamid: String,
    /// `to` of the request, as written there.
    pub to: Option<String>,
    /// `recipient` of the request.
    pub recipient: Option<String>,
    /// The phone it was for, where there is one.
    pub phone: Option<String>,
    /// `text`, `template`, or the inner type of an interactive message.
    pub kind: String,
    /// What a person reads, header to footer.
    pub text: String,
    /// The template's name.
    pub template: Option<String>,
    /// What it is billed as.
    pub category: String,
    /// `biz_opaque_callback_data`.
    pub opaque: Option<String>,
    /// Milliseconds since 1970, when it was accepted.
    pub at_ms: u64,
    /// It is on the phone.
    pub delivered: bool,
    /// The code it failed with.
    pub failed: Option<i64>,
    /// The statuses that the business's webhook has taken, in the order it took them; with repeats, where there were.
    pub acknowledged: Vec<String>,
}

/// A request that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The code of the error.
    pub code: i64,
    /// What the error says.
    pub details: String,
    /// `to` or `recipient` of the request, where it could be read.
    pub address: Option<String>,
    /// Milliseconds since 1970.
    pub at_ms: u64,
}

/// Totals since the start or the last reset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Calls of the messages endpoint, whatever came of them.
    pub requests: u64,
    /// Messages accepted.
    pub accepted: u64,
    /// Refusals by code.
    pub refused: BTreeMap<String, u64>,
    /// Calls that marked a message as read.
    pub marked_read: u64,
    /// Messages that citizens wrote.
    pub written: u64,
    /// Updates put on their way to the webhook, repeats included.
    pub updates: u64,
    /// Of these, repeats made on purpose.
    pub repeats: u64,
    /// Updates dropped: no webhook is set, or all tries were used up.
    pub dropped: u64,
    /// Posts to the webhook, every try counted.
    pub webhook_posts: u64,
    /// Posts answered with anything but 200.
    pub webhook_non_200: u64,
    /// Posts without an answer.
    pub webhook_unanswered: u64,
    /// Updates that the webhook has not yet taken.
    pub pending_webhooks: u64,
    /// News about the account, a template or a person, put on its way.
    #[serde(default)]
    pub events: u64,
    /// Of these, taken by the webhook; repeats included.
    #[serde(default)]
    pub events_taken: u64,
    /// Downloads asked for, whatever came of them.
    #[serde(default)]
    pub downloads: u64,
    /// Times that a redirect to another host was followed with the token.
    #[serde(default)]
    pub tokens_leaked: u64,
}

/// The record, whole or of one phone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Accepted messages, oldest first.
    pub messages: Vec<Sent>,
    /// Refused requests, oldest first.
    pub refusals: Vec<Refused>,
    /// Totals, always of all phones.
    pub counters: Counters,
}

impl Record {
    /// The part about one phone.
    #[must_use]
    pub fn of_phone(&self, id: &str) -> Self {
        Self {
            messages: self
                .messages
                .iter()
                .filter(|sent| sent.phone.as_deref() == Some(id))
                .cloned()
                .collect(),
            refusals: Vec::new(),
            counters: self.counters.clone(),
        }
    }

    /// The messages that carry this `biz_opaque_callback_data`: more than one means that somebody got it twice.
    pub fn with_opaque(&self, opaque: &str) -> impl Iterator<Item = &Sent> {
        self.messages
            .iter()
            .filter(move |sent| sent.opaque.as_deref() == Some(opaque))
    }

    pub(crate) fn refuse(&mut self, refused: Refused) {
        *self
            .counters
            .refused
            .entry(refused.code.to_string())
            .or_default() += 1;
        self.refusals.push(refused);
    }
}
