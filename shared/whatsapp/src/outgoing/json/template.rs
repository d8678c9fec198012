//! `template` and its components.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{File, Location, is_empty};
use crate::outgoing::{Template as Filled, TemplateButton, TemplateMedia, Words};

#[derive(Serialize)]
pub(super) struct Template<'a> {
    name: &'a str,
    language: Language<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    components: Vec<Component<'a>>,
}

#[derive(Serialize)]
struct Language<'a> {
    code: &'a str,
}

#[derive(Serialize)]
struct Component<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_type: Option<&'static str>,
    /// Text, although it is a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<String>,
    parameters: Vec<Parameter<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Parameter<'a> {
    Text {
        #[serde(skip_serializing_if = "Option::is_none")]
        parameter_name: Option<&'a str>,
        text: &'a str,
    },
    Payload {
        payload: &'a str,
    },
    Action {
        action: Action<'a>,
    },
    Image {
        image: File<'a>,
    },
    Video {
        video: File<'a>,
    },
    Document {
        document: File<'a>,
    },
    Location {
        location: Location<'a>,
    },
}

#[derive(Serialize)]
struct Action<'a> {
    flow_token: &'a str,
    #[serde(skip_serializing_if = "is_empty")]
    flow_action_data: &'a Map<String, Value>,
}

pub(super) fn of(template: &Filled) -> Template<'_> {
    let mut components = Vec::with_capacity(2 + template.buttons.len());
    let (header, body) = words(&template.words);
    let header = template.media.as_ref().map(media).or(header);
    components.extend(header.map(|parameter| component("header", vec![parameter])));
    if !body.is_empty() {
        components.push(component("body", body));
    }
    components.extend(template.buttons.iter().map(button));
    Template {
        name: &template.name,
        language: Language {
            code: &template.language,
        },
        components,
    }
}

fn component<'a>(kind: &'static str, parameters: Vec<Parameter<'a>>) -> Component<'a> {
    Component {
        kind,
        sub_type: None,
        index: None,
        parameters,
    }
}

fn words(words: &Words) -> (Option<Parameter<'_>>, Vec<Parameter<'_>>) {
    match words {
        Words::Named { header, body } => (
            header
                .as_ref()
                .map(|(name, text)| text_of(Some(name), text)),
            body.iter()
                .map(|(name, text)| text_of(Some(name), text))
                .collect(),
        ),
        Words::Positional { header, body } => (
            header.as_deref().map(|text| text_of(None, text)),
            body.iter().map(|text| text_of(None, text)).collect(),
        ),
    }
}

fn text_of<'a>(parameter_name: Option<&'a str>, text: &'a str) -> Parameter<'a> {
    Parameter::Text {
        parameter_name,
        text,
    }
}

fn media(media: &TemplateMedia) -> Parameter<'_> {
    let file = |id| File {
        id,
        ..File::default()
    };
    match media {
        TemplateMedia::Image(id) => Parameter::Image { image: file(id) },
        TemplateMedia::Video(id) => Parameter::Video { video: file(id) },
        TemplateMedia::Document { id, filename } => Parameter::Document {
            document: File {
                filename: filename.as_deref(),
                ..file(id)
            },
        },
        TemplateMedia::Location(place) => Parameter::Location {
            location: Location::of(place),
        },
    }
}

fn button(button: &TemplateButton) -> Component<'_> {
    let (sub_type, parameter) = match button {
        TemplateButton::Url { suffix, .. } => ("url", text_of(None, suffix)),
        TemplateButton::QuickReply { payload, .. } => {
            ("quick_reply", Parameter::Payload { payload })
        }
        TemplateButton::Flow { token, data, .. } => (
            "flow",
            Parameter::Action {
                action: Action {
                    flow_token: token,
                    flow_action_data: data,
                },
            },
        ),
    };
    Component {
        kind: "button",
        sub_type: Some(sub_type),
        index: Some(button.index().to_string()),
        parameters: vec![parameter],
    }
}
