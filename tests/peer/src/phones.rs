//! The phones: each citizen's WhatsApp, as far as a business number can tell. A phone keeps what it received and what it
//! wrote; how it behaves (gets the message, reads it, fails it) is set from outside.

pub(crate) mod book;
pub(crate) mod taps;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// How long a chat stays open for free text after the citizen's last message.
pub const WINDOW_SECONDS: u64 = 24 * 60 * 60;

/// How long "is writing" stays on the screen.
const TYPING_SECONDS: u64 = 25;

/// A citizen's phone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Phone {
    /// The peer's own name for it, as used in the addresses of the control API.
    pub id: String,
    /// The name the citizen chose to show.
    pub name: String,
    /// The number, digits only. Absent: the person can be reached by `bsuid` alone.
    pub phone: Option<String>,
    /// The business-scoped user id.
    pub bsuid: String,
    /// The username, for those who have taken one.
    pub username: Option<String>,
    /// Webhooks leave the number out, as Meta does for people with a username whom the business does not know yet.
    pub hide_phone: bool,
    /// What happens to a message that is sent to it.
    pub behaviour: Behaviour,
    /// Seconds since 1970 of the last message it wrote: the window opens there.
    pub last_wrote_at: Option<u64>,
    /// Until when the business is shown as writing.
    pub typing_until: Option<u64>,
    /// The citizen has told WhatsApp to stop this business's marketing: it is refused with 131050.
    #[serde(default)]
    pub marketing_stopped: bool,
    /// The business has blocked this person: what it sends is refused with 130403.
    #[serde(default)]
    pub blocked: bool,
    /// Received and written, oldest first. In lists of phones, the latest alone.
    #[serde(default)]
    pub messages: Vec<Message>,
}

/// What a phone does with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Behaviour {
    /// The message arrives. Otherwise it stays at one tick for ever, as on a phone that is off or has blocked us.
    pub deliver: bool,
    /// The citizen opens it, and lets us know.
    pub read: bool,
    /// The message fails with this code after `sent`.
    pub fail_code: Option<i64>,
    /// Shortest and longest time between two statuses; the peer's own where absent.
    pub delay_ms: Option<(u64, u64)>,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            deliver: true,
            read: true,
            fail_code: None,
            delay_ms: None,
        }
    }
}

/// A bubble in the chat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its id, on both sides.
    pub wamid: String,
    /// Who wrote it.
    pub direction: Direction,
    /// What the bubble shows.
    #[serde(flatten)]
    pub content: Content,
    /// Milliseconds since 1970.
    pub at_ms: u64,
    /// How far it has come.
    pub state: State,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<String>,
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the business number to this phone.
    Received,
    /// By the citizen.
    Written,
}

/// How far a message has come. For one that was written: `accepted` until the business's webhook took it, then
/// `delivered`, and `read` once the business says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Under way.
    Accepted,
    /// Arrived.
    Delivered,
    /// Opened.
    Read,
}

/// What a bubble shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// The type on the wire; of interactive messages, the inner one: `text`, `template`, `button`, `list`, `image`…
    pub kind: String,
    /// A line above the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// The text as a person reads it, variables filled in.
    pub text: String,
    /// A small line under the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// The id of the image, the document… that comes with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<String>,
    /// What can be tapped.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
}

impl Content {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self {
            kind: "text".to_owned(),
            text: text.into(),
            ..Self::default()
        }
    }

    /// Header, text and footer, as a person reads them.
    pub(crate) fn in_full(&self) -> String {
        let lines = [
            self.header.as_deref(),
            Some(self.text.as_str()),
            self.footer.as_deref(),
        ];
        lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
    }
}

/// Something to tap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What a tap does.
    pub kind: ButtonKind,
    /// What comes back to the business.
    pub id: String,
    /// What is written on it.
    pub title: String,
    /// The second line of a list's row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where it leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What a tap on a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonKind {
    /// Answers with `interactive.button_reply`.
    Reply,
    /// Answers with `interactive.list_reply`.
    Row,
    /// A template's button: answers with `button`.
    QuickReply,
    /// Opens a page.
    Url,
    /// Calls a number.
    Call,
    /// Sends a position.
    Location,
    /// Shares the number.
    Contact,
    /// Opens a form, which answers with `interactive.nfm_reply`.
    Flow,
}

impl Phone {
    /// Whether free text may be sent to it.
    pub fn window_is_open(&self, now: u64) -> bool {
        self.last_wrote_at
            .is_some_and(|at| now < at + WINDOW_SECONDS)
    }

    /// The number as webhooks show it.
    pub fn visible_number(&self) -> Option<&str> {
        self.phone.as_deref().filter(|_| !self.hide_phone)
    }

    /// The same phone with no more than its latest message, for lists.
    pub(crate) fn in_list(&self) -> Self {
        Self {
            messages: self.messages.last().cloned().into_iter().collect(),
            ..self.clone()
        }
    }

    /// The messages that came in, oldest first.
    pub fn received(&self) -> impl Iterator<Item = &Message> {
        self.messages
            .iter()
            .filter(|message| message.direction == Direction::Received)
    }

    /// Whether `address` (number with or without `+`, BSUID or the peer's id) means this phone.
    pub fn answers_to(&self, address: &str) -> bool {
        let digits = address.strip_prefix('+').unwrap_or(address);
        self.id == address || self.bsuid == address || self.phone.as_deref() == Some(digits)
    }

    pub(crate) fn contact(&self, with_username: bool) -> Value {
        let mut profile = json!({"name": self.name});
        if let (true, Some(username)) = (with_username, &self.username) {
            profile["username"] = Value::from(username.as_str());
        }
        let mut contact = json!({"profile": profile, "user_id": self.bsuid});
        if let Some(number) = self.visible_number() {
            contact["wa_id"] = Value::from(number);
        }
        contact
    }

    /// The message as the webhook carries it: `body` holds `type` and what belongs to it.
    pub(crate) fn envelope(&self, wamid: &str, timestamp: u64, body: &Map<String, Value>) -> Value {
        let mut message = body.clone();
        message.insert("id".to_owned(), Value::from(wamid));
        message.insert("from_user_id".to_owned(), Value::from(self.bsuid.as_str()));
        if let Some(number) = self.visible_number() {
            message.insert("from".to_owned(), Value::from(number));
        }
        message.insert("timestamp".to_owned(), Value::from(timestamp.to_string()));
        Value::Object(message)
    }

    pub(crate) fn show_typing(&mut self, now: u64) {
        self.typing_until = Some(now + TYPING_SECONDS);
    }

    pub(crate) fn message_mut(&mut self, wamid: &str) -> Option<&mut Message> {
        self.messages
            .iter_mut()
            .rev()
            .find(|message| message.wamid == wamid)
    }
}

/// Whether this is a business-scoped user id: country, dot, optional `ENT.`, up to 128 letters and digits.
pub fn is_bsuid(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else {
        return false;
    };
    let name = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=128).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bsuid_is_told_from_a_number() {
        assert!(is_bsuid("IT.8Kd02LmQ") && is_bsuid("IT.ENT.77aa"));
        assert!(
            !is_bsuid("+393330000000")
                && !is_bsuid("it.8Kd")
                && !is_bsuid("IT.")
                && !is_bsuid("IT.a-b")
        );
        assert!(!is_bsuid(&format!("IT.{}", "a".repeat(129))));
    }
}
