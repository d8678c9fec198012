//! What a text is probably about, from its words: a category to propose, which the citizen confirms, and whether the text
//! is the report of a problem at all. Rules and words only, in `texts/suggestions.it.json`; no model decides.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::categories::{Category, CategoryCode};
use super::guards::{Phrase, Rules, Words};

/// What a word that names the thing is worth.
const NAME: usize = 3;
/// What a word that only goes with it is worth.
const HINT: usize = 1;
/// What a category must be worth at least to be proposed.
const ENOUGH: usize = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    /// By the code of a category, other topics that it takes in where no category of the comune's bears their code.
    covers: BTreeMap<String, Vec<String>>,
    /// By the codes of the national list ("Segnalazione disservizio", modello Comuni).
    topics: BTreeMap<String, Topic>,
    report: Rules,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Topic {
    names: Vec<Phrase>,
    hints: Vec<Phrase>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the file is compiled in, and every build's tests read it"
    )]
    serde_json::from_str(include_str!("../../texts/suggestions.it.json"))
        .expect("suggestions.it.json is well formed")
});

/// The one of `categories` that `text` speaks of, if one is clearly ahead of the others.
pub fn suggest<'a>(text: &str, categories: &'a [Category]) -> Option<&'a CategoryCode> {
    let words = Words::new(text);
    let mut scores: Vec<(usize, &CategoryCode)> = categories
        .iter()
        .map(|category| (score(&words, category, categories), &category.code))
        .collect();
    scores.sort_unstable_by_key(|&(score, _)| std::cmp::Reverse(score));
    let &(best, code) = scores.first()?;
    let second = scores.get(1).map_or(0, |&(score, _)| score);
    (best >= ENOUGH && best > second).then_some(code)
}

/// Whether `text`, sent out of the blue, reads as the report of a problem and not as a question or a greeting.
pub fn is_report(text: &str) -> bool {
    LISTS.report.find(&Words::new(text))
}

fn score(words: &Words, category: &Category, categories: &[Category]) -> usize {
    let own = category.words.iter().cloned().map(Phrase::from);
    let own = own.filter(|phrase| words.has(phrase)).count();
    let code = category.code.as_str();
    let covered = LISTS.covers.get(code).into_iter().flatten();
    let covered = covered.filter(|topic| categories.iter().all(|c| c.code.as_str() != *topic));
    let topics = std::iter::once(code).chain(covered.map(String::as_str));
    let theirs: usize = topics
        .filter_map(|topic| LISTS.topics.get(topic))
        .map(|topic| {
            let count = |list: &[Phrase]| list.iter().filter(|phrase| words.has(phrase)).count();
            NAME * count(&topic.names) + HINT * count(&topic.hints)
        })
        .sum();
    NAME * own + theirs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn categories(list: &[(&str, &[&str])]) -> Vec<Category> {
        list.iter()
            .map(|(code, words)| Category {
                code: code.parse().unwrap(),
                label: (*code).to_owned(),
                hint: None,
                words: words.iter().map(|&word| word.to_owned()).collect(),
                questions: vec![],
                titolario: None,
            })
            .collect()
    }

    fn suggested(text: &str, codes: &[&str]) -> Option<String> {
        let list: Vec<(&str, &[&str])> = codes.iter().map(|&code| (code, &[][..])).collect();
        suggest(text, &categories(&list)).map(|code| code.as_str().to_owned())
    }

    const MONTANARO: [&str; 6] = [
        "manutenzioni",
        "illuminazione",
        "rifiuti",
        "viabilita",
        "ambiente",
        "altro",
    ];

    #[test]
    fn what_the_text_names_is_proposed() {
        for (text, code) in [
            ("lampione spento in via Roma", "illuminazione"),
            ("BUCA ENORME", "viabilita"),
            ("cassonetti pieni", "rifiuti"),
            ("panchina rotta", "manutenzioni"),
            ("topi e zanzare", "ambiente"),
        ] {
            assert_eq!(suggested(text, &MONTANARO).as_deref(), Some(code), "{text}");
        }
    }

    #[test]
    fn nothing_is_proposed_when_two_are_as_likely_or_none_is() {
        for text in [
            "",
            "buongiorno",
            "c'è un problema in via Roma",
            "una buca e un lampione",
            "altro",
        ] {
            assert_eq!(suggested(text, &MONTANARO), None, "{text}");
        }
    }

    #[test]
    fn a_wide_category_leaves_to_a_narrow_one_what_is_its_own() {
        let text = "siepe da tagliare";

        assert_eq!(
            suggested(text, &["manutenzioni"]).as_deref(),
            Some("manutenzioni")
        );
        assert_eq!(
            suggested(text, &["manutenzioni", "verde"]).as_deref(),
            Some("verde")
        );
    }

    #[test]
    fn a_comune_may_add_words_of_its_own() {
        let own: &[(&str, &[&str])] = &[("viabilita", &[]), ("porto", &["darsen*"])];

        let found = suggest("pontile rotto alla darsena", &categories(own)).cloned();
        assert_eq!(found, Some("porto".parse().unwrap()));
    }

    #[test]
    fn a_problem_is_a_report_and_a_question_is_not() {
        for text in [
            "lampione spento in via Roma",
            "c'è una buca enorme davanti alla scuola",
        ] {
            assert!(is_report(text), "{text}");
        }
        for text in [
            "",
            "buongiorno",
            "a che ora apre l'anagrafe?",
            "grazie mille",
        ] {
            assert!(!is_report(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn only_a_category_of_the_comune_is_ever_proposed(text in any::<String>(), codes in prop::sample::subsequence(&MONTANARO[..], 0..6)) {
            if let Some(code) = suggested(&text, &codes) {
                prop_assert!(codes.contains(&code.as_str()));
            }
            let _ = is_report(&text);
        }
    }
}
