//! A call of API Gateway (HTTP API, payload format 2.0), read no further than this function needs it, and its answer.
//!
//! This is the one function that Meta waits for, so it reads the event itself: building a whole HTTP request out of it
//! would cost a tenth of the work that is done here.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// A call.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    request_context: Context,
    #[serde(default)]
    headers: Option<Headers>,
    #[serde(default)]
    query_string_parameters: Option<HashMap<String, String>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

#[derive(Debug, Deserialize)]
struct Context {
    http: Http,
}

#[derive(Debug, Deserialize)]
struct Http {
    method: String,
}

/// The gateway writes the names of headers in lower case.
#[derive(Debug, Deserialize)]
struct Headers {
    #[serde(rename = "x-hub-signature-256")]
    signature: Option<String>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// HTTP status.
    pub status_code: u16,
    /// Headers.
    pub headers: HashMap<&'static str, &'static str>,
    /// What is said.
    pub body: String,
}

impl Call {
    /// `GET`, `POST`, …
    pub(crate) fn method(&self) -> &str {
        &self.request_context.http.method
    }

    /// The value of `name` in the query.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query_string_parameters
            .as_ref()?
            .get(name)
            .map(String::as_str)
    }

    /// Meta's signature.
    pub(crate) fn signature(&self) -> Option<&str> {
        self.headers.as_ref()?.signature.as_deref()
    }

    /// The body exactly as Meta sent it. What claims to be base64 and is not is nobody's body.
    pub(crate) fn into_body(self) -> Vec<u8> {
        let body = self.body.unwrap_or_default();
        if self.is_base64_encoded {
            STANDARD.decode(body).unwrap_or_default()
        } else {
            body.into_bytes()
        }
    }
}

impl Answer {
    /// An answer in plain text.
    pub(crate) fn new(status_code: u16, body: String) -> Self {
        Self {
            status_code,
            headers: HashMap::from([("content-type", "text/plain; charset=utf-8")]),
            body,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn call(body: &serde_json::Value) -> Call {
        let mut event = json!({"version": "2.0", "requestContext": {"http": {"method": "POST"}}});
        event
            .as_object_mut()
            .unwrap()
            .append(&mut body.as_object().unwrap().clone());
        serde_json::from_value(event).unwrap()
    }

    #[test]
    fn a_body_is_taken_as_it_was_sent_plain_or_encoded() {
        assert_eq!(
            call(&json!({"body": "{\"a\":\"\\u00e8\"}"})).into_body(),
            br#"{"a":"\u00e8"}"#
        );
        assert_eq!(
            call(&json!({"body": "e30=", "isBase64Encoded": true})).into_body(),
            b"{}"
        );
        assert_eq!(
            call(&json!({"body": "%%", "isBase64Encoded": true})).into_body(),
            b""
        );
        assert_eq!(call(&json!({})).into_body(), b"");
        assert_eq!(
            call(&json!({"headers": null, "queryStringParameters": null, "body": null}))
                .signature(),
            None
        );
    }

    #[test]
    fn only_what_is_needed_is_read() {
        let call = call(
            &json!({"headers": {"host": "x", "x-hub-signature-256": "sha256=00"}, "cookies": ["a"],
            "queryStringParameters": {"hub.mode": "subscribe"}}),
        );

        assert_eq!(
            (call.method(), call.signature(), call.query("hub.mode")),
            ("POST", Some("sha256=00"), Some("subscribe"))
        );
    }
}
