//! Dispatching, against a DynamoDB of the test's own: everybody in one batch, whatever is interrupted, and nothing at the
//! wrong hour.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot be set up stops"
)]

mod limits;
mod office;

use domain::Instant;
use domain::notice::{Move, StateName};
use domain::register::DispatchProgress;
use domain::staff::Role;
use office::{NOTICE, Office, at_another_hour, id, in_seconds, ringing};
use serde_json::json;
use support::batches::{back, batch, sample};

#[tokio::test]
async fn everybody_subscribed_is_in_exactly_one_batch_of_ten() {
    let office = Office::with(250).await;
    let hour = in_seconds(-60);
    office.scheduled("evento", hour).await;

    let answer = office.ring(hour).await;

    assert_eq!(back(&answer), [""; 0]);
    assert_eq!(office.sizes("notices"), [10; 25]);
    let told = office.told();
    assert_eq!(
        told.keys().cloned().collect::<Vec<_>>(),
        office.audience().await
    );
    assert_eq!(told.len(), 250);
    assert!(told.values().all(|times| *times == 1));
    assert_eq!(office.state().await, StateName::Sent);
    let (progress, _) = office.notices.progress(&id()).await.unwrap();
    assert_eq!((progress.recipients, progress.complete), (250, true));
    let batch = &office.services.queued("notices")[0]["body"];
    assert_eq!(
        (&batch["notice"], &batch["template"], &batch["text"]),
        (
            &json!(NOTICE),
            &json!("avviso"),
            &json!("sabato 12 dicembre mercatino di Natale in piazza.")
        )
    );
}

#[tokio::test]
async fn an_audience_that_ends_on_a_page_s_edge_and_an_empty_one_are_read_to_their_end() {
    for (subscribers, batches) in [(100, 10), (101, 11), (0, 0)] {
        let office = Office::with(subscribers).await;
        let hour = in_seconds(-60);
        office.scheduled("evento", hour).await;

        let answer = office.ring(hour).await;

        assert_eq!(back(&answer), [""; 0]);
        assert_eq!(office.sizes("notices").len(), batches);
        assert_eq!(office.told().len(), subscribers);
        assert_eq!(office.state().await, StateName::Sent);
    }
}

#[tokio::test]
async fn a_page_that_was_not_queued_is_queued_when_the_dispatch_goes_on() {
    for whole in [true, false] {
        let office = Office::with(250).await;
        let hour = in_seconds(-60);
        office.scheduled("evento", hour).await;
        office.services.refuse("notices", whole);

        let failed = office.ring(hour).await;
        assert_eq!(back(&failed), ["0"]);
        assert_eq!(office.state().await, StateName::Sending);
        assert!(office.told().len() < 100);
        let again = office.ring(hour).await;

        assert_eq!(back(&again), [""; 0]);
        let told = office.told();
        assert_eq!(
            told.keys().cloned().collect::<Vec<_>>(),
            office.audience().await
        );
        let twice = told.values().filter(|times| **times == 2).count();
        assert_eq!(
            twice,
            if whole { 0 } else { 90 },
            "only what was queued of the page"
        );
        assert_eq!(office.state().await, StateName::Sent);
        let (progress, _) = office.notices.progress(&id()).await.unwrap();
        assert_eq!(progress.recipients, 250);
    }
}

#[tokio::test]
async fn a_process_that_died_between_writing_a_page_and_queueing_it_leaves_nobody_out() {
    let office = Office::with(250).await;
    let hour = in_seconds(-60);
    let scheduled = office.scheduled("evento", hour).await;
    let started = scheduled.advance(Move::Start, &support::rubano(), in_seconds(0));
    office.save(started.unwrap()).await;
    let first = office.people.audience(None, 100).await.unwrap();
    let second = office
        .people
        .audience(first.cursor.as_deref(), 100)
        .await
        .unwrap();
    let (_, version) = office.notices.progress(&id()).await.unwrap();
    let written = DispatchProgress {
        recipients: 200,
        page: second.people,
        cursor: second.cursor,
        complete: false,
    };
    office
        .notices
        .save_progress(&id(), &written, version)
        .await
        .unwrap();

    let answer = office.ring(hour).await;

    assert_eq!(back(&answer), [""; 0]);
    let rest = &office.audience().await[100..];
    assert_eq!(office.told().into_keys().collect::<Vec<_>>(), rest);
    assert_eq!(office.sizes("notices"), [10; 15]);
    assert_eq!(office.state().await, StateName::Sent);
}

#[tokio::test]
async fn a_dispatch_short_of_time_is_left_to_the_next_call() {
    let office = Office::with(150).await;
    let hour = in_seconds(-60);
    office.scheduled("evento", hour).await;

    let short = office.dispatch(ringing(hour), 10).await;

    assert_eq!(back(&short), [""; 0]);
    assert_eq!(office.sizes("notices"), [0; 0]);
    assert_eq!(office.state().await, StateName::Sending);
    let again = office.services.queued("dispatches");
    assert_eq!(
        again,
        [json!({"body": {"notice": NOTICE, "send_at": hour}})]
    );

    office.ring(hour).await;
    assert_eq!(office.told().len(), 150);
    assert_eq!(office.state().await, StateName::Sent);
}

#[tokio::test]
async fn two_schedules_that_ring_at_once_leave_nobody_out() {
    let office = Office::with(120).await;
    let hour = in_seconds(-60);
    office.scheduled("evento", hour).await;

    let (one, other) = tokio::join!(office.ring(hour), office.ring(hour));
    let failed = back(&one).len() + back(&other).len();
    assert!(failed <= 1, "one of them goes through");
    let again = office.ring(hour).await;

    assert_eq!(back(&again), [""; 0]);
    assert_eq!(
        office.told().into_keys().collect::<Vec<_>>(),
        office.audience().await
    );
    assert_eq!(office.state().await, StateName::Sent);
}

#[tokio::test]
async fn a_notice_that_was_sent_is_not_dispatched_again() {
    let office = Office::with(20).await;
    let hour = in_seconds(-60);
    office.scheduled("evento", hour).await;
    office.ring(hour).await;

    let again = office.ring(hour).await;

    assert_eq!(back(&again), [""; 0]);
    assert_eq!(office.sizes("notices"), [10, 10]);
}

#[tokio::test]
async fn an_emergency_goes_by_the_urgent_queue() {
    let office = Office::with(20).await;
    let hour = in_seconds(-60);
    office.scheduled("emergenza", hour).await;

    office.ring(hour).await;

    assert_eq!(office.sizes("urgent"), [10, 10]);
    assert_eq!(office.sizes("notices"), [0; 0]);
}

#[tokio::test]
async fn a_cancelled_notice_is_not_dispatched() {
    let office = Office::with(20).await;
    let hour = in_seconds(-60);
    let scheduled = office.scheduled("evento", hour).await;
    let cancel = Move::Cancel("Rinviato.".to_owned());
    office.make(scheduled, cancel, Role::Requester).await;

    let answer = office.ring(hour).await;

    assert_eq!(back(&answer), [""; 0]);
    assert_eq!(office.sizes("notices"), [0; 0]);
    assert_eq!(office.state().await, StateName::Cancelled);
}

#[tokio::test]
async fn a_notice_whose_hour_was_moved_goes_out_at_the_new_one_alone() {
    let office = Office::with(20).await;
    let (old, new) = (in_seconds(-90), in_seconds(-60));
    let scheduled = office.scheduled("evento", old).await;
    let moved = Move::Reword(Box::new(at_another_hour(new)));
    let reworded = office.make(scheduled, moved, Role::Operator).await;
    let digest = reworded.digest(&support::rubano());
    let approve = Move::Approve(digest);

    office.ring(old).await;
    assert_eq!(office.state().await, StateName::Forwarded);
    let approved = office.make(reworded, approve, Role::OperatingGroup).await;
    office.ring(old).await;
    assert_eq!(office.state().await, StateName::Approved);
    office.make(approved, Move::Schedule, Role::Operator).await;
    office.ring(old).await;
    assert_eq!(office.state().await, StateName::Scheduled);
    assert_eq!(office.sizes("notices"), [0; 0]);
    assert_eq!(office.services.queued("dispatches"), [json!(null); 0]);

    office.ring(new).await;
    assert_eq!(office.sizes("notices"), [10, 10]);
    assert_eq!(office.state().await, StateName::Sent);
}

#[tokio::test]
async fn a_schedule_that_rings_ahead_of_its_hour_comes_back() {
    let office = Office::with(20).await;
    let hour = in_seconds(3600);
    office.scheduled("evento", hour).await;

    let early = office.ring(hour).await;

    assert_eq!(back(&early), ["0"]);
    assert_eq!(office.sizes("notices"), [0; 0]);
    assert_eq!(office.state().await, StateName::Scheduled);
}

#[tokio::test]
async fn a_schedule_that_rings_before_it_is_written_down_is_looked_for_a_while() {
    let office = Office::with(20).await;
    let hour = in_seconds(-60);
    office.approved("evento", hour).await;

    assert_eq!(back(&office.ring(hour).await), [""; 0]);
    let again = office.services.queued("dispatches");
    assert_eq!(
        again,
        [json!({"body": {"notice": NOTICE, "send_at": hour}, "delay": 5})]
    );

    let forgotten = Office::with(20).await;
    let hour = in_seconds(-150);
    forgotten.approved("evento", hour).await;
    assert_eq!(back(&forgotten.ring(hour).await), [""; 0]);
    assert_eq!(forgotten.services.queued("dispatches").len(), 0);
    assert_eq!(forgotten.sizes("notices"), [0; 0]);
}

#[tokio::test]
async fn words_that_a_deploy_has_changed_do_not_go_out() {
    let office = Office::with(20).await;
    let hour = in_seconds(-60);
    office.scheduled("evento", hour).await;
    let office = office.after_a_deploy();

    let answer = office.ring(hour).await;

    assert_eq!(back(&answer), [""; 0]);
    assert_eq!(office.sizes("notices"), [0; 0]);
    assert_eq!(office.services.queued("dispatches-dead").len(), 0);
    assert_eq!(office.state().await, StateName::Held);
}

#[tokio::test]
async fn what_is_no_dispatch_or_of_no_notice_is_put_away_with_its_reason() {
    let office = Office::with(0).await;
    let nonsense = batch("dispatches", &[("", "what?".to_owned())]);

    assert_eq!(back(&office.dispatch(nonsense, 300).await), [""; 0]);
    assert_eq!(back(&office.ring(in_seconds(-60)).await), [""; 0]);

    let dead = office.services.queued("dispatches-dead");
    let reasons: Vec<_> = dead
        .iter()
        .map(|dead| dead["reason"].as_str().unwrap())
        .collect();
    assert!(reasons[0].starts_with("not a dispatch"));
    assert_eq!(reasons[1], format!("there is no notice {NOTICE}"));
}

#[tokio::test]
async fn the_sample_event_is_understood() {
    let office = Office::with(10).await;
    let hour = Instant::from_second(1_795_000_000).unwrap();
    office.scheduled("evento", hour).await;

    let file = include_str!("../../../../events/dispatch/its-hour.json");
    let answer = office.dispatch(sample(file), 300).await;

    assert_eq!(back(&answer), [""; 0]);
    assert_eq!(office.sizes("notices"), [10]);
}
