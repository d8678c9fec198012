//! The control API under `/peer`: what a test, the demo or the page does with the peer. `Control` is its client.

mod account;
mod bodies;
mod phones;
mod writing;

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::App;
use crate::emitter::Answer;
use crate::faults::Fault;
use crate::record::Record;
use crate::trace::Trace;

pub use bodies::{
    Change, Edit, Handshake, NewNumber, NewPhone, Place, RawWebhook, React, SharedContact,
    StoredMedia, Tap, TemplateChange, Write, Written, WrittenMedia,
};

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/peer", axum::routing::delete(reset))
        .route("/peer/config", get(config).put(configure))
        .route("/peer/handshake", post(handshake))
        .merge(account::routes())
        .merge(phones::routes())
        .merge(writing::routes())
        .route("/peer/webhook", post(webhook))
        .route(
            "/peer/faults",
            get(faults).post(add_fault).delete(clear_faults),
        )
        .route("/peer/record", get(record))
        .route("/peer/trace", get(trace))
        .route("/peer/idle", get(idle))
}

/// Why a control request is not done.
struct Refusal(StatusCode, String);

impl Refusal {
    fn bad(reason: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, reason.into())
    }

    fn no_phone(id: &str) -> Self {
        Self(StatusCode::NOT_FOUND, format!("there is no phone {id}"))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

async fn reset(State(app): State<Arc<App>>) -> StatusCode {
    let mut world = app.world();
    app.emitter.clear();
    world.reset();
    StatusCode::NO_CONTENT
}

async fn config(State(app): State<Arc<App>>) -> Result<Json<Value>, Refusal> {
    app.world()
        .settings
        .shown()
        .map(Json)
        .map_err(|error| Refusal::bad(error.to_string()))
}

async fn configure(
    State(app): State<Arc<App>>,
    Json(changes): Json<Map<String, Value>>,
) -> Result<Json<Value>, Refusal> {
    let mut world = app.world();
    let reseeded = changes.contains_key("seed") || changes.contains_key("chaos");
    world.settings = world
        .settings
        .changed(changes)
        .map_err(|error| Refusal::bad(error.to_string()))?;
    if reseeded {
        world.reseed();
    }
    world
        .settings
        .shown()
        .map(Json)
        .map_err(|error| Refusal::bad(error.to_string()))
}

#[derive(Deserialize)]
struct Verify {
    verify_token: String,
}

async fn handshake(
    State(app): State<Arc<App>>,
    Json(verify): Json<Verify>,
) -> Result<Json<Handshake>, Refusal> {
    let (settings, challenge) = {
        let mut world = app.world();
        (
            world.settings.clone(),
            world.random.u32(100_000_000..).to_string(),
        )
    };
    let answer = app
        .emitter
        .handshake(&settings, &verify.verify_token, &challenge)
        .await
        .map_err(unanswered)?;
    Ok(Json(Handshake {
        ok: answer.status == 200 && answer.body == challenge,
        answer,
    }))
}

async fn webhook(
    State(app): State<Arc<App>>,
    Json(raw): Json<RawWebhook>,
) -> Result<Json<Answer>, Refusal> {
    let settings = app.world().settings.clone();
    let answer = app.emitter.post(&settings, raw.body, raw.signature).await;
    app.world().count_post(&answer);
    answer.map(Json).map_err(unanswered)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that `map_err` wants"
)]
fn unanswered(error: crate::emitter::NotPosted) -> Refusal {
    Refusal(StatusCode::BAD_GATEWAY, error.to_string())
}

async fn faults(State(app): State<Arc<App>>) -> Json<Vec<Fault>> {
    Json(app.world().faults.waiting().to_vec())
}

async fn add_fault(State(app): State<Arc<App>>, Json(fault): Json<Fault>) -> StatusCode {
    app.world().faults.add(fault);
    StatusCode::CREATED
}

async fn clear_faults(State(app): State<Arc<App>>) -> StatusCode {
    app.world().faults.clear();
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Whose {
    phone: Option<String>,
}

async fn record(State(app): State<Arc<App>>, Query(whose): Query<Whose>) -> Json<Record> {
    let world = app.world();
    let mut record = match &whose.phone {
        Some(id) => world.record.of_phone(id),
        None => world.record.clone(),
    };
    record.counters.pending_webhooks = app.emitter.pending() as u64;
    Json(record)
}

async fn idle(State(app): State<Arc<App>>) -> Json<Value> {
    let pending = app.emitter.pending();
    Json(json!({"idle": pending == 0, "pending": pending}))
}

#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    pairs: Option<String>,
}

async fn trace(State(app): State<Arc<App>>, Query(which): Query<Which>) -> Json<Trace> {
    Json(app.world().trace.shown(which.pairs.is_some()))
}
