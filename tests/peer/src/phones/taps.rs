//! What a tap on a button of a received message sends back.

use serde_json::{Value, json};

use super::{ButtonKind, Phone};
use crate::control::Tap;

/// A tap on a button, ready to be written.
pub(crate) struct Tapped {
    pub(crate) body: Value,
    pub(crate) title: String,
    pub(crate) answers: String,
}

impl Phone {
    /// What the citizen sends by tapping: a button of the message `of`, or of the latest that has such a button.
    pub(crate) fn tap(&self, tap: &Tap) -> Option<Tapped> {
        let (message, button) = self
            .messages
            .iter()
            .rev()
            .filter(|message| tap.of.as_ref().is_none_or(|of| message.wamid == *of))
            .find_map(|message| {
                let button = message
                    .content
                    .buttons
                    .iter()
                    .find(|button| button.id == tap.id)?;
                Some((message, button))
            })?;
        let reply = json!({"id": button.id, "title": button.title});
        let mut body = match button.kind {
            ButtonKind::Reply => {
                json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": reply}})
            }
            ButtonKind::Row => {
                let mut reply = reply;
                if let Some(description) = &button.description {
                    reply["description"] = Value::from(description.as_str());
                }
                json!({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": reply}})
            }
            ButtonKind::QuickReply => {
                json!({"type": "button", "button": {"payload": button.id, "text": button.title}})
            }
            ButtonKind::Contact => contact(&self.name, self.phone.as_deref()?, "contact_request"),
            ButtonKind::Flow => {
                let mut answers = json!({"flow_token": button.url.as_deref().unwrap_or("unused")});
                if let (Some(answers), Some(Value::Object(given))) =
                    (answers.as_object_mut(), &tap.answers)
                {
                    answers.extend(given.clone());
                }
                json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {
                    "name": "flow", "body": "Sent", "response_json": answers.to_string(),
                }}})
            }
            ButtonKind::Url | ButtonKind::Call | ButtonKind::Location => return None,
        };
        body["context"] = json!({"id": message.wamid});
        Some(Tapped {
            body,
            title: button.title.clone(),
            answers: message.wamid.clone(),
        })
    }

    /// The latest received message with a button of this kind: a position or a contact answers it.
    pub(crate) fn asked_for(&self, kind: ButtonKind) -> Option<String> {
        self.received()
            .filter(|message| {
                message
                    .content
                    .buttons
                    .iter()
                    .any(|button| button.kind == kind)
            })
            .last()
            .map(|message| message.wamid.clone())
    }
}

/// A `contacts` message with one number.
pub(crate) fn contact(name: &str, number: &str, origin: &str) -> Value {
    json!({"type": "contacts", "contacts": [{
        "name": {"formatted_name": name}, "origin": origin,
        "phones": [{"phone": format!("+{number}"), "wa_id": number, "type": "CELL"}],
    }]})
}
