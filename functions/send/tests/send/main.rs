//! Sending once, against a DynamoDB of the test's own and the peer in the place of Meta. What went out is counted from the
//! peer's record, not from what the function says.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot be set up stops"
)]

mod office;
mod waiting;

use std::time::{Duration, Instant};

use cloud::clock;
use domain::delivery::{Delivery, Next, Report, Rung};
use domain::ids::SendId;
use domain::jobs::{Held, HeldJob};
use office::{
    ANNA, BRUNO, Office, anna_contact, bruno_contact, notice, notice_to, reasons, reply, reply_id,
};
use peer::{Fault, Trouble};
use serde_json::json;
use support::batches::{back, batch, sample};

#[tokio::test]
async fn a_reply_is_sent_once_though_its_message_comes_again_and_again() {
    let office = Office::open().await;
    let message = || ("anna", reply(1, 5));

    let batched = batch("replies.fifo", &[message(), message(), message()]);
    let first = office.sender.send_all(batched).await;
    let again = office
        .sender
        .send_all(batch("replies.fifo", &[message()]))
        .await;

    assert_eq!((back(&first), back(&again)), (vec![], vec![]));
    let send = SendId::Reply(reply_id(1));
    let gone = office.gone_out(&send).await;
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0].text, "Iscrizione confermata.");
    assert_eq!(gone[0].to.as_deref(), Some("+390000000001"));
    let row = office.row(&send).await.delivery;
    assert_eq!((row.rung, row.attempts), (Rung::Accepted, 1));
    assert_eq!(row.wamid.unwrap().as_str(), gone[0].wamid);
    assert_eq!(office.reminders(), []);
}

#[tokio::test]
async fn a_reply_is_sent_once_though_three_hands_have_it_at_the_same_time() {
    let office = Office::open().await;
    let slow = json!({"answer_delay_ms": 500});
    office.peer.control().configure(slow).await.unwrap();
    let hand = || {
        let event = batch("replies.fifo", &[("anna", reply(1, 5))]);
        office.sender.send_all(event)
    };
    // Two race for the intent; the third finds it written, with the call under way.
    let late = async {
        tokio::time::sleep(Duration::from_millis(250)).await;
        hand().await
    };

    let (one, two, three) = tokio::join!(hand(), hand(), late);

    assert_eq!(
        (back(&one), back(&two), back(&three)),
        (vec![], vec![], vec![])
    );
    let send = SendId::Reply(reply_id(1));
    assert_eq!(office.gone_out(&send).await.len(), 1);
    assert_eq!(office.calls().await, 1);
    assert_eq!(office.rung(&send).await, Rung::Accepted);
}

#[tokio::test]
async fn a_notice_is_sent_once_though_three_hands_have_its_batch_at_the_same_time() {
    let office = Office::open().await;
    let slow = json!({"answer_delay_ms": 300});
    office.peer.control().configure(slow).await.unwrap();
    let hand = || {
        office
            .sender
            .send_all(batch("notices", &[("", notice(&[ANNA, BRUNO]))]))
    };

    tokio::join!(hand(), hand(), hand());

    assert_eq!(office.gone_out(&notice_to(ANNA)).await.len(), 1);
    assert_eq!(office.gone_out(&notice_to(BRUNO)).await.len(), 1);
    assert_eq!(office.counts().await.on(&[Rung::Accepted]), 2);
}

#[tokio::test]
async fn a_notice_reaches_a_number_and_an_id_with_its_words_and_its_link() {
    let office = Office::open().await;

    let event = batch("notices", &[("", notice(&[ANNA, BRUNO]))]);
    let answer = office.sender.send_all(event).await;

    assert_eq!(back(&answer), [""; 0]);
    let anna = office.gone_out(&notice_to(ANNA)).await.remove(0);
    let bruno = office.gone_out(&notice_to(BRUNO)).await.remove(0);
    assert_eq!(anna.to.as_deref(), Some("+390000000001"));
    assert_eq!(
        (bruno.to, bruno.recipient.as_deref()),
        (None, Some("IT.9Pq31Zr"))
    );
    assert_eq!(
        anna.text,
        "Comune di Esempio – sabato 12 dicembre mercatino di Natale in piazza. Tutte le informazioni: \
         https://www.rubano.it/notizie/mercatino-di-natale – Per non ricevere più avvisi scrivi CANCELLAMI."
    );
    assert_eq!(office.counts().await.accepted(), 2);
}

#[tokio::test]
async fn who_has_left_in_the_middle_of_a_broadcast_is_passed_over() {
    let office = Office::open().await;
    let nobody = "p_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2E";
    office.leave(BRUNO, bruno_contact()).await;

    let event = batch("notices", &[("", notice(&[ANNA, BRUNO, nobody]))]);
    let answer = office.sender.send_all(event).await;

    assert_eq!(back(&answer), [""; 0]);
    assert_eq!(office.gone_out(&notice_to(BRUNO)).await, []);
    assert_eq!(office.gone_out(&notice_to(ANNA)).await.len(), 1);
    assert_eq!(office.calls().await, 1);
    assert_eq!(office.rung(&notice_to(BRUNO)).await, Rung::Skipped);
    assert_eq!(office.rung(&notice_to(nobody)).await, Rung::Skipped);
    let counts = office
        .deliveries
        .counts(&office::NOTICE.parse().unwrap())
        .await
        .unwrap();
    assert_eq!((counts.accepted(), counts.skipped()), (1, 2));
}

#[tokio::test]
async fn who_was_sent_the_notice_and_then_left_is_not_turned_into_skipped() {
    let office = Office::open().await;
    let batch = || batch("notices", &[("", notice(&[ANNA]))]);
    office.sender.send_all(batch()).await;
    office.leave(ANNA, anna_contact()).await;

    office.sender.send_all(batch()).await;

    assert_eq!(office.rung(&notice_to(ANNA)).await, Rung::Accepted);
    assert_eq!(office.counts().await.skipped(), 0);
}

#[tokio::test]
async fn an_intent_of_a_dead_process_is_not_called_again_and_somebody_is_reminded() {
    let office = Office::open().await;
    let send = notice_to(ANNA);
    let Next::Call(intent) = Delivery::attempt(None, true, clock::now()) else {
        panic!("the first attempt is a call");
    };
    let written = office.deliveries.write(&send, None, &intent, clock::now());
    written.await.unwrap();
    let batch = || batch("notices", &[("", notice(&[ANNA]))]);

    let first = office.sender.send_all(batch()).await;
    let again = office.sender.send_all(batch()).await;

    assert_eq!((back(&first), back(&again)), (vec![], vec![]));
    assert_eq!(office.calls().await, 0);
    assert_eq!(office.rung(&send).await, Rung::Unclear);
    assert_eq!(office.reminders(), [(send.to_string(), 900)]);
    assert_eq!(office.counts().await.unclear(), 1);
}

#[tokio::test]
async fn a_doubt_is_not_written_before_its_reminder_is_queued() {
    let office = Office::open().await;
    let send = notice_to(ANNA);
    let Next::Call(intent) = Delivery::attempt(None, true, clock::now()) else {
        panic!("the first attempt is a call");
    };
    let written = office.deliveries.write(&send, None, &intent, clock::now());
    written.await.unwrap();
    office.services.refuse("statuses", true);
    let batch = || batch("notices", &[("", notice(&[ANNA]))]);

    let refused = office.sender.send_all(batch()).await;
    assert_eq!(back(&refused), ["0"]);
    assert_eq!(office.rung(&send).await, Rung::Intended);

    let again = office.sender.send_all(batch()).await;
    assert_eq!(back(&again), [""; 0]);
    assert_eq!(office.rung(&send).await, Rung::Unclear);
    assert_eq!(office.reminders(), [(send.to_string(), 900)]);
    assert_eq!(office.calls().await, 0);
}

#[tokio::test]
async fn a_refusal_for_good_is_recorded_and_not_tried_again() {
    let office = Office::open().await;
    let http = None;
    let fault = Fault::next_to(
        "+390000000001",
        Trouble::Refuse {
            code: 131_026,
            http,
        },
    );
    office.peer.control().add_fault(&fault).await.unwrap();
    let batch = || batch("notices", &[("", notice(&[ANNA, BRUNO]))]);

    let first = office.sender.send_all(batch()).await;
    let again = office.sender.send_all(batch()).await;

    assert_eq!((back(&first), back(&again)), (vec![], vec![]));
    assert_eq!(office.gone_out(&notice_to(ANNA)).await, []);
    assert_eq!(office.calls().await, 2);
    let row = office.row(&notice_to(ANNA)).await.delivery;
    assert_eq!(row.rung, Rung::Refused);
    assert_eq!(row.reason.unwrap().code, 131_026);
    let counts = office.counts().await;
    assert_eq!((counts.accepted(), counts.failed()), (1, 1));
}

#[tokio::test]
async fn a_refusal_for_the_moment_is_tried_again_after_a_pause() {
    let office = Office::open().await;
    let http = None;
    let fault = Fault::next(Trouble::Refuse {
        code: 130_429,
        http,
    });
    office.peer.control().add_fault(&fault).await.unwrap();

    let event = batch("replies.fifo", &[("anna", reply(1, 5))]);
    let began = Instant::now();
    let answer = office.sender.send_all(event).await;

    assert_eq!(back(&answer), [""; 0]);
    assert!(began.elapsed() >= Duration::from_secs(1));
    let send = SendId::Reply(reply_id(1));
    assert_eq!(office.gone_out(&send).await.len(), 1);
    let row = office.row(&send).await.delivery;
    assert_eq!((row.rung, row.attempts), (Rung::Accepted, 2));
}

#[tokio::test]
async fn a_refusal_for_a_day_is_held_and_tried_again_then() {
    let office = Office::open().await;
    let http = None;
    let fault = Fault::next(Trouble::Refuse {
        code: 131_049,
        http,
    });
    office.peer.control().add_fault(&fault).await.unwrap();

    let answer = office
        .sender
        .send_all(batch("notices", &[("", notice(&[ANNA]))]))
        .await;
    assert_eq!(back(&answer), [""; 0], "waiting uses up no tries");
    assert_eq!(office.calls().await, 1);
    assert_eq!(office.rung(&notice_to(ANNA)).await, Rung::Waiting);
    assert_eq!(office.counts().await.on(&[Rung::Waiting]), 1);
    let (held, delay) = office.held().remove(0);
    assert_eq!(delay, 900);
    let day = held.not_before.unwrap().as_second() - clock::now().as_second();
    assert!((86_300..=86_410).contains(&day), "{day}");

    // Before its time it is only put back; after it, it is sent.
    let asked = serde_json::to_string(&held).unwrap();
    office.sender.send_all(batch("held", &[("", asked)])).await;
    assert_eq!(office.calls().await, 1);
    assert_eq!(office.held().len(), 2);
    let due = Held {
        not_before: None,
        ..held
    };
    let due = serde_json::to_string(&due).unwrap();
    office.sender.send_all(batch("held", &[("", due)])).await;
    assert_eq!(office.gone_out(&notice_to(ANNA)).await.len(), 1);
    assert_eq!(office.counts().await.on(&[Rung::Accepted]), 1);
}

#[tokio::test]
async fn who_leaves_while_their_notice_waits_is_passed_over() {
    let office = Office::open().await;
    let http = None;
    let fault = Fault::next(Trouble::Refuse {
        code: 131_049,
        http,
    });
    office.peer.control().add_fault(&fault).await.unwrap();
    let batch = || batch("notices", &[("", notice(&[ANNA]))]);
    office.sender.send_all(batch()).await;
    office.leave(ANNA, anna_contact()).await;

    office.sender.send_all(batch()).await;

    assert_eq!(office.gone_out(&notice_to(ANNA)).await, []);
    assert_eq!(office.rung(&notice_to(ANNA)).await, Rung::Skipped);
    assert_eq!(office.counts().await.skipped(), 1);
}

#[tokio::test]
async fn what_went_out_with_an_unclear_outcome_is_not_repeated_and_a_status_settles_it() {
    for trouble in [Trouble::CutAfter, Trouble::ErrorAfter] {
        let office = Office::open().await;
        // A reply before it, so that the call goes over a connection that is already open.
        let before = batch("replies.fifo", &[("anna", reply(1, 5))]);
        office.sender.send_all(before).await;
        office
            .peer
            .control()
            .add_fault(&Fault::next(trouble))
            .await
            .unwrap();
        let batch = || batch("notices", &[("", notice(&[ANNA]))]);
        let send = notice_to(ANNA);

        let first = office.sender.send_all(batch()).await;
        let again = office.sender.send_all(batch()).await;

        assert_eq!((back(&first), back(&again)), (vec![], vec![]));
        let gone = office.gone_out(&send).await;
        assert_eq!(gone.len(), 1, "{trouble:?}");
        assert_eq!(office.calls().await, 2);
        assert_eq!(office.rung(&send).await, Rung::Unclear);
        assert_eq!(office.counts().await.unclear(), 1);
        assert_eq!(office.reminders(), [(send.to_string(), 900)]);

        let status = Report {
            wamid: gone[0].wamid.parse().ok(),
            ..Report::of(Rung::Sent, clock::now())
        };
        let merged = office.deliveries.merge(&send, &status, clock::now());
        merged.await.unwrap();
        assert_eq!(office.rung(&send).await, Rung::Sent);
        let counts = office.counts().await;
        assert_eq!((counts.sent(), counts.unclear()), (1, 0));
    }
}

#[tokio::test]
async fn what_was_lost_with_an_unclear_outcome_is_not_repeated_either() {
    for trouble in [Trouble::CutBefore, Trouble::ErrorBefore] {
        let office = Office::open().await;
        let before = batch("replies.fifo", &[("anna", reply(1, 5))]);
        office.sender.send_all(before).await;
        office
            .peer
            .control()
            .add_fault(&Fault::next(trouble))
            .await
            .unwrap();

        for _ in 0..2 {
            let event = batch("notices", &[("", notice(&[ANNA]))]);
            assert_eq!(back(&office.sender.send_all(event).await), [""; 0]);
        }

        assert_eq!(office.gone_out(&notice_to(ANNA)).await, [], "{trouble:?}");
        assert_eq!(office.rung(&notice_to(ANNA)).await, Rung::Unclear);
        assert_eq!(office.reminders().len(), 1);
    }
}

#[tokio::test]
async fn without_the_reminder_an_unclear_outcome_stays_an_intent_and_is_doubted_later() {
    let office = Office::open().await;
    office
        .peer
        .control()
        .add_fault(&Fault::next(Trouble::CutAfter))
        .await
        .unwrap();
    office.services.refuse("statuses", true);
    let batch = || batch("notices", &[("", notice(&[ANNA]))]);
    let send = notice_to(ANNA);

    let first = office.sender.send_all(batch()).await;
    assert_eq!(back(&first), ["0"]);
    assert_eq!(office.rung(&send).await, Rung::Intended);

    let again = office.sender.send_all(batch()).await;
    assert_eq!(back(&again), [""; 0]);
    assert_eq!(office.gone_out(&send).await.len(), 1);
    assert_eq!(office.rung(&send).await, Rung::Unclear);
    assert_eq!(office.reminders(), [(send.to_string(), 900)]);
}

#[tokio::test]
async fn what_cannot_be_read_goes_to_the_dead_letters_of_its_own_queue() {
    let office = Office::open().await;

    for (queue, dead) in [
        ("replies.fifo", "replies-dead.fifo"),
        ("notices", "notices-dead"),
        ("urgent", "urgent-dead"),
        ("held", "held-dead"),
    ] {
        let event = batch(queue, &[("", "what?".to_owned())]);
        assert_eq!(back(&office.sender.send_all(event).await), [""; 0]);

        let dead = office.services.queued(dead);
        assert_eq!(
            (dead.len(), &dead[0]["body"]),
            (1, &json!("what?")),
            "{queue}"
        );
        assert!(reasons(&dead)[0].starts_with("not a message of this queue"));
    }
    assert_eq!(office.calls().await, 0);
}

#[tokio::test]
async fn before_the_secret_is_put_messages_wait_and_nobody_is_lost() {
    let office = Office::open().await;
    let early = office.sender_without_a_secret().await;
    let batch = || batch("notices", &[("", notice(&[ANNA]))]);

    let refused = early.send_all(batch()).await;
    assert_eq!(back(&refused), ["0"]);
    assert_eq!(office.calls().await, 0);

    office.sender.send_all(batch()).await;
    assert_eq!(office.gone_out(&notice_to(ANNA)).await.len(), 1);
    assert_eq!(office.rung(&notice_to(ANNA)).await, Rung::Accepted);
}

#[tokio::test]
async fn a_failing_citizen_does_not_keep_the_notice_from_the_others_of_the_batch() {
    let office = Office::open().await;
    let http = None;
    let fault = Fault::next_to(
        "IT.9Pq31Zr",
        Trouble::Refuse {
            code: 131_049,
            http,
        },
    );
    office.peer.control().add_fault(&fault).await.unwrap();
    let batch = || batch("notices", &[("", notice(&[BRUNO, ANNA]))]);

    assert_eq!(back(&office.sender.send_all(batch()).await), [""; 0]);

    assert_eq!(office.gone_out(&notice_to(ANNA)).await.len(), 1);
    assert_eq!(office.gone_out(&notice_to(BRUNO)).await, []);
    let HeldJob::Notice(rest) = office.held().remove(0).0.job else {
        panic!("an ordinary notice waits as one");
    };
    assert_eq!(rest.recipients, [BRUNO.parse().unwrap()]);
}

#[tokio::test]
async fn every_sample_event_is_understood() {
    let office = Office::open().await;

    for file in [
        include_str!("../../../../events/send/reply.json"),
        include_str!("../../../../events/send/notice-batch.json"),
    ] {
        assert_eq!(back(&office.sender.send_all(sample(file)).await), [""; 0]);
    }

    assert_eq!(office.calls().await, 3);
    assert_eq!(office.counts().await.accepted(), 2);
}
