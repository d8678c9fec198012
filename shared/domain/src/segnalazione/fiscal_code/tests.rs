//! Codes that are nobody's, checked with an independent library, and what must hold of every code.

use proptest::prelude::*;

use super::*;

const MAN_OF_MONTANARO: &str = "XYZABC80A01F422L";
const WOMAN_OF_RUBANO: &str = "XYZABC80A41H625F";
const WOMAN_OF_FRANCE: &str = "XYZABC99T71Z110W";

fn code(text: &str) -> FiscalCode {
    text.parse().unwrap()
}

/// `text` with its last letter put right.
fn with_its_check_letter(text: &str) -> String {
    let first = text.get(..15).unwrap();
    format!("{first}{}", check_letter(first.as_bytes()))
}

#[test]
fn a_code_says_the_sex_and_the_birthplace() {
    for (text, sex, birthplace) in [
        (MAN_OF_MONTANARO, Sex::Male, "F422"),
        (WOMAN_OF_RUBANO, Sex::Female, "H625"),
        (WOMAN_OF_FRANCE, Sex::Female, "Z110"),
        ("XYZABCULALMFQNNT", Sex::Male, "F422"),
    ] {
        let code = code(text);
        assert_eq!((code.sex(), code.birthplace().as_str()), (sex, birthplace));
    }
}

#[test]
fn letters_in_the_place_of_digits_are_the_same_code() {
    for text in ["XYZABC80A01F42NA", "XYZABCULALMFQNNT", MAN_OF_MONTANARO] {
        assert_eq!(code(text).base().as_str(), MAN_OF_MONTANARO);
    }
}

#[test]
fn a_code_is_read_however_it_is_spaced_and_in_small_letters() {
    for text in [
        "xyzabc80a01f422l",
        " XYZ ABC 80A01 F422L\n",
        "Xyz\u{a0}Abc 80A01F422L",
    ] {
        assert_eq!(code(text).as_str(), MAN_OF_MONTANARO, "{text}");
    }
}

#[test]
fn a_wrong_check_letter_is_not_a_wrong_shape() {
    for (text, problem) in [
        ("XYZABC80A01F422M", NotAFiscalCode::CheckLetter),
        ("", NotAFiscalCode::Shape),
        ("XYZABC80A01F422", NotAFiscalCode::Shape),
        ("XYZABC80A01F422LL", NotAFiscalCode::Shape),
        ("XYZABC8OA01F422L", NotAFiscalCode::Shape),
        ("XYZABC80F01F422L", NotAFiscalCode::Shape),
        ("XYZABC80A01F422ß", NotAFiscalCode::Shape),
        ("ÀYZABC80A01F422L", NotAFiscalCode::Shape),
        // Of a body, which is nobody's.
        ("12345678903", NotAFiscalCode::Shape),
    ] {
        assert_eq!(FiscalCode::read(text), Err(problem), "{text}");
    }
}

#[test]
fn nobody_is_born_on_a_day_that_no_calendar_has() {
    for (text, is_born) in [
        ("XYZABC80A31F422", true),
        ("XYZABC80A71F422", true),
        ("XYZABC80A00F422", false),
        ("XYZABC80A32F422", false),
        ("XYZABC80A40F422", false),
        ("XYZABC80A72F422", false),
        ("XYZABC80A99F422", false),
        ("XYZABC81D31F422", false),
        ("XYZABC80B29F422", true),
        ("XYZABC81B29F422", false),
        // 2000 had it; 1900 had not.
        ("XYZABC00B69F422", true),
    ] {
        let read = FiscalCode::read(&with_its_check_letter(text));
        let problem = (!is_born).then_some(NotAFiscalCode::Birthday);
        assert_eq!(read.err(), problem, "{text}");
    }
}

#[test]
fn whatever_is_declared_is_taken_and_what_does_not_check_is_marked() {
    for (text, taken) in [
        (
            "xyz abc 80a01 f422l",
            Declared::Checked(code(MAN_OF_MONTANARO)),
        ),
        (
            "Il mio codice fiscale è: XYZABC80A01F422L, grazie",
            Declared::Checked(code(MAN_OF_MONTANARO)),
        ),
        (
            "xyz abc 80a01 f422m",
            Declared::Odd("XYZABC80A01F422M".to_owned()),
        ),
        (
            "codice xyzabc80a01f422m",
            Declared::Odd("XYZABC80A01F422M".to_owned()),
        ),
        (
            "XYZABC8OA01F422L",
            Declared::Odd("XYZABC8OA01F422L".to_owned()),
        ),
        (
            "non  ce l'ho\nqui",
            Declared::Odd("non ce l'ho qui".to_owned()),
        ),
        ("", Declared::Odd(String::new())),
    ] {
        assert_eq!(Declared::read(text), taken, "{text}");
    }
}

#[test]
fn of_what_is_no_code_only_the_beginning_is_kept() {
    let Declared::Odd(kept) = Declared::read(&"è una storia lunga ".repeat(100)) else {
        panic!("no code is in it");
    };
    assert_eq!(kept, "è una storia lunga è una storia lunga è");
}

#[test]
fn a_code_does_not_show_itself() {
    let odd = Declared::read("XYZABC80A01F422M");
    let checked = Declared::read(MAN_OF_MONTANARO);

    assert_eq!(
        format!("{odd:?} {checked:?}"),
        "Odd(…) Checked(FiscalCode(…))"
    );
}

#[test]
fn a_stored_code_is_checked_when_it_is_read() {
    let stored = |text: &str| serde_json::from_value::<FiscalCode>(text.into());

    assert_eq!(stored(MAN_OF_MONTANARO).unwrap(), code(MAN_OF_MONTANARO));
    assert!(stored("XYZABC80A01F422M").is_err());
}

/// Any code that is right, with digits only.
fn any_code() -> impl Strategy<Value = String> {
    let place = ("[A-Z]", 0_u16..1000);
    let born = (0_u8..100, 0_usize..12, 1_u8..=28, any::<bool>());
    ("[A-Z]{6}", born, place).prop_map(|(names, (year, month, day, is_woman), (letter, number))| {
        let month = char::from(MONTHS[month]);
        let day = day + if is_woman { 40 } else { 0 };
        let first = format!("{names}{year:02}{month}{day:02}{letter}{number:03}");
        with_its_check_letter(&first)
    })
}

/// `text` with a letter for each digit that `which` names, from the last one.
fn omocode(text: &str, which: u8) -> String {
    let mut changed = text.as_bytes().to_owned();
    for (n, at) in DIGITS.into_iter().rev().enumerate() {
        if which & (1 << n) != 0 {
            changed[at] = OMOCODIA[usize::from(changed[at] - b'0')];
        }
    }
    with_its_check_letter(std::str::from_utf8(&changed).unwrap())
}

proptest! {
    #[test]
    fn every_one_of_the_128_omocodes_is_right_and_leads_back(text in any_code(), which in 0_u8..128) {
        let (base, omocode) = (code(&text), code(&omocode(&text, which)));

        prop_assert_eq!(omocode.base(), base.clone());
        prop_assert_eq!(omocode.sex(), base.sex());
        prop_assert_eq!(omocode.birthplace(), base.birthplace());
    }

    #[test]
    fn one_wrong_character_is_always_found(
        text in any_code(),
        which in 0_u8..128,
        at in 0_usize..16,
        typed in "[A-Z0-9]",
    ) {
        let mut wrong = omocode(&text, which);
        prop_assume!(wrong.get(at..=at) != Some(&typed));
        wrong.replace_range(at..=at, &typed);

        prop_assert!(FiscalCode::read(&wrong).is_err(), "{}", wrong);
    }

    #[test]
    fn what_was_declared_is_stored_and_read_as_it_was(text in prop_oneof![any::<String>(), any_code(), "[A-Z0-9 ]{0,50}"]) {
        let declared = Declared::read(&text);
        let stored = serde_json::to_string(&declared).unwrap();

        prop_assert_eq!(serde_json::from_str::<Declared>(&stored).unwrap(), declared);
    }
}
