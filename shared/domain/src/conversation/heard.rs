//! What the conversation hears.

use serde_json::Value;

use crate::Instant;
use crate::contact::{Bsuid, Contact, Phone};
use crate::ids::Wamid;

/// A message as the conversation hears it.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// WhatsApp's id of the message.
    pub id: Wamid,
    /// When it was written, by WhatsApp's clock.
    pub at: Instant,
    /// How the sender is known.
    pub contact: Contact,
    /// What it says.
    pub what: What,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// Words that were typed.
    Words(String),
    /// A tap on a button or a row.
    Choice {
        /// The id that we gave it; a template's button may bring none.
        id: Option<String>,
        /// What is on it.
        title: String,
    },
    /// A picture, a film, a sound, a file.
    Media(Media),
    /// Where something is.
    Position(Position),
    /// A contact card.
    SharedContact(SharedContact),
    /// A form that was filled in.
    FlowAnswer {
        /// The token that we gave it, if it came back.
        token: Option<String>,
        /// What was filled in: to be checked like anything from outside.
        fields: Value,
    },
    /// An earlier message of theirs reads otherwise now.
    Changed {
        /// Which.
        original: Wamid,
        /// What it says now.
        now: Box<What>,
    },
    /// An earlier message of theirs was taken back, for everybody: our copy is blacked out.
    TakenBack {
        /// Which.
        original: Wamid,
    },
    /// A reaction to a message, or its removal.
    Reaction,
    /// Something that is not addressed to anybody: what WhatsApp says of the sender, a message in a group.
    NotAMessage,
    /// Something a person sent that has no words for us.
    Other {
        /// Meta's name of it.
        kind: String,
    },
}

/// A file, at Meta's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Meta's id of it.
    pub id: String,
    /// What it is.
    pub kind: MediaKind,
    /// What the sender's telephone says of its type: not to be trusted.
    pub mime: Option<String>,
    /// The SHA-256 of its bytes, in base64.
    pub sha256: Option<String>,
    /// What was written under it.
    pub caption: Option<String>,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A sound, or a voice message.
    Audio,
    /// Any file.
    Document,
    /// A sticker.
    Sticker,
}

/// Where something is.
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// What it is called, if they chose a known place.
    pub name: Option<String>,
    /// Its address, if they chose a known place.
    pub address: Option<String>,
}

/// What was on the contact cards of one message. Names are not kept: they are of people who have not written to us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SharedContact {
    /// Whether it answers our asking for the sender's own number.
    pub requested: bool,
    /// How many cards there were.
    pub cards: usize,
    /// The numbers on them that WhatsApp knows.
    pub numbers: Vec<Phone>,
    /// The BSUIDs on them.
    pub ids: Vec<Bsuid>,
}

impl SharedContact {
    /// The number that the sender has proved to be their own.
    ///
    /// Only WhatsApp's own button marks a card as the answer to our asking, and it sends the number of whoever taps it. A card
    /// that says more than one thing, or another thing than the message itself shows of its sender, proves nothing.
    pub fn own_number(&self, sender: &Contact) -> Option<&Phone> {
        let [number] = &self.numbers[..] else {
            return None;
        };
        let agrees = sender.phone().is_none_or(|phone| phone == number)
            && self
                .ids
                .iter()
                .all(|id| Some(id) == sender.bsuid() || Some(id) == sender.parent());
        (self.requested && self.cards == 1 && agrees).then_some(number)
    }
}

impl What {
    /// Whether it opens the 24-hour window (Meta, customer service window). Of reactions that is not sure, so they do not.
    pub fn opens_window(&self) -> bool {
        match self {
            Self::Words(_)
            | Self::Choice { .. }
            | Self::Media(_)
            | Self::Position(_)
            | Self::SharedContact(_)
            | Self::FlowAnswer { .. }
            | Self::Other { .. } => true,
            Self::Changed { .. } | Self::TakenBack { .. } | Self::Reaction | Self::NotAMessage => {
                false
            }
        }
    }

    /// The words that may be an order: typed, or on what was tapped.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Words(words) | Self::Choice { title: words, .. } => Some(words),
            _ => None,
        }
    }
}

impl Heard {
    /// What the message shows of its sender, with the number that they have proved by it.
    pub fn shown(&self) -> Contact {
        let proved = match &self.what {
            What::SharedContact(shared) => shared.own_number(&self.contact),
            _ => None,
        };
        let proved = proved.cloned().map(crate::contact::Identifier::Phone);
        let shown = self.contact.clone();
        proved.iter().fold(shown, Contact::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(requested: bool, numbers: &[&str]) -> SharedContact {
        SharedContact {
            requested,
            cards: 1,
            numbers: numbers
                .iter()
                .map(|number| number.parse().unwrap())
                .collect(),
            ids: Vec::new(),
        }
    }

    #[test]
    fn only_the_answer_to_our_asking_proves_whose_a_number_is() {
        let number = "393331234567";
        let hidden = Contact::new(None, "IT.8Kd02LmQ".parse().ok()).unwrap();
        let shown = Contact::new(number.parse().ok(), None).unwrap();
        let own = |card: &SharedContact, sender| card.own_number(sender).is_some();

        assert!(own(&card(true, &[number]), &hidden));
        assert!(own(&card(true, &[number]), &shown));
        assert!(!own(&card(false, &[number]), &hidden), "somebody's card");
        assert!(!own(&card(true, &[]), &hidden), "nothing on it");
        assert!(
            !own(&card(true, &["393330000001"]), &shown),
            "another number"
        );
        assert!(!own(&card(true, &[number, "393330000001"]), &hidden));
        let two = SharedContact {
            cards: 2,
            ..card(true, &[number])
        };
        assert!(!own(&two, &hidden));
        let other = SharedContact {
            ids: vec!["IT.9Pq31Zr".parse().unwrap()],
            ..card(true, &[number])
        };
        assert!(!own(&other, &hidden), "another person's id");
    }
}
