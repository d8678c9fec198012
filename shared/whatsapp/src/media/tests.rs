//! A file from a stand-in of Meta's two hosts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Response as Answer};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::*;

const FILE: &[u8] = b"\xff\xd8\xff\xe0 a picture of a hole in the road";

#[derive(Clone)]
struct Host {
    url: String,
    resolved: Arc<AtomicUsize>,
    fetched: Arc<AtomicUsize>,
}

async fn host() -> Host {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = Host {
        url: format!("http://{}", listener.local_addr().unwrap()),
        resolved: Arc::default(),
        fetched: Arc::default(),
    };
    let router = Router::new()
        .route("/v25.0/{id}", get(resolve))
        .route("/file/{id}", get(file))
        .with_state(host.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    host
}

async fn resolve(State(host): State<Host>, Path(id): Path<String>) -> Answer {
    host.resolved.fetch_add(1, Ordering::Relaxed);
    let digest = Sha256::digest(FILE);
    let mut told = json!({"url": format!("{}/file/{id}", host.url), "mime_type": "image/jpeg",
        "sha256": STANDARD.encode(digest), "file_size": FILE.len(), "id": id});
    match id.as_str() {
        "gone" => {
            let error = json!({"error": {"code": 100, "message": "no such object"}});
            return (StatusCode::BAD_REQUEST, Json(error)).into_response();
        }
        "dead" => {
            let error = json!({"error": {"code": 190, "message": "expired"}});
            return (StatusCode::UNAUTHORIZED, Json(error)).into_response();
        }
        "broken" => return StatusCode::BAD_GATEWAY.into_response(),
        "nowhere" => told["url"] = json!(null),
        "elsewhere" => told["url"] = json!("https://example.org/steal"),
        "hex" => told["sha256"] = json!(hex::encode(digest)),
        "forged" => told["sha256"] = json!(hex::encode([7; 32])),
        "vast" => told["file_size"] = json!("99999999999"),
        "undeclared" => told["file_size"] = json!(null),
        "short" => told["file_size"] = json!(FILE.len() + 1),
        _ => {}
    }
    Json(told).into_response()
}

async fn file(State(host): State<Host>, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let before = host.fetched.fetch_add(1, Ordering::Relaxed);
    if headers
        .get(header::AUTHORIZATION)
        .is_none_or(|token| token != "Bearer token")
    {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let moved = |to: String| (StatusCode::FOUND, [(header::LOCATION, to)]).into_response();
    match id.as_str() {
        "moved" => moved("/file/here".to_owned()),
        "lured" => moved(host.url.replace("127.0.0.1", "localhost") + "/file/here"),
        "round" => moved("/file/round".to_owned()),
        "expired" if before == 0 => StatusCode::NOT_FOUND.into_response(),
        "never" => StatusCode::NOT_FOUND.into_response(),
        "down" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => FILE.into_response(),
    }
}

async fn fetch(host: &Host, id: &str) -> Result<Received, MediaError> {
    let media = Media::new(&host.url, "106", &[&host.url], 1000).unwrap();
    media.open(id, None, &"token".into()).await?.finish().await
}

#[tokio::test]
async fn a_file_comes_whole_with_its_digest_its_size_and_what_it_is() {
    let host = host().await;
    for id in ["990001", "hex", "moved", "undeclared"] {
        assert_eq!(
            fetch(&host, id).await.unwrap(),
            Received {
                sha256: hex::encode(Sha256::digest(FILE)),
                verified: true,
                size: FILE.len() as u64,
                sniffed: Some("image/jpeg"),
                declared: Some("image/jpeg".to_owned()),
            },
            "{id}"
        );
    }
}

#[tokio::test]
async fn its_pieces_are_its_bytes_and_what_it_is_is_known_at_the_first() {
    let host = host().await;
    let media = Media::new(&host.url, "106", &[&host.url], 1000).unwrap();
    let mut download = media.open("990001", None, &"token".into()).await.unwrap();

    let mut bytes = Vec::new();
    while let Some(piece) = download.chunk().await.unwrap() {
        bytes.extend_from_slice(&piece);
        assert_eq!(download.sniffed(), Some("image/jpeg"));
    }

    assert_eq!(bytes, FILE);
    assert!(download.chunk().await.unwrap().is_none());
    assert_eq!(download.finish().await.unwrap().size, FILE.len() as u64);
}

#[tokio::test]
async fn an_address_that_has_run_out_is_asked_for_again_once() {
    let host = host().await;
    fetch(&host, "expired").await.unwrap();
    assert_eq!(host.resolved.load(Ordering::Relaxed), 2);

    assert!(matches!(fetch(&host, "never").await, Err(MediaError::Gone)));
    assert_eq!(host.resolved.load(Ordering::Relaxed), 4);
}

#[tokio::test]
async fn our_token_goes_to_no_other_host() {
    let host = host().await;

    for id in ["elsewhere", "lured", "round"] {
        let outcome = fetch(&host, id).await;
        assert!(
            matches!(outcome, Err(MediaError::OtherHost)),
            "{id}: {outcome:?}"
        );
    }
    let media = Media::new(&host.url, "106", &[], 1000).unwrap();
    let outcome = media.open("990001", None, &"token".into()).await;
    assert!(matches!(outcome, Err(MediaError::OtherHost)));
    assert_eq!(host.fetched.load(Ordering::Relaxed), 1 + 1 + STEPS);
}

#[tokio::test]
async fn bytes_that_are_not_the_announced_ones_are_no_file() {
    let host = host().await;
    assert!(matches!(
        fetch(&host, "forged").await,
        Err(MediaError::OtherBytes)
    ));
    assert!(matches!(
        fetch(&host, "short").await,
        Err(MediaError::Short { .. })
    ));

    let media = Media::new(&host.url, "106", &[&host.url], 1000).unwrap();
    let announced = STANDARD.encode([7; 32]);
    let download = media
        .open("990001", Some(&announced), &"token".into())
        .await;
    let outcome = download.unwrap().finish().await;
    assert!(
        matches!(outcome, Err(MediaError::OtherBytes)),
        "the message counts"
    );
}

#[tokio::test]
async fn a_file_is_never_larger_than_we_take() {
    let host = host().await;
    assert!(matches!(
        fetch(&host, "vast").await,
        Err(MediaError::TooLarge(1000))
    ));

    let media = Media::new(&host.url, "106", &[&host.url], FILE.len() as u64 - 1).unwrap();
    for id in ["990001", "undeclared"] {
        let outcome = media.open(id, None, &"token".into()).await;
        assert!(matches!(outcome, Err(MediaError::TooLarge(_))), "{id}");
    }
}

#[tokio::test]
async fn a_failure_says_what_to_do_about_it() {
    let host = host().await;
    for (id, class) in [
        ("gone", Class::Permanent),
        ("../me", Class::Permanent),
        ("dead", Class::Operator),
        ("broken", Class::Retry),
        ("down", Class::Retry),
        ("nowhere", Class::Operator),
        ("forged", Class::Retry),
    ] {
        assert_eq!(fetch(&host, id).await.unwrap_err().class(), class, "{id}");
    }
}
