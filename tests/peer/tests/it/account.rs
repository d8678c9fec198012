//! The account in trouble: what Meta tells, and what it refuses until the trouble is over.

use peer::{Account, NO_TEMPLATES, News, Restriction};
use serde_json::{Value, json};

use crate::support::{ACCOUNT, NUMBER, SOON, call, notice, peer, post, text, write};

#[tokio::test]
async fn each_trouble_of_the_account_has_its_code_until_it_is_lifted() {
    let (peer, control, _, _) = peer().await;
    let troubles = [
        Account {
            banned: true,
            ..Account::default()
        },
        Account {
            unpaid: true,
            ..Account::default()
        },
        Account {
            token_dead: true,
            ..Account::default()
        },
        Account::default(),
    ];

    let mut seen = Vec::new();
    for trouble in &troubles {
        control.set_account(trouble).await.unwrap();
        assert_eq!(control.account().await.unwrap(), *trouble);
        let (status, answer) = post(&peer, notice("to", "+390000000001")).await.unwrap();
        seen.push((status, answer["error"]["code"].as_i64()));
    }

    let expected = [
        (403, Some(131_031)),
        (400, Some(131_042)),
        (401, Some(190)),
        (200, None),
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_restriction_is_told_shown_and_over_when_its_time_is_up() {
    let (peer, control, webhook, anna) = peer().await;
    let now = write(&control, &anna, "ciao").await.timestamp;
    let restriction = News::Restriction {
        restrictions: vec![Restriction {
            kind: NO_TEMPLATES.to_owned(),
            until: Some(now + 3_600),
        }],
    };

    control.tell_news(&restriction).await.unwrap();
    control.wait_idle(SOON).await.unwrap();
    let template = post(&peer, notice("to", "+390000000001")).await.unwrap();
    let reply = post(&peer, text("+390000000001")).await.unwrap();
    let health = |node| call_health(&peer, node);

    assert_eq!(
        (template.0, &template.1["error"]["code"]),
        (403, &json!(368))
    );
    assert_eq!(reply.0, 200);
    assert_eq!(health(NUMBER).await, "LIMITED");
    let told = &webhook.of_field("account_update")[0];
    assert_eq!(told["event"], "ACCOUNT_RESTRICTION");
    assert_eq!(
        told["restriction_info"],
        json!([{"restriction_type": NO_TEMPLATES, "expiration": now + 3_600}])
    );
    control
        .configure(json!({"clock_ahead_seconds": 3_601}))
        .await
        .unwrap();
    assert_eq!(health(ACCOUNT).await, "AVAILABLE");
    assert_eq!(
        post(&peer, notice("to", "+390000000001")).await.unwrap().0,
        200
    );
}

async fn call_health(peer: &peer::Peer, node: &str) -> Value {
    let (status, page) = call(peer, "GET", &format!("{node}?fields=health_status"), None).await;
    assert_eq!(
        (status, page.as_object().map(serde_json::Map::len)),
        (200, Some(2))
    );
    page["health_status"]["can_send_message"].clone()
}

#[tokio::test]
async fn a_ban_stops_everything_and_a_reinstatement_lifts_it() {
    let (peer, control, webhook, _) = peer().await;

    let mut seen = Vec::new();
    for state in ["SCHEDULE_FOR_DISABLE", "DISABLE", "REINSTATE"] {
        let ban = News::Ban {
            state: state.to_owned(),
        };
        control.tell_news(&ban).await.unwrap();
        control.wait_idle(SOON).await.unwrap();
        let status = post(&peer, notice("to", "+390000000001")).await.unwrap().0;
        seen.push((status, call_health(&peer, NUMBER).await));
    }

    let expected = [
        (200, json!("AVAILABLE")),
        (403, json!("BLOCKED")),
        (200, json!("AVAILABLE")),
    ];
    assert_eq!(seen, expected);
    control.wait_idle(SOON).await.unwrap();
    let states: Vec<Value> = webhook
        .of_field("account_update")
        .iter()
        .map(|update| update["ban_info"]["waba_ban_state"].clone())
        .collect();
    assert_eq!(states, ["SCHEDULE_FOR_DISABLE", "DISABLE", "REINSTATE"]);
}

#[tokio::test]
async fn all_other_news_comes_in_the_shape_of_its_field() {
    let (_peer, control, webhook, _) = peer().await;
    let string = str::to_owned;
    let news = [
        News::Violation {
            violation: string("SCAM"),
        },
        News::Review {
            decision: string("REJECTED"),
        },
        News::Alert {
            alert: string("INCREASED_CAPABILITIES_ELIGIBILITY_FAILED"),
        },
        News::NumberQuality {
            event: string("DOWNGRADE"),
            limit: Some(string("TIER_250")),
        },
        News::NumberName {
            decision: string("APPROVED"),
        },
        News::Security {
            event: string("PIN_CHANGED"),
        },
        News::Raw {
            field: string("hologram_update"),
            value: json!({"new": [1]}),
        },
    ];
    for news in &news {
        control.tell_news(news).await.unwrap();
    }
    control.wait_idle(SOON).await.unwrap();

    let first = |field: &str, member: &str| webhook.of_field(field)[0][member].clone();
    assert_eq!(
        first("account_update", "violation_info"),
        json!({"violation_type": "SCAM"})
    );
    assert_eq!(first("account_review_update", "decision"), "REJECTED");
    assert_eq!(
        first("account_alerts", "alert_info")["alert_type"],
        "INCREASED_CAPABILITIES_ELIGIBILITY_FAILED"
    );
    assert_eq!(
        first("phone_number_quality_update", "current_limit"),
        "TIER_250"
    );
    assert_eq!(first("phone_number_name_update", "decision"), "APPROVED");
    assert_eq!(first("security", "event"), "PIN_CHANGED");
    assert_eq!(first("hologram_update", "new"), json!([1]));
    let counters = control.record().await.unwrap().counters;
    assert_eq!((counters.events, counters.events_taken), (7, 7));
}

#[tokio::test]
async fn the_limit_of_people_a_day_counts_people_and_not_messages() {
    let (peer, control, webhook, anna) = peer().await;
    let limit = News::Capability {
        people_per_day: Some(2),
    };
    control.tell_news(&limit).await.unwrap();
    write(&control, &anna, "ciao").await;

    let mut codes = Vec::new();
    // Anna is within her window, and counts for nothing.
    for last in [1, 2, 2, 3, 4, 1] {
        let answer = post(&peer, notice("to", &format!("+39000000000{last}"))).await;
        codes.push(answer.unwrap().1["error"]["code"].as_i64());
    }
    control.wait_idle(SOON).await.unwrap();

    assert_eq!(codes, [None, None, None, None, Some(131_048), None]);
    assert_eq!(
        webhook.of_field("business_capability_update")[0]["max_daily_conversations_per_business"],
        2
    );
    let field = "whatsapp_business_manager_messaging_limit";
    let (_, page) = call(&peer, "GET", &format!("{NUMBER}?fields={field}"), None).await;
    assert_eq!(page[field], "TIER_2");
    control
        .configure(json!({"clock_ahead_seconds": 24 * 3_600}))
        .await
        .unwrap();
    assert_eq!(
        post(&peer, notice("to", "+390000000004")).await.unwrap().0,
        200
    );
}
