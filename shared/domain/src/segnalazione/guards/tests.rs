use proptest::prelude::*;

use super::*;

#[test]
fn danger_comes_before_everything_else() {
    let text = "voglio presentare istanza contro le tangenti";

    assert_eq!(
        guard(&format!("{text}: c'è un incendio!")),
        Some(Guard::Danger)
    );
    assert_eq!(guard(text), Some(Guard::Whistleblowing));
    assert_eq!(
        guard("voglio presentare istanza"),
        Some(Guard::FormalApplication)
    );
}

#[test]
fn a_danger_is_heard_in_six_languages() {
    for text in [
        "C'è puzza di gas!",
        "there is a gas leak",
        "il y a une fuite de gaz",
        "este o scurgere de gaz",
        "هناك تسرب غاز",
        "ka rrjedhje gazi",
    ] {
        assert_eq!(guard(text), Some(Guard::Danger), "{text}");
    }
}

#[test]
fn an_ordinary_report_passes() {
    for text in [
        "",
        "lampione spento in via Roma",
        "manca il gas nella pompa della scuola",
        "crollo delle iscrizioni",
        "il vecchio incendio dell'anno scorso",
        "scuola antincendio",
        "preferito",
        "luce che fuma di polvere",
        "faccio domanda a voi quando passate a riparare",
    ] {
        assert_eq!(guard(text), None, "{text}");
    }
}

#[test]
fn a_danger_in_the_middle_of_a_long_story_is_heard() {
    let story = "buongiorno a tutti vi racconto una storia lunga ".repeat(30);

    assert_eq!(
        guard(&format!("{story} sento puzza di gas {story}")),
        Some(Guard::Danger)
    );
}

#[test]
fn a_neighbour_a_title_with_a_name_and_a_plate_are_somebody() {
    for text in [
        "il vicino butta i sacchi",
        "il signor Bianchi non pulisce",
        "mio cognato lo sa",
        "la mia vicina di casa",
        "quello del bar",
        "auto ab123cd",
        "AUTO AB 123 CD",
    ] {
        assert!(speaks_of_somebody(text), "{text}");
    }
}

#[test]
fn offices_groups_and_measures_are_nobody() {
    for text in [
        "il sindaco non risponde",
        "gli operai hanno lasciato la buca",
        "il Comune non pulisce",
        "vicino alla scuola",
        "un masso da 100 kg",
        "il tombino più vicino",
    ] {
        assert!(!speaks_of_somebody(text), "{text}");
    }
}

#[test]
fn identity_documents_are_known_by_their_names() {
    for words in [
        "carta d'identità",
        "CARTA IDENTITA",
        "carta_identita_fronte.jpg",
        "CI fronte retro",
        "patente",
        "tessera sanitaria",
        "documento di riconoscimento",
        "Passaporto.pdf",
        "permesso di soggiorno",
    ] {
        assert!(is_identity_document(words), "{words}");
    }
    for words in [
        "",
        "buca in via Roma",
        "IMG-20260501-WA0003.jpg",
        "ci sono topi",
        "documento",
    ] {
        assert!(!is_identity_document(words), "{words}");
    }
}

proptest! {
    #[test]
    fn no_message_makes_it_panic(text in any::<String>()) {
        let _ = (guard(&text), speaks_of_somebody(&text), is_identity_document(&text));
    }

    #[test]
    fn capitals_and_marks_around_never_hide_a_danger(
        danger in prop::sample::select(vec!["puzza di gas", "c'è un incendio", "uomo a terra", "hanno sparato"]),
        upper in any::<bool>(),
        before in "[ \"“'«.!]{0,4}",
        after in "[ \"”'».!?🔥]{0,4}",
    ) {
        let typed = if upper { danger.to_uppercase() } else { danger.to_owned() };
        prop_assert_eq!(guard(&format!("{before}{typed}{after}")), Some(Guard::Danger));
    }
}
