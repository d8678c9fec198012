//! Way 2: an office asks, the procedure is followed, the notice goes out once.

use rehearsal::{World, poll};
use serde_json::json;

use crate::support::{draft, in_state, notices_on, quiet, scheduled, subscriber};

#[tokio::test]
async fn a_notice_goes_out_at_its_hour_once_to_each_and_the_register_counts_it() {
    let world = World::attach().await.unwrap();
    let phones = [
        subscriber(&world, "Fede").await,
        subscriber(&world, "Gino").await,
    ];
    world
        .peer
        .configure(json!({"disorder": true, "duplicate_every": 2}))
        .await
        .unwrap();

    let notice = scheduled(&world, &draft("registro-uno", 12)).await;
    in_state(&world, &notice, "sent").await;

    let path = format!("/v1/register/{notice}");
    let row = poll("complete row", 90, async || {
        let row = world.staff("finance")?.get(&path).await?.good()?.body;
        let settled = ["read", "failed", "left"]
            .iter()
            .filter_map(|n| row[*n].as_i64())
            .sum::<i64>();
        Ok((Some(settled) == row["recipients"].as_i64() && settled > 0).then_some(row))
    })
    .await
    .unwrap();
    quiet(&world).await;
    world
        .peer
        .configure(json!({"disorder": false, "duplicate_every": 0}))
        .await
        .unwrap();

    assert_eq!(notices_on(&world, &phones, "registro-uno").await, [1, 1]);
    assert_eq!(row["accepted"], row["recipients"]);
    assert_eq!(row["delivered"], row["recipients"]);
    assert_eq!(
        row["billable"]["utility"], row["recipients"],
        "billed once each, whatever was repeated: {row}"
    );

    // The same hour rings again: everybody has it already.
    let send_at = world
        .staff("operator")
        .unwrap()
        .get(&format!("/v1/notice-requests/{notice}"))
        .await
        .unwrap();
    let started = send_at.body["state"].clone();
    assert_eq!(started["name"], "sent");
    world
        .enqueue(
            "DispatchesQueueUrl",
            &json!({"notice": notice, "send_at": "2026-01-01T00:00:00Z"}).to_string(),
            None,
        )
        .await
        .unwrap();
    quiet(&world).await;
    assert_eq!(notices_on(&world, &phones, "registro-uno").await, [1, 1]);
}

#[tokio::test]
async fn a_cancelled_notice_does_not_go_out() {
    let world = World::attach().await.unwrap();
    let phone = [subscriber(&world, "Ines").await];
    let notice = scheduled(&world, &draft("annullato-uno", 12)).await;

    let head = world.staff("sector_head").unwrap();
    head.make(
        &notice,
        "cancel",
        &json!({"reason": "La festa è rinviata."}),
    )
    .await
    .unwrap()
    .good()
    .unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(24)).await;
    quiet(&world).await;

    assert_eq!(notices_on(&world, &phone, "annullato-uno").await, [0]);
    in_state(&world, &notice, "cancelled").await;
}

#[tokio::test]
async fn a_dispatch_that_died_in_the_middle_resumes_and_nobody_gets_the_notice_twice() {
    let world = World::attach().await.unwrap();
    let phones = [
        subscriber(&world, "Lea").await,
        subscriber(&world, "Mario").await,
    ];
    let notice = scheduled(&world, &draft("ripresa-uno", 12)).await;
    in_state(&world, &notice, "sent").await;
    quiet(&world).await;

    // As if it had died after writing down its first page, and before queueing all of it.
    world.rewind_dispatch(&notice).await.unwrap();
    world
        .enqueue(
            "DispatchesQueueUrl",
            &json!({"notice": notice, "send_at": "2026-01-01T00:00:00Z"}).to_string(),
            None,
        )
        .await
        .unwrap();
    in_state(&world, &notice, "sent").await;
    quiet(&world).await;

    assert_eq!(notices_on(&world, &phones, "ripresa-uno").await, [1, 1]);
}

#[tokio::test]
async fn an_emergency_goes_out_on_its_own_lane() {
    let world = World::attach().await.unwrap();
    let phone = [subscriber(&world, "Nives").await];
    let mut emergency = draft("emergenza-uno", 12);
    emergency["kind"] = "emergenza".into();

    let notice = scheduled(&world, &emergency).await;
    in_state(&world, &notice, "sent").await;
    quiet(&world).await;

    assert_eq!(notices_on(&world, &phone, "emergenza-uno").await, [1]);
    assert_eq!(world.waiting("UrgentDeadLettersUrl").await.unwrap(), []);
}
