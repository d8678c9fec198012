//! What the stories share.

use std::time::Duration;

use domain::ids::NoticeId;
use jiff::SignedDuration;
use peer::{NewPhone, Phone};
use rehearsal::{World, poll, rome};
use serde_json::{Value, json};

/// A new citizen with a number that nobody else has.
pub(crate) async fn citizen(world: &World, name: &str) -> String {
    let taken = world.peer.phones().await.unwrap().len();
    let phone = NewPhone::named(name).with_number(format!("+39344{:07}", 1_000_000 + taken));
    world.peer.add_phone(&phone).await.unwrap().id
}

/// A new citizen who has subscribed.
pub(crate) async fn subscriber(world: &World, name: &str) -> String {
    let phone = citizen(world, name).await;
    world.peer.write(&phone, "iscrivimi").await.unwrap();
    heard(world, &phone, "Iscrizione confermata").await;
    phone
}

/// Waits until the phone has received something that contains `words`.
pub(crate) async fn heard(world: &World, phone: &str, words: &str) -> Phone {
    world
        .peer
        .wait_until(phone, Duration::from_mins(1), |phone| {
            received(phone, words) > 0
        })
        .await
        .unwrap_or_else(|error| panic!("{phone} never heard {words:?}: {error}"))
}

/// How many received messages contain `words`.
pub(crate) fn received(phone: &Phone, words: &str) -> usize {
    phone
        .received()
        .filter(|message| message.content.text.contains(words))
        .count()
}

/// Waits until nothing is under way, at the peer or in the queues.
pub(crate) async fn quiet(world: &World) {
    poll("quiet", 120, async || {
        let mut waiting = 0;
        for queue in [
            "InboundQueueUrl",
            "RepliesQueueUrl",
            "NoticesQueueUrl",
            "UrgentQueueUrl",
            "DispatchesQueueUrl",
            "StatusesQueueUrl",
        ] {
            waiting += world.depth(queue).await?;
        }
        Ok((waiting == 0 && world.peer.idle().await?).then_some(()))
    })
    .await
    .unwrap();
}

/// A draft for `seconds` from now whose text contains `mark`.
pub(crate) fn draft(mark: &str, seconds: i64) -> Value {
    let at = cloud::clock::now() + SignedDuration::from_secs(seconds);
    let mut draft = World::draft(rome(at).unwrap());
    draft["text"] = format!("prova {mark}, sabato 12 dicembre 2026.").into();
    draft
}

/// A request that has gone through the procedure up to its approval.
pub(crate) async fn approved(world: &World, draft: &Value) -> NoticeId {
    let (notice, _) = world
        .staff("requester")
        .unwrap()
        .submit(draft)
        .await
        .unwrap();
    let operator = world.staff("operator").unwrap();
    operator
        .make(&notice, "take-charge", &json!({}))
        .await
        .unwrap()
        .good()
        .unwrap();
    let head = world.staff("sector_head").unwrap();
    head.forward(&notice).await.unwrap().good().unwrap();
    world
        .staff("operating_group")
        .unwrap()
        .approve(&notice)
        .await
        .unwrap()
        .good()
        .unwrap();
    notice
}

/// A request that waits for its hour.
pub(crate) async fn scheduled(world: &World, draft: &Value) -> NoticeId {
    let notice = approved(world, draft).await;
    let operator = world.staff("operator").unwrap();
    operator
        .make(&notice, "schedule", &json!({}))
        .await
        .unwrap()
        .good()
        .unwrap();
    notice
}

/// Waits until the request is in `state`.
pub(crate) async fn in_state(world: &World, notice: &NoticeId, state: &str) -> Value {
    poll(state, 90, async || {
        let request = world
            .staff("operator")?
            .get(&format!("/v1/notice-requests/{notice}"))
            .await?
            .good()?;
        Ok((request.body["state"]["name"] == state).then_some(request.body))
    })
    .await
    .unwrap()
}

/// How many notices whose text contains `mark` each phone has.
pub(crate) async fn notices_on(world: &World, phones: &[String], mark: &str) -> Vec<usize> {
    let mut counts = Vec::new();
    for phone in phones {
        counts.push(received(&world.peer.phone(phone).await.unwrap(), mark));
    }
    counts
}
