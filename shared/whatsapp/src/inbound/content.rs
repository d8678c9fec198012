//! What a message can carry (Meta, webhooks reference, messages).

use domain::contact::Phone;
use domain::ids::Wamid;
use serde_json::Value;

use super::Sender;

/// What a message carries.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Typed text.
    Text(String),
    /// A picture.
    Image(MediaRef),
    /// A film.
    Video(MediaRef),
    /// A sound, or a voice message.
    Audio(MediaRef),
    /// A file of any kind.
    Document(MediaRef),
    /// A sticker.
    Sticker(MediaRef),
    /// A place.
    Location(Location),
    /// Contact cards.
    Contacts(Vec<Card>),
    /// A tap on a button of a message of ours.
    ButtonReply {
        /// The id we gave it.
        id: String,
        /// What is on it.
        title: String,
    },
    /// A row chosen from a list of ours.
    ListReply {
        /// The id we gave it.
        id: String,
        /// What it says.
        title: String,
        /// What it says below.
        description: Option<String>,
    },
    /// A form that was filled in.
    FlowReply {
        /// `flow`, `address_message`.
        name: String,
        /// What was filled in, whatever it is: to be checked like anything from outside.
        response: Value,
        /// The token that we gave the form, if it came back.
        token: Option<String>,
    },
    /// An answer to our asking whether we may call.
    CallPermission {
        /// Whether we may.
        accepted: bool,
        /// Whether for good.
        permanent: bool,
        /// Until when, if not.
        until: Option<domain::Instant>,
    },
    /// A tap on a button of a template.
    ButtonTap {
        /// What we gave it to bring back.
        payload: Option<String>,
        /// What is on it.
        text: Option<String>,
    },
    /// A reaction.
    Reaction {
        /// To which message.
        message: Wamid,
        /// With what; `None` takes it back.
        emoji: Option<String>,
    },
    /// An order from a catalogue.
    Order {
        /// Which catalogue.
        catalog: Option<String>,
        /// What was written with it.
        text: Option<String>,
        /// What was ordered.
        items: Vec<Item>,
    },
    /// Something WhatsApp says of the sender.
    System(System),
    /// An earlier message of theirs reads otherwise now.
    Edit {
        /// Which message.
        original: Wamid,
        /// What it carries now.
        content: Box<Content>,
    },
    /// An earlier message of theirs was taken back by them, for everybody.
    Revoke {
        /// Which message: our copy is to be blacked out.
        original: Wamid,
    },
    /// Something that WhatsApp does not hand on: a poll, something to be seen once.
    Unsupported {
        /// What it was, if it says.
        kind: Option<String>,
        /// Meta's code for it.
        code: Option<i64>,
    },
    /// It was too large for a queue: what it carried was not kept.
    Oversized {
        /// What it was.
        kind: String,
    },
    /// A type that we do not know, or one whose object is not as it should be.
    Unknown {
        /// Meta's name of it.
        kind: String,
        /// The whole message, as JSON.
        raw: String,
    },
}

/// A file at Meta's: fetched by its id within 7 days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MediaRef {
    /// Meta's id of it.
    pub id: String,
    /// What the sender's telephone says it is: not to be trusted.
    pub mime_type: Option<String>,
    /// The SHA-256 of its bytes, in base64.
    pub sha256: Option<String>,
    /// What was written under it.
    pub caption: Option<String>,
    /// What the sender calls it: not to be trusted.
    pub filename: Option<String>,
    /// Where it can be fetched for a few minutes; often missing.
    pub url: Option<String>,
    /// Whether it is a voice message.
    pub voice: bool,
    /// Whether a sticker moves.
    pub animated: bool,
}

/// A place.
#[derive(Debug, Clone, PartialEq)]
pub struct Location {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// What it is called, if they chose a known place.
    pub name: Option<String>,
    /// Its address, if they chose a known place.
    pub address: Option<String>,
    /// A page about it.
    pub url: Option<String>,
}

/// A contact card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Whether it answers our asking for their number, or is somebody's that they pass on.
    pub origin: Origin,
    /// The name on it.
    pub name: Option<String>,
    /// The numbers on it.
    pub phones: Vec<CardPhone>,
    /// The card as a vCard, in some answers.
    pub vcard: Option<String>,
}

/// Where a contact card comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It answers our asking for their number.
    ContactRequest,
    /// They sent a card.
    Other,
    /// It does not say.
    Unsaid,
}

/// A number on a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardPhone {
    /// As it is written on the card.
    pub phone: Option<String>,
    /// As WhatsApp knows it, if it does.
    pub wa_id: Option<Phone>,
    /// `CELL`, `WORK`, …
    pub kind: Option<String>,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The retailer's id of it.
    pub product: String,
    /// How many.
    pub quantity: Option<i64>,
    /// The price of one, as Meta writes it.
    pub price: Option<String>,
    /// In which currency.
    pub currency: Option<String>,
}

/// What WhatsApp says of a person. The sender of the message is who they were before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum System {
    /// They have another number, and whatever else is given.
    NumberChanged(Option<Sender>),
    /// They have another BSUID, and whatever else is given.
    UserIdChanged(Option<Sender>),
    /// The keys of their telephone have changed: it may be another's.
    IdentityChanged(Option<Sender>),
    /// Anything else, by Meta's name.
    Other(String),
}
