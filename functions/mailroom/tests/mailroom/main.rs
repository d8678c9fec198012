//! Mails as SES stores them: what is understood, what is answered, what is kept.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops")]

mod recorded;
mod room;

use room::Room;
use support::batches::{back, batch};

const PLAIN: &str = include_str!("../../../../events/mailroom/plain.eml");

/// A mail of Cultura that stays right for years.
fn lasting() -> String {
    PLAIN.replace("/2026", "/2099")
}

#[tokio::test]
async fn a_mail_becomes_a_request_an_answer_and_a_record_at_once() {
    let room = Room::with(&[("inbox/a", lasting().as_bytes())]).await;

    let response = room.arrive("inbox/a").await;

    assert!(back(&response).is_empty());
    let requests = room.requests().await;
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].submitted.by.as_str(), "posta.cultura");
    assert_eq!(requests[0].draft.title, "Mercatino di Natale");
    let answer = room.answers().await.remove(0);
    assert_eq!(answer.to[0].as_str(), "cultura@rubano.it");
    assert!(answer.body.contains(requests[0].id.as_str()));
    assert!(room.waiting().await.is_empty());
}

#[tokio::test]
async fn a_mail_that_comes_again_files_nothing_anew_and_is_answered_by_the_same_letter() {
    let room = Room::with(&[
        ("inbox/a", lasting().as_bytes()),
        ("inbox/b", lasting().as_bytes()),
    ])
    .await;

    room.arrive("inbox/a").await;
    room.arrive("inbox/a").await;
    room.arrive("inbox/b").await;

    assert_eq!(room.requests().await.len(), 1);
    let answers = room.answers().await;
    assert_eq!(answers.len(), 3);
    assert!(answers.iter().all(|answer| answer.id == answers[0].id));
}

#[tokio::test]
async fn a_mail_is_read_again_after_an_error_in_the_middle() {
    let room = Room::with(&[("inbox/a", lasting().as_bytes())]).await;
    room.services.answer_next_transaction_with_an_error();
    room.arrive("inbox/a").await;
    room.services.refuse("mails", true);
    let refused = room.arrive("inbox/a").await;
    let again = room.arrive("inbox/a").await;

    assert_eq!(back(&refused), ["0"]);
    assert!(back(&again).is_empty());
    assert_eq!(room.requests().await.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_believed_or_read_waits_for_a_person() {
    let forged = include_bytes!("../../../../events/mailroom/forged-sender.eml");
    let unknown = include_bytes!("../../../../events/mailroom/unknown-sender.eml");
    let large = vec![b'a'; 10 * 1024 * 1024 + 1];
    let room = Room::with(&[
        ("inbox/forged", forged),
        ("inbox/unknown", unknown),
        ("inbox/none", b""),
        ("inbox/large", &large),
    ])
    .await;

    for key in ["inbox/forged", "inbox/unknown", "inbox/none", "inbox/large"] {
        assert!(back(&room.arrive(key).await).is_empty(), "{key}");
    }

    assert_eq!(
        room.waiting().await,
        ["inbox.forged", "inbox.large", "inbox.none", "inbox.unknown"]
    );
    assert_eq!(
        (room.requests().await.len(), room.answers().await.len()),
        (0, 0)
    );
}

#[tokio::test]
async fn a_notice_of_s3_about_nothing_is_done_and_anything_else_is_a_dead_letter() {
    let room = Room::with(&[]).await;

    let trial = r#"{"Service": "Amazon S3", "Event": "s3:TestEvent"}"#.to_owned();
    let other = "ciao".to_owned();
    let response = room
        .mailroom
        .read_all(batch("inbox", &[("", trial), ("", other)]))
        .await;
    let missing = room.arrive("inbox/missing").await;

    assert!(back(&response).is_empty() && back(&missing).is_empty());
    assert_eq!(room.services.queued("inbox-dead").len(), 2);
}
