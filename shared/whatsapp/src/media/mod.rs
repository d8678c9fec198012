//! Files that people send: resolved by their id, fetched with our token from Meta's host alone, checked while they stream.
//!
//! What a sender says of a file is not believed: its size is counted, its digest computed, its type read from its first
//! bytes. [`Download::chunk`] says that a file has ended only when all of that is right, so whoever keeps the pieces can
//! throw them away at any error, and at no error keeps a whole file.

use std::time::Duration;

use bytes::Bytes;
use reqwest::{Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::client::GRAPH_VERSION;
use crate::errors::{Class, class_of, of_status};
use crate::lenient::{whole, word};

mod digest;
mod download;
mod sniff;

#[cfg(test)]
mod tests;

pub use download::{Download, Received};
pub use sniff::sniff;

use digest::Expected;

/// Meta's host of files.
const HOST: &str = "https://lookaside.fbsbx.com";
/// The largest file that WhatsApp takes from people.
pub const LARGEST: u64 = 100 * 1024 * 1024;
/// Longest answer that is read when an id is resolved.
const LONGEST_ANSWER: usize = 64 * 1024;
/// How long the next piece is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many steps a file may be moved on its own host.
const STEPS: usize = 3;

/// Fetches the files that were sent to one number.
#[derive(Debug, Clone)]
pub struct Media {
    http: reqwest::Client,
    graph_url: String,
    phone_number_id: String,
    origins: Vec<String>,
    largest: u64,
}

/// Why a file was not fetched. Whatever was kept of it is to be thrown away.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// Meta has no such file, or no more: ids live 7 days.
    #[error("Meta has no such file (any more)")]
    Gone,
    /// Meta refused to tell where it is, or to hand it out.
    #[error("Meta refused the file with code {code}")]
    Refused {
        /// Meta's code, or the status of HTTP.
        code: i64,
        /// What to do about it.
        class: Class,
    },
    /// Meta could not be reached, or its connection broke.
    #[error("the file did not come through")]
    Broken(#[source] reqwest::Error),
    /// Meta's server had a fault.
    #[error("Meta's server answered {0}")]
    Server(u16),
    /// It ended before its end.
    #[error("{got} bytes of {declared} came")]
    Short {
        /// How many bytes came.
        got: u64,
        /// How many were declared.
        declared: u64,
    },
    /// It is larger than we take, or than was declared.
    #[error("larger than {0} bytes")]
    TooLarge(u64),
    /// Its bytes are not those that were announced.
    #[error("its digest is not the one that was announced")]
    OtherBytes,
    /// It is to be fetched from a host that our token is not for.
    #[error("it is to be fetched from another host than Meta's")]
    OtherHost,
    /// Meta's answer makes no sense.
    #[error("Meta's answer does not say where the file is")]
    Senseless,
}

impl MediaError {
    /// What to do about it: try again, give it up, or tell somebody of ours.
    pub fn class(&self) -> Class {
        match self {
            Self::Refused { class, .. } => *class,
            // To fetch a file twice does no harm.
            Self::Broken(_) | Self::Server(_) | Self::Short { .. } | Self::OtherBytes => {
                Class::Retry
            }
            Self::Gone | Self::TooLarge(_) => Class::Permanent,
            Self::OtherHost | Self::Senseless => Class::Operator,
        }
    }
}

/// Where a file is, and what it should be.
#[derive(Debug)]
struct Resolved {
    url: Url,
    mime_type: Option<String>,
    expected: Option<Expected>,
    size: Option<u64>,
}

impl Media {
    /// Files of the number `phone_number_id` at `graph_url`. Our token is sent to Meta's host of files and to `origins`
    /// (`scheme://host:port`: the peer's), and to no other. What is larger than `largest` bytes is not taken.
    pub fn new(
        graph_url: &str,
        phone_number_id: &str,
        origins: &[&str],
        largest: u64,
    ) -> Result<Self, reqwest::Error> {
        let redirects = reqwest::redirect::Policy::custom(|attempt| {
            let from = attempt.previous().last().map(Url::origin);
            if from != Some(attempt.url().origin()) || attempt.previous().len() > STEPS {
                attempt.stop()
            } else {
                attempt.follow()
            }
        });
        let http = reqwest::Client::builder()
            .http1_only()
            .redirect(redirects)
            .connect_timeout(Duration::from_secs(5))
            .read_timeout(PATIENCE)
            .user_agent(concat!("portavoce/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let origins = origins.iter().map(|origin| (*origin).to_owned());
        Ok(Self {
            http,
            graph_url: graph_url.trim_end_matches('/').to_owned(),
            phone_number_id: phone_number_id.to_owned(),
            origins: std::iter::once(HOST.to_owned()).chain(origins).collect(),
            largest,
        })
    }

    /// Begins to fetch the file `id`. `announced` is its digest as the message told it, where it did: it counts more than
    /// what Meta says when the id is resolved.
    pub async fn open(
        &self,
        id: &str,
        announced: Option<&str>,
        token: &SecretString,
    ) -> Result<Download, MediaError> {
        // An address is good for five minutes: one that has just run out is asked for again, once.
        let mut resolved = self.resolve(id, token).await?;
        let mut answer = self.fetch(&resolved.url, token).await?;
        if is_expired(answer.status()) {
            resolved = self.resolve(id, token).await?;
            answer = self.fetch(&resolved.url, token).await?;
        }
        let status = answer.status();
        if !status.is_success() {
            return Err(refusal(status, &[]));
        }
        let expected = announced.and_then(Expected::read).or(resolved.expected);
        Download::new(
            answer,
            expected,
            resolved.size,
            resolved.mime_type,
            self.largest,
        )
    }

    async fn resolve(&self, id: &str, token: &SecretString) -> Result<Resolved, MediaError> {
        // What is not an id of Meta's would be another address.
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(MediaError::Gone);
        }
        let url = format!(
            "{}/{GRAPH_VERSION}/{id}?phone_number_id={}",
            self.graph_url, self.phone_number_id
        );
        let mut answer = self
            .http
            .get(url)
            .bearer_auth(token.expose_secret())
            .send()
            .await
            .map_err(broken)?;
        let status = answer.status();
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(broken)? {
            body.extend_from_slice(&part);
            if body.len() > LONGEST_ANSWER {
                return Err(MediaError::Senseless);
            }
        }
        if !status.is_success() {
            return Err(refusal(status, &body));
        }
        let told: Value = serde_json::from_slice(&body).map_err(|_| MediaError::Senseless)?;
        let url = word(&told, "url").and_then(|url| Url::parse(&url).ok());
        Ok(Resolved {
            url: url.ok_or(MediaError::Senseless)?,
            mime_type: word(&told, "mime_type"),
            expected: word(&told, "sha256").and_then(|digest| Expected::read(&digest)),
            size: whole(&told, "file_size").and_then(|size| u64::try_from(size).ok()),
        })
    }

    async fn fetch(&self, url: &Url, token: &SecretString) -> Result<Response, MediaError> {
        let origin = url.origin().ascii_serialization();
        if !self.origins.contains(&origin) {
            return Err(MediaError::OtherHost);
        }
        let answer = self
            .http
            .get(url.clone())
            .bearer_auth(token.expose_secret())
            .send()
            .await
            .map_err(broken)?;
        if answer.status().is_redirection() {
            return Err(MediaError::OtherHost);
        }
        Ok(answer)
    }
}

/// An address that has run out answers 404; some servers of Meta's say it with these.
fn is_expired(status: StatusCode) -> bool {
    matches!(status.as_u16(), 401 | 403 | 404 | 410)
}

fn refusal(status: StatusCode, body: &[u8]) -> MediaError {
    let told: Value = serde_json::from_slice(body).unwrap_or_default();
    let code = whole(&told["error"], "code").or_else(|| of_status(status.as_u16()));
    match code {
        // Graph says 100 of an id that is not there, or not of this number.
        Some(100 | 131_052 | 404 | 410) => MediaError::Gone,
        Some(code) if !status.is_server_error() => MediaError::Refused {
            code,
            class: match class_of(code) {
                Class::Unclear => Class::Retry,
                class => class,
            },
        },
        _ => MediaError::Server(status.as_u16()),
    }
}

/// The address of a file is as good as the file: it is not told.
fn broken(error: reqwest::Error) -> MediaError {
    MediaError::Broken(error.without_url())
}

/// A piece of a file.
pub(crate) type Piece = Bytes;
