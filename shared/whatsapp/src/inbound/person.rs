//! What WhatsApp says of a person outside of messages: a wish about marketing, and a new id.

use domain::Instant;
use domain::contact::Phone;

use super::Sender;
use crate::lenient::{instant, json, word};
use crate::webhook::{QueuedPreference, QueuedRotation, Unreadable};

/// Somebody has used WhatsApp's own switch (field `user_preferences`). It means what it names and nothing more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preference {
    /// Who.
    pub sender: Sender,
    /// Of which messages: `marketing_messages`.
    pub category: String,
    /// What they want.
    pub wish: Wish,
    /// When they said so.
    pub at: Instant,
}

/// What somebody wants of a category of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// No more of them.
    Stop,
    /// Again.
    Resume,
    /// They signed up for them.
    SignUp {
        /// Meta's id of it.
        id: Option<String>,
    },
    /// Something new, by Meta's word.
    Other(String),
}

/// Somebody has another id (field `user_id_update`): it comes with a change of number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// Who they were.
    pub previous: Sender,
    /// Who they are.
    pub current: Sender,
    /// A number of theirs. Meta does not say whether it is the old one or the new.
    pub number: Option<Phone>,
    /// Since when.
    pub at: Instant,
}

impl Preference {
    pub(super) fn of(queued: &QueuedPreference) -> Result<Self, Unreadable> {
        let preference = json(queued.preference.get())?;
        let contact = queued.contact.as_ref();
        let contact = contact
            .and_then(|raw| json(raw.get()).ok())
            .unwrap_or_default();
        let wish = word(&preference, "value").ok_or(Unreadable::Without("a value"))?;
        // The item has the members of a contact, and the contact those of none.
        let claims = [&preference, &contact].map(|part| {
            ["wa_id", "user_id", "parent_user_id"].map(|key| word(part, key).unwrap_or_default())
        });
        Ok(Self {
            sender: Sender::of_claims(claims.iter().flatten().map(String::as_str))
                .ok_or(Unreadable::Without("a person"))?,
            category: word(&preference, "category")
                .map(|category| category.chars().take(64).collect())
                .ok_or(Unreadable::Without("a category"))?,
            wish: match wish.as_str() {
                "stop" => Wish::Stop,
                "resume" => Wish::Resume,
                "signup" => Wish::SignUp {
                    id: word(&preference, "signup_id"),
                },
                _ => Wish::Other(wish.chars().take(64).collect()),
            },
            at: instant(&preference, "timestamp").ok_or(Unreadable::Without("a timestamp"))?,
        })
    }
}

impl Rotation {
    pub(super) fn of(queued: &QueuedRotation) -> Result<Self, Unreadable> {
        let rotation = json(queued.rotation.get())?;
        let side = |side: &str| {
            ["user_id", "parent_user_id"].map(|id| word(&rotation[id], side).unwrap_or_default())
        };
        let (previous, current) = (side("previous"), side("current"));
        let known = |ids: &[String]| Sender::of_claims(ids.iter().map(String::as_str));
        Ok(Self {
            previous: known(&previous).ok_or(Unreadable::Without("a previous id"))?,
            current: known(&current).ok_or(Unreadable::Without("a current id"))?,
            number: word(&rotation, "wa_id").and_then(|number| number.parse().ok()),
            at: instant(&rotation, "timestamp").ok_or(Unreadable::Without("a timestamp"))?,
        })
    }
}
