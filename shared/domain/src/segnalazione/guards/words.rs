//! The words of a message, and rules that look for some of them near one another. No model: what a rule finds is what
//! its line in the data says.

use serde::Deserialize;

use crate::keyword::fold;

/// How much of a text is read, in characters: the longest message of WhatsApp.
const LONGEST: usize = 4_096;

/// How many words apart the parts of one thought may be.
const NEAR: usize = 8;

/// A text as its words, folded, with every double letter single: doubles are what Italians misspell most, and what a
/// voice raised in writing ("aiutoooo") repeats.
pub(in crate::segnalazione) struct Words {
    list: Vec<String>,
    /// The places in `list` in the order of the alphabet, so that a word or a stem is found without reading them all.
    order: Vec<usize>,
}

impl Words {
    pub(in crate::segnalazione) fn new(text: &str) -> Self {
        let cut = text
            .char_indices()
            .nth(LONGEST)
            .map_or(text, |(end, _)| text.get(..end).unwrap_or(text));
        let list: Vec<String> = fold(cut).split(' ').map(single).collect();
        let mut order: Vec<usize> = (0..list.len()).collect();
        order.sort_unstable_by_key(|&at| list.get(at));
        Self { list, order }
    }

    /// Whether `phrase` is among the words.
    pub(in crate::segnalazione) fn has(&self, phrase: &Phrase) -> bool {
        self.places(phrase).next().is_some()
    }

    /// Where `phrase` begins, in no order.
    fn places(&self, phrase: &Phrase) -> impl Iterator<Item = usize> {
        let first = phrase.0.first();
        let word = |at: usize| self.list.get(at).map_or("", String::as_str);
        let from = first.map_or(self.order.len(), |first| {
            self.order
                .partition_point(|&at| word(at) < first.text.as_str())
        });
        let after = self.order.get(from..).unwrap_or_default();
        after
            .iter()
            .copied()
            .take_while(move |&at| first.is_some_and(|f| word(at).starts_with(&f.text)))
            .filter(move |&at| {
                let here = phrase.0.iter().enumerate();
                here.into_iter().all(|(n, stem)| stem.fits(word(at + n)))
            })
    }

    /// Where any of `phrases` begins, in order.
    fn places_of_any(&self, phrases: &[Phrase]) -> Vec<usize> {
        let mut places: Vec<usize> = phrases.iter().flat_map(|p| self.places(p)).collect();
        places.sort_unstable();
        places
    }
}

/// `word` with every letter that repeats itself once only; numbers stay.
fn single(word: &str) -> String {
    let mut last = None;
    word.chars()
        .filter(|&c| last.replace(c) != Some(c) || c.is_numeric())
        .collect()
}

/// Words in a row; one with an asterisk stands for whatever begins like it: "fug* di gas".
#[derive(Deserialize)]
#[serde(from = "String")]
pub(in crate::segnalazione) struct Phrase(Vec<Stem>);

struct Stem {
    text: String,
    open: bool,
}

impl Stem {
    fn fits(&self, word: &str) -> bool {
        if self.open {
            word.starts_with(&self.text)
        } else {
            word == self.text
        }
    }
}

impl From<String> for Phrase {
    fn from(written: String) -> Self {
        let stems = written.split_whitespace().flat_map(|part| {
            let folded = fold(part);
            let texts: Vec<String> = folded.split(' ').map(single).collect();
            let last = texts.len() - 1;
            let open = part.ends_with('*');
            texts.into_iter().enumerate().map(move |(n, text)| Stem {
                text,
                open: open && n == last,
            })
        });
        Self(stems.collect())
    }
}

/// One way of saying what is looked for: a phrase of each group, all near the one of the first, and none of `unless`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    all: Vec<Vec<Phrase>>,
    #[serde(default)]
    unless: Vec<Phrase>,
}

/// The ways of saying one thing. `unless` holds for them all.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::segnalazione) struct Rules {
    #[serde(default)]
    unless: Vec<Phrase>,
    rules: Vec<Rule>,
}

impl Rules {
    /// Whether one of the rules finds what it looks for.
    pub(in crate::segnalazione) fn find(&self, words: &Words) -> bool {
        let spoilt = words.places_of_any(&self.unless);
        self.rules.iter().any(|rule| rule.finds(words, &spoilt))
    }
}

impl Rule {
    fn finds(&self, words: &Words, spoilt: &[usize]) -> bool {
        let Some((first, others)) = self.all.split_first() else {
            return false;
        };
        let first = words.places_of_any(first);
        if first.is_empty() {
            return false;
        }
        let others: Vec<_> = others.iter().map(|g| words.places_of_any(g)).collect();
        let unless = words.places_of_any(&self.unless);
        first.into_iter().any(|at| {
            others.iter().all(|places| any_near(places, at))
                && !any_near(&unless, at)
                && !any_near(spoilt, at)
        })
    }
}

/// Whether one of `places`, in order, is near `at`.
fn any_near(places: &[usize], at: usize) -> bool {
    let from = places.partition_point(|&place| place + NEAR < at);
    places.get(from).is_some_and(|&place| place <= at + NEAR)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(json: &str) -> Rules {
        serde_json::from_str(json).unwrap()
    }

    fn finds(json: &str, text: &str) -> bool {
        rules(json).find(&Words::new(text))
    }

    #[test]
    fn case_accents_doubles_and_apostrophes_do_not_matter() {
        let rule = r#"{"rules": [{"all": [["un'aggressione"]]}]}"#;

        for text in ["c'è un aggressione", "UN’AGRESSIONE!", "un'aggressioneee"] {
            assert!(finds(rule, text), "{text}");
        }
    }

    #[test]
    fn a_word_is_whole_unless_an_asterisk_opens_it() {
        let closed = r#"{"rules": [{"all": [["gas"]]}]}"#;
        let open = r#"{"rules": [{"all": [["fug* di gas"]]}]}"#;

        assert!(finds(closed, "puzza di gas"));
        assert!(!finds(closed, "il gasolio"));
        assert!(!finds(closed, "biogas"));
        assert!(finds(open, "fughe di gas"));
        assert!(!finds(open, "fuga del gas"));
    }

    #[test]
    fn the_parts_of_a_rule_must_be_near_one_another() {
        let rule = r#"{"rules": [{"all": [["cavo"], ["cadut*"]], "unless": ["telefono"]}]}"#;
        let far = "uno due tre quattro cinque sei sette otto nove";

        assert!(finds(rule, "è caduto un cavo"));
        assert!(!finds(rule, &format!("cavo {far} caduto")));
        assert!(!finds(rule, "è caduto il cavo del telefono"));
        assert!(finds(rule, &format!("telefono {far} è caduto un cavo")));
    }

    #[test]
    fn what_spoils_all_rules_spoils_each() {
        let rule = r#"{"unless": ["anni fa"], "rules": [{"all": [["crollo"]]}]}"#;

        assert!(finds(rule, "crollo"));
        assert!(!finds(rule, "il crollo di due anni fa"));
    }

    #[test]
    fn numbers_keep_their_doubles() {
        let rule = r#"{"rules": [{"all": [["112"]]}]}"#;

        assert!(finds(rule, "chiamo il 112"));
        assert!(!finds(rule, "chiamo il 12"));
    }

    #[test]
    fn only_the_length_of_a_message_is_read() {
        let rule = r#"{"rules": [{"all": [["gas"]]}]}"#;

        assert!(finds(rule, &format!("{}gas", "è ".repeat(2_000))));
        assert!(!finds(rule, &format!("{}gas", "è ".repeat(2_048))));
    }

    #[test]
    fn a_text_without_words_has_nothing() {
        for text in ["", "   ", "🔥", "?!"] {
            assert!(!Words::new(text).has(&Phrase::from("a".to_owned())));
            assert!(!Words::new(text).has(&Phrase::from(String::new())));
        }
    }
}
