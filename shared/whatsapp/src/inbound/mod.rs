//! What the number's `inbound` queue brings: a citizen's message, a wish about marketing, a new id of somebody (Meta,
//! webhooks reference).

use domain::Instant;
use domain::ids::Wamid;
use serde_json::Value;

mod content;
mod heard;
mod person;
mod read;
mod sender;

pub use content::{Card, CardPhone, Content, Item, Location, MediaRef, Origin, System};
pub use person::{Preference, Rotation, Wish};
pub use sender::Sender;

use crate::lenient::{instant, json, object, parsed, text, truth, word};
use crate::webhook::{QueuedInbound, QueuedPreference, QueuedRotation, Unreadable};

/// Something from the `inbound` queue.
#[derive(Debug, Clone, PartialEq)]
pub enum FromInbound {
    /// Somebody wrote.
    Message(Box<Inbound>),
    /// Somebody has switched marketing off or on in WhatsApp.
    Preference(Preference),
    /// Somebody has another id.
    Rotation(Rotation),
}

/// A message that somebody sent to the number.
#[derive(Debug, Clone, PartialEq)]
pub struct Inbound {
    /// Meta's id.
    pub id: Wamid,
    /// When it was written.
    pub at: Instant,
    /// Which number of ours it was written to, by Meta's id of it.
    pub number: String,
    /// By what names the sender is known.
    pub sender: Sender,
    /// The message of ours or theirs that it quotes or answers.
    pub quoted: Option<Wamid>,
    /// Whether it was passed on from another conversation.
    pub forwarded: bool,
    /// The group it was written in: then it is not addressed to us alone.
    pub group: Option<String>,
    /// The advertisement that brought the sender here.
    pub referral: Option<Referral>,
    /// What it carries.
    pub content: Content,
}

/// An advertisement or a post that somebody came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referral {
    /// `ad` or `post`.
    pub kind: Option<String>,
    /// Meta's id of it.
    pub id: Option<String>,
    /// Where it is.
    pub url: Option<String>,
}

impl FromInbound {
    /// Reads a message of the queue.
    pub fn read(body: &str) -> Result<Self, Unreadable> {
        if let Ok(queued) = object::<QueuedInbound>(body) {
            return Inbound::of(&queued).map(Box::new).map(Self::Message);
        }
        if let Ok(queued) = object::<QueuedPreference>(body) {
            return Preference::of(&queued).map(Self::Preference);
        }
        match object::<QueuedRotation>(body) {
            Ok(queued) => Rotation::of(&queued).map(Self::Rotation),
            Err(error) => Err(error.into()),
        }
    }
}

impl Inbound {
    /// Reads a message from the queue.
    pub fn read(queued: &str) -> Result<Self, Unreadable> {
        Self::of(&object(queued)?)
    }

    fn of(queued: &QueuedInbound) -> Result<Self, Unreadable> {
        let message = json(queued.message.get())?;
        let contact = queued.contact.as_ref();
        let contact = contact
            .and_then(|raw| json(raw.get()).ok())
            .unwrap_or_default();
        let context = &message["context"];
        Ok(Self {
            id: parsed(&message, "id").ok_or(Unreadable::Without("an id"))?,
            at: instant(&message, "timestamp").ok_or(Unreadable::Without("a timestamp"))?,
            number: queued.phone_number_id.clone(),
            sender: sender(&message, &contact).ok_or(Unreadable::Without("a sender"))?,
            quoted: parsed(context, "id"),
            forwarded: ["forwarded", "frequently_forwarded"]
                .iter()
                .any(|key| truth(context, key) == Some(true)),
            group: word(&message, "group_id"),
            referral: message["referral"].is_object().then(|| Referral {
                kind: word(&message["referral"], "source_type"),
                id: word(&message["referral"], "source_id"),
                url: word(&message["referral"], "source_url"),
            }),
            content: read::content(&message),
        })
    }
}

/// Whoever `message` is from, by all the places that say so.
fn sender(message: &Value, contact: &Value) -> Option<Sender> {
    let claims: Vec<String> = [
        text(message, "from"),
        text(message, "from_user_id"),
        text(message, "from_parent_user_id"),
        text(contact, "wa_id"),
        text(contact, "user_id"),
        text(contact, "parent_user_id"),
    ]
    .into_iter()
    .flatten()
    .collect();
    Sender::of_claims(claims.iter().map(String::as_str))
}

#[cfg(test)]
mod tests;
