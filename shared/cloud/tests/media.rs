//! The store of citizens' files against a stand-in of S3 that remembers what it was asked.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops")]

use std::sync::{Arc, Mutex};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};

use cloud::media::{KeepError, MediaStore};

/// S3 takes no smaller part, but for the last.
const PART: usize = 5 * 1024 * 1024;

/// What S3 was asked: method, query, bytes.
type Asked = Arc<Mutex<Vec<(Method, String, usize)>>>;

#[derive(Clone)]
struct Bucket {
    asked: Asked,
    refused_part: Option<&'static str>,
}

async fn answer(State(bucket): State<Bucket>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let query = head.uri.query().unwrap_or_default().to_owned();
    let bytes = to_bytes(Body::new(body), usize::MAX).await.unwrap();
    let refused = bucket.refused_part.is_some_and(|part| query.contains(part));
    let asked = (head.method.clone(), query.clone(), bytes.len());
    bucket.asked.lock().unwrap().push(asked);
    if refused {
        let error = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>";
        return (StatusCode::FORBIDDEN, error).into_response();
    }
    match head.method {
        Method::POST if query.contains("uploads") => {
            "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>"
                .into_response()
        }
        Method::POST => {
            "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>"
                .into_response()
        }
        Method::DELETE => StatusCode::NO_CONTENT.into_response(),
        _ => [("etag", "\"e\"")].into_response(),
    }
}

async fn store(refused_part: Option<&'static str>) -> (MediaStore, Asked) {
    let asked = Asked::default();
    let bucket = Bucket {
        asked: Arc::clone(&asked),
        refused_part,
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer).with_state(bucket);
    tokio::spawn(async move { axum::serve(listener, router).await });
    let credentials = Credentials::new("test", "test", None, None, "tests");
    let aws = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-south-1"))
        .endpoint_url(url)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    (MediaStore::new(&aws, "media"), asked)
}

/// `pieces` one after the other, and then the end.
async fn keep(
    store: &MediaStore,
    pieces: &[Result<usize, &'static str>],
) -> Result<u64, KeepError<&'static str>> {
    let mut pieces = pieces.iter();
    let next = async || match pieces.next() {
        None => Ok(None),
        Some(Ok(size)) => Ok(Some(vec![7_u8; *size])),
        Some(Err(error)) => Err(*error),
    };
    store.keep("m/990001", "image/jpeg", next).await
}

/// What was asked, in short: the method and what of the query tells the calls apart.
fn calls(asked: &Asked) -> Vec<String> {
    let asked = asked.lock().unwrap();
    let calls = asked.iter().map(|(method, query, _)| {
        let part = query.split('&').find(|part| part.starts_with("partNumber"));
        let kind = part.or_else(|| query.contains("uploads").then_some("uploads"));
        format!("{method} {}", kind.unwrap_or_default())
            .trim()
            .to_owned()
    });
    calls.collect()
}

#[tokio::test]
async fn a_small_file_is_one_call() {
    let (store, asked) = store(None).await;

    let size = keep(&store, &[Ok(1000), Ok(24)]).await.unwrap();

    assert_eq!(size, 1024);
    assert_eq!(calls(&asked), ["PUT"]);
}

#[tokio::test]
async fn a_large_file_goes_up_in_parts_none_of_them_too_small() {
    let (store, asked) = store(None).await;

    let size = keep(&store, &[Ok(64 * 1024); 200]).await.unwrap();

    assert_eq!(size, 200 * 64 * 1024);
    assert_eq!(
        calls(&asked),
        [
            "POST uploads",
            "PUT partNumber=1",
            "PUT partNumber=2",
            "PUT partNumber=3",
            "POST"
        ]
    );
    let asked = asked.lock().unwrap();
    assert!(asked[1].2 >= PART && asked[2].2 >= PART);
}

#[tokio::test]
async fn what_does_not_come_whole_leaves_nothing_behind() {
    let (store, asked) = store(None).await;

    let small = keep(&store, &[Ok(10), Err("the digest is another")]).await;
    assert!(matches!(small, Err(KeepError::Source(_))));
    assert_eq!(calls(&asked).len(), 0, "nothing was written");

    let large = keep(&store, &[Ok(PART), Err("the digest is another")]).await;
    assert!(matches!(large, Err(KeepError::Source(_))));
    assert_eq!(
        calls(&asked),
        ["POST uploads", "PUT partNumber=1", "DELETE"]
    );
}

#[tokio::test]
async fn a_part_that_is_refused_takes_the_others_with_it() {
    let (store, asked) = store(Some("partNumber=2")).await;

    let outcome = keep(&store, &[Ok(PART); 3]).await;

    assert!(matches!(outcome, Err(KeepError::S3(_))));
    assert_eq!(
        calls(&asked),
        [
            "POST uploads",
            "PUT partNumber=1",
            "PUT partNumber=2",
            "DELETE"
        ]
    );
}
