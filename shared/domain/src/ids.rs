//! Identifiers. Each says by its prefix what it names, so that an id pasted into a log or a form can be recognised.

use serde::{Deserialize, Serialize};

/// A text that is not an identifier of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not {0}")]
pub struct NotAnId(&'static str);

/// Declares a newtype over `String` with one checked door.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl TryFrom<String> for $name {
            type Error = NotAnId;

            fn try_from(text: String) -> Result<Self, NotAnId> {
                let check: fn(&str) -> bool = $check;
                if check(&text) { Ok(Self(text)) } else { Err(NotAnId($what)) }
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A person, whatever their telephone: `p_` and a ULID. Ours; it means nothing outside.
    PersonId, "a person id", |text| is_prefixed_ulid(text, "p_")
}
id! {
    /// A notice, from the request of an office to its last delivery: `avv_` and a ULID. It is not a protocol number.
    NoticeId, "a notice id", |text| is_prefixed_ulid(text, "avv_")
}
id! {
    /// One reply to one inbound message: `r_`, 32 hexadecimal digits, `_`, its position in the turn.
    ///
    /// It is computed from the message it answers, so a replay makes the same id.
    ReplyId, "a reply id", is_reply_id
}
id! {
    /// WhatsApp's id of a message (`wamid.…`): opaque, at most 512 characters (Meta, webhooks reference).
    Wamid, "a WhatsApp message id", |text| !text.is_empty() && text.len() <= 512 && !text.contains(char::is_control)
}
id! {
    /// A member of the staff, by the name of the account: named accounts only, never shared ones (Montanaro, art. 8).
    StaffId, "a staff account", |text| !text.is_empty() && text.len() <= 128 && !text.contains(char::is_control)
}

fn is_prefixed_ulid(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|ulid| ulid.len() == 26 && ulid.bytes().all(is_crockford))
}

/// The digits of a ULID: no I, L, O, U.
fn is_crockford(byte: u8) -> bool {
    byte.is_ascii_digit()
        || (byte.is_ascii_uppercase() && !matches!(byte, b'I' | b'L' | b'O' | b'U'))
}

fn is_reply_id(text: &str) -> bool {
    text.strip_prefix("r_")
        .and_then(|rest| rest.split_once('_'))
        .is_some_and(|(digest, position)| {
            digest.len() == 32
                && digest
                    .bytes()
                    .all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
                && !position.is_empty()
                && position.len() <= 3
                && position.bytes().all(|b| b.is_ascii_digit())
        })
}

impl ReplyId {
    /// The id of the reply at `position` (from 0) in the turn that `message` opened.
    pub fn to_message(message: &Wamid, position: u8) -> Self {
        use sha2::{Digest, Sha256};
        let digest = hex::encode(&Sha256::digest(message.as_str().as_bytes())[..16]);
        Self(format!("r_{digest}_{position}"))
    }
}

impl ReplyId {
    /// The id of what is said to `person` of our own accord, because of something that was due at `at`.
    pub fn unasked(person: &PersonId, at: crate::Instant) -> Self {
        use sha2::{Digest, Sha256};
        let digest = hex::encode(&Sha256::digest(format!("unasked {person} {at}"))[..16]);
        Self(format!("r_{digest}_0"))
    }
}

impl NoticeId {
    /// The id of the request that the account `by` sends with the idempotency key `key`: always the same one, so that a
    /// request sent twice is one request.
    pub fn for_key(by: &StaffId, key: &str) -> Self {
        use sha2::{Digest, Sha256};
        const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        // The length keeps apart an account and a key that share a boundary.
        let text = format!("{}:{by}{key}", by.0.len());
        let mut bits = 0_u128;
        for byte in &Sha256::digest(text.as_bytes())[..16] {
            bits = bits << 8 | u128::from(*byte);
        }
        // 26 digits of five bits, as in a ULID: the first holds only the three that remain of 128.
        let digits = (0..26)
            .rev()
            .map(|place| char::from(CROCKFORD[(bits >> (5 * place)) as usize & 31]));
        Self(digits.fold("avv_".to_owned(), |mut id, digit| {
            id.push(digit);
            id
        }))
    }
}

/// One thing sent to one person: what `biz_opaque_callback_data` carries out and every status brings back.
///
/// It is the key of the delivery row, so a status finds its row even before we know WhatsApp's own id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum SendId {
    /// A notice to one subscriber.
    Notice {
        /// Which notice.
        notice: NoticeId,
        /// To whom.
        person: PersonId,
    },
    /// A reply to one inbound message.
    Reply(ReplyId),
}

impl std::fmt::Display for SendId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Notice { notice, person } => write!(f, "{notice}/{person}"),
            Self::Reply(reply) => write!(f, "{reply}"),
        }
    }
}

impl std::str::FromStr for SendId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        match text.split_once('/') {
            Some((notice, person)) => Ok(Self::Notice {
                notice: notice.parse()?,
                person: person.parse()?,
            }),
            None => Ok(Self::Reply(text.parse()?)),
        }
    }
}

impl TryFrom<String> for SendId {
    type Error = NotAnId;

    fn try_from(text: String) -> Result<Self, NotAnId> {
        text.parse()
    }
}

impl From<SendId> for String {
    fn from(id: SendId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_send_id_reads_back_as_it_was_written() {
        let notice = SendId::Notice {
            notice: "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B".parse().unwrap(),
            person: "p_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2C".parse().unwrap(),
        };
        let reply = SendId::Reply(ReplyId::to_message(&"wamid.HBgL".parse().unwrap(), 0));

        for id in [notice, reply] {
            assert_eq!(id.to_string().parse::<SendId>().unwrap(), id);
            assert!(
                id.to_string().len() <= 512,
                "Meta echoes at most 512 characters"
            );
        }
    }

    #[test]
    fn the_same_message_always_gets_the_same_reply_id() {
        let message: Wamid = "wamid.HBgLMzkzMzMxMjM0NTY3".parse().unwrap();

        assert_eq!(
            ReplyId::to_message(&message, 0),
            ReplyId::to_message(&message, 0)
        );
        assert_ne!(
            ReplyId::to_message(&message, 0),
            ReplyId::to_message(&message, 1)
        );
    }

    #[test]
    fn the_same_key_of_the_same_account_always_names_the_same_request() {
        let office: StaffId = "ufficio.cultura".parse().unwrap();
        let id = NoticeId::for_key(&office, "mercatino-2026");

        assert_eq!(NoticeId::for_key(&office, "mercatino-2026"), id);
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        assert_ne!(NoticeId::for_key(&office, "mercatino-2027"), id);
        assert_ne!(
            NoticeId::for_key(&"ufficio.culturam".parse().unwrap(), "ercatino-2026"),
            id
        );
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        assert!(
            "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B"
                .parse::<PersonId>()
                .is_err()
        );
        assert!("p_short".parse::<PersonId>().is_err());
        assert!("".parse::<Wamid>().is_err());
    }
}
