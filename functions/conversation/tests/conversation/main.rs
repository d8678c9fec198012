//! Hearing, against a DynamoDB of the test's own: each message once, whatever comes again, at once or out of order.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot be set up stops"
)]

mod people;
mod room;
mod segnalazioni;

use room::{BSUID, NUMBER, Room, anna, written};
use serde_json::{Value, json};
use support::batches::{back, batch, sample};

const INBOUND: &str = "inbound.fifo";

#[tokio::test]
async fn a_message_heard_again_says_the_same_again_with_the_same_ids() {
    let room = Room::open().await;

    let first = room
        .listener
        .hear_all(batch(INBOUND, &[anna(1, "ISCRIVIMI")]))
        .await;
    let again = room
        .listener
        .hear_all(batch(INBOUND, &[anna(1, "ISCRIVIMI")]))
        .await;

    assert_eq!((back(&first), back(&again)), (vec![], vec![]));
    let replies = room.replies();
    assert_eq!(replies.len(), 2);
    assert_eq!(replies[0], replies[1]);
    let reply = &replies[0];
    assert_eq!(reply["body"]["reply"]["phrase"], "sub.confirm");
    let id = reply["body"]["reply"]["id"].as_str().unwrap();
    assert_eq!(reply["deduplication"], format!("{id}@1795000001"));
    assert_eq!(reply["group"], reply["body"]["person"]);
    assert_eq!(reply["body"]["window_opened_at"], "2026-11-18T11:06:41Z");
    assert_eq!(room.rows("proof#").await.len(), 1);
}

#[tokio::test]
async fn a_message_heard_again_after_others_does_not_undo_them() {
    let room = Room::open().await;
    let both = [anna(1, "ISCRIVIMI"), anna(2, "CANCELLAMI")];
    room.listener.hear_all(batch(INBOUND, &both)).await;

    room.listener
        .hear_all(batch(INBOUND, &[anna(1, "ISCRIVIMI")]))
        .await;

    let replies = room.replies();
    assert_eq!(
        room.phrases(),
        ["sub.confirm", "optout.done", "sub.confirm"]
    );
    assert_eq!(replies[0], replies[2]);
    let person = room.person(Some(NUMBER), None).await.unwrap();
    assert!(!person.receives_notices());
}

#[tokio::test]
async fn a_message_heard_by_two_at_the_same_time_is_one_turn() {
    let room = Room::open().await;
    let listener = room.where_hearings_meet(2).await;
    let hand = || listener.hear_all(batch(INBOUND, &[anna(1, "ISCRIVIMI")]));

    let (one, other) = tokio::join!(hand(), hand());

    assert_eq!((back(&one), back(&other)), (vec![], vec![]));
    let replies = room.replies();
    assert_eq!(room.phrases(), ["sub.confirm", "sub.confirm"]);
    assert_eq!(replies[0], replies[1], "the same reply, with the same id");
    assert_eq!(room.rows("person").await.len(), 1);
    assert_eq!(room.rows("proof#").await.len(), 1);
}

#[tokio::test]
async fn two_messages_of_one_new_person_at_the_same_time_make_one_person() {
    let room = Room::open().await;
    let listener = room.where_hearings_meet(2).await;

    let (one, other) = tokio::join!(
        listener.hear_all(batch(INBOUND, &[anna(1, "ISCRIVIMI")])),
        listener.hear_all(batch(INBOUND, &[anna(2, "Buongiorno")])),
    );

    assert_eq!((back(&one), back(&other)), (vec![], vec![]));
    let people = room.rows("person").await;
    assert_eq!(people.len(), 1);
    let names: Vec<_> = room.rows("id").await;
    let names: Vec<_> = names
        .iter()
        .map(|row| (&row["pk"], &row["person_id"]))
        .collect();
    let id = &people[0]["pk"];
    assert_eq!(
        names,
        [
            (&json!(format!("bsuid#{BSUID}")), id),
            (&json!(format!("phone#{NUMBER}")), id)
        ]
    );
    let replies = room.replies();
    assert_eq!(replies.len(), 2);
    assert!(replies.iter().all(|reply| &reply["body"]["person"] == id));
    let person = room.person(Some(NUMBER), None).await.unwrap();
    assert!(person.receives_notices());
    assert_eq!(person.last_heard_at.unwrap().as_second(), 1_795_000_002);
}

#[tokio::test]
async fn a_number_known_before_and_an_id_that_comes_with_it_are_one_person() {
    let room = Room::open().await;
    let by_number = ("a", written(1, "ISCRIVIMI", Some(NUMBER), None));
    room.listener.hear_all(batch(INBOUND, &[by_number])).await;

    room.listener
        .hear_all(batch(INBOUND, &[anna(2, "CANCELLAMI")]))
        .await;
    let by_id = ("b", written(3, "ISCRIVIMI", None, Some(BSUID)));
    room.listener.hear_all(batch(INBOUND, &[by_id])).await;

    assert_eq!(
        room.phrases(),
        ["sub.confirm", "optout.done", "sub.confirm"]
    );
    assert_eq!(room.rows("person").await.len(), 1);
    let person = room.person(None, Some(BSUID)).await.unwrap();
    assert_eq!(person.contact.identifiers().count(), 2);
}

#[tokio::test]
async fn what_cannot_be_read_is_put_away_with_its_reason_and_holds_nothing_up() {
    let room = Room::open().await;
    let unreadable = (
        "anna",
        r#"{"phone_number_id": "1", "message": {"id": "wamid.1"}}"#.to_owned(),
    );
    let nonsense = ("bruno", "what?".to_owned());
    let bruno = ("bruno", written(3, "ISCRIVIMI", None, Some("IT.9Pq31Zr")));

    let event = batch(
        INBOUND,
        &[unreadable, nonsense, anna(2, "ISCRIVIMI"), bruno],
    );
    let answer = room.listener.hear_all(event).await;

    assert_eq!(back(&answer), [""; 0]);
    assert_eq!(room.phrases(), ["sub.confirm", "sub.confirm"]);
    let mut dead = room.services.queued("inbound-dead.fifo");
    dead.sort_by_key(|message| message["group"].to_string());
    assert_eq!(dead.len(), 2);
    assert_eq!(
        (
            &dead[0]["group"],
            &dead[0]["deduplication"],
            &dead[0]["reason"]
        ),
        (&json!("anna"), &json!("0"), &json!("without a timestamp"))
    );
    assert_eq!(dead[0]["body"]["message"]["id"], "wamid.1");
    assert_eq!(
        (&dead[1]["body"], &dead[1]["deduplication"]),
        (&json!("what?"), &json!("1"))
    );
    assert!(!dead[1]["reason"].as_str().unwrap().contains("what?"));
}

#[tokio::test]
async fn what_cannot_be_put_away_comes_back_and_keeps_its_group_waiting() {
    let room = Room::open().await;
    room.services.refuse("inbound-dead.fifo", true);
    let unreadable = ("anna", "what?".to_owned());
    let bruno = ("bruno", written(3, "ISCRIVIMI", None, Some("IT.9Pq31Zr")));

    let event = batch(INBOUND, &[unreadable, bruno, anna(2, "ISCRIVIMI")]);
    let answer = room.listener.hear_all(event).await;

    assert_eq!(back(&answer), ["0", "2"]);
    assert_eq!(room.phrases(), ["sub.confirm"]);
}

#[tokio::test]
async fn a_reply_that_was_not_queued_is_said_when_the_message_comes_again() {
    let room = Room::open().await;
    room.services.refuse("replies.fifo", true);
    let both = || batch(INBOUND, &[anna(1, "ISCRIVIMI"), anna(2, "CANCELLAMI")]);

    let failed = room.listener.hear_all(both()).await;
    assert_eq!(back(&failed), ["0", "1"], "the later message of hers waits");
    assert_eq!(room.phrases(), [""; 0]);
    let person = room.person(Some(NUMBER), None).await.unwrap();
    assert!(person.receives_notices(), "the turn is written");

    let again = room.listener.hear_all(both()).await;
    assert_eq!(back(&again), [""; 0]);
    assert_eq!(
        room.phrases(),
        ["sub.confirm", "optout.done"],
        "no second turn"
    );
    assert_eq!(room.rows("proof#").await.len(), 2);
}

#[tokio::test]
async fn only_who_is_subscribed_is_in_the_audience() {
    let room = Room::open().await;
    let audience = async || {
        let rows = room.rows("person").await;
        assert_eq!(rows.len(), 1);
        rows[0]["audience"].clone()
    };

    for (n, words, expected) in [
        (1, "Buongiorno", Value::Null),
        (2, "ISCRIVIMI", json!("notices")),
        (3, "Grazie", json!("notices")),
        (4, "CANCELLAMI", Value::Null),
        (5, "ISCRIVIMI", json!("notices")),
    ] {
        room.listener
            .hear_all(batch(INBOUND, &[anna(n, words)]))
            .await;
        assert_eq!(audience().await, expected, "after {words}");
    }
}

#[tokio::test]
async fn every_order_that_changed_something_leaves_its_proof() {
    let room = Room::open().await;
    let words = [
        "ISCRIVIMI",
        "ISCRIVIMI",
        "CANCELLAMI",
        "CANCELLAMI",
        "ISCRIVIMI",
    ];
    let messages: Vec<_> = (1..).zip(words).map(|(n, words)| anna(n, words)).collect();

    room.listener.hear_all(batch(INBOUND, &messages)).await;

    let proofs = room.rows("proof#").await;
    let proofs: Vec<_> = proofs
        .iter()
        .map(|row| {
            (
                row["asked"].as_str().unwrap(),
                row["proof"]["message"].as_str().unwrap(),
                row["proof"]["informativa"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        proofs,
        [
            ("subscribe", "wamid.1", "2026-01"),
            ("leave", "wamid.3", "2026-01"),
            ("subscribe", "wamid.5", "2026-01"),
        ]
    );
}

#[tokio::test]
async fn an_order_that_arrives_after_a_later_one_changes_nothing_and_says_nothing() {
    let room = Room::open().await;
    room.listener
        .hear_all(batch(INBOUND, &[anna(1, "ISCRIVIMI")]))
        .await;
    room.listener
        .hear_all(batch(INBOUND, &[anna(6, "CANCELLAMI")]))
        .await;

    room.listener
        .hear_all(batch(INBOUND, &[anna(5, "ISCRIVIMI")]))
        .await;

    assert_eq!(room.phrases(), ["sub.confirm", "optout.done"]);
    let person = room.person(Some(NUMBER), None).await.unwrap();
    assert!(!person.receives_notices());
    assert_eq!(room.rows("proof#").await.len(), 2);
}

#[tokio::test]
async fn every_sample_event_is_understood() {
    for (file, phrases, dead) in [
        (
            include_str!("../../../../events/conversation/iscrivimi.json"),
            &["sub.confirm"][..],
            0,
        ),
        (
            include_str!("../../../../events/conversation/bsuid-only.json"),
            &["sub.confirm"],
            0,
        ),
        (
            include_str!("../../../../events/conversation/unknown-type.json"),
            &["ro.fallback"],
            0,
        ),
        (
            include_str!("../../../../events/conversation/unreadable.json"),
            &[],
            1,
        ),
        (
            include_str!("../../../../events/conversation/two-of-one-person.json"),
            &["sub.confirm", "optout.done"],
            0,
        ),
    ] {
        let room = Room::open().await;

        let answer = room.listener.hear_all(sample(file)).await;

        assert_eq!(back(&answer), [""; 0], "{file}");
        assert_eq!(room.phrases(), phrases, "{file}");
        assert_eq!(
            room.services.queued("inbound-dead.fifo").len(),
            dead,
            "{file}"
        );
    }
}
