//! A stand-in for AWS services that nothing emulates in process (SQS, Scheduler, S3): it gives one answer to every call
//! and remembers the calls.

use std::sync::{Arc, Mutex};

use aws_config::SdkConfig;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use serde_json::Value;

use crate::aws_at;

/// A call that a [`Stub`] got.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The HTTP method.
    pub method: String,
    /// The path, with its query.
    pub path: String,
    /// The operation, for services that name it in a header.
    pub target: Option<String>,
    /// The body; null where it is not JSON.
    pub body: Value,
}

/// A service that lives as long as the test's runtime.
#[derive(Debug, Clone)]
pub struct Stub {
    /// For the clients of the test.
    pub aws: SdkConfig,
    /// Its address.
    pub endpoint: String,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Stub {
    /// A service that answers `body`, as `content_type`, with `status` to every call.
    pub async fn start(status: u16, content_type: &'static str, body: &str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let status = StatusCode::from_u16(status).expect("a status");
        let calls = Arc::new(Mutex::new(Vec::new()));
        let (record, body) = (calls.clone(), Bytes::from(body.to_owned()));
        let answer = move |method: Method, uri: Uri, headers: HeaderMap, asked: Bytes| {
            let call = Call {
                method: method.to_string(),
                path: uri.to_string(),
                target: headers
                    .get("x-amz-target")
                    .and_then(|value| value.to_str().ok())
                    .map(str::to_owned),
                body: serde_json::from_slice(&asked).unwrap_or_default(),
            };
            record.lock().expect("nobody panicked").push(call);
            std::future::ready((status, [(header::CONTENT_TYPE, content_type)], body.clone()))
        };
        let service = Router::new().fallback(answer);
        tokio::spawn(async { axum::serve(listener, service).await });
        Self {
            aws: aws_at(&endpoint),
            endpoint,
            calls,
        }
    }

    /// What it was asked so far.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().expect("nobody panicked").clone()
    }
}
