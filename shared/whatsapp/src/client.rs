//! The call to Meta. `/messages` has no idempotency key: what matters most is to know whether a message was certainly not
//! taken, certainly taken, or neither.

use std::time::Duration;

use domain::delivery::Reason;
use domain::ids::Wamid;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::errors::{Class, class_of, of_status};
use crate::lenient::discreet;
use crate::outgoing::{Outgoing, OverLimit, Receipt};

/// The version of the Graph API that this crate speaks.
pub const GRAPH_VERSION: &str = "v25.0";

/// How long an answer is waited for. Meta answers in well under a second; beyond this the outcome is unclear.
const PATIENCE: Duration = Duration::from_secs(15);
/// Longest answer that is read.
const LONGEST_ANSWER: usize = 64 * 1024;
/// How long a connection is kept without work. Shorter than any server keeps it, for a call on a connection that the server
/// has just closed has an unclear outcome.
const IDLE: Duration = Duration::from_secs(20);

/// Sends messages from one number.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    messages_url: Url,
}

/// Meta took the message. It is not delivered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Meta's id of it.
    pub wamid: Wamid,
}

/// Meta did not take the message, or we do not know.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// It is not a message that Meta takes; no call was made.
    #[error(transparent)]
    OverLimit(#[from] OverLimit),
    /// No connection: the message certainly did not leave.
    #[error("Meta was not reached")]
    NotReached(#[source] reqwest::Error),
    /// Meta refused it.
    #[error("Meta refused it with code {}: {}", .reason.code, .reason.title)]
    Refused {
        /// Meta's code and title.
        reason: Reason,
        /// What to do about it.
        class: Class,
        /// Meta's trace id, to quote to their support.
        trace: Option<String>,
    },
    /// A time-out, a reset, a server error, an answer that makes no sense: it may have been taken.
    #[error("the outcome is unclear: {0}")]
    Unclear(String),
}

/// There is no client.
#[derive(Debug, thiserror::Error)]
pub enum NoClient {
    /// The address of the Graph API is none.
    #[error("the address of the Graph API is not one")]
    Url,
    /// TLS could not be set up.
    #[error("no client of HTTP")]
    Http(#[from] reqwest::Error),
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    messages: Vec<Sent>,
}

#[derive(Deserialize)]
struct Sent {
    id: Wamid,
}

#[derive(Deserialize)]
struct Refusal {
    error: GraphError,
}

#[derive(Deserialize)]
struct GraphError {
    code: i64,
    #[serde(default)]
    message: String,
    #[serde(default)]
    fbtrace_id: Option<String>,
}

impl Client {
    /// A client of the number `phone_number_id` at `graph_url` (`https://graph.facebook.com`, or the peer).
    pub fn new(graph_url: &str, phone_number_id: &str) -> Result<Self, NoClient> {
        let graph_url = graph_url.trim_end_matches('/');
        let url = format!("{graph_url}/{GRAPH_VERSION}/{phone_number_id}/messages");
        // HTTP/1.1 on purpose: a call is one write and one read, and costs less than the frames and windows of HTTP/2.
        // Redirects would carry the token elsewhere.
        let http = reqwest::Client::builder()
            .http1_only()
            .tcp_nodelay(true)
            .pool_idle_timeout(IDLE)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .timeout(PATIENCE)
            .user_agent(concat!("portavoce/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self {
            http,
            messages_url: Url::parse(&url).map_err(|_| NoClient::Url)?,
        })
    }

    /// Sends `message` with `token`. An error says whether it may be sent again.
    pub async fn send(
        &self,
        message: &Outgoing,
        token: &SecretString,
    ) -> Result<Accepted, SendError> {
        let (status, answer) = self.post(message.to_json()?, token).await?;
        read(status, &answer)
    }

    /// Tells the sender of a message that it was read, and perhaps that an answer is being written. To tell it twice does no
    /// harm.
    pub async fn mark_as_read(
        &self,
        receipt: &Receipt,
        token: &SecretString,
    ) -> Result<(), SendError> {
        let (status, answer) = self.post(receipt.to_json(), token).await?;
        if status.is_success() {
            Ok(())
        } else {
            Err(refused(status, &answer))
        }
    }

    async fn post(
        &self,
        call: Vec<u8>,
        token: &SecretString,
    ) -> Result<(StatusCode, Vec<u8>), SendError> {
        let answer = self
            .http
            .post(self.messages_url.clone())
            .bearer_auth(token.expose_secret())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(call)
            .send()
            .await
            .map_err(|error| {
                if error.is_connect() || error.is_builder() {
                    SendError::NotReached(error.without_url())
                } else {
                    unclear(error)
                }
            })?;
        let status = answer.status();
        Ok((status, whole(answer).await?))
    }
}

/// All of `answer`, if it is as short as Meta's are.
async fn whole(mut answer: Response) -> Result<Vec<u8>, SendError> {
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(unclear)? {
        body.extend_from_slice(&part);
        if body.len() > LONGEST_ANSWER {
            return Err(SendError::Unclear(format!(
                "{} with an answer too long to be Meta's",
                answer.status()
            )));
        }
    }
    Ok(body)
}

fn unclear(error: reqwest::Error) -> SendError {
    SendError::Unclear(error.without_url().to_string())
}

fn read(status: StatusCode, body: &[u8]) -> Result<Accepted, SendError> {
    if status.is_success() {
        let sent = serde_json::from_slice::<Answer>(body)
            .ok()
            .and_then(|answer| answer.messages.into_iter().next());
        return sent
            .map(|sent| Accepted { wamid: sent.id })
            .ok_or_else(|| SendError::Unclear(format!("{status} without a message id")));
    }
    Err(refused(status, body))
}

/// What an answer other than a success says.
fn refused(status: StatusCode, body: &[u8]) -> SendError {
    let Ok(Refusal { error }) = serde_json::from_slice(body) else {
        return match of_status(status.as_u16()) {
            Some(code) => SendError::Refused {
                reason: Reason {
                    code,
                    title: "an answer that is not Meta's".to_owned(),
                },
                class: class_of(code),
                trace: None,
            },
            None => SendError::Unclear(format!("{status}")),
        };
    };
    match class_of(error.code) {
        Class::Unclear => SendError::Unclear(format!("code {}", error.code)),
        // A server error with a code that we do not know says nothing of what happened before it.
        Class::Permanent if status.is_server_error() => {
            SendError::Unclear(format!("{status}, code {}", error.code))
        }
        class => SendError::Refused {
            reason: Reason {
                code: error.code,
                title: discreet(&error.message),
            },
            class,
            trace: error.fbtrace_id,
        },
    }
}

#[cfg(test)]
mod tests;
