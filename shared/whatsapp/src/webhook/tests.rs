use proptest::prelude::*;

use super::*;
use crate::FromInbound;

fn body(value: &serde_json::Value) -> Vec<u8> {
    serde_json::json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [
        {"field": "messages", "value": value}
    ]}]})
    .to_string()
    .into_bytes()
}

#[test]
fn a_body_with_messages_and_statuses_is_split_into_both() {
    let split = split(&body(&serde_json::json!({
        "metadata": {"phone_number_id": "106"},
        "contacts": [{"wa_id": "393331234567", "user_id": "IT.aa", "profile": {"name": "Anna"}}],
        "messages": [{"from": "393331234567", "from_user_id": "IT.aa", "id": "wamid.1", "type": "text", "text": {"body": "ciao"}}],
        "statuses": [{"id": "wamid.2", "status": "sent"}, {"id": "wamid.2", "status": "read"}],
        "errors": [{"code": 1}]
    })))
    .unwrap();

    assert_eq!(split.inbound.len(), 1);
    assert_eq!(split.statuses.len(), 3, "the error beside them too");
    assert_eq!(split.unhandled.len(), 0);
    let queued: QueuedInbound = serde_json::from_str(&split.inbound[0].body).unwrap();
    assert!(queued.contact.unwrap().get().contains("Anna"));
    assert!(
        !split.inbound[0].group.contains("393331234567"),
        "the group tells nobody the number"
    );
}

#[test]
fn messages_of_one_person_share_a_group_whatever_is_shown_of_them() {
    let split = split(&body(&serde_json::json!({
        "contacts": [{"wa_id": "393331234567", "user_id": "IT.aa"}, {"user_id": "IT.bb"}],
        "messages": [
            {"from": "393331234567", "id": "wamid.1"},
            {"from_user_id": "IT.aa", "id": "wamid.2"},
            {"from_user_id": "IT.bb", "id": "wamid.3"}
        ]
    })))
    .unwrap();

    let groups: Vec<&str> = split
        .inbound
        .iter()
        .map(|message| message.group.as_str())
        .collect();
    assert_eq!(groups[0], groups[1]);
    assert_ne!(groups[0], groups[2]);
}

#[test]
fn what_nobody_handles_is_counted_and_what_is_missing_is_no_error() {
    let split = split(
        br#"{"entry":[{"changes":[{"field":"flows","value":{}},{"field":"messages","value":{}},{"value":null},{}]},{}]}"#,
    )
    .unwrap();

    assert_eq!(split.inbound.len() + split.statuses.len(), 0);
    assert_eq!(split.unhandled["flows"], 1);
    assert_eq!(split.unhandled["(none)"], 2);
}

#[test]
fn an_oddity_in_one_corner_does_not_lose_the_rest() {
    let split = split(
        br#"{"entry":[{"changes":null},7,{"changes":[3,{"field":"messages","value":{"metadata":{"phone_number_id":106},
            "contacts":null,"errors":{},"statuses":"none","messages":[{"id":"wamid.1","from":"393331234567"}]}},
            {"field":"messages","value":7}]}]}"#,
    )
    .unwrap();

    assert_eq!(split.inbound.len(), 2);
    assert!(split.inbound[0].body.contains("wamid.1"));
    assert_eq!(split.inbound[1].body, "7", "to be put away with its reason");
}

#[test]
fn a_list_in_the_place_of_an_object_is_not_read_place_by_place() {
    let of = |value: &str| {
        let body =
            format!(r#"{{"entry":[{{"changes":[{{"field":"messages","value":{value}}}]}}]}}"#);
        split(body.as_bytes()).unwrap()
    };
    let odd = [r#"["106",{},{"id":"wamid.1"}]"#, r"[[],{},[{},{}]]"];
    for value in odd {
        let split = of(value);

        assert_eq!(split.inbound.len(), 1, "put away as it is: {value}");
        assert_eq!(split.inbound[0].body, value);
        assert!(FromInbound::read(&split.inbound[0].body).is_err());
    }
    assert!(of(r#"{"messages":[]}"#).inbound.is_empty());

    let entry = br#"{"entry":[["1",2,[{"field":"messages","value":{"messages":[{}]}}]]]}"#;
    let entry = split(entry).unwrap();
    assert_eq!(entry.inbound.len(), 0);
    assert_eq!(entry.unhandled["(not an entry)"], 1);

    let body = split(br#"[[{"changes":[{"field":"messages"}]}]]"#).unwrap();
    assert_eq!(body.unhandled["(not a webhook)"], 1);
}

#[test]
fn only_what_is_not_json_is_an_error() {
    for broken in [&b""[..], b"{", b"not json", b"{\"entry\":[", b"\xff\xfe"] {
        assert!(split(broken).is_err());
    }
    for odd in [
        &b"{}"[..],
        b"[]",
        b"null",
        b"{\"entry\":7}",
        b"{\"entry\":null}",
    ] {
        assert!(split(odd).is_ok());
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in any::<Vec<u8>>()) {
        let _ = split(&bytes);
    }

    #[test]
    fn a_thousand_updates_are_a_thousand_queue_messages(messages in 0_usize..300, statuses in 0_usize..300) {
        let value = serde_json::json!({
            "messages": (0..messages).map(|n| serde_json::json!({"id": format!("wamid.{n}"), "from": "39333"})).collect::<Vec<_>>(),
            "statuses": (0..statuses).map(|n| serde_json::json!({"id": format!("wamid.{n}"), "status": "sent"})).collect::<Vec<_>>(),
        });
        let split = split(&body(&value)).unwrap();
        prop_assert_eq!((split.inbound.len(), split.statuses.len()), (messages, statuses));
    }
}

fn one(field: &str, value: &serde_json::Value) -> Split {
    let body = serde_json::json!({"entry": [{"id": "203", "time": 1_795_000_000, "changes": [{"field": field, "value": value}]}]});
    split(body.to_string().as_bytes()).unwrap()
}

#[test]
fn a_wish_goes_where_the_messages_of_its_person_go() {
    let contact = serde_json::json!({"profile": {"name": "Anna"}, "user_id": "IT.aa"});
    let message = split(&body(&serde_json::json!({
        "contacts": [contact], "messages": [{"from_user_id": "IT.aa", "id": "wamid.1"}]
    })))
    .unwrap();
    let wish = |item: serde_json::Value| {
        one(
            "user_preferences",
            &serde_json::json!({"metadata": {"phone_number_id": "106"}, "contacts": [contact], "user_preferences": [item]}),
        )
        .inbound
        .pop()
        .unwrap()
    };

    let first = wish(serde_json::json!({"user_id": "IT.aa", "value": "stop", "timestamp": 1}));
    let again = wish(serde_json::json!({"timestamp": 1, "value": "stop", "user_id": "IT.aa"}));
    let later = wish(serde_json::json!({"user_id": "IT.aa", "value": "stop", "timestamp": 2}));

    assert_eq!(first.group, message.inbound[0].group);
    assert_eq!(first.deduplication, again.deduplication);
    assert_ne!(first.deduplication, later.deduplication);
    let queued: QueuedPreference = serde_json::from_str(&first.body).unwrap();
    assert_eq!(queued.phone_number_id, "106");
    assert!(queued.contact.unwrap().get().contains("Anna"));
}

#[test]
fn a_new_id_waits_for_the_messages_of_the_old_one() {
    let message = split(&body(&serde_json::json!({
        "messages": [{"from": "390000000001", "from_user_id": "IT.old", "id": "wamid.1"}]
    })))
    .unwrap();

    let rotation = one(
        "user_id_update",
        &serde_json::json!({"user_id_update": [{"wa_id": "390000000001", "user_id": {"previous": "IT.old", "current": "IT.new"}}]}),
    );

    assert_eq!(rotation.inbound[0].group, message.inbound[0].group);
    serde_json::from_str::<QueuedRotation>(&rotation.inbound[0].body).unwrap();
}

#[test]
fn what_concerns_the_account_goes_to_the_statuses_with_its_hour() {
    for field in ACCOUNT {
        let split = one(field, &serde_json::json!({"event": "X"}));

        let queued: QueuedChange = serde_json::from_str(&split.statuses[0]).unwrap();
        assert_eq!(
            (queued.field.as_str(), queued.waba_id.as_str()),
            (field, "203")
        );
        assert_eq!(queued.time, Some(1_795_000_000));
        assert_eq!(split.unhandled.len(), 0);
    }
}

#[test]
fn an_update_that_no_queue_takes_is_cut_to_who_when_and_what() {
    let novel = "è".repeat(1_400_000);
    let split = split(&body(&serde_json::json!({
        "messages": [
            {"from": "390000000001", "from_user_id": "IT.aa", "id": "wamid.1", "timestamp": "1795000000", "type": "text", "text": {"body": novel}},
            {"from": "390000000001", "from_user_id": "IT.aa", "id": "wamid.2", "timestamp": "1795000000", "type": "text", "text": {"body": "ciao"}},
        ]
    })))
    .unwrap();

    assert_eq!(split.unhandled["(oversized)"], 1);
    assert_eq!(split.inbound.len(), 2, "and the rest of the body is whole");
    assert!(split.inbound[0].body.len() < 1000);
    let cut = crate::Inbound::read(&split.inbound[0].body).unwrap();
    assert_eq!(
        cut.content,
        crate::Content::Oversized {
            kind: "text".to_owned()
        }
    );
    assert_eq!(cut.sender.bsuid().unwrap().as_str(), "IT.aa");
    assert_eq!(split.inbound[0].group, split.inbound[1].group);
}

#[test]
fn nothing_is_ever_larger_or_odder_than_a_queue_takes() {
    let giant = "\u{ffff}".repeat(900_000);
    for value in [
        serde_json::json!({"messages": [{"id": giant, "from": giant, "type": giant}], "contacts": [{"wa_id": giant}]}),
        serde_json::json!({"metadata": {"phone_number_id": giant}, "statuses": [{"id": "w", "status": giant}]}),
        serde_json::json!({"errors": [{"code": 1, "title": giant}]}),
        serde_json::json!(giant),
        serde_json::json!({"messages": ["\u{fffe}"], "user_preferences": [{"value": giant}], "user_id_update": [giant]}),
    ] {
        for field in ["messages", "account_update"] {
            let split = one(field, &value);
            let bodies = split.inbound.iter().map(|message| &message.body);
            for body in bodies.chain(&split.statuses) {
                assert!(body.len() <= 1024 * 1024, "{} bytes", body.len());
                assert!(!body.contains(['\u{fffe}', '\u{ffff}']));
                serde_json::from_str::<serde_json::Value>(body).unwrap();
            }
        }
    }
}
