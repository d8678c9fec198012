//! The Graph API, as far as a business needs it to send: it refuses what Meta refuses, with Meta's codes.

pub(crate) mod error;
pub(crate) mod nodes;
pub(crate) mod templates;

mod contents;
mod draft;
mod filling;
mod interactive;
mod media;
mod messages;
mod recipient;
mod template_calls;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::routing::{MethodRouter, get, post};
use serde_json::{Map, Value};

use crate::App;
use error::GraphError;

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/{version}/{node}/messages", post(messages::send))
        .route(
            "/{version}/{node}/media",
            post(media::upload).layer(DefaultBodyLimit::max(media::LARGEST_UPLOAD)),
        )
        .route("/whatsapp_business/attachments/", get(media::download))
        .route("/elsewhere/{id}", get(media::other_host))
        .route(
            "/{version}/{node}/message_templates",
            get(template_calls::list)
                .post(template_calls::create)
                .delete(template_calls::delete),
        )
        .route("/{version}/{node}/unpause", post(template_calls::unpause))
        .route(
            "/{version}/{node}/subscribed_apps",
            get(nodes::subscriptions)
                .post(nodes::subscribe)
                .delete(nodes::unsubscribe),
        )
        .route("/{version}/{node}/phone_numbers", get(nodes::numbers))
        .route("/{version}/{node}/register", post(nodes::register))
        .route("/{version}/{node}/deregister", post(nodes::deregister))
        .route(
            "/{version}/{node}/whatsapp_business_encryption",
            get(nodes::key).post(nodes::set_key),
        )
        .route(
            "/{version}/{node}/whatsapp_business_profile",
            get(nodes::profile).post(nodes::set_profile),
        )
        .route(
            "/{version}/{node}/settings",
            get(nodes::settings).post(nodes::set_settings),
        )
        .route(
            "/{version}/{node}/block_users",
            get(nodes::blocked)
                .post(nodes::block)
                .delete(nodes::unblock),
        )
        .route("/{version}/{node}", node_calls())
        // Some clients end every path with a slash.
        .route("/{version}/{node}/", node_calls())
}

fn node_calls() -> MethodRouter<Arc<App>> {
    get(nodes::get).post(nodes::post).delete(nodes::delete)
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
        } else if world.account.token_dead {
            Err(GraphError::expired())
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

fn account(app: &App, call: &Call, method: &str) -> Result<(), GraphError> {
    if call.node == app.world().settings.waba_id {
        Ok(())
    } else {
        Err(GraphError::unknown_object(&call.node, method))
    }
}

fn number(app: &App, call: &Call, method: &str) -> Result<(), GraphError> {
    if call.node == app.world().settings.phone_number_id {
        Ok(())
    } else {
        Err(GraphError::unknown_object(&call.node, method))
    }
}

/// The members that `fields` asks for, and `id`; all of them where it does not. Fields of fields (`preview{…}`) count as
/// their first name.
fn fields(page: &Value, query: &HashMap<String, String>) -> Value {
    let (Some(wanted), Value::Object(members)) = (query.get("fields"), page) else {
        return page.clone();
    };
    let wanted: Vec<&str> = wanted
        .split(',')
        .map(|name| {
            name.split(['{', '.', '('])
                .next()
                .unwrap_or_default()
                .trim()
        })
        .collect();
    members
        .iter()
        .filter(|(name, _)| *name == "id" || wanted.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect::<Map<String, Value>>()
        .into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_shows_the_fields_that_are_asked_for_and_its_id() {
        let page =
            json!({"id": "1", "name": "a", "status": "b", "quality_score": {"score": "GREEN"}});
        let query = HashMap::from([("fields".to_owned(), "name,quality_score{score}".to_owned())]);

        assert_eq!(
            fields(&page, &query),
            json!({"id": "1", "name": "a", "quality_score": {"score": "GREEN"}})
        );
        assert_eq!(fields(&page, &HashMap::new()), page);
    }

    #[test]
    fn a_version_is_told_from_other_paths() {
        assert!(is_version("v25.0") && is_version("v9.10"));
        assert!(
            !is_version("v25") && !is_version("peer") && !is_version("v25.x") && !is_version("v.0")
        );
    }
}
