//! Way 1: a citizen writes and is answered.

use peer::NewPhone;
use rehearsal::{World, poll};

use crate::support::{citizen, heard, quiet, received};

#[tokio::test]
async fn whoever_writes_iscrivimi_gets_one_confirmation_although_meta_delivers_it_three_times() {
    let world = World::attach().await.unwrap();
    let ada = citizen(&world, "Ada").await;

    world
        .peer
        .write_times(&ada, "\"Iscrivimi\"", 3)
        .await
        .unwrap();

    heard(&world, &ada, "Iscrizione confermata").await;
    quiet(&world).await;
    let phone = world.peer.phone(&ada).await.unwrap();
    assert_eq!(received(&phone, "Iscrizione confermata"), 1);
    assert_eq!(received(&phone, "https://www.rubano.it/privacy"), 1);
    assert_eq!(phone.received().count(), 1);
}

#[tokio::test]
async fn a_citizen_without_a_visible_number_subscribes_and_leaves_by_bsuid() {
    let world = World::attach().await.unwrap();
    let bea = world.peer.add_phone(&NewPhone::named("Bea")).await.unwrap();
    assert_eq!(bea.phone, None);

    world.peer.write(&bea.id, "iscrivimi").await.unwrap();
    heard(&world, &bea.id, "Iscrizione confermata").await;
    world.peer.write(&bea.id, "stop").await.unwrap();
    heard(&world, &bea.id, "non riceverai più avvisi").await;

    let record = world.peer.record_of(&bea.id).await.unwrap();
    assert!(
        record
            .messages
            .iter()
            .all(|sent| sent.to.is_none() && sent.recipient.as_deref() == Some(bea.bsuid.as_str()))
    );
}

#[tokio::test]
async fn orders_set_the_subscription_and_never_toggle_it() {
    let world = World::attach().await.unwrap();
    let carlo = citizen(&world, "Carlo").await;

    for (order, answer) in [
        ("ISCRIVIMI", "Iscrizione confermata"),
        ("iscrivimi", "già iscritto"),
        ("CANCELLAMI", "non riceverai più avvisi"),
        ("basta", "non è iscritto"),
    ] {
        world.peer.write(&carlo, order).await.unwrap();
        heard(&world, &carlo, answer).await;
    }

    let phone = world.peer.phone(&carlo).await.unwrap();
    assert_eq!(phone.received().count(), 4, "one answer to each order");
}

#[tokio::test]
async fn anything_else_is_answered_once_a_day_and_never_lost() {
    let world = World::attach().await.unwrap();
    let dora = citizen(&world, "Dora").await;
    let types = serde_json::json!({"type": "hologram", "hologram": {"id": "1"}});
    let unknown = peer::Write {
        message: types.as_object().cloned(),
        ..peer::Write::default()
    };

    world
        .peer
        .write(&dora, "Buongiorno, quando passa la spazzatura?")
        .await
        .unwrap();
    heard(&world, &dora, "invia soltanto avvisi").await;
    world.peer.send(&dora, &unknown).await.unwrap();
    world.peer.write(&dora, "c'è qualcuno?").await.unwrap();
    quiet(&world).await;

    let phone = world.peer.phone(&dora).await.unwrap();
    assert_eq!(phone.received().count(), 1);
    let turns = world.items("TurnsTable").await.unwrap();
    for message in phone
        .messages
        .iter()
        .filter(|message| message.direction == peer::Direction::Written)
    {
        let remembered = turns
            .iter()
            .any(|turn| turn["pk"].as_s().is_ok_and(|id| *id == message.wamid));
        assert!(remembered, "every message is remembered");
    }
}

#[tokio::test]
async fn what_becomes_of_a_reply_is_recorded_up_to_its_reading() {
    let world = World::attach().await.unwrap();
    let ezio = citizen(&world, "Ezio").await;

    world.peer.write(&ezio, "iscrivimi").await.unwrap();
    heard(&world, &ezio, "Iscrizione confermata").await;

    let record = world.peer.record_of(&ezio).await.unwrap();
    let reply = record.messages[0].opaque.clone().unwrap();
    poll("read reply", 60, async || {
        let rows = world.items("DeliveriesTable").await?;
        let row = rows
            .iter()
            .find(|row| row["pk"].as_s().is_ok_and(|id| *id == reply));
        let rung = row.and_then(|row| row["delivery"].as_m().ok()?["rung"].as_s().ok().cloned());
        Ok((rung.as_deref() == Some("read")).then_some(()))
    })
    .await
    .unwrap();
}
