//! A bucket in memory, behind S3's own protocol: it creates on condition, lists, and remembers the order of writing.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::Query;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use cloud::files::Files;

/// What a bucket holds, and what happened to it.
#[derive(Debug, Default)]
struct Held {
    objects: BTreeMap<String, Object>,
    written: Vec<String>,
    /// Keys whose next writing fails.
    failing: Vec<String>,
}

#[derive(Debug, Clone, Default)]
struct Object {
    body: Vec<u8>,
    digest: String,
}

/// A bucket that lives as long as the test's runtime.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bucket(Arc<Mutex<Held>>);

impl Bucket {
    /// An empty bucket, and how the function sees it.
    pub(crate) async fn start() -> (Self, Files) {
        let bucket = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let served = bucket.clone();
        let service = Router::new().fallback(
            move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
                std::future::ready(served.answer(&method, &uri, &headers, &body))
            },
        );
        tokio::spawn(async { axum::serve(listener, service).await });
        let files = Files::new(&support::aws_at(&endpoint), "reports");
        (bucket, files)
    }

    /// The keys written so far, in order.
    pub(crate) fn written(&self) -> Vec<String> {
        self.0.lock().unwrap().written.clone()
    }

    /// The keys that are there.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.0.lock().unwrap().objects.keys().cloned().collect()
    }

    /// The content of `key`.
    pub(crate) fn bytes(&self, key: &str) -> Vec<u8> {
        self.0.lock().unwrap().objects[key].body.clone()
    }

    /// The content of `key`, as text.
    pub(crate) fn text(&self, key: &str) -> String {
        String::from_utf8(self.bytes(key)).unwrap()
    }

    /// Lets the next writing of `key` fail.
    pub(crate) fn fail_once(&self, key: &str) {
        self.0.lock().unwrap().failing.push(key.to_owned());
    }

    fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Response {
        let mut held = self.0.lock().unwrap();
        let key = uri
            .path()
            .trim_start_matches("/reports")
            .trim_start_matches('/');
        match *method {
            Method::PUT => held.put(key, headers, body),
            Method::GET if key.is_empty() => held.list(uri),
            _ => held.get(key),
        }
    }
}

impl Held {
    fn put(&mut self, key: &str, headers: &HeaderMap, body: &[u8]) -> Response {
        if let Some(position) = self.failing.iter().position(|failing| failing == key) {
            self.failing.remove(position);
            return error(StatusCode::FORBIDDEN, "AccessDenied");
        }
        if headers.contains_key("if-none-match") && self.objects.contains_key(key) {
            return error(StatusCode::PRECONDITION_FAILED, "PreconditionFailed");
        }
        let chunked = headers
            .get("content-encoding")
            .is_some_and(|encoding| encoding == "aws-chunked");
        let digest = headers.get("x-amz-meta-sha256");
        let object = Object {
            body: if chunked {
                unchunked(body)
            } else {
                body.to_vec()
            },
            digest: digest.map_or(String::new(), |digest| digest.to_str().unwrap().to_owned()),
        };
        self.objects.insert(key.to_owned(), object);
        self.written.push(key.to_owned());
        StatusCode::OK.into_response()
    }

    fn get(&self, key: &str) -> Response {
        match self.objects.get(key) {
            Some(object) => (
                [("x-amz-meta-sha256", object.digest.clone())],
                object.body.clone(),
            )
                .into_response(),
            None => error(StatusCode::NOT_FOUND, "NoSuchKey"),
        }
    }

    fn list(&self, uri: &Uri) -> Response {
        use std::fmt::Write;
        let Query(query) = Query::<HashMap<String, String>>::try_from_uri(uri).unwrap();
        let mut contents = String::new();
        for key in self
            .objects
            .keys()
            .filter(|key| key.starts_with(&query["prefix"]))
        {
            write!(contents, "<Contents><Key>{key}</Key></Contents>").unwrap();
        }
        format!("<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>")
            .into_response()
    }
}

fn error(status: StatusCode, code: &str) -> Response {
    (status, format!("<Error><Code>{code}</Code></Error>")).into_response()
}

/// The content of a body in `aws-chunked` encoding: `size[;signature] CRLF bytes CRLF`, until a chunk of size 0.
fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    while let Some(end) = body.windows(2).position(|pair| pair == b"\r\n") {
        let head = std::str::from_utf8(&body[..end]).unwrap();
        let size = usize::from_str_radix(head.split(';').next().unwrap(), 16).unwrap();
        if size == 0 {
            break;
        }
        let start = end + 2;
        content.extend_from_slice(&body[start..start + size]);
        body = &body[start + size + 2..];
    }
    content
}
