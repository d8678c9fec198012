//! Everything a function calls, answered at once: SQS, DynamoDB, Secrets Manager and WhatsApp's Graph API.
//!
//! It is no emulator. It answers as the real thing does when all is well, so that what is measured is the function; whether
//! the function is *right* is for the tests against the engine.

mod queue;
mod table;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::serve::ListenerExt as _;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::Trouble;
use crate::events::{ACCESS_TOKEN, APP_SECRET, VERIFY_TOKEN};
pub use crate::stub::queue::{DEAD_LETTERS, digest};
use crate::stub::table::Tables;

/// What the Graph API's one operation is called here, where AWS's have names of their own.
const MESSAGES: &str = "Graph.messages";

/// The queue of what may not leave yet: the only one whose messages are kept.
pub const HELD: &str = "held";

/// The services, on one address.
#[derive(Clone)]
pub struct Stub {
    /// Where they listen.
    pub address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

/// What has been asked of them.
#[derive(Default)]
struct Seen {
    calls: BTreeMap<String, u32>,
    tables: Tables,
    held: Vec<Held>,
}

/// A message of the queue [`HELD`].
#[derive(Debug, Clone)]
pub struct Held {
    /// The message.
    pub body: String,
    /// For how long the queue hides it.
    pub delay: Duration,
}

impl Stub {
    /// Opens the services on a free port, for as long as the program runs.
    pub async fn open() -> Result<Self, Trouble> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let stub = Self {
            address: listener.local_addr()?,
            seen: Arc::default(),
        };
        let listener = listener.tap_io(|stream| {
            // A platform without it would only be slower.
            let _ = stream.set_nodelay(true);
        });
        let routes = Router::new().fallback(answer).with_state(stub.clone());
        tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, routes).await {
                eprintln!("the stub services stopped: {error}");
            }
        });
        Ok(stub)
    }

    /// Forgets all that was asked and stored.
    pub fn forget(&self) {
        *self.seen() = Seen::default();
    }

    /// Puts `item`, as DynamoDB writes it, into `table`.
    pub fn put(&self, table: &str, item: &Value) {
        self.seen().tables.put(table, item);
    }

    /// How many calls of AWS there have been since the last time this was asked. WhatsApp's do not count.
    pub fn take_aws_calls(&self) -> u32 {
        let calls = std::mem::take(&mut self.seen().calls);
        let aws = calls.iter().filter(|(operation, _)| *operation != MESSAGES);
        aws.map(|(_, count)| count).sum()
    }

    /// What was put into the queue [`HELD`] since the last time this was asked.
    pub fn take_held(&self) -> Vec<Held> {
        std::mem::take(&mut self.seen().held)
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn answer(State(stub): State<Stub>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|it| it.to_str().ok());
    let operation = match target {
        Some(target) => target,
        None if uri.path().ends_with("/messages") => MESSAGES,
        None => {
            return (
                StatusCode::NOT_FOUND,
                format!("nothing stands in for {uri}"),
            )
                .into_response();
        }
    };
    let request: Value = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(error) => return (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    };

    let mut seen = stub.seen();
    let calls = seen.calls.entry(operation.to_owned()).or_default();
    *calls += 1;
    let ordinal = *calls;
    if operation == "AmazonSQS.SendMessage"
        && request["QueueUrl"]
            .as_str()
            .is_some_and(|url| url.ends_with(HELD))
    {
        seen.held.push(Held {
            body: request["MessageBody"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            delay: Duration::from_secs(request["DelaySeconds"].as_u64().unwrap_or_default()),
        });
    }
    let answer = match operation {
        "AmazonSQS.SendMessage" => queue::send_message(&request).map(Ok),
        "AmazonSQS.SendMessageBatch" => queue::send_message_batch(&request).map(Ok),
        "AmazonSQS.ChangeMessageVisibility" => Some(Ok(json!({}))),
        "secretsmanager.GetSecretValue" => Some(Ok(secret(&request))),
        MESSAGES => Some(Ok(accepted(&request, ordinal))),
        _ => operation
            .strip_prefix("DynamoDB_20120810.")
            .and_then(|operation| seen.tables.answer(operation, &request)),
    };
    let (status, answer) = match answer {
        Some(Ok(answer)) => (StatusCode::OK, answer),
        Some(Err(refusal)) => (StatusCode::BAD_REQUEST, refusal),
        None => (
            StatusCode::BAD_REQUEST,
            json!({"__type": "UnknownOperationException", "message": operation}),
        ),
    };
    let kind = [(header::CONTENT_TYPE, "application/x-amz-json-1.0")];
    (status, kind, answer.to_string()).into_response()
}

/// The tenant's WhatsApp secret.
fn secret(request: &Value) -> Value {
    let secret = json!({
        "app_secrets": [APP_SECRET],
        "verify_token": VERIFY_TOKEN,
        "access_token": ACCESS_TOKEN,
    });
    json!({
        "ARN": request["SecretId"],
        "Name": "whatsapp",
        "VersionId": "00000000-0000-4000-8000-000000000001",
        "VersionStages": ["AWSCURRENT"],
        "SecretString": secret.to_string(),
    })
}

/// What WhatsApp says to a message that it takes.
fn accepted(request: &Value, ordinal: u32) -> Value {
    let to = request.get("to").or_else(|| request.get("recipient"));
    json!({
        "messaging_product": "whatsapp",
        "contacts": [{"input": to, "wa_id": to}],
        "messages": [{"id": format!("wamid.answer.{ordinal}"), "message_status": "accepted"}],
    })
}
