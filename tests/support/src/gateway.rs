//! Calls of the staff, as API Gateway hands them to a function: from a file of `events/`, changed where a test needs it.

use axum::Router;
use axum::body::to_bytes;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

/// An event of the HTTP API (payload 2.0).
#[derive(Debug, Clone)]
pub struct Event(Value);

/// What the function answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; a string where it is not JSON, null where it is empty.
    pub body: Value,
}

impl Event {
    /// The event in `file`, the text of a file of `events/`.
    pub fn from_file(file: &str) -> Self {
        Self(serde_json::from_str(file).expect("an event is JSON"))
    }

    /// The same event with another path.
    #[must_use]
    pub fn to(mut self, method: &str, path: &str) -> Self {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let query_map: serde_json::Map<String, Value> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        self.0["rawPath"] = path.into();
        self.0["rawQueryString"] = query.into();
        self.0["queryStringParameters"] = query_map.into();
        self.0["requestContext"]["http"]["path"] = path.into();
        self.0["requestContext"]["http"]["method"] = method.into();
        self
    }

    /// The same event from the account `name`, in the group `role`.
    #[must_use]
    pub fn by(mut self, name: &str, role: &str) -> Self {
        let claims =
            json!({"username": name, "cognito:groups": format!("[{role}]"), "token_use": "access"});
        self.0["requestContext"]["authorizer"] = json!({"jwt": {"claims": claims, "scopes": null}});
        self
    }

    /// The same event without a token.
    #[must_use]
    pub fn by_nobody(mut self) -> Self {
        if let Some(context) = self.0["requestContext"].as_object_mut() {
            context.remove("authorizer");
        }
        self
    }

    /// The same event with `header`.
    #[must_use]
    pub fn with(mut self, header: &str, value: &str) -> Self {
        self.0["headers"][header] = value.into();
        self
    }

    /// The same event without `header`.
    #[must_use]
    pub fn without(mut self, header: &str) -> Self {
        if let Some(headers) = self.0["headers"].as_object_mut() {
            headers.remove(header);
        }
        self
    }

    /// The same event with the JSON `body`.
    #[must_use]
    pub fn saying(self, body: &Value) -> Self {
        self.saying_text(&body.to_string())
    }

    /// The same event with `body` as it is.
    #[must_use]
    pub fn saying_text(mut self, body: &str) -> Self {
        self.0["body"] = body.into();
        self
    }

    /// What `app` answers to the event, after the same translation as on Lambda.
    pub async fn call(self, app: &Router) -> Answer {
        let request =
            lambda_http::request::from_str(&self.0.to_string()).expect("an event of API Gateway");
        let Ok(response) = app.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a body");
        let text = String::from_utf8_lossy(&bytes);
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: match text.as_ref() {
                "" => Value::Null,
                text => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
            },
        }
    }
}

impl Answer {
    /// The header `name`, empty where it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Status and kind of a problem, such as `(404, "/problems/not-found")`.
    pub fn problem(&self) -> (u16, &str) {
        (
            self.status.as_u16(),
            self.body["type"].as_str().unwrap_or_default(),
        )
    }
}
