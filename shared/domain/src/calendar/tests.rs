use jiff::civil::{date, datetime};
use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;

use super::*;
use crate::tenant::tests::rubano;

fn settings(written: serde_json::Value) -> CalendarSettings {
    serde_json::from_value(written).unwrap()
}

/// The instant of a civil time in Rome.
fn rome(civil: &str) -> Instant {
    rubano().time_zone.resolve(civil.parse().unwrap()).unwrap()
}

/// When one working day is over, by the usual calendar, in Rome's civil time.
fn one_working_day(received: Instant) -> String {
    let tenant = rubano();
    let due = Calendar::of(&tenant).due_after_working_days(received, 1);
    tenant.time_zone.civil(due).to_string()
}

#[test]
fn one_working_day_ends_at_the_closing_of_the_first_one_after_the_day_of_arrival() {
    for (received, due) in [
        // Friday 23:00, Saturday, Sunday; Monday 8:00.
        ("2026-11-20T23:00", "2026-11-23"),
        ("2026-11-21T10:00", "2026-11-23"),
        ("2026-11-22T23:59", "2026-11-23"),
        ("2026-11-23T08:00", "2026-11-24"),
        ("2026-11-23T17:31", "2026-11-24"),
        // Saturday, Sunday and San Francesco.
        ("2027-10-01T10:00", "2027-10-05"),
        // The turn of the year and the Epiphany.
        ("2026-12-29T10:00", "2026-12-30"),
        ("2026-12-31T10:00", "2027-01-04"),
        ("2027-01-05T10:00", "2027-01-07"),
        // Easter, and the change to summer time on its Sunday.
        ("2027-03-26T10:00", "2027-03-30"),
    ] {
        assert_eq!(
            one_working_day(rome(received)),
            format!("{due}T17:30:00"),
            "{received}"
        );
    }
}

#[test]
fn ten_days_count_holidays_in_between_and_move_forward_from_a_last_day_that_is_one() {
    let tenant = rubano();
    let calendar = Calendar::of(&tenant);
    for (assigned, last, useful) in [
        (date(2027, 9, 20), date(2027, 9, 30), date(2027, 9, 30)),
        // Monday 4 October is San Francesco.
        (date(2027, 9, 24), date(2027, 10, 5), date(2027, 10, 5)),
        // A Saturday does not move the term, and nobody works on it.
        (date(2027, 9, 22), date(2027, 10, 2), date(2027, 10, 1)),
        // Neither does 24 December; Christmas, Santo Stefano (a Sunday in 2027) do.
        (date(2027, 12, 15), date(2027, 12, 27), date(2027, 12, 27)),
        (date(2027, 12, 14), date(2027, 12, 24), date(2027, 12, 24)),
    ] {
        let due = calendar.due_after_days(assigned, 10);
        assert_eq!(due, last, "{assigned}");
        assert_eq!(
            calendar.last_useful_working_day(due),
            Some(useful),
            "{assigned}"
        );
    }
}

#[test]
fn the_patron_saint_closes_the_offices_and_moves_no_term_of_calendar_days() {
    let zone = rubano().time_zone;
    let settings = settings(serde_json::json!({"patron": "06-13"}));
    let calendar = Calendar::new(&settings, &zone);
    let patron = date(2028, 6, 13); // a Tuesday

    assert!(!calendar.is_working_day(patron));
    assert!(!calendar.is_holiday(patron));
    assert_eq!(calendar.due_after_days(date(2028, 6, 3), 10), patron);
    assert_eq!(
        calendar.last_useful_working_day(patron),
        Some(date(2028, 6, 12))
    );
    let due = calendar.due_after_working_days(rome("2028-06-12T09:00"), 1);
    assert_eq!(due, rome("2028-06-14T17:30"));
}

#[test]
fn a_comune_may_work_on_saturdays_close_for_days_and_close_early() {
    let zone = rubano().time_zone;
    let settings = settings(serde_json::json!({
        "saturday": true,
        "hours": "07:45-13:15",
        "closures": [
            {"from": "2026-12-24", "closes_at": "12:00"},
            {"from": "2026-12-31"},
            {"from": "2027-08-09", "to": "2027-08-20"},
            // Closing before they open is not opening.
            {"from": "2027-08-21", "closes_at": "07:00"},
        ],
    }));
    let calendar = Calendar::new(&settings, &zone);

    let due = |received| calendar.due_after_working_days(rome(received), 1);
    assert_eq!(due("2026-11-20T10:00"), rome("2026-11-21T13:15"));
    assert_eq!(due("2026-12-23T10:00"), rome("2026-12-24T12:00"));
    assert_eq!(due("2026-12-30T10:00"), rome("2027-01-02T13:15"));
    assert_eq!(due("2027-08-08T10:00"), rome("2027-08-23T13:15"));
    assert_eq!(
        calendar.watches(date(2026, 12, 24)),
        Some([rome("2026-12-24T07:45"), rome("2026-12-24T12:00")])
    );
    assert_eq!(calendar.watches(date(2026, 12, 31)), None);
}

#[test]
fn the_mailbox_is_watched_at_the_start_and_at_the_end_of_service() {
    let tenant = rubano();
    let calendar = Calendar::of(&tenant);

    // In winter Rome is an hour ahead of UTC, in summer two.
    for (day, start, end) in [
        (
            date(2027, 3, 26),
            "2027-03-26T07:30:00Z",
            "2027-03-26T16:30:00Z",
        ),
        (
            date(2027, 3, 30),
            "2027-03-30T06:30:00Z",
            "2027-03-30T15:30:00Z",
        ),
    ] {
        let watches = [start, end].map(|instant| instant.parse().unwrap());
        assert_eq!(calendar.watches(day), Some(watches));
    }
    assert_eq!(calendar.watches(date(2027, 3, 28)), None);
}

#[test]
fn easter_monday_and_san_francesco_fall_where_they_should() {
    for (year, month, day) in [
        (2026, 4, 6),
        (2027, 3, 29),
        (2028, 4, 17),
        (2029, 4, 2),
        (2030, 4, 22),
        (2031, 4, 14),
        (2032, 3, 29),
        (2033, 4, 18),
    ] {
        let monday = date(year, month, day);
        assert_eq!(monday.weekday(), Weekday::Monday);
        assert_eq!(holidays::name_of(monday), Some("Lunedì dell'Angelo"));
        assert!(!holidays::is_holiday(monday.tomorrow().unwrap()));
    }
    for (year, weekday) in [
        (2026, Weekday::Sunday),
        (2027, Weekday::Monday),
        (2028, Weekday::Wednesday),
        (2029, Weekday::Thursday),
        (2030, Weekday::Friday),
        (2031, Weekday::Saturday),
        (2032, Weekday::Monday),
        (2033, Weekday::Tuesday),
    ] {
        let francesco = date(year, 10, 4);
        assert_eq!(francesco.weekday(), weekday);
        assert_eq!(holidays::name_of(francesco), Some("San Francesco d'Assisi"));
    }
    // Before L. 151/2025 it was a day like the others; 4 November is one now.
    assert!(!holidays::is_holiday(date(2024, 10, 4)));
    assert!(!holidays::is_holiday(date(2026, 11, 4)));
}

#[test]
fn a_year_has_twelve_named_holidays() {
    for year in 2026..=2033 {
        let days = date(year, 1, 1).series(1.day());
        let named = days
            .take_while(|day| day.year() == year)
            .filter(|day| holidays::name_of(*day).is_some());
        assert_eq!(named.count(), 12, "{year}");
    }
}

#[test]
fn an_hour_that_does_not_exist_moves_forward_and_one_that_exists_twice_is_the_first() {
    let tenant = rubano();
    let calendar = Calendar::of(&tenant);
    for (civil, instant) in [
        (datetime(2027, 3, 28, 2, 30, 0, 0), "2027-03-28T01:30:00Z"),
        (datetime(2027, 10, 31, 2, 30, 0, 0), "2027-10-31T00:30:00Z"),
        (datetime(2028, 3, 26, 2, 30, 0, 0), "2028-03-26T01:30:00Z"),
        (datetime(2028, 10, 29, 2, 30, 0, 0), "2028-10-29T00:30:00Z"),
        (datetime(2028, 10, 29, 3, 0, 0, 0), "2028-10-29T02:00:00Z"),
    ] {
        assert_eq!(calendar.resolve(civil), instant.parse().unwrap(), "{civil}");
    }
    assert_eq!(calendar.resolve(DateTime::MAX), Instant::MAX);
}

#[test]
fn the_day_of_arrival_is_the_local_one() {
    // Sunday 27 February 2028 at 23:30 UTC is Monday in Rome already.
    assert_eq!(
        one_working_day("2028-02-27T23:30:00Z".parse().unwrap()),
        "2028-02-29T17:30:00"
    );
    assert_eq!(
        one_working_day("2028-02-27T22:30:00Z".parse().unwrap()),
        "2028-02-28T17:30:00"
    );
    // 2027-02-28T23:30Z belongs to 1 March; in summer the day begins at 22:00 UTC.
    assert_eq!(
        one_working_day("2027-02-28T23:30:00Z".parse().unwrap()),
        "2027-03-02T17:30:00"
    );
    assert_eq!(
        one_working_day("2027-06-13T22:00:00Z".parse().unwrap()),
        "2027-06-15T17:30:00"
    );
}

#[test]
fn whoever_must_act_is_reminded_on_the_last_day_and_somebody_else_is_told_after_it() {
    let tenant = rubano();
    let term = Calendar::of(&tenant).term(rome("2027-10-01T10:00"), 1);

    for (now, standing) in [
        ("2027-10-01T10:00", Standing::InTime),
        ("2027-10-05T08:29:59", Standing::InTime),
        ("2027-10-05T08:30", Standing::Remind),
        ("2027-10-05T17:30", Standing::Remind),
        ("2027-10-05T17:30:01", Standing::Overdue),
    ] {
        assert_eq!(term.standing(rome(now)), standing, "{now}");
    }
    let written = serde_json::to_string(&term).unwrap();
    assert_eq!(serde_json::from_str::<Term>(&written).unwrap(), term);
}

#[test]
fn offices_that_never_open_have_a_term_that_never_ends() {
    let zone = rubano().time_zone;
    let settings =
        settings(serde_json::json!({"closures": [{"from": "2026-01-01", "to": "9999-12-31"}]}));
    let term = Calendar::new(&settings, &zone).term(rome("2027-10-01T10:00"), 1);

    assert_eq!((term.remind_at, term.due), (Instant::MAX, Instant::MAX));
    assert_eq!(term.standing(rome("2099-01-01T00:00")), Standing::InTime);
}

#[test]
fn a_day_or_an_hour_that_is_none_is_refused() {
    for wrong in [
        serde_json::json!({"patron": "13-06"}),
        serde_json::json!({"patron": "6-13"}),
        serde_json::json!({"patron": "02-30"}),
        serde_json::json!({"patrono": "06-13"}),
        serde_json::json!({"hours": "8:30-17:30"}),
        serde_json::json!({"hours": "17:30-08:30"}),
        serde_json::json!({"hours": "08:30-08:30"}),
        serde_json::json!({"hours": "08:30-24:01"}),
        serde_json::json!({"hours": "08:60-17:30"}),
        serde_json::json!({"hours": 510}),
        serde_json::json!({"closures": [{"from": "2026-12-31", "to": "2026-12-24"}]}),
        serde_json::json!({"closures": [{"from": "2026-12-24", "until": "2026-12-31"}]}),
        serde_json::json!({"closures": [{"from": "2026-12-24", "closes_at": "25:00"}]}),
    ] {
        let read = serde_json::from_value::<CalendarSettings>(wrong.clone());
        assert!(read.is_err(), "{wrong}");
    }
    assert_eq!(
        settings(serde_json::json!({"patron": "02-29"})).patron,
        Some("02-29".parse().unwrap())
    );
}

#[test]
fn the_settings_of_every_comune_are_read_and_read_back() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/tenants");
    let mut read = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_stem().unwrap().to_string_lossy();
        // `montanaro.segnalazioni.yaml` and the boundaries are read elsewhere.
        if file.is_dir() || name.contains(".segnalazioni") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let tenant: Tenant = serde_yaml_ng::from_str(&text).unwrap();

        let written = serde_json::to_value(&tenant).unwrap();
        assert_eq!(serde_json::from_value::<Tenant>(written).unwrap(), tenant);
        read += 1;
    }
    assert!(read >= 3);
}

/// Instants from 2026 to 2033, to the second.
pub(super) fn instants() -> impl Strategy<Value = Instant> {
    (1_767_222_000_i64..2_019_682_800).prop_map(|second| Instant::from_second(second).unwrap())
}

fn closures() -> impl Strategy<Value = Vec<Closure>> {
    let closure = (0_i32..2900, 0_i32..40, any::<bool>()).prop_map(|(first, length, half)| {
        let from = date(2026, 1, 1).saturating_add(first.days());
        Closure {
            days: Days::new(from, from.saturating_add(length.days())).unwrap(),
            closes_at: half.then(|| "12:30".parse().unwrap()),
        }
    });
    prop::collection::vec(closure, 0..20)
}

proptest! {
    #[test]
    fn a_term_ends_on_a_working_day_strictly_later_with_exactly_as_many_of_them_in_between(
        received in instants(), n in 0_u32..12, saturday in any::<bool>(), closures in closures(),
    ) {
        let zone = rubano().time_zone;
        let settings = CalendarSettings {
            patron: Some("06-13".parse().unwrap()),
            closures,
            saturday,
            ..CalendarSettings::default()
        };
        let calendar = Calendar::new(&settings, &zone);

        let term = calendar.term(received, n);

        let (arrival, last) = (zone.civil(received).date(), zone.civil(term.due).date());
        let worked = arrival.series(1.day()).skip(1).take_while(|day| *day <= last)
            .filter(|day| calendar.is_working_day(*day)).count();
        prop_assert_eq!(worked, n.max(1) as usize);
        prop_assert!(calendar.is_working_day(last) && last > arrival);
        prop_assert_eq!(term.due, calendar.due_after_working_days(received, n));
        prop_assert_eq!(Some([term.remind_at, term.due]), calendar.watches(last));
        prop_assert!(received < term.remind_at && term.remind_at < term.due);
        // Whoever asks later is not answered earlier.
        let later = received.saturating_add(SignedDuration::from_hours(7)).unwrap();
        prop_assert!(calendar.due_after_working_days(later, n) >= term.due);
    }

    #[test]
    fn a_term_of_calendar_days_never_ends_on_a_holiday_nor_more_than_four_days_late(
        assigned in instants(), n in 0_u32..400,
    ) {
        let tenant = rubano();
        let calendar = Calendar::of(&tenant);
        let assigned = tenant.time_zone.civil(assigned).date();

        let due = calendar.due_after_days(assigned, n);

        let late = i64::from((due - assigned).get_days()) - i64::from(n);
        prop_assert!(!calendar.is_holiday(due));
        prop_assert!((0..=4).contains(&late), "{}", late);
    }
}
