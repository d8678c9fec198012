//! A message on its way to Meta: what it may be, its limits, and the JSON of the call.
//!
//! Limits are checked before the call, each by an error that names the part, what it has and what it may have. The JSON is
//! written straight from these types: nothing is built in between, for this is done once per message.

use domain::contact::Address;
use domain::ids::{SendId, Wamid};
use domain::platform::TemplateKey;

mod interactive;
mod json;
pub mod limits;
mod receipt;
mod template;

#[cfg(test)]
mod tests;

pub use interactive::{Button, Buttons, Flow, Header, Link, List, Row, Section};
pub use limits::{OverLimit, as_parameter};
pub use receipt::Receipt;
pub use template::{Template, TemplateButton, TemplateMedia, Words};

use limits::{CAPTION, FILENAME, TEXT, shaped, within, within_if_any};

/// A message to one person.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// To whom.
    pub to: Address,
    /// What.
    pub body: Body,
    /// Our id, which every status brings back in `biz_opaque_callback_data`.
    pub id: SendId,
    /// The message of theirs that it quotes. One that is gone, or older than 30 days, is silently not quoted.
    pub quoting: Option<Wamid>,
}

/// What a message says. All but a template may be sent only within 24 hours from the person's last message.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Free text.
    Text(String),
    /// Free text, with a picture of what its first link leads to.
    TextWithPreview(String),
    /// An approved template, at any time.
    Template(Template),
    /// Text with up to three buttons.
    Buttons(Buttons),
    /// Text with a list to choose from.
    List(List),
    /// Text with a button that opens a link.
    Link(Link),
    /// Text with a button to send one's position. The answer is a location that quotes this message.
    AskLocation {
        /// The words.
        text: String,
    },
    /// Text with a button to share one's number. The answer is a contact card of origin `contact_request`.
    AskContact {
        /// The words.
        text: String,
    },
    /// Text with a button that opens a form.
    Flow(Flow),
    /// A picture.
    Image(Media),
    /// A film.
    Video(Media),
    /// A sound.
    Audio {
        /// Meta's id of the file.
        id: String,
        /// Whether it is shown as a voice message; then it must be Ogg with Opus.
        voice: bool,
    },
    /// A file.
    Document {
        /// The file and what is written under it.
        media: Media,
        /// Its name, with its ending.
        filename: String,
    },
    /// A sticker, by Meta's id of the file.
    Sticker(String),
    /// A place.
    Location(Place),
    /// A reaction to a message of theirs.
    Reaction {
        /// To which.
        to: Wamid,
        /// With what; `None` takes it back.
        emoji: Option<String>,
    },
}

/// A file that was uploaded to Meta.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Meta's id of it.
    pub id: String,
    /// What is written under it.
    pub caption: Option<String>,
}

/// A place.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// What it is called.
    pub name: Option<String>,
    /// Where it is.
    pub address: Option<String>,
}

impl Outgoing {
    /// The JSON of the call, if it is within Meta's limits.
    pub fn to_json(&self) -> Result<Vec<u8>, OverLimit> {
        self.check()?;
        Ok(json::of(self))
    }

    /// Whether it is within Meta's limits.
    pub fn check(&self) -> Result<(), OverLimit> {
        let reaction = matches!(self.body, Body::Reaction { .. });
        shaped(
            "reaction",
            !(reaction && self.quoting.is_some()),
            "cannot quote a message",
        )?;
        self.body.check()
    }
}

impl Body {
    /// The template that it is sent with, if any.
    pub fn template(&self) -> Option<TemplateKey> {
        match self {
            Self::Template(template) => Some(TemplateKey {
                name: template.name.clone(),
                language: template.language.clone(),
            }),
            _ => None,
        }
    }

    fn check(&self) -> Result<(), OverLimit> {
        match self {
            Self::Text(text) | Self::TextWithPreview(text) => within("text", text, TEXT),
            Self::Template(template) => template.check(),
            Self::Buttons(buttons) => buttons.check(),
            Self::List(list) => list.check(),
            Self::Link(link) => link.check(),
            Self::AskLocation { text } | Self::AskContact { text } => {
                within("text", text, limits::INTERACTIVE_TEXT)
            }
            Self::Flow(flow) => flow.check(),
            Self::Image(media) | Self::Video(media) => media.check(),
            Self::Audio { id, .. } | Self::Sticker(id) => media_id(id),
            Self::Document { media, filename } => {
                media.check()?;
                within("filename", filename, FILENAME)
            }
            Self::Location(place) => place.check(),
            Self::Reaction { emoji, .. } => {
                // Several code points make one emoji; words are none.
                let plausible = emoji.as_deref().is_none_or(|emoji| {
                    !emoji.trim().is_empty()
                        && limits::length(emoji) <= 32
                        && !emoji.contains(|c: char| c.is_ascii_alphabetic())
                });
                shaped("reaction", plausible, "not an emoji")
            }
        }
    }
}

impl Media {
    fn check(&self) -> Result<(), OverLimit> {
        media_id(&self.id)?;
        within_if_any("caption", self.caption.as_deref(), CAPTION)
    }
}

/// Meta's ids of files are digits.
fn media_id(id: &str) -> Result<(), OverLimit> {
    let right = !id.is_empty() && id.len() <= 64 && !id.contains(['/', '?', '#', ' ']);
    shaped("media id", right, "not an id of Meta's")
}

impl Place {
    fn check(&self) -> Result<(), OverLimit> {
        let on_earth =
            (-90.0..=90.0).contains(&self.latitude) && (-180.0..=180.0).contains(&self.longitude);
        shaped("location", on_earth, "not on Earth")?;
        within_if_any("name of the place", self.name.as_deref(), CAPTION)?;
        within_if_any("address of the place", self.address.as_deref(), CAPTION)
    }
}
