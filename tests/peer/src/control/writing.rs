//! What citizens write, of every type.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Refusal, Write, Written, WrittenMedia};
use crate::App;
use crate::outgoing::Writing;
use crate::phones::{ButtonKind, Content, taps};
use crate::world::World;

/// How often one message can be posted at once.
const MOST_TIMES: u32 = 1_000;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/peer/phones/{id}/write", post(write))
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

fn writing(world: &mut World, id: &str, mut write: Write) -> Result<Writing, Refusal> {
    let said = said(world, id, &mut write)?;
    let times = write.times.unwrap_or(1);
    if !(1..=MOST_TIMES).contains(&times) {
        return Err(Refusal::bad(format!(
            "a message can be posted 1 to {MOST_TIMES} times"
        )));
    }
    let Value::Object(body) = said.body else {
        return Err(Refusal::bad("a message is an object"));
    };
    let timestamp = write.timestamp.unwrap_or_else(|| world.now_ms() / 1_000);
    let wamid = write.wamid.unwrap_or_else(|| world.new_wamid());
    Ok(Writing {
        body,
        content: said.content,
        answers: said.answers,
        wamid,
        timestamp,
        times,
    })
}

/// What the citizen says.
struct Said {
    body: Value,
    content: Content,
    answers: Option<String>,
}

impl Said {
    fn new(body: Value, content: Content) -> Self {
        Self {
            body,
            content,
            answers: None,
        }
    }
}

fn said(world: &mut World, id: &str, write: &mut Write) -> Result<Said, Refusal> {
    let given = [
        write.text.is_some(),
        write.button.is_some(),
        write.message.is_some(),
        write.media.is_some(),
        write.place.is_some(),
        write.contact.is_some(),
        write.reaction.is_some(),
        write.edit.is_some(),
        write.revoke.is_some(),
    ];
    if given.into_iter().filter(|given| *given).count() != 1 {
        return Err(Refusal::bad(
            "write exactly one of text, button, message, media, place, contact, reaction, edit and revoke",
        ));
    }
    if let Some(media) = write.media.take() {
        return sent_file(world, id, media);
    }
    let phone = world
        .phone_mut(Some(id))
        .ok_or_else(|| Refusal::no_phone(id))?;
    if let Some(text) = write.text.take() {
        let body = json!({"type": "text", "text": {"body": text}});
        return Ok(Said::new(body, Content::text(text)));
    }
    if let Some(tap) = write.button.take() {
        let tapped = phone
            .tap(&tap)
            .ok_or_else(|| Refusal::bad(format!("there is no button {} that answers", tap.id)))?;
        return Ok(Said {
            body: tapped.body,
            content: Content::text(tapped.title),
            answers: Some(tapped.answers),
        });
    }
    let (body, answers) = if let Some(place) = write.place.take() {
        let body = json!({"type": "location", "location": place});
        (body, phone.asked_for(ButtonKind::Location))
    } else if let Some(contact) = write.contact.take() {
        let own = phone.phone.clone();
        let number = contact
            .phone
            .as_deref()
            .map(super::phones::digits)
            .transpose()?
            .or(own)
            .ok_or_else(|| Refusal::bad("this phone has no number to share"))?;
        let name = contact.name.unwrap_or_else(|| phone.name.clone());
        let origin = contact.origin.as_deref().unwrap_or("contact_request");
        let mut body = taps::contact(&name, &number, origin);
        if contact.vcard {
            body["contacts"][0]["vcard"] = Value::from(format!(
                "BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nTEL;type=CELL;waid={number}:+{number}\nEND:VCARD"
            ));
        }
        (body, phone.asked_for(ButtonKind::Contact))
    } else if let Some(reaction) = write.reaction.take() {
        let mut body = json!({"type": "reaction", "reaction": {"message_id": reaction.to}});
        if let Some(emoji) = reaction.emoji {
            body["reaction"]["emoji"] = Value::from(emoji);
        }
        (body, None)
    } else if let Some(edit) = write.edit.take() {
        if let Some(message) = phone.message_mut(&edit.of) {
            message.content.text.clone_from(&edit.text);
        }
        let message = json!({"type": "text", "text": {"body": edit.text}});
        let body =
            json!({"type": "edit", "edit": {"original_message_id": edit.of, "message": message}});
        (body, None)
    } else if let Some(of) = write.revoke.take() {
        if let Some(message) = phone.message_mut(&of) {
            message.content = Content {
                kind: "revoked".to_owned(),
                ..Content::default()
            };
        }
        (
            json!({"type": "revoke", "revoke": {"original_message_id": of}}),
            None,
        )
    } else {
        (
            Value::Object(write.message.take().unwrap_or_default()),
            None,
        )
    };
    let content = body.as_object().map(shown).unwrap_or_default();
    let mut body = body;
    if let Some(answers) = &answers {
        body["context"] = json!({"id": answers});
    }
    Ok(Said {
        body,
        content,
        answers,
    })
}

/// A file, kept for a week, with an address in the message where that is wanted.
fn sent_file(world: &mut World, id: &str, file: WrittenMedia) -> Result<Said, Refusal> {
    if world.phone(Some(id)).is_none() {
        return Err(Refusal::no_phone(id));
    }
    let bytes = match (file.base64, file.text) {
        (Some(base64), None) => BASE64
            .decode(base64)
            .map_err(|_| Refusal::bad("the bytes are not base64"))?,
        (None, Some(text)) => text.into_bytes(),
        _ => return Err(Refusal::bad("a file has exactly one of base64 and text")),
    };
    let now = world.now_ms() / 1_000;
    let media = world.media.written(&file.mime, Bytes::from(bytes), now);
    let mut object = json!({
        "id": media.id, "mime_type": media.mime, "sha256": BASE64.encode(media.digest()),
    });
    if let Some(url) = file.url {
        object["url"] = Value::from(url);
    }
    match file.kind.as_str() {
        "audio" => object["voice"] = Value::from(file.voice),
        "sticker" => object["animated"] = Value::from(false),
        "image" | "video" | "document" => {}
        other => return Err(Refusal::bad(format!("{other} is not a kind of file"))),
    }
    for (member, text) in [("caption", &file.caption), ("filename", &file.filename)] {
        if let Some(text) = text {
            object[member] = Value::from(text.as_str());
        }
    }
    let content = Content {
        kind: file.kind.clone(),
        media: Some(media.id),
        ..Content::text(file.caption.or(file.filename).unwrap_or_default())
    };
    Ok(Said::new(
        json!({"type": file.kind, file.kind: object}),
        content,
    ))
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
