//! What is looked at in a message before any step of the dialogue: a danger, and what must not come this way (Montanaro,
//! arts 4 and 7; d.lgs. 24/2023). Rules and words only, in `texts/guards.it.json`; no model decides.
//!
//! A danger is heard in the six languages most spoken here, the rest in Italian.

use std::sync::LazyLock;

use serde::Deserialize;

pub(super) use self::words::{Phrase, Rules, Words};

mod words;

/// Why a message is answered before anything else. The first that applies counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// People may be in danger now: they must call 112.
    Danger,
    /// Somebody tells of misconduct inside the comune, for which there is a protected channel (d.lgs. 24/2023, art. 4).
    Whistleblowing,
    /// Somebody wants to file an istanza or send official documents, for which this channel is not valid (Montanaro,
    /// art. 4.1).
    FormalApplication,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    danger: Rules,
    whistleblowing: Rules,
    formal_application: Rules,
    somebody: Rules,
    identity_document: Rules,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the file is compiled in, and every build's tests read it"
    )]
    serde_json::from_str(include_str!("../../texts/guards.it.json"))
        .expect("guards.it.json is well formed")
});

/// What `text` must be answered for before anything else, if anything.
pub fn guard(text: &str) -> Option<Guard> {
    let words = Words::new(text);
    [
        (Guard::Danger, &LISTS.danger),
        (Guard::Whistleblowing, &LISTS.whistleblowing),
        (Guard::FormalApplication, &LISTS.formal_application),
    ]
    .into_iter()
    .find_map(|(guard, rules)| rules.find(&words).then_some(guard))
}

/// Whether `text` speaks of a person who could be known from it: a neighbour, a relative, a name after a title, a plate.
/// Offices and generic groups ("il sindaco", "gli operai") are nobody.
pub fn speaks_of_somebody(text: &str) -> bool {
    has_plate(text) || LISTS.somebody.find(&Words::new(text))
}

/// Whether a caption or the name of a file says that it is an identity document.
pub fn is_identity_document(words: &str) -> bool {
    LISTS.identity_document.find(&Words::new(words))
}

/// Whether a plate of today's series is in `text`: "ab123cd", or "AB 123 CD" in capitals ("da 100 kg" is a weight).
fn has_plate(text: &str) -> bool {
    let runs: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|run| !run.is_empty())
        .collect();
    let whole = runs.iter().any(|run| is_plate(&run.to_uppercase()));
    whole
        || runs.windows(3).any(|three| {
            three.iter().map(|run| run.len()).eq([2, 3, 2]) && is_plate(&three.concat())
        })
}

fn is_plate(text: &str) -> bool {
    let fits = |(c, shape): (char, char)| {
        if shape == '9' {
            c.is_ascii_digit()
        } else {
            c.is_ascii_uppercase() && !"IOQU".contains(c)
        }
    };
    text.len() == 7 && text.chars().zip("AA999AA".chars()).all(fits)
}

#[cfg(test)]
mod tests;
