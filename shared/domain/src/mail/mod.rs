//! Requests that offices write by e-mail (Rubano, "Richiesta di invio messaggio WhatsApp"): one mail may hold several, each
//! with the wanted day, a draft and the link to the news item.
//!
//! [`read`] says what a mail holds, [`handle`] what comes of it: requests that are filed, an answer to the office, a place in
//! the list for a person. Something of these comes of every mail.

mod answer;
mod blocks;
mod dates;
mod handle;
mod mailbox;
mod origin;
mod parts;
mod read;
mod record;
mod series;
mod words;

pub use handle::{Handled, Waits, handle};
pub(crate) use mailbox::usual_spacing;
pub use mailbox::{Mailbox, NotASender, Sender, SenderAddress};
pub use origin::{Distrust, Origin};
pub use read::read;
pub use record::{MailRecord, Settled, Understood};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Instant;
use crate::email::EmailAddress;
use crate::notice::{Draft, DraftInput, Field, FieldProblem};

/// A mail as it came in, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedMail {
    /// Who it says wrote it; nobody if that is no single address.
    pub from: Option<EmailAddress>,
    /// Its subject.
    pub subject: String,
    /// Its text, plain.
    pub text: String,
    /// Mails that are attached to it whole.
    pub enclosed: Vec<Enclosed>,
    /// What else is attached. It is listed, not read.
    pub attachments: Vec<Attachment>,
    /// When it came in.
    pub received_at: Instant,
    /// Its `Message-ID`, if it has one.
    pub message_id: Option<String>,
}

/// A mail attached to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosed {
    /// Who it says wrote it.
    pub from: Option<EmailAddress>,
    /// Its subject.
    pub subject: String,
    /// Its text, plain.
    pub text: String,
}

/// A file attached to a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its name, as the sender gave it.
    pub name: String,
    /// Its media type, as the sender gave it.
    pub kind: String,
    /// Its size, in bytes.
    pub size: usize,
}

impl ReceivedMail {
    /// The digest of what it says and under which id: a mail that is delivered twice is one mail.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        let mut add = |text: &str| {
            // The length keeps apart what would run together.
            hash.update(text.len().to_be_bytes());
            hash.update(text.as_bytes());
        };
        add(self.from.as_ref().map_or("", EmailAddress::as_str));
        add(self.message_id.as_deref().unwrap_or_default());
        add(&self.subject);
        add(&self.text);
        for enclosed in &self.enclosed {
            add(&enclosed.subject);
            add(&enclosed.text);
        }
        for attachment in &self.attachments {
            add(&attachment.name);
            add(&attachment.size.to_string());
        }
        hex::encode(hash.finalize())
    }
}

/// What a mail holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The requests, in their order.
    pub requests: Vec<FoundRequest>,
    /// Who wrote the mail in which they were found, where it was passed on; empty where that is not said.
    pub forwarded_from: Option<String>,
}

/// A request that was found in a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRequest {
    /// What was understood, as the check of requests takes it.
    pub input: DraftInput,
    /// The request, if nothing is missing or wrong.
    pub draft: Option<Draft>,
    /// What is missing or wrong, field by field.
    pub problems: Vec<(Field, FieldProblem)>,
    /// What was taken to be so without being said.
    pub assumed: Vec<Assumed>,
    /// Why several notices of one thing are wanted.
    pub reason: Option<String>,
    /// How it stands to other requests of the mail for the same thing.
    pub series: Option<Series>,
}

impl FoundRequest {
    /// The draft, if the request may be filed: it is whole, and not too close to another without a reason.
    pub fn fileable(&self) -> Option<&Draft> {
        let is_too_close = matches!(self.series, Some(Series::TooClose { .. }));
        self.draft
            .as_ref()
            .filter(|_| !is_too_close || self.reason.is_some())
    }
}

/// How a request stands to the one before it for the same event or link (Rubano: several notices only if the dates are far
/// apart, one request for each).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Series {
    /// The first of several: the notice at the start.
    First,
    /// Far enough from the one before.
    Spaced {
        /// Days between them.
        days: u32,
    },
    /// Too close to the one before: it takes a reason.
    TooClose {
        /// Days between them.
        days: u32,
        /// Days that there should be.
        at_least: u32,
    },
}

/// What was taken to be so, or seen and passed over: the office is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assumed {
    /// No hour was given: the usual one.
    DefaultHour(String),
    /// No year was given: the next one in which the day comes.
    NextYear(Date),
    /// The day of the week that is written is another than the date's.
    OtherWeekday {
        /// What is written.
        written: String,
        /// What the date is.
        date: Date,
    },
    /// An event of several days has one notice, at its start.
    OneNoticeAtTheStart {
        /// The last day.
        last: Date,
    },
    /// More days are named than one request can have.
    OnlyTheFirstDay,
    /// No title was given: the subject.
    TitleFromSubject,
    /// No kind was given: the words gave it away.
    KindGuessed(String),
    /// No kind was given, and the words give none away.
    KindUnknown,
    /// The link stood in the draft, where the template puts its own.
    LinkTakenOutOfText,
    /// No link was labelled: the one that was found.
    LinkFound,
    /// A remark that is no part of the notice.
    Aside(String),
}

#[cfg(test)]
mod tests;
