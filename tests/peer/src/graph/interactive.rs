//! Interactive messages: buttons, lists, links, requests for a position or a number, forms.

use serde_json::Value;

use super::contents::{BODY, TEXT, items, missing, required};
use super::error::GraphError;
use crate::phones::{Button, ButtonKind, Content};

const SMALL_LINE: usize = 60;
const BUTTONS: usize = 3;
const BUTTON_TITLE: usize = 20;
const BUTTON_ID: usize = 256;
const SECTIONS: usize = 10;
const ROWS: usize = 10;
const ROW_TITLE: usize = 24;
const ROW_ID: usize = 200;
const ROW_DESCRIPTION: usize = 72;
const FLOW_LABEL: usize = 30;

/// What the phone shows for the object of an interactive message.
pub(super) fn read(interactive: &Value) -> Result<Content, GraphError> {
    let kind = interactive["type"]
        .as_str()
        .ok_or_else(|| missing("interactive['type']"))?;
    let action = &interactive["action"];
    let (longest, buttons) = match kind {
        "button" => (BODY, reply_buttons(action)?),
        "list" => (TEXT, rows(action)?),
        "cta_url" => (BODY, vec![link(action)?]),
        "location_request_message" => {
            named(action, "send_location")?;
            (
                BODY,
                vec![button(
                    ButtonKind::Location,
                    "send_location",
                    "Invia posizione",
                )],
            )
        }
        "request_contact_info" => {
            named(action, "request_contact_info")?;
            (
                BODY,
                vec![button(
                    ButtonKind::Contact,
                    "request_contact_info",
                    "Condividi il numero",
                )],
            )
        }
        "flow" => (BODY, vec![flow(action)?]),
        other => {
            return Err(GraphError::value(format!(
                "Interactive type {other} is not supported"
            )));
        }
    };
    let text = required(
        &interactive["body"]["text"],
        "interactive['body']['text']",
        longest,
    )?;
    let header_kind = interactive["header"]["type"].as_str().unwrap_or_default();
    let header = match interactive["header"]["type"].as_str() {
        Some("text") => Some(required(
            &interactive["header"]["text"],
            "interactive['header']['text']",
            SMALL_LINE,
        )?),
        Some(_) if kind == "list" => {
            return Err(GraphError::value("Header of a list must be of type text"));
        }
        Some(other) => Some(format!("[{other}]")),
        None => None,
    };
    let footer = match &interactive["footer"]["text"] {
        Value::Null => None,
        footer => Some(required(
            footer,
            "interactive['footer']['text']",
            SMALL_LINE,
        )?),
    };
    Ok(Content {
        kind: kind.to_owned(),
        header,
        text,
        footer,
        buttons,
        media: interactive["header"][header_kind]["id"]
            .as_str()
            .map(str::to_owned),
    })
}

fn reply_buttons(action: &Value) -> Result<Vec<Button>, GraphError> {
    let items = items(&action["buttons"], "action['buttons']", BUTTONS)?;
    let mut buttons = Vec::<Button>::new();
    for item in items {
        if item["type"] != "reply" {
            return Err(GraphError::value("Type of a button must be reply"));
        }
        let title = required(&item["reply"]["title"], "Button title", BUTTON_TITLE)?;
        let id = required(&item["reply"]["id"], "Button id", BUTTON_ID)?;
        if buttons
            .iter()
            .any(|other| other.title == title || other.id == id)
        {
            return Err(GraphError::value(
                "Duplicated button titles or ids are not allowed",
            ));
        }
        buttons.push(button(ButtonKind::Reply, &id, &title));
    }
    Ok(buttons)
}

fn rows(action: &Value) -> Result<Vec<Button>, GraphError> {
    required(&action["button"], "action['button']", BUTTON_TITLE)?;
    let sections = items(&action["sections"], "action['sections']", SECTIONS)?;
    let mut rows = Vec::<Button>::new();
    for section in sections {
        if sections.len() > 1 {
            required(&section["title"], "Section title", ROW_TITLE)?;
        }
        for row in items(&section["rows"], "section['rows']", ROWS)? {
            let title = required(&row["title"], "Row title", ROW_TITLE)?;
            let id = required(&row["id"], "Row id", ROW_ID)?;
            let description = match &row["description"] {
                Value::Null => None,
                description => Some(required(description, "Row description", ROW_DESCRIPTION)?),
            };
            if rows.iter().any(|other| other.id == id) {
                return Err(GraphError::value("Duplicated row ids are not allowed"));
            }
            rows.push(Button {
                description,
                ..button(ButtonKind::Row, &id, &title)
            });
        }
    }
    if rows.len() > ROWS {
        return Err(GraphError::value(format!(
            "Total row count exceed max allowed count: {ROWS}"
        )));
    }
    Ok(rows)
}

fn link(action: &Value) -> Result<Button, GraphError> {
    named(action, "cta_url")?;
    let parameters = &action["parameters"];
    let title = required(
        &parameters["display_text"],
        "parameters['display_text']",
        BUTTON_TITLE,
    )?;
    let url = required(&parameters["url"], "parameters['url']", 2_000)?;
    if !(url.starts_with("https://") || url.starts_with("http://")) {
        return Err(GraphError::value("parameters['url'] must be a web address"));
    }
    Ok(Button {
        url: Some(url),
        ..button(ButtonKind::Url, "cta_url", &title)
    })
}

fn flow(action: &Value) -> Result<Button, GraphError> {
    named(action, "flow")?;
    let parameters = &action["parameters"];
    let title = required(
        &parameters["flow_cta"],
        "parameters['flow_cta']",
        FLOW_LABEL,
    )?;
    let id = parameters["flow_id"]
        .as_str()
        .or_else(|| parameters["flow_name"].as_str())
        .ok_or_else(|| missing("parameters['flow_id']"))?;
    if parameters["flow_message_version"] != "3" {
        return Err(GraphError::value(
            "parameters['flow_message_version'] must be 3",
        ));
    }
    let token = parameters["flow_token"].as_str().unwrap_or("unused");
    Ok(Button {
        url: Some(token.to_owned()),
        ..button(ButtonKind::Flow, id, &title)
    })
}

fn button(kind: ButtonKind, id: &str, title: &str) -> Button {
    Button {
        kind,
        id: id.to_owned(),
        title: title.to_owned(),
        description: None,
        url: None,
    }
}

fn named(action: &Value, name: &str) -> Result<(), GraphError> {
    if action["name"] == name {
        Ok(())
    } else {
        Err(GraphError::value(format!("action['name'] must be {name}")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(object: &Value) -> Result<Content, i64> {
        read(object).map_err(|error| error.code)
    }

    #[test]
    fn buttons_are_at_most_three_short_and_different() {
        let buttons = |titles: &[&str]| {
            let buttons: Vec<Value> = titles
                .iter()
                .enumerate()
                .map(|(id, title)| json!({"type": "reply", "reply": {"id": id.to_string(), "title": title}}))
                .collect();
            shown(
                &json!({"type": "button", "body": {"text": "Confermi?"}, "action": {"buttons": buttons}}),
            )
        };

        assert_eq!(buttons(&["Sì", "No", "Annulla"]).unwrap().buttons.len(), 3);
        assert_eq!(buttons(&["1", "2", "3", "4"]), Err(131_009));
        assert_eq!(buttons(&["Sì", "Sì"]), Err(131_009));
        assert_eq!(buttons(&["un titolo troppo lungo"]), Err(131_009));
        assert_eq!(buttons(&[]), Err(131_009));
    }

    #[test]
    fn a_list_has_ten_rows_over_all_its_sections() {
        let list = |counts: &[usize]| {
            let sections: Vec<Value> = counts
                .iter()
                .enumerate()
                .map(|(section, count)| {
                    let rows: Vec<Value> = (0..*count)
                        .map(|row| json!({"id": format!("{section}-{row}"), "title": "Voce"}))
                        .collect();
                    json!({"title": "Sezione", "rows": rows})
                })
                .collect();
            shown(&json!({
                "type": "list", "body": {"text": "Scelga"}, "action": {"button": "Apri", "sections": sections},
            }))
        };

        assert_eq!(list(&[5, 5]).unwrap().buttons.len(), 10);
        assert_eq!(list(&[5, 6]), Err(131_009));
    }

    #[test]
    fn a_flow_has_a_short_label_and_says_its_version() {
        let flow = |label: &str, version: &str| {
            shown(
                &json!({"type": "flow", "body": {"text": "Compili"}, "action": {"name": "flow", "parameters": {
                "flow_message_version": version, "flow_id": "8123", "flow_cta": label, "flow_token": "t"}}}),
            )
        };

        assert_eq!(flow("Apri", "3").unwrap().buttons[0].kind, ButtonKind::Flow);
        assert_eq!(flow("Apri", "2"), Err(131_009));
        assert_eq!(flow(&"a".repeat(31), "3"), Err(131_009));
    }
}
