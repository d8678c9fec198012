use jiff::civil::{Time, date};
use proptest::prelude::*;

use super::*;
use crate::calendar::tests::instants;
use crate::tenant::tests::rubano;

fn rules(written: serde_json::Value) -> SendingRules {
    serde_json::from_value(written).unwrap()
}

fn rome(civil: &str) -> Instant {
    rubano().time_zone.resolve(civil.parse().unwrap()).unwrap()
}

fn check(rules: &SendingRules, civil: &str) -> Result<(), Forbidden> {
    rules.check_hour(civil.parse().unwrap())
}

fn utc(instant: &str) -> Instant {
    instant.parse().unwrap()
}

#[test]
fn notices_leave_from_monday_to_saturday_out_of_the_quiet_hours() {
    let rules = SendingRules::default();
    let quiet = Err(Forbidden::QuietHours { hours: rules.hours });
    let holiday = |name| Err(Forbidden::Holiday { name });

    for (civil, answer) in [
        ("2026-11-24T07:59:59", quiet.clone()),
        ("2026-11-24T08:00", Ok(())),
        ("2026-11-24T19:59:59", Ok(())),
        ("2026-11-24T20:00", quiet.clone()),
        ("2026-11-24T00:00", quiet),
        ("2026-11-28T10:00", Ok(())), // Saturday
        ("2026-11-29T10:00", Err(Forbidden::Sunday)),
        ("2026-12-08T10:00", holiday("Immacolata Concezione")),
        ("2027-03-29T10:00", holiday("Lunedì dell'Angelo")),
        ("2026-10-04T10:00", holiday("San Francesco d'Assisi")), // a Sunday
    ] {
        assert_eq!(check(&rules, civil), answer, "{civil}");
    }
}

#[test]
fn a_comune_chooses_its_own_days() {
    let rules = rules(serde_json::json!({
        "weekdays": ["tue", "sun"],
        "no_send_holidays": false,
        "no_send_days": [{"from": "2026-12-15"}, {"from": "2026-12-27", "to": "2027-01-05"}],
    }));

    assert_eq!(check(&rules, "2026-12-08T10:00"), Ok(()));
    assert_eq!(check(&rules, "2026-12-13T10:00"), Ok(()));
    assert_eq!(check(&rules, "2026-12-14T10:00"), Err(Forbidden::Weekday));
    for day in ["2026-12-15", "2026-12-27", "2026-12-29", "2027-01-05"] {
        let answer = check(&rules, &format!("{day}T10:00"));
        assert_eq!(answer, Err(Forbidden::NoSendDay), "{day}");
    }
    assert_eq!(check(&rules, "2027-01-10T10:00"), Ok(()));
}

#[test]
fn what_is_going_out_rests_until_it_is_allowed_again_or_for_ever() {
    let zone = rubano().time_zone;
    let quiet = |rules: &SendingRules, at| rules.quiet_until(rome(at), &zone);
    let usual = SendingRules::default();

    assert_eq!(quiet(&usual, "2026-11-28T19:59"), None);
    let monday = Some(rome("2026-11-30T08:00"));
    assert_eq!(quiet(&usual, "2026-11-28T20:00"), monday);
    let never =
        rules(serde_json::json!({"no_send_days": [{"from": "2020-01-01", "to": "2040-12-31"}]}));
    assert_eq!(quiet(&never, "2026-11-28T10:00"), Some(Instant::MAX));
}

#[test]
fn an_electoral_period_lasts_to_its_last_day_and_forbids_no_hour() {
    let rules = rules(serde_json::json!({
        "electoral": [{"from": "2027-04-10", "to": "2027-05-24"}, {"from": "2027-05-20", "to": "2027-06-07"}],
    }));

    assert!(!rules.is_electoral(date(2027, 4, 9)));
    assert!(rules.is_electoral(date(2027, 4, 10)));
    assert_eq!(
        rules.check_electoral(date(2027, 5, 21)),
        Err(Forbidden::Electoral {
            until: date(2027, 6, 7)
        })
    );
    assert!(!rules.is_electoral(date(2027, 6, 8)));
    assert_eq!(check(&rules, "2027-05-21T10:00"), Ok(()));
}

#[test]
fn what_may_not_leave_now_leaves_at_the_next_opening() {
    let (rules, zone) = (SendingRules::default(), rubano().time_zone);
    for (wanted, next) in [
        ("2026-11-24T10:12:13", "2026-11-24T10:12:13"),
        ("2026-11-24T06:00", "2026-11-24T08:00"),
        ("2026-11-24T20:00", "2026-11-25T08:00"),
        ("2026-11-28T21:00", "2026-11-30T08:00"),
        // Christmas, Santo Stefano, Sunday.
        ("2026-12-24T20:00", "2026-12-28T08:00"),
        // Easter and its Monday, with the change to summer time.
        ("2027-03-27T22:00", "2027-03-30T08:00"),
        ("2027-10-02T20:00", "2027-10-05T08:00"),
    ] {
        assert_eq!(
            rules.next_allowed(rome(wanted), &zone),
            Some(rome(next)),
            "{wanted}"
        );
    }
}

#[test]
fn what_may_not_leave_then_may_leave_in_the_last_minute_before() {
    let (rules, zone) = (SendingRules::default(), rubano().time_zone);
    for (wanted, last) in [
        ("2026-11-24T10:12:13", "2026-11-24T10:12"),
        ("2026-11-24T10:12", "2026-11-24T10:11"),
        ("2026-11-24T08:00", "2026-11-23T19:59"),
        ("2026-11-29T10:00", "2026-11-28T19:59"),
        ("2027-10-04T10:00", "2027-10-02T19:59"),
    ] {
        assert_eq!(
            rules.last_allowed_before(rome(wanted), &zone),
            Some(rome(last)),
            "{wanted}"
        );
    }
}

#[test]
fn rules_that_allow_nothing_for_years_say_so() {
    let rules =
        rules(serde_json::json!({"no_send_days": [{"from": "2020-01-01", "to": "2040-12-31"}]}));
    let zone = rubano().time_zone;

    assert_eq!(rules.next_allowed(rome("2027-01-01T10:00"), &zone), None);
    assert_eq!(
        rules.last_allowed_before(rome("2027-01-01T10:00"), &zone),
        None
    );
}

#[test]
fn an_end_at_24_is_the_end_of_the_day() {
    let rules = rules(serde_json::json!({"hours": "00:00-24:00"}));
    let zone = rubano().time_zone;

    assert_eq!(check(&rules, "2026-11-24T23:59:59"), Ok(()));
    assert_eq!(check(&rules, "2026-11-24T00:00"), Ok(()));
    // Saturday at midnight it is Sunday: the next day is Monday, from its first instant.
    assert_eq!(
        rules.next_allowed(rome("2026-11-29T00:00"), &zone),
        Some(rome("2026-11-30T00:00"))
    );
    assert_eq!(
        rules.last_allowed_before(rome("2026-11-30T00:00"), &zone),
        Some(rome("2026-11-28T23:59"))
    );
}

#[test]
fn on_a_day_of_23_or_25_hours_the_clock_on_the_wall_decides() {
    let rules = rules(
        serde_json::json!({"hours": "02:30-03:30", "weekdays": ["sun"], "no_send_holidays": false}),
    );
    let zone = rubano().time_zone;
    let next = |at| rules.next_allowed(utc(at), &zone);
    let last = |at| rules.last_allowed_before(utc(at), &zone);

    // 28 March 2027: after 1:59 comes 3:00, which is 01:00 UTC. The half hour before it does not exist.
    assert_eq!(
        next("2027-03-28T00:10:00Z"),
        Some(utc("2027-03-28T01:00:00Z"))
    );
    assert_eq!(
        last("2027-03-28T12:00:00Z"),
        Some(utc("2027-03-28T01:29:00Z"))
    );
    assert_eq!(
        last("2027-03-28T01:00:00Z"),
        Some(utc("2027-03-21T02:29:00Z"))
    );

    // 31 October 2027: 2:30 comes at 00:30 UTC and again at 01:30 UTC, and between them it is 2:00 again.
    assert_eq!(
        next("2027-10-31T00:10:00Z"),
        Some(utc("2027-10-31T00:30:00Z"))
    );
    assert_eq!(
        next("2027-10-31T00:59:59Z"),
        Some(utc("2027-10-31T00:59:59Z"))
    );
    assert_eq!(
        next("2027-10-31T01:00:00Z"),
        Some(utc("2027-10-31T01:30:00Z"))
    );
    assert_eq!(
        last("2027-10-31T01:30:00Z"),
        Some(utc("2027-10-31T00:59:00Z"))
    );
    assert_eq!(
        last("2027-10-31T12:00:00Z"),
        Some(utc("2027-10-31T02:29:00Z"))
    );
}

#[test]
fn a_notice_is_late_only_beyond_the_tolerance() {
    let rules = SendingRules::default();
    let send_at = rome("2026-11-24T09:30");

    assert!(!rules.is_late(send_at, rome("2026-11-24T09:00")));
    assert!(!rules.is_late(send_at, rome("2026-11-24T10:30")));
    assert!(rules.is_late(send_at, rome("2026-11-24T10:30:01")));
}

#[test]
fn an_approval_ends_at_its_own_hour_a_week_later_also_over_a_change_of_the_clocks() {
    let (rules, zone) = (SendingRules::default(), rubano().time_zone);

    assert_eq!(
        rules.approval_ends(rome("2027-03-25T10:00"), &zone),
        rome("2027-04-01T10:00")
    );
}

#[test]
fn misspelt_rules_are_refused() {
    for wrong in [
        serde_json::json!({"weekdays": []}),
        serde_json::json!({"weekdays": ["lun"]}),
        serde_json::json!({"hours": "20:00-08:00"}),
        serde_json::json!({"per_month": 9}),
        serde_json::json!({"electoral": [{"from": "2027-06-07", "to": "2027-04-10"}]}),
    ] {
        let read = serde_json::from_value::<SendingRules>(wrong.clone());
        assert!(read.is_err(), "{wrong}");
    }
}

#[test]
fn the_words_for_the_office_have_their_values_filled_in() {
    let texts = crate::texts::italian();
    for forbidden in [
        Forbidden::Holiday { name: "Natale" },
        Forbidden::Sunday,
        Forbidden::Weekday,
        Forbidden::NoSendDay,
        Forbidden::QuietHours {
            hours: SendingRules::default().hours,
        },
        Forbidden::Electoral {
            until: date(2027, 6, 7),
        },
    ] {
        let (key, values) = forbidden.words();
        let values: Vec<_> = values
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let said = texts.staff(key, &values);
        assert!(Forbidden::KEYS.contains(&key), "{key}");
        assert!(said != key && !said.contains('{'), "{said}");
    }
}

/// The days of 2027 without notices by the usual rules, written out by hand: Sundays apart.
const HOLIDAYS_OF_2027: [(i8, i8); 12] = [
    (1, 1),
    (1, 6),
    (3, 29),
    (4, 25),
    (5, 1),
    (6, 2),
    (8, 15),
    (10, 4),
    (11, 1),
    (12, 8),
    (12, 25),
    (12, 26),
];

fn forbidden_in_2027(at: DateTime) -> bool {
    at.weekday() == Weekday::Sunday
        || HOLIDAYS_OF_2027.contains(&(at.month(), at.day()))
        || !(8..20).contains(&at.hour())
}

#[test]
fn in_a_whole_year_no_notice_leaves_in_forbidden_time_and_none_waits_longer_than_it_must() {
    let (rules, zone) = (SendingRules::default(), rubano().time_zone);
    let half_hour = SignedDuration::from_mins(30);
    let (begin, end) = (rome("2027-01-01T00:00"), rome("2028-01-01T00:00"));
    // Backwards, so that what is next is known already: the first allowed half hour of 2028 is on Monday the 3rd.
    let mut next = rome("2028-01-03T08:00");
    let (mut at, mut allowed) = (end, 0);

    while at > begin {
        at = at.checked_sub(half_hour).unwrap();
        let civil = zone.civil(at);
        if !forbidden_in_2027(civil) {
            next = at;
            allowed += 1;
        }
        assert_eq!(
            rules.check_hour(civil).is_err(),
            forbidden_in_2027(civil),
            "{civil}"
        );
        assert_eq!(rules.next_allowed(at, &zone), Some(next), "{civil}");
    }
    // 313 days are no Sundays, 9 of them holidays: 25 April, 15 August and 26 December are Sundays themselves.
    assert_eq!(allowed, (313 - 9) * 12 * 2);
}

/// Rules with any hours and weekdays: those are where the clocks matter.
fn any_rules() -> impl Strategy<Value = SendingRules> {
    let hours = (0_u16..48, 1_u16..49).prop_filter("in order", |(from, until)| from < until);
    let hour = |half: u16| format!("{:02}:{:02}", half / 2, half % 2 * 30);
    let weekdays =
        prop::sample::subsequence(vec!["mon", "tue", "wed", "thu", "fri", "sat", "sun"], 1..=7);
    (hours, weekdays, any::<bool>()).prop_map(move |((from, until), weekdays, no_send_holidays)| {
        rules(serde_json::json!({
            "hours": format!("{}-{}", hour(from), hour(until)),
            "weekdays": weekdays,
            "no_send_holidays": no_send_holidays,
        }))
    })
}

/// Instants of whole minutes, every other one within a day of a change of the clocks.
fn minutes() -> impl Strategy<Value = Instant> {
    let changes = [
        "2027-03-28T01:00:00Z",
        "2027-10-31T01:00:00Z",
        "2028-03-26T01:00:00Z",
        "2028-10-29T01:00:00Z",
    ]
    .map(utc);
    let around = (prop::sample::select(changes.to_vec()), -1440_i64..1440);
    let around = around.prop_map(|(change, minutes)| {
        let away = SignedDuration::from_mins(minutes);
        change.checked_add(away).unwrap()
    });
    let anywhere = instants()
        .prop_map(|instant| Instant::from_second(instant.as_second().div_euclid(60) * 60).unwrap());
    prop_oneof![around, anywhere]
}

proptest! {
    #[test]
    fn the_next_allowed_instant_is_allowed_is_its_own_next_and_has_none_before_it(rules in any_rules(), at in minutes()) {
        let zone = rubano().time_zone;
        let allowed = |instant| rules.check_hour(zone.civil(instant)).is_ok();

        let next = rules.next_allowed(at, &zone).unwrap();

        prop_assert!(next >= at && allowed(next));
        prop_assert_eq!(rules.next_allowed(next, &zone), Some(next));
        // Rules change on whole half hours only: what lies between is asked in every one of them.
        let minute = SignedDuration::from_mins(1);
        let mut between = at;
        while between < next {
            prop_assert!(!allowed(between), "{} comes before {}", between, next);
            between = between.checked_add(minute).unwrap();
            let rest = between.as_second().rem_euclid(1800);
            if rest != 0 {
                between = between.checked_add(SignedDuration::from_secs(1800 - rest)).unwrap();
            }
        }
        // What is allowed at once is found again from the minute after.
        prop_assert_eq!(rules.last_allowed_before(next.checked_add(minute).unwrap(), &zone), Some(next));
    }

    #[test]
    fn the_last_allowed_minute_before_is_allowed_and_has_none_after_it(rules in any_rules(), at in minutes()) {
        let zone = rubano().time_zone;
        let minute = SignedDuration::from_mins(1);

        let last = rules.last_allowed_before(at, &zone).unwrap();

        prop_assert!(last < at && rules.check_hour(zone.civil(last)).is_ok());
        let after = last.checked_add(minute).unwrap();
        if after < at {
            prop_assert!(rules.next_allowed(after, &zone).unwrap() >= at);
        }
    }

    #[test]
    fn hours_read_back_as_they_were_written(from in 0_i16..1440, length in 1_i16..1440) {
        let hours = Hours::from_minutes(from, (from + length).min(1440));

        prop_assert_eq!(hours.to_string().parse(), Ok(hours));
        let midnight_is_inside = hours.contains(Time::midnight());
        prop_assert_eq!(midnight_is_inside, from == 0);
    }
}
