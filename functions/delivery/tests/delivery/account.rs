//! What Meta says of the account, and what a failure says beyond its message.

use domain::delivery::{Delivery, Month, Next, Rung};
use domain::ids::{ReplyId, SendId};
use domain::platform::{Gate, Shut, StopCause, TemplateKey};
use serde_json::json;

use crate::desk::{ANNA, Desk, at, change, status_of, to_anna};
use support::batches::back;

fn avviso() -> TemplateKey {
    TemplateKey {
        name: "avviso".to_owned(),
        language: "it".to_owned(),
    }
}

#[tokio::test]
async fn a_paused_template_is_known_to_sending_and_reinstated_when_meta_says_so() {
    let desk = Desk::empty().await;
    let status = |event: &str| {
        json!({"event": event, "message_template_id": 1, "message_template_name": "avviso", "message_template_language": "it",
               "reason": "NONE", "other_info": {"title": "FIRST_PAUSE"}})
    };

    let paused = change("message_template_status_update", 10, &status("PAUSED"));
    assert_eq!(back(&desk.record(paused.clone()).await), [""; 0]);
    let platform = desk.platform.now().await.unwrap();
    assert!(matches!(
        platform.gate(Some(&avviso()), None, at(11)),
        Gate::Shut {
            why: Shut::Template(_),
            ..
        }
    ));

    let reinstated = change("message_template_status_update", 20, &status("REINSTATED"));
    desk.record(reinstated).await;
    // The pause is delivered again, late: it is older than what is known.
    desk.record(paused).await;
    let platform = desk.platform.now().await.unwrap();
    assert_eq!(platform.gate(Some(&avviso()), None, at(21)), Gate::Open);
}

#[tokio::test]
async fn a_ban_stops_everything_and_a_reinstatement_lets_it_go_on() {
    let desk = Desk::empty().await;
    let ban = |state: &str| json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": state, "waba_ban_date": "x"}});

    desk.record(change("account_update", 10, &ban("DISABLE")))
        .await;
    let platform = desk.platform.now().await.unwrap();
    assert_eq!(platform.stops().next().unwrap().0, StopCause::Account);

    desk.record(change("account_update", 20, &ban("REINSTATE")))
        .await;
    assert_eq!(desk.platform.now().await.unwrap().stops().count(), 0);
}

#[tokio::test]
async fn a_change_of_the_messaging_limit_is_known() {
    let desk = Desk::empty().await;
    let capability =
        json!({"max_daily_conversations_per_business": 2000, "max_phone_numbers_per_business": 2});

    desk.record(change("business_capability_update", 10, &capability))
        .await;

    let platform = desk.platform.now().await.unwrap();
    assert_eq!(platform.people_per_day(None), Some(2000));
}

#[tokio::test]
async fn a_failure_for_want_of_a_payment_stops_everything() {
    let desk = Desk::accepted().await;
    let failed = json!({"status": "failed", "timestamp": at(3).as_second().to_string(),
        "errors": [{"code": 131_042, "title": "Business eligibility payment issue"}]});

    desk.record(status_of(&to_anna(), &failed)).await;

    assert_eq!(desk.row().await.rung, Rung::Failed);
    let platform = desk.platform.now().await.unwrap();
    let (cause, stop) = platform.stops().next().unwrap();
    assert_eq!(cause, StopCause::Payment);
    assert!(stop.said.contains("payment"), "{}", stop.said);
}

#[tokio::test]
async fn a_failure_because_the_person_stopped_marketing_is_told_to_the_conversation() {
    let desk = Desk::accepted().await;
    let failed = json!({"status": "failed", "timestamp": at(3).as_second().to_string(),
        "errors": [{"code": 131_050, "title": "User has stopped marketing messages"}]});

    desk.record(status_of(&to_anna(), &failed)).await;

    let told = desk.services.queued("inbound.fifo");
    assert_eq!(told[0]["body"]["stop_marketing"]["person"], ANNA);
}

#[tokio::test]
async fn a_service_message_counts_once_in_its_month_however_often_it_is_reported() {
    let desk = Desk::empty().await;
    let reply = SendId::Reply(ReplyId::to_message(&"wamid.HBgL".parse().unwrap(), 0));
    let Next::Call(intent) = Delivery::attempt(None, true, at(0)) else {
        panic!("the first attempt is a call");
    };
    desk.deliveries
        .write(&reply, None, &intent, at(0))
        .await
        .unwrap();
    let pricing = json!({"billable": true, "pricing_model": "PMP", "type": "free_customer_service", "category": "service"});
    for (state, second) in [
        ("sent", 1),
        ("delivered", 2),
        ("read", 3),
        ("delivered", 2),
        ("played", 4),
    ] {
        let status = json!({"status": state, "timestamp": at(second).as_second().to_string(), "pricing": pricing});
        desk.record(status_of(&reply, &status)).await;
    }

    let month = Month::of(at(2), &support::rubano().time_zone);
    let counted = desk.deliveries.service_messages("106500000000001", month);
    assert_eq!(counted.await.unwrap(), 1);
}

#[tokio::test]
async fn what_nobody_knows_is_listed_until_a_late_status_settles_it() {
    let desk = Desk::intended().await;
    desk.record_file(include_str!("../../../../events/delivery/settle.json"))
        .await;

    let listed = desk.deliveries.unknown(None, 10).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].0, to_anna());
    assert_eq!(
        desk.deliveries
            .unknown(Some(&listed[0].1), 10)
            .await
            .unwrap()
            .len(),
        0
    );

    let late = json!({"status": "delivered", "timestamp": at(3).as_second().to_string()});
    desk.record(status_of(&to_anna(), &late)).await;
    assert_eq!(desk.deliveries.unknown(None, 10).await.unwrap().len(), 0);
}
