//! Makes two writers meet: in front of the test's DynamoDB, the first transactions wait for one another, so that both
//! writers have read the same version before either writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use support::{SdkConfig, Tables, aws_at};
use tokio::sync::Barrier;

/// A configuration that reaches `tables` through a door where the second and the third transaction wait for each other;
/// the first is the one that puts the request there.
pub(crate) async fn before_the_write(tables: &Tables) -> SdkConfig {
    let (database, client) = (tables.endpoint.clone(), reqwest::Client::new());
    let (transactions, barrier) = (Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(2)));
    let door = Router::new().fallback(move |mut headers: HeaderMap, body: Bytes| {
        let (database, client) = (database.clone(), client.clone());
        let (transactions, barrier) = (transactions.clone(), barrier.clone());
        async move {
            let writes = headers["x-amz-target"]
                .to_str()
                .unwrap()
                .ends_with("TransactWriteItems");
            if writes && (1..=2).contains(&transactions.fetch_add(1, Ordering::SeqCst)) {
                barrier.wait().await;
            }
            headers.remove("content-length");
            let answer = client
                .post(&database)
                .headers(headers)
                .body(body)
                .send()
                .await
                .unwrap();
            let status = StatusCode::from_u16(answer.status().as_u16()).unwrap();
            (
                status,
                answer.headers().clone(),
                answer.bytes().await.unwrap(),
            )
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, door).await });
    aws_at(&endpoint)
}
