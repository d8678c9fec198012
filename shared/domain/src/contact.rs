//! How a person is reached. A person is not a phone: since 2026 a WhatsApp user may be known only by a business-scoped
//! user id (BSUID), with the number withheld (Meta, "Business-scoped user IDs").

use serde::{Deserialize, Serialize};

/// A text that is not a phone number or not a BSUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not {0}")]
pub struct NotAContact(&'static str);

/// A phone number as WhatsApp gives it: digits only, country code first, no `+`.
///
/// It is personal data, so `Debug` shows only its last two digits.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// The number in E.164 with its `+`, the only form that `to` takes without guessing (Meta, Messages API).
    pub fn e164(&self) -> String {
        format!("+{}", self.0)
    }

    /// The digits, without `+`.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Phone {
    type Error = NotAContact;

    fn try_from(text: String) -> Result<Self, NotAContact> {
        let digits = text.strip_prefix('+').unwrap_or(&text);
        // E.164: at most 15 digits. Italian landlines keep their 0, so nothing is stripped.
        if (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(digits.to_owned()))
        } else {
            Err(NotAContact("a phone number"))
        }
    }
}

impl std::str::FromStr for Phone {
    type Err = NotAContact;

    fn from_str(text: &str) -> Result<Self, NotAContact> {
        Self::try_from(text.to_owned())
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Phone(…{})", &self.0[self.0.len() - 2..])
    }
}

/// A business-scoped user id: `^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$`, case-sensitive, the same for all numbers of
/// one business portfolio. Personal data: `Debug` shows only the last two characters.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Bsuid(String);

impl Bsuid {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Bsuid {
    type Error = NotAContact;

    fn try_from(text: String) -> Result<Self, NotAContact> {
        let well_formed = text.split_once('.').is_some_and(|(country, rest)| {
            let body = rest.strip_prefix("ENT.").unwrap_or(rest);
            country.len() == 2
                && country.bytes().all(|b| b.is_ascii_uppercase())
                && (1..=128).contains(&body.len())
                && body.bytes().all(|b| b.is_ascii_alphanumeric())
        });
        if well_formed {
            Ok(Self(text))
        } else {
            Err(NotAContact("a business-scoped user id"))
        }
    }
}

impl std::str::FromStr for Bsuid {
    type Err = NotAContact;

    fn from_str(text: &str) -> Result<Self, NotAContact> {
        Self::try_from(text.to_owned())
    }
}

impl From<Bsuid> for String {
    fn from(bsuid: Bsuid) -> Self {
        bsuid.0
    }
}

impl std::fmt::Debug for Bsuid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let start = self.0.len() - 2;
        write!(f, "Bsuid(…{})", self.0.get(start..).unwrap_or_default())
    }
}

/// What WhatsApp told us of who wrote: either may be missing, never both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "known_by", rename_all = "snake_case")]
pub enum Contact {
    /// Only the number: old payloads, and some system messages.
    Phone {
        /// The number.
        phone: Phone,
    },
    /// Only the BSUID: a user with a username whose number is withheld.
    Bsuid {
        /// The id.
        bsuid: Bsuid,
    },
    /// Both: the only proof that they belong to one person.
    Both {
        /// The number.
        phone: Phone,
        /// The id.
        bsuid: Bsuid,
    },
}

/// Where a message is addressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// In the field `to`, with `+`.
    Phone(Phone),
    /// In the field `recipient`: in `to` it would be accepted and never delivered (Meta, BSUID page; seen in production).
    Bsuid(Bsuid),
}

impl Contact {
    /// The contact made of what is known, if anything is.
    pub fn new(phone: Option<Phone>, bsuid: Option<Bsuid>) -> Option<Self> {
        match (phone, bsuid) {
            (Some(phone), Some(bsuid)) => Some(Self::Both { phone, bsuid }),
            (Some(phone), None) => Some(Self::Phone { phone }),
            (None, Some(bsuid)) => Some(Self::Bsuid { bsuid }),
            (None, None) => None,
        }
    }

    /// The number, where known.
    pub fn phone(&self) -> Option<&Phone> {
        match self {
            Self::Phone { phone } | Self::Both { phone, .. } => Some(phone),
            Self::Bsuid { .. } => None,
        }
    }

    /// The BSUID, where known.
    pub fn bsuid(&self) -> Option<&Bsuid> {
        match self {
            Self::Bsuid { bsuid } | Self::Both { bsuid, .. } => Some(bsuid),
            Self::Phone { .. } => None,
        }
    }

    /// Where to write. The number when known: it keeps the number visible to us for another 30 days (Meta, BSUID page).
    pub fn address(&self) -> Address {
        match self {
            Self::Phone { phone } | Self::Both { phone, .. } => Address::Phone(phone.clone()),
            Self::Bsuid { bsuid } => Address::Bsuid(bsuid.clone()),
        }
    }

    /// This contact with what `other`, known to be the same person, adds or renews.
    #[must_use]
    pub fn renewed_by(&self, other: &Self) -> Self {
        let phone = other.phone().or(self.phone()).cloned();
        let bsuid = other.bsuid().or(self.bsuid()).cloned();
        Self::new(phone, bsuid).unwrap_or_else(|| self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_never_shows_itself_whole() {
        let phone: Phone = "393331234567".parse().unwrap();

        assert_eq!(format!("{phone:?}"), "Phone(…67)");
        assert_eq!(phone.e164(), "+393331234567");
    }

    #[test]
    fn a_bsuid_is_not_taken_for_a_phone_nor_a_phone_for_a_bsuid() {
        assert!("IT.8Kd02LmQ".parse::<Phone>().is_err());
        assert!("393331234567".parse::<Bsuid>().is_err());
        assert!("IT.8Kd02LmQ".parse::<Bsuid>().is_ok());
        assert!("IT.ENT.77aa".parse::<Bsuid>().is_ok());
        assert!("it.8Kd02LmQ".parse::<Bsuid>().is_err());
        assert!("IT.".parse::<Bsuid>().is_err());
    }

    #[test]
    fn the_number_is_preferred_when_both_are_known() {
        let both = Contact::new("393331234567".parse().ok(), "IT.8Kd02LmQ".parse().ok()).unwrap();
        let hidden = Contact::new(None, "IT.8Kd02LmQ".parse().ok()).unwrap();

        assert!(matches!(both.address(), Address::Phone(_)));
        assert!(matches!(hidden.address(), Address::Bsuid(_)));
        assert_eq!(hidden.renewed_by(&both), both);
        assert_eq!(both.renewed_by(&hidden), both);
    }
}
