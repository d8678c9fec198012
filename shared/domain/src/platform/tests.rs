use proptest::prelude::*;

use super::*;

fn at(minute: i64) -> Instant {
    Instant::from_second(1_795_000_000 + minute * 60).unwrap()
}

fn notice() -> NoticeId {
    "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B".parse().unwrap()
}

fn avviso() -> TemplateKey {
    TemplateKey {
        name: "avviso".to_owned(),
        language: "it".to_owned(),
    }
}

fn status(minute: i64, status: &str, title: Option<&str>) -> Event {
    Event {
        at: at(minute),
        what: What::TemplateStatus {
            template: avviso(),
            status: status.to_owned(),
            reason: None,
            title: title.map(str::to_owned),
        },
    }
}

fn account(minute: i64, event: &str, restrictions: Vec<Restriction>, ban: Option<&str>) -> Event {
    Event {
        at: at(minute),
        what: What::Account {
            event: event.to_owned(),
            violation: None,
            restrictions,
            ban: ban.map(str::to_owned),
        },
    }
}

fn may_send(platform: &Platform, minute: i64) -> bool {
    platform.gate(Some(&avviso()), Some(&notice()), at(minute)) == Gate::Open
}

#[test]
fn a_paused_template_waits_while_replies_and_other_templates_go_on() {
    let mut platform = Platform::default();
    platform.apply(&status(0, "PAUSED", Some("FIRST_PAUSE")));

    assert!(!may_send(&platform, 1));
    assert_eq!(platform.gate(None, None, at(1)), Gate::Open);
    let other = TemplateKey {
        name: "risposta".to_owned(),
        language: "it".to_owned(),
    };
    assert_eq!(platform.gate(Some(&other), None, at(1)), Gate::Open);
}

#[test]
fn a_pause_ends_by_itself_or_when_meta_says_so_and_a_disabled_template_stays_so() {
    let mut platform = Platform::default();
    platform.apply(&status(0, "PAUSED", Some("FIRST_PAUSE")));
    assert!(!may_send(&platform, 179));
    assert!(may_send(&platform, 180));

    platform.apply(&status(200, "PAUSED", Some("SECOND_PAUSE")));
    assert!(!may_send(&platform, 559));
    platform.apply(&status(300, "REINSTATED", None));
    assert!(may_send(&platform, 301));

    platform.apply(&status(400, "DISABLED", None));
    assert!(!may_send(&platform, 100_000));
}

#[test]
fn a_dead_token_stops_everything_and_one_message_tries_now_and_then() {
    let mut platform = Platform::default();
    platform.stop(StopCause::Token, "190", None, at(0));
    platform.stop(StopCause::Token, "190", None, at(0));

    assert!(matches!(
        platform.gate(None, None, at(4)),
        Gate::Shut { why: Shut::Stopped(StopCause::Token), again_at } if again_at == at(5)
    ));
    assert_eq!(
        platform.gate(None, None, at(5)),
        Gate::Try(StopCause::Token)
    );

    platform.claim_try(StopCause::Token, at(5));
    assert!(
        matches!(platform.gate(None, None, at(5)), Gate::Shut { .. }),
        "one try at a time"
    );

    platform.stop(StopCause::Token, "190", None, at(11));
    assert!(
        matches!(
            platform.gate(None, None, at(12)),
            Gate::Shut { again_at, .. } if again_at == at(21)
        ),
        "the next try is further away"
    );

    platform.lift(StopCause::Token, at(22));
    assert!(may_send(&platform, 22));
}

#[test]
fn a_restriction_with_a_term_ends_with_it_and_a_ban_ends_when_meta_reinstates() {
    let restricted = |minute, until| {
        let kind = "RESTRICTED_BIZ_INITIATED_MESSAGING".to_owned();
        account(
            minute,
            "ACCOUNT_RESTRICTION",
            vec![Restriction { kind, until }],
            None,
        )
    };
    let mut platform = Platform::default();
    platform.apply(&restricted(0, Some(at(1440))));
    assert!(!may_send(&platform, 1439));
    assert_eq!(
        platform.gate(None, None, at(1440)),
        Gate::Try(StopCause::Account)
    );

    platform.apply(&account(2000, "DISABLED_UPDATE", vec![], Some("DISABLE")));
    assert!(!may_send(&platform, 2001));
    platform.apply(&account(3000, "DISABLED_UPDATE", vec![], Some("REINSTATE")));
    assert!(may_send(&platform, 3001));
}

#[test]
fn what_only_keeps_us_from_adding_numbers_does_not_stop_sending() {
    let kind = "RESTRICTED_ADD_PHONE_NUMBER_ACTION".to_owned();
    let mut platform = Platform::default();
    platform.apply(&account(
        0,
        "ACCOUNT_RESTRICTION",
        vec![Restriction { kind, until: None }],
        None,
    ));

    assert!(may_send(&platform, 1));
}

#[test]
fn a_notice_that_the_staff_stopped_waits_and_others_go_on() {
    let mut platform = Platform::default();
    platform.stopped_notices.insert(notice());

    assert!(!may_send(&platform, 0));
    let other: NoticeId = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2C".parse().unwrap();
    assert_eq!(
        platform.gate(Some(&avviso()), Some(&other), at(0)),
        Gate::Open
    );
}

#[test]
fn what_meta_says_of_the_limit_wins_over_the_settings() {
    let mut platform = Platform::default();
    assert_eq!(platform.people_per_day(Some(250)), Some(250));

    for (minute, people) in [(2, None), (1, Some(2_000))] {
        platform.apply(&Event {
            at: at(minute),
            what: What::Capability {
                people_per_day: people,
            },
        });
    }

    assert_eq!(platform.people_per_day(Some(250)), None, "the later word");
}

#[test]
fn the_state_reads_back_as_it_was_written() {
    let mut platform = Platform::default();
    platform.apply(&status(0, "PAUSED", Some("FIRST_PAUSE")));
    platform.stop(StopCause::Payment, "131042", None, at(1));
    platform.stopped_notices.insert(notice());

    let written = serde_json::to_string(&platform).unwrap();

    assert_eq!(
        serde_json::from_str::<Platform>(&written).unwrap(),
        platform
    );
    assert_eq!(
        serde_json::from_str::<Platform>("{}").unwrap(),
        Platform::default()
    );
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let one = (0_i64..6, 0_usize..5).prop_map(|(minute, which)| match which {
        0 => status(minute, "PAUSED", None),
        1 => status(minute, "APPROVED", None),
        2 => account(minute, "DISABLED_UPDATE", vec![], Some("DISABLE")),
        3 => account(minute, "DISABLED_UPDATE", vec![], Some("REINSTATE")),
        _ => Event {
            at: at(minute),
            what: What::Capability {
                people_per_day: Some(u32::try_from(minute).unwrap_or_default()),
            },
        },
    });
    prop::collection::vec(one, 1..8)
}

proptest! {
    #[test]
    fn repeats_and_disorder_end_with_the_same_gate(
        (events, arrivals) in events().prop_flat_map(|events| {
            let repeated = [events.clone(), events.clone()].concat();
            (Just(events), Just(repeated).prop_shuffle())
        }),
    ) {
        let shut = |events: &[Event]| {
            let mut platform = Platform::default();
            for event in events {
                platform.apply(event);
            }
            let stopped = platform.stops().count() > 0;
            let paused = platform.templates.values().any(|template| template.usable_again(at(7)).is_some());
            (stopped, paused, platform.people_per_day(None))
        };
        prop_assert_eq!(shut(&events), shut(&arrivals));
    }
}
