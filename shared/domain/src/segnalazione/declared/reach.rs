//! How a citizen wants to be reached, found in what they type.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::contact::Phone;
use crate::email::EmailAddress;

/// What may stand between the digits of one telephone number.
const BETWEEN_DIGITS: &str = " \u{a0}.-/()";
/// The country code of Italy.
const ITALY: &str = "39";
/// Most digits of a telephone number, with `00` before it (E.164: 15).
const MOST_DIGITS: usize = 17;
/// Characters of a date: "05/06/1980".
const DATE: usize = 10;
/// Fewest digits of an Italian number, with its 0 or 3, where nothing says that it is one: fewer are house
/// numbers and postcodes.
const FEWEST_DIGITS: usize = 8;

/// A contact that somebody declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// The number that WhatsApp shows with their messages.
    ThisNumber,
    /// A telephone.
    Phone(Phone),
    /// An address of electronic mail.
    Email(EmailAddress),
}

impl Reach {
    /// The first telephone or address of electronic mail in `text`. A number without country code is one of Italy.
    pub fn find(text: &str) -> Option<Self> {
        let found = all(text).into_iter().min_by_key(|(at, _)| at.start);
        found.map(|(_, reach)| reach)
    }

    /// `text` without any telephone or address of electronic mail.
    pub(super) fn without_any(text: &str) -> String {
        let found = all(text);
        let outside = |at: &usize| !found.iter().any(|(taken, _)| taken.contains(at));
        text.char_indices()
            .map(|(at, c)| if outside(&at) { c } else { ' ' })
            .collect()
    }
}

/// All that `text` has, and where.
fn all(text: &str) -> Vec<(Range<usize>, Reach)> {
    let mut found = emails(text);
    let in_email = |at: &Range<usize>| found.iter().any(|(email, _)| email.contains(&at.start));
    let mut phones = phones(text);
    phones.retain(|(at, _)| !in_email(at));
    found.append(&mut phones);
    found
}

fn emails(text: &str) -> Vec<(Range<usize>, Reach)> {
    let mut found = Vec::new();
    let mut start = 0;
    for piece in text.split_inclusive(|c: char| c.is_whitespace() || ",;:<>()[]".contains(c)) {
        let end = start + piece.len();
        // Signs that a sentence or WhatsApp's bold type put around it.
        let address = piece.trim_matches(|c: char| !c.is_alphanumeric() && !"_+-".contains(c));
        if let Ok(address) = address.parse() {
            found.push((start..end, Reach::Email(address)));
        }
        start = end;
    }
    found
}

fn phones(text: &str) -> Vec<(Range<usize>, Reach)> {
    let mut found = Vec::new();
    let mut before = ' ';
    let mut free_from = 0;
    for (at, c) in text.char_indices() {
        let begins = (c.is_ascii_digit() && before != '+') || c == '+';
        let rest = text.get(at..).unwrap_or_default();
        if begins && !before.is_alphanumeric() && at >= free_from {
            if begins_with_a_date(rest) {
                free_from = at + DATE;
            } else if let Some((length, phone)) = leading(rest) {
                free_from = at + length;
                found.push((at..free_from, Reach::Phone(phone)));
            }
        }
        before = c;
    }
    found
}

/// The longest telephone number that `text` begins with, and its length in bytes.
fn leading(text: &str) -> Option<(usize, Phone)> {
    let mut longest = None;
    let mut typed = String::new();
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        if c.is_ascii_digit() || (c == '+' && at == 0) {
            typed.push(c);
        } else if !BETWEEN_DIGITS.contains(c) {
            break;
        }
        if typed.len() > MOST_DIGITS {
            break;
        }
        let ends = rest.peek().is_none_or(|(_, next)| !next.is_alphanumeric());
        if c.is_ascii_digit()
            && ends
            && let Some(phone) = phone(&typed)
        {
            longest = Some((at + 1, phone));
        }
    }
    longest
}

/// Whether a date is typed there. People add their day of birth to their name, and it may begin with a 0 or a 3, as telephone
/// numbers do.
fn begins_with_a_date(text: &str) -> bool {
    text.split_at_checked(DATE).is_some_and(|(date, after)| {
        let date = date.replace(['.', '-'], "/");
        jiff::civil::Date::strptime("%d/%m/%Y", date).is_ok()
            && !after.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// The telephone that `typed` is: `+` or `00` and a country code, or a number of Italy.
fn phone(typed: &str) -> Option<Phone> {
    let abroad = typed.strip_prefix('+').or_else(|| typed.strip_prefix("00"));
    let number = match abroad {
        Some(number) => number.to_owned(),
        // "39 347 1234567". Ten digits that begin with 39 are a mobile number of their own.
        None if typed.strip_prefix(ITALY).is_some_and(is_mobile) && !is_mobile(typed) => {
            typed.to_owned()
        }
        None if typed.len() >= FEWEST_DIGITS => format!("{ITALY}{typed}"),
        None => return None,
    };
    let is_possible = match number.strip_prefix(ITALY) {
        Some(national) => is_mobile(national) || is_landline(national),
        None => !number.starts_with('0'),
    };
    is_possible.then_some(number)?.parse().ok()
}

/// A mobile number of Italy's numbering plan: 3 and eight or nine more.
fn is_mobile(national: &str) -> bool {
    (9..=10).contains(&national.len()) && national.starts_with('3')
}

/// A number of a place: 0, which is part of it, and an area code.
fn is_landline(national: &str) -> bool {
    (6..=11).contains(&national.len()) && national.starts_with('0') && !national.starts_with("00")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Option<String> {
        Reach::find(text).map(|reach| match reach {
            Reach::ThisNumber => panic!("no text says it"),
            Reach::Phone(phone) => phone.e164(),
            Reach::Email(email) => email.to_string(),
        })
    }

    #[test]
    fn a_telephone_is_found_however_it_is_typed() {
        for (text, e164) in [
            ("333 123 4567", "+393331234567"),
            ("347.1234567", "+393471234567"),
            ("347/123.45.67", "+393471234567"),
            ("Cell.:3471234567.", "+393471234567"),
            ("+39 347 1234567", "+393471234567"),
            ("0039 347-1234567", "+393471234567"),
            ("39 347 1234567", "+393471234567"),
            ("393 1234567", "+393931234567"),
            ("335 123456", "+39335123456"),
            ("+39 0125 123456", "+390125123456"),
            ("(0125) 123456", "+390125123456"),
            ("011/1234567", "+390111234567"),
            ("02 123456", "+3902123456"),
            ("+41 79 123 45 67", "+41791234567"),
            ("0040 712 345 678", "+40712345678"),
            ("Mario Rossi, 347 1234567, ore pasti", "+393471234567"),
            ("347 1234567 / 0125 123456", "+393471234567"),
            ("via Roma 12 347 1234567", "+393471234567"),
            ("nato il 05/06/1980 cell 347 1234567", "+393471234567"),
            ("05/06/1980 347 1234567", "+393471234567"),
        ] {
            assert_eq!(found(text).as_deref(), Some(e164), "{text}");
        }
    }

    #[test]
    fn an_address_of_electronic_mail_is_found_among_words() {
        for (text, address) in [
            ("mario.rossi@example.org", "mario.rossi@example.org"),
            (
                "La mia mail è Mario.Rossi@Example.org.",
                "mario.rossi@example.org",
            ),
            (
                "e-mail:mario_rossi@example.org, grazie",
                "mario_rossi@example.org",
            ),
            ("(*mario+buche@example.org*)", "mario+buche@example.org"),
            ("3471234567@example.org", "3471234567@example.org"),
            ("mario@example.org o 347 1234567", "mario@example.org"),
        ] {
            assert_eq!(found(text).as_deref(), Some(address), "{text}");
        }
    }

    #[test]
    fn what_is_no_contact_is_not_taken_for_one() {
        for text in [
            "",
            "sì",
            "Mario Rossi",
            "via Roma 12, 10017 Montanaro",
            "05/06/1980",
            "05/06/1980 12",
            "31-12-1980 55 10",
            "347 12345",
            "+39 333 12345",
            "+39 444 1234567",
            "12345678901234567890",
            "1 333 1234567890",
            "+",
            "XYZABC80A01F422L",
            "mario.rossi@",
            "mario rossi @ example.org",
            "112",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_left_of_a_text_has_no_contact() {
        let text = "Mario Rossi (347 1234567) mario@example.org 0125 123456";

        let left = Reach::without_any(text);
        assert_eq!(
            left.split_whitespace().collect::<Vec<_>>(),
            ["Mario", "Rossi", "(", ")"]
        );
    }

    #[test]
    fn a_contact_is_stored_by_its_kind_and_does_not_show_itself() {
        for (reach, stored, shown) in [
            (Some(Reach::ThisNumber), r#""this_number""#, "ThisNumber"),
            (
                Reach::find("347 1234567"),
                r#"{"phone":"393471234567"}"#,
                "Phone(Phone(…67))",
            ),
            (
                Reach::find("mario@example.org"),
                r#"{"email":"mario@example.org"}"#,
                "Email(EmailAddress(…@example.org))",
            ),
        ] {
            let reach = reach.unwrap();
            assert_eq!(serde_json::to_string(&reach).unwrap(), stored);
            assert_eq!(serde_json::from_str::<Reach>(stored).unwrap(), reach);
            assert_eq!(format!("{reach:?}"), shown);
        }
    }

    proptest! {
        #[test]
        fn a_mobile_number_is_the_same_however_it_is_grouped(
            digits in "3[2-9][0-9]{8}",
            separators in prop::collection::vec("[ .-]{0,1}", 10),
            prefix in prop::sample::select(vec!["", "+39", "+39 ", "0039 "]),
        ) {
            let digits_of = digits.chars().map(String::from);
            let grouped: String = digits_of.zip(separators).map(|(digit, after)| digit + &after).collect();

            prop_assert_eq!(found(&format!("{prefix}{grouped}")), Some(format!("+39{digits}")));
        }

        #[test]
        fn no_text_makes_it_panic_and_what_is_left_has_nothing(text in "\\PC{0,40}|[0-9 +./()@a-zè-]{0,60}") {
            let left = Reach::without_any(&text);

            prop_assert_eq!(left.chars().count(), text.chars().count());
            prop_assert!(Reach::find(&text).is_some() || left == text);
        }
    }
}
