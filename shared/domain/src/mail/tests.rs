use proptest::prelude::*;

use super::*;
use crate::tenant::Tenant;
use crate::texts;

fn tenant() -> Tenant {
    let mut tenant = crate::tenant::tests::rubano();
    tenant.mailbox = serde_json::from_value(serde_json::json!({
        "address": "avvisi@rubano.it",
        "senders": [{"from": "cultura@rubano.it", "office": "Cultura"}]
    }))
    .unwrap();
    tenant
}

fn now() -> Instant {
    "2026-11-24T09:00:00Z".parse().unwrap()
}

fn mail(text: &str) -> ReceivedMail {
    ReceivedMail {
        from: "cultura@rubano.it".parse().ok(),
        subject: "Avviso WhatsApp: mercatino".to_owned(),
        text: text.to_owned(),
        enclosed: Vec::new(),
        attachments: Vec::new(),
        received_at: now(),
        message_id: Some("<1@rubano.it>".to_owned()),
    }
}

fn clean() -> Origin {
    let pass = || Some("PASS".to_owned());
    Origin {
        spam: pass(),
        virus: pass(),
        results: Some("amazonses.com; dmarc=pass".to_owned()),
        is_automatic: false,
    }
}

fn one(text: &str) -> FoundRequest {
    let mut requests = read(&mail(text), &tenant(), now()).requests;
    assert_eq!(requests.len(), 1, "{requests:?}");
    requests.remove(0)
}

const WHOLE: &str = "Data invio: 12/12/2026 ore 9.30\nTesto: sabato mercatino in piazza.\nLink: https://www.rubano.it/notizie/mercatino";

#[test]
fn a_whole_request_is_filed_and_its_code_is_told() {
    let handled = handle(&mail(WHOLE), &clean(), &tenant(), now());

    let draft = &handled.applied[0].request.draft;
    assert_eq!(draft.title, "Avviso WhatsApp: mercatino");
    assert_eq!(draft.wanted_at.to_string(), "2026-12-12T09:30:00");
    assert_eq!(
        (draft.office.as_str(), draft.kind.key()),
        ("Cultura", "evento")
    );
    assert_eq!(
        handled.applied[0].request.submitted.by.as_str(),
        "posta.cultura"
    );
    assert_eq!(handled.waits, None);
    let answer = handled.answer.unwrap();
    assert!(answer.body.contains(handled.applied[0].request.id.as_str()));
    assert_eq!(answer.in_reply_to.as_deref(), Some("<1@rubano.it>"));
}

#[test]
fn the_same_mail_files_the_same_request_however_often_it_is_read() {
    let id = |mail: &ReceivedMail| {
        let handled = handle(mail, &clean(), &tenant(), now());
        handled.applied[0].request.id.clone()
    };
    let mut later = mail(WHOLE);
    later.received_at = "2026-11-24T10:00:00Z".parse().unwrap();
    let mut other = mail(WHOLE);
    other.message_id = Some("<2@rubano.it>".to_owned());

    assert_eq!(id(&mail(WHOLE)), id(&later));
    assert_ne!(id(&mail(WHOLE)), id(&other));
}

#[test]
fn what_is_missing_is_named_by_field() {
    let request = one("Testo: sabato mercatino in piazza.");

    assert_eq!(
        request.problems,
        [
            (Field::Link, FieldProblem::Missing),
            (Field::WantedAt, FieldProblem::Missing)
        ]
    );
    let handled = handle(
        &mail("Testo: sabato mercatino in piazza."),
        &clean(),
        &tenant(),
        now(),
    );
    assert!(handled.applied.is_empty() && handled.waits.is_none());
    assert!(handled.answer.unwrap().body.contains("NON REGISTRATA"));
}

#[test]
fn a_link_is_found_where_it_stands() {
    let link = Some("https://www.rubano.it/notizie/mercatino");
    let data = "Data: 12/12/2026 ore 9\n";
    for text in [
        "Testo: mercatino in piazza.\nLink alla news: <https://www.rubano.it/notizie/mercatino>",
        "Testo: mercatino in piazza. Info: https://www.rubano.it/notizie/mercatino",
        "Testo: «mercatino in piazza.»\nhttps://www.rubano.it/notizie/mercatino",
        "Testo: mercatino in piazza.\n\nLink\nwww.rubano.it/notizie/mercatino.",
        "Link: https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.rubano.it%2Fnotizie%2Fmercatino&data=x\nTesto: mercatino in piazza.",
        "Link: https://www.rubano.it/notizie/mercatino<https://www.rubano.it/notizie/mercatino>\nTesto: mercatino in piazza.",
    ] {
        let request = one(&format!("{data}{text}"));
        assert_eq!(request.input.link.as_deref(), link, "{text}");
        assert_eq!(
            request.input.text.as_deref(),
            Some("mercatino in piazza."),
            "{text}"
        );
        assert_eq!(request.problems, [], "{text}");
    }
}

#[test]
fn what_was_taken_to_be_so_is_told() {
    let request = one(
        "Data invio: 7 gennaio\nTesto: si riapre.\nLink: https://www.rubano.it/a\nNote: urgente",
    );

    assert_eq!(request.input.wanted_at.as_deref(), Some("2027-01-07T10:00"));
    assert_eq!(
        request.assumed,
        [
            Assumed::TitleFromSubject,
            Assumed::KindGuessed("evento".to_owned()),
            Assumed::DefaultHour("10:00".to_owned()),
            Assumed::NextYear(jiff::civil::date(2027, 1, 7)),
            Assumed::Aside("urgente".to_owned()),
        ]
    );
}

#[test]
fn a_day_that_is_another_day_of_the_week_is_asked_about() {
    let request =
        one("Data invio: venerdì 12 dicembre 2026\nTesto: a.\nLink: https://www.rubano.it/a");

    assert_eq!(
        request.problems,
        [(Field::WantedAt, FieldProblem::NotADate)]
    );
}

#[test]
fn an_emergency_is_declared_and_never_guessed() {
    let words =
        "Data: 12/12/2026\nTesto: allerta meteo rossa, emergenza.\nLink: https://www.rubano.it/a";

    assert_eq!(
        one(words).input.kind.as_deref(),
        Some("evento"),
        "of the subject"
    );
    let declared = one(&format!("Tipologia: Emergenza\n{words}"));
    assert_eq!(declared.input.kind.as_deref(), Some("emergenza"));
}

fn two(days: [u32; 2], second: &str) -> Vec<FoundRequest> {
    let text = format!(
        "Richiesta 1\nData: {}/12/2026\nTesto: a.\nLink: https://www.rubano.it/rassegna\n\n\
         Richiesta 2\nData: {}/12/2026\nTesto: b.\nLink: https://rubano.it/rassegna/\n{second}",
        days[0], days[1]
    );
    read(&mail(&text), &tenant(), now()).requests
}

#[test]
fn several_notices_of_one_thing_must_be_far_apart_or_have_a_reason() {
    let far = two([10, 17], "");
    assert_eq!(far[1].series, Some(Series::Spaced { days: 7 }));
    assert!(far.iter().all(|request| request.fileable().is_some()));

    let close = two([10, 16], "");
    let too_close = Some(Series::TooClose {
        days: 6,
        at_least: 7,
    });
    assert_eq!(
        (close[0].series, close[1].series),
        (Some(Series::First), too_close)
    );
    assert!(close[0].fileable().is_some() && close[1].fileable().is_none());

    let reasoned = two([10, 16], "Motivo: cambia la piazza");
    assert_eq!(reasoned[1].series, too_close);
    assert!(reasoned[1].fileable().is_some());
    let handled_reason = reasoned[1].reason.as_deref();
    assert_eq!(handled_reason, Some("cambia la piazza"));
}

#[test]
fn of_a_series_written_backwards_the_earliest_is_filed() {
    let requests = two([16, 10], "");

    assert!(requests[0].fileable().is_none() && requests[1].fileable().is_some());
}

#[test]
fn what_is_passed_on_is_read_where_nothing_stands_above() {
    let passed_on = format!(
        "Vi giro la richiesta.\n\n---------- Forwarded message ---------\nDa: Sport <sport@rubano.it>\nDate: mar 24 nov 2026\nSubject: Corsa campestre\nTo: Cultura\n\n{WHOLE}"
    );
    let reading = read(&mail(&passed_on), &tenant(), now());
    assert_eq!(reading.forwarded_from.as_deref(), Some("sport@rubano.it"));
    assert_eq!(
        reading.requests[0].input.title.as_deref(),
        Some("Corsa campestre")
    );

    let above = format!("{WHOLE}\n\n{passed_on}");
    let reading = read(&mail(&above), &tenant(), now());
    assert_eq!((reading.requests.len(), reading.forwarded_from), (1, None));
}

#[test]
fn who_is_not_believed_is_not_answered_and_waits() {
    let forged = Origin {
        results: Some("amazonses.com; dmarc=fail".to_owned()),
        ..clean()
    };
    let virus = Origin {
        virus: Some("FAIL".to_owned()),
        ..clean()
    };
    let automatic = Origin {
        is_automatic: true,
        ..clean()
    };
    let mut unknown = mail(WHOLE);
    unknown.from = "qualcuno@example.com".parse().ok();
    let mut nobody = mail(WHOLE);
    nobody.from = None;
    for (mail, origin, waits) in [
        (mail(WHOLE), forged, Waits::Forged),
        (mail(WHOLE), virus, Waits::Virus),
        (mail(WHOLE), automatic, Waits::Automatic),
        (unknown, clean(), Waits::UnknownSender),
        (nobody, clean(), Waits::UnknownSender),
    ] {
        let handled = handle(&mail, &origin, &tenant(), now());
        assert_eq!(handled.waits, Some(waits));
        assert!(handled.answer.is_none() && handled.applied.is_empty());
        assert_eq!(
            handled.reading.requests.len(),
            1,
            "a person sees what it holds"
        );
    }
}

#[test]
fn a_mail_without_requests_is_answered_and_waits() {
    let handled = handle(
        &mail("Buongiorno, grazie di ieri."),
        &clean(),
        &tenant(),
        now(),
    );

    assert_eq!(handled.waits, Some(Waits::NothingFound));
    assert!(handled.answer.unwrap().body.contains("Data invio:"));
}

#[test]
fn more_requests_than_are_filed_at_once_wait() {
    let many: Vec<String> = (0..21).map(|n| format!("Richiesta {n}\n{WHOLE}")).collect();
    let handled = handle(&mail(&many.join("\n\n")), &clean(), &tenant(), now());

    assert_eq!(
        (handled.waits, handled.applied.len()),
        (Some(Waits::TooManyRequests), 0)
    );
    assert!(handled.answer.is_some());
}

#[test]
fn every_reason_to_wait_has_its_words() {
    for waits in Waits::ALL {
        assert_ne!(texts::italian().staff(waits.key(), &[]), waits.key());
    }
}

proptest! {
    #[test]
    fn something_comes_of_every_mail(
        subject in "\\PC{0,20}",
        lines in prop::collection::vec("(Data invio: |12/12/2099|ore 9|Testo: |Link: |https://www.rubano.it/a|Richiesta 1|\\*\\*\\*|> |Da: |Oggetto: |Motivo: |Ufficio|\t|\\PC{0,15}){0,5}", 0..30),
    ) {
        let mut mail = mail(&lines.join("\n"));
        mail.subject = subject;
        let handled = handle(&mail, &clean(), &tenant(), now());

        prop_assert_eq!(handled.applied.len(), handled.filed.iter().flatten().count());
        prop_assert!(handled.answer.is_some() || handled.waits.is_some());
        if let Some(answer) = handled.answer {
            let mut lines = answer.body.lines();
            prop_assert!(!lines.any(|line| line.trim_start().starts_with("mail.")), "{}", answer.body);
            for filed in handled.applied {
                prop_assert!(answer.body.contains(filed.request.id.as_str()));
            }
        }
    }
}
