//! Who somebody is: joined by proof, parted when a number goes to somebody else, found again under a new id.

use domain::jobs::{PersonJob, SayReply};
use domain::person::{Preference, Subscription};
use serde_json::{Value, json};

use crate::INBOUND;
use crate::room::{BSUID, NUMBER, Room, anna, written};
use support::batches::{back, batch};

const OTHER: &str = "IT.9Pq31Zr";

/// A message of any kind, written in second `n` by whoever is known by `bsuid`.
fn message(n: u32, bsuid: &str, mut content: Value) -> (&'static str, String) {
    content["from_user_id"] = bsuid.into();
    content["id"] = format!("wamid.{n}").into();
    content["timestamp"] = (1_795_000_000 + n).to_string().into();
    (
        "a",
        json!({"phone_number_id": "106", "message": content}).to_string(),
    )
}

async fn hear(room: &Room, messages: &[(&'static str, String)]) {
    for message in messages {
        let one = std::slice::from_ref(message);
        let answer = room.listener.hear_all(batch(INBOUND, one)).await;
        assert_eq!(back(&answer), [""; 0], "{}", message.1);
    }
}

#[tokio::test]
async fn a_number_and_an_id_that_one_webhook_shows_are_one_person_and_the_later_wish_counts() {
    let room = Room::open().await;
    let by_number = ("a", written(1, "ISCRIVIMI", Some(NUMBER), None));
    let by_id = ("b", written(2, "CANCELLAMI", None, Some(BSUID)));
    hear(&room, &[by_number, by_id]).await;
    let one = room.person(Some(NUMBER), None).await.unwrap();
    let other = room.person(None, Some(BSUID)).await.unwrap();
    assert_ne!(one.id, other.id);

    hear(&room, &[anna(3, "Buongiorno")]).await;

    for found in [(Some(NUMBER), None), (None, Some(BSUID))] {
        let person = room.person(found.0, found.1).await.unwrap();
        assert_eq!(person.id, other.id);
        assert!(matches!(person.subscription, Subscription::Left { .. }));
    }
    let rows = room.rows("person").await;
    let joined: Vec<_> = rows
        .iter()
        .filter(|row| !row["joined_into"].is_null())
        .collect();
    assert_eq!(joined.len(), 1);
    assert_eq!(
        (&joined[0]["pk"], &joined[0]["joined_into"]),
        (&json!(one.id), &json!(other.id))
    );
    assert!(joined[0]["audience"].is_null() && joined[0]["person"].is_null());
}

#[tokio::test]
async fn whoever_gets_a_number_that_another_had_inherits_nothing() {
    let room = Room::open().await;
    hear(&room, &[anna(1, "ISCRIVIMI")]).await;
    let anna = room.person(Some(NUMBER), None).await.unwrap();

    hear(
        &room,
        &[("b", written(2, "Buongiorno", Some(NUMBER), Some(OTHER)))],
    )
    .await;

    let newcomer = room.person(Some(NUMBER), None).await.unwrap();
    assert_ne!(newcomer.id, anna.id);
    assert_eq!(newcomer.subscription, Subscription::Never);
    let anna = room.person(None, Some(BSUID)).await.unwrap();
    assert_eq!(anna.contact.phone(), None, "she is written to by her id");
    assert!(anna.receives_notices());
}

#[tokio::test]
async fn a_new_id_is_the_same_person_however_it_is_told_and_how_often() {
    let room = Room::open().await;
    hear(&room, &[anna(1, "ISCRIVIMI")]).await;
    let update = json!({"phone_number_id": "106", "rotation": {"timestamp": "1795000005",
        "user_id": {"previous": BSUID, "current": OTHER}}});
    let system = message(
        4,
        BSUID,
        json!({"type": "system",
        "system": {"type": "user_changed_user_id", "body": "x", "user_id": OTHER}}),
    );

    hear(
        &room,
        &[("u", update.to_string()), ("u", update.to_string()), system],
    )
    .await;
    hear(&room, &[("b", written(9, "CANCELLAMI", None, Some(OTHER)))]).await;

    let rows = room.rows("person").await;
    assert_eq!(rows.len(), 1);
    let person = room.person(None, Some(BSUID)).await.unwrap();
    assert_eq!(person.contact.bsuid().unwrap().as_str(), OTHER);
    assert!(matches!(person.subscription, Subscription::Left { .. }));
    assert_eq!(room.phrases(), ["sub.confirm", "optout.done"]);
}

#[tokio::test]
async fn the_answer_to_our_asking_ties_the_number_and_a_passed_on_card_does_not() {
    let room = Room::open().await;
    let card = |n, origin: &str| {
        let phones = json!([{"phone": "+39 000 000 0001", "wa_id": NUMBER}]);
        message(
            n,
            BSUID,
            json!({"type": "contacts",
            "contacts": [{"name": {"formatted_name": "x"}, "phones": phones, "origin": origin}]}),
        )
    };

    hear(&room, &[card(1, "other")]).await;
    assert!(room.person(Some(NUMBER), None).await.is_none());

    hear(&room, &[card(2, "contact_request")]).await;
    let person = room.person(Some(NUMBER), None).await.unwrap();
    assert_eq!(person.contact.bsuid().unwrap().as_str(), BSUID);
}

#[tokio::test]
async fn marketing_stopped_in_whatsapp_stays_stopped_until_it_is_resumed() {
    let room = Room::open().await;
    let wish = |value: &str, second: u32| {
        let preference = json!({"user_id": BSUID, "category": "marketing_messages", "value": value,
            "timestamp": 1_795_000_000 + second});
        (
            "p",
            json!({"phone_number_id": "106", "preference": preference}).to_string(),
        )
    };
    hear(
        &room,
        &[
            wish("stop", 5),
            wish("resume", 2),
            anna(6, "ISCRIVIMI"),
            wish("stop", 5),
        ],
    )
    .await;

    let person = room.person(None, Some(BSUID)).await.unwrap();
    assert!(matches!(person.marketing, Preference::Stopped { .. }));
    assert!(person.receives("UTILITY") && !person.receives("MARKETING"));
    assert_eq!(room.phrases(), ["sub.confirm"], "a switch is not answered");

    hear(&room, &[wish("resume", 9)]).await;
    assert!(
        room.person(None, Some(BSUID))
            .await
            .unwrap()
            .receives("MARKETING")
    );

    let refused = PersonJob::StopMarketing {
        person: person.id,
        at: "2026-11-19T12:00:00Z".parse().unwrap(),
    };
    hear(&room, &[("p", serde_json::to_string(&refused).unwrap())]).await;
    assert!(
        !room
            .person(None, Some(BSUID))
            .await
            .unwrap()
            .receives("MARKETING")
    );
}

#[tokio::test]
async fn an_answer_that_missed_its_window_is_said_when_they_next_write() {
    let room = Room::open().await;
    hear(&room, &[anna(1, "ISCRIVIMI")]).await;
    let mut unsaid: SayReply = serde_json::from_value(room.replies()[0]["body"].clone()).unwrap();
    let job = serde_json::to_string(&PersonJob::Unsaid(unsaid.clone())).unwrap();

    hear(&room, &[("j", job.clone()), ("j", job)]).await;
    assert_eq!(room.replies().len(), 1, "not now");
    hear(&room, &[anna(2, "Buongiorno")]).await;

    let replies = room.replies();
    assert_eq!(
        room.phrases(),
        ["sub.confirm", "sub.confirm", "ro.fallback"]
    );
    unsaid.window_opened_at = "2026-11-18T11:06:42Z".parse().unwrap();
    assert_eq!(replies[1]["body"], serde_json::to_value(&unsaid).unwrap());
    assert_ne!(replies[1]["deduplication"], replies[0]["deduplication"]);
}

#[tokio::test]
async fn what_was_taken_back_is_blacked_out_even_if_it_comes_later() {
    let room = Room::open().await;
    let unknown = message(
        1,
        BSUID,
        json!({"type": "hologram", "hologram": {"secret": "x"}}),
    );
    let revoke = |n, original: &str| {
        message(
            n,
            BSUID,
            json!({"type": "revoke", "revoke": {"original_message_id": original}}),
        )
    };
    hear(&room, std::slice::from_ref(&unknown)).await;
    let turn = room.turn("wamid.1").await.unwrap();
    assert!(
        turn["kept"].as_str().unwrap().contains("secret"),
        "kept for a person to read"
    );

    hear(&room, &[revoke(2, "wamid.1"), unknown]).await;
    let turn = room.turn("wamid.1").await.unwrap();
    assert!(turn["kept"].is_null() && !turn["taken_back_at"].is_null());

    let said = room.replies().len();
    hear(&room, &[revoke(3, "wamid.4"), anna(4, "ISCRIVIMI")]).await;
    assert_eq!(room.replies().len(), said, "not heard, not answered");
    assert!(
        !room
            .person(None, Some(BSUID))
            .await
            .unwrap()
            .receives_notices()
    );
}

#[tokio::test]
async fn what_is_said_in_a_group_is_not_said_to_us() {
    let room = Room::open().await;
    let said = message(
        1,
        BSUID,
        json!({"type": "text", "text": {"body": "ISCRIVIMI"}, "group_id": "g"}),
    );

    hear(&room, &[said]).await;

    assert_eq!(room.phrases(), [""; 0]);
    assert!(room.person(None, Some(BSUID)).await.is_none());
}
