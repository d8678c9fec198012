//! A message as its sender asked for it, once it is known to be one that can be sent.

use serde_json::{Map, Value};

use super::contents::{self, length};
use super::error::GraphError;
use super::templates;
use crate::media;
use crate::phones::Content;
use crate::world::World;

const OPAQUE: usize = 512;

/// A message that may be sent.
pub(super) struct Draft {
    pub(super) content: Content,
    pub(super) template: Option<String>,
    pub(super) category: String,
    pub(super) opaque: Option<String>,
    pub(super) answers: Option<String>,
}

impl Draft {
    /// Reads the request; refuses what Meta would not take from anybody.
    pub(super) fn read(message: &Map<String, Value>, world: &World) -> Result<Self, GraphError> {
        let opaque = match message.get("biz_opaque_callback_data") {
            None => None,
            Some(Value::String(opaque)) if length(opaque) <= OPAQUE => Some(opaque.clone()),
            Some(_) => {
                return Err(GraphError::parameter(format!(
                    "Param biz_opaque_callback_data must be at most {OPAQUE} characters long."
                )));
            }
        };
        let answers = message
            .get("context")
            .and_then(|context| context["message_id"].as_str())
            .map(str::to_owned);
        // Meta takes a message without a type for a text.
        let kind = message
            .get("type")
            .map_or(Some("text"), Value::as_str)
            .unwrap_or_default();
        if kind != "template" {
            let content = contents::read(kind, message)?;
            known(world, kind, &content)?;
            return Ok(Self {
                content,
                template: None,
                category: "service".to_owned(),
                opaque,
                answers,
            });
        }

        let sent = message.get("template").unwrap_or(&Value::Null);
        let name = sent["name"]
            .as_str()
            .ok_or_else(|| GraphError::parameter("The parameter template['name'] is required."))?;
        let language = sent["language"]["code"].as_str().ok_or_else(|| {
            GraphError::parameter("The parameter template['language']['code'] is required.")
        })?;
        let template = world
            .templates
            .iter()
            .find(|template| template.name == name && template.language == language)
            .ok_or_else(|| templates::unknown(name, language))?;
        let content = template.filled(sent["components"].as_array().map_or(&[], Vec::as_slice))?;
        Ok(Self {
            content,
            template: Some(template.name.clone()),
            category: template.category.to_ascii_lowercase(),
            opaque,
            answers,
        })
    }
}

/// A file that is sent by its id must be there and of the kind that is said.
fn known(world: &World, kind: &str, content: &Content) -> Result<(), GraphError> {
    let Some(id) = &content.media else {
        return Ok(());
    };
    let media = world
        .media
        .get(id, world.now_ms() / 1_000)
        .ok_or_else(|| GraphError::value(format!("There is no media with the id {id}")))?;
    if media::suits(kind, &media.mime) {
        Ok(())
    } else {
        Err(GraphError::new(
            131_053,
            format!("A file of type {} cannot be sent as {kind}", media.mime),
        ))
    }
}
