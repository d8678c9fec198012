//! What a segnalazione can be about: the comune's own list, in its order and with its words (Montanaro, art. 6.2).

use serde::{Deserialize, Serialize};

/// A category, by the short name that the comune's settings give it: lower-case letters, digits and `_`, at most 24.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CategoryCode(String);

/// A text that is not the short name of a category or of an office.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a short name: lower-case letters, digits and `_`, at most 24")]
pub struct NotAShortName;

fn is_short_name(text: &str) -> bool {
    (1..=24).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

impl CategoryCode {
    /// The short name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CategoryCode {
    type Error = NotAShortName;

    fn try_from(text: String) -> Result<Self, NotAShortName> {
        is_short_name(&text)
            .then_some(Self(text))
            .ok_or(NotAShortName)
    }
}

impl std::str::FromStr for CategoryCode {
    type Err = NotAShortName;

    fn from_str(text: &str) -> Result<Self, NotAShortName> {
        Self::try_from(text.to_owned())
    }
}

impl From<CategoryCode> for String {
    fn from(code: CategoryCode) -> Self {
        code.0
    }
}

impl std::fmt::Display for CategoryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// An office of the comune that deals with segnalazioni, by the short name that the settings give it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OfficeCode(String);

impl OfficeCode {
    /// The short name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for OfficeCode {
    type Error = NotAShortName;

    fn try_from(text: String) -> Result<Self, NotAShortName> {
        is_short_name(&text)
            .then_some(Self(text))
            .ok_or(NotAShortName)
    }
}

impl std::str::FromStr for OfficeCode {
    type Err = NotAShortName;

    fn from_str(text: &str) -> Result<Self, NotAShortName> {
        Self::try_from(text.to_owned())
    }
}

impl From<OfficeCode> for String {
    fn from(code: OfficeCode) -> Self {
        code.0
    }
}

impl std::fmt::Display for OfficeCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Its short name.
    pub code: CategoryCode,
    /// What citizens read: at most 24 characters, a row of a WhatsApp list.
    pub label: String,
    /// Words below it in the list, at most 72 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Words that speak of it, beside those that everybody uses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// What to ask beside where and what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Question>,
    /// The entry of the comune's titolario; empty, the protocol office decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub titolario: Option<String>,
}

/// A question of a category, such as the number on the lamp post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its short name, under which the answer is kept.
    pub code: CategoryCode,
    /// What citizens read.
    pub text: String,
}
