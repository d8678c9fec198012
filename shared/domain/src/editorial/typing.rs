//! E14: what a keyboard gets wrong, and the same words put right.

use super::data::lists;
#[cfg(test)]
use super::prose::fold;
use super::{CheckId, Finding, Severity};

/// E14, with the repaired text.
pub(super) fn check(text: &str) -> Option<Finding> {
    let repaired = repaired(text);
    (repaired != text).then(|| {
        Finding::new(CheckId::E14, Severity::Warn, "check.e14", vec![]).suggesting(repaired)
    })
}

/// `text` with its accents, apostrophes, spaces and marks as they are to be. What is right stays as it is, byte by byte.
pub fn repaired(text: &str) -> String {
    // One repair can make room for another ("a  !!"); each ends, since none makes what another takes away.
    let mut text = text.to_owned();
    for _ in 0..MOST_PASSES {
        let next = runs(&words(&text));
        if next == text {
            break;
        }
        text = next;
    }
    text
}

/// Passes after which [`repaired`] gives up; two do for everything known.
const MOST_PASSES: usize = 8;

/// Misspelt words replaced, in the case in which they are written.
fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut after_letter = false;
    while let Some(c) = rest.chars().next() {
        let hit = (c.is_alphabetic() && !after_letter)
            .then(|| misspelt(rest))
            .flatten();
        if let Some((length, spelt)) = hit {
            let (wrong, after) = rest.split_at(length);
            out.push_str(&in_case_of(wrong, spelt));
            // "E'stato": the apostrophe was all that parted the words.
            if after.starts_with(char::is_alphabetic) {
                out.push(' ');
            }
            after_letter = false;
            rest = after;
        } else {
            out.push(c);
            after_letter = c.is_alphanumeric();
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// The misspelt word that `text` begins with: its length in bytes, and how it is spelt. The longest counts ("qual'e'").
fn misspelt(text: &str) -> Option<(usize, &'static str)> {
    let hits = lists().repairs.iter().filter_map(|(wrong, spelt)| {
        let length = prefix(text, wrong)?;
        let after = text.get(length..)?.chars().next();
        let ends = wrong.ends_with('\'')
            || !after.is_some_and(|c| c.is_alphanumeric() || is_apostrophe(c));
        ends.then_some((length, spelt.as_str()))
    });
    hits.max_by_key(|(length, _)| *length)
}

/// How many bytes of `text` are `word`, whatever case and apostrophes.
fn prefix(text: &str, word: &str) -> Option<usize> {
    let mut chars = text.char_indices();
    for wanted in word.chars() {
        let (_, c) = chars.next()?;
        let same =
            c == wanted || (wanted == '\'' && is_apostrophe(c)) || c.to_lowercase().eq([wanted]);
        if !same {
            return None;
        }
    }
    Some(chars.next().map_or(text.len(), |(at, _)| at))
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '`' | '´')
}

/// `spelt` in capitals if `wrong` is, with a capital if `wrong` has one.
fn in_case_of(wrong: &str, spelt: &str) -> String {
    let letters: Vec<char> = wrong.chars().filter(|c| c.is_alphabetic()).collect();
    let first_is_capital = letters.first().is_some_and(|c| c.is_uppercase());
    if letters.len() > 1 && letters.iter().all(|c| c.is_uppercase()) {
        return spelt.to_uppercase();
    }
    let mut chars = spelt.chars();
    match chars.next() {
        Some(first) if first_is_capital => first.to_uppercase().chain(chars).collect(),
        _ => spelt.to_owned(),
    }
}

/// Runs of spaces made one, runs of marks made one ("!!", "???", "?!"), and no space before a mark that closes.
fn runs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' ' if out.ends_with(' ') => {}
            '!' | '?' if out.ends_with(['!', '?']) => {}
            ',' | ';' | '!' | '?' if out.ends_with(' ') => {
                out.pop();
                // The mark before the space may be of the same run.
                let repeated = matches!(c, '!' | '?') && out.ends_with(['!', '?']);
                if !repeated {
                    out.push(c);
                }
            }
            c => out.push(c),
        }
    }
    out
}

/// Whether two spellings differ in accents and apostrophes alone.
#[cfg(test)]
fn is_same_word(one: &str, other: &str) -> bool {
    let bare = |text: &str| fold(text).replace([' ', '\''], "");
    bare(one) == bare(other)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_keyboard_gets_wrong_is_put_right() {
        for (wrong, right) in [
            ("E' aperta la biblioteca", "È aperta la biblioteca"),
            ("E’stato rinviato", "È stato rinviato"),
            ("perchè non si può", "perché non si può"),
            ("Perchè?", "Perché?"),
            ("PERCHÈ", "PERCHÉ"),
            ("un pò di attesa", "un po' di attesa"),
            ("la citta' e' chiusa", "la città è chiusa"),
            ("qual'è l'orario", "qual è l'orario"),
            ("Festa  in piazza!!", "Festa in piazza!"),
            ("Davvero???", "Davvero?"),
            ("Attenzione ! !", "Attenzione!"),
            ("lunedi' , martedi'", "lunedì, martedì"),
        ] {
            assert_eq!(repaired(wrong), right);
        }
    }

    #[test]
    fn what_is_right_stays() {
        for right in [
            "un po' d'acqua, l'ora è alle 9:30",
            "dell'erba e dell'uva: va' e di' \"sì\"",
            "«Perché no?» È così, né più né meno.",
            "Nel 2026 c'è né l'uno né l'altro",
        ] {
            assert_eq!(repaired(right), right);
        }
    }

    #[test]
    fn repairs_change_accents_and_apostrophes_and_nothing_else() {
        for (wrong, right) in &lists().repairs {
            assert!(is_same_word(wrong, right), "{wrong} {right}");
        }
    }

    proptest! {
        #[test]
        fn what_is_repaired_needs_no_repair(text in "(?:[ a-zàèéìòùE'’!?,]|E'|pò|qual'e'|  ){0,60}") {
            prop_assert_eq!(check(&repaired(&text)), None);
        }

        #[test]
        fn no_text_makes_it_panic_or_go_on(text in any::<String>()) {
            prop_assert_eq!(check(&repaired(&text)), None);
        }
    }
}
