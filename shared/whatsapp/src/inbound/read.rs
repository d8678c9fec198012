//! From Meta's object of each type to what it carries.

use serde_json::Value;

use super::Sender;
use super::content::{Card, CardPhone, Content, Item, Location, MediaRef, Origin, System};
use crate::lenient::{decimal, instant, items, parsed, text, truth, whole, word};
use crate::webhook::OVERSIZED;

/// What `message` carries. What is not as it should be is `Unknown`, and kept.
pub(super) fn content(message: &Value) -> Content {
    let kind = kind_of(message);
    if truth(message, OVERSIZED) == Some(true) {
        return Content::Oversized { kind };
    }
    known(&kind, message).unwrap_or_else(|| Content::Unknown {
        raw: message.to_string(),
        kind,
    })
}

fn kind_of(message: &Value) -> String {
    let kind = text(message, "type").unwrap_or_default();
    kind.chars().take(64).collect()
}

fn known(kind: &str, message: &Value) -> Option<Content> {
    let object = &message[kind];
    Some(match kind {
        "text" => Content::Text(text(object, "body")?),
        "image" => Content::Image(media(object)?),
        "video" => Content::Video(media(object)?),
        "audio" => Content::Audio(media(object)?),
        // As it was called before 2021; some producers still write it.
        "voice" => Content::Audio(MediaRef {
            voice: true,
            ..media(object)?
        }),
        "document" => Content::Document(media(object)?),
        "sticker" => Content::Sticker(media(object)?),
        "location" => Content::Location(location(object)?),
        "contacts" => Content::Contacts(object.as_array()?.iter().map(card).collect()),
        "interactive" => interactive(object)?,
        "button" => tap(object)?,
        "reaction" => Content::Reaction {
            message: parsed(object, "message_id")?,
            emoji: word(object, "emoji"),
        },
        "order" => object.is_object().then(|| order(object))?,
        "system" => system(object)?,
        "edit" => Content::Edit {
            original: parsed(object, "original_message_id")?,
            content: Box::new(content(&object["message"])),
        },
        "revoke" => Content::Revoke {
            original: parsed(object, "original_message_id")?,
        },
        "unsupported" => unsupported(message),
        _ => return None,
    })
}

fn media(object: &Value) -> Option<MediaRef> {
    Some(MediaRef {
        id: word(object, "id")?,
        mime_type: word(object, "mime_type"),
        sha256: word(object, "sha256"),
        caption: word(object, "caption"),
        filename: word(object, "filename"),
        url: word(object, "url"),
        voice: truth(object, "voice").unwrap_or_default(),
        animated: truth(object, "animated").unwrap_or_default(),
    })
}

fn location(object: &Value) -> Option<Location> {
    Some(Location {
        latitude: decimal(object, "latitude").filter(|degrees| degrees.abs() <= 90.0)?,
        longitude: decimal(object, "longitude").filter(|degrees| degrees.abs() <= 180.0)?,
        name: word(object, "name"),
        address: word(object, "address"),
        url: word(object, "url"),
    })
}

fn card(card: &Value) -> Card {
    let phones = items(card, "phones").iter().map(|phone| CardPhone {
        phone: word(phone, "phone"),
        wa_id: word(phone, "wa_id").and_then(|id| id.parse().ok()),
        kind: word(phone, "type"),
    });
    Card {
        origin: match card["origin"].as_str() {
            Some("contact_request") => Origin::ContactRequest,
            Some(_) => Origin::Other,
            None => Origin::Unsaid,
        },
        name: word(&card["name"], "formatted_name"),
        phones: phones.collect(),
        vcard: word(card, "vcard"),
    }
}

/// By the object that is there, whatever `type` says: the one may be missing, or the other.
fn interactive(object: &Value) -> Option<Content> {
    let inner = |name: &str| object.get(name).filter(|inner| inner.is_object());
    if let Some(reply) = inner("button_reply") {
        let title = word(reply, "title");
        return Some(Content::ButtonReply {
            id: word(reply, "id").or_else(|| title.clone())?,
            title: title.unwrap_or_default(),
        });
    }
    if let Some(reply) = inner("list_reply") {
        let title = word(reply, "title");
        return Some(Content::ListReply {
            id: word(reply, "id").or_else(|| title.clone())?,
            title: title.unwrap_or_default(),
            description: word(reply, "description"),
        });
    }
    if let Some(reply) = inner("nfm_reply") {
        return Some(form(reply));
    }
    let reply = inner("call_permission_reply")?;
    Some(Content::CallPermission {
        accepted: reply["response"].as_str() == Some("accept"),
        permanent: truth(reply, "is_permanent").unwrap_or_default(),
        until: instant(reply, "expiration_timestamp"),
    })
}

/// The answer is a text that holds JSON; Meta's own page once shows the object itself, and lists occur.
fn form(reply: &Value) -> Content {
    let response = match &reply["response_json"] {
        Value::String(inner) => {
            crate::lenient::json(inner).unwrap_or_else(|_| Value::String(inner.clone()))
        }
        other => other.clone(),
    };
    Content::FlowReply {
        name: word(reply, "name").unwrap_or_default(),
        token: word(&response, "flow_token"),
        response,
    }
}

fn tap(object: &Value) -> Option<Content> {
    let (payload, text) = (word(object, "payload"), word(object, "text"));
    (payload.is_some() || text.is_some()).then_some(Content::ButtonTap { payload, text })
}

fn order(object: &Value) -> Content {
    let items = items(object, "product_items").iter().map(|item| Item {
        product: text(item, "product_retailer_id").unwrap_or_default(),
        quantity: whole(item, "quantity"),
        price: word(item, "item_price"),
        currency: word(item, "currency"),
    });
    Content::Order {
        catalog: word(object, "catalog_id"),
        text: word(object, "text"),
        items: items.collect(),
    }
}

fn system(object: &Value) -> Option<Content> {
    let kind = word(object, "type")?;
    // `customer` names who they were before; who they are now is in the others.
    let now = ["wa_id", "new_wa_id", "user_id", "parent_user_id"];
    let texts: Vec<String> = now.iter().filter_map(|key| word(object, key)).collect();
    let now = Sender::of_claims(texts.iter().map(String::as_str));
    Some(Content::System(match kind.as_str() {
        "user_changed_number" | "customer_changed_number" => System::NumberChanged(now),
        "user_changed_user_id" => System::UserIdChanged(now),
        "customer_identity_changed" | "user_identity_changed" => System::IdentityChanged(now),
        _ => System::Other(kind.chars().take(64).collect()),
    }))
}

fn unsupported(message: &Value) -> Content {
    let first = items(message, "errors").first();
    Content::Unsupported {
        kind: word(&message["unsupported"], "type"),
        code: first.and_then(|error| whole(error, "code")),
    }
}
