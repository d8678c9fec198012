//! A text as words and sentences, with their places in it.

use std::ops::Range;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::data::{has, lists};

/// A run of letters and digits.
#[derive(Debug)]
pub(super) struct Token<'a> {
    /// Where it stands, in bytes.
    pub(super) at: Range<usize>,
    /// As written.
    pub(super) raw: &'a str,
    /// In lower case, without accents.
    pub(super) folded: String,
}

impl Token<'_> {
    /// Its value, if it is at most `digits` digits long and nothing else; an ordinal sign after them counts for nothing.
    pub(super) fn number(&self, digits: usize) -> Option<i16> {
        let text = self.raw.trim_end_matches(['º', 'ª']);
        let only_digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        (only_digits && text.len() <= digits)
            .then(|| text.parse().ok())
            .flatten()
    }

    /// Whether it is all letters, and all of them capitals.
    pub(super) fn is_capitals(&self) -> bool {
        self.raw.chars().all(char::is_uppercase)
    }
}

/// A text taken apart.
#[derive(Debug)]
pub(super) struct Prose<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token<'a>>,
    /// Places of the sentences, in bytes.
    pub(super) sentences: Vec<Range<usize>>,
}

impl<'a> Prose<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let tokens = tokens(text);
        let sentences = sentences(text, &tokens);
        Self {
            text,
            tokens,
            sentences,
        }
    }

    /// The folded word at `index`; nothing outside the text.
    pub(super) fn word(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |t| t.folded.as_str())
    }

    /// The folded word before `index`.
    pub(super) fn word_before(&self, index: usize) -> &str {
        index.checked_sub(1).map_or("", |before| self.word(before))
    }

    /// What stands between the words `index` and `index + 1`, or after the last one.
    pub(super) fn gap(&self, index: usize) -> &'a str {
        let from = self.tokens.get(index).map_or(0, |t| t.at.end);
        let to = self
            .tokens
            .get(index + 1)
            .map_or(self.text.len(), |t| t.at.start);
        self.text.get(from..to).unwrap_or_default()
    }

    /// What stands before the word `index`.
    pub(super) fn gap_before(&self, index: usize) -> &'a str {
        match index.checked_sub(1) {
            Some(before) => self.gap(before),
            None => self
                .tokens
                .first()
                .and_then(|first| self.text.get(..first.at.start))
                .unwrap_or_default(),
        }
    }

    /// The words from `first` to `last`, as written.
    pub(super) fn written(&self, first: usize, last: usize) -> &'a str {
        let from = self.tokens.get(first).map_or(0, |t| t.at.start);
        let to = self.tokens.get(last).map_or(0, |t| t.at.end);
        self.text.get(from..to).unwrap_or_default()
    }

    /// Where `phrase` begins, each time, as indices of words.
    pub(super) fn places_of(&self, phrase: &Phrase) -> impl Iterator<Item = usize> {
        self.tokens
            .windows(phrase.words.len().max(1))
            .enumerate()
            .filter(|(_, window)| window.iter().map(|t| &t.folded).eq(&phrase.words))
            .map(|(index, _)| index)
    }

    /// Whether the text has any of `phrases`.
    pub(super) fn has_any(&self, phrases: &[Phrase]) -> bool {
        phrases.iter().any(|p| self.places_of(p).next().is_some())
    }

    /// The sentence in which the byte `at` stands.
    pub(super) fn sentence_around(&self, at: usize) -> Range<usize> {
        self.sentences
            .iter()
            .find(|sentence| at < sentence.end)
            .cloned()
            .unwrap_or(0..self.text.len())
    }

    /// How many words the sentence has.
    pub(super) fn words_in(&self, sentence: &Range<usize>) -> usize {
        let within = self
            .tokens
            .iter()
            .filter(|t| sentence.contains(&t.at.start));
        within.count()
    }

    /// The Gulpease index, from 0 (nobody reads it) to 100: `89 + (300·sentences − 10·letters) / words`.
    pub(super) fn gulpease(&self) -> i64 {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let words = count(self.tokens.len());
        if words == 0 {
            return 100;
        }
        let letters = self.tokens.iter().map(|t| t.raw.chars().count()).sum();
        let sentences = count(self.sentences.len());
        (89 + (300 * sentences - 10 * count(letters)) / words).clamp(0, 100)
    }
}

/// A word or several in a row, to be looked for whatever their case, accents and marks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(from = "String")]
pub(super) struct Phrase {
    /// As the list writes it.
    pub(super) text: String,
    /// Folded.
    pub(super) words: Vec<String>,
}

impl From<String> for Phrase {
    fn from(text: String) -> Self {
        let words = tokens(&text).into_iter().map(|t| t.folded).collect();
        Self { text, words }
    }
}

impl Phrase {
    pub(super) fn new(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

/// `text` in lower case and without accents.
pub(super) fn fold(text: &str) -> String {
    text.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut from = None;
    // One space more than there is, to end the last word.
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        // An accent typed as a mark of its own belongs to its letter.
        let inside = c.is_alphanumeric() || (from.is_some() && is_combining_mark(c));
        match (inside, from) {
            (true, None) => from = Some(at),
            (false, Some(start)) => {
                let raw = &text[start..at];
                tokens.push(Token {
                    at: start..at,
                    raw,
                    folded: fold(raw),
                });
                from = None;
            }
            _ => {}
        }
    }
    tokens
}

/// A sentence ends at a full stop, a question or an exclamation mark before a space or the end, unless an abbreviation or
/// an initial is before the stop.
fn sentences(text: &str, tokens: &[Token<'_>]) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut from = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        let before_space = chars.peek().is_none_or(|(_, next)| next.is_whitespace());
        let ends = match c {
            '!' | '?' | '…' => before_space,
            '.' => before_space && !is_abbreviation(tokens, at),
            _ => false,
        };
        if ends {
            sentences.push(from..end);
            from = end;
        }
    }
    sentences.push(from..text.len());
    sentences.retain(|sentence| tokens.iter().any(|t| sentence.contains(&t.at.start)));
    sentences
}

fn is_abbreviation(tokens: &[Token<'_>], stop: usize) -> bool {
    tokens
        .iter()
        .find(|t| t.at.end == stop)
        .is_some_and(|t| has(&lists().abbreviations, &t.folded))
}
