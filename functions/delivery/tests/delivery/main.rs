//! Recording, against a DynamoDB of the test's own: whatever the order and however often, the same row and the same counts.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot be set up stops"
)]

mod account;
mod desk;

use desk::{Desk, NOTICE, WAMID, at, to_anna, without_our_id};
use domain::delivery::{Delivery, Rung};
use futures::future::join_all;
use support::batches::{back, batch};

const SENT: &str = include_str!("../../../../events/delivery/sent.json");
const DELIVERED_AND_SENT: &str =
    include_str!("../../../../events/delivery/delivered-before-sent.json");
const READ: &str = include_str!("../../../../events/delivery/read.json");
const FAILED: &str = include_str!("../../../../events/delivery/failed-without-contacts.json");
const UNKNOWN_STATE: &str = include_str!("../../../../events/delivery/unknown-state.json");
const SETTLE: &str = include_str!("../../../../events/delivery/settle.json");

#[tokio::test]
async fn statuses_in_any_order_and_repeated_end_in_the_same_row() {
    let mut rows: Vec<Delivery> = Vec::new();
    for files in [
        &[SENT, DELIVERED_AND_SENT, READ][..],
        &[READ, DELIVERED_AND_SENT, SENT],
        &[
            READ,
            SENT,
            READ,
            DELIVERED_AND_SENT,
            SENT,
            DELIVERED_AND_SENT,
        ],
    ] {
        let desk = Desk::accepted().await;
        for file in files {
            desk.record_file(file).await;
        }
        let counts = desk.counts().await;
        assert_eq!(
            (counts.sent(), counts.delivered(), counts.read()),
            (1, 1, 1)
        );
        assert_eq!(counts.billable["utility"], 1);
        rows.push(desk.row().await);
    }

    let first = &rows[0];
    assert_eq!(first.rung, Rung::Read);
    assert_eq!(
        (
            first.at[&Rung::Sent],
            first.at[&Rung::Delivered],
            first.at[&Rung::Read]
        ),
        (at(2), at(3), at(5))
    );
    assert!(rows.iter().all(|row| row == first));
}

#[tokio::test]
async fn statuses_that_arrive_together_are_all_kept() {
    let desk = Desk::accepted().await;
    let files = [
        SENT,
        READ,
        DELIVERED_AND_SENT,
        READ,
        SENT,
        DELIVERED_AND_SENT,
    ];

    join_all(files.map(|file| desk.record_file(file))).await;

    assert_eq!(desk.row().await.rung, Rung::Read);
    assert_eq!(desk.row().await.at[&Rung::Sent], at(2));
    let counts = desk.counts().await;
    assert_eq!((counts.read(), counts.billable["utility"]), (1, 1));
}

#[tokio::test]
async fn a_status_before_our_own_outcome_is_kept() {
    let desk = Desk::intended().await;

    desk.record_file(DELIVERED_AND_SENT).await;
    assert_eq!(desk.row().await.rung, Rung::Delivered);
    desk.answered(Rung::Accepted).await;
    desk.answered(Rung::Unclear).await;

    let row = desk.row().await;
    assert_eq!(row.rung, Rung::Delivered);
    assert_eq!(row.wamid.unwrap().as_str(), WAMID);
    assert_eq!(desk.counts().await.delivered(), 1);
}

#[tokio::test]
async fn a_failed_status_is_recorded_with_its_reason() {
    let desk = Desk::accepted().await;

    desk.record_file(FAILED).await;
    desk.record_file(SENT).await;

    let row = desk.row().await;
    assert_eq!(row.rung, Rung::Failed);
    assert_eq!(row.reason.unwrap().code, 131_026);
    let counts = desk.counts().await;
    assert_eq!(
        (counts.failed(), counts.accepted(), counts.sent()),
        (1, 1, 0)
    );
}

#[tokio::test]
async fn a_status_without_our_id_finds_its_row_by_whatsapp_s() {
    let desk = Desk::accepted().await;

    let answer = desk.record(without_our_id("delivered", WAMID)).await;

    assert_eq!(back(&answer), [""; 0]);
    assert_eq!(desk.row().await.rung, Rung::Delivered);
    assert_eq!(desk.counts().await.delivered(), 1);
}

#[tokio::test]
async fn a_status_without_our_id_waits_until_whatsapp_s_is_written() {
    let desk = Desk::intended().await;

    let early = desk.record(without_our_id("sent", WAMID)).await;
    assert_eq!(back(&early), ["0"]);
    assert_eq!(desk.row().await.rung, Rung::Intended);

    desk.answered(Rung::Accepted).await;
    let again = desk.record(without_our_id("sent", WAMID)).await;
    assert_eq!(back(&again), [""; 0]);
    assert_eq!(desk.row().await.rung, Rung::Sent);
    assert_eq!(desk.dead(), [""; 0]);
}

#[tokio::test]
async fn an_unknown_state_is_acknowledged_and_changes_nothing() {
    let desk = Desk::accepted().await;
    let before = desk.row().await;

    desk.record_file(UNKNOWN_STATE).await;

    assert_eq!(desk.row().await, before);
    assert_eq!(desk.dead(), [""; 0]);
}

#[tokio::test]
async fn a_status_of_nobody_and_what_cannot_be_read_are_put_away() {
    let desk = Desk::empty().await;

    desk.record_file(SENT).await;
    desk.record_file(SETTLE).await;
    let nonsense = desk
        .record(batch("statuses", &[("", "what?".to_owned())]))
        .await;

    assert_eq!(back(&nonsense), [""; 0]);
    let dead = desk.dead();
    let nobody = format!("there is no delivery {}", to_anna());
    assert_eq!(dead[..2], [nobody.clone(), nobody]);
    assert!(dead[2].starts_with("not an update"));
    let notice = NOTICE.parse().unwrap();
    assert_eq!(
        desk.deliveries.counts(&notice).await.unwrap().rungs.len(),
        0
    );
}

#[tokio::test]
async fn what_cannot_be_put_away_comes_back_alone() {
    let desk = Desk::accepted().await;
    desk.services.refuse("statuses-dead", true);
    let sent = serde_json::from_str::<serde_json::Value>(SENT).unwrap();
    let sent = sent["Records"][0]["body"].as_str().unwrap().to_owned();

    let answer = desk
        .record(batch("statuses", &[("", "what?".to_owned()), ("", sent)]))
        .await;

    assert_eq!(back(&answer), ["0"]);
    assert_eq!(desk.row().await.rung, Rung::Sent);
}

#[tokio::test]
async fn a_reminder_calls_unknown_what_nothing_has_settled() {
    for unclear in [false, true] {
        let desk = Desk::intended().await;
        if unclear {
            desk.answered(Rung::Unclear).await;
        }

        desk.record_file(SETTLE).await;
        desk.record_file(SETTLE).await;

        assert_eq!(desk.row().await.rung, Rung::Unknown);
        assert_eq!(desk.counts().await.unclear(), 1);
    }
}

#[tokio::test]
async fn a_reminder_leaves_alone_what_a_status_has_settled() {
    for file in [SENT, FAILED, READ] {
        let desk = Desk::intended().await;
        desk.answered(Rung::Unclear).await;
        desk.record_file(file).await;
        let before = desk.row().await;

        desk.record_file(SETTLE).await;

        assert_eq!(desk.row().await, before);
        assert_eq!(desk.counts().await.unclear(), 0);
    }
}

#[tokio::test]
async fn a_status_after_the_term_still_settles_what_was_called_unknown() {
    let desk = Desk::intended().await;
    desk.record_file(SETTLE).await;

    desk.record_file(READ).await;

    assert_eq!(desk.row().await.rung, Rung::Read);
    let counts = desk.counts().await;
    assert_eq!((counts.read(), counts.unclear()), (1, 0));
}
