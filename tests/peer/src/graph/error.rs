//! Graph errors: the body, the HTTP status and the words that belong to each code.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal in the shape of the Graph API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GraphError {
    pub(crate) code: i64,
    pub(crate) subcode: Option<i64>,
    pub(crate) http: u16,
    pub(crate) kind: &'static str,
    pub(crate) message: String,
    pub(crate) details: Option<String>,
}

impl GraphError {
    /// The error with this code, saying what is wrong.
    pub(crate) fn new(code: i64, details: impl Into<String>) -> Self {
        Self {
            code,
            subcode: None,
            http: http(code),
            kind: "OAuthException",
            message: format!("(#{code}) {}", title(code)),
            details: Some(details.into()),
        }
    }

    /// A bad parameter of the request itself: the message says it all.
    pub(crate) fn parameter(message: impl AsRef<str>) -> Self {
        Self {
            message: format!("(#100) {}", message.as_ref()),
            details: None,
            ..Self::new(100, "")
        }
    }

    /// A value that is present and wrong.
    pub(crate) fn value(details: impl Into<String>) -> Self {
        Self::new(131_009, details)
    }

    /// Nobody may do that without the token.
    pub(crate) fn token() -> Self {
        Self {
            message: "Invalid OAuth access token - Cannot parse access token".to_owned(),
            details: None,
            ..Self::new(190, "")
        }
    }

    /// The token was good once.
    pub(crate) fn expired() -> Self {
        Self {
            subcode: Some(463),
            message: "Error validating access token: The session has expired.".to_owned(),
            details: None,
            ..Self::new(190, "")
        }
    }

    /// There is no such number, account or page.
    pub(crate) fn unknown_object(id: &str, method: &str) -> Self {
        Self {
            subcode: Some(33),
            kind: "GraphMethodException",
            message: format!(
                "Unsupported {method} request. Object with ID '{id}' does not exist, cannot be loaded due to missing \
                 permissions, or does not support this operation"
            ),
            details: None,
            ..Self::new(100, "")
        }
    }

    /// What is said of it in the record.
    pub(crate) fn in_short(&self) -> String {
        self.details.clone().unwrap_or_else(|| self.message.clone())
    }
}

impl IntoResponse for GraphError {
    fn into_response(self) -> Response {
        let mut error = json!({
            "message": self.message,
            "type": self.kind,
            "code": self.code,
            "fbtrace_id": "APeerTraceIdOfThisCall",
        });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = Value::from(subcode);
        }
        if let Some(details) = self.details {
            error["error_data"] = json!({"messaging_product": "whatsapp", "details": details});
        }
        let status = StatusCode::from_u16(self.http).unwrap_or(StatusCode::BAD_REQUEST);
        (status, Json(json!({"error": error}))).into_response()
    }
}

/// The error as a `failed` status carries it.
pub(crate) fn in_status(code: i64) -> Value {
    json!({
        "code": code,
        "title": title(code),
        "message": title(code),
        "error_data": {"details": details(code)},
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    })
}

const fn http(code: i64) -> u16 {
    match code {
        0 | 190 => 401,
        3 | 10 | 200..=299 | 368 | 130_497 | 131_005 | 131_031 => 403,
        2 | 133_004 => 503,
        131_000 | 131_016 | 131_045 | 131_057 | 133_000 => 500,
        132_001 => 404,
        _ => 400,
    }
}

const fn title(code: i64) -> &'static str {
    match code {
        0 => "AuthException",
        2 => "API Service",
        4 => "API Too Many Calls",
        10 => "Permission Denied",
        100 => "Invalid parameter",
        190 => "Access token has expired",
        368 => "Temporarily blocked for policies violations",
        80_007 => "Rate limit issues",
        130_403 => "Recipient is blocked by the business",
        130_429 => "Rate limit hit",
        130_472 => "User's number is part of an experiment",
        131_000 => "Something went wrong",
        131_005 => "Access denied",
        131_008 => "Required parameter is missing",
        33 | 131_009 => "Parameter value is not valid",
        131_016 => "Service unavailable",
        131_021 => "Recipient cannot be sender",
        131_026 => "Message undeliverable",
        131_030 => "Recipient phone number not in allowed list",
        131_031 => "Account has been locked",
        131_042 => "Business eligibility payment issue",
        131_045 => "Incorrect certificate",
        131_047 => "Re-engagement message",
        131_048 => "Spam rate limit hit",
        131_049 => "This message was not delivered to maintain healthy ecosystem engagement.",
        131_050 => "User has stopped marketing messages from the business",
        131_051 => "Unsupported message type",
        131_053 => "Media upload error",
        131_056 => "(Business Account, Consumer Account) pair rate limit hit",
        131_057 => "Account in maintenance mode",
        131_062 => "Business-scoped user ID recipients are not supported for this message",
        132_000 => "Number of parameters does not match the expected number of params",
        132_001 => "Template name does not exist in the translation",
        132_005 => "Translated text too long",
        132_007 => "Format character policy violated",
        132_012 => "Parameter format does not match format in the created template",
        132_015 => "Template is paused",
        132_016 => "Template is disabled",
        132_018 => "There's an issue with the parameters in your template",
        133_008 => "Too many or wrong two-step PIN",
        135_000 => "Generic user error",
        _ => "An error occurred",
    }
}

const fn details(code: i64) -> &'static str {
    match code {
        131_026 => "Message Undeliverable.",
        131_047 => {
            "Message failed to send because more than 24 hours have passed since the customer last replied to this \
             number."
        }
        131_049 => {
            "In order to maintain a healthy ecosystem engagement, the message failed to be delivered."
        }
        other => title(other),
    }
}
