//! What keeps a dispatch from going on at once: the staff, and the people whom Meta lets us write to first in 24 hours.

use cloud::clock;
use domain::notice::{Move, StateName};
use serde_json::json;

use crate::office::{NOTICE, Office, id, in_seconds};
use support::batches::back;

#[tokio::test]
async fn a_stopped_notice_waits_and_goes_on_from_where_it_was() {
    let office = Office::with(150).await;
    let hour = in_seconds(-60);
    office.scheduled("evento", hour).await;
    office.services.refuse("notices", false);
    office.ring(hour).await;
    let told = office.told().len();
    office.tell(Move::Stop("Un errore.".to_owned())).await;

    let waiting = office.ring(hour).await;

    assert_eq!(back(&waiting), [""; 0]);
    assert_eq!(
        (office.told().len(), office.state().await),
        (told, StateName::Stopped)
    );
    let again = office.services.queued("dispatches");
    assert_eq!(
        again,
        [json!({"body": {"notice": NOTICE, "send_at": hour}, "delay": 900})]
    );
    let platform = office.platform.now().await.unwrap();
    assert!(platform.stopped_notices.contains(&id()));

    office.tell(Move::Resume).await;
    office.ring(hour).await;
    assert_eq!(
        office.told().into_keys().collect::<Vec<_>>(),
        office.audience().await
    );
    assert_eq!(office.state().await, StateName::Sent);
    assert!(
        office
            .platform
            .now()
            .await
            .unwrap()
            .stopped_notices
            .is_empty()
    );
}

#[tokio::test]
async fn a_batch_is_about_a_second_of_the_number_s_pace() {
    let office = Office::with(250).await.limited_to(10_000, 100);
    let hour = in_seconds(-60);
    office.scheduled("evento", hour).await;

    office.ring(hour).await;

    assert_eq!(office.sizes("notices"), [100, 100, 50]);
}

#[tokio::test]
async fn no_more_people_are_admitted_than_meta_lets_us_write_to_in_a_day() {
    let office = Office::with(250).await.limited_to(130, 10);
    let hour = in_seconds(-60);
    office.scheduled("evento", hour).await;

    let full = office.ring(hour).await;

    assert_eq!(back(&full), [""; 0]);
    assert_eq!(
        office.told().into_keys().collect::<Vec<_>>(),
        office.audience().await[..130]
    );
    assert_eq!(office.state().await, StateName::Sending);
    let again = office.services.queued("dispatches");
    assert_eq!(again[0]["delay"], 900, "a day is longer than SQS can wait");
    let (progress, _) = office.notices.progress(&id()).await.unwrap();
    assert_eq!((progress.recipients, progress.complete), (130, false));
    let reached = office.reach.reached().await.unwrap().reached;
    assert_eq!(reached.counting(clock::now()), 130);

    office.ring(hour).await;
    assert_eq!(office.told().len(), 130, "there is still no room");
    // Meta raises the limit.
    let office = office.limited_to(2_000, 10);
    office.ring(hour).await;
    assert_eq!(office.told().len(), 250);
    assert_eq!(office.state().await, StateName::Sent);
}

#[tokio::test]
async fn room_that_comes_free_on_a_day_without_notices_is_left_until_the_next() {
    for (kind, lane, by_rest) in [("evento", "notices", 130), ("emergenza", "urgent", 250)] {
        let office = Office::with(250).await.limited_to(130, 10);
        let hour = in_seconds(-60);
        office.scheduled(kind, hour).await;
        office.ring(hour).await;
        let queued = |office: &Office| office.sizes(lane).iter().sum::<usize>();
        assert_eq!(queued(&office), 130);

        let office = office.resting();
        assert_eq!(back(&office.ring(hour).await), [""; 0]);
        assert_eq!(queued(&office), by_rest, "an emergency goes on");
        let office = office.limited_to(2_000, 10);
        office.ring(hour).await;
        assert_eq!(queued(&office), 250);
        assert_eq!(office.state().await, StateName::Sent);
    }
}

#[tokio::test]
async fn who_was_reached_today_does_not_count_again() {
    let office = Office::with(120).await.limited_to(20, 10);
    office.reached(100, 3_600).await;
    let hour = in_seconds(-60);
    office.scheduled("evento", hour).await;

    office.ring(hour).await;

    assert_eq!(office.told().len(), 120);
    assert_eq!(office.state().await, StateName::Sent);
    let reached = office.reach.reached().await.unwrap().reached;
    assert_eq!(reached.counting(clock::now()), 20);
}

#[tokio::test]
async fn who_was_reached_the_day_before_yesterday_counts_anew() {
    let office = Office::with(30).await.limited_to(20, 10);
    office.reached(30, 2 * 86_400).await;
    let hour = in_seconds(-60);
    office.scheduled("evento", hour).await;

    office.ring(hour).await;

    assert_eq!(office.told().len(), 20);
}

#[tokio::test]
async fn what_was_admitted_before_a_crash_is_not_counted_twice() {
    let office = Office::with(60).await.limited_to(100, 10);
    let hour = in_seconds(-60);
    office.scheduled("evento", hour).await;
    office.services.refuse("notices", true);

    assert_eq!(back(&office.ring(hour).await), ["0"]);
    office.ring(hour).await;

    assert_eq!(office.told().len(), 60);
    let reached = office.reach.reached().await.unwrap().reached;
    assert_eq!(reached.counting(clock::now()), 60);
}

#[tokio::test]
async fn an_emergency_obeys_the_limit_and_keeps_the_room_for_itself() {
    let office = Office::with(30).await.limited_to(20, 10);
    let hour = in_seconds(-60);
    office.scheduled("emergenza", hour).await;

    office.ring(hour).await;

    let urgent: usize = office.sizes("urgent").iter().sum();
    assert_eq!(urgent, 20);
    let reached = office.reach.reached().await.unwrap().reached;
    assert!(reached.is_kept(clock::now()));
}
