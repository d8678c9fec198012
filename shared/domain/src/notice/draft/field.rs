//! The fields of a request, and what can be wrong with each.

use serde::{Deserialize, Serialize};

/// A field of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// `title`.
    Title,
    /// `text`.
    Text,
    /// `link`.
    Link,
    /// `wanted_at`.
    WantedAt,
    /// `useful_until`.
    UsefulUntil,
    /// `office`.
    Office,
    /// `kind`.
    Kind,
    /// `corrects`.
    Corrects,
}

impl Field {
    /// The name of the field in the API.
    pub fn key(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Text => "text",
            Self::Link => "link",
            Self::WantedAt => "wanted_at",
            Self::UsefulUntil => "useful_until",
            Self::Office => "office",
            Self::Kind => "kind",
            Self::Corrects => "corrects",
        }
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldProblem {
    /// It is not there.
    #[error("missing")]
    Missing,
    /// It is too long.
    #[error("{length} characters, at most {limit}")]
    TooLong {
        /// The limit, in characters.
        limit: usize,
        /// What it has.
        length: usize,
    },
    /// It has a newline, a tab or five spaces, which a template parameter cannot hold (Meta, error 132018).
    #[error("characters that a template parameter cannot hold")]
    ControlCharacters,
    /// The text has an address in it.
    #[error("an address in the text")]
    ContainsLink,
    /// A `{…}` was left to fill in.
    #[error("a placeholder is left")]
    Placeholder {
        /// What was left.
        left: String,
    },
    /// It is not an address.
    #[error("not an address")]
    NotAUrl {
        /// A host to give as an example.
        host: String,
    },
    /// It is not `https`.
    #[error("not https")]
    NotHttps,
    /// It is not on the comune's site.
    #[error("not on the comune's site")]
    ForeignHost {
        /// The hosts of the site.
        hosts: String,
    },
    /// It is the site's home page.
    #[error("the home page")]
    HomePage,
    /// It is not a day and hour.
    #[error("not a day and hour")]
    NotADate,
    /// It is over.
    #[error("in the past")]
    Past,
    /// The event ends before its notice is to go out.
    #[error("before the wanted hour")]
    BeforeWantedHour,
    /// It is not the code of a notice.
    #[error("not the code of a notice")]
    NotANotice,
    /// It is none of the kinds.
    #[error("unknown kind")]
    UnknownKind,
}

impl FieldProblem {
    /// Every key that [`FieldProblem::key`] may name.
    pub const KEYS: [&'static str; 14] = [
        "field.missing",
        "field.too_long",
        "field.control_characters",
        "field.contains_link",
        "field.placeholder",
        "field.not_a_url",
        "field.not_https",
        "field.foreign_host",
        "field.home_page",
        "field.not_a_date",
        "field.past",
        "field.before_wanted_hour",
        "field.not_a_notice",
        "field.unknown_kind",
    ];

    /// The key of the words for the office, and the values to fill in.
    pub fn words(&self) -> (&'static str, Vec<(&'static str, String)>) {
        match self {
            Self::Missing => ("field.missing", vec![]),
            Self::TooLong { limit, length } => (
                "field.too_long",
                vec![
                    ("limite", limit.to_string()),
                    ("lunghezza", length.to_string()),
                ],
            ),
            Self::ControlCharacters => ("field.control_characters", vec![]),
            Self::ContainsLink => ("field.contains_link", vec![]),
            Self::Placeholder { left } => ("field.placeholder", vec![("segnaposto", left.clone())]),
            Self::NotAUrl { host } => ("field.not_a_url", vec![("host", host.clone())]),
            Self::NotHttps => ("field.not_https", vec![]),
            Self::ForeignHost { hosts } => ("field.foreign_host", vec![("siti", hosts.clone())]),
            Self::HomePage => ("field.home_page", vec![]),
            Self::NotADate => ("field.not_a_date", vec![]),
            Self::Past => ("field.past", vec![]),
            Self::BeforeWantedHour => ("field.before_wanted_hour", vec![]),
            Self::NotANotice => ("field.not_a_notice", vec![]),
            Self::UnknownKind => ("field.unknown_kind", vec![]),
        }
    }
}

/// All that is wrong with a request, field by field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} fields are missing or wrong", .0.len())]
pub struct Invalid(pub Vec<(Field, FieldProblem)>);
