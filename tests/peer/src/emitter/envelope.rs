//! The body of a webhook as Meta writes it: nested, several updates together, `/` and everything outside ASCII escaped,
//! signed as bytes.

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use super::Update;

/// Updates of the same field that share one `value`, and changes that share one entry. Receivers must walk every level.
const UPDATES_PER_VALUE: usize = 2;
const CHANGES_PER_ENTRY: usize = 4;

/// What an update adds around its value: the entry, the change, the names of their members.
const ENVELOPE: usize = 120;

/// The arrays of a `value` that add up when two updates share it.
const SHARED: [&str; 3] = ["contacts", "messages", "statuses"];

/// The body that carries these updates.
pub(super) fn body(waba_id: &str, updates: &[Update]) -> String {
    let entries: Vec<Value> = updates
        .chunk_by(|one, other| one.at.is_none() && other.at.is_none())
        .map(|alike| (alike[0].at, alike))
        .flat_map(|(at, alike)| {
            let changes: Vec<Value> = alike
                .chunks(UPDATES_PER_VALUE)
                .map(|together| json!({"field": together[0].field, "value": merged(together)}))
                .collect();
            changes
                .chunks(CHANGES_PER_ENTRY)
                .map(|changes| entry(waba_id, at, changes))
                .collect::<Vec<_>>()
        })
        .collect();
    escaped(&json!({"object": "whatsapp_business_account", "entry": entries}).to_string())
}

/// News has an entry of its own, with its time.
fn entry(waba_id: &str, at: Option<u64>, changes: &[Value]) -> Value {
    match at {
        None => json!({"id": waba_id, "changes": changes}),
        Some(at) => json!({"id": waba_id, "time": at, "changes": changes}),
    }
}

/// How long the update is at most once it is written, escaped.
pub(super) fn size(update: &Update) -> usize {
    let json = update.value.to_string();
    let longer: usize = json
        .chars()
        .map(|character| match character {
            '/' => 1,
            ascii if ascii.is_ascii() => 0,
            other => other.len_utf16() * 6 - other.len_utf8(),
        })
        .sum();
    json.len() + longer + update.field.len() + ENVELOPE
}

fn merged(updates: &[Update]) -> Value {
    let mut value = updates[0].value.clone();
    for update in &updates[1..] {
        for member in SHARED {
            let Some(more) = update.value[member].as_array() else {
                continue;
            };
            match &mut value[member] {
                Value::Array(array) => array.extend(
                    more.iter()
                        .filter(|item| member != "contacts" || !array.contains(item))
                        .cloned()
                        .collect::<Vec<_>>(),
                ),
                absent => *absent = Value::from(more.clone()),
            }
        }
    }
    value
}

/// JSON with `/` as `\/` and UTF-16 escapes for what is not ASCII. Both occur only within strings.
pub(crate) fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len() + json.len() / 8);
    for character in json.chars() {
        match character {
            '/' => escaped.push_str("\\/"),
            ascii if ascii.is_ascii() => escaped.push(ascii),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    escaped.push_str("\\u");
                    escaped.push_str(&hex::encode(unit.to_be_bytes()));
                }
            }
        }
    }
    escaped
}

/// The value of `X-Hub-Signature-256` for this body.
pub fn signature(app_secret: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, app_secret.as_bytes());
    format!("sha256={}", hex::encode(hmac::sign(&key, body)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emitter::About;

    fn update(value: Value) -> Update {
        Update {
            field: "messages".into(),
            value,
            at: None,
            about: About::Status {
                wamid: String::new(),
                status: "sent",
            },
            lane: None,
            done: None,
        }
    }

    #[test]
    fn what_is_not_ascii_is_escaped_and_means_the_same() {
        let text = json!({"text": "perché / 🏛️ \"città\""});

        let escaped = escaped(&text.to_string());

        assert!(escaped.is_ascii() && escaped.contains("perch\\u00e9 \\/ \\ud83c\\udfdb"));
        assert_eq!(serde_json::from_str::<Value>(&escaped).unwrap(), text);
    }

    #[test]
    fn many_updates_are_spread_over_values_changes_and_entries() {
        let updates: Vec<Update> = (0..9)
            .map(|number| {
                update(json!({"contacts": [{"user_id": "IT.a"}], "statuses": [{"id": number}]}))
            })
            .collect();

        let body: Value = serde_json::from_str(&body("2033", &updates)).unwrap();

        let entries = body["entry"].as_array().unwrap();
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0]["changes"].as_array().unwrap().len(), 4);
        assert_eq!(
            entries[0]["changes"][0]["value"]["statuses"],
            json!([{"id": 0}, {"id": 1}])
        );
        assert_eq!(
            entries[0]["changes"][0]["value"]["contacts"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    }

    #[test]
    fn news_has_an_entry_of_its_own_with_its_time() {
        let mut news = update(json!({"event": "ACCOUNT_VIOLATION"}));
        news.field = "account_update".into();
        news.at = Some(1_763_800_000);
        let updates = [update(json!({"statuses": []})), news];

        let body: Value = serde_json::from_str(&body("2033", &updates)).unwrap();

        assert!(body["entry"][0].get("time").is_none());
        assert_eq!(body["entry"][1]["time"], 1_763_800_000);
        assert_eq!(body["entry"][1]["changes"][0]["field"], "account_update");
    }

    #[test]
    fn the_size_of_an_update_is_never_less_than_what_it_adds() {
        let updates: Vec<Update> = (0..50)
            .map(|_| update(json!({"statuses": [{"id": "perché / 🏛️"}]})))
            .collect();

        let sizes: usize = updates.iter().map(size).sum();

        assert!(body("203300000000001", &updates).len() <= sizes + 60);
    }
}
