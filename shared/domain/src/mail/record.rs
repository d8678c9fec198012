//! What is kept of a mail: which it was, what was understood, what came of it. Not its text: that lies where it was received.

use serde::{Deserialize, Serialize};

use super::handle::{Handled, Waits};
use super::{Attachment, ReceivedMail};
use crate::Instant;
use crate::ids::{NoticeId, StaffId};
use crate::letter::LetterId;
use crate::notice::DraftInput;

/// What is kept of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailRecord {
    /// Which mail.
    pub digest: String,
    /// The file that holds it.
    pub file: String,
    /// Who it says wrote it, where that is an address.
    pub from: Option<String>,
    /// Its subject.
    pub subject: String,
    /// When it came in.
    pub received_at: Instant,
    /// What is attached to it.
    pub attachments: Vec<Attachment>,
    /// Who wrote the mail that was passed on, if one was.
    pub forwarded_from: Option<String>,
    /// What was understood.
    pub requests: Vec<Understood>,
    /// The answer to the office.
    pub answer: Option<LetterId>,
    /// Why it waits for a person, or waited.
    pub waits: Option<Waits>,
    /// What a person made of it.
    pub settled: Option<Settled>,
}

/// A request as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Understood {
    /// Its values.
    pub input: DraftInput,
    /// What was missing or wrong, by the names of the fields.
    pub missing: Vec<String>,
    /// Why several notices of one thing are wanted.
    pub reason: Option<String>,
    /// Under which code it was filed, if it was.
    pub notice: Option<NoticeId>,
}

/// A mail that no longer waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Who saw to it.
    pub by: StaffId,
    /// When.
    pub at: Instant,
    /// What they made of it.
    pub note: String,
}

/// Longest subject that is kept, in characters, and longest value: an item of the table has its limit.
const LONGEST_SUBJECT: usize = 500;
const LONGEST_VALUE: usize = 4_000;
/// Most requests and attachments that are kept.
const MOST: usize = 50;

impl MailRecord {
    /// What is kept of `mail`, which lies in `file`.
    pub fn of(mail: &ReceivedMail, handled: &Handled, file: &str) -> Self {
        let filed = handled.filed.iter().cloned().chain(std::iter::repeat(None));
        let requests = handled.reading.requests.iter().zip(filed).take(MOST);
        Self {
            digest: handled.digest.clone(),
            file: file.to_owned(),
            from: mail.from.as_ref().map(ToString::to_string),
            subject: start(&mail.subject, LONGEST_SUBJECT),
            received_at: mail.received_at,
            attachments: mail.attachments.iter().take(MOST).cloned().collect(),
            forwarded_from: handled.reading.forwarded_from.clone(),
            requests: requests
                .map(|(request, notice)| Understood {
                    input: kept(&request.input),
                    missing: request
                        .problems
                        .iter()
                        .map(|(field, _)| field.key().to_owned())
                        .collect(),
                    reason: request.reason.clone(),
                    notice,
                })
                .collect(),
            answer: handled.answer.as_ref().map(|letter| letter.id.clone()),
            waits: handled.waits,
            settled: None,
        }
    }

    /// What is kept of a mail that cannot be read.
    pub fn unread(digest: String, file: &str, received_at: Instant, waits: Waits) -> Self {
        Self {
            digest,
            file: file.to_owned(),
            from: None,
            subject: String::new(),
            received_at,
            attachments: Vec::new(),
            forwarded_from: None,
            requests: Vec::new(),
            answer: None,
            waits: Some(waits),
            settled: None,
        }
    }
}

fn start(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

fn kept(input: &DraftInput) -> DraftInput {
    let value = |value: &Option<String>| value.as_deref().map(|text| start(text, LONGEST_VALUE));
    DraftInput {
        title: value(&input.title),
        text: value(&input.text),
        link: value(&input.link),
        wanted_at: value(&input.wanted_at),
        useful_until: value(&input.useful_until),
        office: value(&input.office),
        kind: value(&input.kind),
        ..DraftInput::default()
    }
}
