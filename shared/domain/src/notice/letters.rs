//! Who is written to after a move: whoever must act next, and on the alternative path head and mayor.

use crate::Instant;
use crate::email::EmailAddress;
use crate::letter::{Letter, LetterError};
use crate::roster::{Acting, Phase, Roster};
use crate::tenant::{Tenant, Zone};
use crate::texts;

use super::request::{Applied, NoticeRequest, Path};
use super::state::{MoveKind, State};

mod terms;

pub use terms::{
    about_a_gap, about_a_term, about_missing_copies, about_the_hour, at_the_watch, id_of_the_watch,
};

/// The keys of the words of every letter, for the test that they are there.
pub const LETTERS: [&str; 21] = [
    "take_charge",
    "forward",
    "forward_directly",
    "approve",
    "directly",
    "without_copies",
    "schedule",
    "held",
    "expired",
    "training",
    "returned",
    "rejected",
    "cancelled",
    "sent",
    "remind",
    "escalate",
    "hour_near",
    "hour_past",
    "gap",
    "copies",
    "watch",
];

/// What a letter tells. The key names its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum News {
    ToTakeCharge,
    ToForward,
    ToForwardDirectly,
    ToApprove,
    Directly,
    WithoutCopies,
    ToSchedule,
    Held,
    Expired,
    Returned,
    Rejected,
    Cancelled,
    Sent,
}

impl News {
    fn key(self) -> &'static str {
        match self {
            Self::ToTakeCharge => "take_charge",
            Self::ToForward => "forward",
            Self::ToForwardDirectly => "forward_directly",
            Self::ToApprove => "approve",
            Self::Directly => "directly",
            Self::WithoutCopies => "without_copies",
            Self::ToSchedule => "schedule",
            Self::Held => "held",
            Self::Expired => "expired",
            Self::Returned => "returned",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::Sent => "sent",
        }
    }
}

/// The letters that `applied` gives rise to, to be written in its own transaction. Whatever goes the alternative path goes to
/// the supplier with head and mayor in copy. Where a copy has nowhere to go nothing goes there: there is no letter and no such
/// move, and what is on that path already is told to the mailbox of the procedure.
pub fn letters(
    applied: &Applied,
    roster: &Roster,
    tenant: &Tenant,
    now: Instant,
) -> Result<Vec<Letter>, LetterError> {
    let request = &applied.request;
    let zone = &tenant.time_zone;
    let at = Addresses { roster, now, zone };
    let turn = || at.of_the_turn(request);
    let (news, to, cc) = match (&request.state, applied.entry.step) {
        (State::Submitted, _) => (News::ToTakeCharge, turn(), vec![]),
        (State::TakenInCharge { .. }, Some(MoveKind::TakeCharge)) => {
            if roster.sector_head_absent(now, zone) {
                (News::ToForwardDirectly, turn(), vec![])
            } else {
                (News::ToForward, turn(), vec![])
            }
        }
        (
            State::Forwarded {
                path: Path::Alternative,
                ..
            },
            Some(MoveKind::ForwardDirectly | MoveKind::Reword | MoveKind::Expire),
        ) => {
            match roster.alternative_copies(now, zone) {
                // Whoever wrote these words cannot approve them: they are for the group.
                Ok(copies) if request.is_of(&roster.group().supplier) => {
                    (News::ToApprove, turn(), copies.to_vec())
                }
                Ok(copies) => (News::Directly, turn(), copies.to_vec()),
                Err(_) if applied.entry.step == Some(MoveKind::ForwardDirectly) => {
                    return Err(LetterError::NoRecipient);
                }
                // The supplier is asked for nothing without the copies: the mailbox of the procedure sees to it.
                Err(_) => (News::WithoutCopies, Vec::new(), vec![]),
            }
        }
        (State::Forwarded { .. }, Some(MoveKind::Expire)) => (News::Expired, turn(), vec![]),
        (State::Forwarded { .. }, Some(MoveKind::Forward | MoveKind::Reword)) => {
            (News::ToApprove, turn(), vec![])
        }
        (State::Approved { .. }, _) => (News::ToSchedule, turn(), vec![]),
        (State::Held { .. }, _) => (News::Held, turn(), vec![]),
        // The office hears what became of its request, where it has an address.
        (state, _) => {
            let news = match state {
                State::Returned { .. } => News::Returned,
                State::Rejected { .. } => News::Rejected,
                State::Cancelled { .. } => News::Cancelled,
                State::Sent { .. } if applied.entry.step == Some(MoveKind::Finish) => News::Sent,
                _ => return Ok(Vec::new()),
            };
            let office = office(request, roster, tenant);
            if office.is_empty() {
                return Ok(Vec::new());
            }
            (news, office, vec![])
        }
    };
    let to = or_the_mailbox(to, roster);
    compose(news.key(), request, to, cc, tenant).map(|letter| vec![letter])
}

/// Who can be written to at an instant.
struct Addresses<'a> {
    roster: &'a Roster,
    now: Instant,
    zone: &'a Zone,
}

impl Addresses<'_> {
    /// Whoever acts in `phase`; where nobody can, the mailbox of the procedure is told, so that somebody is named.
    fn acting(&self, phase: Phase) -> Vec<EmailAddress> {
        match self.roster.acting(phase, self.now, self.zone) {
            Acting::By { who, .. } => self
                .roster
                .operator(&who)
                .map(|operator| vec![operator.email.clone()])
                .unwrap_or_default(),
            Acting::Gap => self.roster.mailbox().to_vec(),
        }
    }

    /// Those of the operating group whose appointment holds.
    fn group(&self) -> Vec<EmailAddress> {
        let members = self.roster.group().members.iter();
        members
            .filter_map(|id| self.roster.may_act(id, self.now, self.zone).ok())
            .map(|operator| operator.email.clone())
            .collect()
    }

    /// The supplier, whose approval is enough on the alternative path.
    fn supplier(&self) -> Vec<EmailAddress> {
        self.roster
            .may_act(&self.roster.group().supplier, self.now, self.zone)
            .map(|operator| vec![operator.email.clone()])
            .unwrap_or_default()
    }

    /// Whose turn it is with `request`.
    fn of_the_turn(&self, request: &NoticeRequest) -> Vec<EmailAddress> {
        match &request.state {
            State::Submitted | State::Approved { .. } => self.acting(Phase::TakeCharge),
            State::TakenInCharge { .. } if self.roster.sector_head_absent(self.now, self.zone) => {
                self.acting(Phase::Alternative)
            }
            State::TakenInCharge { .. } => self.acting(Phase::Forward),
            // Either may let it go.
            State::Held { .. } => {
                let mut to = self.acting(Phase::Forward);
                to.extend(self.group());
                to.sort_by(|a, b| a.as_str().cmp(b.as_str()));
                to.dedup();
                to
            }
            // Whoever wrote these words cannot approve them: then it is for the group.
            State::Forwarded {
                path: Path::Alternative,
                ..
            } if !request.is_of(&self.roster.group().supplier) => self.supplier(),
            State::Forwarded { .. } => self.group(),
            State::Returned { .. }
            | State::Scheduled { .. }
            | State::Sending { .. }
            | State::Sent { .. }
            | State::Stopped { .. }
            | State::Rejected { .. }
            | State::Cancelled { .. } => Vec::new(),
        }
    }
}

/// Nothing is told to nobody.
fn or_the_mailbox(to: Vec<EmailAddress>, roster: &Roster) -> Vec<EmailAddress> {
    if to.is_empty() {
        roster.mailbox().to_vec()
    } else {
        to
    }
}

/// Where the office that asked can be written to: the address that its mails come from, or that of its account in the roster.
fn office(request: &NoticeRequest, roster: &Roster, tenant: &Tenant) -> Vec<EmailAddress> {
    let by = &request.submitted.by;
    let senders = tenant.mailbox.iter().flat_map(|mailbox| &mailbox.senders);
    let by_mail = senders
        .filter(|sender| sender.account() == *by)
        .find_map(crate::mail::Sender::address);
    let by_account = roster.operator(by).map(|operator| operator.email.clone());
    by_mail.or(by_account).into_iter().collect()
}

fn compose(
    key: &str,
    request: &NoticeRequest,
    to: Vec<EmailAddress>,
    cc: Vec<EmailAddress>,
    tenant: &Tenant,
) -> Result<Letter, LetterError> {
    let id = format!("{}#{}#{key}", request.id, request.version);
    let words = texts::italian();
    let address = address(request, tenant);
    let wanted = request
        .draft
        .wanted_at
        .strftime("%d/%m/%Y %H:%M")
        .to_string();
    let preview = request.draft.preview(tenant);
    let (term, reason) = (term_of(request, tenant), reason(request));
    let state = words.state(request.state.name().key());
    let values = [
        ("titolo", request.draft.title.as_str()),
        ("ufficio", request.draft.office.as_str()),
        ("data", wanted.as_str()),
        ("testo", preview.as_str()),
        ("link", request.draft.link.as_str()),
        ("codice", request.id.as_str()),
        ("indirizzo", address.as_str()),
        ("comune", tenant.comune.as_str()),
        ("motivo", reason.as_str()),
        ("termine", term.as_str()),
        ("stato", state),
    ];
    let (mut subject, mut body) = words.letter(key, &values);
    if request.training {
        let (mark, note) = words.letter("training", &values);
        subject = format!("{mark}{subject}");
        body = format!("{note}\n\n{body}");
    }
    let id = id.parse().map_err(|_| LetterError::Subject)?;
    Letter::new(id, to, subject, &body)?.with_copies(cc)
}

/// Where the request is worked on. The address holds nothing but the code: whoever opens it signs in.
fn address(request: &NoticeRequest, tenant: &Tenant) -> String {
    match &tenant.desk_url {
        Some(root) => format!("{}/{}", root.trim_end_matches('/'), request.id),
        None => request.id.to_string(),
    }
}

/// Why it was turned down, sent back, called off or held.
fn reason(request: &NoticeRequest) -> String {
    match &request.state {
        State::Returned { reason, .. }
        | State::Rejected { reason, .. }
        | State::Cancelled { reason, .. } => reason.clone(),
        State::Held { cause, .. } => texts::italian().staff(cause.words(), &[]),
        _ => String::new(),
    }
}

/// Within what time the next step is to be made, in words.
fn term_of(request: &NoticeRequest, tenant: &Tenant) -> String {
    let days = match request.state {
        State::Submitted => tenant.procedure.take_charge_working_days,
        _ => tenant.procedure.forward_working_days,
    };
    let words = texts::italian();
    match days {
        0 | 1 => words.staff("term.one", &[]),
        days => words.staff("term.many", &[("giorni", &days.to_string())]),
    }
}

#[cfg(test)]
mod tests;
