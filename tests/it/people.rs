//! Who a citizen is: found again under a new id, joined by proof, and never taken for whoever had the number before.

use peer::{NewPhone, Phone, Signed};
use rehearsal::World;
use serde_json::{Value, json};

use crate::support::{citizen, heard, quiet, received, subscriber};

/// Now, as Meta writes it.
fn now() -> String {
    cloud::clock::now().as_second().to_string()
}

/// Posts one change of `field`, as Meta would.
async fn post(world: &World, field: &str, mut value: Value) {
    value["messaging_product"] = "whatsapp".into();
    value["metadata"] = json!({"phone_number_id": "106500000000001"});
    let body = json!({"object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": field, "value": value}]}]});
    let answer = world.peer.raw_webhook(body.to_string(), Signed::Good).await;
    assert_eq!(answer.unwrap().status, 200);
}

/// Posts a text of whoever is shown as `sender`: `from`, `from_user_id` or both.
async fn say(world: &World, mut sender: Value, id: &str, words: &str) {
    sender["id"] = id.into();
    sender["timestamp"] = now().into();
    sender["type"] = "text".into();
    sender["text"] = json!({"body": words});
    post(world, "messages", json!({"messages": [sender]})).await;
}

async fn hidden(world: &World, name: &str) -> Phone {
    world.peer.add_phone(&NewPhone::named(name)).await.unwrap()
}

fn digits(phone: &Phone) -> String {
    let number = phone.phone.as_deref().unwrap();
    number.trim_start_matches('+').to_owned()
}

#[tokio::test]
async fn whoever_has_a_new_id_is_still_subscribed() {
    let world = World::attach().await.unwrap();
    let (before, after) = (hidden(&world, "Dora").await, hidden(&world, "Dora").await);
    world.peer.write(&before.id, "iscrivimi").await.unwrap();
    heard(&world, &before.id, "Iscrizione confermata").await;

    for _ in 0..2 {
        let update = json!({"timestamp": now(), "detail": "x",
            "user_id": {"previous": before.bsuid, "current": after.bsuid}});
        post(
            &world,
            "user_id_update",
            json!({"user_id_update": [update]}),
        )
        .await;
    }
    quiet(&world).await;

    world.peer.write(&after.id, "iscrivimi").await.unwrap();
    heard(&world, &after.id, "già iscritto").await;
}

#[tokio::test]
async fn a_number_and_an_id_become_one_person_when_one_message_shows_both() {
    let world = World::attach().await.unwrap();
    let id = citizen(&world, "Elio").await;
    let elio = world.peer.phone(&id).await.unwrap();
    let none = world.people_who_are("subscribed").await.unwrap().len();
    say(
        &world,
        json!({"from": digits(&elio)}),
        "wamid.ELIO1",
        "iscrivimi",
    )
    .await;
    say(
        &world,
        json!({"from_user_id": elio.bsuid}),
        "wamid.ELIO2",
        "iscrivimi",
    )
    .await;
    quiet(&world).await;
    let two = world.people_who_are("subscribed").await.unwrap().len();
    assert_eq!(two, none + 2, "nobody is joined by a guess");

    world.peer.write(&id, "iscrivimi").await.unwrap();

    heard(&world, &id, "già iscritto").await;
    let one = world.people_who_are("subscribed").await.unwrap().len();
    assert_eq!(one, two - 1, "and a notice reaches them once");
}

#[tokio::test]
async fn whoever_gets_a_number_does_not_get_its_subscription() {
    let world = World::attach().await.unwrap();
    let first = subscriber(&world, "Fabio").await;
    let number = digits(&world.peer.phone(&first).await.unwrap());
    let second = hidden(&world, "Gaia").await;
    let subscribed = world.people_who_are("subscribed").await.unwrap();

    let sender = json!({"from": number, "from_user_id": second.bsuid});
    say(&world, sender, "wamid.GAIA1", "cancellami").await;

    // The telephone at that number is now the second's, whoever had it at the peer.
    heard(&world, &first, "non è iscritto").await;
    assert_eq!(
        world.people_who_are("subscribed").await.unwrap(),
        subscribed
    );
}

#[tokio::test]
async fn marketing_stopped_in_whatsapp_silences_no_answer() {
    let world = World::attach().await.unwrap();
    let phone = subscriber(&world, "Hanna").await;
    let hanna = world.peer.phone(&phone).await.unwrap();

    let stop = json!({"user_id": hanna.bsuid, "category": "marketing_messages", "value": "stop",
        "detail": "x", "timestamp": cloud::clock::now().as_second()});
    post(
        &world,
        "user_preferences",
        json!({"user_preferences": [stop]}),
    )
    .await;
    quiet(&world).await;

    world.peer.write(&phone, "iscrivimi").await.unwrap();
    heard(&world, &phone, "già iscritto").await;
}

#[tokio::test]
async fn a_message_that_was_taken_back_before_it_came_is_not_heard() {
    let world = World::attach().await.unwrap();
    let ivo = hidden(&world, "Ivo").await;
    let revoke = json!({"from_user_id": ivo.bsuid, "id": "wamid.IVO2", "timestamp": now(), "type": "revoke",
        "revoke": {"original_message_id": "wamid.IVO1"}});
    post(&world, "messages", json!({"messages": [revoke]})).await;
    quiet(&world).await;

    say(
        &world,
        json!({"from_user_id": ivo.bsuid}),
        "wamid.IVO1",
        "iscrivimi",
    )
    .await;

    quiet(&world).await;
    let ivo = world.peer.phone(&ivo.id).await.unwrap();
    assert_eq!(received(&ivo, "Iscrizione"), 0);
}
