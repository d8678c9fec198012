//! Letters that tell of the time: a term that ends, an hour that comes near, a time in which nobody can act, what waits when
//! the mailbox is looked at.

use super::{Addresses, address, compose, office, or_the_mailbox};
use crate::Instant;
use crate::letter::{Letter, LetterError, LetterId};
use crate::mail::{MailRecord, Waits};
use crate::notice::due::{Due, Hour};
use crate::notice::request::NoticeRequest;
use crate::roster::{Acting, Gap, Phase, Roster};
use crate::tenant::Tenant;
use crate::texts;

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
    let mut to = Addresses { roster, now, zone }.acting(phase);
    if key == "escalate" || roster.acting(phase, now, zone) == Acting::Gap {
        to.extend(roster.mailbox().iter().cloned());
        let heads = roster.holders(Phase::Forward).iter();
        to.extend(heads.filter_map(|id| Some(roster.operator(id)?.email.clone())));
        to.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        to.dedup();
    }
    Some(compose(key, request, to, Vec::new(), tenant))
}

/// The letter that tells of the wanted hour of a request that is not scheduled: that it is near to whoever must act, that it is
/// past also to the office. One for each version, however often it is made.
pub fn about_the_hour(
    request: &NoticeRequest,
    hour: Hour,
    roster: &Roster,
    tenant: &Tenant,
    now: Instant,
) -> Result<Letter, LetterError> {
    let zone = &tenant.time_zone;
    let turn = Addresses { roster, now, zone }.of_the_turn(request);
    let to = or_the_mailbox(turn, roster);
    let (key, cc) = match hour {
        Hour::Near => ("hour_near", Vec::new()),
        Hour::Past => ("hour_past", office(request, roster, tenant)),
    };
    compose(key, request, to, cc, tenant)
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

/// The letter that tells, once a day, that the head of the sector is absent and the alternative path closed all the same, since
/// a copy would have nowhere to go. None while it is not so.
pub fn about_missing_copies(
    roster: &Roster,
    tenant: &Tenant,
    now: Instant,
) -> Option<Result<Letter, LetterError>> {
    let zone = &tenant.time_zone;
    if !roster.sector_head_absent(now, zone) || roster.alternative_copies(now, zone).is_ok() {
        return None;
    }
    let values = [("comune", tenant.comune.as_str())];
    let (subject, body) = texts::italian().letter("copies", &values);
    let letter = format!("copies#{}", zone.civil(now).date())
        .parse()
        .map_err(|_| LetterError::Subject)
        .and_then(|id| Letter::new(id, roster.mailbox().to_vec(), subject, &body));
    Some(letter)
}

/// The id of the letter of the watch at `watch`: whoever has written it need not look at what waits.
pub fn id_of_the_watch(watch: Instant) -> Result<LetterId, LetterError> {
    format!("watch#{}", watch.as_second())
        .parse()
        .map_err(|_| LetterError::Subject)
}

/// The letter of the watch over the mailbox at the beginning or the end of service at `watch` (Rubano, "Presa in carico", 1):
/// which requests wait for the desk, and which mails for a person. None where nothing waits.
pub fn at_the_watch(
    watch: Instant,
    waiting: &[&NoticeRequest],
    mails: &[MailRecord],
    roster: &Roster,
    tenant: &Tenant,
) -> Option<Result<Letter, LetterError>> {
    if waiting.is_empty() && mails.is_empty() {
        return None;
    }
    let zone = &tenant.time_zone;
    let now = watch;
    let to = Addresses { roster, now, zone }.acting(Phase::TakeCharge);
    let to = or_the_mailbox(to, roster);
    let words = texts::italian();
    let lines = |lines: Vec<String>| {
        if lines.is_empty() {
            words.staff("watch.none", &[])
        } else {
            lines.join("\n")
        }
    };
    let requests = waiting.iter().map(|request| {
        let address = address(request, tenant);
        let values = [
            ("titolo", request.draft.title.as_str()),
            ("indirizzo", address.as_str()),
        ];
        words.staff("watch.request", &values)
    });
    let letters = mails.iter().map(|mail| {
        let received = zone.civil(mail.received_at).strftime("%d/%m/%Y %H:%M");
        let why = mail.waits.map_or("inbox.nothing_found", Waits::key);
        let values = [
            ("data", received.to_string()),
            ("mittente", mail.from.clone().unwrap_or_default()),
            ("oggetto", mail.subject.clone()),
            ("motivo", words.staff(why, &[])),
        ];
        let values: Vec<_> = values.iter().map(|(n, v)| (*n, v.as_str())).collect();
        words.staff("watch.mail", &values)
    });
    let values = [
        ("quante", waiting.len().to_string()),
        ("elenco", lines(requests.collect())),
        ("email", mails.len().to_string()),
        ("posta", lines(letters.collect())),
        ("comune", tenant.comune.clone()),
    ];
    let values: Vec<_> = values.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let (subject, body) = words.letter("watch", &values);
    Some(id_of_the_watch(watch).and_then(|id| Letter::new(id, to, subject, &body)))
}
