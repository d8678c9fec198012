//! stub until merged
#![allow(missing_docs)]
use crate::Instant;
use jiff::civil;
use serde::{Deserialize, Serialize};
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CheckId {
    E01,
    E02,
    E03,
    E04,
    E05,
    E06,
    E07,
    E08,
    E09,
    E10,
    E11,
    E12,
    E13,
    E14,
    E15,
    E16,
    E17,
    E18,
    E19,
    E20,
    E21,
    E22,
    E23,
    E24,
}
impl CheckId {
    pub fn key(self) -> &'static str {
        match self {
            Self::E01 => "E01",
            Self::E02 => "E02",
            Self::E03 => "E03",
            Self::E04 => "E04",
            Self::E05 => "E05",
            Self::E06 => "E06",
            Self::E07 => "E07",
            Self::E08 => "E08",
            Self::E09 => "E09",
            Self::E10 => "E10",
            Self::E11 => "E11",
            Self::E12 => "E12",
            Self::E13 => "E13",
            Self::E14 => "E14",
            Self::E15 => "E15",
            Self::E16 => "E16",
            Self::E17 => "E17",
            Self::E18 => "E18",
            Self::E19 => "E19",
            Self::E20 => "E20",
            Self::E21 => "E21",
            Self::E22 => "E22",
            Self::E23 => "E23",
            Self::E24 => "E24",
        }
    }
    pub fn waiver(self) -> Waivable {
        match self {
            Self::E16 | Self::E17 => Waivable::WithSecondPerson,
            Self::E20 => Waivable::BySecretary,
            _ => Waivable::Never,
        }
    }
}
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Severity {
    Block,
    Warn,
    Info,
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waivable {
    Never,
    WithReason,
    WithSecondPerson,
    BySecretary,
}
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub check: CheckId,
    pub severity: Severity,
}
impl Finding {
    pub fn new(check: CheckId, severity: Severity) -> Self {
        Self { check, severity }
    }
}

/// What was found at the address of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkReport {
    /// Where the redirects ended.
    pub final_url: String,
    /// The HTTP status there; 0 if there was no answer.
    pub status: u16,
    /// How many redirects there were.
    pub redirects: u8,
    /// The title of the page.
    pub title: Option<String>,
    /// The day on which it was published, as the page tells.
    pub published: Option<civil::Date>,
    /// SHA-256 of its content, in hexadecimal.
    pub digest: String,
    /// When it was read.
    pub checked_at: Instant,
}
