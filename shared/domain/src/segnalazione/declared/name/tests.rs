//! What people type when they are asked who they are.

use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Result<(String, String), NameProblem> {
    FullName::read(text).map(|full| (full.name, full.surname))
}

#[track_caller]
fn assert_read(cases: &[(&str, &str, &str)]) {
    for &(text, name, surname) in cases {
        let expected = Ok((name.to_owned(), surname.to_owned()));
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn the_surname_is_the_last_word_with_its_particles() {
    assert_read(&[
        ("Mario Rossi", "Mario", "Rossi"),
        ("Anna Maria De Luca", "Anna Maria", "De Luca"),
        ("Giovanni D'Angelo", "Giovanni", "D'Angelo"),
        ("Giovanni D’Angelo", "Giovanni", "D’Angelo"),
        ("Giovanni D' Angelo", "Giovanni", "D' Angelo"),
        ("Nicolò dell'Acqua", "Nicolò", "dell'Acqua"),
        ("Nicolo' Bianchi", "Nicolo'", "Bianchi"),
        ("Rosa Lo Presti", "Rosa", "Lo Presti"),
        ("Maria De La Cruz", "Maria", "De La Cruz"),
        ("Jean-Pierre Dupont", "Jean-Pierre", "Dupont"),
        ("Anna Bianchi-Verdi", "Anna", "Bianchi-Verdi"),
        ("Maria A. Rossi", "Maria A", "Rossi"),
        ("Олена Шевченко", "Олена", "Шевченко"),
        ("Li Wei", "Li", "Wei"),
        ("Dai Wei", "Dai", "Wei"),
        ("Chiara Da Ros", "Chiara", "Da Ros"),
        ("Mohamed Ben Ali", "Mohamed", "Ben Ali"),
    ]);
}

#[test]
fn what_is_typed_is_never_changed_into_other_letters() {
    assert_read(&[
        ("MARIO ROSSI", "MARIO", "ROSSI"),
        ("mario rossi", "mario", "rossi"),
        ("  mario   Rossi \n", "mario", "Rossi"),
        ("«Mario Rossi»!", "Mario", "Rossi"),
        ("*Mario Rossi* 👍", "Mario", "Rossi"),
        ("Nicolo\u{300} Rossi", "Nicolò", "Rossi"),
    ]);
}

#[test]
fn what_introduces_a_name_is_no_part_of_it() {
    assert_read(&[
        ("mi chiamo Anna Maria De Luca", "Anna Maria", "De Luca"),
        ("sono Giovanni D'Angelo", "Giovanni", "D'Angelo"),
        (
            "Buongiorno, sono la signora Maria Rossi, grazie",
            "Maria",
            "Rossi",
        ),
        ("Sig.ra Maria Rossi", "Maria", "Rossi"),
        ("Il mio nome è Mario Rossi.", "Mario", "Rossi"),
        ("Nome e cognome: Mario Rossi", "Mario", "Rossi"),
        ("Nome: Mario Rossi", "Mario", "Rossi"),
        ("Mario Buongiorno", "Mario", "Buongiorno"),
    ]);
}

#[test]
fn a_surname_that_comes_first_is_recognised_where_it_can_be() {
    assert_read(&[
        ("Rossi, Mario", "Mario", "Rossi"),
        ("De Luca, Anna Maria", "Anna Maria", "De Luca"),
        ("Cognome e nome: Rossi Mario", "Mario", "Rossi"),
        ("cognome nome De Luca Anna Maria", "Anna Maria", "De Luca"),
        ("De Luca Anna", "Anna", "De Luca"),
        ("La Rosa Maria", "Maria", "La Rosa"),
        ("ROSSI Mario", "Mario", "ROSSI"),
        ("DE LUCA Anna", "Anna", "DE LUCA"),
        ("Maria ROSSI BIANCHI", "Maria", "ROSSI BIANCHI"),
    ]);
}

#[test]
fn labels_say_which_is_which() {
    assert_read(&[
        ("Nome: Mario Cognome: Rossi", "Mario", "Rossi"),
        ("nome Mario, cognome Rossi", "Mario", "Rossi"),
        (
            "Cognome: De Luca\nNome: Anna Maria\nTelefono: 347 1234567",
            "Anna Maria",
            "De Luca",
        ),
        (
            "Cognome: Rossi Bianchi Nome: Maria",
            "Maria",
            "Rossi Bianchi",
        ),
        (
            "mi chiamo Mario e di cognome faccio Rossi",
            "Mario",
            "Rossi",
        ),
        ("Rossi di nome Mario", "Mario", "Rossi"),
        ("Nome: Wei Cognome: Li", "Wei", "Li"),
    ]);
}

#[test]
fn contacts_and_addresses_beside_a_name_are_left_out() {
    assert_read(&[
        ("Mario Rossi 347 1234567", "Mario", "Rossi"),
        ("mi chiamo Mario Rossi, 347 1234567", "Mario", "Rossi"),
        ("Mario Rossi (cell. 347.1234567)", "Mario", "Rossi"),
        ("mario.rossi@example.org Mario Rossi", "Mario", "Rossi"),
        ("tel: 0125 123456 - Mario Rossi", "Mario", "Rossi"),
        (
            "Mario Rossi e il mio numero è +41 79 123 45 67",
            "Mario",
            "Rossi",
        ),
        (
            "Mario Rossi, nato a Chivasso il 05/06/1980",
            "Mario",
            "Rossi",
        ),
        ("Anna De Luca residente in via Roma 5", "Anna", "De Luca"),
        ("Mario Rossi, questo numero", "Mario", "Rossi"),
        ("Il mio numero è 347 1234567, Mario Rossi", "Mario", "Rossi"),
    ]);
}

#[test]
fn one_word_alone_lacks_the_other() {
    for text in [
        "Rossi",
        "mi chiamo Mario",
        "De Luca",
        "Rossi,",
        "Mario 347 1234567",
    ] {
        assert_eq!(read(text), Err(NameProblem::OnePartOnly), "{text}");
    }
}

#[test]
fn what_is_plainly_no_name_is_refused() {
    for (text, problem) in [
        ("", NameProblem::NoName),
        ("👍", NameProblem::NoName),
        ("347 1234567", NameProblem::NoName),
        ("anonimo", NameProblem::NoName),
        ("Nessuno", NameProblem::NoName),
        ("preferisco restare anonimo", NameProblem::NoName),
        ("non lo dico", NameProblem::NoName),
        ("un cittadino", NameProblem::NoName),
        ("Mario Rossi?", NameProblem::NoName),
        ("perché volete saperlo", NameProblem::NoName),
        ("Nome: Anonimo Cognome: Anonimo", NameProblem::NoName),
        ("ANNULLA segnalazione", NameProblem::NoName),
        ("cognome Rossi", NameProblem::NoName),
        ("Mario Rossi c'è una buca", NameProblem::NoName),
        ("lampione spento in via Cairoli", NameProblem::NoName),
        ("Mario Rossi2", NameProblem::OtherSigns),
        ("Mario https://example.org", NameProblem::OtherSigns),
        ("Mario www.example.org", NameProblem::OtherSigns),
        ("Mario_Rossi Bianchi", NameProblem::OtherSigns),
        ("Mario <b>Rossi</b>", NameProblem::OtherSigns),
        ("uno due tre quattro cinque sei sette", NameProblem::TooLong),
    ] {
        assert_eq!(read(text), Err(problem), "{text}");
    }
    let long = format!("Mario {}", "o".repeat(101));
    assert_eq!(read(&long), Err(NameProblem::TooLong));
    let novel = "Mario ".repeat(60);
    assert_eq!(read(&novel), Err(NameProblem::TooLong));
}

#[test]
fn parts_that_were_given_apart_are_checked_and_not_guessed() {
    let full = FullName::new(" De Luca ", "Anna").unwrap();
    assert_eq!((full.name(), full.surname()), ("De Luca", "Anna"));
    assert!(FullName::new(&"ò".repeat(100), "A").is_ok());

    let problem = |name: &str, surname: &str| FullName::new(name, surname).err();
    assert_eq!(problem("Anna", ""), Some(NameProblem::NoName));
    assert_eq!(problem("Anna", "-"), Some(NameProblem::NoName));
    assert_eq!(problem("Anna", "Anonima"), Some(NameProblem::NoName));
    assert_eq!(
        problem("Anna", "https://example.org"),
        Some(NameProblem::OtherSigns)
    );
    assert_eq!(problem(&"ò".repeat(101), "A"), Some(NameProblem::TooLong));
}

#[test]
fn a_name_is_stored_in_two_parts_and_does_not_show_itself() {
    let full = FullName::read("Mario Rossi").unwrap();
    let stored = r#"{"name":"Mario","surname":"Rossi"}"#;

    assert_eq!(serde_json::to_string(&full).unwrap(), stored);
    assert_eq!(serde_json::from_str::<FullName>(stored).unwrap(), full);
    assert_eq!(format!("{full:?}"), "FullName(…)");
    let tampered = r#"{"name":"Mario","surname":"Rossi 2"}"#;
    assert!(serde_json::from_str::<FullName>(tampered).is_err());
}

#[test]
fn the_lists_are_written_as_they_are_compared() {
    let lists: std::collections::BTreeMap<String, Vec<String>> =
        serde_json::from_str(include_str!("../../../../texts/declared.it.json")).unwrap();
    for phrase in lists.values().flatten() {
        assert_eq!(*phrase, fold(phrase));
        assert!(phrase.split(' ').count() <= MOST_IN_A_PHRASE, "{phrase}");
    }
}

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "Mario",
        "Anna Maria",
        "Nicolò",
        "Jean-Pierre",
        "MARIA",
        "Олена",
    ])
}

fn surname() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "Rossi",
        "De Luca",
        "D'Angelo",
        "dell’Acqua",
        "Dalla Chiesa",
        "Lo Presti",
    ])
}

proptest! {
    #[test]
    fn a_name_with_labels_is_read_as_it_was_given(
        name in name(),
        surname in surname(),
        end in prop::sample::select(vec!["", ".", "\n347 1234567", ", grazie"]),
    ) {
        let full = FullName::new(name, surname).unwrap();

        let read = FullName::read(&format!("Nome: {name} Cognome: {surname}{end}"));
        prop_assert_eq!(read.as_ref(), Ok(&full));
        let read = FullName::read(&format!("Cognome {surname}, nome {name}{end}"));
        prop_assert_eq!(read.as_ref(), Ok(&full));
        let read = FullName::read(&format!("{surname}, {name}{end}"));
        prop_assert_eq!(read.as_ref(), Ok(&full));
    }

    #[test]
    fn whatever_is_read_is_letters_and_is_stored_and_read_as_it_was(
        text in "\\PC{0,40}|([A-Za-zàè]{1,9}[ ,.'’-]{1,2}){0,7}|(nome |cognome |e |di |[,:] ?|[A-Z][a-z]{0,5} ){0,8}",
    ) {
        if let Ok(full) = FullName::read(&text) {
            for part in [full.name(), full.surname()] {
                prop_assert!((1..=FullName::LONGEST).contains(&part.chars().count()));
                prop_assert!(!part.contains(|c: char| c.is_numeric() && !c.is_alphabetic()), "{}", part);
                prop_assert_eq!(part.trim(), part);
            }
            let stored = serde_json::to_string(&full).unwrap();
            prop_assert_eq!(serde_json::from_str::<FullName>(&stored).unwrap(), full);
        }
    }
}
