//! A segnalazione in the making: what was given so far, in whatever order it came, and what is still missing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::categories::{CategoryCode, Question};
use super::declared::{FullName, Reach};
use super::dialogue::Last;
use super::fiscal_code::Declared as DeclaredCode;
use super::place::{OneLine, Place};
use super::settings::Settings;
use super::territory::Whereabouts;
use crate::Instant;
use crate::ids::Wamid;

/// What a citizen gave. Words and photos know the message that brought them: they come in any order and more than once, and
/// make one whole that does not depend on either.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Given {
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Chosen>,
    /// What they wrote, by the hour of each message.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<Piece>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Located>,
    /// The photos, by the hour of each message.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<Photo>,
    /// How many photos came beyond the most that are kept.
    pub photos_beyond: usize,
    /// Whether words came beyond the most that are kept.
    pub words_beyond: bool,
    /// The answers to the questions of the category; an empty one is "I do not know".
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<CategoryCode, String>,
    /// Who they say they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<FullName>,
    /// How they want to be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reach: Option<Reach>,
    /// Their codice fiscale, where the comune asks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fiscal_code: Option<DeclaredCode>,
}

/// A category, and how it came to be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// Which.
    pub code: CategoryCode,
    /// Whether it was read out of their words: then the summary says so, and their CONFERMO is what chooses it.
    #[serde(default)]
    pub suggested: bool,
}

/// Words of one message.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Which message.
    pub message: Wamid,
    /// When it was written.
    pub at: Instant,
    /// The words, as written.
    pub text: String,
}

impl std::fmt::Debug for Piece {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Piece({} characters)", self.text.chars().count())
    }
}

/// A place, and where it is with respect to the territory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Located {
    /// The place.
    pub place: Place,
    /// Whether it is in the territory, of a position; of an address nobody knows without a map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whereabouts: Option<Whereabouts>,
    /// An address that was typed before the position was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also: Option<OneLine>,
}

impl Located {
    /// The place in one line for people.
    pub fn label(&self) -> String {
        match &self.also {
            Some(also) => format!("{} ({})", also.as_str(), self.place.label()),
            None => self.place.label(),
        }
    }
}

/// A photo, at Meta's until it is fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    /// Which message brought it; a form brings several in one.
    pub message: Wamid,
    /// When it was sent.
    pub at: Instant,
    /// Meta's id of the file.
    pub media: String,
    /// The SHA-256 of its bytes that WhatsApp tells, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// A segnalazione in the making.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The message that began it.
    pub begun_by: Wamid,
    /// When that was written.
    pub begun_at: Instant,
    /// When they were last heard.
    pub heard_at: Instant,
    /// What they gave.
    #[serde(default)]
    pub given: Given,
    /// What is waited for.
    pub stage: Stage,
    /// Whether they were told what is done with their data, whom to call in danger, and how to stop.
    #[serde(default)]
    pub greeted: bool,
    /// The segnalazione that they confirmed before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Last>,
    /// The form that they were sent, if they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Sent>,
    /// Whether they were reminded of it.
    #[serde(default)]
    pub reminded: bool,
}

/// A form that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Sent {
    /// It has not come back.
    Out {
        /// Its token: of this citizen, and for one use.
        token: String,
    },
    /// It came back, filled in.
    Back {
        /// Whether everything but the place was read back and confirmed on its last screen, and is as it was there.
        confirmed: bool,
    },
}

/// What is waited for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "waits_for", rename_all = "snake_case")]
pub enum Stage {
    /// More of the same breath: nothing is said before this hour.
    More {
        /// When it has passed.
        until: Instant,
        /// What had been asked before, if anything: what comes may be its answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asked: Option<Ask>,
    },
    /// The form that was sent, or words if they would rather chat.
    Form,
    /// The answer to what was asked.
    Answer {
        /// What.
        asked: Ask,
    },
    /// CONFERMO, after everything was read back.
    Confirmation {
        /// What was read back, in sixteen digits: CONFERMO is of exactly this.
        seen: String,
    },
    /// Which part is wrong.
    Correction,
}

/// Something that is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Ask {
    /// What it is about.
    Category,
    /// What they saw, and photos if they like.
    Details,
    /// Where it is.
    Place,
    /// A question of the category.
    Extra {
        /// Which.
        question: CategoryCode,
    },
    /// Name and surname.
    Name,
    /// How to reach them: only of whoever WhatsApp shows without a number.
    Reach,
    /// The codice fiscale.
    FiscalCode,
}

/// The most that is kept of what they write, in bytes: the row of a person is one item of 400 KB.
const MOST_WORDS: usize = 64 * 1024;

impl Draft {
    /// Something was said beside what was confirmed on the form.
    pub(super) fn unconfirm(&mut self) {
        if let Some(Sent::Back { confirmed }) = &mut self.form {
            *confirmed = false;
        }
    }

    /// Whether it was confirmed on the form.
    pub(super) fn is_confirmed(&self) -> bool {
        self.form == Some(Sent::Back { confirmed: true })
    }
}

impl Given {
    /// Adds words, in the place that their hour gives them. The same message again adds nothing.
    pub fn add_words(&mut self, piece: Piece) {
        if self
            .words
            .iter()
            .any(|known| known.message == piece.message)
        {
            return;
        }
        let length: usize = self.words.iter().map(|known| known.text.len()).sum();
        if length + piece.text.len() > MOST_WORDS {
            self.words_beyond = true;
            return;
        }
        self.words.push(piece);
        self.words
            .sort_by(|a, b| (a.at, &a.message).cmp(&(b.at, &b.message)));
    }

    /// Adds a photo, and says whether it is one of those that are kept.
    pub fn add_photo(&mut self, photo: Photo, most: usize) -> bool {
        if self.photos.iter().any(|known| known.media == photo.media) {
            return false;
        }
        if self.photos.len() >= most {
            self.photos_beyond += 1;
            return false;
        }
        self.photos.push(photo);
        self.photos
            .sort_by(|a, b| (a.at, &a.message, &a.media).cmp(&(b.at, &b.message, &b.media)));
        true
    }

    /// Adds what `other` has and this has not.
    pub fn absorb(&mut self, other: Self) {
        for piece in other.words {
            self.add_words(piece);
        }
        for photo in other.photos {
            self.add_photo(photo, usize::MAX);
        }
        for (question, answer) in other.answers {
            self.answers.entry(question).or_insert(answer);
        }
        self.category = self.category.take().or(other.category);
        self.place = self.place.take().or(other.place);
        self.name = self.name.take().or(other.name);
        self.reach = self.reach.take().or(other.reach);
        self.fiscal_code = self.fiscal_code.take().or(other.fiscal_code);
    }

    /// All their words about it, message after message.
    pub fn details(&self) -> String {
        let texts: Vec<&str> = self.words.iter().map(|piece| piece.text.as_str()).collect();
        texts.join("\n")
    }

    /// The next thing that is missing, if any. What was given is never in it.
    pub fn missing(&self, settings: &Settings) -> Option<Ask> {
        let Some(chosen) = &self.category else {
            return Some(Ask::Category);
        };
        if self.words.is_empty() {
            return Some(Ask::Details);
        }
        if self.place.is_none() {
            return Some(Ask::Place);
        }
        let category = settings.category(&chosen.code);
        let questions = category.map_or(&[][..], |category| &category.questions);
        let open = |question: &&Question| !self.answers.contains_key(&question.code);
        if let Some(question) = questions.iter().find(open) {
            return Some(Ask::Extra {
                question: question.code.clone(),
            });
        }
        if self.name.is_none() {
            return Some(Ask::Name);
        }
        if self.reach.is_none() {
            return Some(Ask::Reach);
        }
        (settings.fiscal_code && self.fiscal_code.is_none()).then_some(Ask::FiscalCode)
    }
}
