//! How AWS says no: which service a call is for, and the answer with which that service throttles or fails, in the form
//! that its SDK understands and tries again.

use axum::body::Body;
use axum::http::{HeaderMap, Response, StatusCode};

/// The services whose calls are meddled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Service {
    DynamoDb,
    Sqs,
    S3,
}

impl Service {
    /// The service that a signed call names in its credential scope: `AWS4-HMAC-SHA256 Credential=<key>/<day>/<region>/<service>/…`.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let signed = headers.get("authorization")?.to_str().ok()?;
        match signed.split('/').nth(3)? {
            "dynamodb" => Some(Self::DynamoDb),
            "sqs" => Some(Self::Sqs),
            "s3" => Some(Self::S3),
            _ => None,
        }
    }

    /// The service has no capacity at this moment.
    pub(crate) fn throttled(self) -> Response<Body> {
        match self {
            Self::DynamoDb => json(
                400,
                "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
            ),
            Self::Sqs => json(400, "com.amazonaws.sqs#RequestThrottled"),
            Self::S3 => xml(503, "SlowDown"),
        }
    }

    /// The service has failed.
    pub(crate) fn failed(self) -> Response<Body> {
        match self {
            Self::DynamoDb => json(500, "com.amazonaws.dynamodb.v20120810#InternalServerError"),
            Self::Sqs => json(500, "com.amazonaws.sqs#InternalFailure"),
            Self::S3 => xml(500, "InternalError"),
        }
    }
}

fn json(status: u16, kind: &str) -> Response<Body> {
    let body = format!(r#"{{"__type":"{kind}","message":"made by the fault proxy"}}"#);
    answer(status, "application/x-amz-json-1.0", body)
}

fn xml(status: u16, code: &str) -> Response<Body> {
    let body = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>made by the fault proxy</Message></Error>"#
    );
    answer(status, "application/xml", body)
}

fn answer(status: u16, kind: &'static str, body: String) -> Response<Body> {
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer.headers_mut().insert(
        axum::http::header::CONTENT_TYPE,
        axum::http::HeaderValue::from_static(kind),
    );
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_call_names_its_service() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=ASIA1/20261124/eu-south-1/sqs/aws4_request, SignedHeaders=host, Signature=0"
                .parse()
                .unwrap(),
        );
        assert_eq!(Service::of(&headers), Some(Service::Sqs));
        assert_eq!(Service::of(&HeaderMap::new()), None);
    }
}
