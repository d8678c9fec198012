use jiff::civil::{date, time};
use proptest::prelude::*;

use super::*;

/// A Tuesday.
const TODAY: Date = date(2026, 11, 24);

fn read(text: &str) -> (Date, Option<Time>) {
    let when = when(text, TODAY).unwrap_or_else(|| panic!("{text}"));
    (when.date, when.time)
}

#[test]
fn offices_write_the_same_day_and_hour_in_many_ways() {
    let half_past_nine = (date(2026, 12, 12), Some(time(9, 30, 0, 0)));
    for text in [
        "12/12/2026 ore 9.30",
        "12.12.2026 ore 9:30",
        "12-12-26 alle ore 9,30",
        "sabato 12 dicembre 2026 alle 9:30",
        "Sabato 12 dicembre, h. 9.30",
        "2026-12-12T09:30",
        "12/12 ore 9:30",
        "ore 9.30 di sabato 12 dicembre",
        "12 dic. 2026 9:30",
        "12/12/2026 9.30",
        "12/12/2026 dalle 9:30 alle 18",
    ] {
        assert_eq!(read(text), half_past_nine, "{text}");
    }
    assert_eq!(read("12.12.2026"), (date(2026, 12, 12), None));
    assert_eq!(
        read("1° dicembre ore 9"),
        (date(2026, 12, 1), Some(time(9, 0, 0, 0)))
    );
    assert_eq!(
        read("primo dicembre a mezzogiorno").1,
        Some(time(12, 0, 0, 0))
    );
    assert_eq!(read("domani mattina"), (date(2026, 11, 25), None));
}

#[test]
fn a_year_that_is_left_out_is_the_next_one() {
    assert_eq!(read("24 novembre").0, date(2026, 11, 24));
    assert_eq!(read("23 novembre").0, date(2027, 11, 23));
    assert_eq!(read("29 febbraio").0, date(2028, 2, 29));
    assert!(when("7 gennaio", TODAY).unwrap().is_year_inferred);
}

#[test]
fn several_days_are_a_span_or_several_days() {
    for text in [
        "dal 12 al 14 dicembre 2026",
        "12-14 dicembre",
        "dal 12/12/2026 al 14/12/2026",
        "da sabato 12 a lunedì 14 dicembre",
        "dal 12 dicembre al 14 dicembre",
    ] {
        let when = when(text, TODAY).unwrap();
        assert_eq!(
            (when.date, when.last),
            (date(2026, 12, 12), Some(date(2026, 12, 14))),
            "{text}"
        );
        assert!(!when.has_others, "{text}");
    }
    let two = when("12 e 20 dicembre", TODAY).unwrap();
    assert_eq!(
        (two.date, two.last, two.has_others),
        (date(2026, 12, 12), None, true)
    );
}

#[test]
fn a_day_of_the_week_that_is_another_is_told() {
    let said = when("venerdì 12 dicembre 2026", TODAY)
        .unwrap()
        .other_weekday;
    assert_eq!(said, Some(Weekday::Friday));
    assert_eq!(
        when("sabato 12 dicembre 2026", TODAY)
            .unwrap()
            .other_weekday,
        None
    );
}

#[test]
fn what_is_no_day_is_not_taken_for_one() {
    for text in [
        "",
        "appena possibile",
        "venerdì",
        "ore 9.30",
        "31 febbraio",
        "45/12/2026",
        "n. 138",
        "1234567890123",
    ] {
        assert_eq!(when(text, TODAY), None, "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "(\\PC|[0-9]{1,5}|[-/.:, ]|dicembre|ore|dal|al|alle|sabato){0,40}") {
        let _ = when(&text, TODAY);
    }
}
