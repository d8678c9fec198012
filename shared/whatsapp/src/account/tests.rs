use serde_json::json;

use super::*;
use crate::FromStatuses;

const RECEIVED: i64 = 1_795_000_100;

fn read(field: &str, value: &Value) -> AccountEvent {
    let queued = json!({"field": field, "waba_id": "203", "time": 1_795_000_000, "value": value});
    let received = Instant::from_second(RECEIVED).unwrap();
    match FromStatuses::read(&queued.to_string(), received).unwrap() {
        FromStatuses::Change(event) => event,
        other => panic!("{other:?}"),
    }
}

fn avviso() -> TemplateKey {
    TemplateKey {
        name: "avviso".to_owned(),
        language: "it".to_owned(),
    }
}

#[test]
fn a_paused_template_says_which_and_for_how_long() {
    let value = json!({"event": "PAUSED", "message_template_id": 7, "message_template_name": "avviso",
        "message_template_language": "it", "reason": "NONE", "other_info": {"title": "FIRST_PAUSE", "description": "…"}});

    assert_eq!(
        read("message_template_status_update", &value).event.what,
        What::TemplateStatus {
            template: avviso(),
            status: "PAUSED".to_owned(),
            reason: None,
            title: Some("FIRST_PAUSE".to_owned()),
        }
    );
}

#[test]
fn a_category_is_announced_and_then_changed() {
    let template = |rest: Value| {
        let mut value =
            json!({"message_template_name": "avviso", "message_template_language": "it"});
        value
            .as_object_mut()
            .unwrap()
            .extend(rest.as_object().unwrap().clone());
        read("template_category_update", &value).event.what
    };

    assert_eq!(
        template(
            json!({"new_category": "UTILITY", "correct_category": "MARKETING", "category_update_timestamp": "1795086400"})
        ),
        What::TemplateCategory {
            template: avviso(),
            category: "marketing".to_owned(),
            from: Instant::from_second(1_795_086_400).ok(),
        }
    );
    assert_eq!(
        template(json!({"previous_category": "UTILITY", "new_category": "MARKETING"})),
        What::TemplateCategory {
            template: avviso(),
            category: "marketing".to_owned(),
            from: None,
        }
    );
}

#[test]
fn a_restricted_account_says_what_it_may_not_do_and_until_when() {
    let value = json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [
        {"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": 1_795_500_000},
        {"restriction_type": "RESTRICTED_ADD_PHONE_NUMBER_ACTION"}
    ], "ban_info": null});

    let What::Account {
        event,
        restrictions,
        ban,
        ..
    } = read("account_update", &value).event.what
    else {
        panic!("not of the account");
    };
    assert_eq!((event.as_str(), ban), ("ACCOUNT_RESTRICTION", None));
    assert_eq!(
        restrictions[0].until,
        Instant::from_second(1_795_500_000).ok()
    );
    assert_eq!(restrictions[1].kind, "RESTRICTED_ADD_PHONE_NUMBER_ACTION");
}

#[test]
fn a_limit_is_a_number_a_tier_or_none() {
    for (value, people) in [
        (
            json!({"max_daily_conversations_per_business": 2000}),
            Some(2000),
        ),
        (
            json!({"max_daily_conversations_per_business": "TIER_2K"}),
            Some(2000),
        ),
        (
            json!({"max_daily_conversations_per_business": "TIER_250"}),
            Some(250),
        ),
        (
            json!({"max_daily_conversations_per_business": "TIER_UNLIMITED"}),
            None,
        ),
        (json!({"max_daily_conversation_per_phone": -1}), None),
    ] {
        assert_eq!(
            read("business_capability_update", &value).event.what,
            What::Capability {
                people_per_day: people
            },
            "{value}"
        );
    }
    let unreadable = json!({"max_daily_conversations_per_business": "MANY"});
    assert!(matches!(
        read("business_capability_update", &unreadable).event.what,
        What::Other { .. }
    ));
}

#[test]
fn a_partner_update_is_of_the_account_inside_it() {
    let value = json!({"event": "PARTNER_ADDED", "waba_info": {"waba_id": "777", "owner_business_id": "1"}});

    assert_eq!(read("account_update", &value).account, "777");
}

#[test]
fn errors_beside_messages_have_their_codes() {
    let value = json!([{"code": 131_042, "title": "Business eligibility payment issue", "error_data": {"details": "…"}}, {"code": "190"}]);

    let event = read("messages.errors", &value);

    let codes: Vec<i64> = event.errors.iter().map(|error| error.reason.code).collect();
    assert_eq!(codes, [131_042, 190]);
}

#[test]
fn without_an_hour_it_is_the_hour_of_its_coming() {
    let queued = json!({"field": "security", "waba_id": "203", "value": {"event": "PIN_CHANGED"}});
    let received = Instant::from_second(RECEIVED).unwrap();

    let FromStatuses::Change(event) = FromStatuses::read(&queued.to_string(), received).unwrap()
    else {
        panic!("not a change");
    };
    assert_eq!(event.event.at, received);
    assert_eq!(
        event.event.what,
        What::Security {
            event: "PIN_CHANGED".to_owned()
        }
    );
}

#[test]
fn an_event_that_lacks_what_it_is_about_is_of_no_consequence() {
    for field in [
        "message_template_status_update",
        "account_update",
        "account_alerts",
        "security",
    ] {
        for value in [
            json!({}),
            json!(null),
            json!([]),
            json!({"event": 7, "alert_type": {}}),
        ] {
            read(field, &value);
        }
    }
}
