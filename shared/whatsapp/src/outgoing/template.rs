//! A message whose words Meta has approved, with what fills its gaps.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::limits::{
    FILENAME, HEADER, OverLimit, PAYLOAD, TEMPLATE_BODY, TEMPLATE_BUTTONS, TEMPLATE_NAME, URL,
    length, parameter, shaped, within,
};
use super::{Place, media_id};

/// A template and what fills it.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Its language (`it`).
    pub language: String,
    /// What fills its words.
    pub words: Words,
    /// What stands over it, where that is not a line of text.
    pub media: Option<TemplateMedia>,
    /// What fills its buttons. Buttons without a gap are left out.
    pub buttons: Vec<TemplateButton>,
}

/// What fills the words of a template. It names its gaps or it counts them, never both (errors 132000, 132012).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// By name.
    Named {
        /// The gap in the line over it.
        header: Option<(Cow<'static, str>, String)>,
        /// The gaps in its body.
        body: Vec<(Cow<'static, str>, String)>,
    },
    /// By their order.
    Positional {
        /// The gap in the line over it.
        header: Option<String>,
        /// The gaps in its body.
        body: Vec<String>,
    },
}

/// What stands over a template, where that is not a line of text.
#[derive(Debug, Clone, PartialEq)]
pub enum TemplateMedia {
    /// A picture, by Meta's id.
    Image(String),
    /// A film, by Meta's id.
    Video(String),
    /// A file.
    Document {
        /// Meta's id.
        id: String,
        /// Its name, with its ending.
        filename: Option<String>,
    },
    /// A place.
    Location(Place),
}

/// What fills a button of a template; `index` counts all its buttons from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateButton {
    /// The end of a link.
    Url {
        /// Which button.
        index: u8,
        /// What comes after the approved beginning.
        suffix: String,
    },
    /// What comes back when it is tapped.
    QuickReply {
        /// Which button.
        index: u8,
        /// What comes back.
        payload: String,
    },
    /// A form.
    Flow {
        /// Which button.
        index: u8,
        /// Ours, of this person and for one use.
        token: String,
        /// What its first screen is filled with.
        data: Map<String, Value>,
    },
}

impl Template {
    /// A template whose gaps have names.
    pub fn named<N: Into<Cow<'static, str>>>(
        name: impl Into<String>,
        language: impl Into<String>,
        body: impl IntoIterator<Item = (N, String)>,
    ) -> Self {
        let body = body.into_iter().map(|(gap, text)| (gap.into(), text));
        Self {
            name: name.into(),
            language: language.into(),
            words: Words::Named {
                header: None,
                body: body.collect(),
            },
            media: None,
            buttons: Vec::new(),
        }
    }

    /// A template whose gaps are counted.
    pub fn positional(
        name: impl Into<String>,
        language: impl Into<String>,
        body: impl IntoIterator<Item = String>,
    ) -> Self {
        Self {
            name: name.into(),
            language: language.into(),
            words: Words::Positional {
                header: None,
                body: body.into_iter().collect(),
            },
            media: None,
            buttons: Vec::new(),
        }
    }

    pub(super) fn check(&self) -> Result<(), OverLimit> {
        within("name of the template", &self.name, TEMPLATE_NAME)?;
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        shaped(
            "name of the template",
            self.name.bytes().all(plain),
            "only small letters, digits and _",
        )?;
        within("language of the template", &self.language, 16)?;
        self.words.check()?;
        if let Some(media) = &self.media {
            shaped(
                "header of the template",
                !self.words.fill_a_header(),
                "either text or a file, not both",
            )?;
            media.check()?;
        }
        self.check_buttons()
    }

    fn check_buttons(&self) -> Result<(), OverLimit> {
        if self.buttons.len() > TEMPLATE_BUTTONS {
            return Err(OverLimit::TooMany {
                what: "buttons of the template".into(),
                count: self.buttons.len(),
                limit: TEMPLATE_BUTTONS,
            });
        }
        let mut seen = std::collections::BTreeSet::new();
        for button in &self.buttons {
            let index = button.index();
            shaped(
                "index of a button",
                usize::from(index) < TEMPLATE_BUTTONS,
                "0 to 9",
            )?;
            if !seen.insert(index) {
                return Err(OverLimit::Repeated("indexes of buttons".into()));
            }
            match button {
                TemplateButton::Url { suffix, .. } => {
                    let what = format!("link of button {index}");
                    within(what.clone(), suffix, URL)?;
                    parameter_characters(what, suffix)?;
                }
                TemplateButton::QuickReply { payload, .. } => {
                    within(format!("payload of button {index}"), payload, PAYLOAD)?;
                }
                TemplateButton::Flow { token, .. } => {
                    within(format!("token of button {index}"), token, PAYLOAD)?;
                }
            }
        }
        Ok(())
    }
}

fn parameter_characters(what: String, text: &str) -> Result<(), OverLimit> {
    shaped(
        what,
        !text.contains(char::is_whitespace),
        "no blanks in a link",
    )
}

impl Words {
    fn fill_a_header(&self) -> bool {
        matches!(
            self,
            Self::Named {
                header: Some(_),
                ..
            } | Self::Positional {
                header: Some(_),
                ..
            }
        )
    }

    fn check(&self) -> Result<(), OverLimit> {
        let total: usize = match self {
            Self::Named { header, body } => {
                if let Some((name, text)) = header {
                    parameter_name(name)?;
                    within(name.clone(), text, HEADER)?;
                    parameter(name.clone(), text)?;
                }
                for (name, text) in body {
                    parameter_name(name)?;
                    parameter(name.clone(), text)?;
                }
                super::limits::unique(
                    "names of parameters",
                    body.iter().map(|(name, _)| name.as_ref()),
                )?;
                body.iter().map(|(_, text)| length(text)).sum()
            }
            Self::Positional { header, body } => {
                if let Some(text) = header {
                    within("parameter of the header", text, HEADER)?;
                    parameter("parameter of the header".into(), text)?;
                }
                for (text, n) in body.iter().zip(1..) {
                    parameter(format!("parameter {n}").into(), text)?;
                }
                body.iter().map(|text| length(text)).sum()
            }
        };
        // The approved words between the gaps are not known here: with them it is longer still (error 132005).
        if total > TEMPLATE_BODY {
            return Err(OverLimit::TooLong {
                what: "parameters together".into(),
                length: total,
                limit: TEMPLATE_BODY,
            });
        }
        Ok(())
    }
}

fn parameter_name(name: &str) -> Result<(), OverLimit> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    within("name of a parameter", name, TEMPLATE_NAME)?;
    shaped(
        "name of a parameter",
        name.bytes().all(plain),
        "only small letters, digits and _",
    )
}

impl TemplateMedia {
    fn check(&self) -> Result<(), OverLimit> {
        match self {
            Self::Image(id) | Self::Video(id) => media_id(id),
            Self::Document { id, filename } => {
                media_id(id)?;
                super::within_if_any("filename", filename.as_deref(), FILENAME)
            }
            Self::Location(place) => place.check(),
        }
    }
}

impl TemplateButton {
    pub(super) fn index(&self) -> u8 {
        match self {
            Self::Url { index, .. } | Self::QuickReply { index, .. } | Self::Flow { index, .. } => {
                *index
            }
        }
    }
}
