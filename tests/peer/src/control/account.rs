//! What Meta does to the account: reviews and pauses templates, restricts, bans, sets limits; and what it keeps of files.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value};

use super::{Refusal, StoredMedia, TemplateChange};
use crate::App;
use crate::account::Account;
use crate::graph::templates::Template;
use crate::media::MediaFault;
use crate::news::{News, template as told};
use crate::world::World;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/peer/templates", get(templates).post(add_template))
        .route("/peer/templates/{name}", post(change_template))
        .route("/peer/account", get(account).put(set_account))
        .route("/peer/news", post(tell))
        .route("/peer/media/{id}", get(stored))
        .route("/peer/media/faults", post(add_fault))
}

async fn templates(State(app): State<Arc<App>>) -> Json<Vec<Value>> {
    Json(app.world().templates.iter().map(Template::listed).collect())
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

async fn change_template(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Json(change): Json<TemplateChange>,
) -> Result<Json<Vec<Value>>, Refusal> {
    let mut world = app.world();
    let ids: Vec<String> = world
        .templates
        .iter()
        .filter(|template| {
            template.name == name
                && change
                    .language
                    .as_ref()
                    .is_none_or(|language| template.language == *language)
        })
        .map(|template| template.id.clone())
        .collect();
    if ids.is_empty() {
        return Err(Refusal(
            StatusCode::NOT_FOUND,
            format!("there is no template {name}"),
        ));
    }
    let mut listed = Vec::new();
    for id in ids {
        for (field, value) in changed(&mut world, &id, &change) {
            if !change.silent {
                app.announce(&mut world, field, value, None);
            }
        }
        listed.extend(world.template_mut(&id).map(|template| template.listed()));
    }
    Ok(Json(listed))
}

/// Makes the change, and says what is to be told of it.
fn changed(world: &mut World, id: &str, change: &TemplateChange) -> Vec<(&'static str, Value)> {
    let mut news = Vec::new();
    let Some(template) = world.template_mut(id) else {
        return news;
    };
    if let Some(event) = &change.event {
        match event.as_str() {
            "REINSTATED" => "APPROVED".clone_into(&mut template.status),
            // These say something about a template that goes on as before.
            "FLAGGED" | "LIMIT_EXCEEDED" | "LOCKED" => {}
            status => status.clone_into(&mut template.status),
        }
        if event == "REJECTED" {
            template.rejected = change
                .reason
                .clone()
                .unwrap_or_else(|| "INVALID_FORMAT".to_owned());
        }
        news.push((
            "message_template_status_update",
            told::status(
                template,
                event,
                change.reason.as_deref(),
                change.title.as_deref(),
            ),
        ));
    }
    if let Some(quality) = &change.quality {
        let previous = std::mem::replace(&mut template.quality, quality.clone());
        news.push((
            "message_template_quality_update",
            told::quality(template, &previous),
        ));
    }
    if let Some(category) = &change.category {
        news.push((
            "template_category_update",
            told::category(template, category, change.category_from),
        ));
        if change.category_from.is_none() {
            template.category.clone_from(category);
        }
    }
    news
}

async fn account(State(app): State<Arc<App>>) -> Json<Account> {
    Json(app.world().account.clone())
}

/// Changes the members that are named, and tells nobody.
async fn set_account(
    State(app): State<Arc<App>>,
    Json(changes): Json<Map<String, Value>>,
) -> Result<Json<Account>, Refusal> {
    let mut world = app.world();
    let bad = |error: serde_json::Error| Refusal::bad(error.to_string());
    let mut members = serde_json::to_value(&world.account).map_err(bad)?;
    if let Value::Object(members) = &mut members {
        members.extend(changes);
    }
    world.account = serde_json::from_value(members).map_err(bad)?;
    Ok(Json(world.account.clone()))
}

async fn tell(State(app): State<Arc<App>>, Json(news): Json<News>) -> StatusCode {
    app.tell(&mut app.world(), news);
    StatusCode::ACCEPTED
}

async fn stored(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<StoredMedia>, Refusal> {
    let world = app.world();
    let media = world
        .media
        .get(&id, world.now_ms() / 1_000)
        .ok_or_else(|| {
            Refusal(
                StatusCode::NOT_FOUND,
                format!("there is no file {id}, or no longer"),
            )
        })?;
    Ok(Json(StoredMedia {
        id: media.id.clone(),
        mime: media.mime.clone(),
        base64: BASE64.encode(&media.bytes),
    }))
}

async fn add_fault(State(app): State<Arc<App>>, Json(fault): Json<MediaFault>) -> StatusCode {
    app.world().media.add_fault(fault);
    StatusCode::CREATED
}
