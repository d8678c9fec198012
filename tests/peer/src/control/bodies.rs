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

/// What a citizen writes: exactly one of the first nine.
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
    /// A file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<WrittenMedia>,
    /// A position; answers the latest request for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// A contact; answers the latest request for the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<SharedContact>,
    /// A reaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reaction: Option<React>,
    /// Another text in the place of an earlier one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edit: Option<Edit>,
    /// The id of an earlier message, deleted for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoke: Option<String>,
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
    /// What was filled in, where the button opens a form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<Value>,
}

/// A file that a citizen sends.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WrittenMedia {
    /// `image`, `video`, `audio`, `document` or `sticker`.
    pub kind: String,
    /// What the phone says it is.
    pub mime: String,
    /// The bytes, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
    /// The bytes, where they are text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The text under it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// The name of a document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// Whether an audio was spoken into the phone.
    pub voice: bool,
    /// `url` of the message, which is often absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl WrittenMedia {
    /// A file of this kind with these bytes.
    pub fn new(kind: impl Into<String>, mime: impl Into<String>, bytes: &[u8]) -> Self {
        use base64::Engine as _;
        Self {
            kind: kind.into(),
            mime: mime.into(),
            base64: Some(base64::engine::general_purpose::STANDARD.encode(bytes)),
            ..Self::default()
        }
    }
}

/// A position that a citizen sends.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Place {
    /// North of the equator.
    pub latitude: f64,
    /// East of Greenwich.
    pub longitude: f64,
    /// Only for a place that was picked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Only for a place that was picked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A contact that a citizen sends.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SharedContact {
    /// Somebody else's number; the phone's own where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Somebody else's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `contact_request` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// With a `vcard`, as some versions of Meta's text say.
    pub vcard: bool,
}

/// A reaction to a message.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct React {
    /// The message.
    pub to: String,
    /// Absent: it is taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
}

/// Another text in the place of an earlier one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Edit {
    /// The earlier message.
    pub of: String,
    /// What it says now.
    pub text: String,
}

/// A citizen changes number.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewNumber {
    /// The new number; the old one stays where absent, and the BSUID alone changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The new BSUID; invented where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bsuid: Option<String>,
    /// Two `system` messages come, from the old BSUID.
    pub system: bool,
    /// A `user_id_update` comes.
    pub update: bool,
}

impl Default for NewNumber {
    fn default() -> Self {
        Self {
            phone: None,
            bsuid: None,
            system: true,
            update: true,
        }
    }
}

/// What changes about a template; each member given has its webhook.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TemplateChange {
    /// All languages where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The `event` of `message_template_status_update`: `APPROVED`, `REJECTED`, `PAUSED`, `REINSTATED`, `DISABLED`…
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Its `reason`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its `other_info.title`: `FIRST_PAUSE`, `SECOND_PAUSE`…
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// `GREEN`, `YELLOW`, `RED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
    /// `MARKETING`, `UTILITY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The category is only announced, for this second since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category_from: Option<u64>,
    /// It happens without a webhook.
    pub silent: bool,
}

/// A file at the peer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredMedia {
    /// Its id.
    pub id: String,
    /// Its type.
    pub mime: String,
    /// Its bytes, in base64.
    pub base64: String,
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
