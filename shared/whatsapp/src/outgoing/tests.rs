use domain::ids::ReplyId;
use serde_json::{Map, Value, json};

use super::*;

mod borders;

fn outgoing(to: Address, body: Body) -> Outgoing {
    Outgoing {
        to,
        body,
        id: SendId::Reply(ReplyId::to_message(&"wamid.HBgL".parse().unwrap(), 0)),
        quoting: None,
    }
}

fn phone() -> Address {
    Address::Phone("393331234567".parse().unwrap())
}

fn json_of(body: Body) -> Value {
    let bytes = outgoing(phone(), body).to_json().unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn refused(body: Body) -> String {
    outgoing(phone(), body).to_json().unwrap_err().to_string()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("{other}"),
    }
}

#[test]
fn a_reply_to_a_number_goes_to_the_number_with_its_plus() {
    let call = json_of(Body::Text("Fatto.".to_owned()));

    insta::assert_json_snapshot!(call, @r#"
    {
      "biz_opaque_callback_data": "r_075a9d746af2a3060a4289687b196ac6_0",
      "messaging_product": "whatsapp",
      "recipient_type": "individual",
      "text": {
        "body": "Fatto.",
        "preview_url": false
      },
      "to": "+393331234567",
      "type": "text"
    }
    "#);
}

#[test]
fn a_notice_to_a_bsuid_goes_to_recipient_and_never_to_to() {
    let body = Body::Template(Template::named(
        "avviso",
        "it",
        [
            ("testo", "Mercatino.".to_owned()),
            ("link", "https://www.rubano.it/n".to_owned()),
        ],
    ));
    for bsuid in ["IT.8Kd02LmQ", "IT.ENT.77aa"] {
        let message = outgoing(Address::Bsuid(bsuid.parse().unwrap()), body.clone());
        let call: Value = serde_json::from_slice(&message.to_json().unwrap()).unwrap();

        assert_eq!(call["recipient"], bsuid);
        assert_eq!(call["recipient_type"], "individual");
        assert_eq!(call.get("to"), None);
        assert_eq!(
            call["template"],
            json!({
                "name": "avviso",
                "language": {"code": "it"},
                "components": [{"type": "body", "parameters": [
                    {"type": "text", "parameter_name": "testo", "text": "Mercatino."},
                    {"type": "text", "parameter_name": "link", "text": "https://www.rubano.it/n"},
                ]}],
            })
        );
    }
}

#[test]
fn a_template_with_everything_is_written_as_meta_wants_it() {
    let template = Template {
        media: Some(TemplateMedia::Image("9901".to_owned())),
        buttons: vec![
            TemplateButton::Url {
                index: 0,
                suffix: "RM-2041".to_owned(),
            },
            TemplateButton::QuickReply {
                index: 1,
                payload: "visto".to_owned(),
            },
            TemplateButton::Flow {
                index: 2,
                token: "seg-1".to_owned(),
                data: object(json!({"via": "Via Roma"})),
            },
        ],
        ..Template::positional("stato", "it", ["RM-2041".to_owned()])
    };

    assert_eq!(
        json_of(Body::Template(template))["template"]["components"],
        json!([
            {"type": "header", "parameters": [{"type": "image", "image": {"id": "9901"}}]},
            {"type": "body", "parameters": [{"type": "text", "text": "RM-2041"}]},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "RM-2041"}]},
            {"type": "button", "sub_type": "quick_reply", "index": "1", "parameters": [{"type": "payload", "payload": "visto"}]},
            {"type": "button", "sub_type": "flow", "index": "2", "parameters": [{"type": "action",
                "action": {"flow_token": "seg-1", "flow_action_data": {"via": "Via Roma"}}}]},
        ])
    );
}

#[test]
fn the_line_over_a_template_may_be_text_a_film_a_file_or_a_place() {
    let header = |template: Template| {
        json_of(Body::Template(template))["template"]["components"][0]["parameters"][0].take()
    };
    let over = |media| Template {
        media: Some(media),
        ..Template::positional("stato", "it", [])
    };

    let named = Template {
        words: Words::Named {
            header: Some(("comune".into(), "Rubano".to_owned())),
            body: Vec::new(),
        },
        ..Template::positional("stato", "it", [])
    };
    assert_eq!(
        header(named),
        json!({"type": "text", "parameter_name": "comune", "text": "Rubano"})
    );
    assert_eq!(
        header(over(TemplateMedia::Video("7".to_owned()))),
        json!({"type": "video", "video": {"id": "7"}})
    );
    assert_eq!(
        header(over(TemplateMedia::Document {
            id: "7".to_owned(),
            filename: Some("bando.pdf".to_owned())
        })),
        json!({"type": "document", "document": {"id": "7", "filename": "bando.pdf"}})
    );
    assert_eq!(
        header(over(TemplateMedia::Location(piazza()))),
        json!({"type": "location", "location": {"latitude": 45.43, "longitude": 11.79, "name": "Piazza"}})
    );
}

fn piazza() -> Place {
    Place {
        latitude: 45.43,
        longitude: 11.79,
        name: Some("Piazza".to_owned()),
        address: None,
    }
}

#[test]
fn what_is_answered_with_a_tap_is_written_as_meta_wants_it() {
    let buttons = Body::Buttons(Buttons {
        header: Some(Header::Text("Iscrizione".to_owned())),
        text: "Vuoi ricevere gli avvisi?".to_owned(),
        footer: Some("Comune di Rubano".to_owned()),
        buttons: vec![Button {
            id: "si".to_owned(),
            title: "Sì".to_owned(),
        }],
    });
    assert_eq!(
        json_of(buttons)["interactive"],
        json!({"type": "button", "header": {"type": "text", "text": "Iscrizione"}, "body": {"text": "Vuoi ricevere gli avvisi?"},
            "footer": {"text": "Comune di Rubano"},
            "action": {"buttons": [{"type": "reply", "reply": {"id": "si", "title": "Sì"}}]}})
    );

    let list = Body::List(List {
        text: "Quale?".to_owned(),
        label: "Scegli".to_owned(),
        sections: vec![Section {
            title: Some("Uffici".to_owned()),
            rows: vec![Row {
                id: "1".to_owned(),
                title: "Anagrafe".to_owned(),
                description: Some("Piano terra".to_owned()),
            }],
        }],
        ..List::default()
    });
    assert_eq!(
        json_of(list)["interactive"],
        json!({"type": "list", "body": {"text": "Quale?"}, "action": {"button": "Scegli", "sections": [
            {"title": "Uffici", "rows": [{"id": "1", "title": "Anagrafe", "description": "Piano terra"}]}]}})
    );

    let link = Body::Link(Link {
        text: "Il bando".to_owned(),
        label: "Apri".to_owned(),
        url: "https://www.rubano.it/b".to_owned(),
        ..Link::default()
    });
    assert_eq!(
        json_of(link)["interactive"],
        json!({"type": "cta_url", "body": {"text": "Il bando"}, "action": {"name": "cta_url",
            "parameters": {"display_text": "Apri", "url": "https://www.rubano.it/b"}}})
    );

    let text = || "Dove?".to_owned();
    assert_eq!(
        json_of(Body::AskLocation { text: text() })["interactive"],
        json!({"type": "location_request_message", "body": {"text": "Dove?"}, "action": {"name": "send_location"}})
    );
    assert_eq!(
        json_of(Body::AskContact { text: text() })["interactive"],
        json!({"type": "request_contact_info", "body": {"text": "Dove?"}, "action": {"name": "request_contact_info"}})
    );

    let flow = Flow {
        text: "Compili la segnalazione".to_owned(),
        flow_id: "8123".to_owned(),
        label: "Apri".to_owned(),
        token: "seg-1".to_owned(),
        screen: Some("LUOGO".to_owned()),
        data: object(json!({"via": "Via Roma"})),
        ..Flow::default()
    };
    assert_eq!(
        json_of(Body::Flow(flow))["interactive"]["action"],
        json!({"name": "flow", "parameters": {"flow_message_version": "3", "flow_id": "8123", "flow_cta": "Apri",
            "flow_token": "seg-1", "mode": "published", "flow_action": "navigate",
            "flow_action_payload": {"screen": "LUOGO", "data": {"via": "Via Roma"}}}})
    );
}

#[test]
fn files_places_and_reactions_are_written_as_meta_wants_them() {
    let media = || Media {
        id: "9901".to_owned(),
        caption: Some("Mercatino".to_owned()),
    };
    for (body, kind, object) in [
        (
            Body::Image(media()),
            "image",
            json!({"id": "9901", "caption": "Mercatino"}),
        ),
        (
            Body::Video(media()),
            "video",
            json!({"id": "9901", "caption": "Mercatino"}),
        ),
        (
            Body::Audio {
                id: "9901".to_owned(),
                voice: true,
            },
            "audio",
            json!({"id": "9901", "voice": true}),
        ),
        (
            Body::Document {
                media: media(),
                filename: "bando.pdf".to_owned(),
            },
            "document",
            json!({"id": "9901", "filename": "bando.pdf", "caption": "Mercatino"}),
        ),
        (
            Body::Sticker("9901".to_owned()),
            "sticker",
            json!({"id": "9901"}),
        ),
        (
            Body::Location(piazza()),
            "location",
            json!({"latitude": 45.43, "longitude": 11.79, "name": "Piazza"}),
        ),
        (
            Body::Reaction {
                to: "wamid.1".parse().unwrap(),
                emoji: Some("👍🏽".to_owned()),
            },
            "reaction",
            json!({"message_id": "wamid.1", "emoji": "👍🏽"}),
        ),
        (
            Body::Reaction {
                to: "wamid.1".parse().unwrap(),
                emoji: None,
            },
            "reaction",
            json!({"message_id": "wamid.1", "emoji": ""}),
        ),
    ] {
        let call = json_of(body);
        assert_eq!(call["type"], kind);
        assert_eq!(call[kind], object);
    }
    assert_eq!(
        json_of(Body::TextWithPreview("https://www.rubano.it".to_owned()))["text"]["preview_url"],
        true
    );
}

#[test]
fn a_reply_may_quote_what_it_answers_but_a_reaction_may_not() {
    let quoting = |body| Outgoing {
        quoting: "wamid.1".parse().ok(),
        ..outgoing(phone(), body)
    };

    let reply = quoting(Body::Text("Sì".to_owned())).to_json().unwrap();
    let reply: Value = serde_json::from_slice(&reply).unwrap();
    assert_eq!(reply["context"], json!({"message_id": "wamid.1"}));

    let reaction = quoting(Body::Reaction {
        to: "wamid.1".parse().unwrap(),
        emoji: None,
    });
    assert_eq!(
        reaction.to_json().unwrap_err().to_string(),
        "reaction: cannot quote a message"
    );
}

#[test]
fn any_text_can_be_made_a_parameter() {
    assert_eq!(
        as_parameter("  Gentile\n\tAnna,     ecco\r\n qui "),
        "Gentile Anna, ecco qui"
    );
    for text in [
        "a\nb",
        "a\tb",
        "a      b",
        "\u{2028}a\u{a0}b",
        "è\r\n\r\nvero",
    ] {
        let parameter = as_parameter(text);
        limits::parameter("testo".into(), &parameter).unwrap();
    }
}
