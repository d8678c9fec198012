//! A bucket with versions in memory, behind S3's own protocol: what is laid over an object does not undo it.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::sync::{Arc, Mutex};

use aws_config::SdkConfig;
use axum::Router;
use axum::body::Bytes;
use axum::extract::Query;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use crate::aws_at;

/// The versions of each key, oldest first.
type Objects = BTreeMap<String, Vec<Vec<u8>>>;

/// A bucket that lives as long as the test's runtime. Its name does not matter.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// For the clients of the test.
    pub aws: SdkConfig,
    objects: Arc<Mutex<Objects>>,
}

impl Bucket {
    /// Starts an empty one.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let objects = Arc::new(Mutex::new(Objects::new()));
        let served = objects.clone();
        let service = Router::new().fallback(
            move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
                let mut objects = served.lock().expect("nobody panicked");
                std::future::ready(answer(&mut objects, &method, &uri, &headers, &body))
            },
        );
        tokio::spawn(async { axum::serve(listener, service).await });
        Self {
            aws: aws_at(&endpoint),
            objects,
        }
    }

    /// The keys that are there.
    pub fn keys(&self) -> Vec<String> {
        let objects = self.objects.lock().expect("nobody panicked");
        objects.keys().cloned().collect()
    }

    /// Lays a new version over `key`, as somebody may who cannot change what is locked.
    pub fn lay_over(&self, key: &str, body: &str) {
        let mut objects = self.objects.lock().expect("nobody panicked");
        let versions = objects.entry(key.to_owned()).or_default();
        versions.push(body.as_bytes().to_vec());
    }
}

fn answer(
    objects: &mut Objects,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    // `/bucket/key`: an address of numbers has no buckets in its name.
    let path = uri.path().trim_start_matches('/');
    let key = path.split_once('/').map_or("", |(_, key)| key);
    let Query(query) = Query::<HashMap<String, String>>::try_from_uri(uri).unwrap();
    if *method == Method::PUT {
        let versions = objects.entry(key.to_owned()).or_default();
        if headers.contains_key("if-none-match") && !versions.is_empty() {
            return error(StatusCode::PRECONDITION_FAILED, "PreconditionFailed");
        }
        versions.push(body.to_vec());
        return StatusCode::OK.into_response();
    }
    if key.is_empty() {
        return list(objects, &query["prefix"]).into_response();
    }
    let versions = objects.get(key).map(Vec::as_slice).unwrap_or_default();
    let object = match query.get("versionId") {
        Some(id) => id.parse().ok().and_then(|id: usize| versions.get(id)),
        None => versions.last(),
    };
    match object {
        Some(object) => object.clone().into_response(),
        None => error(StatusCode::NOT_FOUND, "NoSuchKey"),
    }
}

/// Every version, by key and newest first, as S3 lists them. All were written in the same second.
fn list(objects: &Objects, prefix: &str) -> String {
    let mut versions = String::new();
    for (key, bodies) in objects.iter().filter(|(key, _)| key.starts_with(prefix)) {
        for id in (0..bodies.len()).rev() {
            write!(
                versions,
                "<Version><Key>{key}</Key><VersionId>{id}</VersionId>\
                 <LastModified>2026-11-22T00:00:00.000Z</LastModified></Version>"
            )
            .unwrap();
        }
    }
    format!("<ListVersionsResult><IsTruncated>false</IsTruncated>{versions}</ListVersionsResult>")
}

fn error(status: StatusCode, code: &str) -> Response {
    (status, format!("<Error><Code>{code}</Code></Error>")).into_response()
}
