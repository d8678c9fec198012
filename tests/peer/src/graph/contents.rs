//! What a message says, checked as Meta does and turned into what the phone shows. Interactive messages have a file of
//! their own.

use serde_json::{Map, Value};

use super::error::GraphError;
use super::interactive;
use crate::phones::Content;

pub(super) const TEXT: usize = 4_096;
pub(super) const BODY: usize = 1_024;

const CONTACTS: usize = 257;

/// What the phone shows for a message that is not a template.
pub(super) fn read(kind: &str, message: &Map<String, Value>) -> Result<Content, GraphError> {
    match kind {
        "text" => text(message.get("text")),
        "interactive" => interactive::read(message.get("interactive").unwrap_or(&Value::Null)),
        "image" | "video" | "audio" | "document" | "sticker" => media(kind, message),
        "location" => location(message),
        "contacts" => contacts(message),
        "reaction" => reaction(message),
        other => Err(GraphError::parameter(format!(
            "Param type must be a message type, and {other} is none"
        ))),
    }
}

fn text(text: Option<&Value>) -> Result<Content, GraphError> {
    let body = text
        .and_then(|text| text["body"].as_str())
        .unwrap_or_default();
    if body.is_empty() {
        return Err(GraphError::parameter(
            "The parameter text['body'] is required.",
        ));
    }
    if length(body) > TEXT {
        return Err(GraphError::parameter(format!(
            "Param text['body'] must be at most {TEXT} characters long."
        )));
    }
    Ok(Content::text(body))
}

/// Media by id or by address, with a caption where the kind has one.
fn media(kind: &str, message: &Map<String, Value>) -> Result<Content, GraphError> {
    let object = message.get(kind).ok_or_else(|| missing(kind))?;
    let (id, link) = (object["id"].as_str(), object["link"].as_str());
    if id.is_none() && link.is_none() {
        return Err(GraphError::new(
            131_008,
            format!("One of {kind}['id'] and {kind}['link'] is required"),
        ));
    }
    let caption = match &object["caption"] {
        Value::Null => None,
        caption => Some(required(caption, &format!("{kind}['caption']"), BODY)?),
    };
    let text = caption.or_else(|| object["filename"].as_str().or(link).map(str::to_owned));
    Ok(Content {
        kind: kind.to_owned(),
        text: text.unwrap_or_default(),
        media: id.map(str::to_owned),
        ..Content::default()
    })
}

fn location(message: &Map<String, Value>) -> Result<Content, GraphError> {
    let place = message.get("location").ok_or_else(|| missing("location"))?;
    let degrees = |name: &str, most: f64| {
        let value = &place[name];
        // Meta takes both a number and its text.
        value
            .as_f64()
            .or_else(|| value.as_str()?.parse().ok())
            .filter(|degrees| degrees.abs() <= most)
            .ok_or_else(|| {
                GraphError::value(format!("location['{name}'] must be a number of degrees"))
            })
    };
    let (latitude, longitude) = (degrees("latitude", 90.0)?, degrees("longitude", 180.0)?);
    let name = place["name"].as_str().unwrap_or_default();
    Ok(Content {
        kind: "location".to_owned(),
        ..Content::text(format!("{name} {latitude}, {longitude}").trim())
    })
}

fn contacts(message: &Map<String, Value>) -> Result<Content, GraphError> {
    let list = message.get("contacts").unwrap_or(&Value::Null);
    let contacts = items(list, "contacts", CONTACTS)?;
    let names: Result<Vec<String>, GraphError> = contacts
        .iter()
        .map(|contact| {
            required(
                &contact["name"]["formatted_name"],
                "contacts['name']['formatted_name']",
                TEXT,
            )
        })
        .collect();
    Ok(Content {
        kind: "contacts".to_owned(),
        ..Content::text(names?.join(", "))
    })
}

fn reaction(message: &Map<String, Value>) -> Result<Content, GraphError> {
    let reaction = message.get("reaction").ok_or_else(|| missing("reaction"))?;
    let of = reaction["message_id"].as_str().unwrap_or_default();
    if !of.starts_with("wamid.") {
        return Err(missing("reaction['message_id']"));
    }
    Ok(Content {
        kind: "reaction".to_owned(),
        ..Content::text(reaction["emoji"].as_str().unwrap_or_default())
    })
}

pub(super) fn items<'a>(
    list: &'a Value,
    name: &str,
    most: usize,
) -> Result<&'a [Value], GraphError> {
    match list.as_array() {
        Some(items) if (1..=most).contains(&items.len()) => Ok(items),
        Some(items) => Err(GraphError::value(format!(
            "Invalid count of {name}: {}. Min: 1, max: {most}",
            items.len()
        ))),
        None => Err(missing(name)),
    }
}

pub(super) fn required(value: &Value, name: &str, longest: usize) -> Result<String, GraphError> {
    match value.as_str() {
        Some(text) if (1..=longest).contains(&length(text)) => Ok(text.to_owned()),
        Some(_) => Err(GraphError::value(format!(
            "{name} length invalid. Min length: 1, Max length: {longest}"
        ))),
        None => Err(missing(name)),
    }
}

pub(super) fn missing(name: &str) -> GraphError {
    GraphError::new(131_008, format!("Parameter of name {name} is missing"))
}

/// Unicode characters: what Meta counts is not known better than that.
pub(super) fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(kind: &str, object: Value) -> Result<Content, i64> {
        let message = Map::from_iter([(kind.to_owned(), object)]);
        read(kind, &message).map_err(|error| error.code)
    }

    #[test]
    fn a_text_holds_4096_characters_whatever_their_bytes() {
        assert!(shown("text", json!({"body": "è".repeat(4_096)})).is_ok());
        assert_eq!(shown("text", json!({"body": "è".repeat(4_097)})), Err(100));
        assert_eq!(shown("text", json!({"body": ""})), Err(100));
    }
}
