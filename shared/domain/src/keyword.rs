//! The words that a citizen types to subscribe and to leave, as people type them.
//!
//! A message is a keyword only as a whole ("NON VOGLIO CANCELLARMI" is not an opt-out), give or take case, accents,
//! quotes, punctuation, a courtesy, and a name or topic after the verb. The words are data: `texts/keywords.it.json`,
//! collected from the services of Italian comuni, and what the tenant adds.

use std::sync::LazyLock;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::tenant::ExtraKeywords;

/// What a message asks, if it is a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyword {
    /// Start sending me notices.
    Subscribe,
    /// Stop.
    Unsubscribe,
    /// One letter away from subscribing: ask, do not guess. (One letter away from leaving is taken as leaving.)
    PerhapsSubscribe,
}

#[derive(Debug, Deserialize)]
struct Words {
    subscribe: Vec<String>,
    unsubscribe: Vec<String>,
    /// Words that other sentences begin with too: they count only alone.
    unsubscribe_alone: Vec<String>,
    courtesy: Vec<String>,
    negations: Vec<String>,
}

static ITALIAN: LazyLock<Words> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the file is compiled in, and every build's tests read it"
    )]
    serde_json::from_str(include_str!("../texts/keywords.it.json"))
        .expect("keywords.it.json is well formed")
});

/// Longest message that can be a keyword, in words: two for the keyword, two for a name or a topic.
const LONGEST: usize = 4;
/// Shortest keyword for which a wrong letter is forgiven: with fewer letters, other words are a letter away.
const FORGIVEN_FROM: usize = 8;

/// The keyword that `message` is, if it is one.
pub fn parse(message: &str, extra: &ExtraKeywords) -> Option<Keyword> {
    // A keyword with its courtesies is short: do not fold a novel.
    if message.len() > 200 {
        return None;
    }
    let folded = fold(message);
    let words = without_courtesy(&folded);
    if words.is_empty() || words.len() > LONGEST {
        return None;
    }

    let leaves = ITALIAN.unsubscribe.iter().chain(&extra.unsubscribe);
    let joins = ITALIAN.subscribe.iter().chain(&extra.subscribe);
    let alone = words.join(" ");
    if ITALIAN.unsubscribe_alone.contains(&alone)
        || leaves.clone().any(|k| is_said(&fold(k), &words))
    {
        return Some(Keyword::Unsubscribe);
    }
    if joins.clone().any(|k| is_said(&fold(k), &words)) {
        return Some(Keyword::Subscribe);
    }
    let misspelt = |keyword: &String| {
        let keyword = fold(keyword);
        keyword.len() >= FORGIVEN_FROM && strsim::osa_distance(&keyword, &alone) == 1
    };
    if leaves.clone().any(misspelt) {
        return Some(Keyword::Unsubscribe);
    }
    joins
        .clone()
        .any(misspelt)
        .then_some(Keyword::PerhapsSubscribe)
}

/// Lower case, no accents, every run of anything but letters and digits a single space.
pub(crate) fn fold(text: &str) -> String {
    let plain: String = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of `folded` without a greeting before or thanks after.
fn without_courtesy(folded: &str) -> Vec<&str> {
    let mut rest = folded;
    while let Some(shorter) = ITALIAN
        .courtesy
        .iter()
        .find_map(|c| strip_word_prefix(rest, c).or_else(|| strip_word_suffix(rest, c)))
    {
        rest = shorter.trim();
    }
    rest.split_whitespace().collect()
}

fn strip_word_prefix<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    text.strip_prefix(word).filter(|rest| rest.starts_with(' '))
}

fn strip_word_suffix<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    text.strip_suffix(word).filter(|rest| rest.ends_with(' '))
}

/// Whether the message is `keyword`, alone or with a name or a topic after it. A keyword of one word that is a verb
/// ending in "-mi" may be followed by a name (Montefiore Conca, Zugliano); any other stands alone.
fn is_said(keyword: &str, words: &[&str]) -> bool {
    let length = keyword.split(' ').count();
    let (head, tail) = words.split_at(length.min(words.len()));
    head.join(" ") == keyword
        && (tail.is_empty()
            || (length == 1
                && keyword.ends_with("mi")
                && tail.len() <= 2
                && !tail
                    .iter()
                    .any(|w| ITALIAN.negations.iter().any(|n| n == w))))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(message: &str) -> Option<Keyword> {
        parse(message, &ExtraKeywords::default())
    }

    #[test]
    fn people_type_iscrivimi_in_many_ways() {
        for message in [
            "ISCRIVIMI",
            "iscrivimi",
            " Iscrivimi ",
            "\"ISCRIVIMI\"",
            "“Iscrivimi”",
            "«iscrivimi»",
            "'iscrivimi'",
            "iscrivimi.",
            "ISCRIVIMI!!!",
            "Iscrivimi 👍",
            "iscrivimì",
            "iscrivimi\n",
            "Buongiorno, iscrivimi grazie",
            "Iscrivimi per favore",
            "ISCRIVIMI Anna Bianchi",
            "Iscrivimi eventi",
            "mi iscrivo",
            "ATTIVA ISCRIZIONE",
            "Iscrizione ON",
        ] {
            assert_eq!(read(message), Some(Keyword::Subscribe), "{message:?}");
        }
    }

    #[test]
    fn every_way_of_leaving_is_heard() {
        for message in [
            "CANCELLAMI",
            "cancellami",
            "Stop",
            "STOP!",
            "basta",
            "Cancella",
            "disattiva",
            "Disiscrivimi",
            "\"cancellami\"",
            "Mi cancello",
            "disattiva iscrizione",
            "cancelami",
            "cancellammi",
            "Cancellami grazie",
            "disiscrivmi",
        ] {
            assert_eq!(read(message), Some(Keyword::Unsubscribe), "{message:?}");
        }
    }

    #[test]
    fn a_misspelt_subscription_is_asked_about_and_not_guessed() {
        for message in ["ISCRIVEMI", "iscrivmi", "iscrivimmi", "siscrivimi"] {
            assert_eq!(
                read(message),
                Some(Keyword::PerhapsSubscribe),
                "{message:?}"
            );
        }
    }

    #[test]
    fn a_sentence_is_not_a_keyword() {
        for message in [
            "",
            "   ",
            "NON VOGLIO CANCELLARMI",
            "non cancellami",
            "cancellami non voglio",
            "Come faccio a iscrivermi?",
            "vorrei che qualcuno mi dicesse come si fa: iscrivimi",
            "stop al traffico in via Roma",
            "basta rumore di notte",
            "cancella appuntamento",
            "grazie",
            "ok",
            "si",
            "🙂",
        ] {
            assert_eq!(read(message), None, "{message:?}");
        }
    }

    #[test]
    fn a_comune_may_add_words_of_its_own() {
        let extra = ExtraKeywords {
            subscribe: vec!["Rubano informa".to_owned()],
            unsubscribe: vec![],
        };

        assert_eq!(parse("RUBANO INFORMA", &extra), Some(Keyword::Subscribe));
        assert_eq!(read("RUBANO INFORMA"), None);
    }

    proptest! {
        #[test]
        fn no_message_makes_it_panic(message in any::<String>()) {
            let _ = read(&message);
        }

        #[test]
        fn case_quotes_and_spaces_never_change_the_answer(
            keyword in prop::sample::select(vec!["iscrivimi", "cancellami", "stop", "mi iscrivo", "iscrivemi"]),
            upper in any::<bool>(),
            before in "[ \"“'«.]{0,4}",
            after in "[ \"”'».!?]{0,4}",
        ) {
            let typed = if upper { keyword.to_uppercase() } else { keyword.to_owned() };
            prop_assert_eq!(read(&format!("{before}{typed}{after}")), read(keyword));
        }
    }
}
