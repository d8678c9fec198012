//! The words by which an office's mail is understood, as data: `texts/mail.it.json`. All are compared folded: no case, no
//! accents, no punctuation.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::keyword::fold;

/// What a value of a request is labelled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Label {
    /// The wanted day and hour.
    WantedAt,
    /// The draft.
    Text,
    /// The news item.
    Link,
    /// The title.
    Title,
    /// The office.
    Office,
    /// The kind of notice.
    Kind,
    /// Until when it is of use.
    UsefulUntil,
    /// Why there are several notices of one thing.
    Reason,
    /// A remark that is no part of the notice.
    Aside,
}

/// All words.
#[derive(Debug, Deserialize)]
pub(super) struct Words {
    fillers: Vec<String>,
    labels: BTreeMap<Label, Vec<String>>,
    /// What is counted: "Richiesta 1".
    pub(super) numbered: Vec<String>,
    /// What stands between it and its number: "Richiesta n. 1".
    pub(super) numbers: Vec<String>,
    /// "Primo avviso".
    pub(super) ordinals: Vec<String>,
    /// What a mail program puts before the subject of an answer.
    pub(super) reply_prefixes: Vec<String>,
    /// And before that of a mail passed on.
    pub(super) forward_prefixes: Vec<String>,
    /// The line above a mail passed on.
    pub(super) forwarded: Vec<String>,
    /// The line above a mail passed on or answered.
    pub(super) original: Vec<String>,
    /// How the line above an answered mail ends.
    pub(super) wrote: Vec<String>,
    /// Headers repeated in the text.
    pub(super) header_from: Vec<String>,
    /// The same, of the subject.
    pub(super) header_subject: Vec<String>,
    /// The same, of all others.
    pub(super) header_other: Vec<String>,
    closings: Vec<String>,
    closings_alone: Vec<String>,
    /// Names of the months.
    pub(super) months: Vec<String>,
    /// The same in three letters.
    pub(super) months_short: Vec<String>,
    /// Days of the week from Monday, folded.
    pub(super) weekdays: Vec<String>,
    /// The same as they are written.
    pub(super) weekdays_written: Vec<String>,
    /// Today and the two days after.
    pub(super) days: Vec<String>,
    /// The first of the month in letters.
    pub(super) first_day: String,
    /// What stands before an hour.
    pub(super) hours: Vec<String>,
    /// Twelve o'clock in letters.
    pub(super) noon: String,
    /// What stands before the last day of several.
    pub(super) range_to: Vec<String>,
    /// The kinds of notice, by their key, as offices name them.
    pub(super) kinds: BTreeMap<String, Vec<String>>,
    /// Words that give the kind away. There are none for an emergency: only a person declares one.
    pub(super) guesses: BTreeMap<String, Vec<String>>,
    /// What stands before a link at the end of a draft.
    pub(super) link_introductions: Vec<String>,
}

static ITALIAN: LazyLock<Words> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the file is compiled in, and every build's tests read it"
    )]
    serde_json::from_str(include_str!("../../texts/mail.it.json"))
        .expect("mail.it.json is well formed")
});

/// The Italian words.
pub(super) fn italian() -> &'static Words {
    &ITALIAN
}

/// Longest label, in words as they are written.
const LONGEST_LABEL: usize = 12;

impl Words {
    /// The label that `text` is, as a whole.
    pub(super) fn label(&self, text: &str) -> Option<Label> {
        let folded = fold(text);
        let words: Vec<&str> = folded.split(' ').collect();
        if words.len() > LONGEST_LABEL {
            return None;
        }
        let bare = self.bare(&words);
        self.labels
            .iter()
            .find(|(_, names)| {
                names
                    .iter()
                    .any(|name| *name == folded || (!bare.is_empty() && *name == bare))
            })
            .map(|(label, _)| *label)
    }

    fn bare(&self, words: &[&str]) -> String {
        let kept = words
            .iter()
            .filter(|word| !self.fillers.iter().any(|filler| filler == *word));
        kept.copied().collect::<Vec<_>>().join(" ")
    }

    /// Whether `line` takes leave: what follows is a signature.
    pub(super) fn is_closing(&self, line: &str) -> bool {
        let folded = fold(line);
        let begins = |closing: &String| {
            folded
                .strip_prefix(closing.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        self.closings_alone.contains(&folded) || self.closings.iter().any(begins)
    }

    /// The key of the kind that `text` names.
    pub(super) fn kind(&self, text: &str) -> Option<&str> {
        let folded = fold(text);
        self.kinds
            .iter()
            .find(|(key, names)| fold(key) == folded || names.contains(&folded))
            .map(|(key, _)| key.as_str())
    }

    /// The key of the kind that the words of `text` give away: the one with most of them.
    pub(super) fn guess(&self, text: &str) -> Option<&str> {
        let folded = format!(" {} ", fold(text));
        let said = |names: &Vec<String>| {
            let said = names
                .iter()
                .filter(|name| folded.contains(&format!(" {name} ")));
            said.count()
        };
        self.guesses
            .iter()
            .map(|(key, names)| (said(names), key.as_str()))
            .filter(|(times, _)| *times > 0)
            // Of equals the first in the alphabet: an event with a closing date is an event.
            .max_by(|one, other| one.0.cmp(&other.0).then(other.1.cmp(one.1)))
            .map(|(_, key)| key)
    }
}

/// Whether the folded `text` is one of `words`.
pub(super) fn is_one(text: &str, words: &[String]) -> bool {
    words.iter().any(|word| word == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_written_as_it_is_compared() {
        let words = italian();
        let lists = words.labels.values().chain(words.kinds.values());
        let lists = lists.chain(words.guesses.values()).chain([
            &words.fillers,
            &words.numbered,
            &words.closings,
            &words.closings_alone,
            &words.months,
            &words.weekdays,
            &words.forwarded,
            &words.original,
            &words.wrote,
            &words.link_introductions,
        ]);

        for word in lists.flatten() {
            assert_eq!(*word, fold(word));
        }
        assert_eq!((words.months.len(), words.weekdays.len()), (12, 7));
        assert!(!words.guesses.contains_key("emergenza"));
    }

    #[test]
    fn a_label_is_known_with_and_without_its_small_words() {
        for (text, label) in [
            ("Data invio", Label::WantedAt),
            ("DATA DI INVIO DESIDERATA", Label::WantedAt),
            (
                "Data in cui si desidera sia inviato l'avviso Whatsapp",
                Label::WantedAt,
            ),
            ("Da inviare il", Label::WantedAt),
            ("Bozza di testo dell'avviso WhatsApp", Label::Text),
            ("Link alla news", Label::Link),
            ("Titolo/Oggetto", Label::Title),
            ("Utile fino al", Label::UsefulUntil),
        ] {
            assert_eq!(italian().label(text), Some(label), "{text}");
        }
        assert_eq!(italian().label("il"), None);
        assert_eq!(italian().label("Il testo che segue è bello"), None);
    }
}
