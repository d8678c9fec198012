//! What the business's webhook sees.

use peer::{NewPhone, Signed, State as Progress};
use serde_json::{Value, json};

use crate::support::{NUMBER, SOON, Webhook, notice, peer, peer_with, post, write};

#[tokio::test]
async fn a_webhook_is_signed_over_the_bytes_as_they_are() {
    let (_peer, control, webhook, anna) = peer().await;

    write(&control, &anna, "Perché? https://example.org").await;

    let (headers, body) = webhook.posts.lock().unwrap()[0].clone();
    assert!(body.is_ascii());
    assert!(String::from_utf8_lossy(&body).contains("Perch\\u00e9? https:\\/\\/example.org"));
    assert_eq!(
        headers["x-hub-signature-256"].to_str().unwrap(),
        peer::signature("app-secret", &body)
    );
    let message = &webhook.all("messages")[0];
    assert_eq!(message["from"], "390000000001");
    assert!(message["timestamp"].is_string());
    assert_eq!(webhook.values()[0]["metadata"]["phone_number_id"], NUMBER);
}

#[tokio::test]
async fn a_webhook_that_fails_is_tried_again() {
    let (webhook, url) = Webhook::start(&[503, 302]).await;
    let peer = peer_with(Some(url)).await;
    let control = peer.control();
    let anna = control.add_phone(&NewPhone::named("Anna")).await.unwrap();

    let written = write(&control, &anna, "ISCRIVIMI").await;

    assert_eq!(written.answers, [Some(200)]);
    assert_eq!(webhook.all("messages").len(), 1);
    let counters = control.record().await.unwrap().counters;
    assert_eq!(
        (
            counters.webhook_posts,
            counters.webhook_non_200,
            counters.dropped
        ),
        (3, 2, 0)
    );
    assert_eq!(
        control.phone(&anna.id).await.unwrap().messages[0].state,
        Progress::Delivered
    );
}

#[tokio::test]
async fn an_update_is_given_up_when_the_tries_are_used_up() {
    let (_, url) = Webhook::start(&[500, 500]).await;
    let peer = peer_with(Some(url)).await;
    let control = peer.control();
    control
        .configure(json!({"webhook_tries": 2}))
        .await
        .unwrap();
    let anna = control.add_phone(&NewPhone::named("Anna")).await.unwrap();

    let written = write(&control, &anna, "ISCRIVIMI").await;

    assert_eq!(written.answers, [Some(500)]);
    assert_eq!(control.record().await.unwrap().counters.dropped, 1);
    assert!(control.idle().await.unwrap());
}

#[tokio::test]
async fn one_message_posted_twice_has_one_id() {
    let (_peer, control, webhook, anna) = peer().await;

    let written = control.write_times(&anna.id, "iscrivimi", 2).await.unwrap();
    control.wait_idle(SOON).await.unwrap();

    let ids: Vec<Value> = webhook
        .all("messages")
        .iter()
        .map(|message| message["id"].clone())
        .collect();
    assert_eq!(ids, [written.wamid.as_str(), written.wamid.as_str()]);
    assert_eq!(control.phone(&anna.id).await.unwrap().messages.len(), 1);
}

#[tokio::test]
async fn statuses_come_in_disorder_twice_and_together_when_told_to() {
    let (peer, control, webhook, _) = peer().await;
    let knobs =
        json!({"disorder": true, "duplicate_every": 3, "batch": 5, "status_delay_ms": [20, 60]});
    control.configure(knobs).await.unwrap();

    for _ in 0..8 {
        post(&peer, notice("to", "+390000000001")).await.unwrap();
    }
    control.wait_idle(SOON).await.unwrap();

    let counters = control.record().await.unwrap().counters;
    assert_eq!((counters.updates, counters.repeats), (32, 8));
    assert_eq!(webhook.statuses().len(), 32);
    assert!(webhook.posts.lock().unwrap().len() < 32);
    let disordered = control
        .record()
        .await
        .unwrap()
        .messages
        .iter()
        .any(|sent| sent.acknowledged[0] != "sent");
    assert!(disordered);
}

#[tokio::test]
async fn the_handshake_tells_whether_the_challenge_came_back() {
    let (_peer, control, _, _) = peer().await;

    assert!(control.handshake("verify").await.unwrap().ok);
    let refused = control.handshake("something else").await.unwrap();
    assert!(!refused.ok);
    assert_eq!(refused.answer.status, 403);
}

#[tokio::test]
async fn a_raw_body_goes_out_as_it_is() {
    let (_peer, control, webhook, _) = peer().await;

    control
        .raw_webhook("{broken", Signed::Missing)
        .await
        .unwrap();

    let (headers, body) = webhook.posts.lock().unwrap()[0].clone();
    assert_eq!(&body[..], b"{broken");
    assert!(headers.get(peer::SIGNATURE).is_none());
}

#[tokio::test]
async fn the_host_header_can_be_another_than_the_address() {
    let (_peer, control, webhook, anna) = peer().await;
    control
        .configure(json!({"webhook_host": "abc.execute-api.localhost:4566"}))
        .await
        .unwrap();

    write(&control, &anna, "ciao").await;

    let (headers, _) = webhook.posts.lock().unwrap()[0].clone();
    assert_eq!(headers["host"], "abc.execute-api.localhost:4566");
}
