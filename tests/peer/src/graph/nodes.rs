//! What the account's own pages say and take: the number, the account, its subscription, profile, key and blocked people.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use serde_json::{Map, Value, json};

use super::error::GraphError;
use super::{Call, account, fields, media, number, template_calls};
use crate::App;
use crate::world::World;

const PIN: usize = 6;

/// What was set on the pages.
pub(crate) struct Nodes {
    /// The app hears of this account. Without it, silence.
    pub(crate) subscribed: bool,
    /// The address that the subscription asks for in the place of the app's; noted, not used.
    override_url: Option<String>,
    profile: Map<String, Value>,
    settings: Map<String, Value>,
    key: Option<String>,
    registered: bool,
}

impl Default for Nodes {
    fn default() -> Self {
        Self {
            subscribed: true,
            override_url: None,
            profile: Map::new(),
            settings: Map::new(),
            key: None,
            registered: true,
        }
    }
}

/// `GET /{node}`: the number, the account, a template or a file.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    call: Call,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Value>, GraphError> {
    if let Some(page) = page(&mut app.world(), &call.node, &query) {
        return Ok(Json(page));
    }
    media::resolve(&app, &call.node, &query, &headers)
        .unwrap_or_else(|| Err(GraphError::unknown_object(&call.node, "get")))
}

fn page(world: &mut World, node: &str, query: &HashMap<String, String>) -> Option<Value> {
    let now = world.now_ms() / 1_000;
    let mut page = if node == world.settings.phone_number_id {
        of_number(world)
    } else if node == world.settings.waba_id {
        json!({"id": node, "name": world.settings.business_name, "currency": "EUR", "timezone_id": "70",
            "message_template_namespace": "peer", "account_review_status": "APPROVED"})
    } else {
        return world
            .template_mut(node)
            .map(|template| fields(&template.listed(), query));
    };
    page["health_status"] = world.account.health(&world.settings, now);
    if query.contains_key("fields") {
        return Some(fields(&page, query));
    }
    // Meta leaves it out unless it is asked for.
    if let Value::Object(members) = &mut page {
        members.remove("health_status");
    }
    Some(page)
}

fn of_number(world: &World) -> Value {
    let settings = &world.settings;
    let tier = match settings.people_per_day {
        None => "TIER_UNLIMITED".to_owned(),
        Some(people @ (2_000 | 10_000 | 100_000)) => format!("TIER_{}K", people / 1_000),
        Some(people) => format!("TIER_{people}"),
    };
    json!({
        "id": settings.phone_number_id, "display_phone_number": settings.display_phone_number,
        "verified_name": settings.business_name, "quality_rating": "GREEN",
        "throughput": {"level": "STANDARD"}, "code_verification_status": "VERIFIED", "platform_type": "CLOUD_API",
        "status": if world.nodes.registered { "CONNECTED" } else { "DISCONNECTED" }, "name_status": "APPROVED",
        "whatsapp_business_manager_messaging_limit": tier,
    })
}

/// `GET /{waba}/phone_numbers`.
pub(super) async fn numbers(
    State(app): State<Arc<App>>,
    call: Call,
) -> Result<Json<Value>, GraphError> {
    account(&app, &call, "get")?;
    let world = app.world();
    Ok(Json(
        json!({"data": [of_number(&world)], "paging": {"cursors": {"before": "MA", "after": "MA"}}}),
    ))
}

/// `POST /{node}`: settings of the number or of the account, or an edit of a template.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    call: Call,
    body: Bytes,
) -> Result<Json<Value>, GraphError> {
    let body = members(&body);
    let mut world = app.world();
    if call.node == world.settings.phone_number_id || call.node == world.settings.waba_id {
        if let Some(url) = body
            .get("webhook_configuration")
            .and_then(|webhook| webhook["override_callback_uri"].as_str())
        {
            world.nodes.override_url = Some(url.to_owned());
        }
        return Ok(success());
    }
    template_calls::edit(&app, &mut world, &call.node, &body)
}

/// `DELETE /{node}`: a file.
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    call: Call,
) -> Result<Json<Value>, GraphError> {
    media::delete(&app, &call.node)
}

pub(super) async fn subscribe(
    State(app): State<Arc<App>>,
    call: Call,
    body: Bytes,
) -> Result<Json<Value>, GraphError> {
    account(&app, &call, "post")?;
    let mut world = app.world();
    world.nodes.subscribed = true;
    world.nodes.override_url = members(&body)
        .get("override_callback_uri")
        .and_then(Value::as_str)
        .map(str::to_owned);
    Ok(success())
}

pub(super) async fn unsubscribe(
    State(app): State<Arc<App>>,
    call: Call,
) -> Result<Json<Value>, GraphError> {
    account(&app, &call, "delete")?;
    app.world().nodes.subscribed = false;
    Ok(success())
}

pub(super) async fn subscriptions(
    State(app): State<Arc<App>>,
    call: Call,
) -> Result<Json<Value>, GraphError> {
    account(&app, &call, "get")?;
    let world = app.world();
    let mut data = Vec::new();
    if world.nodes.subscribed {
        let mut app = json!({"whatsapp_business_api_data": {
            "id": "2", "name": "peer", "link": "https://www.facebook.com/games/?app_id=2"}});
        if let Some(url) = &world.nodes.override_url {
            app["override_callback_uri"] = Value::from(url.as_str());
        }
        data.push(app);
    }
    Ok(Json(json!({"data": data})))
}

/// `POST /{pnid}/register`, with the PIN of two-step verification.
pub(super) async fn register(
    State(app): State<Arc<App>>,
    call: Call,
    body: Bytes,
) -> Result<Json<Value>, GraphError> {
    number(&app, &call, "post")?;
    let body = members(&body);
    let pin = body
        .get("pin")
        .map(|pin| pin.as_str().map_or_else(|| pin.to_string(), str::to_owned));
    if !pin.is_some_and(|pin| pin.len() == PIN && pin.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(GraphError::new(133_008, "The PIN must have six digits"));
    }
    app.world().nodes.registered = true;
    Ok(success())
}

pub(super) async fn deregister(
    State(app): State<Arc<App>>,
    call: Call,
) -> Result<Json<Value>, GraphError> {
    number(&app, &call, "post")?;
    app.world().nodes.registered = false;
    Ok(success())
}

/// The public key with which forms are encrypted.
pub(super) async fn set_key(
    State(app): State<Arc<App>>,
    call: Call,
    body: Bytes,
) -> Result<Json<Value>, GraphError> {
    number(&app, &call, "post")?;
    let body = members(&body);
    let key = body
        .get("business_public_key")
        .and_then(Value::as_str)
        .filter(|key| key.contains("BEGIN PUBLIC KEY"))
        .ok_or_else(|| {
            GraphError::parameter("The parameter business_public_key must be a public key in PEM.")
        })?;
    app.world().nodes.key = Some(key.to_owned());
    Ok(success())
}

pub(super) async fn key(
    State(app): State<Arc<App>>,
    call: Call,
) -> Result<Json<Value>, GraphError> {
    number(&app, &call, "get")?;
    let world = app.world();
    Ok(Json(match &world.nodes.key {
        Some(key) => {
            json!({"data": [{"business_public_key": key, "business_public_key_signature_status": "VALID"}]})
        }
        None => json!({"data": []}),
    }))
}

pub(super) async fn profile(
    State(app): State<Arc<App>>,
    call: Call,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, GraphError> {
    number(&app, &call, "get")?;
    let mut profile = Value::Object(app.world().nodes.profile.clone());
    profile["messaging_product"] = Value::from("whatsapp");
    Ok(Json(json!({"data": [fields(&profile, &query)]})))
}

pub(super) async fn set_profile(
    State(app): State<Arc<App>>,
    call: Call,
    body: Bytes,
) -> Result<Json<Value>, GraphError> {
    number(&app, &call, "post")?;
    app.world().nodes.profile.extend(members(&body));
    Ok(success())
}

/// Storage, calling and the like: kept, and of no consequence.
pub(super) async fn settings(
    State(app): State<Arc<App>>,
    call: Call,
) -> Result<Json<Value>, GraphError> {
    number(&app, &call, "get")?;
    Ok(Json(Value::Object(app.world().nodes.settings.clone())))
}

pub(super) async fn set_settings(
    State(app): State<Arc<App>>,
    call: Call,
    body: Bytes,
) -> Result<Json<Value>, GraphError> {
    number(&app, &call, "post")?;
    app.world().nodes.settings.extend(members(&body));
    Ok(success())
}

/// `POST /{pnid}/block_users`.
pub(super) async fn block(
    State(app): State<Arc<App>>,
    call: Call,
    body: Bytes,
) -> Result<Json<Value>, GraphError> {
    set_blocked(&app, &call, &body, true)
}

/// `DELETE /{pnid}/block_users`.
pub(super) async fn unblock(
    State(app): State<Arc<App>>,
    call: Call,
    body: Bytes,
) -> Result<Json<Value>, GraphError> {
    set_blocked(&app, &call, &body, false)
}

/// Only people who wrote within the last day can be blocked.
fn set_blocked(
    app: &App,
    call: &Call,
    body: &[u8],
    blocked: bool,
) -> Result<Json<Value>, GraphError> {
    number(app, call, "post")?;
    let body = members(body);
    let users = body
        .get("block_users")
        .and_then(Value::as_array)
        .ok_or_else(|| GraphError::parameter("The parameter block_users is required."))?;
    let mut world = app.world();
    let now = world.now_ms() / 1_000;
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for user in users {
        let input = user["user"].as_str().or_else(|| user["user_id"].as_str());
        let input = input.unwrap_or_default().to_owned();
        let digits = input.trim_start_matches('+');
        let id = world
            .phones
            .with_number(digits)
            .or_else(|| world.phones.with_bsuid(&input))
            .filter(|phone| !blocked || phone.window_is_open(now))
            .map(|phone| phone.id.clone());
        match world.phone_mut(id.as_deref()) {
            Some(phone) => {
                phone.blocked = blocked;
                done.push(json!({"input": input, "wa_id": phone.visible_number(), "user_id": phone.bsuid}));
            }
            None => failed.push(json!({"input": input, "errors": [{"code": 139_100, "message": "Failed to block"}]})),
        }
    }
    let name = if blocked {
        "added_users"
    } else {
        "removed_users"
    };
    Ok(Json(
        json!({"messaging_product": "whatsapp", "block_users": {name: done, "failed_users": failed}}),
    ))
}

pub(super) async fn blocked(
    State(app): State<Arc<App>>,
    call: Call,
) -> Result<Json<Value>, GraphError> {
    number(&app, &call, "get")?;
    let world = app.world();
    let data: Vec<Value> = world
        .phones
        .all()
        .iter()
        .filter(|phone| phone.blocked)
        .map(|phone| json!({"messaging_product": "whatsapp", "wa_id": phone.visible_number(), "user_id": phone.bsuid}))
        .collect();
    Ok(Json(
        json!({"data": data, "paging": {"cursors": {"before": "MA", "after": "MA"}}}),
    ))
}

/// The members of a body: JSON, or a form as some clients send it.
pub(super) fn members(body: &[u8]) -> Map<String, Value> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => members,
        _ => url::form_urlencoded::parse(body)
            .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
            .collect(),
    }
}

fn success() -> Json<Value> {
    Json(json!({"success": true}))
}
