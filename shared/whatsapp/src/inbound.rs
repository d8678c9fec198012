//! A citizen's message as Meta writes it (Meta, webhooks reference, messages).

use domain::Instant;
use domain::contact::{Bsuid, Contact, Phone};
use domain::conversation::{Heard, What};
use domain::ids::Wamid;
use serde::Deserialize;

use crate::webhook::{QueuedInbound, Unreadable};

/// A message that somebody sent to the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    /// Meta's id.
    pub id: Wamid,
    /// When it was written.
    pub at: Instant,
    /// How the sender is known.
    pub contact: Contact,
    /// What it carries.
    pub content: Content,
}

/// What a message carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Typed text.
    Text(String),
    /// A tap on a button or a row, with its words.
    Choice(String),
    /// A reaction to another message, or its removal.
    Reaction,
    /// Something WhatsApp says of the sender: a new number, a new id.
    System,
    /// A message changed or taken back.
    Changed,
    /// Any other type, by Meta's name.
    Other(String),
}

#[derive(Deserialize)]
struct Message {
    id: Option<String>,
    timestamp: Option<Seconds>,
    from: Option<String>,
    from_user_id: Option<String>,
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(default)]
    text: Option<Text>,
    #[serde(default)]
    button: Option<Button>,
    #[serde(default)]
    interactive: Option<Interactive>,
}

#[derive(Deserialize)]
struct Text {
    body: String,
}

#[derive(Deserialize)]
struct Button {
    text: Option<String>,
    payload: Option<String>,
}

#[derive(Deserialize)]
struct Interactive {
    button_reply: Option<Titled>,
    list_reply: Option<Titled>,
}

#[derive(Deserialize)]
struct Titled {
    title: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Sender {
    wa_id: Option<String>,
    user_id: Option<String>,
}

/// Unix seconds: a string in messages and statuses, an integer elsewhere.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Seconds {
    Text(String),
    Number(i64),
}

impl Seconds {
    pub(crate) fn instant(&self) -> Option<Instant> {
        let seconds = match self {
            Self::Text(text) => text.trim().parse().ok()?,
            Self::Number(number) => *number,
        };
        Instant::from_second(seconds).ok()
    }
}

impl Inbound {
    /// Reads a message from the queue.
    pub fn read(queued: &str) -> Result<Self, Unreadable> {
        let queued: QueuedInbound = serde_json::from_str(queued)?;
        let message: Message = serde_json::from_str(queued.message.get())?;
        let sender: Sender = queued
            .contact
            .and_then(|raw| serde_json::from_str(raw.get()).ok())
            .unwrap_or_default();

        let id = message
            .id
            .as_deref()
            .and_then(|id| id.parse().ok())
            .ok_or(Unreadable::Without("an id"))?;
        let at = message
            .timestamp
            .as_ref()
            .and_then(Seconds::instant)
            .ok_or(Unreadable::Without("a timestamp"))?;
        let contact = contact(&message, &sender).ok_or(Unreadable::Without("a sender"))?;
        Ok(Self {
            id,
            at,
            contact,
            content: message.content(),
        })
    }

    /// The message as the conversation hears it.
    pub fn heard(self) -> Heard {
        let what = match self.content {
            Content::Text(words) | Content::Choice(words) => What::Words(words),
            Content::Reaction | Content::System | Content::Changed => What::NotAMessage,
            Content::Other(_) => What::Other,
        };
        Heard {
            id: self.id,
            at: self.at,
            contact: self.contact,
            what,
        }
    }
}

/// The sender, by whatever of the four places says so. Some producers put a BSUID into `from`: the pattern tells.
fn contact(message: &Message, sender: &Sender) -> Option<Contact> {
    let claims = || {
        [
            &message.from,
            &message.from_user_id,
            &sender.wa_id,
            &sender.user_id,
        ]
        .into_iter()
        .flatten()
    };
    let phone: Option<Phone> = claims().find_map(|claim| claim.parse().ok());
    let bsuid: Option<Bsuid> = claims().find_map(|claim| claim.parse().ok());
    Contact::new(phone, bsuid)
}

impl Message {
    fn content(self) -> Content {
        let kind = self.kind.unwrap_or_default();
        match kind.as_str() {
            "text" => self.text.map(|text| Content::Text(text.body)),
            "button" => self
                .button
                .and_then(|tap| tap.text.or(tap.payload))
                .map(Content::Choice),
            "interactive" => self
                .interactive
                .and_then(|inner| inner.button_reply.or(inner.list_reply))
                .and_then(|reply| reply.title)
                .map(Content::Choice),
            "reaction" => Some(Content::Reaction),
            "system" => Some(Content::System),
            "edit" | "revoke" => Some(Content::Changed),
            _ => None,
        }
        .unwrap_or(Content::Other(kind))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(message: &Value, contact: &Value) -> Result<Inbound, Unreadable> {
        Inbound::read(
            &json!({"phone_number_id": "106", "contact": contact, "message": message}).to_string(),
        )
    }

    #[test]
    fn a_text_is_read_from_a_person_known_by_both_names() {
        let inbound = read(
            &json!({"from": "393331234567", "from_user_id": "IT.8Kd02LmQ", "id": "wamid.HBgL", "timestamp": "1763800123",
                    "type": "text", "text": {"body": "ISCRIVIMI"}}),
            &json!({"profile": {"name": "Anna"}, "wa_id": "393331234567", "user_id": "IT.8Kd02LmQ"}),
        )
        .unwrap();

        assert_eq!(inbound.content, Content::Text("ISCRIVIMI".to_owned()));
        assert_eq!(inbound.at.to_string(), "2025-11-22T08:28:43Z");
        assert!(matches!(inbound.contact, Contact::Both { .. }));
    }

    #[test]
    fn a_person_without_a_visible_number_is_known_by_bsuid() {
        let texts = json!({"body": "ciao"});
        for (message, contact) in [
            (
                json!({"from_user_id": "IT.8Kd02LmQ", "id": "w", "timestamp": 1_763_800_123, "type": "text", "text": texts}),
                Value::Null,
            ),
            (
                json!({"from": "IT.8Kd02LmQ", "id": "w", "timestamp": "1763800123", "type": "text", "text": texts}),
                Value::Null,
            ),
            (
                json!({"id": "w", "timestamp": "1763800123", "type": "text", "text": texts}),
                json!({"user_id": "IT.8Kd02LmQ"}),
            ),
        ] {
            let inbound = read(&message, &contact).unwrap();
            assert!(
                matches!(inbound.contact, Contact::Bsuid { .. }),
                "{message}"
            );
        }
    }

    #[test]
    fn a_tap_has_the_words_of_its_button() {
        for (kind, object) in [
            ("button", json!({"payload": "P", "text": "Sì"})),
            (
                "interactive",
                json!({"type": "button_reply", "button_reply": {"id": "1", "title": "Sì"}}),
            ),
            (
                "interactive",
                json!({"type": "list_reply", "list_reply": {"id": "1", "title": "Sì", "description": "x"}}),
            ),
        ] {
            let message = json!({"from": "393331234567", "id": "w", "timestamp": "1", "type": kind, kind: object});
            assert_eq!(
                read(&message, &Value::Null).unwrap().content,
                Content::Choice("Sì".to_owned()),
                "{kind}"
            );
        }
    }

    #[test]
    fn a_type_we_do_not_know_is_still_a_message() {
        for kind in ["image", "location", "hologram"] {
            let message = json!({"from": "393331234567", "id": "w", "timestamp": "1", "type": kind, kind: {"id": 7}});
            assert_eq!(
                read(&message, &Value::Null).unwrap().content,
                Content::Other(kind.to_owned())
            );
        }
        let untyped = json!({"from": "393331234567", "id": "w", "timestamp": "1"});
        assert_eq!(
            read(&untyped, &Value::Null).unwrap().heard().what,
            What::Other
        );
    }

    #[test]
    fn what_cannot_be_answered_says_what_it_lacks() {
        let reason = |message: Value| read(&message, &Value::Null).unwrap_err().to_string();

        assert_eq!(
            reason(json!({"from": "393331234567", "timestamp": "1"})),
            "without an id"
        );
        assert_eq!(
            reason(json!({"from": "393331234567", "id": "w"})),
            "without a timestamp"
        );
        assert_eq!(
            reason(json!({"id": "w", "timestamp": "1"})),
            "without a sender"
        );
        assert!(
            Inbound::read("{")
                .unwrap_err()
                .to_string()
                .starts_with("not an update")
        );
    }
}
