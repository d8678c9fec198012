//! The control API under `/peer`: what a test, the demo or the page does with the peer. `Control` is its client.

mod bodies;

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::App;
use crate::emitter::Answer;
use crate::faults::Fault;
use crate::phones::{Content, Phone, is_bsuid};
use crate::record::Record;
use crate::world::{World, Writing};

pub use bodies::{Change, Handshake, NewPhone, RawWebhook, Tap, Write, Written};

/// The parts of a name that go into a phone's id.
const SLUG: usize = 40;

/// How often one message can be posted at once.
const MOST_TIMES: u32 = 1_000;

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/peer", axum::routing::delete(reset))
        .route("/peer/config", get(config).put(configure))
        .route("/peer/handshake", post(handshake))
        .route("/peer/templates", get(templates).post(add_template))
        .route("/peer/phones", get(phones).post(add_phone))
        .route("/peer/phones/{id}", get(phone).patch(change_phone))
        .route("/peer/phones/{id}/write", post(write))
        .route("/peer/webhook", post(webhook))
        .route(
            "/peer/faults",
            get(faults).post(add_fault).delete(clear_faults),
        )
        .route("/peer/record", get(record))
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
    let reseeded = changes.contains_key("seed");
    world.settings = world
        .settings
        .changed(changes)
        .map_err(|error| Refusal::bad(error.to_string()))?;
    if reseeded {
        world.random = fastrand::Rng::with_seed(world.settings.seed);
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

async fn templates(State(app): State<Arc<App>>) -> Json<Vec<Value>> {
    Json(
        app.world()
            .templates
            .iter()
            .map(crate::graph::templates::Template::listed)
            .collect(),
    )
}

async fn add_template(
    State(app): State<Arc<App>>,
    Json(submitted): Json<Value>,
) -> Result<Json<Value>, Refusal> {
    let template = app
        .world()
        .register(&submitted)
        .map_err(|error| Refusal::bad(error.in_short()))?;
    Ok(Json(template.listed()))
}

async fn phones(State(app): State<Arc<App>>) -> Json<Vec<Phone>> {
    Json(app.world().phones.iter().map(Phone::in_list).collect())
}

async fn add_phone(
    State(app): State<Arc<App>>,
    Json(new): Json<NewPhone>,
) -> Result<(StatusCode, Json<Phone>), Refusal> {
    let mut world = app.world();
    let phone = prepared(&mut world, new)?;
    let taken = world.phones.iter().any(|other| {
        other.id == phone.id
            || other.bsuid == phone.bsuid
            || (phone.phone.is_some() && other.phone == phone.phone)
    });
    if taken {
        return Err(Refusal(
            StatusCode::CONFLICT,
            "the id, the number or the BSUID belongs to another phone".to_owned(),
        ));
    }
    world.phones.push(phone.clone());
    Ok((StatusCode::CREATED, Json(phone)))
}

fn prepared(world: &mut World, new: NewPhone) -> Result<Phone, Refusal> {
    if new.name.trim().is_empty() {
        return Err(Refusal::bad("a phone needs a name"));
    }
    let number: Option<String> = new.phone.map(|number| {
        number
            .chars()
            .filter(|character| !matches!(character, '+' | ' ' | '-'))
            .collect()
    });
    if number.as_ref().is_some_and(|digits| {
        !(7..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit())
    }) {
        return Err(Refusal::bad(
            "a number has 7 to 15 digits, with the country code",
        ));
    }
    let bsuid = new.bsuid.unwrap_or_else(|| {
        let name: String = (0..16).map(|_| world.random.alphanumeric()).collect();
        format!("IT.{name}")
    });
    if !is_bsuid(&bsuid) {
        return Err(Refusal::bad(
            "a BSUID is a country, a dot, and up to 128 letters and digits",
        ));
    }
    let id = match new.id {
        Some(id) if slug(&id) == id => id,
        Some(_) => {
            return Err(Refusal::bad(
                "an id is lower-case letters, digits and hyphens",
            ));
        }
        None => free_id(world, &slug(&new.name)),
    };
    Ok(Phone {
        id,
        name: new.name,
        phone: number,
        bsuid,
        username: new.username,
        hide_phone: new.hide_phone,
        behaviour: new.behaviour,
        last_wrote_at: None,
        typing_until: None,
        messages: Vec::new(),
    })
}

fn slug(name: &str) -> String {
    let lower: String = name
        .chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    let words: Vec<&str> = lower.split('-').filter(|word| !word.is_empty()).collect();
    words.join("-").chars().take(SLUG).collect()
}

fn free_id(world: &World, slug: &str) -> String {
    let slug = if slug.is_empty() { "phone" } else { slug };
    let mut id = slug.to_owned();
    let mut number = 1;
    while world.phones.iter().any(|phone| phone.id == id) {
        number += 1;
        id = format!("{slug}-{number}");
    }
    id
}

async fn phone(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<Phone>, Refusal> {
    app.world()
        .phone(Some(id.as_str()))
        .cloned()
        .map(Json)
        .ok_or_else(|| Refusal::no_phone(&id))
}

async fn change_phone(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Json(change): Json<Change>,
) -> Result<Json<Phone>, Refusal> {
    let mut world = app.world();
    let phone = world
        .phone_mut(Some(id.as_str()))
        .ok_or_else(|| Refusal::no_phone(&id))?;
    if let Some(name) = change.name {
        phone.name = name;
    }
    if let Some(username) = change.username {
        phone.username = Some(username);
    }
    if let Some(hide_phone) = change.hide_phone {
        phone.hide_phone = hide_phone;
    }
    if let Some(behaviour) = change.behaviour {
        phone.behaviour = behaviour;
    }
    Ok(Json(phone.in_list()))
}

#[derive(Deserialize)]
struct Wait {
    #[serde(default)]
    wait: Option<String>,
}

async fn write(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(wait): Query<Wait>,
    Json(write): Json<Write>,
) -> Result<Json<Written>, Refusal> {
    let (wamid, timestamp, answered) = {
        let mut world = app.world();
        let writing = writing(&mut world, &id, write)?;
        let (wamid, timestamp) = (writing.wamid.clone(), writing.timestamp);
        (wamid, timestamp, app.write(&mut world, &id, writing))
    };
    let mut answers = Vec::new();
    if wait.wait.is_some_and(|wait| wait != "0") {
        for answered in answered {
            answers.push(answered.await.ok().flatten());
        }
    }
    Ok(Json(Written {
        wamid,
        timestamp,
        answers,
    }))
}

fn writing(world: &mut World, id: &str, write: Write) -> Result<Writing, Refusal> {
    let phone = world.phone(Some(id)).ok_or_else(|| Refusal::no_phone(id))?;
    let (body, content, answers) = match (write.text, write.button, write.message) {
        (Some(text), None, None) => (
            json!({"type": "text", "text": {"body": text}}),
            Content::text(text),
            None,
        ),
        (None, Some(tap), None) => {
            let tapped = phone.tap(&tap.id, tap.of.as_deref()).ok_or_else(|| {
                Refusal::bad(format!("there is no button {} that answers", tap.id))
            })?;
            (
                tapped.body,
                Content::text(tapped.title),
                Some(tapped.answers),
            )
        }
        (None, None, Some(message)) => {
            let content = shown(&message);
            (Value::Object(message), content, None)
        }
        _ => {
            return Err(Refusal::bad(
                "write exactly one of text, button and message",
            ));
        }
    };
    let times = write.times.unwrap_or(1);
    if !(1..=MOST_TIMES).contains(&times) {
        return Err(Refusal::bad(format!(
            "a message can be posted 1 to {MOST_TIMES} times"
        )));
    }
    let Value::Object(body) = body else {
        return Err(Refusal::bad("a message is an object"));
    };
    let timestamp = write.timestamp.unwrap_or_else(|| world.now_ms() / 1_000);
    let wamid = write.wamid.unwrap_or_else(|| world.new_wamid());
    Ok(Writing {
        body,
        content,
        answers,
        wamid,
        timestamp,
        times,
    })
}

/// What the page shows of a message that was given as it stands on the wire.
fn shown(message: &Map<String, Value>) -> Content {
    let kind = message
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or("unknown")
        .to_owned();
    let inner = message.get(&kind).unwrap_or(&Value::Null);
    let text = match kind.as_str() {
        "location" => format!("{}, {}", inner["latitude"], inner["longitude"]),
        _ => ["body", "caption", "filename", "emoji", "text"]
            .iter()
            .find_map(|member| inner[*member].as_str())
            .unwrap_or_default()
            .to_owned(),
    };
    Content {
        kind,
        ..Content::text(text)
    }
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
