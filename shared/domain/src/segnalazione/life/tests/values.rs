use proptest::prelude::*;

use super::*;

#[test]
fn a_codice_is_found_as_citizens_and_mails_write_it() {
    for text in [
        "SEG-2026-000123",
        "seg 2026 123",
        "seg2026000123",
        "Seg. 2026/123",
        "SEG – 2026 – 000123.",
        "Re: Segnalazione WhatsApp SEG-2026-000123 - Illuminazione pubblica",
        "à che punto è la seg-2026-123? (SEG-2026-000123)",
    ] {
        assert_eq!(Codice::find(text), Codice::new(2026, 123).ok(), "{text}");
    }
}

#[test]
fn what_is_no_codice_or_several_is_not_guessed() {
    for text in [
        "",
        "SEG",
        "SEG-2026",
        "SEG-1999-000001",
        "SEG-2026-000000",
        "SEG-2026-1234567",
        "seg 20261 23",
        "seg2026123",
        "SEG-2026-000123a",
        "lesseg-2026-000123",
        "segnalazione 2026 123",
        "0001234/2026",
        "SEG-2026-000123 e SEG-2026-000124",
        "seg ２０２６ 123",
    ] {
        assert_eq!(Codice::find(text), None, "{text}");
    }
}

#[test]
fn a_codice_is_stored_in_one_form_only() {
    let codice = Codice::new(2026, 123).unwrap();

    let stored = serde_json::to_string(&codice).unwrap();

    assert_eq!(stored, "\"SEG-2026-000123\"");
    assert_eq!(serde_json::from_str::<Codice>(&stored).unwrap(), codice);
    for other in [
        "\"SEG-2026-123\"",
        "\"seg-2026-000123\"",
        "\" SEG-2026-000123\"",
    ] {
        assert!(serde_json::from_str::<Codice>(other).is_err(), "{other}");
    }
    assert_eq!(Codice::new(3000, 1), Err(NotACodice));
    assert_eq!(Codice::new(2026, 1_000_000), Err(NotACodice));
}

#[test]
fn a_number_of_the_protocollo_keeps_its_zeros_and_has_seven_digits_at_least() {
    assert_eq!(number("0001234/2026").to_string(), "0001234/2026");
    for text in [
        "1234/2026",
        "0000000/2026",
        "0001234",
        "0001234/26",
        "0001234/2026/1",
        "00012x4/2026",
        "123456789012345/2026",
    ] {
        assert!(text.parse::<ProtocolNumber>().is_err(), "{text}");
    }
}

#[test]
fn a_reason_has_words_and_a_title_is_one_line() {
    assert_eq!(" fatto ".parse::<Reason>().unwrap().as_str(), "fatto");
    assert_eq!("  \n".parse::<Reason>(), Err(NotAReason));
    assert!("à".repeat(1000).parse::<Reason>().is_ok());
    assert!("à".repeat(1001).parse::<Reason>().is_err());
    assert!("à".repeat(160).parse::<Line>().is_ok());
    for title in ["", &"à".repeat(161), "Via Roma\nVia Po"] {
        assert_eq!(title.parse::<Line>(), Err(NotALine), "{title}");
    }
}

#[test]
fn a_log_does_not_show_what_people_wrote() {
    let case = after(
        resolved(),
        [staff(ByStaff::Note {
            text: "parlato con la signora Bianchi".parse().unwrap(),
        })],
    );

    let logged = format!("{case:?}");

    assert!(
        !logged.contains("Roma") && !logged.contains("lampada"),
        "{logged}"
    );
    assert!(logged.contains("Reason(18 characters)"), "{logged}");
}

#[test]
fn a_rating_goes_from_one_to_five() {
    let rated: Vec<u8> = (0..=u8::MAX)
        .filter(|stars| Rating::try_from(*stars).is_ok())
        .collect();

    assert_eq!(rated, [1, 2, 3, 4, 5]);
}

#[test]
fn only_those_who_deal_with_segnalazioni_make_an_officer() {
    for role in Role::ALL {
        let actor = Actor {
            id: "qualcuno".parse().unwrap(),
            roles: vec![role],
        };
        let deals = matches!(role, Role::Operator | Role::SectorHead | Role::Secretary);
        assert_eq!(Officer::of(&actor, None).is_ok(), deals, "{}", role.key());
    }
}

proptest! {
    #[test]
    fn every_codice_reads_back_however_it_is_typed(year in 2000_u16..3000, number in 1_u32..1_000_000) {
        let codice = Codice::new(year, number).unwrap();
        let written = codice.to_string();

        prop_assert_eq!(written.parse(), Ok(codice));
        prop_assert_eq!(Codice::find(&written.to_lowercase().replace('-', " ")), Some(codice));
        prop_assert_eq!(Codice::find(&format!("seg {year} {number}")), Some(codice));
    }

    #[test]
    fn no_text_is_too_odd_to_be_looked_at(text in "(?s)([sS][eE][gG]|[-0-9 é]|.){0,40}") {
        let _ = Codice::find(&text);
    }
}
