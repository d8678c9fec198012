//! The name and surname of whoever reports, as they type them. Which is which is a guess, which they see before they confirm.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Reach;
use crate::keyword::fold;

/// Most words of a name and surname that are typed as an answer.
const MOST_WORDS: usize = 6;
/// The longest answer that is looked into, in characters.
const LONGEST_ANSWER: usize = 300;
/// Most words of a phrase in the lists.
const MOST_IN_A_PHRASE: usize = 6;
/// What telephones write for an apostrophe, and for an accent that they do not find ("Nicolo'").
const APOSTROPHES: &str = "'’‘`´";
const HYPHENS: &str = "-‐‑";

/// The lists of `texts/declared.it.json`, each of phrases as [`fold`] makes them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    /// What comes before a name.
    introductions: Vec<String>,
    /// What comes before a surname and a name.
    surname_first: Vec<String>,
    name_labels: Vec<String>,
    surname_labels: Vec<String>,
    /// What is no part of a name, nor is what follows it.
    beside: Vec<String>,
    /// What comes after a name.
    endings: Vec<String>,
    /// What a surname may begin with, and no name does.
    particles: Vec<String>,
    /// What a surname may begin with; somewhere in the world it is a name, too.
    particles_or_names: Vec<String>,
    /// What nobody is called.
    in_no_name: Vec<String>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the file is compiled in, and every build's tests read it"
    )]
    serde_json::from_str(include_str!("../../../texts/declared.it.json"))
        .expect("declared.it.json is well formed")
});

/// A name and a surname, as typed: letters of any alphabet, apostrophes, hyphens and spaces. Personal data: `Debug` does not
/// show them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct FullName {
    name: String,
    surname: String,
}

#[derive(Deserialize)]
struct Stored {
    name: String,
    surname: String,
}

/// Why a text is not a name and a surname.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameProblem {
    /// Nothing, a question, an order, or words that nobody is called by.
    #[error("not a name")]
    NoName,
    /// Digits, a link, other signs.
    #[error("other signs than letters, apostrophes and hyphens")]
    OtherSigns,
    /// One of the two is missing.
    #[error("only a name or only a surname")]
    OnePartOnly,
    /// A part of more than 100 characters, or an answer of more than six words.
    #[error("too long for a name and a surname")]
    TooLong,
}

impl FullName {
    /// How many characters a name or a surname has at most.
    pub const LONGEST: usize = 100;

    /// Of a name and a surname that were given apart.
    pub fn new(name: &str, surname: &str) -> Result<Self, NameProblem> {
        if is_in_no_name(&words(name)) || is_in_no_name(&words(surname)) {
            return Err(NameProblem::NoName);
        }
        Self::checked(name, surname)
    }

    /// Of what somebody typed when they were asked who they are. A telephone or an address in the same text is left out.
    pub fn read(text: &str) -> Result<Self, NameProblem> {
        if text.chars().count() > LONGEST_ANSWER {
            return Err(NameProblem::TooLong);
        }
        if text.contains('?') {
            return Err(NameProblem::NoName);
        }
        let text = Reach::without_any(text).replace(',', " , ");
        let words = words(&text);
        let (answer, surname_first) = alone(&words);
        if let Some((name, surname)) = labelled(answer) {
            return Self::new(&joined(&name), &joined(&surname));
        }
        if is_in_no_name(answer) {
            return Err(NameProblem::NoName);
        }
        let plain: Vec<Word> = answer
            .iter()
            .filter(|word| !word.is_comma())
            .cloned()
            .collect();
        for word in &plain {
            part(word.typed)?;
        }
        match plain.len() {
            0 => return Err(NameProblem::NoName),
            1 => return Err(NameProblem::OnePartOnly),
            2..=MOST_WORDS => {}
            _ => return Err(NameProblem::TooLong),
        }
        // "Rossi, Mario".
        let comma = answer.iter().position(Word::is_comma);
        let (name, surname) = comma.map_or_else(
            || split(&plain, surname_first),
            |at| {
                let (surname, name) = plain.split_at(at);
                (name, surname)
            },
        );
        if name.is_empty() {
            return Err(NameProblem::OnePartOnly);
        }
        Self::checked(&joined(name), &joined(surname))
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The surname.
    pub fn surname(&self) -> &str {
        &self.surname
    }

    fn checked(name: &str, surname: &str) -> Result<Self, NameProblem> {
        Ok(Self {
            name: part(name)?,
            surname: part(surname)?,
        })
    }
}

impl TryFrom<Stored> for FullName {
    type Error = NameProblem;

    /// What nobody is called may change: what is stored stays a name.
    fn try_from(stored: Stored) -> Result<Self, NameProblem> {
        Self::checked(&stored.name, &stored.surname)
    }
}

impl std::fmt::Debug for FullName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FullName(…)")
    }
}

/// A name or a surname: its words with nothing around them, and nothing in them that no name has.
fn part(text: &str) -> Result<String, NameProblem> {
    let text: String = text.nfc().collect();
    let words: Vec<&str> = text.split_whitespace().filter_map(bare).collect();
    let part = words.join(" ");
    let is_of_a_name = |c: char| {
        c.is_alphabetic()
            || c == ' '
            || is_combining_mark(c)
            || APOSTROPHES.contains(c)
            || HYPHENS.contains(c)
    };
    if part.is_empty() {
        Err(NameProblem::NoName)
    } else if !part.chars().all(is_of_a_name) {
        Err(NameProblem::OtherSigns)
    } else if part.chars().count() > FullName::LONGEST {
        Err(NameProblem::TooLong)
    } else {
        Ok(part)
    }
}

/// `word` without punctuation and emoji around it, if there is a letter or digit in it.
fn bare(word: &str) -> Option<&str> {
    let around =
        |c: char| !c.is_alphanumeric() && !is_combining_mark(c) && !APOSTROPHES.contains(c);
    let bare = word.trim_matches(around);
    bare.contains(char::is_alphanumeric).then_some(bare)
}

/// A word as typed, and as it is compared.
#[derive(Clone)]
struct Word<'a> {
    typed: &'a str,
    folded: String,
}

impl Word<'_> {
    fn is_comma(&self) -> bool {
        self.typed == ","
    }

    fn is_particle(&self) -> bool {
        LISTS.particles.contains(&self.folded) || LISTS.particles_or_names.contains(&self.folded)
    }

    /// As many write a surname, and only that.
    fn is_in_capitals(&self) -> bool {
        let capitals = self.typed.chars().filter(|c| c.is_uppercase()).count();
        capitals > 1 && !self.typed.contains(char::is_lowercase)
    }
}

/// The words of `text`, and the commas that stand alone.
fn words(text: &str) -> Vec<Word<'_>> {
    text.split(|c: char| c.is_whitespace() || ";:()".contains(c))
        .filter_map(|word| if word == "," { Some(word) } else { bare(word) })
        .map(|typed| Word {
            typed,
            folded: fold(typed),
        })
        .collect()
}

fn joined(words: &[Word]) -> String {
    let typed: Vec<&str> = words.iter().map(|word| word.typed).collect();
    typed.join(" ")
}

/// How many words the longest of `phrases` has that `words` begin with.
fn leading(words: &[Word], phrases: &[String]) -> Option<usize> {
    let longest = words.len().min(MOST_IN_A_PHRASE);
    (1..=longest).rev().find(|&count| {
        let folded: Vec<&str> = words
            .iter()
            .take(count)
            .map(|word| word.folded.as_str())
            .collect();
        phrases.contains(&folded.join(" "))
    })
}

/// The same, of words that end so.
fn trailing(words: &[Word], phrases: &[String]) -> Option<usize> {
    let longest = words.len().min(MOST_IN_A_PHRASE);
    (1..=longest).rev().find(|&count| {
        let (_, end) = words.split_at(words.len() - count);
        leading(end, phrases) == Some(count)
    })
}

fn is_in_no_name(words: &[Word]) -> bool {
    (0..words.len()).any(|at| {
        let (_, rest) = words.split_at(at);
        leading(rest, &LISTS.in_no_name).is_some()
    })
}

/// The answer alone, without what introduces and what follows it, and whether it was announced as surname and name.
fn alone<'w, 'a>(mut words: &'w [Word<'a>]) -> (&'w [Word<'a>], bool) {
    let mut surname_first = false;
    loop {
        let skipped = if let Some(count) = leading(words, &LISTS.surname_first) {
            surname_first = true;
            count
        } else if words.first().is_some_and(Word::is_comma) {
            1
        } else if let Some(count) =
            leading(words, &LISTS.introductions).or_else(|| leading(words, &LISTS.beside))
        {
            count
        } else {
            break;
        };
        (_, words) = words.split_at(skipped);
    }
    let beside = (0..words.len()).find(|&at| {
        let (_, rest) = words.split_at(at);
        leading(rest, &LISTS.beside).is_some()
    });
    (words, _) = words.split_at(beside.unwrap_or(words.len()));
    loop {
        let skipped = if words.last().is_some_and(Word::is_comma) {
            1
        } else if let Some(count) = trailing(words, &LISTS.endings) {
            count
        } else {
            break;
        };
        (words, _) = words.split_at(words.len() - skipped);
    }
    (words, surname_first)
}

/// Name and surname, if "nome" or "cognome" before one of them says which is which.
fn labelled<'a>(mut words: &[Word<'a>]) -> Option<(Vec<Word<'a>>, Vec<Word<'a>>)> {
    let (mut before, mut name, mut surname) = (Vec::new(), Vec::new(), Vec::new());
    let mut current = &mut before;
    while let Some((word, after)) = words.split_first() {
        let mut next = after;
        if let Some(count) = leading(words, &LISTS.name_labels) {
            current = &mut name;
            (_, next) = words.split_at(count);
        } else if let Some(count) = leading(words, &LISTS.surname_labels) {
            current = &mut surname;
            (_, next) = words.split_at(count);
        } else if !word.is_comma() {
            current.push(word.clone());
        }
        words = next;
    }
    match (before.is_empty(), name.is_empty(), surname.is_empty()) {
        (true, false, false) => Some((name, surname)),
        (false, true, false) => Some((before, surname)),
        (false, false, true) => Some((name, before)),
        _ => None,
    }
}

/// Which words are the name and which the surname: a guess. The surname is the last word and the particles before it; it
/// comes first if it was announced so, if it alone is in capitals, or if the answer begins with a particle.
fn split<'w, 'a>(words: &'w [Word<'a>], surname_first: bool) -> (&'w [Word<'a>], &'w [Word<'a>]) {
    let within = 1..words.len();
    let first = |count: usize| {
        let (surname, name) = words.split_at(count.min(words.len()));
        (name, surname)
    };

    let in_capitals = words.iter().take_while(|word| word.is_in_capitals());
    let count = in_capitals.count();
    if within.contains(&count) {
        return first(count);
    }
    let in_capitals = words.iter().rev().take_while(|word| word.is_in_capitals());
    let count = in_capitals.count();
    if within.contains(&count) {
        return words.split_at(words.len() - count);
    }

    let particles = words.iter().take_while(|word| word.is_particle()).count();
    let begins_a_surname = words
        .first()
        .is_some_and(|word| LISTS.particles.contains(&word.folded))
        || (particles > 0 && within.contains(&(particles + 1)));
    if surname_first || begins_a_surname {
        return first(particles + 1);
    }
    let before_last = words.iter().rev().skip(1);
    let particles = before_last.take_while(|word| word.is_particle()).count();
    words.split_at((words.len() - 1 - particles).max(1))
}

#[cfg(test)]
mod tests;
