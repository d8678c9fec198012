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
    /// Whether it is one of a parent business (`IT.ENT.…`).
    pub fn is_parent(&self) -> bool {
        self.0.get(3..).is_some_and(|rest| rest.starts_with("ENT."))
    }

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

/// What WhatsApp told us of who somebody is: each may be missing, never all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Contact {
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Phone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bsuid: Option<Bsuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<Bsuid>,
}

/// A contact as it is stored. Older rows carry a tag `known_by`, which says nothing that the members do not say.
#[derive(Deserialize)]
struct Stored {
    #[serde(default)]
    phone: Option<Phone>,
    #[serde(default)]
    bsuid: Option<Bsuid>,
    #[serde(default)]
    parent: Option<Bsuid>,
}

impl TryFrom<Stored> for Contact {
    type Error = NotAContact;

    fn try_from(stored: Stored) -> Result<Self, NotAContact> {
        Self::known_by(stored.phone, stored.bsuid, stored.parent)
            .ok_or(NotAContact("a contact: known by nothing"))
    }
}

/// One of the names by which somebody is known.
///
/// The order is the rank: a BSUID is one person's for good, a number goes from person to person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identifier {
    /// The BSUID of our own business.
    Bsuid(Bsuid),
    /// The BSUID of the business that ours is linked under.
    Parent(Bsuid),
    /// The number.
    Phone(Phone),
}

impl Identifier {
    /// The key under which it is kept.
    pub fn key(&self) -> String {
        match self {
            Self::Bsuid(id) => format!("bsuid#{}", id.as_str()),
            Self::Parent(id) => format!("parent#{}", id.as_str()),
            Self::Phone(phone) => format!("phone#{}", phone.digits()),
        }
    }
}

impl From<Identifier> for Contact {
    fn from(name: Identifier) -> Self {
        let (mut phone, mut bsuid, mut parent) = (None, None, None);
        match name {
            Identifier::Bsuid(id) => bsuid = Some(id),
            Identifier::Parent(id) => parent = Some(id),
            Identifier::Phone(number) => phone = Some(number),
        }
        Self {
            phone,
            bsuid,
            parent,
        }
    }
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
        Self::known_by(phone, bsuid, None)
    }

    /// The contact made of what is known, if anything is. A parent's BSUID that stands in the place of our own is a parent's
    /// all the same.
    pub fn known_by(
        phone: Option<Phone>,
        bsuid: Option<Bsuid>,
        parent: Option<Bsuid>,
    ) -> Option<Self> {
        let (bsuid, parent) = match bsuid {
            Some(id) if id.is_parent() => (None, parent.or(Some(id))),
            bsuid => (bsuid, parent),
        };
        (phone.is_some() || bsuid.is_some() || parent.is_some()).then_some(Self {
            phone,
            bsuid,
            parent,
        })
    }

    /// The number, where known.
    pub fn phone(&self) -> Option<&Phone> {
        self.phone.as_ref()
    }

    /// The BSUID, where known.
    pub fn bsuid(&self) -> Option<&Bsuid> {
        self.bsuid.as_ref()
    }

    /// The BSUID of the business that ours is linked under, where known.
    pub fn parent(&self) -> Option<&Bsuid> {
        self.parent.as_ref()
    }

    /// Everything they are known by, the strongest first.
    pub fn identifiers(&self) -> impl Iterator<Item = Identifier> {
        let bsuid = self.bsuid.clone().map(Identifier::Bsuid);
        let parent = self.parent.clone().map(Identifier::Parent);
        let phone = self.phone.clone().map(Identifier::Phone);
        [bsuid, parent, phone].into_iter().flatten()
    }

    /// This contact with `identifier` as the one of its kind.
    #[must_use]
    pub fn with(mut self, identifier: &Identifier) -> Self {
        match identifier.clone() {
            Identifier::Bsuid(id) => self.bsuid = Some(id),
            Identifier::Parent(id) => self.parent = Some(id),
            Identifier::Phone(phone) => self.phone = Some(phone),
        }
        self
    }

    /// This contact without `identifier`; `None` if that was all.
    #[must_use]
    pub fn without(&self, identifier: &Identifier) -> Option<Self> {
        let (mut phone, mut bsuid, mut parent) =
            (self.phone.clone(), self.bsuid.clone(), self.parent.clone());
        match identifier {
            Identifier::Bsuid(id) => bsuid = bsuid.filter(|own| own != id),
            Identifier::Parent(id) => parent = parent.filter(|own| own != id),
            Identifier::Phone(number) => phone = phone.filter(|own| own != number),
        }
        Self::known_by(phone, bsuid, parent)
    }

    /// Where to write. The number when known: it keeps the number visible to us for another 30 days (Meta, BSUID page).
    pub fn address(&self) -> Address {
        let phone = self.phone.clone().map(Address::Phone);
        let id = self.bsuid.clone().or_else(|| self.parent.clone());
        #[expect(
            clippy::expect_used,
            reason = "`known_by` is the only door, and lets nobody in without a name"
        )]
        phone
            .or(id.map(Address::Bsuid))
            .expect("a contact is known by something")
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
    fn the_number_is_preferred_and_a_parents_id_is_the_last_resort() {
        let (phone, bsuid) = ("393331234567".parse().ok(), "IT.8Kd02LmQ".parse().ok());
        let parent = "IT.ENT.77aa".parse().ok();
        let address = |contact: Option<Contact>| contact.unwrap().address();

        assert!(matches!(
            address(Contact::known_by(phone, bsuid.clone(), parent.clone())),
            Address::Phone(_)
        ));
        for (bsuid, id) in [(bsuid, "IT.8Kd02LmQ"), (None, "IT.ENT.77aa")] {
            let known = address(Contact::known_by(None, bsuid, parent.clone()));
            assert_eq!(known, Address::Bsuid(id.parse().unwrap()));
        }
    }

    #[test]
    fn nobody_is_known_by_nothing() {
        assert_eq!(Contact::new(None, None), None);
        assert!(serde_json::from_str::<Contact>("{}").is_err());
    }

    #[test]
    fn a_parents_id_in_the_place_of_our_own_is_a_parents() {
        let contact = Contact::new(None, "IT.ENT.77aa".parse().ok()).unwrap();

        assert_eq!(
            (contact.bsuid(), contact.parent().map(Bsuid::as_str)),
            (None, Some("IT.ENT.77aa"))
        );
    }

    #[test]
    fn the_shape_that_was_stored_before_is_still_read() {
        for (stored, identifiers) in [
            (r#"{"known_by": "phone", "phone": "393331234567"}"#, 1),
            (r#"{"known_by": "bsuid", "bsuid": "IT.8Kd02LmQ"}"#, 1),
            (
                r#"{"known_by": "both", "phone": "393331234567", "bsuid": "IT.8Kd02LmQ"}"#,
                2,
            ),
        ] {
            let contact: Contact = serde_json::from_str(stored).unwrap();
            assert_eq!(contact.identifiers().count(), identifiers, "{stored}");
            let again = serde_json::to_string(&contact).unwrap();
            assert_eq!(serde_json::from_str::<Contact>(&again).unwrap(), contact);
        }
    }
}
