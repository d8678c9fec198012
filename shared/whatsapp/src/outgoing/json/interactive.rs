//! `interactive` and its action.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{File, is_empty};
use crate::outgoing::{Buttons, Flow, Header, Link, List};

#[derive(Serialize)]
pub(super) struct Interactive<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<Top<'a>>,
    body: Words<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    footer: Option<Words<'a>>,
    action: Action<'a>,
}

#[derive(Serialize)]
struct Words<'a> {
    text: &'a str,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Top<'a> {
    Text { text: &'a str },
    Image { image: File<'a> },
    Video { video: File<'a> },
    Document { document: File<'a> },
}

#[derive(Serialize)]
#[serde(untagged)]
enum Action<'a> {
    Buttons {
        buttons: Vec<Button<'a>>,
    },
    List {
        button: &'a str,
        sections: Vec<Section<'a>>,
    },
    Named {
        name: &'static str,
    },
    Link {
        name: &'static str,
        parameters: LinkParameters<'a>,
    },
    Flow {
        name: &'static str,
        parameters: FlowParameters<'a>,
    },
}

#[derive(Serialize)]
struct Button<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    reply: Choice<'a>,
}

#[derive(Serialize)]
struct Section<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    rows: Vec<Choice<'a>>,
}

#[derive(Serialize)]
struct Choice<'a> {
    id: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
}

#[derive(Serialize)]
struct LinkParameters<'a> {
    display_text: &'a str,
    url: &'a str,
}

#[derive(Serialize)]
struct FlowParameters<'a> {
    flow_message_version: &'static str,
    flow_id: &'a str,
    flow_cta: &'a str,
    flow_token: &'a str,
    mode: &'static str,
    flow_action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    flow_action_payload: Option<FirstScreen<'a>>,
}

#[derive(Serialize)]
struct FirstScreen<'a> {
    screen: &'a str,
    #[serde(skip_serializing_if = "is_empty")]
    data: &'a Map<String, Value>,
}

pub(super) fn ask_contact(text: &str) -> Interactive<'_> {
    ask("request_contact_info", text, "request_contact_info")
}

pub(super) fn ask_location(text: &str) -> Interactive<'_> {
    ask("location_request_message", text, "send_location")
}

fn ask<'a>(kind: &'static str, text: &'a str, name: &'static str) -> Interactive<'a> {
    Interactive {
        kind,
        header: None,
        body: Words { text },
        footer: None,
        action: Action::Named { name },
    }
}

pub(super) fn of_buttons(buttons: &Buttons) -> Interactive<'_> {
    Interactive {
        kind: "button",
        header: buttons.header.as_ref().map(top),
        body: Words {
            text: &buttons.text,
        },
        footer: footer(buttons.footer.as_deref()),
        action: Action::Buttons {
            buttons: buttons
                .buttons
                .iter()
                .map(|button| Button {
                    kind: "reply",
                    reply: Choice {
                        id: &button.id,
                        title: &button.title,
                        description: None,
                    },
                })
                .collect(),
        },
    }
}

pub(super) fn of_list(list: &List) -> Interactive<'_> {
    let sections = list.sections.iter().map(|section| Section {
        title: section.title.as_deref(),
        rows: section
            .rows
            .iter()
            .map(|row| Choice {
                id: &row.id,
                title: &row.title,
                description: row.description.as_deref(),
            })
            .collect(),
    });
    Interactive {
        kind: "list",
        header: list.header.as_deref().map(|text| Top::Text { text }),
        body: Words { text: &list.text },
        footer: footer(list.footer.as_deref()),
        action: Action::List {
            button: &list.label,
            sections: sections.collect(),
        },
    }
}

pub(super) fn of_link(link: &Link) -> Interactive<'_> {
    Interactive {
        kind: "cta_url",
        header: link.header.as_ref().map(top),
        body: Words { text: &link.text },
        footer: footer(link.footer.as_deref()),
        action: Action::Link {
            name: "cta_url",
            parameters: LinkParameters {
                display_text: &link.label,
                url: &link.url,
            },
        },
    }
}

pub(super) fn of_flow(flow: &Flow) -> Interactive<'_> {
    Interactive {
        kind: "flow",
        header: flow.header.as_ref().map(top),
        body: Words { text: &flow.text },
        footer: footer(flow.footer.as_deref()),
        action: Action::Flow {
            name: "flow",
            parameters: FlowParameters {
                flow_message_version: "3",
                flow_id: &flow.flow_id,
                flow_cta: &flow.label,
                flow_token: &flow.token,
                mode: "published",
                flow_action: if flow.screen.is_some() {
                    "navigate"
                } else {
                    "data_exchange"
                },
                flow_action_payload: flow.screen.as_deref().map(|screen| FirstScreen {
                    screen,
                    data: &flow.data,
                }),
            },
        },
    }
}

fn footer(text: Option<&str>) -> Option<Words<'_>> {
    text.map(|text| Words { text })
}

fn top(header: &Header) -> Top<'_> {
    let file = |id| File {
        id,
        ..File::default()
    };
    match header {
        Header::Text(text) => Top::Text { text },
        Header::Image(id) => Top::Image { image: file(id) },
        Header::Video(id) => Top::Video { video: file(id) },
        Header::Document { id, filename } => Top::Document {
            document: File {
                filename: Some(filename),
                ..file(id)
            },
        },
    }
}
