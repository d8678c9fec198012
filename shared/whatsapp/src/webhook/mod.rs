//! A webhook body, split into its updates. One body may carry a thousand of them, of several kinds (Meta, webhooks
//! overview). An update goes to its queue as Meta wrote it: what cannot be read today can still be read from the
//! dead-letter queue tomorrow.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::lenient::object;

mod canonical;
mod fit;
mod queued;

#[cfg(test)]
mod tests;

pub(crate) use fit::OVERSIZED;
pub use queued::{
    QueuedChange, QueuedInbound, QueuedPreference, QueuedRotation, QueuedStatus, Unreadable,
};

/// A body that is not JSON. It is not acknowledged: should the fault be ours, Meta keeps it for us.
#[derive(Debug, thiserror::Error)]
#[error("the body is not JSON")]
pub struct NotJson(#[source] serde_json::Error);

/// A message for a FIFO queue.
#[derive(Debug)]
pub struct Ordered {
    /// Messages of one group are handled in order. It tells nobody who the person is.
    pub group: String,
    /// Two messages with the same key within five minutes are one.
    pub deduplication: String,
    /// The message itself.
    pub body: String,
}

/// What a body brought.
#[derive(Debug, Default)]
pub struct Split {
    /// Messages, wishes and new ids, in the order of the body.
    pub inbound: Vec<Ordered>,
    /// Statuses and what concerns the account, as queue messages.
    pub statuses: Vec<String>,
    /// How many changes of each field nobody handles: acknowledged, and counted.
    pub unhandled: BTreeMap<String, u32>,
}

/// The fields about the account that sending has to obey or somebody has to see.
const ACCOUNT: [&str; 11] = [
    "account_alerts",
    "account_review_update",
    "account_update",
    "business_capability_update",
    "message_template_components_update",
    "message_template_quality_update",
    "message_template_status_update",
    "phone_number_name_update",
    "phone_number_quality_update",
    "security",
    "template_category_update",
];

/// Every container is read by itself, and a list that is not one is an empty list: an oddity in one corner of a body must not
/// lose the rest of it.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow, default, deserialize_with = "list")]
    entry: Vec<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Entry<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    time: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "list")]
    changes: Vec<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Change<'a> {
    #[serde(borrow, default)]
    field: Option<&'a RawValue>,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Value<'a> {
    #[serde(borrow, default)]
    metadata: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "list")]
    contacts: Vec<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "list")]
    messages: Vec<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "list")]
    statuses: Vec<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "list")]
    errors: Vec<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "list")]
    user_preferences: Vec<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "list")]
    user_id_update: Vec<&'a RawValue>,
}

fn list<'de: 'a, 'a, D: Deserializer<'de>>(input: D) -> Result<Vec<&'a RawValue>, D::Error> {
    let raw = <&RawValue>::deserialize(input)?;
    Ok(serde_json::from_str(raw.get()).unwrap_or_default())
}

/// Who a message or a contact is of: enough to put a message into its group. Each is read by itself too.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Key<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    from: Option<&'a RawValue>,
    #[serde(borrow)]
    from_user_id: Option<&'a RawValue>,
    #[serde(borrow)]
    from_parent_user_id: Option<&'a RawValue>,
    #[serde(borrow)]
    wa_id: Option<&'a RawValue>,
    #[serde(borrow)]
    user_id: Option<&'a RawValue>,
    #[serde(borrow)]
    parent_user_id: Option<&'a RawValue>,
}

/// A contact and its names, read once for all the messages beside it.
struct Known<'a> {
    raw: &'a RawValue,
    user_id: Option<Cow<'a, str>>,
    wa_id: Option<Cow<'a, str>>,
    parent_user_id: Option<Cow<'a, str>>,
}

impl<'a> Known<'a> {
    fn of(raw: &'a RawValue) -> Self {
        let key = key_of(raw);
        Self {
            raw,
            user_id: key.user_id.and_then(name),
            wa_id: key.wa_id.and_then(name),
            parent_user_id: key.parent_user_id.and_then(name),
        }
    }
}

/// The ids of a rotation.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Ids<'a> {
    #[serde(borrow)]
    previous: Option<&'a RawValue>,
}

/// The updates of `body`.
pub fn split(body: &[u8]) -> Result<Split, NotJson> {
    let mut split = Split::default();
    let text = std::str::from_utf8(body).ok();
    let Some(body) = text.and_then(|text| object::<Body>(text).ok()) else {
        // Valid JSON of another shape is acknowledged: it would be no better next time.
        return serde_json::from_slice::<serde::de::IgnoredAny>(body)
            .map_err(NotJson)
            .map(|_| {
                split.count("(not a webhook)");
                split
            });
    };
    for entry in body.entry {
        let Ok(entry) = object::<Entry>(entry.get()) else {
            split.count("(not an entry)");
            continue;
        };
        for change in &entry.changes {
            split.change(&entry, &object(change.get()).unwrap_or_default());
        }
    }
    Ok(split)
}

impl Split {
    fn change(&mut self, entry: &Entry, change: &Change) {
        let field = change.field.and_then(word);
        let field = field.as_deref().unwrap_or("(none)");
        let Some(raw) = change.value else {
            return self.count(field);
        };
        match field {
            "messages" | "user_preferences" | "user_id_update" => {
                match object::<Value>(raw.get()) {
                    Ok(value) => self.take(entry, &value),
                    // There may be messages in it: as it is, it will be put away with its reason, for a person to read.
                    Err(_) => self.inbound.push(Ordered {
                        group: digest(raw.get().as_bytes()),
                        deduplication: digest(raw.get().as_bytes()),
                        body: fit::legal(fit::body_or_mark(raw.get()).into_owned()),
                    }),
                }
            }
            _ if ACCOUNT.contains(&field) => self.account(entry, field, raw),
            _ => self.count(field),
        }
    }

    /// The members say what they are, whatever the field is called.
    fn take(&mut self, entry: &Entry, value: &Value) {
        let number = value.metadata.and_then(number_of).unwrap_or_default();
        let contacts: Vec<Known> = value.contacts.iter().map(|raw| Known::of(raw)).collect();
        for message in &value.messages {
            self.message(&number, &contacts, message);
        }
        for status in &value.statuses {
            let status = self.fitting(status);
            self.statuses.push(to_json(&QueuedStatus {
                phone_number_id: number.clone(),
                status,
            }));
        }
        if !value.errors.is_empty() {
            let errors = serde_json::value::to_raw_value(&value.errors);
            if let Ok(errors) = errors {
                self.account(entry, "messages.errors", &errors);
            }
        }
        for preference in &value.user_preferences {
            self.preference(&number, &contacts, preference);
        }
        for rotation in &value.user_id_update {
            self.rotation(&number, rotation);
        }
    }

    fn message(&mut self, number: &str, contacts: &[Known], message: &RawValue) {
        let key = key_of(message);
        let contact = contact_of(&key, contacts);
        let group = digest(person(&key, contact).as_bytes());
        let id = key.id.and_then(name);
        let queued = QueuedInbound {
            phone_number_id: number.to_owned(),
            contact: contact.map(|contact| self.fitting(contact.raw)),
            message: self.fitting(message),
        };
        self.inbound.push(Ordered {
            group,
            deduplication: digest(id.as_deref().unwrap_or(message.get()).as_bytes()),
            body: to_json(&queued),
        });
    }

    fn preference(&mut self, number: &str, contacts: &[Known], preference: &RawValue) {
        let key = key_of(preference);
        let contact = contact_of(&key, contacts);
        let group = digest(person(&key, contact).as_bytes());
        let queued = QueuedPreference {
            phone_number_id: number.to_owned(),
            contact: contact.map(|contact| self.fitting(contact.raw)),
            preference: self.fitting(preference),
        };
        self.inbound.push(Ordered {
            group,
            deduplication: of_item("user_preferences", number, preference),
            body: to_json(&queued),
        });
    }

    fn rotation(&mut self, number: &str, rotation: &RawValue) {
        let key = key_of(rotation);
        // Whoever they were: so it waits for their earlier messages.
        let person = previous(key.user_id)
            .or_else(|| previous(key.parent_user_id))
            .or_else(|| key.wa_id.and_then(word))
            .unwrap_or_default();
        let queued = QueuedRotation {
            phone_number_id: number.to_owned(),
            rotation: self.fitting(rotation),
        };
        self.inbound.push(Ordered {
            group: digest(person.as_bytes()),
            deduplication: of_item("user_id_update", number, rotation),
            body: to_json(&queued),
        });
    }

    fn account(&mut self, entry: &Entry, field: &str, value: &RawValue) {
        let time = entry.time.and_then(word);
        let queued = QueuedChange {
            field: field.to_owned(),
            waba_id: entry.id.and_then(word).and_then(id).unwrap_or_default(),
            time: time.and_then(|time| time.trim().parse().ok()),
            value: self.fitting(value),
        };
        self.statuses.push(to_json(&queued));
    }

    /// `raw` as a queue takes it.
    fn fitting(&mut self, raw: &RawValue) -> Box<RawValue> {
        fit::cut(raw).map_or_else(
            || raw.to_owned(),
            |cut| {
                self.count("(oversized)");
                cut
            },
        )
    }

    fn count(&mut self, what: &str) {
        // A field name comes from outside: what is longer than any of Meta's is not kept whole.
        let what = what.chars().take(64).collect();
        *self.unhandled.entry(what).or_default() += 1;
    }
}

fn key_of(raw: &RawValue) -> Key<'_> {
    object(raw.get()).unwrap_or_default()
}

/// A text; of a number, its digits.
fn word(raw: &RawValue) -> Option<Cow<'_, str>> {
    let text = raw.get();
    match text.as_bytes().first()? {
        // Without an escape it is what stands between the quotes.
        b'"' if !text.contains('\\') => Some(Cow::Borrowed(&text[1..text.len() - 1])),
        b'"' => serde_json::from_str(text).ok().map(Cow::Owned),
        b'-' | b'0'..=b'9' => Some(Cow::Borrowed(text)),
        _ => None,
    }
}

/// The id that somebody had before.
fn previous(ids: Option<&RawValue>) -> Option<Cow<'_, str>> {
    let ids: Ids = object(ids?.get()).ok()?;
    name(ids.previous?)
}

fn number_of(metadata: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Metadata<'a> {
        #[serde(borrow, default)]
        phone_number_id: Option<&'a RawValue>,
    }
    let metadata: Metadata = object(metadata.get()).ok()?;
    word(metadata.phone_number_id?).and_then(id)
}

/// An id of Meta's for an account or a number: digits, and few.
fn id(word: Cow<'_, str>) -> Option<String> {
    (word.len() <= 64).then(|| word.into_owned())
}

/// The contact that `key` is of.
fn contact_of<'c, 'k>(key: &Key, contacts: &'c [Known<'k>]) -> Option<&'c Known<'k>> {
    let user_id = key.from_user_id.or(key.user_id).and_then(name);
    let wa_id = key.from.or(key.wa_id).and_then(name);
    let same = |a: &Option<Cow<str>>, b: &Option<Cow<str>>| a.is_some() && a == b;
    let nameless = user_id.is_none() && wa_id.is_none();
    contacts
        .iter()
        .find(|contact| same(&contact.user_id, &user_id) || same(&contact.wa_id, &wa_id))
        .or(match contacts {
            // One contact and a message that names nobody: it can only be theirs.
            [only] if nameless => Some(only),
            _ => None,
        })
}

/// A name of somebody: a text with something in it.
fn name(raw: &RawValue) -> Option<Cow<'_, str>> {
    word(raw).filter(|name| !name.is_empty())
}

/// What somebody's updates are grouped by: the same id, whatever an update shows of them.
fn person<'p>(key: &Key<'p>, contact: Option<&'p Known>) -> Cow<'p, str> {
    let shown = |name: Option<&'p Cow<str>>| name.map(|name| Cow::Borrowed(name.as_ref()));
    key.from_user_id
        .and_then(name)
        .or_else(|| key.user_id.and_then(name))
        .or_else(|| shown(contact?.user_id.as_ref()))
        .or_else(|| key.from.and_then(name))
        .or_else(|| key.wa_id.and_then(name))
        .or_else(|| shown(contact?.wa_id.as_ref()))
        .or_else(|| key.from_parent_user_id.and_then(name))
        .or_else(|| key.parent_user_id.and_then(name))
        .or_else(|| shown(contact?.parent_user_id.as_ref()))
        .unwrap_or_default()
}

/// The key of something that has no id of its own: what it says, however it is written.
fn of_item(field: &str, number: &str, item: &RawValue) -> String {
    digest(format!("{field} {number} {}", canonical::of(item)).as_bytes())
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..16])
}

fn to_json<T: Serialize>(queued: &T) -> String {
    #[expect(
        clippy::expect_used,
        reason = "strings and JSON that was just read always serialise"
    )]
    fit::legal(serde_json::to_string(queued).expect("serialisable"))
}
