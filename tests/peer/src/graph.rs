//! The Graph API, as far as a business needs it to send: it refuses what Meta refuses, with Meta's codes.

pub(crate) mod error;

mod contents;
mod messages;
mod recipient;
pub(crate) mod templates;

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::App;
use error::GraphError;
use templates::Template;

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/{version}/{node}/messages", post(messages::send))
        .route(
            "/{version}/{node}/message_templates",
            get(list_templates).post(create_template),
        )
        .route("/{version}/{node}/subscribed_apps", post(subscribe))
        .route("/{version}/{node}", get(node))
}

/// A call under a version of the API, by somebody with the token.
pub(crate) struct Call {
    pub(crate) node: String,
}

impl FromRequestParts<Arc<App>> for Call {
    type Rejection = GraphError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, GraphError> {
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, app)
            .await
            .ok();
        let part = |name: &str| {
            path.as_ref()
                .and_then(|path| path.get(name))
                .cloned()
                .unwrap_or_default()
        };
        let bearer = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());

        let mut world = app.world();
        let checked = if !is_version(&part("version")) {
            Err(GraphError {
                code: 2_500,
                ..GraphError::parameter("Unknown path components")
            })
        } else if bearer.and_then(|value| value.strip_prefix("Bearer "))
            != Some(&world.settings.access_token)
        {
            Err(GraphError::token())
        } else {
            Ok(Self { node: part("node") })
        };
        if let Err(error) = &checked {
            world.count_refusal(error, None);
        }
        checked
    }
}

/// `v25.0` and its like.
fn is_version(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('v')
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(major, minor)| digits(major) && digits(minor))
}

/// What the account's own pages say.
async fn node(State(app): State<Arc<App>>, call: Call) -> Result<Json<Value>, GraphError> {
    let world = app.world();
    let settings = &world.settings;
    if call.node == settings.phone_number_id {
        return Ok(Json(json!({
            "id": settings.phone_number_id, "display_phone_number": settings.display_phone_number,
            "verified_name": settings.business_name, "quality_rating": "GREEN",
            "throughput": {"level": "STANDARD"}, "code_verification_status": "VERIFIED", "platform_type": "CLOUD_API",
        })));
    }
    if call.node == settings.waba_id {
        return Ok(Json(
            json!({"id": settings.waba_id, "name": settings.business_name}),
        ));
    }
    Err(GraphError::unknown_object(&call.node, "get"))
}

async fn subscribe(State(app): State<Arc<App>>, call: Call) -> Result<Json<Value>, GraphError> {
    account(&app, &call, "post")?;
    Ok(Json(json!({"success": true})))
}

async fn list_templates(
    State(app): State<Arc<App>>,
    call: Call,
    Query(filters): Query<HashMap<String, String>>,
) -> Result<Json<Value>, GraphError> {
    account(&app, &call, "get")?;
    let wanted = |name: &str, value: &str| {
        filters
            .get(name)
            .is_none_or(|filter| filter.eq_ignore_ascii_case(value))
    };
    let world = app.world();
    let data: Vec<Value> = world
        .templates
        .iter()
        .filter(|template| {
            wanted("name", &template.name)
                && wanted("language", &template.language)
                && wanted("status", &template.status)
                && wanted("category", &template.category)
        })
        .map(Template::listed)
        .collect();
    Ok(Json(
        json!({"data": data, "paging": {"cursors": {"before": "MAZDZD", "after": "MjQZD"}}}),
    ))
}

async fn create_template(
    State(app): State<Arc<App>>,
    call: Call,
    Json(submitted): Json<Value>,
) -> Result<Json<Value>, GraphError> {
    account(&app, &call, "post")?;
    let template = app.world().register(&submitted)?;
    Ok(Json(
        json!({"id": template.id, "status": template.status, "category": template.category}),
    ))
}

fn account(app: &App, call: &Call, method: &str) -> Result<(), GraphError> {
    if call.node == app.world().settings.waba_id {
        Ok(())
    } else {
        Err(GraphError::unknown_object(&call.node, method))
    }
}

#[cfg(test)]
mod tests {
    use super::is_version;

    #[test]
    fn a_version_is_told_from_other_paths() {
        assert!(is_version("v25.0") && is_version("v9.10"));
        assert!(
            !is_version("v25") && !is_version("peer") && !is_version("v25.x") && !is_version("v.0")
        );
    }
}
