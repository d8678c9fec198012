//! One writing of a JSON value, whatever the order of its members and the blanks between them.

use serde_json::Value;
use serde_json::value::RawValue;

/// `raw` in its one writing; as it is, if it cannot be read.
pub(super) fn of(raw: &RawValue) -> String {
    match serde_json::from_str::<Value>(raw.get()) {
        Ok(value) => {
            let mut text = String::new();
            write(&value, &mut text);
            text
        }
        Err(_) => raw.get().to_owned(),
    }
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            text.push('{');
            for (name, value) in members {
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write(value, text);
                text.push(',');
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write(item, text);
                text.push(',');
            }
            text.push(']');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}
