//! One page of a long list: how many rows, after which one, of which period.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use cloud::staff::Problem;
use domain::Instant;
use domain::ids::{NoticeId, SendId};

/// The rows of a page when nobody says.
const USUAL: i32 = 25;
/// The most rows of a page.
const MOST: i32 = 100;

/// Which page was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// After which row: where a list ended, as the store says it.
    pub(crate) after: Option<String>,
    /// How many rows at most.
    pub(crate) limit: i32,
    /// The period, as written.
    pub(crate) period: Option<String>,
}

/// Which page of the deliveries that nobody knows of was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnknownPage {
    /// After which one.
    pub(crate) after: Option<String>,
    /// How many at most.
    pub(crate) limit: i32,
}

/// Which page of the mails that wait was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MailsPage {
    /// After which one.
    pub(crate) after: Option<String>,
    /// How many at most.
    pub(crate) limit: i32,
}

/// The digest of a mail.
struct MailDigest;

impl std::str::FromStr for MailDigest {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let is_digest = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_digest { Ok(Self) } else { Err(()) }
    }
}

/// Where the next page begins, in a form that survives an address: the store's has a `#` in it, which ends one.
pub(crate) fn cursor(after: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(after)
}

impl<S: Sync> FromRequestParts<S> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let value = |name| value(parts, name);
        Ok(Self {
            after: value("cursor")
                .map(|text| after::<NoticeId>(&text))
                .transpose()?,
            limit: value("limit").map_or(Ok(USUAL), |text| limit(&text))?,
            period: value("period"),
        })
    }
}

impl<S: Sync> FromRequestParts<S> for UnknownPage {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let value = |name| value(parts, name);
        Ok(Self {
            after: value("cursor")
                .map(|text| after::<SendId>(&text))
                .transpose()?,
            limit: value("limit").map_or(Ok(USUAL), |text| limit(&text))?,
        })
    }
}

impl<S: Sync> FromRequestParts<S> for MailsPage {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let value = |name| value(parts, name);
        Ok(Self {
            after: value("cursor")
                .map(|text| after::<MailDigest>(&text))
                .transpose()?,
            limit: value("limit").map_or(Ok(USUAL), |text| limit(&text))?,
        })
    }
}

/// A value of the query, if it is there and not empty.
pub(crate) fn value(parts: &Parts, wanted: &str) -> Option<String> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).unwrap_or_default();
    pairs
        .into_iter()
        .find(|(name, value)| name == wanted && !value.is_empty())
        .map(|(_, value)| value)
}

/// How many rows at most: the value `limit` of the query.
pub(crate) fn limit_of(parts: &Parts) -> Result<i32, Problem> {
    value(parts, "limit").map_or(Ok(USUAL), |text| limit(&text))
}

/// The number in a [`cursor`].
pub(crate) fn number_after(cursor: &str) -> Result<u64, Problem> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok())
        .ok_or_else(|| Problem::field("cursor", "field.not_a_cursor", &[]))
}

fn limit(text: &str) -> Result<i32, Problem> {
    let number = text
        .parse()
        .ok()
        .filter(|number| (1..=MOST).contains(number));
    number.ok_or_else(|| {
        Problem::field(
            "limit",
            "field.not_a_number",
            &[("limite", &MOST.to_string())],
        )
    })
}

fn after<Id: std::str::FromStr>(cursor: &str) -> Result<String, Problem> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .filter(|text| {
            text.split_once('#')
                .is_some_and(|(at, id)| at.parse::<Instant>().is_ok() && id.parse::<Id>().is_ok())
        })
        .ok_or_else(|| Problem::field("cursor", "field.not_a_cursor", &[]))
}
