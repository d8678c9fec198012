//! The version of a request, as HTTP says it (RFC 9110, `ETag` and `If-Match`): who moves a request shows which version
//! they have read.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::request::Parts;

use super::Problem;

/// The version of what is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ETag(pub u64);

impl ETag {
    /// The header.
    pub fn header(self) -> (HeaderName, HeaderValue) {
        // A quoted number is always a lawful header value.
        let value = HeaderValue::from_str(&format!("\"{}\"", self.0))
            .unwrap_or(HeaderValue::from_static("\"\""));
        (header::ETAG, value)
    }
}

/// The version that the caller has read. It is compulsory: without it nobody knows what was decided upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub u64);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let header = parts
            .headers
            .get(header::IF_MATCH)
            .ok_or_else(Problem::precondition_required)?;
        header
            .to_str()
            .ok()
            .and_then(|text| {
                text.trim()
                    .strip_prefix('"')?
                    .strip_suffix('"')?
                    .parse()
                    .ok()
            })
            .map(Self)
            .ok_or_else(|| Problem::precondition_failed(None))
    }
}

/// Where the first version is written there is none to have been read.
impl<S: Sync> OptionalFromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        if parts.headers.contains_key(header::IF_MATCH) {
            <Self as FromRequestParts<S>>::from_request_parts(parts, state)
                .await
                .map(Some)
        } else {
            Ok(None)
        }
    }
}
