//! The lists of words: `texts/editorial.it.json`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::CheckId;
use super::prose::Phrase;

/// The lists of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lists {
    /// What each check is about.
    pub(super) rules: BTreeMap<CheckId, String>,
    /// Names of the months, January first.
    pub(super) months: Vec<String>,
    /// Names of the days and their short forms, Monday first.
    pub(super) weekdays: Vec<Vec<String>>,
    /// The first of a month, in letters.
    pub(super) first_day: Vec<String>,
    /// Between two days of one month.
    pub(super) day_ranges: Vec<String>,
    /// Before a number that is a day.
    pub(super) day_anchors: Vec<String>,
    /// Between month and year.
    pub(super) before_year: Vec<String>,
    /// Before a number that is an hour.
    pub(super) hour_words: Vec<String>,
    /// Signs for "hour" that are no words.
    pub(super) hour_signs: Vec<String>,
    /// How a range of hours is written.
    pub(super) hour_range: String,
    /// Words for days seen from the day of sending, and how many days away they are.
    pub(super) relative_days: BTreeMap<Phrase, i64>,
    /// "Next".
    pub(super) next: Vec<Phrase>,
    /// "Last".
    pub(super) last: Vec<Phrase>,
    /// Words of places.
    pub(super) places: Vec<Phrase>,
    /// Words of where and how a thing is done.
    pub(super) ways: Vec<Phrase>,
    /// Words after which a noun is due.
    pub(super) before_a_word: Vec<String>,
    /// Abbreviations whose full stop ends no sentence.
    pub(super) abbreviations: Vec<String>,
    /// Jargon, and what to write instead.
    pub(super) plain: Vec<(Phrase, String)>,
    /// Misspelt words, and how they are spelt.
    pub(super) repairs: BTreeMap<String, String>,
    /// Acronyms that everybody knows.
    pub(super) acronyms: Vec<String>,
    /// Offices to which people are elected.
    pub(super) elected_roles: Vec<Phrase>,
    /// Words that sell or campaign.
    pub(super) promotional: Vec<Phrase>,
    /// Words that send the reader to a picture.
    pub(super) image_only: Vec<Phrase>,
    /// Hosts that shorten addresses.
    pub(super) shorteners: Vec<String>,
    /// Hosts that open a chat.
    pub(super) chat_hosts: Vec<String>,
    /// Beginnings of parameters that follow people.
    pub(super) tracking: Vec<String>,
    /// Ends of names of hosts that phones make tappable.
    pub(super) domains: Vec<String>,
    /// Words of mailboxes that are no person's.
    pub(super) organisation_words: Vec<String>,
    /// Beginnings of numbers that are no person's.
    pub(super) public_numbers: Vec<String>,
}

static ITALIAN: LazyLock<Lists> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the file is compiled in, and every build's tests read it"
    )]
    serde_json::from_str(include_str!("../../texts/editorial.it.json"))
        .expect("editorial.it.json is well formed")
});

/// The Italian lists.
pub(super) fn lists() -> &'static Lists {
    &ITALIAN
}

/// Whether `list` has `word`.
pub(super) fn has(list: &[String], word: &str) -> bool {
    list.iter().any(|w| w == word)
}
