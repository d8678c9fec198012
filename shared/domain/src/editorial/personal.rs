//! E12: data of persons, which no notice carries. What is found is shown shortened: the finding goes into logs and registers.

use super::data::{has, lists};
use super::dates::mentions;
use super::hours::hours;
use super::prose::{Prose, Token, fold};
use super::{CheckId, Finding, Severity, Subject};
use crate::tenant::Tenant;

/// What the check finds in title and text.
pub(super) fn data(subject: &Subject<'_>, tenant: &Tenant) -> Vec<Finding> {
    [subject.title, subject.text]
        .into_iter()
        .flat_map(|text| in_text(text, tenant))
        .collect()
}

fn in_text(text: &str, tenant: &Tenant) -> Vec<Finding> {
    let prose = Prose::new(text);
    let mut used = vec![false; prose.tokens.len()];
    let mut found = Vec::new();
    let mut look = |key, longest, is: &dyn Fn(&str, &[Token<'_>]) -> bool| {
        joined(&prose, &mut used, longest, is, |written| {
            found.push(finding(key, written));
        });
    };
    // The longest first: an IBAN has digits that could be a telephone.
    look("check.e12.iban", 9, &|text, _| is_iban(text));
    look("check.e12.tax_code", 5, &|text, _| is_tax_code(text));
    look("check.e12.plate", 3, &is_plate);
    found.extend(
        phones(&prose, &used, tenant)
            .into_iter()
            .map(|written| finding("check.e12.phone", written)),
    );
    found.extend(
        text.split_whitespace()
            .filter(|word| is_mailbox_of_a_person(word, tenant))
            .map(|written| finding("check.e12.email", written)),
    );
    found
}

fn finding(key: &'static str, written: &str) -> Finding {
    let start: String = written.chars().take(3).collect();
    let values = vec![("dato", format!("{start}…"))];
    Finding::new(CheckId::E12, Severity::Block, key, values)
}

/// Tells of each run of up to `longest` words, with nothing but spaces, dots and dashes between them, that `is` what is looked for
/// when joined.
fn joined<'a>(
    prose: &Prose<'a>,
    used: &mut [bool],
    longest: usize,
    is: &dyn Fn(&str, &[Token<'_>]) -> bool,
    mut tell: impl FnMut(&'a str),
) {
    let mut first = 0;
    while first < prose.tokens.len() {
        let mut text = String::new();
        let mut hit = None;
        for (last, token) in prose.tokens.iter().enumerate().skip(first).take(longest) {
            text.push_str(&token.raw.to_uppercase());
            let run = prose.tokens.get(first..=last).unwrap_or_default();
            if is(&text, run) {
                hit = Some(last);
            }
            if !prose.gap(last).chars().all(|c| " .-".contains(c)) || text.len() > 34 {
                break;
            }
        }
        if let Some(last) = hit {
            used.iter_mut()
                .take(last + 1)
                .skip(first)
                .for_each(|u| *u = true);
            tell(prose.written(first, last));
            first = last;
        }
        first += 1;
    }
}

/// The shape of a codice fiscale, with the letters that replace digits where two people would share one (D.M. 345/1976). A
/// misspelt one is somebody's data too, so its check letter is not asked.
fn is_tax_code(text: &str) -> bool {
    let digit = |c: char| c.is_ascii_digit() || "LMNPQRSTUV".contains(c);
    text.len() == 16
        && text
            .chars()
            .zip("AAAAAA99A99A999A".chars())
            .all(|(c, shape)| {
                if shape == '9' {
                    digit(c)
                } else {
                    c.is_ascii_uppercase()
                }
            })
}

/// Any country's IBAN, by its check digits (ISO 13616: 97), and an Italian one by its shape even if they are wrong.
fn is_iban(text: &str) -> bool {
    let (Some((country, rest)), true) = (text.split_at_checked(2), text.is_ascii()) else {
        return false;
    };
    let country = country.bytes().all(|b| b.is_ascii_uppercase());
    let check = rest.bytes().take(2).all(|b| b.is_ascii_digit());
    if !country || !check || !(15..=34).contains(&text.len()) {
        return false;
    }
    let italian = text.starts_with("IT")
        && text.len() == 27
        && rest.as_bytes().get(2).is_some_and(u8::is_ascii_uppercase)
        && rest.bytes().skip(3).take(10).all(|b| b.is_ascii_digit());
    let (moved, kept) = text.split_at(4);
    let remainder = kept
        .chars()
        .chain(moved.chars())
        .try_fold(0, |sum: u32, c| {
            let value = c.to_digit(36)?;
            Some((sum * if value > 9 { 100 } else { 10 } + value) % 97)
        });
    italian || remainder == Some(1)
}

/// A plate of today's series, "AB 123 CD": in capitals, unless it is one word.
fn is_plate(text: &str, run: &[Token<'_>]) -> bool {
    let letter = |c: char| c.is_ascii_uppercase() && !"IOQU".contains(c);
    let shape = text.len() == 7
        && text.chars().zip("AA999AA".chars()).all(|(c, shape)| {
            if shape == '9' {
                c.is_ascii_digit()
            } else {
                letter(c)
            }
        });
    let cut = match run {
        [_] => true,
        [a, b, c] => [a.raw.len(), b.raw.len(), c.raw.len()] == [2, 3, 2],
        _ => false,
    };
    let in_capitals = run.iter().all(|t| t.raw == t.raw.to_uppercase());
    shape && cut && (in_capitals || run.len() == 1)
}

/// Telephones that are neither the comune's, nor allowed, nor free of charge.
fn phones<'a>(prose: &Prose<'a>, used: &[bool], tenant: &Tenant) -> Vec<&'a str> {
    let allowed: Vec<String> = tenant
        .editorial
        .phones
        .iter()
        .chain([&tenant.contacts.phone])
        .map(|phone| {
            national(
                &phone
                    .chars()
                    .filter(char::is_ascii_digit)
                    .collect::<String>(),
            )
        })
        .collect();
    // Days and hours have digits and dots too. Any day serves to find the others.
    let taken: Vec<std::ops::Range<usize>> = mentions(prose, jiff::civil::date(2026, 1, 1))
        .into_iter()
        .map(|mention| mention.at)
        .chain(hours(prose).into_iter().map(|hour| hour.at))
        .collect();
    let is_digits = |index: usize| {
        let free = |token: &Token<'_>| !taken.iter().any(|at| at.contains(&token.at.start));
        let word = prose.tokens.get(index).filter(|t| free(t))?;
        let used = used.get(index).copied().unwrap_or_default();
        (!used && word.raw.bytes().all(|b| b.is_ascii_digit())).then_some(word.raw)
    };
    let mut found = Vec::new();
    let mut first = 0;
    while first < prose.tokens.len() {
        let mut digits = String::new();
        let mut hit = None;
        let mut last = first;
        while let Some(group) = is_digits(last) {
            digits.push_str(group);
            let written = prose.written(first, last);
            if digits.len() > 14 {
                break;
            }
            if is_phone(&digits) && !is_grouped_number(written) {
                hit = Some((last, digits.clone()));
            }
            if !prose.gap(last).chars().all(|c| " .-/()".contains(c)) {
                break;
            }
            last += 1;
        }
        if let Some((last, digits)) = hit {
            if !allowed.contains(&national(&digits)) {
                found.push(prose.written(first, last));
            }
            first = last;
        }
        first += 1;
    }
    found
}

/// `digits` without the prefix of Italy.
fn national(digits: &str) -> String {
    let bare = digits.strip_prefix("0039").or_else(|| {
        let rest = digits.strip_prefix("39")?;
        // A mobile number may begin with 39 itself.
        (digits.len() > 10).then_some(rest)
    });
    bare.unwrap_or(digits).to_owned()
}

/// A mobile or a fixed number of Italy's numbering plan: 3 and eight or nine more, 0 and an area code.
fn is_phone(digits: &str) -> bool {
    let number = national(digits);
    let second = number.as_bytes().get(1).copied().unwrap_or(b'0');
    if lists()
        .public_numbers
        .iter()
        .any(|start| number.starts_with(start))
    {
        return false;
    }
    match number.bytes().next() {
        Some(b'3') => (9..=10).contains(&number.len()) && (b'2'..=b'9').contains(&second),
        Some(b'0') => (8..=11).contains(&number.len()) && (b'1'..=b'9').contains(&second),
        _ => false,
    }
}

/// Whether it is a number in groups of three: "3.500.000.000".
fn is_grouped_number(written: &str) -> bool {
    let mut groups = written.split('.');
    let short = groups.next().is_some_and(|first| first.len() <= 3);
    let rest: Vec<&str> = groups.collect();
    short && !rest.is_empty() && rest.iter().all(|group| group.len() == 3)
}

/// Whether `word` is an e-mail address that is neither allowed nor an office's or an association's.
fn is_mailbox_of_a_person(word: &str, tenant: &Tenant) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let Some((mailbox, host)) = word.split_once('@') else {
        return false;
    };
    if mailbox.is_empty() || !host.contains('.') {
        return false;
    }
    let settings = &tenant.editorial;
    let allowed = settings
        .emails
        .iter()
        .any(|email| email.eq_ignore_ascii_case(word));
    let of_organisation = fold(mailbox)
        .split(|c: char| !c.is_alphanumeric())
        .any(|part| {
            has(&lists().organisation_words, part) || has(&settings.organisation_words, part)
        });
    !allowed && !of_organisation
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::tests::rubano;

    fn found(text: &str) -> Vec<&'static str> {
        let found = in_text(text, &rubano());
        found.into_iter().map(|f| f.words.0).collect()
    }

    #[test]
    fn telephones_are_found_however_they_are_grouped() {
        for text in [
            "333 1234567",
            "+39 333 123 45 67",
            "0039 3331234567",
            "393331234567",
            "049/8765432",
            "049-876.54.32",
            "tel. (049) 8765432",
            "dal 12/12/2026 alle 9.30 chiama il 333.1234567",
        ] {
            assert_eq!(found(text), ["check.e12.phone"], "{text}");
        }
    }

    #[test]
    fn dates_hours_sums_and_public_numbers_are_no_telephones() {
        for text in [
            "05/06/2026",
            "dalle 09.30 - 12.30",
            "ore 08:30-12:30",
            "3.500.000.000 euro",
            "numero verde 800 123456",
            "chiama il 112",
            "protocollo 0034567",
            "049 000 0000",
            "delibera 138 del 07/12/2022",
        ] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn codes_accounts_and_plates_are_found_with_spaces_too() {
        assert_eq!(found("RSSMRA80A01H501U"), ["check.e12.tax_code"]);
        assert_eq!(found("rss mra 80a01 h501u"), ["check.e12.tax_code"]);
        assert_eq!(found("IT60X0542811101000000123456"), ["check.e12.iban"]);
        assert_eq!(
            found("IT60 X054 2811 1010 0000 0123 456"),
            ["check.e12.iban"]
        );
        assert_eq!(found("DE89 3704 0044 0532 0130 00"), ["check.e12.iban"]);
        assert_eq!(found("auto AB 123 CD"), ["check.e12.plate"]);
        assert_eq!(found("ab123cd"), ["check.e12.plate"]);
        assert_eq!(found("da 100 mt"), Vec::<&str>::new());
    }

    #[test]
    fn a_mailbox_of_an_office_is_nobodys_own() {
        for text in [
            "biblioteca@rubano.it",
            "ufficio.cultura@rubano.it.",
            "info@proloco.example",
        ] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
        for text in ["nome.cognome@rubano.it", "(fiorellino@posta.example)"] {
            assert_eq!(found(text), ["check.e12.email"], "{text}");
        }
    }
}
