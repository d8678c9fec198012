//! What a comune decides about segnalazioni: its categories, its offices, its terms. It is a file of its own
//! (`segnalazioni.json`), which only the functions that deal with segnalazioni read.

use serde::{Deserialize, Serialize};

use super::categories::{Category, CategoryCode, OfficeCode};
use super::routing::Rules;
use crate::email::EmailAddress;

/// The settings of the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What a segnalazione can be about, in the order of the list. At most ten: the rows of a WhatsApp list.
    pub categories: Vec<Category>,
    /// The offices that deal with them.
    pub offices: Vec<Office>,
    /// To whom what goes, in order: the first that matches wins. They only propose.
    pub routing: Rules,
    /// Most photos of one segnalazione.
    #[serde(default = "three")]
    pub photos: usize,
    /// How many characters citizens are asked to stay within. Who writes more is not cut.
    #[serde(default = "five_hundred")]
    pub details: usize,
    /// Messages that follow each other within so many seconds are read together, before anything is answered.
    #[serde(default = "eight")]
    pub gather_seconds: i64,
    /// After so many hours of silence an incomplete one is reminded of, once: within the 24 hours in which that needs no
    /// template.
    #[serde(default = "twenty")]
    pub remind_hours: i64,
    /// After so many days of silence an incomplete one lapses and is erased.
    #[serde(default = "seven")]
    pub lapse_days: i64,
    /// What comes within so many minutes after the confirmation belongs to what was confirmed.
    #[serde(default = "thirty")]
    pub supplement_minutes: i64,
    /// Whether the codice fiscale is asked. Montanaro's regulation does not ask it, so it is not asked unless a comune decides
    /// otherwise (GDPR art. 5.1.c).
    #[serde(default)]
    pub fiscal_code: bool,
    /// The form at Meta; without one everything is asked in the chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
    /// Within so many metres of the boundary a person decides whose it is: published boundaries are drawn with a broad pen.
    #[serde(default = "hundred_and_fifty")]
    pub border_metres: u32,
    /// When two are of one problem.
    #[serde(default)]
    pub duplicates: DuplicateRule,
    /// Where to go with what is not a segnalazione.
    pub doors: Doors,
}

/// An office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// Its short name.
    pub code: OfficeCode,
    /// What citizens read.
    pub name: String,
    /// Its mailbox: of the office, not of a person.
    pub email: EmailAddress,
}

/// A form of WhatsApp's (a static Flow: `infra/whatsapp/<tenant>/segnalazione.flow.json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Meta's id of it.
    pub id: String,
    /// Its first screen.
    pub screen: String,
}

/// When two segnalazioni are taken for one problem: the same category, near, and not long ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DuplicateRule {
    /// Within so many metres.
    pub metres: u32,
    /// Within so many days.
    pub days: i64,
}

impl Default for DuplicateRule {
    fn default() -> Self {
        Self {
            metres: 50,
            days: 30,
        }
    }
}

/// Where to go with what is not a segnalazione.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Doors {
    /// The comune's PEC, for istanze.
    pub pec: String,
    /// The page of its services on line.
    pub services: String,
    /// The channel for whoever reports an offence inside the comune (d.lgs. 24/2023).
    pub whistleblowing: String,
}

impl Settings {
    /// The category called `code`.
    pub fn category(&self, code: &CategoryCode) -> Option<&Category> {
        self.categories
            .iter()
            .find(|category| category.code == *code)
    }
}

fn three() -> usize {
    3
}

fn five_hundred() -> usize {
    500
}

fn eight() -> i64 {
    8
}

fn twenty() -> i64 {
    20
}

fn seven() -> i64 {
    7
}

fn thirty() -> i64 {
    30
}

fn hundred_and_fifty() -> u32 {
    150
}
