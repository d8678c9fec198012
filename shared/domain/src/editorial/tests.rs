use proptest::prelude::*;

use super::*;
use crate::notice::Draft;
use crate::tenant::tests::rubano;

fn draft(text: &str, link: &str) -> Draft {
    serde_json::from_value(serde_json::json!({
        "title": "Mercatino di Natale", "text": text, "link": link,
        "wanted_at": "2026-12-10T09:30", "office": "Cultura", "kind": "evento"
    }))
    .unwrap()
}

fn now() -> Instant {
    "2026-11-22T09:00:00Z".parse().unwrap()
}

fn earlier(id: char, text: &str, link: &str, sent_on: &str) -> Earlier {
    Earlier {
        notice: format!("avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2{id}")
            .parse()
            .unwrap(),
        title: "Mercatino".to_owned(),
        text: text.to_owned(),
        link: link.to_owned(),
        event_date: None,
        sent_on: sent_on.parse().unwrap(),
    }
}

#[test]
fn addresses_of_one_page_are_the_same() {
    for same in [
        "https://www.rubano.it/notizie/mercatino",
        "http://rubano.it/notizie/mercatino/",
        "HTTPS://WWW.Rubano.IT/notizie/mercatino?utm_source=x#su",
        "https://rubano.it:443/notizie/mercatino",
        " //rubano.it/notizie/mercatino ",
    ] {
        assert_eq!(
            normalised_link(same),
            "rubano.it/notizie/mercatino",
            "{same}"
        );
    }
    assert_ne!(
        normalised_link("https://rubano.it/Notizie"),
        normalised_link("https://rubano.it/notizie")
    );
}

#[test]
fn the_surest_duplicate_comes_first_and_each_notice_once() {
    let text = "Sabato 12 dicembre 2026 mercatino in piazza, con banchi e musica.";
    let link = "https://www.rubano.it/notizie/mercatino";
    let other = "https://www.rubano.it/notizie/altro";
    let earlier = [
        earlier(
            'A',
            "Tutt'altro: scade la tassa sui rifiuti.",
            other,
            "2026-12-01",
        ),
        earlier(
            'B',
            "Sabato 12 dicembre mercatino in piazza con banchi e musica.",
            other,
            "2026-12-01",
        ),
        earlier(
            'C',
            text,
            "http://rubano.it/notizie/mercatino/",
            "2026-10-01",
        ),
        earlier('D', text, other, "2026-11-01"),
        earlier('E', text, other, "2026-12-20"),
    ];

    let found = duplicates(&draft(text, link), &earlier, &EditorialSettings::default());

    let found: Vec<_> = found
        .iter()
        .map(|d| {
            (
                d.earlier.notice.as_str().chars().last().unwrap(),
                d.why,
                d.score < 1.0,
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ('C', Why::SameLink, false),
            ('E', Why::NearText, false),
            ('B', Why::NearText, true),
        ]
    );
}

#[test]
fn a_sentence_moved_is_the_same_text_and_another_notice_is_not() {
    let one = "Sabato mercatino in piazza. Domenica concerto della banda in teatro.";
    let moved = "Domenica in teatro concerto della banda. Sabato mercatino in piazza.";
    let other = "La biblioteca resta chiusa per inventario fino a venerdì.";

    assert!(similarity(one, moved) > 0.95);
    assert!(similarity(one, other) < 0.5);
}

#[test]
fn the_event_of_a_draft_is_its_first_day_to_come() {
    let link = "https://www.rubano.it/notizie/mercatino";
    let day = |text: &str| event_date(&draft(text, link)).map(|date| date.to_string());

    assert_eq!(
        day("Dal 5 al 20 dicembre mostra."),
        Some("2026-12-20".to_owned())
    );
    assert_eq!(
        day("Sabato 12 e domenica 13 dicembre."),
        Some("2026-12-12".to_owned())
    );
    assert_eq!(day("Mercatino in piazza."), None);
}

#[test]
fn a_request_that_is_no_draft_is_told_by_the_same_numbers() {
    let input = DraftInput {
        text: Some("Il {giorno}\nvedi https://x.example e chiama il 333 1234567".to_owned()),
        link: Some("http://altrosito.example/".to_owned()),
        ..DraftInput::default()
    };

    let found = check_input(&input, &rubano());

    let keys: Vec<_> = found.iter().map(|finding| finding.words.0).collect();
    assert_eq!(
        keys,
        [
            "check.e01.not_https",
            "check.e01.foreign",
            "check.e01.in_text",
            "check.e12.phone",
            "check.e22.control",
            "check.e22.placeholder",
        ]
    );
}

#[test]
fn what_blocks_is_lifted_as_its_check_says_and_what_warns_with_a_reason() {
    let of = |check, severity| Finding::new(check, severity, "", vec![]).waivable();

    assert_eq!(of(CheckId::E02, Severity::Block), Some(Waivable::Never));
    assert_eq!(of(CheckId::E02, Severity::Warn), Some(Waivable::WithReason));
    assert_eq!(of(CheckId::E02, Severity::Info), None);
    assert_eq!(
        of(CheckId::E16, Severity::Block),
        Some(Waivable::WithSecondPerson)
    );
    assert_eq!(
        of(CheckId::E20, Severity::Block),
        Some(Waivable::BySecretary)
    );
}

#[test]
fn settings_left_out_are_the_usual_ones() {
    let some: EditorialSettings = serde_json::from_str(r#"{"emoji": 0}"#).unwrap();

    assert_eq!(some.emoji, 0);
    assert_eq!(some.block_length, 1000);
    assert!(serde_json::from_str::<EditorialSettings>(r#"{"emojis": 0}"#).is_err());
}

/// Texts with much of what the checks look for.
fn busy_text() -> impl Strategy<Value = String> {
    let pieces = proptest::sample::select(vec![
        "sabato",
        "12",
        "31",
        "dicembre",
        "2026",
        "12/12/2026",
        "e",
        "dal",
        "al",
        " ",
        "  ",
        ", ",
        "-",
        "–",
        ".",
        ":",
        "/",
        "domani",
        "prossimo",
        "ore",
        "9",
        "9:30",
        "9h30",
        "h",
        "+39",
        "333",
        "1234567",
        "IT60",
        "X0542811101",
        "RSSMRA80A01",
        "H501U",
        "AB",
        "123",
        "CD",
        "@",
        "rubano.it",
        "www.",
        "bit.ly/x",
        "*",
        "{",
        "}",
        "E'",
        "pò",
        "!!",
        "🎄",
        "in ",
        "🇮🇹",
        "ACRE",
        "(",
        ")",
        "sindaco",
        "Tizio",
        "ai sensi",
        "\n",
        "\u{301}",
        "ſ",
        "İ",
        "²",
        "º",
        "Ⅻ",
        "１２",
    ]);
    proptest::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_makes_the_checks_panic(text in prop_oneof![any::<String>(), busy_text()]) {
        let link = "https://www.rubano.it/notizie/mercatino";
        let around = Surroundings::none(now());
        let draft = draft(&text, link);
        for finding in check(&draft, &rubano(), &around) {
            prop_assert!(KEYS.contains(&finding.words.0));
            prop_assert!(!finding.message().is_empty());
        }
        let input = DraftInput { text: Some(text.clone()), link: Some(text), ..DraftInput::default() };
        check_input(&input, &rubano());
    }

    #[test]
    fn a_text_is_wholly_like_itself(text in busy_text()) {
        let score = similarity(&text, &text);
        prop_assert!((score - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_normalised_link_is_normal(link in prop_oneof![any::<String>(), "(https?://|www\\.|/| |:443|[A-Za-z.]|\\?|#){0,20}"]) {
        let normal = normalised_link(&link);
        prop_assert_eq!(normalised_link(&normal), normal);
    }
}

#[test]
fn a_series_is_spaced_only_where_its_days_are_far_apart() {
    let text = "Sabato 12 dicembre mercatino in piazza, con banchi e musica.";
    let link = "https://www.rubano.it/notizie/mercatino";
    let draft = draft(text, link);
    let wanted = draft.wanted_at.date();
    let weight = |days: i32, spaced_series| {
        let on = wanted.saturating_sub(jiff::Span::new().days(days));
        let earlier = [earlier('A', text, link, &on.to_string())];
        let around = Surroundings {
            earlier: &earlier,
            spaced_series,
            ..Surroundings::none("2026-11-22T09:00:00Z".parse().unwrap())
        };
        let found = check(&draft, &crate::tenant::tests::rubano(), &around);
        found
            .iter()
            .find(|finding| finding.check == CheckId::E16)
            .map(|finding| finding.severity)
    };

    assert_eq!(weight(7, true), Some(Severity::Warn));
    assert_eq!(weight(6, true), Some(Severity::Block));
    assert_eq!(weight(7, false), Some(Severity::Block));
}
