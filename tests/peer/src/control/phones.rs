//! Phones: added, changed, given another number.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Change, NewNumber, NewPhone, Refusal};
use crate::App;
use crate::phones::{Phone, is_bsuid};
use crate::statuses::metadata;
use crate::world::World;

/// The parts of a name that go into a phone's id.
const SLUG: usize = 40;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/peer/phones", get(phones).post(add_phone))
        .route("/peer/phones/{id}", get(phone).patch(change_phone))
        .route("/peer/phones/{id}/number", post(change_number))
        .route("/peer/phones/{id}/preference", post(prefer))
}

async fn phones(State(app): State<Arc<App>>) -> Json<Vec<Phone>> {
    Json(
        app.world()
            .phones
            .all()
            .iter()
            .map(Phone::in_list)
            .collect(),
    )
}

async fn add_phone(
    State(app): State<Arc<App>>,
    Json(new): Json<NewPhone>,
) -> Result<(StatusCode, Json<Phone>), Refusal> {
    let mut world = app.world();
    let phone = prepared(&mut world, new)?;
    if !world.phones.add(phone.clone()) {
        return Err(taken());
    }
    Ok((StatusCode::CREATED, Json(phone)))
}

fn taken() -> Refusal {
    Refusal(
        StatusCode::CONFLICT,
        "the id, the number or the BSUID belongs to another phone".to_owned(),
    )
}

fn prepared(world: &mut World, new: NewPhone) -> Result<Phone, Refusal> {
    if new.name.trim().is_empty() {
        return Err(Refusal::bad("a phone needs a name"));
    }
    let number = new.phone.as_deref().map(digits).transpose()?;
    let bsuid = new_bsuid(world, new.bsuid)?;
    let id = match new.id {
        Some(id) if slug(&id) == id => id,
        Some(_) => {
            return Err(Refusal::bad(
                "an id is lower-case letters, digits and hyphens",
            ));
        }
        None => world.phones.free_id(&slug(&new.name)),
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
        marketing_stopped: false,
        blocked: false,
        messages: Vec::new(),
    })
}

/// The digits of a number, however it is written.
pub(super) fn digits(number: &str) -> Result<String, Refusal> {
    let digits: String = number
        .chars()
        .filter(|character| !matches!(character, '+' | ' ' | '-'))
        .collect();
    if (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(digits)
    } else {
        Err(Refusal::bad(
            "a number has 7 to 15 digits, with the country code",
        ))
    }
}

fn new_bsuid(world: &mut World, given: Option<String>) -> Result<String, Refusal> {
    let bsuid = given.unwrap_or_else(|| {
        let name: String = (0..16).map(|_| world.random.alphanumeric()).collect();
        format!("IT.{name}")
    });
    if is_bsuid(&bsuid) {
        Ok(bsuid)
    } else {
        Err(Refusal::bad(
            "a BSUID is a country, a dot, and up to 128 letters and digits",
        ))
    }
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

/// The citizen takes another number, and so another BSUID. The chat says so twice, and an update of its own once.
async fn change_number(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Json(new): Json<NewNumber>,
) -> Result<Json<Phone>, Refusal> {
    let mut world = app.world();
    let old = world
        .phone(Some(&id))
        .cloned()
        .ok_or_else(|| Refusal::no_phone(&id))?;
    let number = match &new.phone {
        Some(number) => Some(digits(number)?),
        None => old.phone.clone(),
    };
    let bsuid = new_bsuid(&mut world, new.bsuid)?;
    if new.system {
        if number != old.phone {
            let system = json!({"type": "user_changed_number", "wa_id": number,
                "body": format!("{} changed from {} to {}", old.name, shown(old.phone.as_ref()), shown(number.as_ref()))});
            app.say_as_system(&mut world, &id, &system);
        }
        let system = json!({"type": "user_changed_user_id", "user_id": bsuid,
            "body": format!("{} changed their user id", old.name)});
        app.say_as_system(&mut world, &id, &system);
    }
    if !world.phones.readdress(&id, number.clone(), bsuid.clone()) {
        return Err(taken());
    }
    if new.update {
        let timestamp = (world.now_ms() / 1_000).to_string();
        let mut update = json!({"detail": "The user has changed their phone number", "timestamp": timestamp,
            "user_id": {"previous": old.bsuid, "current": bsuid}});
        if let Some(number) = number.as_ref().filter(|_| !old.hide_phone) {
            update["wa_id"] = Value::from(number.as_str());
        }
        let value = json!({"messaging_product": "whatsapp", "metadata": metadata(&world.settings),
            "user_id_update": [update]});
        app.announce(&mut world, "user_id_update", value, Some(&id));
    }
    world
        .phone(Some(&id))
        .map(|phone| Json(phone.in_list()))
        .ok_or_else(|| Refusal::no_phone(&id))
}

fn shown(number: Option<&String>) -> &str {
    number.map_or("none", String::as_str)
}

#[derive(Deserialize)]
struct Preference {
    /// `stop` or `resume`.
    value: String,
    #[serde(default)]
    category: Option<String>,
}

/// The citizen uses WhatsApp's own switch.
async fn prefer(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Json(preference): Json<Preference>,
) -> Result<Json<Phone>, Refusal> {
    let mut world = app.world();
    let timestamp = world.now_ms() / 1_000;
    let metadata = metadata(&world.settings);
    let phone = world
        .phone_mut(Some(&id))
        .ok_or_else(|| Refusal::no_phone(&id))?;
    let category = preference
        .category
        .unwrap_or_else(|| "marketing_messages".to_owned());
    if category == "marketing_messages" {
        phone.marketing_stopped = preference.value == "stop";
    }
    let mut told = json!({"user_id": phone.bsuid, "category": category, "value": preference.value,
        "detail": format!("User requested to {} {category}", preference.value), "timestamp": timestamp});
    if let Some(number) = phone.visible_number() {
        told["wa_id"] = Value::from(number);
    }
    let value = json!({"messaging_product": "whatsapp", "metadata": metadata, "contacts": [phone.contact(true)],
        "user_preferences": [told]});
    let phone = phone.in_list();
    app.announce(&mut world, "user_preferences", value, Some(&id));
    Ok(Json(phone))
}
