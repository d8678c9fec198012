use domain::conversation::What;
use serde_json::{Value, json};

use super::*;

fn read(message: &Value, contact: &Value) -> Result<Inbound, Unreadable> {
    Inbound::read(
        &json!({"phone_number_id": "106", "contact": contact, "message": message}).to_string(),
    )
}

#[test]
fn a_text_is_read_from_a_person_known_by_both_names() {
    let inbound = read(
        &json!({"from": "393331234567", "from_user_id": "IT.8Kd02LmQ", "id": "wamid.HBgL", "timestamp": "1763800123",
                "type": "text", "text": {"body": "ISCRIVIMI"}}),
        &json!({"profile": {"name": "Anna"}, "wa_id": "393331234567", "user_id": "IT.8Kd02LmQ"}),
    )
    .unwrap();

    assert_eq!(inbound.content, Content::Text("ISCRIVIMI".to_owned()));
    assert_eq!(inbound.at.to_string(), "2025-11-22T08:28:43Z");
    assert!(inbound.sender.phone().is_some() && inbound.sender.bsuid().is_some());
}

#[test]
fn a_person_without_a_visible_number_is_known_by_bsuid() {
    let texts = json!({"body": "ciao"});
    for (message, contact) in [
        (
            json!({"from_user_id": "IT.8Kd02LmQ", "id": "w", "timestamp": 1_763_800_123, "type": "text", "text": texts}),
            Value::Null,
        ),
        (
            json!({"from": "IT.8Kd02LmQ", "id": "w", "timestamp": "1763800123", "type": "text", "text": texts}),
            Value::Null,
        ),
        (
            json!({"id": "w", "timestamp": "1763800123", "type": "text", "text": texts}),
            json!({"user_id": "IT.8Kd02LmQ"}),
        ),
    ] {
        let inbound = read(&message, &contact).unwrap();
        assert!(
            inbound.sender.phone().is_none() && inbound.sender.bsuid().is_some(),
            "{message}"
        );
    }
}

fn carried(kind: &str, object: &Value) -> Content {
    let message =
        json!({"from": "393331234567", "id": "w", "timestamp": "1", "type": kind, kind: object});
    read(&message, &Value::Null).unwrap().content
}

#[test]
fn a_tap_has_the_words_of_its_button() {
    for (kind, id, object) in [
        ("button", "P", json!({"payload": "P", "text": "Sì"})),
        (
            "interactive",
            "1",
            json!({"type": "button_reply", "button_reply": {"id": "1", "title": "Sì"}}),
        ),
        (
            "interactive",
            "1",
            json!({"type": "list_reply", "list_reply": {"id": "1", "title": "Sì", "description": "x"}}),
        ),
    ] {
        let message = json!({"from": "393331234567", "id": "w", "timestamp": "1", "type": kind, kind: object});
        assert_eq!(
            read(&message, &Value::Null).unwrap().heard().what,
            What::Choice {
                id: Some(id.to_owned()),
                title: "Sì".to_owned()
            },
            "{kind}"
        );
    }
}

#[test]
fn a_type_we_do_not_know_is_still_a_message_and_is_kept() {
    for kind in [
        "image",
        "location",
        "hologram",
        "interactive",
        "edit",
        "order",
        "contacts",
    ] {
        let Content::Unknown { kind: found, raw } = carried(kind, &json!([7])) else {
            if kind == "contacts" {
                continue;
            }
            panic!("{kind}");
        };
        assert_eq!(found, kind);
        assert!(raw.contains("[7]"), "{raw}");
    }
    let untyped = json!({"from": "393331234567", "id": "w", "timestamp": "1"});
    assert_eq!(
        read(&untyped, &Value::Null).unwrap().heard().what,
        What::Other {
            kind: String::new()
        }
    );
}

#[test]
fn a_form_comes_back_as_text_as_an_object_or_as_a_list() {
    for (response, token) in [
        (json!("{\"flow_token\":\"t\",\"via\":\"Roma\"}"), Some("t")),
        (json!({"flow_token": "t"}), Some("t")),
        (json!([1, 2]), None),
        (json!("[1,2]"), None),
        (json!("not json"), None),
        (Value::Null, None),
    ] {
        let object = json!({"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": response}});
        let Content::FlowReply { token: found, .. } = carried("interactive", &object) else {
            panic!("{response}");
        };
        assert_eq!(found.as_deref(), token, "{response}");
    }
}

#[test]
fn a_shared_number_says_whether_we_asked_for_it() {
    let cards = json!([
        {"name": {"formatted_name": "Anna"}, "phones": [{"phone": "+39 333 1234567", "wa_id": "393331234567", "type": "CELL"}], "origin": "contact_request"},
        {"phones": null, "origin": "other"},
        7
    ]);

    let Content::Contacts(cards) = carried("contacts", &cards) else {
        panic!("no contacts");
    };

    assert_eq!(cards[0].origin, Origin::ContactRequest);
    assert_eq!(
        cards[0].phones[0].wa_id.as_ref().unwrap().digits(),
        "393331234567"
    );
    assert_eq!(
        (&cards[1].origin, cards[1].phones.len()),
        (&Origin::Other, 0)
    );
    assert_eq!(cards[2].origin, Origin::Unsaid);
}

#[test]
fn a_change_of_number_says_who_they_are_now() {
    let Content::System(System::NumberChanged(Some(now))) = carried(
        "system",
        &json!({"type": "user_changed_number", "wa_id": "393337654321", "user_id": "IT.new", "parent_user_id": "IT.ENT.new"}),
    ) else {
        panic!("no change of number");
    };

    assert_eq!(now.phone().unwrap().digits(), "393337654321");
    assert_eq!(now.bsuid().unwrap().as_str(), "IT.new");
    assert_eq!(now.parent().unwrap().as_str(), "IT.ENT.new");
    assert_eq!(
        carried("system", &json!({"type": "user_changed_user_id"})),
        Content::System(System::UserIdChanged(None))
    );
}

#[test]
fn an_edit_has_what_the_message_carries_now() {
    let edit = json!({"original_message_id": "wamid.1", "message": {"type": "text", "text": {"body": "ciao"}}});

    assert_eq!(
        carried("edit", &edit),
        Content::Edit {
            original: "wamid.1".parse().unwrap(),
            content: Box::new(Content::Text("ciao".to_owned())),
        }
    );
}

#[test]
fn a_place_may_be_written_in_text_but_must_be_on_earth() {
    let place = |latitude: Value| {
        carried(
            "location",
            &json!({"latitude": latitude, "longitude": 12.5}),
        )
    };

    assert!(matches!(place(json!("41.9")), Content::Location(_)));
    assert!(matches!(place(json!(91)), Content::Unknown { .. }));
    assert!(matches!(place(Value::Null), Content::Unknown { .. }));
}

#[test]
fn what_is_said_in_a_group_is_not_said_to_us() {
    let message = json!({"from": "393331234567", "id": "w", "timestamp": "1", "group_id": "g1",
        "type": "text", "text": {"body": "STOP"}, "context": {"id": "wamid.0", "forwarded": true}});

    let inbound = read(&message, &Value::Null).unwrap();

    assert_eq!(inbound.group.as_deref(), Some("g1"));
    assert_eq!(inbound.quoted, "wamid.0".parse().ok());
    assert!(inbound.forwarded);
    assert_eq!(inbound.heard().what, What::NotAMessage);
}

#[test]
fn a_wish_about_marketing_names_what_it_is_about() {
    let wish = |preference: Value| {
        let body = json!({"phone_number_id": "106", "contact": {"user_id": "IT.aa"}, "preference": preference});
        FromInbound::read(&body.to_string())
    };

    let Ok(FromInbound::Preference(stop)) = wish(
        json!({"wa_id": "393331234567", "user_id": "IT.aa", "category": "marketing_messages", "value": "stop", "timestamp": 1_763_800_400}),
    ) else {
        panic!("no preference");
    };
    assert_eq!(stop.wish, Wish::Stop);
    assert_eq!(stop.category, "marketing_messages");
    assert_eq!(stop.at.as_second(), 1_763_800_400);
    assert!(stop.sender.phone().is_some() && stop.sender.bsuid().is_some());

    let Ok(FromInbound::Preference(sign_up)) =
        wish(json!({"category": "c", "value": "signup", "signup_id": 7, "timestamp": "1"}))
    else {
        panic!("no preference");
    };
    assert_eq!(
        sign_up.wish,
        Wish::SignUp {
            id: Some("7".to_owned())
        }
    );
    assert_eq!(
        wish(json!({"value": "stop", "timestamp": 1}))
            .unwrap_err()
            .to_string(),
        "without a category"
    );
}

#[test]
fn a_new_id_says_who_they_were_and_who_they_are() {
    let rotation = json!({"wa_id": "393331234567", "detail": "…", "timestamp": "1763800300",
        "user_id": {"previous": "IT.old", "current": "IT.new"},
        "parent_user_id": {"previous": "IT.ENT.a", "current": "IT.ENT.b"}});
    let body = json!({"phone_number_id": "106", "rotation": rotation});

    let Ok(FromInbound::Rotation(rotation)) = FromInbound::read(&body.to_string()) else {
        panic!("no rotation");
    };

    assert_eq!(rotation.previous.bsuid().unwrap().as_str(), "IT.old");
    assert_eq!(rotation.current.parent().unwrap().as_str(), "IT.ENT.b");
    assert_eq!(
        rotation.current.phone(),
        None,
        "whose number it is, is not said"
    );
    assert_eq!(rotation.number.unwrap().digits(), "393331234567");
}

#[test]
fn whatever_else_is_in_the_queue_is_told_apart() {
    let message = json!({"phone_number_id": "106", "message": {"id": "w", "timestamp": 1, "from": "393331234567"}});

    assert!(matches!(
        FromInbound::read(&message.to_string()),
        Ok(FromInbound::Message(_))
    ));
    assert!(FromInbound::read(r#"{"stop_marketing": {}}"#).is_err());
    assert!(FromInbound::read("7").is_err());
}

#[test]
fn what_cannot_be_answered_says_what_it_lacks() {
    let reason = |message: Value| read(&message, &Value::Null).unwrap_err().to_string();

    assert_eq!(
        reason(json!({"from": "393331234567", "timestamp": "1"})),
        "without an id"
    );
    assert_eq!(
        reason(json!({"from": "393331234567", "id": "w"})),
        "without a timestamp"
    );
    assert_eq!(
        reason(json!({"id": "w", "timestamp": "1"})),
        "without a sender"
    );
    assert!(
        Inbound::read("{")
            .unwrap_err()
            .to_string()
            .starts_with("not an update")
    );
}
