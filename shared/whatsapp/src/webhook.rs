//! A webhook body, split into its updates. One body may carry a thousand of them, of several kinds (Meta, webhooks
//! overview). An update goes to its queue as Meta wrote it: what cannot be read today can still be read from the
//! dead-letter queue tomorrow.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

/// A body that is not JSON. It is not acknowledged: should the fault be ours, Meta keeps it for us.
#[derive(Debug, thiserror::Error)]
#[error("the body is not JSON")]
pub struct NotJson(#[source] serde_json::Error);

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

/// A status on its way through the queue.
#[derive(Debug, Serialize, Deserialize)]
pub struct QueuedStatus {
    /// The number it was sent from.
    pub phone_number_id: String,
    /// Meta's `statuses[]` item.
    pub status: Box<RawValue>,
}

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
    /// Messages, in the order of the body.
    pub inbound: Vec<Ordered>,
    /// Statuses, as queue messages.
    pub statuses: Vec<String>,
    /// How many changes of each field nobody handles yet: acknowledged, and counted.
    pub unhandled: BTreeMap<String, u32>,
}

/// Every container is read by itself, and a list that is not one is an empty list: an oddity in one corner of a body must not
/// lose the rest of it.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow, default, deserialize_with = "list")]
    entry: Vec<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Entry<'a> {
    #[serde(borrow, default, deserialize_with = "list")]
    changes: Vec<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Change<'a> {
    #[serde(borrow, default)]
    field: Option<Cow<'a, str>>,
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
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    phone_number_id: String,
}

fn list<'de: 'a, 'a, D: Deserializer<'de>>(input: D) -> Result<Vec<&'a RawValue>, D::Error> {
    let raw = <&RawValue>::deserialize(input)?;
    Ok(serde_json::from_str(raw.get()).unwrap_or_default())
}

/// Who a message or a contact is of: enough to put a message into its group.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Key {
    id: Option<String>,
    from: Option<String>,
    from_user_id: Option<String>,
    wa_id: Option<String>,
    user_id: Option<String>,
}

/// The updates of `body`.
pub fn split(body: &[u8]) -> Result<Split, NotJson> {
    let mut split = Split::default();
    let Ok(body) = serde_json::from_slice::<Body>(body) else {
        // Valid JSON of another shape is acknowledged: it would be no better next time.
        return serde_json::from_slice::<serde::de::IgnoredAny>(body)
            .map_err(NotJson)
            .map(|_| {
                split.count("(not a webhook)");
                split
            });
    };
    for entry in body.entry {
        let Ok(entry) = serde_json::from_str::<Entry>(entry.get()) else {
            split.count("(not an entry)");
            continue;
        };
        for change in entry.changes {
            split.change(&serde_json::from_str(change.get()).unwrap_or_default());
        }
    }
    Ok(split)
}

impl Split {
    fn change(&mut self, change: &Change) {
        let field = change.field.as_deref().unwrap_or("(none)");
        let Some(raw) = change.value.filter(|_| field == "messages") else {
            return self.count(field);
        };
        match serde_json::from_str::<Value>(raw.get()) {
            Ok(value) => self.take(&value),
            // There may be messages in it: as it is, it will be put away with its reason, for a person to read.
            Err(_) => self.inbound.push(Ordered {
                group: digest(raw.get().as_bytes()),
                deduplication: digest(raw.get().as_bytes()),
                body: raw.get().to_owned(),
            }),
        }
    }

    fn take(&mut self, value: &Value) {
        let metadata: Metadata = value
            .metadata
            .and_then(|raw| serde_json::from_str(raw.get()).ok())
            .unwrap_or_default();
        let contacts: Vec<(Key, &RawValue)> = value
            .contacts
            .iter()
            .map(|raw| (key_of(raw), *raw))
            .collect();
        for message in &value.messages {
            let key = key_of(message);
            let contact = contacts
                .iter()
                .find(|(contact, _)| is_sender(contact, &key))
                .or(match &contacts[..] {
                    // One contact and a message that names nobody: it can only be theirs.
                    [only] if key.from.is_none() && key.from_user_id.is_none() => Some(only),
                    _ => None,
                });
            let queued = QueuedInbound {
                phone_number_id: metadata.phone_number_id.clone(),
                contact: contact.map(|(_, raw)| (*raw).to_owned()),
                message: (*message).to_owned(),
            };
            let person = key
                .from_user_id
                .or_else(|| contact.and_then(|(contact, _)| contact.user_id.clone()))
                .or(key.from)
                .unwrap_or_default();
            self.inbound.push(Ordered {
                group: digest(person.as_bytes()),
                deduplication: digest(
                    key.id
                        .as_deref()
                        .unwrap_or_else(|| message.get())
                        .as_bytes(),
                ),
                body: to_json(&queued),
            });
        }
        for status in &value.statuses {
            self.statuses.push(to_json(&QueuedStatus {
                phone_number_id: metadata.phone_number_id.clone(),
                status: (*status).to_owned(),
            }));
        }
        for _ in &value.errors {
            self.count("messages.errors");
        }
    }

    fn count(&mut self, what: &str) {
        // A field name comes from outside: what is longer than any of Meta's is not kept whole.
        let what = what.chars().take(64).collect();
        *self.unhandled.entry(what).or_default() += 1;
    }
}

fn key_of(raw: &RawValue) -> Key {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

fn is_sender(contact: &Key, message: &Key) -> bool {
    let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
    same(&contact.user_id, &message.from_user_id) || same(&contact.wa_id, &message.from)
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..16])
}

fn to_json<T: Serialize>(queued: &T) -> String {
    #[expect(
        clippy::expect_used,
        reason = "strings and JSON that was just read always serialise"
    )]
    serde_json::to_string(queued).expect("serialisable")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn body(value: &serde_json::Value) -> Vec<u8> {
        serde_json::json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [
            {"field": "messages", "value": value}
        ]}]})
        .to_string()
        .into_bytes()
    }

    #[test]
    fn a_body_with_messages_and_statuses_is_split_into_both() {
        let split = split(&body(&serde_json::json!({
            "metadata": {"phone_number_id": "106"},
            "contacts": [{"wa_id": "393331234567", "user_id": "IT.aa", "profile": {"name": "Anna"}}],
            "messages": [{"from": "393331234567", "from_user_id": "IT.aa", "id": "wamid.1", "type": "text", "text": {"body": "ciao"}}],
            "statuses": [{"id": "wamid.2", "status": "sent"}, {"id": "wamid.2", "status": "read"}],
            "errors": [{"code": 1}]
        })))
        .unwrap();

        assert_eq!(split.inbound.len(), 1);
        assert_eq!(split.statuses.len(), 2);
        assert_eq!(split.unhandled["messages.errors"], 1);
        let queued: QueuedInbound = serde_json::from_str(&split.inbound[0].body).unwrap();
        assert!(queued.contact.unwrap().get().contains("Anna"));
        assert!(
            !split.inbound[0].group.contains("393331234567"),
            "the group tells nobody the number"
        );
    }

    #[test]
    fn messages_of_one_person_share_a_group_whatever_is_shown_of_them() {
        let split = split(&body(&serde_json::json!({
            "contacts": [{"wa_id": "393331234567", "user_id": "IT.aa"}, {"user_id": "IT.bb"}],
            "messages": [
                {"from": "393331234567", "id": "wamid.1"},
                {"from_user_id": "IT.aa", "id": "wamid.2"},
                {"from_user_id": "IT.bb", "id": "wamid.3"}
            ]
        })))
        .unwrap();

        let groups: Vec<&str> = split
            .inbound
            .iter()
            .map(|message| message.group.as_str())
            .collect();
        assert_eq!(groups[0], groups[1]);
        assert_ne!(groups[0], groups[2]);
    }

    #[test]
    fn what_nobody_handles_is_counted_and_what_is_missing_is_no_error() {
        let split = split(
            br#"{"entry":[{"changes":[{"field":"flows","value":{}},{"field":"messages","value":{}},{"value":null},{}]},{}]}"#,
        )
        .unwrap();

        assert_eq!(split.inbound.len() + split.statuses.len(), 0);
        assert_eq!(split.unhandled["flows"], 1);
        assert_eq!(split.unhandled["(none)"], 2);
    }

    #[test]
    fn an_oddity_in_one_corner_does_not_lose_the_rest() {
        let split = split(
            br#"{"entry":[{"changes":null},7,{"changes":[3,{"field":"messages","value":{"metadata":{"phone_number_id":106},
                "contacts":null,"errors":{},"statuses":"none","messages":[{"id":"wamid.1","from":"393331234567"}]}},
                {"field":"messages","value":7}]}]}"#,
        )
        .unwrap();

        assert_eq!(split.inbound.len(), 2);
        assert!(split.inbound[0].body.contains("wamid.1"));
        assert_eq!(split.inbound[1].body, "7", "to be put away with its reason");
    }

    #[test]
    fn only_what_is_not_json_is_an_error() {
        for broken in [&b""[..], b"{", b"not json", b"{\"entry\":[", b"\xff\xfe"] {
            assert!(split(broken).is_err());
        }
        for odd in [
            &b"{}"[..],
            b"[]",
            b"null",
            b"{\"entry\":7}",
            b"{\"entry\":null}",
        ] {
            assert!(split(odd).is_ok());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in any::<Vec<u8>>()) {
            let _ = split(&bytes);
        }

        #[test]
        fn a_thousand_updates_are_a_thousand_queue_messages(messages in 0_usize..300, statuses in 0_usize..300) {
            let value = serde_json::json!({
                "messages": (0..messages).map(|n| serde_json::json!({"id": format!("wamid.{n}"), "from": "39333"})).collect::<Vec<_>>(),
                "statuses": (0..statuses).map(|n| serde_json::json!({"id": format!("wamid.{n}"), "status": "sent"})).collect::<Vec<_>>(),
            });
            let split = split(&body(&value)).unwrap();
            prop_assert_eq!((split.inbound.len(), split.statuses.len()), (messages, statuses));
        }
    }
}
