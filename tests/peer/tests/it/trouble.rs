//! Faults beyond the single ones, and the clock that proves a pace.

use std::collections::BTreeMap;
use std::time::Duration;

use peer::{Fault, NewPhone, Trouble};
use serde_json::json;

use crate::support::{SOON, notice, peer, post};

#[tokio::test]
async fn a_call_may_never_be_answered_whether_or_not_the_message_went_out() {
    let (peer, control, _, anna) = peer().await;

    let mut seen = Vec::new();
    for trouble in [Trouble::SilentBefore, Trouble::SilentAfter] {
        control.add_fault(&Fault::next(trouble)).await.unwrap();
        let waited = Duration::from_millis(300);
        let answer = tokio::time::timeout(waited, post(&peer, notice("to", "+390000000001"))).await;
        let received = control.phone(&anna.id).await.unwrap().received().count();
        seen.push((answer.is_err(), received));
    }

    assert_eq!(seen, [(true, 0), (true, 1)]);
}

#[tokio::test]
async fn chance_strikes_as_often_as_told_and_the_record_knows_what_went_out() {
    let (peer, control, _, anna) = peer().await;
    let chaos = json!({"chaos": {"refuse_rate": 0.2, "codes": [130_429, 131_056], "error_before_rate": 0.1,
        "error_after_rate": 0.1, "cut_after_rate": 0.1, "hang_after_rate": 0.1, "hang_millis": 5, "seed": 7}});
    control.configure(chaos.clone()).await.unwrap();

    let run = async || {
        let mut answers = BTreeMap::<String, usize>::new();
        for _ in 0..100 {
            let answer = match post(&peer, notice("to", "+390000000001")).await {
                Err(_) => "cut".to_owned(),
                Ok((status, body)) => match body["error"]["code"].as_i64() {
                    Some(code) => code.to_string(),
                    None => status.to_string(),
                },
            };
            *answers.entry(answer).or_default() += 1;
        }
        answers
    };
    let answers = run().await;
    let record = control.record().await.unwrap();

    for kind in ["130429", "131056", "500", "cut", "200"] {
        assert!(
            answers.get(kind).is_some_and(|count| *count > 1),
            "{answers:?}"
        );
    }
    // Some of the 500 and all that were cut have gone out.
    assert!(record.messages.len() > answers["200"] + answers["cut"]);
    let received = control.phone(&anna.id).await.unwrap().received().count();
    assert_eq!(received, record.messages.len());
    control.configure(chaos).await.unwrap();
    assert_eq!(run().await, answers);
}

#[tokio::test]
async fn the_trace_knows_when_each_message_was_taken() {
    let (peer, control, _, _) = peer().await;
    control
        .add_phone(&NewPhone::named("Bruno").with_number("390000000002"))
        .await
        .unwrap();

    for last in [1, 2, 1] {
        post(&peer, notice("to", &format!("+39000000000{last}")))
            .await
            .unwrap();
    }
    control
        .add_fault(&Fault::next(Trouble::Refuse {
            code: 130_429,
            http: None,
        }))
        .await
        .unwrap();
    post(&peer, notice("to", "+390000000001")).await.unwrap();

    let trace = control.trace_with_pairs().await.unwrap();
    assert_eq!(trace.accepted.len(), 3);
    assert!(trace.accepted.is_sorted());
    assert!((1..=3).contains(&trace.max_per_second));
    assert_eq!(trace.per_second.iter().sum::<usize>(), 3);
    assert_eq!(trace.refused[0].1, 130_429);
    assert_eq!(
        (trace.pairs, trace.closest["anna"]),
        (1, trace.accepted[2] - trace.accepted[0])
    );
    assert!(control.trace().await.unwrap().closest.is_empty());
    control.reset().await.unwrap();
    assert!(control.trace().await.unwrap().accepted.is_empty());
}

/// Ten thousand phones and a thousand messages: nothing walks through all of anything. The time is not judged, but
/// printed; a walk would show as minutes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_phones_are_no_more_work_than_ten() {
    let (peer, control, _, _) = peer().await;
    control
        .configure(json!({"webhook_concurrency": 64, "status_delay_ms": [1, 5]}))
        .await
        .unwrap();
    let add = async |range: std::ops::Range<u32>| {
        for number in range {
            let phone = NewPhone::named("Cittadino").with_number(format!("39111{number:07}"));
            control.add_phone(&phone).await.unwrap();
        }
    };
    futures::join!(
        add(0..2_500),
        add(2_500..5_000),
        add(5_000..7_500),
        add(7_500..10_000)
    );

    let client = reqwest::Client::new();
    let url = format!("{}/v25.0/{}/messages", peer.url(), crate::support::NUMBER);
    let started = std::time::Instant::now();
    let send = async |range: std::ops::Range<u32>| {
        for number in range {
            let answer = client
                .post(&url)
                .bearer_auth("access-token")
                .json(&notice("to", &format!("+39111{number:07}")))
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 200);
        }
    };
    futures::join!(
        send(0..250),
        send(250..500),
        send(9_000..9_250),
        send(9_250..9_500)
    );
    let took = started.elapsed();
    control.wait_idle(SOON * 3).await.unwrap();

    eprintln!("1,000 messages to 10,000 phones took {took:?}");
    let record = control.record().await.unwrap();
    assert_eq!(record.messages.len(), 1_000);
    assert!(
        record
            .messages
            .iter()
            .all(|sent| sent.acknowledged.len() == 3)
    );
}
