//! The templates of the account as its owner handles them: list, create, edit, delete, bring back.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Map, Value, json};

use super::error::GraphError;
use super::templates::Template;
use super::{Call, account, fields};
use crate::App;
use crate::news::template as told;
use crate::world::World;

/// How many Meta lists unless asked for more or fewer.
const PAGE: usize = 25;

/// How many an account may have until its business is verified.
const MOST: usize = 250;

pub(super) async fn list(
    State(app): State<Arc<App>>,
    call: Call,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, GraphError> {
    account(&app, &call, "get")?;
    let wanted = |name: &str, value: &str| {
        query
            .get(name)
            .is_none_or(|filter| filter.is_empty() || filter.eq_ignore_ascii_case(value))
    };
    let world = app.world();
    let found: Vec<&Template> = world
        .templates
        .iter()
        .filter(|template| {
            wanted("name", &template.name)
                && query
                    .get("name_or_content")
                    .is_none_or(|part| template.name.contains(part.as_str()))
                && wanted("language", &template.language)
                && wanted("status", &template.status)
                && wanted("category", &template.category)
                && wanted("quality_score", &template.quality)
        })
        .collect();

    let limit = match query.get("limit").map(|limit| limit.parse()) {
        None => PAGE,
        Some(Ok(limit)) if limit > 0 => limit,
        Some(_) => {
            return Err(GraphError::parameter(
                "Param limit must be a positive number",
            ));
        }
    };
    let place = |name: &str| match query.get(name).filter(|cursor| !cursor.is_empty()) {
        None => Ok(None),
        Some(cursor) => read_cursor(cursor)
            .map(Some)
            .ok_or_else(|| GraphError::parameter("Invalid cursor")),
    };
    let first = match (place("after")?, place("before")?) {
        (Some(after), _) => after + 1,
        (None, Some(before)) => before.saturating_sub(limit),
        (None, None) => 0,
    }
    .min(found.len());
    let last = (first + limit).min(found.len());
    let data: Vec<Value> = found[first..last]
        .iter()
        .map(|template| fields(&template.listed(), &query))
        .collect();

    let mut paging = json!({});
    if last > first {
        paging["cursors"] = json!({"before": cursor(first), "after": cursor(last - 1)});
        let page = |direction: &str, place: usize| {
            let node = &call.node;
            let place = cursor(place);
            format!(
                "https://graph.facebook.com/v25.0/{node}/message_templates?limit={limit}&{direction}={place}"
            )
        };
        if last < found.len() {
            paging["next"] = Value::from(page("after", last - 1));
        }
        if first > 0 {
            paging["previous"] = Value::from(page("before", first));
        }
    }
    let mut answer = json!({"data": data, "paging": paging});
    if let Some(wanted) = query.get("summary") {
        let all = json!({"total_count": found.len(), "message_template_count": world.templates.len(),
            "message_template_limit": MOST, "are_translations_complete": true});
        let wanted = HashMap::from([("fields".to_owned(), wanted.clone())]);
        answer["summary"] = fields(&all, &wanted);
    }
    Ok(Json(answer))
}

/// Opaque to everybody, as Meta's.
fn cursor(place: usize) -> String {
    BASE64.encode(format!("place {place}"))
}

fn read_cursor(cursor: &str) -> Option<usize> {
    let text = String::from_utf8(BASE64.decode(cursor).ok()?).ok()?;
    text.strip_prefix("place ")?.parse().ok()
}

pub(super) async fn create(
    State(app): State<Arc<App>>,
    call: Call,
    Json(submitted): Json<Value>,
) -> Result<Json<Value>, GraphError> {
    account(&app, &call, "post")?;
    let mut world = app.world();
    let exists = world.templates.iter().any(|template| {
        submitted["name"] == template.name.as_str()
            && submitted["language"] == template.language.as_str()
    });
    if exists {
        return Err(GraphError {
            subcode: Some(2_388_024),
            ..GraphError::parameter("There is already content in this language for this template.")
        });
    }
    let mut template = world.register(&submitted)?;
    if world.settings.review_templates {
        "PENDING".clone_into(&mut template.status);
        replace(&mut world, template.clone());
    }
    Ok(Json(
        json!({"id": template.id, "status": template.status, "category": template.category}),
    ))
}

/// `POST /{template-id}`: other components, reviewed anew.
pub(super) fn edit(
    app: &App,
    world: &mut World,
    id: &str,
    body: &Map<String, Value>,
) -> Result<Json<Value>, GraphError> {
    let template = world
        .template_mut(id)
        .cloned()
        .ok_or_else(|| GraphError::unknown_object(id, "post"))?;
    if !matches!(template.status.as_str(), "APPROVED" | "REJECTED" | "PAUSED") {
        return Err(GraphError::parameter(
            "Only approved, rejected and paused templates can be edited",
        ));
    }
    let components = body.get("components").unwrap_or(&Value::Null);
    let mut edited = if components.is_null() {
        template.clone()
    } else {
        template.edited(components)?
    };
    if let Some(category) = body.get("category").and_then(Value::as_str) {
        if template.status == "APPROVED" && !category.eq_ignore_ascii_case(&template.category) {
            return Err(GraphError::parameter(
                "The category of an approved template cannot be changed",
            ));
        }
        edited.category = category.to_ascii_uppercase();
    }
    if world.settings.review_templates {
        "PENDING".clone_into(&mut edited.status);
    }
    replace(world, edited.clone());
    if !components.is_null() {
        let value = told::components(&edited);
        app.announce(world, "message_template_components_update", value, None);
    }
    Ok(Json(
        json!({"success": true, "id": edited.id, "name": edited.name, "category": edited.category}),
    ))
}

fn replace(world: &mut World, template: Template) {
    if let Some(place) = world.template_mut(&template.id) {
        *place = template;
    }
}

/// `DELETE …/message_templates?name=…`, in all languages, or with `hsm_id` in one.
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    call: Call,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, GraphError> {
    account(&app, &call, "delete")?;
    let (name, id) = (query.get("name"), query.get("hsm_id"));
    if name.is_none() {
        return Err(GraphError::parameter("The parameter name is required."));
    }
    let mut world = app.world();
    let (gone, kept): (Vec<Template>, Vec<Template>) = std::mem::take(&mut world.templates)
        .into_iter()
        .partition(|template| {
            Some(&template.name) == name && id.is_none_or(|id| template.id == *id)
        });
    world.templates = kept;
    if gone.is_empty() {
        return Err(GraphError::parameter("Message template cannot be found"));
    }
    for template in gone {
        let value = told::status(&template, "DELETED", None, None);
        app.announce(&mut world, "message_template_status_update", value, None);
    }
    Ok(Json(json!({"success": true})))
}

/// `POST /{template-id}/unpause`.
pub(super) async fn unpause(
    State(app): State<Arc<App>>,
    call: Call,
) -> Result<Json<Value>, GraphError> {
    let mut world = app.world();
    let template = world
        .template_mut(&call.node)
        .ok_or_else(|| GraphError::unknown_object(&call.node, "post"))?;
    if template.status != "PAUSED" {
        return Ok(Json(
            json!({"success": false, "reason": "Template is not paused"}),
        ));
    }
    "APPROVED".clone_into(&mut template.status);
    let value = told::status(template, "REINSTATED", None, Some("UNPAUSE"));
    app.announce(&mut world, "message_template_status_update", value, None);
    Ok(Json(json!({"success": true})))
}
