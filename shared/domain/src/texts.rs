//! Every word that a citizen or an office reads, as data: `texts/it.json`. Logic names a text; it never contains one.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// All texts of one language.
#[derive(Debug, Deserialize)]
pub struct Texts {
    /// The version recorded with every proof of subscription.
    pub version: String,
    citizen: BTreeMap<String, String>,
    staff: BTreeMap<String, String>,
    states: BTreeMap<String, String>,
    moves: BTreeMap<String, String>,
    done: BTreeMap<String, String>,
    roles: BTreeMap<String, String>,
    letters: BTreeMap<String, LetterTexts>,
    /// Words of the two-month report.
    pub report: ReportTexts,
    /// Words of the register that can be verified.
    pub ledger: LedgerTexts,
}

/// The words of one kind of letter.
#[derive(Debug, Deserialize)]
struct LetterTexts {
    subject: String,
    body: Vec<String>,
}

/// Words of the two-month report.
#[derive(Debug, Deserialize)]
pub struct ReportTexts {
    /// Title of the document, with `{periodo}` and `{comune}`.
    title: String,
    /// Name of the sheet.
    pub sheet: String,
    /// Label of the row of totals.
    pub totals: String,
    /// Heads of the columns, in order.
    pub columns: Vec<String>,
}

/// Words of the register that can be verified.
#[derive(Debug, Deserialize)]
pub struct LedgerTexts {
    /// Heads of the columns, in order.
    pub columns: Vec<String>,
    /// The mark of a rehearsal.
    pub training: String,
}

static ITALIAN: LazyLock<Texts> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the file is compiled in, and every build's tests read it"
    )]
    serde_json::from_str(include_str!("../texts/it.json")).expect("texts/it.json is well formed")
});

/// The Italian texts.
pub fn italian() -> &'static Texts {
    &ITALIAN
}

/// Something said to a citizen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phrase {
    /// The subscription is made.
    SubscriptionConfirmed,
    /// There was one already.
    AlreadySubscribed,
    /// A misspelt word: do they mean to subscribe?
    AskToSubscribe,
    /// The subscription is ended.
    Unsubscribed,
    /// There was none to end.
    NotSubscribed,
    /// The courteous answer of a number that only sends.
    ReceiveOnly,
    /// Above WhatsApp's button that sends one's own number.
    AskNumber,
    /// Above WhatsApp's button that sends where one is.
    AskPosition,
}

impl Phrase {
    /// Every phrase.
    pub const ALL: [Self; 8] = [
        Self::SubscriptionConfirmed,
        Self::AlreadySubscribed,
        Self::AskToSubscribe,
        Self::Unsubscribed,
        Self::NotSubscribed,
        Self::ReceiveOnly,
        Self::AskNumber,
        Self::AskPosition,
    ];

    /// The key of the phrase in the file, also its id in logs and proofs.
    pub fn key(self) -> &'static str {
        match self {
            Self::SubscriptionConfirmed => "sub.confirm",
            Self::AlreadySubscribed => "sub.already",
            Self::AskToSubscribe => "sub.ask",
            Self::Unsubscribed => "optout.done",
            Self::NotSubscribed => "optout.unknown",
            Self::ReceiveOnly => "ro.fallback",
            Self::AskNumber => "ask.number",
            Self::AskPosition => "ask.position",
        }
    }
}

impl ReportTexts {
    /// The title of the report of `period`.
    pub fn title(&self, period: &str, comune: &str) -> String {
        fill(&self.title, &[("periodo", period), ("comune", comune)])
    }
}

impl Texts {
    /// What a citizen reads, with `{name}` replaced by each value.
    pub fn citizen(&self, phrase: Phrase, values: &[(&str, &str)]) -> String {
        fill(lookup(&self.citizen, phrase.key()), values)
    }

    /// What an office reads under `key`, with `{name}` replaced by each value.
    pub fn staff(&self, key: &'static str, values: &[(&str, &str)]) -> String {
        fill(lookup(&self.staff, key), values)
    }

    /// Subject and body of the letter `key`, with `{name}` replaced by each value; a subject is one line.
    pub fn letter(&self, key: &str, values: &[(&str, &str)]) -> (String, String) {
        let Some(letter) = self.letters.get(key) else {
            return (key.to_owned(), key.to_owned());
        };
        (
            fill(&letter.subject, values),
            fill(&letter.body.join("\n"), values),
        )
    }

    /// The Italian name of a state of a request.
    pub fn state<'a>(&'a self, key: &'a str) -> &'a str {
        lookup(&self.states, key)
    }

    /// The Italian name of a move.
    pub fn a_move<'a>(&'a self, key: &'a str) -> &'a str {
        lookup(&self.moves, key)
    }

    /// What somebody has done who made a move, after their name.
    pub fn done<'a>(&'a self, key: &'a str) -> &'a str {
        lookup(&self.done, key)
    }

    /// The Italian name of a role.
    pub fn role<'a>(&'a self, key: &'a str) -> &'a str {
        lookup(&self.roles, key)
    }
}

/// The text under `key`; the key itself where there is none, which a test forbids for every key that code can name.
fn lookup<'a>(texts: &'a BTreeMap<String, String>, key: &'a str) -> &'a str {
    texts.get(key).map_or(key, String::as_str)
}

pub(crate) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    // In one pass: what a value says is not filled in again.
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let filled = after.split_once('}').and_then(|(name, after)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((*value, after))
        });
        if let Some((value, after)) = filled {
            text.push_str(value);
            rest = after;
        } else {
            text.push('{');
            rest = after;
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::calendar::sending::Forbidden;
    use crate::notice::{FieldProblem, LETTERS, MoveKind, StateName};
    use crate::staff::Role;

    #[test]
    fn every_phrase_state_move_and_role_has_its_words() {
        let texts = italian();

        for phrase in Phrase::ALL {
            assert!(texts.citizen.contains_key(phrase.key()), "{}", phrase.key());
        }
        assert_eq!(
            texts.citizen.len(),
            Phrase::ALL.len(),
            "a text that nothing says"
        );
        for state in StateName::ALL {
            assert!(texts.states.contains_key(state.key()), "{}", state.key());
        }
        for kind in MoveKind::ALL {
            assert!(texts.moves.contains_key(kind.key()), "{}", kind.key());
            assert!(texts.done.contains_key(kind.key()), "{}", kind.key());
        }
        for role in Role::ALL {
            assert!(texts.roles.contains_key(role.key()), "{}", role.key());
        }
        for key in LETTERS {
            assert!(texts.letters.contains_key(key), "{key}");
        }
        for key in FieldProblem::KEYS {
            assert!(texts.staff.contains_key(key), "{key}");
        }
        for key in Forbidden::KEYS {
            assert!(texts.staff.contains_key(key), "{key}");
        }
        let checks = texts.staff.keys().filter(|key| key.starts_with("check."));
        let checks: BTreeSet<&str> = checks.map(String::as_str).collect();
        assert_eq!(checks, crate::editorial::KEYS.into_iter().collect());
    }

    #[test]
    fn a_message_to_a_citizen_fits_whatsapp_and_has_no_placeholder_left() {
        let tenant = crate::tenant::tests::rubano();
        for phrase in Phrase::ALL {
            let said = crate::conversation::say(&tenant, phrase);
            assert!(said.chars().count() <= 1024, "{said}");
            assert!(!said.contains('{') && !said.contains('}'), "{said}");
        }
    }
}
