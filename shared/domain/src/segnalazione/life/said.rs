//! What people write into a case. `Debug` shows how long it is, never the words: they may speak of somebody.

use serde::{Deserialize, Serialize};

/// Longest [`Reason`], in characters.
const LONGEST_REASON: usize = 1000;
/// Longest [`Line`], in characters: as the title it ends the object of the protocollo, which has 200 of them and begins with
/// `Segnalazione WhatsApp SEG-2026-000123 - `.
const LONGEST_LINE: usize = 160;

/// Why something was decided, what was done, or a note: 1 to 1,000 characters. What closes a case is read by the citizen.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reason(String);

/// A text that is empty or too long to be a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a reason: 1 to 1,000 characters")]
pub struct NotAReason;

/// One line of text, 1 to 160 characters: a title, the name of a body, where to find it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line(String);

/// A text that is empty, too long, or more than one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a line: 1 to 160 characters, without line breaks")]
pub struct NotALine;

impl TryFrom<String> for Reason {
    type Error = NotAReason;

    fn try_from(text: String) -> Result<Self, NotAReason> {
        let text = text.trim();
        (1..=LONGEST_REASON)
            .contains(&text.chars().count())
            .then(|| Self(text.to_owned()))
            .ok_or(NotAReason)
    }
}

impl TryFrom<String> for Line {
    type Error = NotALine;

    fn try_from(text: String) -> Result<Self, NotALine> {
        let text = text.trim();
        let one_line = !text.contains(char::is_control);
        (one_line && (1..=LONGEST_LINE).contains(&text.chars().count()))
            .then(|| Self(text.to_owned()))
            .ok_or(NotALine)
    }
}

/// Gives a text with one checked door its other doors and its discreet `Debug`.
macro_rules! checked_text {
    ($name:ident, $error:ident) => {
        impl $name {
            /// The words.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, $error> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let length = self.0.chars().count();
                write!(f, concat!(stringify!($name), "({} characters)"), length)
            }
        }
    };
}

checked_text!(Reason, NotAReason);
checked_text!(Line, NotALine);

/// A body that is not the comune: the consortium of the waste, the province for its roads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherBody {
    /// Its name, as citizens read it.
    pub name: Line,
    /// Where a citizen finds it.
    pub contact: Line,
}

/// How a citizen found it went: 1 (badly) to 5 (well) (Designers Italia, C.SI.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Rating(u8);

/// A number that is no rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a rating: 1 to 5")]
pub struct NotARating;

impl TryFrom<u8> for Rating {
    type Error = NotARating;

    fn try_from(stars: u8) -> Result<Self, NotARating> {
        (1..=5)
            .contains(&stars)
            .then_some(Self(stars))
            .ok_or(NotARating)
    }
}

impl From<Rating> for u8 {
    fn from(rating: Rating) -> Self {
        rating.0
    }
}
