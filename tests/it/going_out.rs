//! A notice while it goes out: stopped and resumed, counted and certified; and sending that Meta has stopped.

use std::time::Duration;

use peer::Fault;
use peer::Trouble as Meta;
use rehearsal::{World, poll};
use serde_json::{Value, json};

use crate::support::{
    citizen, draft, heard, in_state, notices_on, quiet, received, scheduled, subscriber,
};

/// What is held asks again within five minutes.
const HELD: u64 = 400;

#[tokio::test]
async fn a_notice_that_is_stopped_goes_on_after_the_resume_and_nobody_gets_it_twice() {
    let world = World::attach().await.unwrap();
    let mut phones = Vec::new();
    for name in ["Alba", "Bice", "Ciro", "Dino"] {
        phones.push(subscriber(&world, name).await);
    }
    quiet(&world).await;
    let notice = scheduled(&world, &draft("fermato-uno", 12)).await;
    let path = format!("/v1/notice-requests/{notice}");
    let operator = world.staff("operator").unwrap();
    poll("a notice that goes out", 90, async || {
        let state = operator.get(&path).await?.good()?.body["state"]["name"].clone();
        Ok(matches!(state.as_str(), Some("sending" | "sent")).then_some(()))
    })
    .await
    .unwrap();

    // The dispatch may move it at the same moment: whoever loses looks again.
    let stopped = poll("stop", 30, async || {
        let reason = json!({"reason": "L'orario è sbagliato."});
        let answer = operator.make(&notice, "stop", &reason).await?;
        Ok((answer.status == 200).then_some(answer.body))
    })
    .await
    .unwrap();
    assert_eq!(stopped["state"]["label"], "invio fermato");
    let shown = operator.get("/v1/platform").await.unwrap().good().unwrap();
    assert_eq!(shown.body["stopped_notices"], json!([notice]));
    let row = operator
        .get(&format!("/v1/register/{notice}"))
        .await
        .unwrap()
        .good()
        .unwrap();
    assert_eq!(row.body["state"], "stopped");

    // What had passed the gate arrives; then nothing more does.
    quiet(&world).await;
    let before = notices_on(&world, &phones, "fermato-uno").await;
    tokio::time::sleep(Duration::from_secs(15)).await;
    assert_eq!(notices_on(&world, &phones, "fermato-uno").await, before);

    let alone = operator.make(&notice, "resume", &json!({})).await.unwrap();
    assert_eq!(alone.status, 403, "who stops does not resume");
    world
        .staff("sector_head")
        .unwrap()
        .make(&notice, "resume", &json!({}))
        .await
        .unwrap()
        .good()
        .unwrap();
    in_state(&world, &notice, "sent").await;
    poll("everybody", HELD, async || {
        let counts = notices_on(&world, &phones, "fermato-uno").await;
        Ok(counts.iter().all(|n| *n > 0).then_some(()))
    })
    .await
    .unwrap();
    quiet(&world).await;

    assert_eq!(
        notices_on(&world, &phones, "fermato-uno").await,
        [1, 1, 1, 1]
    );
    let shown = operator.get("/v1/platform").await.unwrap().good().unwrap();
    assert_eq!(shown.body["stopped_notices"], json!([]));
}

#[tokio::test]
async fn sending_that_meta_has_stopped_is_shown_with_its_reason_and_goes_on_by_one_command() {
    let world = World::attach().await.unwrap();
    let ezio = citizen(&world, "Ezio").await;
    let address = world.peer.phone(&ezio).await.unwrap().phone.unwrap();
    let unpaid = Meta::Refuse {
        code: 131_042,
        http: None,
    };
    world
        .peer
        .add_fault(&Fault::next_to(&address, unpaid))
        .await
        .unwrap();

    world.peer.write(&ezio, "iscrivimi").await.unwrap();

    let operator = world.staff("operator").unwrap();
    let stop = poll("stop", 60, async || {
        let shown = operator.get("/v1/platform").await?.good()?.body;
        let stop = shown["stops"][0].clone();
        Ok((!stop.is_null()).then_some(stop))
    })
    .await
    .unwrap();
    assert_eq!(stop["cause"], "payment");
    assert_eq!(
        stop["label"],
        "Meta chiede un metodo di pagamento o un pagamento."
    );
    let by_an_office = world
        .staff("requester")
        .unwrap()
        .post("/v1/platform/resume", &json!({"cause": "payment"}), None)
        .await
        .unwrap();
    assert_eq!(by_an_office.status, 403);

    let resumed = operator
        .post("/v1/platform/resume", &json!({"cause": "payment"}), None)
        .await
        .unwrap()
        .good()
        .unwrap();
    assert_eq!(resumed.body["stops"], json!([]));
    let again = operator
        .post("/v1/platform/resume", &json!({"cause": "payment"}), None)
        .await
        .unwrap();
    assert_eq!(again.status, 404, "there is nothing to lift any more");

    // Who writes now is answered at once; who was held is answered when they are asked for again.
    subscriber(&world, "Fosca").await;
    poll("the answer that was held", HELD, async || {
        let phone = world.peer.phone(&ezio).await?;
        Ok((received(&phone, "Iscrizione confermata") > 0).then_some(()))
    })
    .await
    .unwrap();
    quiet(&world).await;
    let phone = heard(&world, &ezio, "Iscrizione confermata").await;
    assert_eq!(received(&phone, "Iscrizione confermata"), 1);
}

#[tokio::test]
async fn the_certificate_of_a_notice_says_what_the_register_says() {
    let world = World::attach().await.unwrap();
    subscriber(&world, "Gaia").await;
    let notice = scheduled(&world, &draft("certificato-uno", 12)).await;
    in_state(&world, &notice, "sent").await;

    let operator = world.staff("operator").unwrap();
    let path = format!("/v1/register/{notice}/certificate");
    poll("a certificate without anybody waiting", 120, async || {
        let certificate = operator.get(&path).await?.good()?.body;
        Ok((certificate["waiting"] == 0 && certificate["unclear"] == 0).then_some(()))
    })
    .await
    .unwrap();
    quiet(&world).await;
    let certificate = operator.get(&path).await.unwrap().good().unwrap().body;
    let row = operator
        .get(&format!("/v1/register/{notice}"))
        .await
        .unwrap()
        .good()
        .unwrap()
        .body;

    assert_eq!(certificate["agrees"], true, "{certificate} {row}");
    assert_eq!(certificate["doubled"], 0);
    for (of_one, of_other) in [
        ("recipients", "recipients"),
        ("delivered", "delivered"),
        ("read", "read"),
        ("left", "left"),
    ] {
        assert_eq!(certificate[of_one], row[of_other], "{of_one}");
    }
    let failed: i64 = certificate["failed"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .filter_map(|reason| reason["recipients"].as_i64())
        .sum();
    assert_eq!(Value::from(failed), row["failed"]);
    let places = ["accepted", "unclear", "left", "waiting"];
    let everybody: i64 = places
        .iter()
        .filter_map(|place| certificate[*place].as_i64())
        .sum();
    assert_eq!(Value::from(everybody + failed), certificate["recipients"]);

    let plan = operator
        .get(&format!("/v1/notice-requests/{notice}/plan"))
        .await
        .unwrap()
        .good()
        .unwrap()
        .body;
    assert_eq!((&plan["left"], &plan["in_time"]), (&json!(0), &json!(true)));
}
