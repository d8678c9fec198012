//! Meta's calls, good and bad.

use peer::Signed;
use rehearsal::{World, poll};
use serde_json::json;

use crate::support::quiet;

fn body_with(message: &serde_json::Value) -> String {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": {
        "metadata": {"phone_number_id": "106500000000001"}, "messages": [message]}}]}]})
    .to_string()
}

#[tokio::test]
async fn a_body_without_a_good_signature_is_refused_and_queues_nothing() {
    let world = World::attach().await.unwrap();
    let forged = body_with(
        &json!({"from": "393331234567", "id": "wamid.FORGED", "timestamp": "1795000000", "type": "text",
        "text": {"body": "iscrivimi"}}),
    );

    let bad = world.peer.raw_webhook(&forged, Signed::Bad).await.unwrap();
    let missing = world
        .peer
        .raw_webhook(&forged, Signed::Missing)
        .await
        .unwrap();

    assert_eq!((bad.status, missing.status), (401, 401));
    quiet(&world).await;
    let turns = world.items("TurnsTable").await.unwrap();
    assert!(
        !turns
            .iter()
            .any(|turn| turn["pk"].as_s().is_ok_and(|id| id == "wamid.FORGED"))
    );
}

#[tokio::test]
async fn what_is_signed_but_is_not_json_is_left_to_meta() {
    let world = World::attach().await.unwrap();

    for broken in ["", "{", "{\"entry\":[{\"changes\":["] {
        let answer = world.peer.raw_webhook(broken, Signed::Good).await.unwrap();
        assert_eq!(answer.status, 400, "{broken:?}");
    }
    for empty in ["{}", "{\"entry\":[]}", "[]"] {
        let answer = world.peer.raw_webhook(empty, Signed::Good).await.unwrap();
        assert_eq!(answer.status, 200, "{empty:?}");
    }
}

#[tokio::test]
async fn the_challenge_is_given_back_to_whoever_knows_the_token_and_to_nobody_else() {
    let world = World::attach().await.unwrap();

    let stranger = world.peer.handshake("indovino").await.unwrap();

    assert!(!stranger.ok);
    assert_eq!(stranger.answer.status, 403);
}

#[tokio::test]
async fn a_field_that_nobody_handles_is_acknowledged_and_counted() {
    let world = World::attach().await.unwrap();
    let body = json!({"entry": [{"id": "1", "changes": [{"field": "campo_del_futuro", "value": {"a": 1}}]}]}).to_string();

    let answer = world.peer.raw_webhook(&body, Signed::Good).await.unwrap();

    assert_eq!(answer.status, 200);
    poll("count", 30, async || {
        let logs = world.stage.function_logs("webhook").await?;
        Ok(logs
            .iter()
            .any(|line| line.contains("campo_del_futuro"))
            .then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_body_of_three_megabytes_and_a_thousand_updates_is_taken_whole() {
    let world = World::attach().await.unwrap();
    let statuses: Vec<_> = (0..1000)
        .map(|n| json!({"id": format!("wamid.BIG{n}"), "status": "prova_grande", "timestamp": "1795000000", "padding": "x".repeat(3000)}))
        .collect();
    let body = json!({"entry": [{"id": "1", "changes": [{"field": "messages", "value": {
        "metadata": {"phone_number_id": "106500000000001"}, "statuses": statuses}}]}]})
    .to_string();
    assert!(body.len() > 3_000_000);

    let answer = world.peer.raw_webhook(&body, Signed::Good).await.unwrap();

    assert_eq!(answer.status, 200);
    poll("thousand counts", 180, async || {
        let logs = world.stage.function_logs("delivery").await?;
        Ok((logs
            .iter()
            .filter(|line| line.contains("prova_grande"))
            .count()
            == 1000)
            .then_some(()))
    })
    .await
    .unwrap();
}
