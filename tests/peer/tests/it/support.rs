//! A peer, a webhook to go with it, and the requests of a sender.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use peer::{Control, NewPhone, Peer, PeerConfig, Phone, Settings, Write};
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub(crate) const NUMBER: &str = "106500000000001";
pub(crate) const ACCOUNT: &str = "203300000000001";
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// A webhook that keeps what it gets and answers as told, then 200.
#[derive(Clone, Default)]
pub(crate) struct Webhook {
    pub(crate) posts: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    pub(crate) answers: Arc<Mutex<VecDeque<u16>>>,
    /// How long each answer takes, in milliseconds.
    slowness: Arc<AtomicU64>,
}

impl Webhook {
    pub(crate) async fn start(answers: &[u16]) -> (Self, String) {
        let webhook = Self::default();
        webhook.answers.lock().unwrap().extend(answers);
        let routes = Router::new()
            .route("/webhook", get(challenge).post(take))
            .layer(axum::extract::DefaultBodyLimit::max(LARGEST))
            .with_state(webhook.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhook", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        (webhook, url)
    }

    /// Takes so long over each post.
    pub(crate) fn slow(&self, millis: u64) {
        self.slowness.store(millis, Ordering::Relaxed);
    }

    /// The values of all changes of all posts that were taken.
    pub(crate) fn values(&self) -> Vec<Value> {
        let posts = self.posts.lock().unwrap();
        let bodies = posts
            .iter()
            .map(|(_, body)| serde_json::from_slice::<Value>(body).unwrap());
        bodies
            .flat_map(|body| body["entry"].as_array().unwrap().clone())
            .flat_map(|entry| entry["changes"].as_array().unwrap().clone())
            .map(|change| change["value"].clone())
            .collect()
    }

    /// The values of one field.
    pub(crate) fn of_field(&self, field: &str) -> Vec<Value> {
        let posts = self.posts.lock().unwrap();
        let bodies = posts
            .iter()
            .map(|(_, body)| serde_json::from_slice::<Value>(body).unwrap());
        bodies
            .flat_map(|body| body["entry"].as_array().unwrap().clone())
            .flat_map(|entry| entry["changes"].as_array().unwrap().clone())
            .filter(|change| change["field"] == field)
            .map(|change| change["value"].clone())
            .collect()
    }

    pub(crate) fn all(&self, member: &str) -> Vec<Value> {
        self.values()
            .iter()
            .flat_map(|value| value[member].as_array().cloned().unwrap_or_default())
            .collect()
    }

    pub(crate) fn statuses(&self) -> Vec<String> {
        self.all("statuses")
            .iter()
            .map(|status| status["status"].as_str().unwrap().to_owned())
            .collect()
    }
}

async fn challenge(Query(query): Query<Value>) -> (StatusCode, String) {
    if query["hub.mode"] == "subscribe" && query["hub.verify_token"] == "verify" {
        (
            StatusCode::OK,
            query["hub.challenge"].as_str().unwrap().to_owned(),
        )
    } else {
        (StatusCode::FORBIDDEN, String::new())
    }
}

/// A batch of a thousand updates has up to 3 MB.
const LARGEST: usize = 4_000_000;

async fn take(State(webhook): State<Webhook>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let slowness = webhook.slowness.load(Ordering::Relaxed);
    tokio::time::sleep(Duration::from_millis(slowness)).await;
    let answer = webhook.answers.lock().unwrap().pop_front().unwrap_or(200);
    if answer == 200 {
        webhook.posts.lock().unwrap().push((headers, body));
    }
    StatusCode::from_u16(answer).unwrap()
}

fn templates() -> Vec<Value> {
    vec![json!({
        "name": "avviso", "language": "it", "category": "UTILITY", "parameter_format": "named",
        "components": [
            {"type": "body", "text": "Avviso: {{testo}} Buona giornata."},
            {"type": "footer", "text": "Comune di Esempio"},
        ],
    })]
}

pub(crate) async fn peer_with(url: Option<String>) -> Peer {
    let settings = Settings {
        webhook_url: url,
        status_delay_ms: (1, 10),
        ..Settings::default()
    };
    Peer::start(PeerConfig {
        settings,
        templates: templates(),
        ..PeerConfig::default()
    })
    .await
    .unwrap()
}

/// A peer, a webhook that takes everything, and Anna with a number.
pub(crate) async fn peer() -> (Peer, Control, Webhook, Phone) {
    let (webhook, url) = Webhook::start(&[]).await;
    let peer = peer_with(Some(url)).await;
    let control = peer.control();
    let anna = control
        .add_phone(&NewPhone::named("Anna").with_number("+39 000 0000001"))
        .await
        .unwrap();
    (peer, control, webhook, anna)
}

pub(crate) async fn post(peer: &Peer, body: Value) -> reqwest::Result<(u16, Value)> {
    let response = reqwest::Client::new()
        .post(format!("{}/v25.0/{NUMBER}/messages", peer.url()))
        .bearer_auth("access-token")
        .json(&body)
        .send()
        .await?;
    Ok((
        response.status().as_u16(),
        response.json().await.unwrap_or_default(),
    ))
}

/// Any other call of the Graph part, with the token.
pub(crate) async fn call(
    peer: &Peer,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> (u16, Value) {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = reqwest::Client::new()
        .request(method, format!("{}/v25.0/{path}", peer.url()))
        .bearer_auth("access-token");
    if let Some(body) = body {
        request = request.json(body);
    }
    let response = request.send().await.unwrap();
    (
        response.status().as_u16(),
        response.json().await.unwrap_or_default(),
    )
}

pub(crate) fn text(to: &str) -> Value {
    json!({"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": "Buongiorno"},
        "biz_opaque_callback_data": "our-id"})
}

pub(crate) fn notice(address: &str, value: &str) -> Value {
    json!({"messaging_product": "whatsapp", "recipient_type": "individual", address: value, "type": "template",
    "biz_opaque_callback_data": "our-id",
    "template": {"name": "avviso", "language": {"code": "it"}, "components": [
        {"type": "body", "parameters": [{"type": "text", "parameter_name": "testo", "text": "acqua chiusa."}]},
    ]}})
}

pub(crate) async fn write(control: &Control, phone: &Phone, text: &str) -> peer::Written {
    let write = Write {
        text: Some(text.to_owned()),
        ..Write::default()
    };
    control.send_and_wait(&phone.id, &write).await.unwrap()
}
