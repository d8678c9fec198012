//! What comes of a mail: requests that are filed, an answer, a place in the list for a person. Never nothing.

use serde::{Deserialize, Serialize};

use super::answer::{Told, answer};
use super::origin::{Distrust, Origin};
use super::{Mailbox, Reading, ReceivedMail, Sender, read};
use crate::Instant;
use crate::email::EmailAddress;
use crate::ids::NoticeId;
use crate::letter::Letter;
use crate::notice::{Applied, NoticeRequest};
use crate::staff::{Actor, Role};
use crate::tenant::Tenant;

/// Most requests of one mail that are filed by themselves: what comes of a mail is written at once, and a transaction holds
/// no more than a hundred writes (DynamoDB).
const MOST_REQUESTS: usize = 20;

/// What comes of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handled {
    /// Which mail.
    pub digest: String,
    /// What it holds.
    pub reading: Reading,
    /// What becomes of each of its requests, in their order.
    pub filed: Vec<Option<NoticeId>>,
    /// The requests that are filed.
    pub applied: Vec<Applied>,
    /// The answer to the office.
    pub answer: Option<Letter>,
    /// Why it waits for a person, if it does.
    pub waits: Option<Waits>,
}

/// Why a mail waits for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waits {
    /// Nobody who may ask wrote it: it is not answered.
    UnknownSender,
    /// SES does not take it for clean: it is not answered.
    Spam,
    /// SES does not take it for harmless: it is not answered.
    Virus,
    /// Nothing shows that it comes from its sender: it is not answered.
    Forged,
    /// A program wrote it, or we did: an answer could be answered for ever.
    Automatic,
    /// It holds no request.
    NothingFound,
    /// It holds more requests than are filed at once.
    TooManyRequests,
    /// It cannot be decoded.
    Unreadable,
    /// It is larger than what is read.
    TooLarge,
    /// The answer to it cannot be written.
    NoAnswer,
}

impl Waits {
    /// Every reason.
    pub const ALL: [Self; 10] = [
        Self::UnknownSender,
        Self::Spam,
        Self::Virus,
        Self::Forged,
        Self::Automatic,
        Self::NothingFound,
        Self::TooManyRequests,
        Self::Unreadable,
        Self::TooLarge,
        Self::NoAnswer,
    ];

    /// The key of the words for the staff.
    pub fn key(self) -> &'static str {
        match self {
            Self::UnknownSender => "inbox.unknown_sender",
            Self::Spam => "inbox.spam",
            Self::Virus => "inbox.virus",
            Self::Forged => "inbox.forged",
            Self::Automatic => "inbox.automatic",
            Self::NothingFound => "inbox.nothing_found",
            Self::TooManyRequests => "inbox.too_many_requests",
            Self::Unreadable => "inbox.unreadable",
            Self::TooLarge => "inbox.too_large",
            Self::NoAnswer => "inbox.no_answer",
        }
    }
}

impl From<Distrust> for Waits {
    fn from(distrust: Distrust) -> Self {
        match distrust {
            Distrust::Spam => Self::Spam,
            Distrust::Virus => Self::Virus,
            Distrust::Forged => Self::Forged,
        }
    }
}

/// What comes of `mail`, which SES took in from `origin`, at `now`.
pub fn handle(mail: &ReceivedMail, origin: &Origin, tenant: &Tenant, now: Instant) -> Handled {
    let mut handled = Handled {
        digest: mail.digest(),
        reading: read(mail, tenant, now),
        filed: Vec::new(),
        applied: Vec::new(),
        answer: None,
        waits: None,
    };
    let known = tenant.mailbox.as_ref().zip(mail.from.as_ref());
    let known = known.and_then(|(mailbox, from)| Some((mailbox, mailbox.sender(from)?, from)));
    let Some((mailbox, sender, from)) = known else {
        handled.waits = Some(Waits::UnknownSender);
        return handled;
    };
    handled.waits = refusal(mailbox, origin, from);
    if handled.waits.is_some() {
        return handled;
    }
    match handled.reading.requests.len() {
        0 => handled.waits = Some(Waits::NothingFound),
        1..=MOST_REQUESTS => file(&mut handled, sender, tenant, now),
        _ => handled.waits = Some(Waits::TooManyRequests),
    }
    let told = match handled.waits {
        None => Told::Requests(&handled.filed),
        Some(Waits::TooManyRequests) => Told::TooMany(MOST_REQUESTS),
        Some(_) => Told::NothingFound,
    };
    handled.answer = answer(mail, from, &handled, told, tenant);
    if handled.answer.is_none() {
        handled.waits.get_or_insert(Waits::NoAnswer);
    }
    handled
}

/// Why nothing is done about a mail that says it is of an office.
fn refusal(mailbox: &Mailbox, origin: &Origin, from: &EmailAddress) -> Option<Waits> {
    let distrust = origin.distrust(from, mailbox.verified);
    distrust
        .map(Waits::from)
        .or_else(|| (origin.is_automatic || *from == mailbox.address).then_some(Waits::Automatic))
}

/// Files each request that is whole. Its id comes of the mail and its place in it: a mail that is read again files nothing anew.
fn file(handled: &mut Handled, sender: &Sender, tenant: &Tenant, now: Instant) {
    let by = Actor {
        id: sender.account(),
        roles: vec![Role::Requester],
    };
    for (place, request) in handled.reading.requests.iter().enumerate() {
        let id = NoticeId::for_key(&by.id, &format!("{}/{place}", handled.digest));
        let applied = request
            .fileable()
            .and_then(|draft| NoticeRequest::submit(id, draft.clone(), &by, tenant, now).ok());
        handled
            .filed
            .push(applied.as_ref().map(|applied| applied.request.id.clone()));
        if let Some(mut applied) = applied {
            applied.entry.reason.clone_from(&request.reason);
            handled.applied.push(applied);
        }
    }
}
