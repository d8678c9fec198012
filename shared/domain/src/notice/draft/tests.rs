use proptest::prelude::*;

use super::*;
use crate::tenant::tests::rubano;

pub(crate) fn now() -> Instant {
    "2026-11-22T09:00:00Z".parse().unwrap()
}

pub(crate) fn input() -> DraftInput {
    DraftInput {
        title: Some("Mercatino di Natale".to_owned()),
        text: Some(
            "sabato 12 dicembre 2026, dalle 9:30 alle 18, mercatino di Natale in piazza."
                .to_owned(),
        ),
        link: Some("https://www.rubano.it/notizie/mercatino-di-natale".to_owned()),
        wanted_at: Some("2026-12-10T09:30".to_owned()),
        useful_until: None,
        office: Some("Cultura".to_owned()),
        kind: Some("evento".to_owned()),
        ..DraftInput::default()
    }
}

fn problems(change: impl FnOnce(&mut DraftInput)) -> Vec<(Field, FieldProblem)> {
    let mut input = input();
    change(&mut input);
    Draft::check(&input, &rubano(), now()).unwrap_err().0
}

#[test]
fn a_complete_request_is_taken_and_previewed_as_the_citizen_will_read_it() {
    let draft = Draft::check(&input(), &rubano(), now()).unwrap();

    insta::assert_snapshot!(draft.preview(&rubano()), @"Comune di Rubano – sabato 12 dicembre 2026, dalle 9:30 alle 18, mercatino di Natale in piazza. Tutte le informazioni: https://www.rubano.it/notizie/mercatino-di-natale – Per non ricevere più avvisi scrivi CANCELLAMI.");
    assert_eq!(
        draft.send_at(&rubano()).unwrap(),
        "2026-12-10T08:30:00Z".parse().unwrap()
    );
}

#[test]
fn everything_that_is_missing_is_told_at_once() {
    let all = Draft::check(&DraftInput::default(), &rubano(), now())
        .unwrap_err()
        .0;

    let fields = [
        Field::Title,
        Field::Text,
        Field::Link,
        Field::WantedAt,
        Field::Office,
        Field::Kind,
    ];
    assert_eq!(all, fields.map(|field| (field, FieldProblem::Missing)));
}

#[test]
fn a_link_must_be_a_page_of_the_comune() {
    for (link, problem) in [
        ("rubano.it/notizie", "not an address"),
        ("http://www.rubano.it/notizie/a", "not https"),
        (
            "https://www.example.com/notizie/a",
            "not on the comune's site",
        ),
        (
            "https://www.rubano.it.example.com/a",
            "not on the comune's site",
        ),
        (
            "https://www.rubano.it@example.com/a",
            "not on the comune's site",
        ),
        (
            "https://qualcuno@www.rubano.it/a",
            "not on the comune's site",
        ),
        ("https://www.rubano.it:8443/a", "not on the comune's site"),
        ("https://bit.ly/abc", "not on the comune's site"),
        ("https://www.rubano.it/", "the home page"),
        ("javascript:alert(1)", "not https"),
    ] {
        let found = problems(|input| input.link = Some(link.to_owned()));
        assert_eq!(found.len(), 1, "{link}");
        assert_eq!(
            (found[0].0, found[0].1.to_string().as_str()),
            (Field::Link, problem),
            "{link}"
        );
    }
}

#[test]
fn a_text_must_fit_the_template() {
    for (text, problem) in [
        (
            "riga uno\nriga due",
            "characters that a template parameter cannot hold",
        ),
        (
            "uno\tdue",
            "characters that a template parameter cannot hold",
        ),
        (
            "uno     due",
            "characters that a template parameter cannot hold",
        ),
        ("leggi su www.rubano.it", "an address in the text"),
        ("Il {giorno} in piazza", "a placeholder is left"),
        (&"a".repeat(701), "701 characters, at most 700"),
        ("   ", "missing"),
    ] {
        let found = problems(|input| input.text = Some(text.to_owned()));
        assert_eq!(
            (found[0].0, found[0].1.to_string().as_str()),
            (Field::Text, problem),
            "{text}"
        );
    }
}

#[test]
fn the_whole_message_must_fit_whatsapp_even_with_a_long_link() {
    let found = problems(|input| {
        input.text = Some("a".repeat(700));
        input.link = Some(format!("https://www.rubano.it/{}", "n".repeat(300)));
    });

    assert!(
        matches!(
            found[..],
            [(Field::Text, FieldProblem::TooLong { length: 700, .. })]
        ),
        "{found:?}"
    );
}

#[test]
fn the_wanted_hour_must_be_to_come() {
    for (wanted, problem) in [
        ("2026-11-22T10:00", "in the past"), // now, in Rome
        ("2026-11-21T10:00", "in the past"),
        ("2026-13-01T10:00", "not a day and hour"),
        ("domani", "not a day and hour"),
        ("2026-12-12", "not a day and hour"),
        ("2026-12-12T09:30Z", "not a day and hour"),
        ("2026-12-12T09:30+00:00", "not a day and hour"),
        ("2026-12-12T09:30-05:00", "not a day and hour"),
        ("2026-12-12T09:30[Asia/Tokyo]", "not a day and hour"),
    ] {
        let found = problems(|input| input.wanted_at = Some(wanted.to_owned()));
        assert_eq!(
            (found[0].0, found[0].1.to_string().as_str()),
            (Field::WantedAt, problem),
            "{wanted}"
        );
    }
}

#[test]
fn an_hour_that_does_not_exist_moves_forward_and_one_that_exists_twice_is_the_first() {
    let at = |wanted: &str| {
        let mut input = input();
        input.wanted_at = Some(wanted.to_owned());
        let draft = Draft::check(&input, &rubano(), now()).unwrap();
        draft.send_at(&rubano()).unwrap().to_string()
    };

    assert_eq!(at("2027-03-28T02:30"), "2027-03-28T01:30:00Z");
    assert_eq!(at("2027-10-31T02:30"), "2027-10-31T00:30:00Z");
    assert_eq!(at("2027-10-31T03:30"), "2027-10-31T02:30:00Z");
}

#[test]
fn an_event_ends_after_its_notice_goes_out_or_has_no_end() {
    for (until, problem) in [
        ("2026-12-10T09:30", "before the wanted hour"),
        ("2026-12-09T18:00", "before the wanted hour"),
        ("2026-11-21T10:00", "in the past"),
        ("2026-12-12", "not a day and hour"),
        ("domenica", "not a day and hour"),
    ] {
        let found = problems(|input| input.useful_until = Some(until.to_owned()));
        assert_eq!(
            (found[0].0, found[0].1.to_string().as_str()),
            (Field::UsefulUntil, problem),
            "{until}"
        );
    }

    let mut input = input();
    input.useful_until = Some("2026-12-12T18:00".to_owned());
    let draft = Draft::check(&input, &rubano(), now()).unwrap();
    let until = draft.useless_from(&rubano()).unwrap().unwrap();
    assert_eq!(until.to_string(), "2026-12-12T17:00:00Z");
    input.useful_until = Some(" ".to_owned());
    let draft = Draft::check(&input, &rubano(), now()).unwrap();
    assert_eq!(draft.useless_from(&rubano()).unwrap(), None);
}

proptest! {
    #[test]
    fn no_input_makes_it_panic(
        text in any::<Option<String>>(), link in any::<Option<String>>(), wanted_at in any::<Option<String>>(),
        useful_until in any::<Option<String>>(),
    ) {
        let input = DraftInput { text, link, wanted_at, useful_until, ..input() };
        let _ = Draft::check(&input, &rubano(), now());
    }

    #[test]
    fn what_is_taken_is_a_lawful_template_parameter(text in "[a-zàèì0-9 .,{}\n\t\u{0}]{0,80}") {
        let input = DraftInput { text: Some(text), ..input() };
        if let Ok(draft) = Draft::check(&input, &rubano(), now()) {
            let forbidden = draft.text.contains(['\n', '\t', '{']) || draft.text.contains("     ");
            prop_assert!(!forbidden, "{:?}", draft.text);
            prop_assert!(draft.preview(&rubano()).chars().count() <= 1024);
        }
    }
}
