//! Meta's limits on what is sent, and the errors that name them (Meta, Messages API; template components).
//!
//! Meta does not say whether it counts code points or UTF-16 units. We count UTF-16 units: for Italian both are characters,
//! and what fits by the larger count fits by either.

use std::borrow::Cow;

/// The name of a part of a message, for whoever has to mend it.
pub(crate) type Part = Cow<'static, str>;

/// A message that Meta would refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OverLimit {
    /// Too long.
    #[error("{what}: {length} characters, at most {limit}")]
    TooLong {
        /// Which part.
        what: Cow<'static, str>,
        /// What it has.
        length: usize,
        /// What it may have.
        limit: usize,
    },
    /// Too many of something.
    #[error("{what}: {count}, at most {limit}")]
    TooMany {
        /// Of what.
        what: Cow<'static, str>,
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Nothing in it.
    #[error("{0}: empty")]
    Empty(Cow<'static, str>),
    /// Characters that a parameter cannot hold (error 132018).
    #[error("{0}: a newline, a tab or more than four spaces in a row")]
    Characters(Cow<'static, str>),
    /// The same thing twice, where each must be another.
    #[error("{0}: the same twice")]
    Repeated(Cow<'static, str>),
    /// Not of the shape that Meta takes.
    #[error("{what}: {rule}")]
    Shape {
        /// Which part.
        what: Cow<'static, str>,
        /// What it must be.
        rule: &'static str,
    },
}

/// Longest text message.
pub const TEXT: usize = 4096;
/// Longest caption of a picture, a video, a document.
pub const CAPTION: usize = 1024;
/// Longest text over buttons, a link, a form or a request; that of a list may be as long as a text.
pub const INTERACTIVE_TEXT: usize = 1024;
/// Longest text of a header.
pub const HEADER: usize = 60;
/// Longest footer.
pub const FOOTER: usize = 60;
/// Most buttons under a message.
pub const BUTTONS: usize = 3;
/// Longest title of a button, label of a list, label of a link.
pub const LABEL: usize = 20;
/// Longest id of a button.
pub const BUTTON_ID: usize = 256;
/// Most sections of a list.
pub const SECTIONS: usize = 10;
/// Most rows of a list, in all its sections together.
pub const ROWS: usize = 10;
/// Longest title of a section or a row.
pub const ROW_TITLE: usize = 24;
/// Longest description of a row.
pub const ROW_DESCRIPTION: usize = 72;
/// Longest id of a row.
pub const ROW_ID: usize = 200;
/// Longest link.
pub const URL: usize = 2000;
/// Longest label of the button that opens a form.
pub const FLOW_LABEL: usize = 30;
/// Longest name of a template.
pub const TEMPLATE_NAME: usize = 512;
/// Longest filled body of a template; its parameters together can be no longer.
pub const TEMPLATE_BODY: usize = 1024;
/// Most buttons of a template.
pub const TEMPLATE_BUTTONS: usize = 10;
/// Longest payload of a template's button: Meta's pages say 128 and 256.
pub const PAYLOAD: usize = 128;
/// Longest name of a file.
pub const FILENAME: usize = 240;

/// How long `text` is as Meta counts.
pub(crate) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// `text` has something in it and is not longer than `limit`.
pub(crate) fn within(what: impl Into<Part>, text: &str, limit: usize) -> Result<(), OverLimit> {
    match length(text) {
        // Blank is empty for Meta too.
        _ if text.trim().is_empty() => Err(OverLimit::Empty(what.into())),
        length if length > limit => Err(OverLimit::TooLong {
            what: what.into(),
            length,
            limit,
        }),
        _ => Ok(()),
    }
}

/// The same for a part that may be missing.
pub(crate) fn within_if_any(
    what: &'static str,
    text: Option<&str>,
    limit: usize,
) -> Result<(), OverLimit> {
    text.map_or(Ok(()), |text| within(what, text, limit))
}

/// There is at least one, and no more than `limit`.
pub(crate) fn some(what: &'static str, count: usize, limit: usize) -> Result<(), OverLimit> {
    match count {
        0 => Err(OverLimit::Empty(what.into())),
        count if count > limit => Err(OverLimit::TooMany {
            what: what.into(),
            count,
            limit,
        }),
        _ => Ok(()),
    }
}

/// None of `items` is there twice.
pub(crate) fn unique<'a>(
    what: &'static str,
    items: impl Iterator<Item = &'a str>,
) -> Result<(), OverLimit> {
    let mut seen = std::collections::BTreeSet::new();
    for item in items {
        if !seen.insert(item) {
            return Err(OverLimit::Repeated(what.into()));
        }
    }
    Ok(())
}

/// It is as `rule` says.
pub(crate) fn shaped(
    what: impl Into<Part>,
    right: bool,
    rule: &'static str,
) -> Result<(), OverLimit> {
    if right {
        Ok(())
    } else {
        Err(OverLimit::Shape {
            what: what.into(),
            rule,
        })
    }
}

/// A link that a phone opens.
pub(crate) fn link(what: &'static str, url: &str) -> Result<(), OverLimit> {
    within(what, url, URL)?;
    let right = url.starts_with("https://") || url.starts_with("http://");
    shaped(
        what,
        right && !url.contains(char::is_whitespace),
        "not an http or https address",
    )
}

/// What the parameter of a template can hold (error 132018).
pub(crate) fn parameter(what: Part, text: &str) -> Result<(), OverLimit> {
    if text.contains(['\n', '\r', '\t']) || text.contains("     ") {
        return Err(OverLimit::Characters(what));
    }
    within(what, text, TEMPLATE_BODY)
}

/// `text` as the parameter of a template can hold it: every run of blanks and line breaks is one space.
pub fn as_parameter(text: &str) -> String {
    let mut flat = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !flat.is_empty() {
            flat.push(' ');
        }
        flat.push_str(word);
    }
    flat
}
