//! AWS as a function under test sees it, behind one address: the test's own DynamoDB, a Secrets Manager with one secret,
//! and an SQS and an SES that remember what they took and refuse on demand.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::{SdkConfig, aws_at};
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Services that live as long as the test's runtime.
#[derive(Clone)]
pub struct Services {
    /// For the function under test.
    pub aws: SdkConfig,
    inner: Arc<Inner>,
}

struct Inner {
    database: String,
    secret: String,
    http: reqwest::Client,
    queued: Mutex<Vec<(String, Value)>>,
    refusals: Mutex<Vec<(String, bool)>>,
    posted: Mutex<Vec<Value>>,
    mail_refusals: Mutex<Vec<String>>,
    /// The next transaction is made, and answered with a server error.
    silent: AtomicBool,
}

impl Services {
    /// Services with the DynamoDB at `database`; Secrets Manager holds `secret`.
    pub async fn start(database: &str, secret: &Value) -> Self {
        let inner = Arc::new(Inner {
            database: database.to_owned(),
            secret: secret.to_string(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            queued: Mutex::default(),
            refusals: Mutex::default(),
            posted: Mutex::default(),
            mail_refusals: Mutex::default(),
            silent: AtomicBool::new(false),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let services = inner.clone();
        let router = Router::new().fallback(move |uri: Uri, headers: HeaderMap, body: Bytes| {
            let services = services.clone();
            async move {
                if uri.path() == "/v2/email/outbound-emails" {
                    return services.post(&serde_json::from_slice(&body).unwrap());
                }
                services.answer(headers, body).await
            }
        });
        tokio::spawn(async { axum::serve(listener, router).await });
        Self {
            aws: aws_at(&endpoint),
            inner,
        }
    }

    /// What the queue `name` holds, in the order in which it came: `body` (a text where it is not JSON) and, where they
    /// were given, `delay`, `group`, `deduplication` and the `reason` of a dead letter.
    pub fn queued(&self, name: &str) -> Vec<Value> {
        let queued = self.inner.queued.lock().unwrap();
        let here = queued.iter().filter(|(queue, _)| queue == name);
        here.map(|(_, message)| message.clone()).collect()
    }

    /// The e-mails that SES took, as they were given to it.
    pub fn posted(&self) -> Vec<Value> {
        self.inner.posted.lock().unwrap().clone()
    }

    /// Lets SES refuse the next e-mail with `exception`.
    pub fn refuse_mail(&self, exception: &str) {
        let mut refusals = self.inner.mail_refusals.lock().unwrap();
        refusals.push(exception.to_owned());
    }

    /// Makes the next transaction of DynamoDB, and answers as if it had failed: the client asks again.
    pub fn answer_next_transaction_with_an_error(&self) {
        self.inner.silent.store(true, Ordering::SeqCst);
    }

    /// Lets the queue `name` refuse its next call: the `whole` call, or only the first message of a batch. Refusals of one
    /// queue are used up in their order.
    pub fn refuse(&self, name: &str, whole: bool) {
        let mut refusals = self.inner.refusals.lock().unwrap();
        refusals.push((name.to_owned(), whole));
    }
}

impl Inner {
    async fn answer(&self, headers: HeaderMap, body: Bytes) -> Response {
        let target = headers["x-amz-target"].to_str().unwrap().to_owned();
        match target.split_once('.').unwrap() {
            ("secretsmanager", _) => ok(
                &json!({"ARN": "arn:aws:secretsmanager:eu-south-1:1:secret:w", "Name": "w", "SecretString": self.secret}),
            ),
            ("AmazonSQS", operation) => {
                self.take(operation, &serde_json::from_slice(&body).unwrap())
            }
            _ => self.forward(headers, body).await,
        }
    }

    async fn forward(&self, mut headers: HeaderMap, body: Bytes) -> Response {
        let target = headers["x-amz-target"].to_str().unwrap().to_owned();
        headers.remove(header::CONTENT_LENGTH);
        headers.remove(header::HOST);
        let call = self.http.post(&self.database).headers(headers).body(body);
        let transaction = target.ends_with("TransactWriteItems");
        let answer = call.send().await.unwrap();
        if transaction && self.silent.swap(false, Ordering::SeqCst) {
            let broken = json!({"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError", "message": "no"});
            return (StatusCode::INTERNAL_SERVER_ERROR, broken.to_string()).into_response();
        }
        let status = StatusCode::from_u16(answer.status().as_u16()).unwrap();
        let headers = answer.headers().clone();
        (status, headers, answer.bytes().await.unwrap()).into_response()
    }

    fn post(&self, mail: &Value) -> Response {
        let refusal = self.mail_refusals.lock().unwrap().pop();
        if let Some(exception) = refusal {
            let refused = json!({"message": "no"}).to_string();
            return (
                StatusCode::BAD_REQUEST,
                [("x-amzn-errortype", exception)],
                refused,
            )
                .into_response();
        }
        let mut posted = self.posted.lock().unwrap();
        posted.push(mail.clone());
        ok(&json!({"MessageId": format!("mail-{}", posted.len())}))
    }

    fn take(&self, operation: &str, call: &Value) -> Response {
        let url = call["QueueUrl"].as_str().unwrap();
        let queue = url.rsplit('/').next().unwrap();
        let refusal = {
            let mut refusals = self.refusals.lock().unwrap();
            let next = refusals.iter().position(|(name, _)| name == queue);
            next.map(|next| refusals.remove(next).1)
        };
        if refusal == Some(true) || (refusal.is_some() && operation == "SendMessage") {
            let refused =
                json!({"__type": "com.amazonaws.sqs#InvalidMessageContents", "message": "no"});
            return (StatusCode::BAD_REQUEST, refused.to_string()).into_response();
        }
        let mut queued = self.queued.lock().unwrap();
        if operation == "SendMessage" {
            queued.push((queue.to_owned(), message(call)));
            return ok(&json!({"MessageId": "m", "MD5OfMessageBody": ""}));
        }
        let entries = call["Entries"].as_array().unwrap();
        assert!(
            (1..=10).contains(&entries.len()),
            "SQS takes ten at a time, not {}",
            entries.len()
        );
        let refused = usize::from(refusal.is_some());
        let (refused, taken) = entries.split_at(refused);
        queued.extend(taken.iter().map(|entry| (queue.to_owned(), message(entry))));
        let taken = taken
            .iter()
            .map(|entry| json!({"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": ""}));
        let refused = refused
            .iter()
            .map(|entry| json!({"Id": entry["Id"], "SenderFault": false, "Code": "InternalError"}));
        ok(&json!({"Successful": taken.collect::<Vec<_>>(), "Failed": refused.collect::<Vec<_>>()}))
    }
}

fn message(sent: &Value) -> Value {
    let body = sent["MessageBody"].as_str().unwrap();
    let members = [
        ("delay", &sent["DelaySeconds"]),
        ("group", &sent["MessageGroupId"]),
        ("deduplication", &sent["MessageDeduplicationId"]),
        (
            "reason",
            &sent["MessageAttributes"]["reason"]["StringValue"],
        ),
    ];
    let mut message = json!({"body": serde_json::from_str(body).unwrap_or_else(|_| json!(body))});
    for (name, value) in members.into_iter().filter(|(_, value)| !value.is_null()) {
        message[name] = value.clone();
    }
    message
}

fn ok(body: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/x-amz-json-1.0")];
    (kind, body.to_string()).into_response()
}
