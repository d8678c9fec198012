//! The body of a webhook as Meta writes it: nested, several updates together, `/` and everything outside ASCII escaped,
//! signed as bytes.

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use super::Update;

/// Updates of the same field that share one `value`, and changes that share one entry. Receivers must walk every level.
const UPDATES_PER_VALUE: usize = 2;
const CHANGES_PER_ENTRY: usize = 4;

/// The arrays of a `value` that add up when two updates share it.
const SHARED: [&str; 3] = ["contacts", "messages", "statuses"];

/// The body that carries these updates.
pub(super) fn body(waba_id: &str, updates: &[Update]) -> String {
    let changes: Vec<Value> = updates
        .chunk_by(|one, other| one.field == other.field)
        .flat_map(|same| same.chunks(UPDATES_PER_VALUE))
        .map(|together| json!({"field": together[0].field, "value": merged(together)}))
        .collect();
    let entries: Vec<Value> = changes
        .chunks(CHANGES_PER_ENTRY)
        .map(|changes| json!({"id": waba_id, "changes": changes}))
        .collect();
    escaped(&json!({"object": "whatsapp_business_account", "entry": entries}).to_string())
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
            field: "messages",
            value,
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
}
