//! What the control API takes and gives, beside phones and the record.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::emitter::{Answer, Signed};
use crate::phones::Behaviour;

/// A phone to be added. All but the name can be left to the peer.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewPhone {
    /// Made from the name where absent.
    pub id: Option<String>,
    /// The name the citizen shows.
    pub name: String,
    /// The number, with or without `+`. Absent: none, and webhooks carry the BSUID alone.
    pub phone: Option<String>,
    /// Invented where absent.
    pub bsuid: Option<String>,
    /// The username.
    pub username: Option<String>,
    /// Webhooks leave the number out.
    pub hide_phone: bool,
    /// What it does with messages.
    pub behaviour: Behaviour,
}

impl NewPhone {
    /// A phone without a number.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// The same phone, with this number.
    #[must_use]
    pub fn with_number(self, number: impl Into<String>) -> Self {
        Self {
            phone: Some(number.into()),
            ..self
        }
    }

    /// The same phone, behaving so.
    #[must_use]
    pub fn behaving(self, behaviour: Behaviour) -> Self {
        Self { behaviour, ..self }
    }
}

/// What changes about a phone; absent members stay.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Change {
    /// The name it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The username.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Whether webhooks leave the number out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hide_phone: Option<bool>,
    /// What it does with messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behaviour: Option<Behaviour>,
}

/// What a citizen writes: exactly one of `text`, `button` and `message`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Write {
    /// A text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A tap on a button of a message that the phone has received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub button: Option<Tap>,
    /// Any other message, as in the webhook: `type` and what belongs to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Map<String, Value>>,
    /// How often Meta posts it, under the same id. Once where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// The id; made where absent. The id of an earlier message makes a late repeat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wamid: Option<String>,
    /// Seconds since 1970; now where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<u64>,
}

/// A tap on a button.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tap {
    /// The button's id.
    pub id: String,
    /// The message it belongs to; the latest with such a button where absent.
    #[serde(default)]
    pub of: Option<String>,
}

/// A message that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Its id.
    pub wamid: String,
    /// Seconds since 1970.
    pub timestamp: u64,
    /// With `?wait=1`, how the webhook answered each post at last; nothing where it never did.
    #[serde(default)]
    pub answers: Vec<Option<u16>>,
}

/// A body to be posted to the webhook once, as it stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawWebhook {
    /// The body.
    pub body: String,
    /// How it is signed.
    pub signature: Signed,
}

/// How the handshake went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handshake {
    /// The challenge came back, with 200.
    pub ok: bool,
    /// What came back.
    pub answer: Answer,
}
