//! What citizens live through, and what holds whatever they do.

use insta::assert_snapshot;

use self::chat::{Chat, HERE, form};
use super::super::draft::Ask;
use super::super::territory::{Territory, Whereabouts};
use super::*;
use crate::conversation::What;

pub(crate) mod chat;
mod whatever;

#[test]
fn step_by_step_a_segnalazione_takes_six_messages() {
    let said = Chat::new().transcript(&[
        "Segnala",
        "[tocca Viabilità]",
        "C'è una buca profonda davanti alla scuola, da ieri",
        "[foto]",
        "…",
        "[posizione]",
        "Anna De Luca",
        "[tocca CONFERMO]",
    ]);
    assert!(said.ends_with("= 6 messaggi\n"), "{said}");
    assert_snapshot!(said);
}

#[test]
fn by_the_form_a_segnalazione_takes_three_messages() {
    let filled = format!("[modulo {}]", form());
    let said = Chat::with_form().transcript(&["SEGNALA", &filled, "[posizione]"]);
    assert!(said.ends_with("= 3 messaggi\n"), "{said}");
    assert_snapshot!(said);
}

#[test]
fn a_photo_a_position_and_a_sentence_in_one_breath_are_one_segnalazione() {
    assert_snapshot!(Chat::new().transcript(&[
        "[foto: lampione spento]",
        "[posizione]",
        "in via Cairoli, davanti al numero 4",
        "[foto]",
        "…",
        "NON SO",
        "mi chiamo Mario Rossi, 347 1234567",
        "CONFERMO",
    ]));
}

#[test]
fn whoever_is_outside_the_territory_is_told_and_loses_nothing() {
    assert_snapshot!(Chat::new().transcript(&[
        "rifiuti abbandonati lungo la strada",
        "[posizione a Chivasso]",
        "…",
        "[posizione]",
        "…",
        "Anna De Luca",
        "sì",
    ]));
}

#[test]
fn what_is_incomplete_is_reminded_of_once_and_lapses() {
    assert_snapshot!(Chat::new().transcript(&[
        "SEGNALA",
        "[tocca Rifiuti e decoro urbano]",
        "sacchi abbandonati",
        "…",
        "[posizione]",
        "20 ore di silenzio",
        "30 ore di silenzio",
        "118 ore di silenzio",
        "CONFERMO",
    ]));
}

#[test]
fn a_part_is_corrected_and_everything_is_read_back_again() {
    assert_snapshot!(Chat::new().transcript(&[
        "buca in via Roma",
        "…",
        "[posizione]",
        "Rossi",
        "Mario Rossi",
        "correggi",
        "nome e cognome",
        "Maria Rossi",
        "[tocca CONFERMO]",
        "[tocca CONFERMO]",
    ]));
}

#[test]
fn danger_istanze_and_offences_inside_the_comune_open_other_doors() {
    assert_snapshot!(Chat::new().transcript(&[
        "aiuto c'è una fuga di gas in via Roma!",
        "ANNULLA",
        "vorrei fare richiesta di accesso agli atti",
        "voglio segnalare un illecito del mio dirigente",
        "[voce]",
        "[foto: la mia carta d'identità]",
        "operatore",
        "correggi",
    ]));
}

#[test]
fn what_comes_after_the_confirmation_is_added_to_it() {
    let mut chat = confirmed();
    chat.does("[foto]");
    chat.does("dimenticavo: è caduto anche un ramo");

    assert_eq!(chat.filed.len(), 1);
    assert_eq!(chat.supplements.len(), 2);
    assert_eq!(chat.supplements[1].codice.to_string(), "SEG-2026-000001");
    assert_eq!(
        chat.supplements[1].given.details(),
        "dimenticavo: è caduto anche un ramo"
    );
}

fn confirmed() -> Chat {
    let mut chat = Chat::new();
    for line in [
        "albero caduto sul marciapiede, ostruisce il passaggio",
        "[posizione]",
    ] {
        chat.does(line);
    }
    chat.wait();
    if matches!(chat.dialogue, Dialogue::Making(ref draft) if draft.given.category.is_none()) {
        chat.does("[tocca Criticità ambientali]");
    }
    chat.does("Anna De Luca");
    chat.does("[tocca CONFERMO]");
    assert_eq!(chat.filed.len(), 1);
    chat
}

#[test]
fn whoever_whatsapp_shows_without_a_number_is_asked_for_a_contact_in_the_same_breath() {
    let mut chat = Chat::new();
    chat.number_shown = false;
    for line in ["buca in via Roma", "[posizione]"] {
        chat.does(line);
    }
    chat.wait();
    assert_eq!(chat.said.last().unwrap().line, Line::IdentityHidden);
    chat.does("Anna De Luca");
    assert!(matches!(
        chat.said.last().unwrap().said,
        Said::AskContact { .. }
    ));
    chat.does("anna.deluca@example.org");
    assert_eq!(chat.said.last().unwrap().line, Line::Summary);
}

#[test]
fn a_confirmation_is_of_what_was_read_back_and_of_nothing_else() {
    let mut chat = Chat::new();
    for line in ["buca in via Roma", "[posizione]"] {
        chat.does(line);
    }
    chat.wait();
    chat.does("Anna De Luca");
    let old = chat.tap("CONFERMO");
    chat.does("anzi, sono due buche");
    chat.hear(old);
    assert!(chat.filed.is_empty(), "something else was read back");
    assert_eq!(chat.said.last().unwrap().line, Line::Summary);
    chat.does("[tocca CONFERMO]");
    assert_eq!(
        chat.filed[0].draft.given.details(),
        "buca in via Roma\nanzi, sono due buche"
    );
}

#[test]
fn a_form_is_taken_once_and_only_from_whom_it_was_sent_to() {
    let mut chat = Chat::with_form();
    chat.does("SEGNALA");
    let answer = |token: &str| What::FlowAnswer {
        token: Some(token.to_owned()),
        fields: form(),
    };
    chat.hear(answer("seg-of-somebody-else"));
    assert_eq!(chat.said.last().unwrap().line, Line::FormExpired);

    let token = chat.token().unwrap();
    chat.hear(answer(&token));
    assert_eq!(chat.said.last().unwrap().line, Line::Place);
    chat.hear(answer(&token));
    assert_eq!(chat.said.last().unwrap().line, Line::FormExpired);
    chat.does("[posizione]");
    assert_eq!(chat.filed.len(), 1);
    assert_eq!(chat.fetched.len(), 1);
}

#[test]
fn a_form_with_nonsense_in_it_is_asked_about_and_breaks_nothing() {
    for fields in [
        serde_json::json!(null),
        serde_json::json!([1, 2]),
        serde_json::json!({"tipo": "guerra", "descrizione": 7, "nome": {"a": 1}, "foto": "x", "conferma": "true"}),
        serde_json::json!({"tipo": "rifiuti", "descrizione": "sacchi", "nome": "Anna", "cognome": "https://example.org", "conferma": true}),
    ] {
        let mut chat = Chat::with_form();
        chat.does("SEGNALA");
        let token = chat.token();
        chat.hear(What::FlowAnswer { token, fields });
        chat.does("[posizione]");
        chat.wait();
        assert!(chat.filed.is_empty(), "a name is missing");
        assert!(
            matches!(&chat.dialogue, Dialogue::Making(draft) if draft.given.missing(&chat.service.settings).is_some())
        );
    }
}

#[test]
fn danger_in_the_words_under_a_photo_comes_first_too() {
    let mut chat = Chat::new();
    chat.does("[foto: c'è un incendio in via Roma!]");

    assert_eq!(chat.said.last().unwrap().line, Line::Emergency);
    assert_eq!(chat.fetched.len(), 1, "and the photo is kept");
}

#[test]
fn danger_is_kept_as_a_description_whatever_was_asked() {
    let mut chat = Chat::with_form();
    chat.does("SEGNALA");
    chat.does(&format!("[modulo {}]", form()));
    chat.does("via Roma 3, c'è una fuga di gas");
    assert_eq!(chat.said.last().unwrap().line, Line::Emergency);
    assert!(chat.filed.is_empty(), "it is not an address");
    chat.wait();
    assert_eq!(chat.said.last().unwrap().line, Line::Place);
    chat.does("[posizione]");
    chat.does("[tocca CONFERMO]");
    let details = chat.filed[0].draft.given.details();
    assert!(details.ends_with("c'è una fuga di gas"), "{details}");
}

#[test]
fn of_an_offence_inside_the_comune_nothing_is_kept_however_it_comes() {
    let mut chat = Chat::new();
    chat.does("buca in via Roma");
    chat.wait();
    for offence in [
        "voglio segnalare un illecito del mio dirigente",
        "[foto: il mio dirigente prende tangenti]",
    ] {
        chat.does(offence);
        assert_eq!(
            chat.said.last().unwrap().line,
            Line::Whistleblowing,
            "{offence}"
        );
    }
    let kept = serde_json::to_string(&chat.dialogue).unwrap();
    assert!(
        !kept.contains("dirigente") && chat.fetched.is_empty(),
        "{kept}"
    );
}

#[test]
fn words_after_segnala_are_never_taken_for_nothing() {
    let mut chat = Chat::new();
    chat.does("SEGNALA");
    chat.does("mah, davanti al 12 di via Verdi");
    chat.wait();
    assert_eq!(chat.said.last().unwrap().line, Line::Category);
    assert!(
        matches!(&chat.dialogue, Dialogue::Making(draft) if draft.given.details().contains("via Verdi"))
    );
}

#[test]
fn the_words_under_a_film_are_read_although_the_film_is_not_taken() {
    let mut chat = Chat::new();
    chat.hear(What::Media(crate::conversation::Media {
        id: "1".to_owned(),
        kind: crate::conversation::MediaKind::Video,
        mime: None,
        sha256: None,
        caption: Some("buca in via Roma".to_owned()),
    }));
    assert_eq!(chat.said.last().unwrap().line, Line::MediaUnsupported);
    chat.wait();
    assert_eq!(chat.said.last().unwrap().line, Line::Place);
}

#[test]
fn what_changed_after_the_summary_is_read_back_again() {
    let mut chat = Chat::new();
    chat.does("buca in via Roma");
    chat.does("[posizione]");
    chat.wait();
    chat.does("Anna De Luca");
    chat.hear(What::Changed {
        original: "wamid.0001".parse().unwrap(),
        now: Box::new(What::Words("due buche in via Roma".to_owned())),
    });
    chat.does("CONFERMO");
    assert!(chat.filed.is_empty());
    assert!(chat.said.last().unwrap().said.words().contains("due buche"));
    chat.does("CONFERMO");
    assert_eq!(chat.filed.len(), 1);
}

#[test]
fn a_summary_fits_whatsapp_whatever_is_in_it_and_a_novel_is_told_to_be_too_long() {
    let mut chat = Chat::new();
    chat.does("buca in via Roma");
    for _ in 0..20 {
        chat.does(&"🕳".repeat(1024));
    }
    chat.does("[posizione]");
    chat.wait();
    if matches!(&chat.dialogue, Dialogue::Making(draft) if draft.given.category.is_none()) {
        chat.does("1");
    }
    chat.does(&format!("Anna De Luca {}@example.org", "a".repeat(60)));
    let summary = chat.said.last().unwrap();
    assert_eq!(summary.line, Line::Summary);
    assert!(summary.said.words().encode_utf16().count() <= 1024);
    assert!(summary.said.words().contains("troppo lungo"));
}

#[test]
fn a_contact_that_was_given_stays_when_the_name_is_corrected() {
    let mut chat = Chat::new();
    chat.does("buca in via Roma");
    chat.does("[posizione]");
    chat.wait();
    chat.does("Ana De Luca anna@example.org");
    chat.does("CORREGGI");
    chat.does("nome e cognome");
    chat.does("Anna De Luca");
    assert!(
        chat.said
            .last()
            .unwrap()
            .said
            .words()
            .contains("anna@example.org")
    );
}

#[test]
fn a_fourth_photo_is_not_kept_and_the_citizen_is_told() {
    let mut chat = Chat::new();
    chat.does("buca in via Roma");
    for _ in 0..4 {
        chat.does("[foto]");
    }
    chat.does("[posizione]");
    chat.wait();
    chat.does("Anna De Luca");
    let summary = chat.said.last().unwrap();
    assert!(
        summary.said.words().contains("Foto: 3 (altre 1 non"),
        "{summary:?}"
    );
    assert_eq!(chat.fetched.len(), 3);
}

#[test]
fn a_place_near_the_border_is_accepted_and_marked() {
    let mut chat = Chat::new();
    chat.does("buca in via Roma");
    let border = border_of(&chat.service.territory);
    chat.hear(What::Position(border));
    chat.wait();
    let Dialogue::Making(draft) = &chat.dialogue else {
        panic!()
    };
    assert_eq!(
        draft.given.place.as_ref().unwrap().whereabouts,
        Some(Whereabouts::Border)
    );
    assert_eq!(draft.given.missing(&chat.service.settings), Some(Ask::Name));
}

/// A place at the border, north of the middle.
fn border_of(territory: &Territory) -> crate::conversation::Position {
    let (lat, lon) = HERE;
    let at = |step: f64| crate::conversation::Position {
        lat: lat + step * 0.0005,
        lon,
        name: None,
        address: None,
    };
    let whereabouts = |position: &crate::conversation::Position| {
        let point = super::super::place::Point::new(position.lat, position.lon).unwrap();
        territory.whereabouts(point)
    };
    (0..400)
        .map(|step| at(f64::from(step)))
        .find(|position| whereabouts(position) == Whereabouts::Border)
        .unwrap()
}

#[test]
fn a_message_that_was_taken_back_or_changed_is_read_as_it_is_now() {
    let mut chat = Chat::new();
    chat.does("buca in via Roma");
    chat.does("chiamate il signor Bianchi");
    let (first, second) = ("wamid.0001".parse().unwrap(), "wamid.0002".parse().unwrap());
    chat.hear(What::TakenBack { original: second });
    chat.hear(What::Changed {
        original: first,
        now: Box::new(What::Words("buca in via Milano".to_owned())),
    });
    let Dialogue::Making(draft) = &chat.dialogue else {
        panic!()
    };
    assert_eq!(draft.given.details(), "buca in via Milano");
}
