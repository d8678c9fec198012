//! What happens on the phones, and on the page that shows them.

use peer::{Behaviour, Direction, State as Progress};
use serde_json::json;

use crate::support::{SOON, notice, peer, post, write};

#[tokio::test]
async fn a_phone_may_fail_a_message_or_be_off() {
    let (peer, control, webhook, anna) = peer().await;

    control
        .behave(
            &anna.id,
            Behaviour {
                fail_code: Some(131_026),
                ..Behaviour::default()
            },
        )
        .await
        .unwrap();
    post(&peer, notice("to", "+390000000001")).await.unwrap();
    control.wait_idle(SOON).await.unwrap();
    control
        .behave(
            &anna.id,
            Behaviour {
                deliver: false,
                ..Behaviour::default()
            },
        )
        .await
        .unwrap();
    post(&peer, notice("to", "+390000000001")).await.unwrap();
    control.wait_idle(SOON).await.unwrap();

    assert_eq!(webhook.statuses(), ["sent", "failed", "sent"]);
    assert!(control.phone(&anna.id).await.unwrap().messages.is_empty());
}

#[tokio::test]
async fn a_message_marked_as_read_is_read_on_the_phone() {
    let (peer, control, _, anna) = peer().await;
    let written = write(&control, &anna, "ciao").await;

    let read = json!({"messaging_product": "whatsapp", "status": "read", "message_id": written.wamid,
        "typing_indicator": {"type": "text"}});
    let answer = post(&peer, read).await.unwrap();

    assert_eq!(answer, (200, json!({"success": true})));
    let anna = control.phone(&anna.id).await.unwrap();
    assert_eq!(anna.messages[0].state, Progress::Read);
    assert!(anna.typing_until.is_some());
}

#[tokio::test]
async fn a_tap_answers_with_the_buttons_id() {
    let (peer, control, webhook, anna) = peer().await;
    write(&control, &anna, "ciao").await;
    let question = json!({"messaging_product": "whatsapp", "to": "+390000000001", "type": "interactive",
    "interactive": {"type": "button", "body": {"text": "Confermi?"}, "action": {"buttons": [
        {"type": "reply", "reply": {"id": "si", "title": "Sì"}},
        {"type": "reply", "reply": {"id": "no", "title": "No"}},
    ]}}});
    let (_, answer) = post(&peer, question).await.unwrap();

    control.tap(&anna.id, "si").await.unwrap();
    control.wait_idle(SOON).await.unwrap();

    let tapped = webhook.all("messages").pop().unwrap();
    assert_eq!(
        tapped["interactive"],
        json!({"type": "button_reply", "button_reply": {"id": "si", "title": "Sì"}})
    );
    assert_eq!(tapped["context"]["id"], answer["messages"][0]["id"]);
    let anna = control.phone(&anna.id).await.unwrap();
    assert_eq!(anna.messages.last().unwrap().direction, Direction::Written);
}

#[tokio::test]
async fn a_reset_forgets_the_phones_and_keeps_the_settings() {
    let (peer, control, _, _) = peer().await;
    control.configure(json!({"batch": 9})).await.unwrap();

    control.reset().await.unwrap();

    assert!(control.phones().await.unwrap().is_empty());
    let config = control.configure(json!({})).await.unwrap();
    assert_eq!(
        (&config["batch"], &config["access_token"]),
        (&json!(9), &json!("hidden"))
    );
    peer.stop().await;
    assert!(control.idle().await.is_err());
}

#[tokio::test]
async fn the_page_and_its_parts_are_served() {
    let (peer, _, _, _) = peer().await;

    for (path, kind) in [
        ("/", "text/html"),
        ("/page.css", "text/css"),
        ("/page.js", "text/javascript"),
    ] {
        let response = reqwest::get(format!("{}{path}", peer.url())).await.unwrap();
        assert_eq!(response.status(), 200);
        assert!(
            response.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with(kind)
        );
        assert!(!response.text().await.unwrap().is_empty());
    }
}
