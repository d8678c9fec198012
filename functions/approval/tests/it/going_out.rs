//! A notice that goes out is stopped and resumed, and one that would come too late is not let further.

use aws_sdk_dynamodb::types::AttributeValue;
use cloud::platform::PlatformState;
use domain::ids::NoticeId;
use domain::notice::{Move, StateName};
use domain::platform::StopCause;
use serde_json::{Value, json};
use support::{Tables, rubano};

use crate::{Desk, NOTICE, input};

fn id() -> NoticeId {
    NOTICE.parse().unwrap()
}

impl Desk {
    /// The request goes out, to its end or not; it is at version 6 or 7.
    async fn going_out(&self, to_its_end: bool) {
        self.approved().await;
        self.make("schedule", "sportello.uno", "operator", 4, &json!({}))
            .await;
        let steps = [Some(Move::Start), to_its_end.then_some(Move::Finish)];
        for step in steps.into_iter().flatten() {
            let request = self.notices.get(&id()).await.unwrap().unwrap();
            let applied = request.advance(step, &rubano(), cloud::clock::now());
            self.notices.save(&applied.unwrap()).await.unwrap();
        }
    }

    async fn stopped(&self) -> bool {
        let platform = PlatformState::new(&self.aws, Tables::PLATFORM);
        let platform = platform.now().await.unwrap();
        platform.stopped_notices.contains(&id())
    }

    /// So many people are subscribed.
    async fn subscribers(&self, people: usize) {
        let dynamo = aws_sdk_dynamodb::Client::new(&self.aws);
        for n in 0..people {
            dynamo
                .put_item()
                .table_name(Tables::PEOPLE)
                .item("pk", AttributeValue::S(format!("p_{n}")))
                .item("sk", AttributeValue::S("person".to_owned()))
                .item("audience", AttributeValue::S("notices".to_owned()))
                .send()
                .await
                .unwrap();
        }
    }
}

#[tokio::test]
async fn a_notice_that_goes_out_is_stopped_with_a_reason_and_sending_knows_at_once() {
    let desk = Desk::open().await;
    desk.going_out(false).await;

    let mute = desk
        .make("stop", "sportello.uno", "operator", 6, &json!({}))
        .await;
    assert_eq!(mute.problem(), (422, "/problems/invalid"));
    assert!(!desk.stopped().await);
    let reason = json!({"reason": "Il ponte è già riaperto."});
    let stopped = desk
        .make("stop", "sportello.uno", "operator", 6, &reason)
        .await;

    assert_eq!(stopped.body["state"]["name"], "stopped");
    assert_eq!(stopped.body["state"]["label"], "invio fermato");
    assert_eq!(stopped.body["state"]["stopped"]["by"], "sportello.uno");
    assert_eq!(stopped.body["state"]["reason"], "Il ponte è già riaperto.");
    assert!(stopped.body["state"]["approval"].is_object());
    assert!(desk.stopped().await);
    assert_eq!(desk.dispatches.calls(), []);
}

#[tokio::test]
async fn a_dispatch_that_was_stopped_before_its_end_goes_on_at_once() {
    let desk = Desk::open().await;
    desk.going_out(false).await;
    let reason = json!({"reason": "Un errore."});
    desk.make("stop", "sportello.uno", "operator", 6, &reason)
        .await;

    let desk_alone = desk
        .make("resume", "sportello.uno", "operator", 7, &json!({}))
        .await;
    assert_eq!(desk_alone.problem(), (403, "/problems/forbidden"));
    let resumed = desk
        .make("resume", "capo.settore", "sector_head", 7, &json!({}))
        .await;

    assert_eq!(resumed.body["state"]["name"], "sending");
    assert!(!desk.stopped().await);
    let calls = desk.dispatches.calls();
    assert_eq!(calls.len(), 1);
    let job: Value = serde_json::from_str(calls[0].body["MessageBody"].as_str().unwrap()).unwrap();
    assert_eq!(
        job,
        json!({"notice": NOTICE, "send_at": "2099-12-10T08:30:00Z"})
    );
}

#[tokio::test]
async fn a_notice_that_was_queued_to_its_end_is_stopped_and_resumed_without_a_dispatch() {
    let desk = Desk::open().await;
    desk.going_out(true).await;
    let reason = json!({"reason": "Un errore."});
    desk.make("stop", "gruppo.uno", "operating_group", 7, &reason)
        .await;
    assert!(desk.stopped().await);

    let resumed = desk
        .make("resume", "gruppo.uno", "operating_group", 8, &json!({}))
        .await;

    assert_eq!(resumed.body["state"]["name"], "sent");
    assert!(!desk.stopped().await);
    assert_eq!(desk.dispatches.calls(), []);
    let history = desk.notices.history(&id()).await.unwrap();
    assert_eq!(history.last().unwrap().state, StateName::Sent);
}

#[tokio::test]
async fn what_does_not_go_out_cannot_be_stopped() {
    let desk = Desk::open().await;

    let early = desk
        .make(
            "stop",
            "sportello.uno",
            "operator",
            1,
            &json!({"reason": "x"}),
        )
        .await;

    assert_eq!(early.problem(), (409, "/problems/not-allowed"));
    assert!(!desk.stopped().await);
}

#[tokio::test]
async fn a_notice_whose_last_reader_would_come_after_the_event_is_not_let_further() {
    let mut small = rubano();
    small.people_per_day = Some(2);
    let mut short = input();
    short.useful_until = Some("2099-12-12T18:00".to_owned());
    let tables = Tables::start().await;
    let desk = Desk::of(&tables.aws, small, short).await;
    desk.subscribers(5).await;
    desk.make("take-charge", "sportello.uno", "operator", 1, &json!({}))
        .await;

    let slow = desk
        .make("forward", "capo.settore", "sector_head", 2, &json!({}))
        .await;

    // Two on the tenth, two on the eleventh, and the last on the twelfth: in time. A sixth and a seventh are not.
    assert_eq!(slow.status.as_u16(), 200, "{slow:?}");
    desk.subscribers(7).await;
    let digest = json!({"digest": slow.body["digest"]});
    let late = desk
        .make("approve", "gruppo.uno", "operating_group", 3, &digest)
        .await;
    assert_eq!(late.problem(), (422, "/problems/too-slow"));
    let detail = late.body["errors"][0]["detail"].as_str().unwrap();
    assert_eq!(late.body["errors"][0]["field"], "useful_until");
    assert!(detail.contains("12/12/2099 18:00"), "{detail}");
    assert!(detail.contains("2 persone al giorno"), "{detail}");
    let stored = desk.notices.get(&id()).await.unwrap().unwrap();
    assert_eq!(stored.state.name(), StateName::Forwarded);
}

#[tokio::test]
async fn without_an_end_or_without_a_limit_nothing_is_too_slow() {
    let mut small = rubano();
    small.people_per_day = Some(1);
    let tables = Tables::start().await;
    let desk = Desk::of(&tables.aws, small, input()).await;
    desk.subscribers(5).await;
    assert_eq!(desk.forwarded().await.status.as_u16(), 200);

    let mut short = input();
    short.useful_until = Some("2099-12-10T18:00".to_owned());
    let tables = Tables::start().await;
    let desk = Desk::of(&tables.aws, rubano(), short).await;
    desk.subscribers(5).await;
    assert_eq!(desk.forwarded().await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_stop_is_not_lost_while_meta_has_much_to_say() {
    let desk = Desk::open().await;
    desk.going_out(false).await;
    let reason = json!({"reason": "Un errore."});
    let platform = PlatformState::new(&desk.aws, Tables::PLATFORM);
    let now = cloud::clock::now();
    let said = async {
        for cause in StopCause::ALL {
            platform
                .change(|platform| platform.stop(cause, "Meta", None, now))
                .await
                .unwrap();
        }
    };

    let (stopped, ()) = tokio::join!(
        desk.make("stop", "sportello.uno", "operator", 6, &reason),
        said
    );

    assert_eq!(stopped.status.as_u16(), 200, "{stopped:?}");
    assert!(desk.stopped().await);
    let platform = platform.now().await.unwrap();
    assert_eq!(platform.stops().count(), StopCause::ALL.len());
}
