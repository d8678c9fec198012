//! The editorial checks of a notice (Rubano, "Prontuario della comunicazione coordinata"; docs/checks.md lists them).
//!
//! A check looks at the words of a draft and at what stands around it (the page, earlier notices, the hour, the cost), all of
//! it handed in as values, and says what it finds. What was found is words for a person; what blocks can be lifted only as
//! [`Finding::waivable`] says. Lists of words are data: `texts/editorial.it.json`.

mod data;
mod dates;
mod duplicates;
mod hours;
mod keys;
mod link;
mod personal;
mod prose;
mod sending;
mod settings;
mod shape;
mod style;
mod typing;
mod when;

use jiff::civil;
use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::ids::NoticeId;
use crate::notice::{Draft, DraftInput, Kind};
use crate::tenant::Tenant;
use crate::texts::italian;

pub use dates::event_date;
pub use duplicates::{Duplicate, Why, duplicates, similarity};
pub use keys::KEYS;
pub use link::normalised_link;
pub use sending::is_barred_by_elections;
pub use settings::EditorialSettings;
pub use typing::repaired;

/// Declares the checks with their keys and the list of all of them.
macro_rules! checks {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A check, by its number in the table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum CheckId { $($(#[$doc])* $name,)* }

        impl CheckId {
            /// Every check, in the order of the table.
            pub const ALL: [Self; 24] = [$(Self::$name),*];

            /// The number: `E01`.
            pub fn key(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
        }
    };
}

checks! {
    /// One address, of a page of the site.
    E01,
    /// The page is there, and recent.
    E02,
    /// No shortened, tracked or chat addresses.
    E03,
    /// Length of what the citizen reads.
    E04,
    /// The comune first, the address last.
    E05,
    /// Short sentences, easy words.
    E06,
    /// Capitals.
    E07,
    /// Emoji.
    E08,
    /// Dates.
    E09,
    /// What an event or a deadline must tell.
    E10,
    /// How hours are written.
    E11,
    /// Personal data.
    E12,
    /// Office jargon.
    E13,
    /// Accents, spaces and marks.
    E14,
    /// Acronyms.
    E15,
    /// The same notice again.
    E16,
    /// Forbidden hours.
    E17,
    /// The same event again.
    E18,
    /// Too many notices.
    E19,
    /// Elections (L. 28/2000 art. 9).
    E20,
    /// Tone, and names of the elected.
    E21,
    /// What a template cannot hold.
    E22,
    /// Cost, recipients, category.
    E23,
    /// What only a picture tells.
    E24,
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The notice does not go on.
    Block,
    /// The notice goes on with a reason.
    Warn,
    /// Worth knowing.
    Info,
}

/// Who may let a notice go on in spite of a finding, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waivable {
    /// Nobody: the words must change.
    Never,
    /// Whoever works on the notice, with a reason.
    WithReason,
    /// With a reason, and a second person who agrees.
    WithSecondPerson,
    /// The municipal secretary, with a reason.
    BySecretary,
}

impl CheckId {
    /// What the check is about, in Italian.
    pub fn name(self) -> &'static str {
        data::lists().rules.get(&self).map_or("", String::as_str)
    }

    /// How much its findings can weigh, the heaviest first.
    pub fn severities(self) -> &'static [Severity] {
        use Severity::{Block, Info, Warn};
        match self {
            Self::E02 | Self::E04 => &[Block, Warn, Info],
            Self::E09 => &[Block, Warn],
            Self::E01 | Self::E03 | Self::E12 | Self::E16 | Self::E17 | Self::E20 | Self::E22 => {
                &[Block]
            }
            Self::E11 | Self::E15 | Self::E23 => &[Info],
            _ => &[Warn],
        }
    }

    /// How its heaviest finding can be lifted. For a given finding, [`Finding::waivable`].
    pub fn waiver(self) -> Waivable {
        match self {
            Self::E16 | Self::E17 => Waivable::WithSecondPerson,
            Self::E20 => Waivable::BySecretary,
            _ if self.severities().contains(&Severity::Block) => Waivable::Never,
            _ => Waivable::WithReason,
        }
    }
}

/// Something that a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which check.
    pub check: CheckId,
    /// How much it weighs.
    pub severity: Severity,
    /// The key of the words for the office, and the values to fill in.
    pub words: (&'static str, Vec<(&'static str, String)>),
    /// What to write instead, where it is known.
    pub suggestion: Option<String>,
}

impl Finding {
    fn new(
        check: CheckId,
        severity: Severity,
        key: &'static str,
        values: Vec<(&'static str, String)>,
    ) -> Self {
        Self {
            check,
            severity,
            words: (key, values),
            suggestion: None,
        }
    }

    fn suggesting(self, suggestion: impl Into<Option<String>>) -> Self {
        Self {
            suggestion: suggestion.into(),
            ..self
        }
    }

    /// The words for the office, in Italian.
    pub fn message(&self) -> String {
        let values: Vec<_> = self.words.1.iter().map(|(n, v)| (*n, v.as_str())).collect();
        italian().staff(self.words.0, &values)
    }

    /// How it can be lifted; `None` if it stops nobody.
    pub fn waivable(&self) -> Option<Waivable> {
        match self.severity {
            Severity::Block => Some(self.check.waiver()),
            Severity::Warn => Some(Waivable::WithReason),
            Severity::Info => None,
        }
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

/// A notice that the register already knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// Which notice.
    pub notice: NoticeId,
    /// What it is about.
    pub title: String,
    /// Its words.
    pub text: String,
    /// Its page.
    pub link: String,
    /// The day of its event ([`event_date`]).
    pub event_date: Option<civil::Date>,
    /// The local day on which it went out, or is wanted.
    pub sent_on: civil::Date,
}

/// What stands around a draft when it is checked, found out elsewhere.
#[derive(Debug, Clone)]
pub struct Surroundings<'a> {
    /// The time of the check.
    pub now: Instant,
    /// What was found at its address; `None` as long as nobody has looked.
    pub link: Option<&'a LinkReport>,
    /// Notices sent or on their way, other than this one and those rejected or cancelled.
    pub earlier: &'a [Earlier],
    /// How many of them, emergencies aside, on the wanted day.
    pub on_that_day: u32,
    /// And in the wanted week.
    pub in_that_week: u32,
    /// Why the wanted hour is forbidden, as an office reads it, if it is.
    pub hour: Option<String>,
    /// The first hour from the wanted one on that is allowed, as an office reads it, where the wanted one is not.
    pub next_hour: Option<String>,
    /// Whether the wanted day is in an electoral period.
    pub electoral: bool,
    /// To how many people it would go; 0 as long as they are not counted.
    pub recipients: u64,
    /// The expected cost, as an office reads it; `None` without a price list.
    pub cost: Option<String>,
    /// Whether it is one of several appointments far apart (Rubano, "Richiesta di invio", note).
    pub spaced_series: bool,
}

impl Surroundings<'_> {
    /// Nothing known but the time.
    pub fn none(now: Instant) -> Self {
        Self {
            now,
            link: None,
            earlier: &[],
            on_that_day: 0,
            in_that_week: 0,
            hour: None,
            next_hour: None,
            electoral: false,
            recipients: 0,
            cost: None,
            spaced_series: false,
        }
    }
}

/// The words that a check looks at, from a draft or from a request that is not one yet.
struct Subject<'a> {
    title: &'a str,
    text: &'a str,
    link: &'a str,
    preview: String,
}

/// All that the checks find in `draft`, in the order of the table.
pub fn check(draft: &Draft, tenant: &Tenant, around: &Surroundings<'_>) -> Vec<Finding> {
    let subject = Subject {
        title: &draft.title,
        text: &draft.text,
        link: draft.link.as_str(),
        preview: draft.preview(tenant),
    };
    let mut found = of_words(&subject, tenant);
    let prose = prose::Prose::new(&draft.text);
    found.extend(link::page(
        &draft.link,
        draft.wanted_at.date(),
        tenant,
        around,
    ));
    found.extend(shape::frame(&prose, tenant));
    found.extend(shape::readable(&prose, &tenant.editorial));
    found.extend(shape::capitals(&prose, tenant));
    found.extend(shape::emoji(&prose, draft.kind, &tenant.editorial));
    found.extend(when::dates(
        &prose,
        draft.wanted_at.date(),
        &tenant.editorial,
    ));
    found.extend(when::complete(&prose, draft, tenant));
    found.extend(when::hours(&prose));
    found.extend(style::jargon(&prose));
    found.extend(style::acronyms(&prose, tenant));
    found.extend(style::tone(&subject, tenant));
    found.extend(style::picture(&prose));
    found.extend(sending::around(draft, tenant, around));
    // Stable, so that within a check the order is that of the text.
    found.sort_by_key(|finding| finding.check);
    found
}

/// What the checks find in a request that may be no draft yet: the faults that [`Draft::check`] refuses, by their numbers, and
/// all others that need nothing but the words.
pub fn check_input(input: &DraftInput, tenant: &Tenant) -> Vec<Finding> {
    let field = |field: &Option<String>| field.clone().unwrap_or_default();
    let (title, text, link) = (field(&input.title), field(&input.text), field(&input.link));
    let preview = tenant
        .notice_template
        .body
        .replace("{{testo}}", &text)
        .replace("{{link}}", &link);
    let subject = Subject {
        title: &title,
        text: &text,
        link: link.trim(),
        preview,
    };
    let mut found = of_words(&subject, tenant);
    found.sort_by_key(|finding| finding.check);
    found
}

/// The checks that need nothing but the words.
fn of_words(subject: &Subject<'_>, tenant: &Tenant) -> Vec<Finding> {
    let mut found = link::address(subject, tenant);
    found.extend(shape::length(subject, &tenant.editorial));
    found.extend(shape::template(subject, &tenant.editorial));
    found.extend(personal::data(subject, tenant));
    found.extend(typing::check(subject.text));
    found
}

/// The billing category that a kind of notice would have at Meta: an event is an invitation, the rest is service.
pub fn proposed_category(kind: Kind) -> &'static str {
    match kind {
        Kind::Evento => "marketing",
        Kind::PubblicaUtilita | Kind::Scadenza | Kind::Emergenza | Kind::Altro => "utility",
    }
}

#[cfg(test)]
mod tests;
