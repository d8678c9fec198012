//! What is said and understood in the making of a segnalazione, as data: `texts/segnalazioni.it.json`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::draft::Ask;
use crate::keyword::fold;
use crate::texts::fill;

#[derive(Debug, Deserialize)]
struct Words {
    lines: BTreeMap<String, String>,
    buttons: BTreeMap<String, String>,
    parts: BTreeMap<String, String>,
    missing: BTreeMap<String, String>,
    notes: BTreeMap<String, String>,
    commands: BTreeMap<String, Vec<String>>,
}

static ITALIAN: LazyLock<Words> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the file is compiled in, and every build's tests read it"
    )]
    serde_json::from_str(include_str!("../../texts/segnalazioni.it.json"))
        .expect("segnalazioni.it.json is well formed")
});

/// Declares an enum whose variants are keys of the file.
macro_rules! keys {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $key:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$of])* $variant,)+ }

        impl $name {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Its key in the file.
            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)+ }
            }
        }
    };
}

keys! {
    /// Something said to a citizen.
    Line {
        /// What this number is for.
        Menu = "seg.menu",
        /// Above the form.
        Form = "seg.form",
        /// On the button that opens the form.
        FormLabel = "seg.form.label",
        /// Of a form that was sent before, or belongs to nobody.
        FormExpired = "seg.form_expired",
        /// The first question: what is it about?
        Category = "seg.category",
        /// On the button that opens the list.
        CategoryLabel = "seg.category.label",
        /// What have they seen? And photos.
        Details = "seg.details",
        /// Where is it?
        Place = "seg.place",
        /// It is not in the territory.
        Outside = "seg.outside",
        /// A question of the category.
        Extra = "seg.extra",
        /// Who are they?
        Identity = "seg.identity",
        /// The same, of whoever WhatsApp shows without a number.
        IdentityHidden = "seg.identity_hidden",
        /// That was no name.
        IdentityAgain = "seg.identity_again",
        /// How to reach them?
        Contact = "seg.contact",
        /// That was no contact.
        ContactAgain = "seg.contact_again",
        /// Their codice fiscale?
        FiscalCode = "seg.fiscal_code",
        /// Everything, to be confirmed.
        Summary = "seg.summary",
        /// Which part is wrong?
        Correct = "seg.correct",
        /// On the button that opens the list of parts.
        CorrectLabel = "seg.correct.label",
        /// It is erased.
        Cancelled = "seg.cancelled",
        /// There is none to erase, correct or confirm.
        NothingOpen = "seg.nothing_open",
        /// Where a person is found.
        Operator = "seg.operator",
        /// The receipt.
        Received = "seg.received",
        /// It belongs to what was just confirmed.
        Supplement = "seg.supplement",
        /// It is still incomplete.
        Incomplete = "seg.incomplete",
        /// 112.
        Emergency = "seg.emergency",
        /// Where istanze go.
        Formal = "seg.formal",
        /// Where whistleblowers go.
        Whistleblowing = "seg.whistleblowing",
        /// A voice message, a film, a file.
        MediaUnsupported = "seg.media_unsupported",
        /// An identity document.
        IdentityDocument = "seg.identity_document",
    }
}

keys! {
    /// A few words in the middle of a line.
    Note {
        /// Before the first thing that is asked: whose service it is, 112, how to stop.
        Opening = "opening",
        /// The category was read out of their words.
        Suggested = "suggested",
        /// Photos that were too many.
        PhotosBeyond = "photos_beyond",
        /// Words that were too many.
        WordsBeyond = "words_beyond",
        /// The number that they write from.
        ThisNumber = "this_number",
        /// A codice fiscale.
        FiscalCode = "fiscal_code",
        /// One that does not check.
        FiscalCodeOdd = "fiscal_code_odd",
        /// The answer to a question of the category.
        Answer = "answer",
        /// They do not know.
        Unknown = "unknown",
        /// Near the border.
        Border = "border",
        /// Reported by somebody else already.
        Linked = "linked",
    }
}

keys! {
    /// A word that is an order, wherever the dialogue is.
    Command {
        /// Begin one.
        Start = "start",
        /// Ask me here, not by the form.
        Chat = "chat",
        /// Erase it.
        Cancel = "cancel",
        /// A part is wrong.
        Correct = "correct",
        /// It is right.
        Confirm = "confirm",
        /// A person, please.
        Operator = "operator",
    }
}

keys! {
    /// A part of a segnalazione that can be corrected.
    Part {
        /// What it is about.
        Category = "category",
        /// Where it is.
        Place = "place",
        /// What they wrote.
        Details = "details",
        /// The photos.
        Photos = "photos",
        /// The answers to the questions of the category.
        Extra = "extra",
        /// Who they are.
        Name = "name",
        /// How to reach them.
        Reach = "reach",
        /// Their codice fiscale.
        FiscalCode = "fiscal_code",
    }
}

impl Line {
    /// The words, with `{name}` replaced by each value.
    pub fn fill(self, values: &[(&str, &str)]) -> String {
        fill(lookup(&ITALIAN.lines, self.key()), values)
    }
}

impl Note {
    /// The words, with `{name}` replaced by each value.
    pub fn fill(self, values: &[(&str, &str)]) -> String {
        fill(lookup(&ITALIAN.notes, self.key()), values)
    }
}

impl Part {
    /// What a citizen reads.
    pub fn label(self) -> &'static str {
        lookup(&ITALIAN.parts, self.key())
    }
}

impl Command {
    /// What is on its button, if it has one.
    pub fn button(self) -> &'static str {
        lookup(&ITALIAN.buttons, self.key())
    }

    /// The command that `words` are, if they are one and nothing else.
    pub fn read(words: &str) -> Option<Self> {
        let said = short(words)?;
        let is = |command: &&Self| has(command.key(), &said);
        Self::ALL.iter().find(is).copied()
    }
}

/// Whether `words` say that they do not know.
pub fn is_unknown(words: &str) -> bool {
    short(words).is_some_and(|said| has("unknown", &said))
}

/// Whether `words` say that the number they write from will do.
pub fn is_same_number(words: &str) -> bool {
    short(words).is_some_and(|said| has("same_number", &said))
}

/// The Italian name of what is missing.
pub fn missing(ask: &Ask) -> &'static str {
    let key = match ask {
        Ask::Category => "category",
        Ask::Details => "details",
        Ask::Place => "place",
        Ask::Extra { .. } => "extra",
        Ask::Name => "name",
        Ask::Reach => "reach",
        Ask::FiscalCode => "fiscal_code",
    };
    lookup(&ITALIAN.missing, key)
}

/// The folded words, if they are few enough to be an order.
fn short(words: &str) -> Option<String> {
    (words.len() <= 60).then(|| fold(words))
}

fn has(list: &str, said: &str) -> bool {
    ITALIAN
        .commands
        .get(list)
        .is_some_and(|words| words.iter().any(|word| word == said))
}

/// The text under `key`; nothing where there is none, which a test forbids for every key that code can name.
fn lookup(texts: &'static BTreeMap<String, String>, key: &str) -> &'static str {
    texts.get(key).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_note_part_and_command_has_its_words_and_none_is_said_by_nobody() {
        let keys = |all: Vec<&'static str>, texts: &BTreeMap<String, String>| {
            let known: Vec<&str> = texts.keys().map(String::as_str).collect();
            let mut all = all;
            all.sort_unstable();
            assert_eq!(all, known);
        };
        let all = |lines: &[Line]| lines.iter().map(|line| line.key()).collect();
        keys(all(Line::ALL), &ITALIAN.lines);
        let notes = Note::ALL.iter().map(|note| note.key()).collect();
        keys(notes, &ITALIAN.notes);
        let parts = Part::ALL.iter().map(|part| part.key()).collect();
        keys(parts, &ITALIAN.parts);
        for command in Command::ALL {
            assert!(ITALIAN.commands.contains_key(command.key()));
        }
        for words in ITALIAN.commands.values().flatten() {
            assert_eq!(*words, fold(words), "as it is compared");
        }
    }

    #[test]
    fn a_command_is_a_whole_message_however_it_is_typed() {
        for (words, command) in [
            ("SEGNALA", Some(Command::Start)),
            ("«Annulla»!", Some(Command::Cancel)),
            ("È giusto… no", None),
            ("sì", Some(Command::Confirm)),
            ("vorrei segnalare una buca", None),
            ("Operatore", Some(Command::Operator)),
        ] {
            assert_eq!(Command::read(words), command, "{words}");
        }
    }
}
