//! What a sender sees of the Graph part.

use peer::{Fault, NewPhone, Trouble};
use serde_json::{Value, json};

use crate::support::{NUMBER, SOON, notice, peer, post, text, write};

#[tokio::test]
async fn a_template_to_a_phone_is_accepted_shown_and_reported_in_order() {
    let (peer, control, webhook, anna) = peer().await;

    let (status, answer) = post(&peer, notice("to", "+390000000001")).await.unwrap();
    control.wait_idle(SOON).await.unwrap();

    assert_eq!(status, 200);
    let wamid = answer["messages"][0]["id"].as_str().unwrap();
    assert!(wamid.starts_with("wamid."));
    assert_eq!(
        answer,
        json!({"messaging_product": "whatsapp", "contacts": [{"input": "+390000000001", "wa_id": "390000000001"}],
            "messages": [{"id": wamid, "message_status": "accepted"}]})
    );
    let anna = control.phone(&anna.id).await.unwrap();
    assert_eq!(
        anna.messages[0].content.text,
        "Avviso: acqua chiusa. Buona giornata."
    );
    assert_eq!(
        anna.messages[0].content.footer.as_deref(),
        Some("Comune di Esempio")
    );
    assert_eq!(webhook.statuses(), ["sent", "delivered", "read"]);
    let delivered = &webhook.all("statuses")[1];
    assert_eq!(delivered["recipient_id"], "390000000001");
    assert_eq!(delivered["recipient_user_id"], anna.bsuid.as_str());
    assert_eq!(delivered["biz_opaque_callback_data"], "our-id");
    assert_eq!(
        delivered["pricing"],
        json!({"billable": true, "pricing_model": "PMP", "type": "regular", "category": "utility"})
    );
    let record = control.record_of(&anna.id).await.unwrap();
    assert!(record.messages[0].delivered);
    assert_eq!(
        record.messages[0].acknowledged,
        ["sent", "delivered", "read"]
    );
}

#[tokio::test]
async fn a_message_to_a_bsuid_names_no_phone_that_is_hidden() {
    let (peer, control, webhook, _) = peer().await;
    let bruno = NewPhone {
        username: Some("bruno".to_owned()),
        hide_phone: true,
        ..NewPhone::named("Bruno")
    };
    let bruno = control
        .add_phone(&bruno.with_number("390000000002"))
        .await
        .unwrap();

    let written = write(&control, &bruno, "ciao").await;
    let (_, answer) = post(&peer, notice("recipient", &bruno.bsuid))
        .await
        .unwrap();
    control.wait_idle(SOON).await.unwrap();

    assert_eq!(written.answers, [Some(200)]);
    let message = &webhook.all("messages")[0];
    assert_eq!(message["from_user_id"], bruno.bsuid.as_str());
    assert!(message.get("from").is_none());
    let contact = &webhook.all("contacts")[0];
    assert_eq!(
        contact["profile"],
        json!({"name": "Bruno", "username": "bruno"})
    );
    assert!(contact.get("wa_id").is_none());
    assert_eq!(
        answer["contacts"][0],
        json!({"input": bruno.bsuid, "user_id": bruno.bsuid})
    );
    assert!(
        webhook
            .all("statuses")
            .iter()
            .all(|status| status.get("recipient_id").is_none())
    );
}

#[tokio::test]
async fn a_bsuid_in_to_is_accepted_and_lost() {
    let (peer, control, webhook, anna) = peer().await;

    let (status, answer) = post(&peer, notice("to", &anna.bsuid)).await.unwrap();
    control.wait_idle(SOON).await.unwrap();

    assert_eq!(status, 200);
    assert!(answer["messages"][0]["id"].is_string());
    assert!(webhook.statuses().is_empty());
    assert!(control.phone(&anna.id).await.unwrap().messages.is_empty());
    assert!(!control.record().await.unwrap().messages[0].delivered);
}

#[tokio::test]
async fn free_text_needs_an_open_window() {
    let (peer, control, _, anna) = peer().await;

    let before = post(&peer, text("+390000000001")).await.unwrap();
    write(&control, &anna, "ciao").await;
    let within = post(&peer, text("+390000000001")).await.unwrap();
    control
        .configure(json!({"clock_ahead_seconds": 24 * 60 * 60}))
        .await
        .unwrap();
    let after = post(&peer, text("+390000000001")).await.unwrap();

    assert_eq!(
        (before.0, &before.1["error"]["code"]),
        (400, &json!(131_047))
    );
    assert_eq!(within.0, 200);
    assert!(within.1["messages"][0].get("message_status").is_none());
    assert_eq!(after.1["error"]["code"], 131_047);
    assert_eq!(
        control.record().await.unwrap().counters.refused["131047"],
        2
    );
}

#[tokio::test]
async fn nobody_at_that_number_is_a_failed_status() {
    let (peer, control, webhook, _) = peer().await;

    let (status, _) = post(&peer, text("+390000000009")).await.unwrap();
    control.wait_idle(SOON).await.unwrap();

    assert_eq!(status, 200);
    let failed = &webhook.all("statuses")[0];
    assert_eq!(failed["status"], "failed");
    assert_eq!(failed["errors"][0]["code"], 131_026);
    assert!(failed.get("recipient_user_id").is_none());
    assert!(webhook.all("contacts").is_empty());
}

#[tokio::test]
async fn errors_have_the_shape_of_graph() {
    let (peer, _, _, _) = peer().await;
    let client = reqwest::Client::new();
    let messages = format!("{}/v25.0/{NUMBER}/messages", peer.url());

    let stranger = client
        .post(&messages)
        .bearer_auth("wrong")
        .json(&text("+390000000001"))
        .send()
        .await
        .unwrap();
    let elsewhere = client
        .post(format!("{}/v25.0/999/messages", peer.url()))
        .bearer_auth("access-token")
        .json(&text("+390000000001"))
        .send()
        .await
        .unwrap();
    let (status, bad) = post(
        &peer,
        json!({"messaging_product": "whatsapp", "type": "text"}),
    )
    .await
    .unwrap();

    assert_eq!(stranger.status(), 401);
    let stranger: Value = stranger.json().await.unwrap();
    assert_eq!(stranger["error"]["code"], 190);
    assert_eq!(stranger["error"]["type"], "OAuthException");
    assert!(stranger["error"]["fbtrace_id"].is_string());
    let elsewhere: Value = elsewhere.json().await.unwrap();
    assert_eq!(
        (
            &elsewhere["error"]["code"],
            &elsewhere["error"]["error_subcode"]
        ),
        (&json!(100), &json!(33))
    );
    assert_eq!((status, &bad["error"]["code"]), (400, &json!(100)));
}

#[tokio::test]
async fn a_template_is_refused_as_meta_refuses_it() {
    let (peer, _, _, _) = peer().await;
    let with = |text: &str| {
        let mut message = notice("to", "+390000000001");
        message["template"]["components"][0]["parameters"][0]["text"] = Value::from(text);
        message
    };
    let mut unknown = notice("to", "+390000000001");
    unknown["template"]["language"]["code"] = Value::from("it_IT");
    let mut bare = notice("to", "+390000000001");
    bare["template"]["components"] = json!([]);

    let mut codes = Vec::new();
    for message in [unknown, bare, with("a\nb"), with(&"a".repeat(1_024))] {
        codes.push(
            post(&peer, message).await.unwrap().1["error"]["code"]
                .as_i64()
                .unwrap(),
        );
    }

    assert_eq!(codes, [132_001, 132_000, 132_018, 132_005]);
}

#[tokio::test]
async fn faults_strike_before_or_after_the_message_is_accepted() {
    let (peer, control, _, anna) = peer().await;
    let troubles = [
        Trouble::Refuse {
            code: 130_429,
            http: Some(429),
        },
        Trouble::ErrorBefore,
        Trouble::CutBefore,
        Trouble::ErrorAfter,
        Trouble::CutAfter,
        Trouble::HangAfter { millis: 50 },
    ];

    let mut seen = Vec::new();
    for trouble in troubles {
        control
            .add_fault(&Fault::next_to(&anna.id, trouble))
            .await
            .unwrap();
        let status = post(&peer, notice("to", "+390000000001"))
            .await
            .ok()
            .map(|(status, _)| status);
        let received = control.phone(&anna.id).await.unwrap().received().count();
        seen.push((status, received));
    }

    let expected = [
        (Some(429), 0),
        (Some(500), 0),
        (None, 0),
        (Some(500), 1),
        (None, 2),
        (Some(200), 3),
    ];
    assert_eq!(seen, expected);
    assert!(control.faults().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_number_and_the_pair_have_their_rates() {
    let (peer, control, _, _) = peer().await;
    control.configure(json!({"number_rate": 2})).await.unwrap();

    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(
            post(&peer, notice("to", "+390000000001")).await.unwrap().1["error"]["code"].as_i64(),
        );
    }

    assert_eq!(codes, [None, None, Some(130_429)]);
}
