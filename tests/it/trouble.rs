//! Trouble: poison messages, deaths in the middle, Meta in difficulty.

use peer::Fault;
use peer::Trouble as Meta;
use rehearsal::{World, poll};
use serde_json::json;

use crate::support::{
    citizen, draft, heard, in_state, notices_on, quiet, received, scheduled, subscriber,
};

#[tokio::test]
async fn a_message_that_no_code_can_handle_is_put_away_with_its_reason_and_holds_nobody_up() {
    let world = World::attach().await.unwrap();
    let nora = citizen(&world, "Nora").await;
    let orphan = json!({"phone_number_id": "106500000000001", "message": {"timestamp": "1795000000", "from": "393331234567"}});

    world
        .enqueue(
            "InboundQueueUrl",
            "questo non è un messaggio",
            Some("veleno"),
        )
        .await
        .unwrap();
    world
        .enqueue("InboundQueueUrl", &orphan.to_string(), Some("veleno"))
        .await
        .unwrap();
    world.peer.write(&nora, "iscrivimi").await.unwrap();

    heard(&world, &nora, "Iscrizione confermata").await;
    let reasons = poll("two dead letters", 60, async || {
        let dead = world.waiting("InboundDeadLettersUrl").await?;
        let reasons: Vec<String> = dead.into_iter().filter_map(|(_, reason)| reason).collect();
        Ok((reasons.len() >= 2).then_some(reasons))
    })
    .await
    .unwrap();
    assert!(
        reasons
            .iter()
            .any(|reason| reason.starts_with("not an update")),
        "{reasons:?}"
    );
    assert!(
        reasons.iter().any(|reason| reason == "without an id"),
        "{reasons:?}"
    );
}

#[tokio::test]
async fn a_send_function_killed_in_the_middle_of_a_batch_loses_nobody_and_doubles_nobody() {
    let world = World::attach().await.unwrap();
    let mut phones = Vec::new();
    for name in ["Olga", "Pio", "Rosa", "Siro", "Tea", "Ugo"] {
        phones.push(subscriber(&world, name).await);
    }
    quiet(&world).await;
    world
        .stage
        .retry_within("NoticesQueueUrl", 12)
        .await
        .unwrap();
    world
        .peer
        .configure(json!({"answer_delay_ms": 3000}))
        .await
        .unwrap();

    let notice = scheduled(&world, &draft("ucciso-uno", 12)).await;
    poll("first call", 90, async || {
        let record = world.peer.record().await?;
        Ok(record
            .messages
            .iter()
            .any(|sent| sent.text.contains("ucciso-uno"))
            .then_some(()))
    })
    .await
    .unwrap();
    let killed = world.kill("send").unwrap();
    assert!(killed > 0, "the function was at work");
    world
        .peer
        .configure(json!({"answer_delay_ms": 0}))
        .await
        .unwrap();

    in_state(&world, &notice, "sent").await;
    let audience = world.people_who_are("subscribed").await.unwrap().len();
    poll("every row settled", 120, async || {
        let rungs = world.rungs(&notice).await?;
        let settled: usize = ["delivered", "read", "skipped"]
            .iter()
            .filter_map(|rung| rungs.get(*rung))
            .sum();
        let listed = rungs.get("unclear").copied().unwrap_or_default();
        Ok((settled + listed >= audience).then_some(()))
    })
    .await
    .unwrap();
    let rungs = world.rungs(&notice).await.unwrap();
    let unclear = rungs.get("unclear").copied().unwrap_or_default();
    let counts = notices_on(&world, &phones, "ucciso-uno").await;
    assert!(counts.iter().all(|n| *n <= 1), "doubled: {counts:?}");
    assert!(
        counts.iter().filter(|n| **n == 0).count() <= unclear,
        "lost: {counts:?}, {rungs:?}"
    );
    world
        .stage
        .retry_within("NoticesQueueUrl", 360)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_call_that_meta_took_without_answering_is_settled_by_its_status_and_never_repeated() {
    let world = World::attach().await.unwrap();
    let vito = citizen(&world, "Vito").await;
    let address = world.peer.phone(&vito).await.unwrap().phone.unwrap();
    world
        .peer
        .add_fault(&Fault::next_to(&address, Meta::CutAfter))
        .await
        .unwrap();

    world.peer.write(&vito, "iscrivimi").await.unwrap();

    heard(&world, &vito, "Iscrizione confermata").await;
    let record = world.peer.record_of(&vito).await.unwrap();
    let reply = record.messages[0].opaque.clone().unwrap();
    poll("settled reply", 60, async || {
        let rows = world.items("DeliveriesTable").await?;
        let row = rows
            .iter()
            .find(|row| row["pk"].as_s().is_ok_and(|id| *id == reply));
        let rung = row.and_then(|row| row["delivery"].as_m().ok()?["rung"].as_s().ok().cloned());
        Ok(matches!(rung.as_deref(), Some("delivered" | "read")).then_some(()))
    })
    .await
    .unwrap();
    assert_eq!(
        received(
            &world.peer.phone(&vito).await.unwrap(),
            "Iscrizione confermata"
        ),
        1
    );
}

#[tokio::test]
async fn a_throttled_reply_is_sent_a_little_later_and_once() {
    let world = World::attach().await.unwrap();
    let zita = citizen(&world, "Zita").await;
    let address = world.peer.phone(&zita).await.unwrap().phone.unwrap();
    let throttled = Meta::Refuse {
        code: 131_056,
        http: None,
    };
    world
        .peer
        .add_fault(&Fault::next_to(&address, throttled))
        .await
        .unwrap();

    world.peer.write(&zita, "iscrivimi").await.unwrap();

    let phone = heard(&world, &zita, "Iscrizione confermata").await;
    assert_eq!(received(&phone, "Iscrizione confermata"), 1);
    assert!(
        world
            .peer
            .record()
            .await
            .unwrap()
            .counters
            .refused
            .values()
            .sum::<u64>()
            > 0
    );
}
