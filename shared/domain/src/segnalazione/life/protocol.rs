//! What the protocollo generale gave. We never give such a number ourselves: we take down the one of the comune's own system.

use std::ops::RangeInclusive;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::moves::Officer;
use super::said::Reason;
use crate::Instant;

/// How many digits a number has: at least seven (DPR 445/2000, art. 57); twice as many are a mistake.
const DIGITS: RangeInclusive<usize> = 7..=14;
/// Years that a number can bear.
const YEARS: RangeInclusive<i16> = 2000..=2999;

/// A number of the protocollo, written `0001234/2026`: it starts anew each year (DPR 445/2000, art. 57). Its digits are kept as
/// the comune's system wrote them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProtocolNumber {
    year: i16,
    digits: String,
}

/// What is not a number of the protocollo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a number of the protocollo: 0001234/2026, with at least seven digits")]
pub struct NotAProtocolNumber;

impl ProtocolNumber {
    /// The number `digits` of `year`: 7 to 14 digits, 2000 to 2999.
    pub fn new(digits: &str, year: i16) -> Result<Self, NotAProtocolNumber> {
        let well_formed = DIGITS.contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && digits.bytes().any(|byte| byte != b'0');
        if well_formed && YEARS.contains(&year) {
            Ok(Self {
                year,
                digits: digits.to_owned(),
            })
        } else {
            Err(NotAProtocolNumber)
        }
    }

    /// The digits, with their leading zeros.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// The year in which it was given.
    pub fn year(&self) -> i16 {
        self.year
    }
}

impl std::fmt::Display for ProtocolNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.digits, self.year)
    }
}

impl std::str::FromStr for ProtocolNumber {
    type Err = NotAProtocolNumber;

    fn from_str(text: &str) -> Result<Self, NotAProtocolNumber> {
        let (digits, year) = text.split_once('/').ok_or(NotAProtocolNumber)?;
        Self::new(digits, year.parse().map_err(|_| NotAProtocolNumber)?)
    }
}

impl TryFrom<String> for ProtocolNumber {
    type Error = NotAProtocolNumber;

    fn try_from(text: String) -> Result<Self, NotAProtocolNumber> {
        text.parse()
    }
}

impl From<ProtocolNumber> for String {
    fn from(number: ProtocolNumber) -> Self {
        number.to_string()
    }
}

/// A registration in the protocollo (DPR 445/2000, art. 53).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Its number.
    pub number: ProtocolNumber,
    /// Its date, as the comune's system gave it.
    pub date: Date,
    /// Who took the number down; nobody where the comune's system told it to ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured_by: Option<Officer>,
    /// When.
    pub captured_at: Instant,
    /// That it no longer holds. It stays readable (DPR 445/2000, art. 54).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annulled: Option<Annulment>,
}

/// That a registration was annulled in the protocollo, and by which act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annulment {
    /// Who took it down.
    pub by: Officer,
    /// When.
    pub at: Instant,
    /// By which act (DPR 445/2000, art. 54).
    pub reason: Reason,
}
