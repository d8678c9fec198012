//! Who is written to after a move: whoever must act next, and on the alternative path head and mayor.

use crate::Instant;
use crate::email::EmailAddress;
use crate::letter::{Letter, LetterError};
use crate::roster::{Acting, Gap, Phase, Roster};
use crate::tenant::Tenant;
use crate::texts;

use super::due::Due;
use super::request::{Applied, NoticeRequest, Path};
use super::state::{MoveKind, State};

/// The keys of the words of every letter, for the test that they are there.
pub const LETTERS: [&str; 17] = [
    "take_charge",
    "forward",
    "forward_directly",
    "approve",
    "directly",
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
    "gap",
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
/// the supplier with head and mayor in copy; where a copy has nowhere to go there is no letter, and no such move.
pub fn letters(
    applied: &Applied,
    roster: &Roster,
    tenant: &Tenant,
    now: Instant,
) -> Result<Vec<Letter>, LetterError> {
    let request = &applied.request;
    let zone = &tenant.time_zone;
    let acting = |phase| match roster.acting(phase, now, zone) {
        Acting::By { who, .. } => roster
            .operator(&who)
            .map(|operator| vec![operator.email.clone()])
            .unwrap_or_default(),
        // Nobody can act: the mailbox of the procedure is told, so that somebody is named.
        Acting::Gap => roster.mailbox().to_vec(),
    };
    let group = || {
        roster
            .group()
            .members
            .iter()
            .filter(|id| roster.may_act(id, now, zone).is_ok())
            .filter_map(|id| roster.operator(id))
            .map(|operator| operator.email.clone())
            .collect::<Vec<_>>()
    };
    let supplier = || {
        roster
            .may_act(&roster.group().supplier, now, zone)
            .map(|operator| vec![operator.email.clone()])
            .unwrap_or_default()
    };
    let (news, to, cc) = match (&request.state, applied.entry.step) {
        (State::Submitted, _) => (News::ToTakeCharge, acting(Phase::TakeCharge), vec![]),
        (State::TakenInCharge { .. }, Some(MoveKind::TakeCharge)) => {
            if roster.sector_head_absent(now, zone) {
                let desk = acting(Phase::Alternative);
                (News::ToForwardDirectly, desk, vec![])
            } else {
                (News::ToForward, acting(Phase::Forward), vec![])
            }
        }
        (
            State::Forwarded {
                path: Path::Alternative,
                ..
            },
            Some(MoveKind::ForwardDirectly | MoveKind::Reword | MoveKind::Expire),
        ) => {
            let copies = roster
                .alternative_copies(now, zone)
                .map_err(|_| LetterError::NoRecipient)?;
            (News::Directly, supplier(), copies.to_vec())
        }
        (State::Forwarded { .. }, Some(MoveKind::Expire)) => (News::Expired, group(), vec![]),
        (State::Forwarded { .. }, Some(MoveKind::Forward | MoveKind::Reword)) => {
            (News::ToApprove, group(), vec![])
        }
        (State::Approved { .. }, _) => (News::ToSchedule, acting(Phase::TakeCharge), vec![]),
        (State::Held { .. }, _) => (News::Held, acting(Phase::Forward), vec![]),
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
    let to = if to.is_empty() {
        roster.mailbox().to_vec()
    } else {
        to
    };
    compose(news.key(), request, to, cc, tenant).map(|letter| vec![letter])
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

/// The letter that tells of a term: on its last day to whoever must act, and when it is over also to the head of the sector
/// and to the mailbox of the procedure. One for each phase of each version, however often it is made.
pub fn about_a_term(
    request: &NoticeRequest,
    due: Due,
    roster: &Roster,
    tenant: &Tenant,
    now: Instant,
) -> Option<Result<Letter, LetterError>> {
    let (key, phase) = match due {
        Due::Remind(phase) => ("remind", phase),
        Due::Escalate(phase) => ("escalate", phase),
        Due::Silence | Due::Expire => return None,
    };
    let zone = &tenant.time_zone;
    // While the head is absent it is the desk that has to act.
    let phase = if phase == Phase::Forward && roster.sector_head_absent(now, zone) {
        Phase::Alternative
    } else {
        phase
    };
    let mut to = match roster.acting(phase, now, zone) {
        Acting::By { who, .. } => roster
            .operator(&who)
            .map(|operator| vec![operator.email.clone()])
            .unwrap_or_default(),
        Acting::Gap => Vec::new(),
    };
    if key == "escalate" || to.is_empty() {
        to.extend(roster.mailbox().iter().cloned());
        let heads = roster.holders(Phase::Forward).iter();
        to.extend(heads.filter_map(|id| Some(roster.operator(id)?.email.clone())));
        to.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        to.dedup();
    }
    Some(compose(key, request, to, Vec::new(), tenant))
}

/// The letter that tells of a time in which nobody can act: one for each gap, however often it is made.
pub fn about_a_gap(
    gap: &Gap,
    roster: &Roster,
    tenant: &Tenant,
    now: Instant,
) -> Result<Letter, LetterError> {
    let words = texts::italian();
    let said = |at| {
        tenant
            .time_zone
            .civil(at)
            .strftime("%d/%m/%Y %H:%M")
            .to_string()
    };
    let (from, until) = (said(gap.from), said(gap.until));
    let values = [
        ("fase", words.staff(gap.phase.words(), &[])),
        ("dalle", from),
        ("alle", until),
        ("comune", tenant.comune.clone()),
    ];
    let values: Vec<_> = values.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let (subject, body) = words.letter("gap", &values);
    let phase = gap.phase.key();
    let id = if gap.from > now {
        format!("gap#{phase}#{}", gap.from.as_second())
    } else {
        // One that is under way is told of once a day, and another that begins on the same day is another.
        let zone = &tenant.time_zone;
        let since = roster.gap_since(gap.phase, now, zone).unwrap_or_default();
        format!(
            "gap#{phase}#{}#{}",
            zone.civil(now).date(),
            since.as_second()
        )
    };
    let id = id.parse().map_err(|_| LetterError::Subject)?;
    Letter::new(id, roster.mailbox().to_vec(), subject, &body)
}

/// The letter of the watch over the mailbox at the beginning or the end of service at `watch`: what waits for the desk.
pub fn at_the_watch(
    watch: Instant,
    waiting: &[&NoticeRequest],
    roster: &Roster,
    tenant: &Tenant,
) -> Option<Result<Letter, LetterError>> {
    if waiting.is_empty() {
        return None;
    }
    let to = match roster.acting(Phase::TakeCharge, watch, &tenant.time_zone) {
        Acting::By { who, .. } => vec![roster.operator(&who)?.email.clone()],
        Acting::Gap => roster.mailbox().to_vec(),
    };
    let list: Vec<_> = waiting
        .iter()
        .map(|request| format!("- {} ({})", request.draft.title, request.id))
        .collect();
    let (count, list) = (waiting.len().to_string(), list.join("\n"));
    let values = [
        ("quante", count.as_str()),
        ("elenco", list.as_str()),
        ("comune", tenant.comune.as_str()),
    ];
    let (subject, body) = texts::italian().letter("watch", &values);
    let letter = format!("watch#{}", watch.as_second())
        .parse()
        .map_err(|_| LetterError::Subject)
        .and_then(|id| Letter::new(id, to, subject, &body));
    Some(letter)
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
    let address = match &tenant.desk_url {
        Some(root) => format!("{root}/v1/notice-requests/{}", request.id),
        None => request.id.to_string(),
    };
    let wanted = request
        .draft
        .wanted_at
        .strftime("%d/%m/%Y %H:%M")
        .to_string();
    let preview = request.draft.preview(tenant);
    let values = [
        ("titolo", request.draft.title.as_str()),
        ("ufficio", request.draft.office.as_str()),
        ("data", wanted.as_str()),
        ("testo", preview.as_str()),
        ("link", request.draft.link.as_str()),
        ("codice", request.id.as_str()),
        ("indirizzo", address.as_str()),
        ("comune", tenant.comune.as_str()),
        ("motivo", reason(request)),
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

/// Why it was turned down, sent back or called off.
fn reason(request: &NoticeRequest) -> &str {
    match &request.state {
        State::Returned { reason, .. }
        | State::Rejected { reason, .. }
        | State::Cancelled { reason, .. } => reason,
        _ => "",
    }
}

#[cfg(test)]
mod tests;
