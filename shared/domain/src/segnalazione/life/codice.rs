//! The codice of a segnalazione. It is ours, and no number of the protocollo: a second register of that name is forbidden
//! (DPR 445/2000, art. 50).

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// Years that a codice can bear.
const YEARS: RangeInclusive<u16> = 2000..=2999;
/// Numbers that fit its six digits.
const NUMBERS: RangeInclusive<u32> = 1..=999_999;

/// The codice of a segnalazione, `SEG-2026-000123`: the year in which it was presented and its number in that year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Codice {
    year: u16,
    number: u32,
}

/// What is not a codice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a codice: SEG-2026-000123")]
pub struct NotACodice;

impl Codice {
    /// The codice of the `number`-th of `year`: 2000 to 2999, 1 to 999,999.
    pub fn new(year: u16, number: u32) -> Result<Self, NotACodice> {
        if YEARS.contains(&year) && NUMBERS.contains(&number) {
            Ok(Self { year, number })
        } else {
            Err(NotACodice)
        }
    }

    /// The codice that `text` names, as citizens and mails write it: `seg 2026 123`, `Re: Segnalazione SEG-2026-000123 - Buca`.
    /// None where it names several: which one is meant is not guessed.
    pub fn find(text: &str) -> Option<Self> {
        let starts = text.char_indices().filter(|(start, _)| {
            let before = text[..*start].chars().next_back();
            !before.is_some_and(char::is_alphanumeric)
        });
        let mut named = starts.filter_map(|(start, _)| written(&text[start..]));
        let first = named.next()?;
        named.all(|other| other == first).then_some(first)
    }

    /// The year in which it was presented.
    pub fn year(self) -> u16 {
        self.year
    }

    /// Its number in that year.
    pub fn number(self) -> u32 {
        self.number
    }
}

/// The codice with which `text` begins.
fn written(text: &str) -> Option<Codice> {
    let (word, rest) = text.split_at_checked(3)?;
    let (year, rest) = apart(rest).split_at_checked(4)?;
    let (number, after) = digits(apart(rest));
    // Written without a sign between them, only six digits show where the year ends.
    let is_apart = number.len() == 6 || !rest.starts_with(|sign: char| sign.is_ascii_digit());
    let well_formed = word.eq_ignore_ascii_case("seg")
        && year.bytes().all(|byte| byte.is_ascii_digit())
        && number.len() <= 6
        && is_apart
        && !after.starts_with(char::is_alphanumeric);
    if !well_formed {
        return None;
    }
    Codice::new(year.parse().ok()?, number.parse().ok()?).ok()
}

/// `text` without the few signs that people write between the parts.
fn apart(text: &str) -> &str {
    text.trim_start_matches(|sign: char| {
        matches!(sign, ' ' | '\u{a0}' | '-' | '–' | '—' | '_' | '.' | '/')
    })
}

/// The digits with which `text` begins, and the rest.
fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|sign: char| !sign.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}

impl std::fmt::Display for Codice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SEG-{}-{:06}", self.year, self.number)
    }
}

impl std::str::FromStr for Codice {
    type Err = NotACodice;

    /// Only the form that we write ourselves; [`Codice::find`] reads what others write.
    fn from_str(text: &str) -> Result<Self, NotACodice> {
        Self::find(text)
            .filter(|codice| codice.to_string() == text)
            .ok_or(NotACodice)
    }
}

impl TryFrom<String> for Codice {
    type Error = NotACodice;

    fn try_from(text: String) -> Result<Self, NotACodice> {
        text.parse()
    }
}

impl From<Codice> for String {
    fn from(codice: Codice) -> Self {
        codice.to_string()
    }
}
