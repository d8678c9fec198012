//! Messages that a person answers with a tap.

use serde_json::{Map, Value};

use super::limits::{
    BUTTON_ID, BUTTONS, FILENAME, FLOW_LABEL, FOOTER, HEADER, INTERACTIVE_TEXT, LABEL, OverLimit,
    ROW_DESCRIPTION, ROW_ID, ROW_TITLE, ROWS, SECTIONS, TEXT, link, shaped, some, unique, within,
    within_if_any,
};
use super::media_id;

/// What stands over a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Header {
    /// A line of text.
    Text(String),
    /// A picture, by Meta's id.
    Image(String),
    /// A film, by Meta's id.
    Video(String),
    /// A file.
    Document {
        /// Meta's id.
        id: String,
        /// Its name, with its ending.
        filename: String,
    },
}

/// Text with up to three buttons.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Buttons {
    /// Over it.
    pub header: Option<Header>,
    /// The words.
    pub text: String,
    /// Under it, small.
    pub footer: Option<String>,
    /// One to three, each with another title.
    pub buttons: Vec<Button>,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What comes back when it is tapped.
    pub id: String,
    /// What is on it.
    pub title: String,
}

/// Text with a list to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct List {
    /// A line over it.
    pub header: Option<String>,
    /// The words.
    pub text: String,
    /// Under it, small.
    pub footer: Option<String>,
    /// What is on the button that opens the list.
    pub label: String,
    /// At most ten rows in all.
    pub sections: Vec<Section>,
}

/// Rows that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// Over them; needed where there are several sections.
    pub title: Option<String>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// What comes back when it is chosen.
    pub id: String,
    /// What it says.
    pub title: String,
    /// What it says below, smaller.
    pub description: Option<String>,
}

/// Text with a button that opens a link.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Link {
    /// Over it.
    pub header: Option<Header>,
    /// The words.
    pub text: String,
    /// Under it, small.
    pub footer: Option<String>,
    /// What is on the button.
    pub label: String,
    /// What it opens.
    pub url: String,
}

/// Text with a button that opens a form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flow {
    /// Over it.
    pub header: Option<Header>,
    /// The words.
    pub text: String,
    /// Under it, small.
    pub footer: Option<String>,
    /// Meta's id of the form.
    pub flow_id: String,
    /// What is on the button: no emoji.
    pub label: String,
    /// Ours, of this person and for one use: the answer brings it back.
    pub token: String,
    /// The first screen; `None` leaves it to the form's endpoint.
    pub screen: Option<String>,
    /// What the first screen is filled with.
    pub data: Map<String, Value>,
}

impl Header {
    fn check(&self) -> Result<(), OverLimit> {
        match self {
            Self::Text(text) => within("header", text, HEADER),
            Self::Image(id) | Self::Video(id) => media_id(id),
            Self::Document { id, filename } => {
                media_id(id)?;
                within("filename", filename, FILENAME)
            }
        }
    }
}

/// What all of them have.
fn frame(
    header: Option<&Header>,
    text: &str,
    limit: usize,
    footer: Option<&str>,
) -> Result<(), OverLimit> {
    header.map_or(Ok(()), Header::check)?;
    within("text", text, limit)?;
    within_if_any("footer", footer, FOOTER)
}

impl Buttons {
    pub(super) fn check(&self) -> Result<(), OverLimit> {
        frame(
            self.header.as_ref(),
            &self.text,
            INTERACTIVE_TEXT,
            self.footer.as_deref(),
        )?;
        some("buttons", self.buttons.len(), BUTTONS)?;
        for (button, n) in self.buttons.iter().zip(1..) {
            within(format!("title of button {n}"), &button.title, LABEL)?;
            within(format!("id of button {n}"), &button.id, BUTTON_ID)?;
        }
        unique(
            "titles of buttons",
            self.buttons.iter().map(|button| button.title.as_str()),
        )?;
        unique(
            "ids of buttons",
            self.buttons.iter().map(|button| button.id.as_str()),
        )
    }
}

impl List {
    pub(super) fn check(&self) -> Result<(), OverLimit> {
        within_if_any("header", self.header.as_deref(), HEADER)?;
        frame(None, &self.text, TEXT, self.footer.as_deref())?;
        within("label of the list", &self.label, LABEL)?;
        some("sections", self.sections.len(), SECTIONS)?;
        let rows = || self.sections.iter().flat_map(|section| &section.rows);
        some("rows in all sections", rows().count(), ROWS)?;
        for (section, n) in self.sections.iter().zip(1..) {
            let what = format!("title of section {n}");
            match &section.title {
                Some(title) => within(what, title, ROW_TITLE)?,
                None if self.sections.len() > 1 => return Err(OverLimit::Empty(what.into())),
                None => {}
            }
            if section.rows.is_empty() {
                return Err(OverLimit::Empty(format!("rows of section {n}").into()));
            }
        }
        for (row, n) in rows().zip(1..) {
            within(format!("title of row {n}"), &row.title, ROW_TITLE)?;
            within(format!("id of row {n}"), &row.id, ROW_ID)?;
            if let Some(description) = &row.description {
                within(
                    format!("description of row {n}"),
                    description,
                    ROW_DESCRIPTION,
                )?;
            }
        }
        unique("ids of rows", rows().map(|row| row.id.as_str()))
    }
}

impl Link {
    pub(super) fn check(&self) -> Result<(), OverLimit> {
        frame(
            self.header.as_ref(),
            &self.text,
            INTERACTIVE_TEXT,
            self.footer.as_deref(),
        )?;
        within("label of the link", &self.label, LABEL)?;
        link("link", &self.url)
    }
}

impl Flow {
    pub(super) fn check(&self) -> Result<(), OverLimit> {
        frame(
            self.header.as_ref(),
            &self.text,
            INTERACTIVE_TEXT,
            self.footer.as_deref(),
        )?;
        within("label of the form", &self.label, FLOW_LABEL)?;
        shaped(
            "label of the form",
            !self.label.contains(is_emoji),
            "no emoji",
        )?;
        within("id of the form", &self.flow_id, 64)?;
        within("token of the form", &self.token, BUTTON_ID)?;
        within_if_any("screen of the form", self.screen.as_deref(), BUTTON_ID)?;
        shaped(
            "data of the form",
            self.data.is_empty() || self.screen.is_some(),
            "without a screen to fill",
        )
    }
}

/// The blocks that emoji live in: enough to keep one out of a label, and no letter is in them.
fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}
