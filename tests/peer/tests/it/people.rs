//! What citizens do: every type of message, another number, a change of mind.

use peer::{Edit, NewNumber, Place, SharedContact, TemplateChange, Write};
use serde_json::{Value, json};

use crate::support::{SOON, notice, peer, post, write};

fn asking(kind: &str, action: &str) -> Value {
    json!({"messaging_product": "whatsapp", "to": "+390000000001", "type": "interactive", "interactive": {
        "type": kind, "body": {"text": "Ci serve."}, "action": {"name": action}}})
}

#[tokio::test]
async fn a_number_is_shared_when_asked_for_own_or_anothers() {
    let (peer, control, webhook, anna) = peer().await;
    write(&control, &anna, "ciao").await;
    let (_, asked) = post(
        &peer,
        asking("request_contact_info", "request_contact_info"),
    )
    .await
    .unwrap();

    let own = SharedContact {
        vcard: true,
        ..SharedContact::default()
    };
    let anothers = SharedContact {
        phone: Some("+39 000 0000099".to_owned()),
        name: Some("Un altro".to_owned()),
        ..SharedContact::default()
    };
    control.share_contact(&anna.id, own).await.unwrap();
    control.share_contact(&anna.id, anothers).await.unwrap();
    control.wait_idle(SOON).await.unwrap();

    let messages = webhook.all("messages");
    for message in &messages[1..] {
        assert_eq!(message["contacts"][0]["origin"], "contact_request");
        assert_eq!(message["context"]["id"], asked["messages"][0]["id"]);
    }
    let phones = |index: usize| messages[index]["contacts"][0]["phones"][0]["wa_id"].clone();
    assert_eq!(
        (phones(1), phones(2)),
        (json!("390000000001"), json!("390000000099"))
    );
    assert!(messages[1]["contacts"][0]["vcard"].is_string());
    assert!(messages[2]["contacts"][0].get("vcard").is_none());
}

#[tokio::test]
async fn a_position_answers_the_request_for_one() {
    let (peer, control, webhook, anna) = peer().await;
    write(&control, &anna, "ciao").await;
    let (_, asked) = post(&peer, asking("location_request_message", "send_location"))
        .await
        .unwrap();

    let place = Place {
        latitude: 45.4,
        longitude: 11.8,
        ..Place::default()
    };
    control.share_place(&anna.id, place).await.unwrap();
    control.wait_idle(SOON).await.unwrap();

    let message = webhook.all("messages").pop().unwrap();
    assert_eq!(
        message["location"],
        json!({"latitude": 45.4, "longitude": 11.8})
    );
    assert_eq!(message["context"]["id"], asked["messages"][0]["id"]);
}

#[tokio::test]
async fn a_form_answers_with_its_token_and_what_was_filled_in() {
    let (peer, control, webhook, anna) = peer().await;
    write(&control, &anna, "ciao").await;
    let form = json!({"messaging_product": "whatsapp", "to": "+390000000001", "type": "interactive", "interactive": {
        "type": "flow", "body": {"text": "Compili"}, "action": {"name": "flow", "parameters": {
            "flow_message_version": "3", "flow_id": "8123", "flow_cta": "Apri", "flow_token": "seg-1"}}}});
    assert_eq!(post(&peer, form).await.unwrap().0, 200);

    let filled = Write {
        button: Some(peer::Tap {
            id: "8123".to_owned(),
            of: None,
            answers: Some(json!({"via": "Via Roma"})),
        }),
        ..Write::default()
    };
    control.send_and_wait(&anna.id, &filled).await.unwrap();

    let reply = webhook.all("messages").pop().unwrap()["interactive"]["nfm_reply"].clone();
    let answers: Value = serde_json::from_str(reply["response_json"].as_str().unwrap()).unwrap();
    assert_eq!(answers, json!({"flow_token": "seg-1", "via": "Via Roma"}));
}

#[tokio::test]
async fn a_message_is_changed_taken_back_and_reacted_to() {
    let (_peer, control, webhook, anna) = peer().await;
    let first = write(&control, &anna, "una buca").await;

    control
        .edit(&anna.id, &first.wamid, "due buche")
        .await
        .unwrap();
    control
        .react(&anna.id, &first.wamid, Some("👍"))
        .await
        .unwrap();
    control.react(&anna.id, &first.wamid, None).await.unwrap();
    let shown = control.phone(&anna.id).await.unwrap().messages[0]
        .content
        .text
        .clone();
    control.revoke(&anna.id, &first.wamid).await.unwrap();
    control.wait_idle(SOON).await.unwrap();

    assert_eq!(shown, "due buche");
    let messages = webhook.all("messages");
    assert_eq!(
        messages[1]["edit"],
        json!({"original_message_id": first.wamid, "message": {"type": "text", "text": {"body": "due buche"}}})
    );
    assert_eq!(messages[2]["reaction"]["emoji"], "👍");
    assert!(messages[3]["reaction"].get("emoji").is_none());
    assert_eq!(messages[4]["revoke"]["original_message_id"], first.wamid);
    let phone = control.phone(&anna.id).await.unwrap();
    assert_eq!(
        (
            phone.messages[0].content.kind.as_str(),
            phone.messages[0].content.text.as_str()
        ),
        ("revoked", "")
    );
}

#[tokio::test]
async fn every_type_of_message_can_be_written_as_it_stands_on_the_wire() {
    let (_peer, control, webhook, anna) = peer().await;
    let messages = [
        json!({"type": "sticker", "sticker": {"id": "1", "mime_type": "image/webp", "sha256": "", "animated": true}}),
        json!({"type": "order", "order": {"catalog_id": "1", "product_items": []}}),
        json!({"type": "unsupported", "errors": [{"code": 131_051, "title": "Unsupported message type"}]}),
        json!({"type": "button", "button": {"payload": "x", "text": "X"}}),
        json!({"type": "hologram", "hologram": {}}),
        json!({"text": {"body": "senza tipo"}}),
    ];
    for message in &messages {
        let write = Write {
            message: message.as_object().cloned(),
            ..Write::default()
        };
        control.send_and_wait(&anna.id, &write).await.unwrap();
    }

    let seen = webhook.all("messages");
    assert_eq!(seen.len(), messages.len());
    for (seen, message) in seen.iter().zip(&messages) {
        for (member, value) in message.as_object().unwrap() {
            assert_eq!(&seen[member], value);
        }
    }
    let two = Write {
        text: Some("ciao".to_owned()),
        edit: Some(Edit::default()),
        ..Write::default()
    };
    assert!(control.send(&anna.id, &two).await.is_err());
}

#[tokio::test]
async fn another_number_brings_another_bsuid_and_three_updates() {
    let (peer, control, webhook, anna) = peer().await;

    let new = NewNumber {
        phone: Some("+390000000077".to_owned()),
        ..NewNumber::default()
    };
    let changed = control.change_number(&anna.id, &new).await.unwrap();
    control.wait_idle(SOON).await.unwrap();

    assert_ne!(changed.bsuid, anna.bsuid);
    let messages = webhook.all("messages");
    assert_eq!(messages.len(), 2);
    assert!(webhook.all("contacts").is_empty());
    for message in &messages {
        assert_eq!(message["from_user_id"], anna.bsuid.as_str());
        assert_eq!(message["from"], "390000000001");
    }
    assert_eq!(messages[0]["system"]["type"], "user_changed_number");
    assert_eq!(messages[0]["system"]["wa_id"], "390000000077");
    assert_eq!(messages[1]["system"]["type"], "user_changed_user_id");
    assert_eq!(messages[1]["system"]["user_id"], changed.bsuid.as_str());
    let update = webhook.of_field("user_id_update")[0]["user_id_update"][0].clone();
    assert_eq!(
        update["user_id"],
        json!({"previous": anna.bsuid, "current": changed.bsuid})
    );
    assert_eq!(update["wa_id"], "390000000077");
    // A system message opens no window and the old number is nobody's.
    assert!(
        control
            .phone(&anna.id)
            .await
            .unwrap()
            .last_wrote_at
            .is_none()
    );
    post(&peer, notice("to", "+390000000001")).await.unwrap();
    post(&peer, notice("recipient", &changed.bsuid))
        .await
        .unwrap();
    let record = control.record().await.unwrap();
    let delivered: Vec<bool> = record.messages.iter().map(|sent| sent.delivered).collect();
    assert_eq!(delivered, [false, true]);
}

#[tokio::test]
async fn who_stops_marketing_still_gets_what_is_not_marketing() {
    let (peer, control, webhook, anna) = peer().await;
    let marketing = TemplateChange {
        category: Some("MARKETING".to_owned()),
        silent: true,
        ..TemplateChange::default()
    };

    control.prefer(&anna.id, "stop").await.unwrap();
    let utility = post(&peer, notice("to", "+390000000001")).await.unwrap();
    control.change_template("avviso", &marketing).await.unwrap();
    let stopped = post(&peer, notice("to", "+390000000001")).await.unwrap();
    control.prefer(&anna.id, "resume").await.unwrap();
    let resumed = post(&peer, notice("to", "+390000000001")).await.unwrap();
    control.wait_idle(SOON).await.unwrap();

    assert_eq!((utility.0, resumed.0), (200, 200));
    assert_eq!(stopped.1["error"]["code"], 131_050);
    let told = webhook.of_field("user_preferences");
    let first = &told[0]["user_preferences"][0];
    assert_eq!(
        (&first["value"], &first["category"], &first["wa_id"]),
        (
            &json!("stop"),
            &json!("marketing_messages"),
            &json!("390000000001")
        )
    );
    assert!(first["timestamp"].is_u64());
    assert_eq!(told[1]["user_preferences"][0]["value"], "resume");
    assert!(webhook.of_field("template_category_update").is_empty());
}
