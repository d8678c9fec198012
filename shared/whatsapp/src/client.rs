//! The call to Meta. `/messages` has no idempotency key: what matters most is to know whether a message was certainly not
//! taken, certainly taken, or neither.

use std::time::Duration;

use domain::delivery::Reason;
use domain::ids::Wamid;
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::errors::{Class, class_of};
use crate::outgoing::{Outgoing, OverLimit};

/// The version of the Graph API that this crate speaks.
pub const GRAPH_VERSION: &str = "v25.0";

/// How long an answer is waited for. Meta answers in well under a second; beyond this the outcome is unclear.
const PATIENCE: Duration = Duration::from_secs(15);
/// Longest answer that is read.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// Sends messages from one number.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    messages_url: String,
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
    #[serde(default)]
    code: i64,
    #[serde(default)]
    message: String,
    #[serde(default)]
    fbtrace_id: Option<String>,
}

impl Client {
    /// A client of the number `phone_number_id` at `graph_url` (`https://graph.facebook.com`, or the peer).
    pub fn new(graph_url: &str, phone_number_id: &str) -> Result<Self, reqwest::Error> {
        // Redirects would carry the token elsewhere.
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .timeout(PATIENCE)
            .user_agent(concat!("portavoce/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let graph_url = graph_url.trim_end_matches('/');
        Ok(Self {
            http,
            messages_url: format!("{graph_url}/{GRAPH_VERSION}/{phone_number_id}/messages"),
        })
    }

    /// Sends `message` with `token`. An error says whether it may be sent again.
    pub async fn send(
        &self,
        message: &Outgoing,
        token: &SecretString,
    ) -> Result<Accepted, SendError> {
        let call = message.to_json()?;
        let answer = self
            .http
            .post(&self.messages_url)
            .bearer_auth(token.expose_secret())
            .json(&call)
            .send()
            .await
            .map_err(|error| {
                if error.is_connect() || error.is_builder() {
                    SendError::NotReached(error)
                } else {
                    SendError::Unclear(error.without_url().to_string())
                }
            })?;
        let status = answer.status();
        if answer
            .content_length()
            .is_some_and(|length| length > LONGEST_ANSWER)
        {
            return Err(SendError::Unclear(format!(
                "{status} with an answer too long to be Meta's"
            )));
        }
        let body = answer
            .bytes()
            .await
            .map_err(|error| SendError::Unclear(error.without_url().to_string()))?;
        read(status, &body)
    }
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
    let Ok(Refusal { error }) = serde_json::from_slice(body) else {
        return Err(if status.is_client_error() {
            SendError::Refused {
                reason: Reason {
                    code: i64::from(status.as_u16()),
                    title: "an answer that is not Meta's".to_owned(),
                },
                class: Class::Operator,
                trace: None,
            }
        } else {
            SendError::Unclear(format!("{status}"))
        });
    };
    match class_of(error.code) {
        Class::Unclear => Err(SendError::Unclear(format!("code {}", error.code))),
        // A server error with a code that we do not know says nothing of what happened before it.
        Class::Permanent if status.is_server_error() => {
            Err(SendError::Unclear(format!("{status}, code {}", error.code)))
        }
        class => Err(SendError::Refused {
            reason: Reason {
                code: error.code,
                title: error.message.chars().take(200).collect(),
            },
            class,
            trace: error.fbtrace_id,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Result<Accepted, SendError> {
        read(StatusCode::from_u16(status).unwrap(), body.as_bytes())
    }

    #[test]
    fn an_accepted_message_has_metas_id() {
        let accepted = answer(
            200,
            r#"{"messaging_product":"whatsapp","contacts":[{"input":"+39333","wa_id":"39333"}],
               "messages":[{"id":"wamid.HBgM","message_status":"accepted"}]}"#,
        );

        assert_eq!(accepted.unwrap().wamid.as_str(), "wamid.HBgM");
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        for (status, code, class) in [
            (400, 131_056, Class::Retry),
            (401, 190, Class::Operator),
            (400, 131_026, Class::Unreachable),
        ] {
            let body = format!(
                r#"{{"error":{{"message":"(#{code}) …","code":{code},"fbtrace_id":"AbC"}}}}"#
            );
            match answer(status, &body) {
                Err(SendError::Refused {
                    reason,
                    class: found,
                    trace,
                }) => {
                    assert_eq!(
                        (reason.code, found, trace.as_deref()),
                        (code, class, Some("AbC"))
                    );
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn whatever_may_have_been_sent_is_unclear() {
        for (status, body) in [
            (500, ""),
            (502, "<html>"),
            (500, r#"{"error":{"code":131000}}"#),
            (503, r#"{"error":{"code":2}}"#),
            (500, r#"{"error":{"code":424242}}"#),
            (200, "{}"),
            (200, "not json"),
        ] {
            assert!(
                matches!(answer(status, body), Err(SendError::Unclear(_))),
                "{status} {body}"
            );
        }
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_was_certainly_not_told() {
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", nobody.local_addr().unwrap());
        drop(nobody);
        let message = Outgoing {
            to: domain::contact::Address::Phone("393331234567".parse().unwrap()),
            body: crate::Body::Text("Fatto.".to_owned()),
            id: "r_84dbe28ddf42f1e6b80d7834e5aa04b5_0".parse().unwrap(),
        };

        let outcome = Client::new(&url, "106")
            .unwrap()
            .send(&message, &"token".into())
            .await;

        assert!(
            matches!(outcome, Err(SendError::NotReached(_))),
            "{outcome:?}"
        );
    }

    #[tokio::test]
    async fn a_connection_that_breaks_after_the_call_leaves_the_outcome_unclear() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let breaker = async {
            use tokio::io::AsyncReadExt;
            let (mut socket, _) = listener.accept().await.unwrap();
            let _ = socket.read(&mut [0; 1024]).await;
        };
        let message = Outgoing {
            to: domain::contact::Address::Phone("393331234567".parse().unwrap()),
            body: crate::Body::Text("Fatto.".to_owned()),
            id: "r_84dbe28ddf42f1e6b80d7834e5aa04b5_0".parse().unwrap(),
        };
        let client = Client::new(&url, "106").unwrap();

        let token = "token".into();
        let (outcome, ()) = tokio::join!(client.send(&message, &token), breaker);

        assert!(matches!(outcome, Err(SendError::Unclear(_))), "{outcome:?}");
    }
}
