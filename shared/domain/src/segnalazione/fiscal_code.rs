//! The codice fiscale of a person (D.M. Finanze 23 December 1976), omocodia included.
//!
//! It is declared, not verified: one that does not check is taken all the same and marked, because real people hold codes
//! that are not as they should be.

use serde::{Deserialize, Serialize};

/// Where digits stand, which letters may replace: people whose codes would be the same get them, from the last digit on.
const DIGITS: [usize; 7] = [6, 7, 9, 10, 12, 13, 14];
/// The letter that stands for each digit.
const OMOCODIA: &[u8; 10] = b"LMNPQRSTUV";
/// The letter of each month.
const MONTHS: &[u8; 12] = b"ABCDEHLMPRST";
/// What A to Z are worth in odd positions; 0 to 9 are worth what A to J are. In even ones they are worth their rank.
const ODD: [usize; 26] = [
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];
/// What is added to the day of birth of women.
const OF_WOMEN: i8 = 40;

/// A code that checks: shape, check letter, and a day of birth that a calendar has. Personal data: `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FiscalCode(String);

/// Why a text is not a codice fiscale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAFiscalCode {
    /// Not 16 characters, or not such ones.
    #[error("not the shape of a codice fiscale")]
    Shape,
    /// The last letter is not the one that the others make: something is misspelt.
    #[error("the check letter is another")]
    CheckLetter,
    /// The day of birth is in no calendar.
    #[error("nobody is born on such a day")]
    Birthday,
}

/// The sex that a code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// The day of birth is as it is.
    Male,
    /// The day of birth has 40 more.
    Female,
}

impl FiscalCode {
    /// The code that `text` is, however spaced and in small letters too.
    pub fn read(text: &str) -> Result<Self, NotAFiscalCode> {
        let code: String = text.split_whitespace().collect();
        let code = code.to_ascii_uppercase();
        if !has_shape(&code) {
            return Err(NotAFiscalCode::Shape);
        }
        if !code.ends_with(check_letter(code.as_bytes())) {
            return Err(NotAFiscalCode::CheckLetter);
        }
        let code = Self(code);
        if !code.is_of_a_day() {
            return Err(NotAFiscalCode::Birthday);
        }
        Ok(code)
    }

    /// The code as text, in capitals without spaces.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code with digits wherever letters stand for them, and its check letter. Two people may have the same.
    #[must_use]
    pub fn base(&self) -> Self {
        let base: String = self.characters(0..15).collect();
        let check = check_letter(base.as_bytes());
        Self(format!("{base}{check}"))
    }

    /// The sex that it says.
    pub fn sex(&self) -> Sex {
        if self.number(9..11) > OF_WOMEN {
            Sex::Female
        } else {
            Sex::Male
        }
    }

    /// Where it says they were born: the Belfiore code of a comune, or `Z` and three digits for a country.
    pub fn birthplace(&self) -> String {
        self.characters(11..15).collect()
    }

    /// Whether a year that ends as the code says has the day. Of which century it does not say: 29 February may be of either.
    fn is_of_a_day(&self) -> bool {
        let letter = self.0.as_bytes().get(8);
        let month = (1..).zip(MONTHS).find(|(_, of)| letter == Some(of));
        let month = month.map_or(0, |(month, _)| month);
        let year = i16::from(self.number(6..8));
        let day = self.number(9..11);
        let day = if day > OF_WOMEN { day - OF_WOMEN } else { day };
        [1900, 2000]
            .into_iter()
            .any(|century| jiff::civil::Date::new(century + year, month, day).is_ok())
    }

    /// The characters at `places`, with digits where letters stand for them.
    fn characters(&self, places: std::ops::Range<usize>) -> impl Iterator<Item = char> {
        let characters = self.0.chars().enumerate();
        characters
            .skip(places.start)
            .take(places.len())
            .map(
                |(at, c)| match (b'0'..).zip(OMOCODIA).find(|(_, of)| char::from(**of) == c) {
                    Some((digit, _)) if DIGITS.contains(&at) => char::from(digit),
                    _ => c,
                },
            )
    }

    /// The number that the digits at `places` make, two at most.
    fn number(&self, places: std::ops::Range<usize>) -> i8 {
        let digits: String = self.characters(places).collect();
        digits.parse().unwrap_or_default()
    }
}

fn has_shape(code: &str) -> bool {
    code.len() == 16
        && code.bytes().enumerate().all(|(at, byte)| match at {
            8 => MONTHS.contains(&byte),
            at if DIGITS.contains(&at) => byte.is_ascii_digit() || OMOCODIA.contains(&byte),
            _ => byte.is_ascii_uppercase(),
        })
}

/// The letter that the first fifteen characters of `code` make.
fn check_letter(code: &[u8]) -> char {
    let rank = |byte: u8| usize::from(byte - if byte.is_ascii_digit() { b'0' } else { b'A' });
    let worth = |(at, byte): (usize, &u8)| {
        // The first one is odd: people count from one.
        if at % 2 == 0 {
            ODD.get(rank(*byte)).copied().unwrap_or_default()
        } else {
            rank(*byte)
        }
    };
    let sum: usize = code.iter().take(15).enumerate().map(worth).sum();
    ('A'..='Z').nth(sum % 26).unwrap_or_default()
}

impl TryFrom<String> for FiscalCode {
    type Error = NotAFiscalCode;

    fn try_from(text: String) -> Result<Self, NotAFiscalCode> {
        Self::read(&text)
    }
}

impl std::str::FromStr for FiscalCode {
    type Err = NotAFiscalCode;

    fn from_str(text: &str) -> Result<Self, NotAFiscalCode> {
        Self::read(text)
    }
}

impl From<FiscalCode> for String {
    fn from(code: FiscalCode) -> Self {
        code.0
    }
}

impl std::fmt::Debug for FiscalCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FiscalCode(…)")
    }
}

/// What somebody gave as their codice fiscale. It is stored as text, and what is odd or not is found again. Personal data:
/// `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Declared {
    /// It checks.
    Checked(FiscalCode),
    /// It does not: they are told, and it is kept. Of what has not even the shape, the beginning as typed.
    Odd(String),
}

impl Declared {
    /// How much is kept of what has not the shape of a code, in characters.
    const LONGEST: usize = 40;
    /// Into how many groups people split a code, at most.
    const GROUPS: usize = 5;

    /// What `text` declares, alone or among other words.
    pub fn read(text: &str) -> Self {
        let words: Vec<&str> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let mut odd = None;
        for first in 0..words.len() {
            for groups in 1..=Self::GROUPS {
                let run: String = words.iter().skip(first).take(groups).copied().collect();
                match FiscalCode::read(&run) {
                    Ok(code) => return Self::Checked(code),
                    Err(NotAFiscalCode::Shape) => {}
                    Err(NotAFiscalCode::CheckLetter | NotAFiscalCode::Birthday) => {
                        odd.get_or_insert(run.to_ascii_uppercase());
                    }
                }
            }
        }
        Self::Odd(odd.unwrap_or_else(|| beginning(text, Self::LONGEST)))
    }
}

/// The first characters of `text` on one line.
fn beginning(text: &str, longest: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = line.chars().take(longest).collect();
    cut.trim_end().to_owned()
}

impl From<String> for Declared {
    fn from(text: String) -> Self {
        Self::read(&text)
    }
}

impl From<Declared> for String {
    fn from(declared: Declared) -> Self {
        match declared {
            Declared::Checked(code) => code.into(),
            Declared::Odd(text) => text,
        }
    }
}

impl std::fmt::Debug for Declared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Checked(code) => f.debug_tuple("Checked").field(code).finish(),
            Self::Odd(_) => f.write_str("Odd(…)"),
        }
    }
}

#[cfg(test)]
mod tests;
