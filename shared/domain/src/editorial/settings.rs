//! What a comune may set of the checks. The usual values are those of the table.

use serde::{Deserialize, Serialize};

/// The settings of the editorial checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EditorialSettings {
    /// E02: oldest page that raises no doubt, in days.
    pub oldest_page_days: u32,
    /// E02: most redirects.
    pub redirects: u8,
    /// E04: the length to aim at, in characters of what the citizen reads.
    pub target_length: usize,
    /// E04: the length that needs a reason.
    pub warn_length: usize,
    /// E04: the length that is too much. A template holds 1,024 (Meta, error 132005).
    pub block_length: usize,
    /// E06: longest sentence, in words.
    pub sentence_words: usize,
    /// E06: longest average sentence, in words.
    pub average_words: usize,
    /// E06: lowest Gulpease index.
    pub gulpease: i64,
    /// E07: most words in capitals.
    pub capitals: usize,
    /// E08: most emoji.
    pub emoji: usize,
    /// E09: how many days away a date may be without its year.
    pub year_after_days: u32,
    /// E12: telephones that may be named besides the comune's own.
    pub phones: Vec<String>,
    /// E12: e-mail addresses that may be named.
    pub emails: Vec<String>,
    /// E12: words that make a mailbox one of an organisation, besides the usual ones.
    pub organisation_words: Vec<String>,
    /// E15: acronyms that everybody here knows, besides the usual ones.
    pub acronyms: Vec<String>,
    /// E10: names of places here, besides the usual words.
    pub places: Vec<String>,
    /// E16: for how many days the same page is a duplicate.
    pub same_link_days: u32,
    /// E16: for how many days a text much alike is a duplicate.
    pub near_text_days: u32,
    /// E16, E18: how much alike two texts are to be the same, in hundredths.
    pub near_percent: u32,
    /// E20, E21: names of the elected. They stand in the settings of the stack that runs, never in a repository.
    pub elected: Vec<String>,
    /// E22: most words or phrases in bold.
    pub bold: usize,
}

impl Default for EditorialSettings {
    fn default() -> Self {
        Self {
            oldest_page_days: 60,
            redirects: 3,
            target_length: 400,
            warn_length: 600,
            block_length: 1000,
            sentence_words: 25,
            average_words: 18,
            gulpease: 60,
            capitals: 2,
            emoji: 2,
            year_after_days: 60,
            phones: Vec::new(),
            emails: Vec::new(),
            organisation_words: Vec::new(),
            acronyms: Vec::new(),
            places: Vec::new(),
            same_link_days: 90,
            near_text_days: 30,
            near_percent: 80,
            elected: Vec::new(),
            bold: 2,
        }
    }
}

impl EditorialSettings {
    /// Whether nothing was set.
    pub(crate) fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}
