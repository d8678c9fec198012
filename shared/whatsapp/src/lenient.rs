//! Reading what Meta writes without trusting its shape: a member that is missing, `null` or of another kind is simply not
//! there, and a number may be written as text and text as a number.

use std::borrow::Cow;

use domain::Instant;
use serde::Deserialize;
use serde::de::{Error as _, Unexpected};
use serde_json::Value;

/// The JSON of `raw`. Text that was cut in the middle of an emoji (half a surrogate pair) is mended, not refused.
pub(crate) fn json(raw: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(raw).or_else(|error| match mended(raw) {
        Cow::Borrowed(_) => Err(error),
        Cow::Owned(mended) => serde_json::from_str(&mended),
    })
}

/// A struct from a JSON object, and from nothing else: serde would fill it from a list too, place by place, and take for
/// `messages` whatever stands third.
pub(crate) fn object<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, serde_json::Error> {
    if json.trim_start().starts_with('[') {
        return Err(serde_json::Error::invalid_type(
            Unexpected::Seq,
            &"an object",
        ));
    }
    serde_json::from_str(json)
}

/// What Meta says of an error, for logs and for the staff: at most 200 characters, and no run of digits that may be
/// somebody's number. Meta's codes have seven digits at most.
pub(crate) fn discreet(said: &str) -> String {
    const LONGEST_CODE: usize = 7;
    let mut told = String::new();
    let mut digits = String::new();
    for letter in said.chars().take(200).chain(['\0']) {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        told.push_str(if digits.len() > LONGEST_CODE {
            "…"
        } else {
            &digits
        });
        digits.clear();
        told.push(letter);
    }
    told.pop();
    told
}

/// The text under `key`; of a number, its digits.
pub(crate) fn text(value: &Value, key: &str) -> Option<String> {
    match &value[key] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The same; empty text counts as none.
pub(crate) fn word(value: &Value, key: &str) -> Option<String> {
    text(value, key).filter(|text| !text.is_empty())
}

/// The number under `key`.
pub(crate) fn decimal(value: &Value, key: &str) -> Option<f64> {
    let number = match &value[key] {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

/// The whole number under `key`.
pub(crate) fn whole(value: &Value, key: &str) -> Option<i64> {
    match &value[key] {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a whole number written as 1.0; beyond the range it saturates"
        )]
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_f64().map(|decimal| decimal as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The yes or no under `key`.
pub(crate) fn truth(value: &Value, key: &str) -> Option<bool> {
    match &value[key] {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) => text.trim().to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}

/// The list under `key`; what is not one is empty.
pub(crate) fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// The Unix seconds under `key`.
pub(crate) fn instant(value: &Value, key: &str) -> Option<Instant> {
    Instant::from_second(whole(value, key)?).ok()
}

/// The text under `key`, read as something of ours.
pub(crate) fn parsed<T: std::str::FromStr>(value: &Value, key: &str) -> Option<T> {
    value[key].as_str()?.parse().ok()
}

/// `raw` with every half of a surrogate pair that stands alone replaced by the sign for a lost character.
fn mended(raw: &str) -> Cow<'_, str> {
    let bytes = raw.as_bytes();
    let unit = |at: usize| -> Option<u16> {
        let digits = raw.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut mended = String::new();
    let mut kept = 0;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        match unit(at) {
            Some(0xd800..=0xdbff) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => at += 12,
            Some(0xd800..=0xdfff) => {
                mended.push_str(&raw[kept..at]);
                mended.push_str("\\ufffd");
                at += 6;
                kept = at;
            }
            // Any other escape is of two bytes, or of six of which the last four are digits.
            _ => at += 2,
        }
    }
    if kept == 0 {
        return Cow::Borrowed(raw);
    }
    mended.push_str(&raw[kept..]);
    Cow::Owned(mended)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_meta_says_is_told_without_anybodys_number() {
        assert_eq!(
            discreet("(#131030) Recipient phone number +393331234567 not in allowed list"),
            "(#131030) Recipient phone number +… not in allowed list"
        );
        assert_eq!(discreet("(#2388019)"), "(#2388019)");
        assert_eq!(discreet(""), "");
        assert_eq!(discreet("12345678"), "…");
    }

    #[test]
    fn a_number_may_be_text_and_text_a_number() {
        let odd =
            json!({"a": "41.5", "b": 41.5, "c": 7, "d": "7", "e": null, "f": [], "g": "true"});

        assert_eq!(decimal(&odd, "a"), Some(41.5));
        assert_eq!(decimal(&odd, "b"), Some(41.5));
        assert_eq!(text(&odd, "c").as_deref(), Some("7"));
        assert_eq!(whole(&odd, "d"), Some(7));
        assert_eq!(truth(&odd, "g"), Some(true));
        assert_eq!(text(&odd, "e"), None);
        assert!(items(&odd, "e").is_empty());
        assert_eq!(text(&json!(7), "a"), None);
    }

    #[test]
    fn text_cut_in_the_middle_of_an_emoji_is_still_read() {
        for (raw, read) in [
            (r#""ciao \ud83d""#, "ciao \u{fffd}"),
            (r#""\ude00 ciao""#, "\u{fffd} ciao"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\\ud83d \ud83d""#, "\\ud83d \u{fffd}"),
            (r#""\ud83d\ude00""#, "😀"),
        ] {
            assert_eq!(json(raw).unwrap(), json!(read), "{raw}");
        }
        assert!(json(r#""\ud8""#).is_err());
        assert!(json("\"\\").is_err());
    }
}
