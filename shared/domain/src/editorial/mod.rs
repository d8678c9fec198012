//! The editorial checks of a notice.

use jiff::civil;
use serde::{Deserialize, Serialize};

use crate::Instant;

/// What was found at the address of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkReport {
    /// Where the redirects ended.
    pub final_url: String,
    /// The HTTP status there; 0 if there was no answer.
    pub status: u16,
    /// How many redirects there were.
    pub redirects: u8,
    /// The title of the page.
    pub title: Option<String>,
    /// The day on which it was published, as the page tells.
    pub published: Option<civil::Date>,
    /// SHA-256 of its content, in hexadecimal.
    pub digest: String,
    /// When it was read.
    pub checked_at: Instant,
}
