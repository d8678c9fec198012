//! Whom a message is for. Phones go into `to`, business-scoped user ids into `recipient`; the one mistake that Meta does
//! not report, an id in `to`, is accepted here as there, and nobody gets the message.

use serde_json::{Map, Value};

use super::error::GraphError;
use crate::phones::is_bsuid;

/// Country code of the business number, which Meta puts before numbers that look local.
const COUNTRY: &str = "39";

/// E.164: the longest number has 15 digits, and the shortest in use seven.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// A recipient that the Graph part can do something with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Recipient {
    /// `to`, and the number it means.
    Phone { to: String, number: String },
    /// `recipient`.
    Bsuid(String),
    /// An id in `to`: accepted and lost.
    Misplaced(String),
}

impl Recipient {
    /// Reads `recipient_type`, `to` and `recipient`; `to` wins where both are given.
    pub(super) fn read(message: &Map<String, Value>) -> Result<Self, GraphError> {
        match message.get("recipient_type").map(Value::as_str) {
            None | Some(Some("individual")) => {}
            Some(Some("group")) => {
                return Err(GraphError::new(
                    131_051,
                    "Groups are not available for this number",
                ));
            }
            Some(_) => {
                return Err(GraphError::parameter(
                    "Param recipient_type must be one of {INDIVIDUAL, GROUP}",
                ));
            }
        }
        if let Some(to) = message.get("to") {
            let to = to
                .as_str()
                .ok_or_else(|| GraphError::parameter("Param to must be a string"))?;
            if is_bsuid(to) {
                return Ok(Self::Misplaced(to.to_owned()));
            }
            let number = number(to).ok_or_else(|| {
                GraphError::parameter("Param to must be a valid WhatsApp phone number")
            })?;
            return Ok(Self::Phone {
                to: to.to_owned(),
                number,
            });
        }
        match message.get("recipient").map(Value::as_str) {
            Some(Some(recipient)) if is_bsuid(recipient) => Ok(Self::Bsuid(recipient.to_owned())),
            Some(_) => Err(GraphError::parameter(
                "Param recipient must be a valid business-scoped user ID",
            )),
            None => Err(GraphError::parameter("The parameter to is required.")),
        }
    }

    /// What was written in the request.
    pub(super) fn input(&self) -> &str {
        match self {
            Self::Phone { to, .. } => to,
            Self::Bsuid(bsuid) | Self::Misplaced(bsuid) => bsuid,
        }
    }

    /// What tells one person from another.
    pub(super) fn key(&self) -> &str {
        match self {
            Self::Phone { number, .. } => number,
            Self::Bsuid(bsuid) | Self::Misplaced(bsuid) => bsuid,
        }
    }
}

fn number(to: &str) -> Option<String> {
    let international = to.starts_with('+');
    let digits: String = to
        .chars()
        .filter(|character| !matches!(character, '+' | ' ' | '-' | '(' | ')' | '.'))
        .collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || !DIGITS.contains(&digits.len()) {
        return None;
    }
    // An Italian mobile number has ten digits: without a country code it looks local.
    let local = !international && digits.len() <= 10;
    Some(if local {
        format!("{COUNTRY}{digits}")
    } else {
        digits
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(message: &Value) -> Result<Recipient, GraphError> {
        Recipient::read(message.as_object().unwrap())
    }

    #[test]
    fn a_number_is_read_with_and_without_plus() {
        for to in [
            "+390001234567",
            "390001234567",
            "+39 000 123-4567",
            "0001234567",
        ] {
            let recipient = read(&json!({"to": to})).unwrap();
            assert_eq!(recipient.key(), "390001234567", "{to}");
        }
    }

    #[test]
    fn to_wins_over_recipient() {
        let recipient = read(&json!({"to": "+390001234567", "recipient": "IT.abc"})).unwrap();
        assert!(matches!(recipient, Recipient::Phone { .. }));
    }

    #[test]
    fn an_id_in_to_is_not_reported() {
        assert_eq!(
            read(&json!({"to": "IT.abc"})),
            Ok(Recipient::Misplaced("IT.abc".to_owned()))
        );
    }

    #[test]
    fn what_is_neither_is_code_100() {
        for message in [
            json!({}),
            json!({"to": "anna"}),
            json!({"to": 39}),
            json!({"recipient": "390001234567"}),
            json!({"recipient": "IT.abc", "recipient_type": "business_scoped_user_id"}),
        ] {
            assert_eq!(read(&message).unwrap_err().code, 100, "{message}");
        }
    }
}
