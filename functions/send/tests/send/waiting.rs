//! What may not leave now: the window, the account, the template, the person who got too much.

use domain::delivery::Rung;
use domain::ids::SendId;
use domain::jobs::{Held, HeldJob, PersonJob};
use domain::pace::Lane;
use domain::platform::{StopCause, TemplateKey};
use peer::{Fault, Trouble};
use serde_json::json;

use crate::office::{ANNA, BRUNO, NOTICE, Office, notice, notice_to, reply, reply_id};
use support::batches::{back, batch};

const DAY: i64 = 24 * 3600;

fn avviso() -> TemplateKey {
    TemplateKey {
        name: "avviso".to_owned(),
        language: "it".to_owned(),
    }
}

/// What is held, as a message of the queue `held` whose time has come.
fn due(held: &Held) -> (&'static str, String) {
    let due = Held {
        not_before: None,
        ..held.clone()
    };
    ("", serde_json::to_string(&due).unwrap())
}

#[tokio::test]
async fn a_reply_that_missed_its_window_waits_until_the_person_writes_and_is_not_lost_in_a_log() {
    let office = Office::open().await;
    office.anna_last_wrote(DAY + 60).await;

    let late = batch("replies.fifo", &[("anna", reply(1, DAY + 60))]);
    let answer = office.sender.send_all(late).await;

    assert_eq!(back(&answer), [""; 0]);
    assert_eq!(office.calls().await, 0);
    let told = office.services.queued("inbound.fifo");
    assert_eq!(told.len(), 1);
    let job: PersonJob = serde_json::from_value(told[0]["body"].clone()).unwrap();
    let PersonJob::Unsaid(unsaid) = job else {
        panic!("{job:?}");
    };
    assert_eq!(unsaid.reply.id, reply_id(1));
}

#[tokio::test]
async fn a_reply_that_missed_its_window_becomes_its_template_twin_where_the_comune_has_one() {
    let office = Office::open().await;
    office.anna_last_wrote(DAY + 60).await;
    let sender = office.sender_with_a_reply_template();

    let late = batch("replies.fifo", &[("anna", reply(1, DAY + 60))]);
    assert_eq!(back(&sender.send_all(late).await), [""; 0]);

    let gone = office.gone_out(&SendId::Reply(reply_id(1))).await;
    assert_eq!(gone[0].template.as_deref(), Some("risposta"));
    assert_eq!(
        gone[0].text,
        "Il Comune di Esempio risponde: Iscrizione confermata. Grazie."
    );
}

#[tokio::test]
async fn who_wrote_again_meanwhile_is_answered_in_free_text() {
    let office = Office::open().await;

    let late = batch("replies.fifo", &[("anna", reply(1, DAY + 60))]);
    office.sender.send_all(late).await;

    let gone = office.gone_out(&SendId::Reply(reply_id(1))).await;
    assert_eq!((gone.len(), gone[0].template.as_deref()), (1, None));
}

#[tokio::test]
async fn a_window_that_meta_finds_closed_is_no_error_either() {
    let office = Office::open().await;
    let fault = Fault::next(Trouble::Refuse {
        code: 131_047,
        http: None,
    });
    office.peer.control().add_fault(&fault).await.unwrap();

    let event = batch("replies.fifo", &[("anna", reply(1, 5))]);
    assert_eq!(back(&office.sender.send_all(event).await), [""; 0]);

    assert_eq!(office.services.queued("inbound.fifo").len(), 1);
    assert_eq!(office.services.queued("replies-dead.fifo").len(), 0);
}

#[tokio::test]
async fn a_dead_token_stops_everything_until_a_try_is_taken() {
    let office = Office::open().await;
    let fault = Fault::next(Trouble::Refuse {
        code: 190,
        http: Some(401),
    });
    office.peer.control().add_fault(&fault).await.unwrap();

    let first = batch("notices", &[("", notice(&[ANNA]))]);
    assert_eq!(back(&office.sender.send_all(first).await), [""; 0]);
    let platform = office.platform().await;
    let (cause, stop) = platform.stops().next().unwrap();
    assert_eq!(cause, StopCause::Token);
    assert!(stop.said.starts_with("190"), "{}", stop.said);
    assert_eq!(office.rung(&notice_to(ANNA)).await, Rung::Waiting);

    // Everything else waits without a call, replies too.
    office
        .sender
        .send_all(batch("replies.fifo", &[("anna", reply(1, 5))]))
        .await;
    office
        .sender
        .send_all(batch("urgent", &[("", notice(&[BRUNO]))]))
        .await;
    assert_eq!(office.calls().await, 1);
    let held = office.held();
    assert_eq!(held.len(), 3);
    assert!(matches!(held[1].0.job, HeldJob::Reply(_)));
    assert!(matches!(held[2].0.job, HeldJob::Urgent(_)));

    // The hour of a try: one message goes, is taken, and all goes on.
    office
        .change_platform(|platform| {
            let ago = domain::Instant::UNIX_EPOCH;
            platform.lift(StopCause::Token, cloud::clock::now());
            platform.stop(StopCause::Token, "190", Some(ago), cloud::clock::now());
        })
        .await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    office
        .sender
        .send_all(batch("held", &[due(&held[0].0)]))
        .await;
    assert_eq!(office.gone_out(&notice_to(ANNA)).await.len(), 1);
    assert_eq!(office.platform().await.stops().count(), 0);
    for (held, _) in &held[1..] {
        office.sender.send_all(batch("held", &[due(held)])).await;
    }
    assert_eq!(office.gone_out(&notice_to(BRUNO)).await.len(), 1);
    assert_eq!(office.gone_out(&SendId::Reply(reply_id(1))).await.len(), 1);
}

#[tokio::test]
async fn a_template_that_meta_finds_paused_makes_its_notice_wait_and_nothing_else() {
    let office = Office::open().await;
    let fault = Fault::next(Trouble::Refuse {
        code: 132_015,
        http: None,
    });
    office.peer.control().add_fault(&fault).await.unwrap();

    office
        .sender
        .send_all(batch("notices", &[("", notice(&[ANNA, BRUNO]))]))
        .await;
    office
        .sender
        .send_all(batch("replies.fifo", &[("anna", reply(1, 5))]))
        .await;

    assert_eq!(office.gone_out(&SendId::Reply(reply_id(1))).await.len(), 1);
    let platform = office.platform().await;
    let status = platform.templates["avviso/it"].status.as_ref().unwrap();
    assert_eq!(status.what, "PAUSED");
    assert_eq!(platform.stops().count(), 0);
    let waiting: usize = office
        .held()
        .iter()
        .map(|(held, _)| match &held.job {
            HeldJob::Notice(batch) => batch.recipients.len(),
            other => panic!("{other:?}"),
        })
        .sum();
    let gone = office.gone_out(&notice_to(ANNA)).await.len()
        + office.gone_out(&notice_to(BRUNO)).await.len();
    assert_eq!(waiting + gone, 2, "whoever was not refused in time got it");
}

#[tokio::test]
async fn a_paused_template_and_a_stopped_notice_wait_without_a_call() {
    let office = Office::open().await;
    office
        .change_platform(|platform| platform.pause_template(&avviso(), cloud::clock::now()))
        .await;
    office
        .sender
        .send_all(batch("notices", &[("", notice(&[ANNA]))]))
        .await;
    assert_eq!((office.calls().await, office.held().len()), (0, 1));

    let stopped = Office::open().await;
    stopped
        .change_platform(|platform| {
            platform.stopped_notices.insert(NOTICE.parse().unwrap());
        })
        .await;
    stopped
        .sender
        .send_all(batch("urgent", &[("", notice(&[ANNA]))]))
        .await;
    assert_eq!((stopped.calls().await, stopped.held().len()), (0, 1));
}

#[tokio::test]
async fn one_person_does_not_get_more_than_the_burst_and_the_rest_waits_for_its_time() {
    let office = Office::open().await;

    for first in 0..5 {
        let ten: Vec<_> = (0..10)
            .map(|n| ("anna", reply(first * 10 + n, 5)))
            .collect();
        office.sender.send_all(batch("replies.fifo", &ten)).await;
    }

    assert_eq!(office.calls().await, 45);
    let held = office.held();
    assert_eq!(held.len(), 5);
    assert!(
        held.iter().all(|(_, delay)| (5..=8).contains(delay)),
        "{held:?}"
    );
}

#[tokio::test]
async fn who_stopped_marketing_at_meta_is_told_of_to_the_conversation() {
    let office = Office::open().await;
    let fault = Fault::next(Trouble::Refuse {
        code: 131_050,
        http: None,
    });
    office.peer.control().add_fault(&fault).await.unwrap();

    office
        .sender
        .send_all(batch("notices", &[("", notice(&[ANNA]))]))
        .await;

    assert_eq!(office.rung(&notice_to(ANNA)).await, Rung::Refused);
    let told = office.services.queued("inbound.fifo");
    assert_eq!(told[0]["body"]["stop_marketing"]["person"], json!(ANNA));
}

#[tokio::test]
async fn who_turned_out_to_be_somebody_else_gets_the_notice_once_and_under_one_name() {
    let office = Office::open().await;
    office.bruno_turns_out_to_be_anna().await;

    let both = batch("notices", &[("", notice(&[BRUNO, ANNA]))]);
    assert_eq!(back(&office.sender.send_all(both).await), [""; 0]);

    assert_eq!(office.gone_out(&notice_to(ANNA)).await.len(), 1);
    assert_eq!(office.gone_out(&notice_to(BRUNO)).await, []);
    assert_eq!(office.rung(&notice_to(BRUNO)).await, Rung::Skipped);
}

#[tokio::test]
async fn a_write_that_succeeded_without_saying_so_does_not_lose_the_message() {
    let office = Office::open().await;
    office.services.answer_next_transaction_with_an_error();

    let event = batch("replies.fifo", &[("anna", reply(1, 5))]);
    let answer = office.sender.send_all(event).await;

    assert_eq!(back(&answer), [""; 0]);
    assert_eq!(office.gone_out(&SendId::Reply(reply_id(1))).await.len(), 1);
    assert_eq!(
        office.rung(&SendId::Reply(reply_id(1))).await,
        Rung::Accepted
    );
}

#[tokio::test]
async fn on_a_day_without_notices_an_ordinary_one_waits_and_what_is_urgent_or_an_answer_leaves() {
    let office = Office::open().await;
    let resting = office.sender_at_rest();

    let ordinary = batch("notices", &[("", notice(&[ANNA]))]);
    assert_eq!(back(&resting.send_all(ordinary).await), [""; 0]);
    assert_eq!(office.calls().await, 0);
    let (held, again) = office.held().remove(0);
    assert!(held.not_before.is_some() && again >= 899, "{held:?}");
    let rest = |one: &Held, other: &Held| other.since.duration_since(one.since).as_secs();
    resting.send_all(batch("held", &[due(&held)])).await;
    let (longer, _) = office.held().remove(1);
    assert_eq!(
        rest(&held, &longer),
        900,
        "the rest does not count as waiting"
    );

    let urgent = batch("urgent", &[("", notice(&[BRUNO]))]);
    resting.send_all(urgent).await;
    let answer = batch("replies.fifo", &[("anna", reply(1, 0))]);
    resting.send_all(answer).await;
    assert_eq!(office.calls().await, 2);

    let old = Held {
        since: domain::Instant::from_second(held.since.as_second() - 71 * 3_600).unwrap(),
        ..held.clone()
    };
    resting.send_all(batch("held", &[due(&old)])).await;
    let (old_too, _) = office.held().remove(2);
    assert_eq!(
        rest(&old, &old_too),
        900,
        "and what waited before still counts"
    );

    let asked = batch("held", &[due(&held)]);
    assert_eq!(back(&office.sender.send_all(asked).await), [""; 0]);
    assert_eq!(office.gone_out(&notice_to(ANNA)).await.len(), 1);
}

#[tokio::test]
async fn three_lanes_share_the_slots_and_replies_do_not_stand_behind_notices() {
    let office = Office::open().await;
    let pace = office.slow_pace(10);
    let began = std::time::Instant::now();
    let all_at_once = |lane, n| {
        let pace = &pace;
        futures::future::join_all((0..n).map(move |_| async move {
            let slot = pace
                .book(lane, 1, std::time::Duration::ZERO)
                .await
                .unwrap()
                .next()
                .unwrap();
            slot.arrives().await;
            began.elapsed()
        }))
    };

    let (ordinary, replies) = tokio::join!(
        all_at_once(Lane::Ordinary, 16),
        all_at_once(Lane::Replies, 8)
    );

    let mut all: Vec<_> = [&ordinary[..], &replies[..]].concat();
    all.sort_unstable();
    for window in all.windows(11) {
        let took = window[10].saturating_sub(window[0]);
        assert!(took >= std::time::Duration::from_millis(985), "{took:?}");
    }
    let late = |times: &[std::time::Duration]| {
        times.iter().sum::<std::time::Duration>() / u32::try_from(times.len()).unwrap()
    };
    assert!(late(&replies) * 3 < late(&ordinary) * 2, "replies first");
}
