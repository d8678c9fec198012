//! The JSON of a call, in Meta's words. These types only borrow: they are written to bytes and forgotten.

use domain::contact::Address;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Body, Media, Outgoing, Place};

mod interactive;
mod template;

/// `value` as JSON.
pub(super) fn bytes(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    #[expect(
        clippy::expect_used,
        reason = "strings, finite numbers and JSON always serialise"
    )]
    serde_json::to_writer(&mut bytes, value).expect("serialisable");
    bytes
}

/// The call of `message`, which is within the limits.
pub(super) fn of(message: &Outgoing) -> Vec<u8> {
    let (e164, bsuid) = match &message.to {
        Address::Phone(phone) => (Some(phone.e164()), None),
        Address::Bsuid(bsuid) => (None, Some(bsuid.as_str())),
    };
    bytes(&Call {
        messaging_product: "whatsapp",
        recipient_type: "individual",
        to: e164.as_deref(),
        recipient: bsuid,
        biz_opaque_callback_data: &message.id.to_string(),
        context: message.quoting.as_ref().map(|quoted| Context {
            message_id: quoted.as_str(),
        }),
        object: object_of(&message.body),
    })
}

#[derive(Serialize)]
struct Call<'a> {
    messaging_product: &'static str,
    recipient_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient: Option<&'a str>,
    biz_opaque_callback_data: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Context<'a>>,
    #[serde(flatten)]
    object: Object<'a>,
}

#[derive(Serialize)]
struct Context<'a> {
    message_id: &'a str,
}

/// The type of a message and the object of the same name.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Object<'a> {
    Text {
        text: Text<'a>,
    },
    Template {
        template: template::Template<'a>,
    },
    Interactive {
        interactive: interactive::Interactive<'a>,
    },
    Image {
        image: File<'a>,
    },
    Video {
        video: File<'a>,
    },
    Audio {
        audio: File<'a>,
    },
    Document {
        document: File<'a>,
    },
    Sticker {
        sticker: File<'a>,
    },
    Location {
        location: Location<'a>,
    },
    Reaction {
        reaction: Reaction<'a>,
    },
}

#[derive(Serialize)]
struct Text<'a> {
    body: &'a str,
    preview_url: bool,
}

#[derive(Default, Serialize)]
struct File<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    filename: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    voice: bool,
}

#[derive(Serialize)]
struct Location<'a> {
    latitude: f64,
    longitude: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
}

#[derive(Serialize)]
struct Reaction<'a> {
    message_id: &'a str,
    emoji: &'a str,
}

fn object_of(body: &Body) -> Object<'_> {
    match body {
        Body::Text(text) | Body::TextWithPreview(text) => Object::Text {
            text: Text {
                body: text,
                preview_url: matches!(body, Body::TextWithPreview(_)),
            },
        },
        Body::Template(template) => Object::Template {
            template: template::of(template),
        },
        Body::Image(media) => Object::Image {
            image: File::of(media),
        },
        Body::Video(media) => Object::Video {
            video: File::of(media),
        },
        Body::Audio { id, voice } => Object::Audio {
            audio: File {
                id,
                voice: *voice,
                ..File::default()
            },
        },
        Body::Document { media, filename } => Object::Document {
            document: File {
                filename: Some(filename),
                ..File::of(media)
            },
        },
        Body::Sticker(id) => Object::Sticker {
            sticker: File {
                id,
                ..File::default()
            },
        },
        Body::Location(place) => Object::Location {
            location: Location::of(place),
        },
        Body::Reaction { to, emoji } => Object::Reaction {
            reaction: Reaction {
                message_id: to.as_str(),
                emoji: emoji.as_deref().unwrap_or_default(),
            },
        },
        Body::Buttons(buttons) => tapped(interactive::of_buttons(buttons)),
        Body::List(list) => tapped(interactive::of_list(list)),
        Body::Link(link) => tapped(interactive::of_link(link)),
        Body::Flow(flow) => tapped(interactive::of_flow(flow)),
        Body::AskContact { text } => tapped(interactive::ask_contact(text)),
        Body::AskLocation { text } => tapped(interactive::ask_location(text)),
    }
}

fn tapped(interactive: interactive::Interactive<'_>) -> Object<'_> {
    Object::Interactive { interactive }
}

impl<'a> File<'a> {
    fn of(media: &'a Media) -> Self {
        Self {
            id: &media.id,
            caption: media.caption.as_deref(),
            ..Self::default()
        }
    }
}

impl<'a> Location<'a> {
    fn of(place: &'a Place) -> Self {
        Self {
            latitude: place.latitude,
            longitude: place.longitude,
            name: place.name.as_deref(),
            address: place.address.as_deref(),
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands a reference to the field"
)]
fn is_empty(map: &&Map<String, Value>) -> bool {
    map.is_empty()
}
