//! Calendars drawn by chance, who is there by them, and the comune that lives by them.

use domain::Instant;
use domain::ids::StaffId;
use domain::notice::{
    Around, Authority, Draft, Entry, Move, MoveKind, NoAuthority, NotAllowed, NoticeRequest,
};
use domain::roster::{
    AbsenceInput, GroupInput, NotAppointed, OperatorInput, Phase, PhasesInput, Roster, RosterInput,
};
use domain::staff::{Actor, Role};
use domain::tenant::Tenant;
use jiff::civil::{DateTime, date};
use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;
use serde_json::json;

/// Times are seconds from the midnight with which the second of February 2026 begins, a Monday. Clocks change much later.
pub(crate) const DAY: i64 = 24 * 60 * 60;
const HALF_HOUR: i64 = 30 * 60;
/// All calendars have begun by then, and all absences are over.
const LAST_TURN: i64 = 20 * DAY;
/// For those who were there before.
const LONG_AGO: i64 = -100 * DAY;

/// Who there is: five who act, the mayor and the supplier, who have calendars only where a test says so, and one whom the
/// roster does not name.
const NAMES: [&str; 8] = [
    "sportello.uno",
    "sportello.due",
    "capo.e.sportello",
    "capo.settore",
    "vicario",
    "sindaco",
    "ditta",
    "estraneo",
];
const ROLES: [&[Role]; 7] = [
    &[Role::Operator],
    &[Role::Operator],
    &[Role::Operator, Role::SectorHead],
    &[Role::SectorHead],
    &[Role::Operator, Role::SectorHead],
    &[Role::OperatingGroup],
    &[Role::Supplier],
];
/// Who can be a holder of which phase, in the order of `Phase::ALL`.
const FIT: [&[usize]; 4] = [&[0, 1, 2, 4], &[2, 3, 4], &[0, 1, 2, 4], &[0, 1, 2, 3, 4]];

/// When somebody is appointed and away.
#[derive(Debug, Clone)]
pub(crate) struct Calendar {
    begins: i64,
    ends: Option<i64>,
    revoked: Option<i64>,
    absences: Vec<(i64, i64)>,
}

impl Calendar {
    /// Appointed from long ago to the end of the day that begins at `last_day`.
    pub(crate) fn to_the_end_of(last_day: i64) -> Self {
        Self {
            begins: LONG_AGO,
            ends: Some(last_day + DAY),
            revoked: None,
            absences: Vec::new(),
        }
    }

    /// The instants at which anything begins or ends.
    fn turns(&self) -> impl Iterator<Item = i64> {
        let absences = self
            .absences
            .iter()
            .flat_map(|(from, until)| [*from, *until]);
        [self.begins]
            .into_iter()
            .chain(self.ends)
            .chain(self.revoked)
            .chain(absences)
    }
}

/// The calendars, and the order of the holders of each phase.
#[derive(Debug, Clone)]
pub(crate) struct Team {
    pub(crate) calendars: Vec<Calendar>,
    pub(crate) holders: Vec<Vec<usize>>,
}

pub(crate) fn team() -> impl Strategy<Value = Team> {
    let holders: Vec<_> = FIT
        .iter()
        .map(|fit| {
            let in_some_order = Just(fit.to_vec()).prop_shuffle();
            (in_some_order, 1..=fit.len()).prop_map(|(mut holders, count)| {
                holders.truncate(count);
                holders
            })
        })
        .collect();
    (prop::collection::vec(calendar(), 5), holders)
        .prop_map(|(calendars, holders)| Team { calendars, holders })
}

fn calendar() -> impl Strategy<Value = Calendar> {
    let half_hours = LAST_TURN / HALF_HOUR;
    let absence = (0..half_hours - 96, 1..96_i64)
        .prop_map(|(from, length)| (from * HALF_HOUR, (from + length) * HALF_HOUR));
    (
        prop::option::weighted(0.2, 0..6_i64),
        prop::option::weighted(0.3, 6..20_i64),
        prop::option::weighted(0.2, 0..half_hours),
        prop::collection::vec(absence, 0..5),
    )
        .prop_map(|(first_day, last_day, revoked, absences)| Calendar {
            begins: first_day.map_or(LONG_AGO, |day| day * DAY),
            ends: last_day.map(|day| day * DAY),
            revoked: revoked.map(|half_hour| half_hour * HALF_HOUR),
            absences,
        })
}

impl Team {
    /// Why `who` may do nothing at `now`, if so.
    pub(crate) fn not_appointed(&self, who: usize, now: i64) -> Option<NotAppointed> {
        let Some(calendar) = self.calendars.get(who) else {
            return (who == NAMES.len() - 1).then_some(NotAppointed::Unknown);
        };
        if calendar.revoked.is_some_and(|at| now >= at) {
            Some(NotAppointed::Revoked)
        } else if now < calendar.begins {
            Some(NotAppointed::NotYet)
        } else {
            let is_over = calendar.ends.is_some_and(|end| now >= end);
            is_over.then_some(NotAppointed::Ended)
        }
    }

    /// Who acts in `phase` at `now`, and for whom.
    pub(crate) fn acting(&self, phase: Phase, now: i64) -> Option<(usize, Option<usize>)> {
        let appointed: Vec<usize> = self.holders[phase as usize]
            .iter()
            .copied()
            .filter(|who| self.not_appointed(*who, now).is_none())
            .collect();
        let is_there = |who: &&usize| {
            let mut absences = self.calendars[**who].absences.iter();
            !absences.any(|(from, until)| (*from..*until).contains(&now))
        };
        let who = *appointed.iter().find(is_there)?;
        Some((who, (who != appointed[0]).then_some(appointed[0])))
    }

    /// Every instant before `end` at which anything changes, and the one before it.
    pub(crate) fn sweep(&self, end: i64) -> Vec<i64> {
        let mut sweep: Vec<i64> = self
            .turns()
            .into_iter()
            .flat_map(|turn| [turn - 1, turn])
            .chain([0, end - 1])
            .filter(|now| (0..end).contains(now))
            .collect();
        sweep.sort_unstable();
        sweep.dedup();
        sweep
    }

    /// From when to when nobody acts in `phase` between `from` and `until`.
    pub(crate) fn gaps(&self, phase: Phase, from: i64, until: i64) -> Vec<(i64, i64)> {
        let turns = self.turns().into_iter();
        let mut turns: Vec<i64> = turns.filter(|turn| (from..until).contains(turn)).collect();
        turns.extend([from, until]);
        turns.sort_unstable();
        let mut gaps: Vec<(i64, i64)> = Vec::new();
        for pair in turns.windows(2) {
            if pair[0] == pair[1] || self.acting(phase, pair[0]).is_some() {
                continue;
            }
            match gaps.last_mut() {
                Some(gap) if gap.1 == pair[0] => gap.1 = pair[1],
                _ => gaps.push((pair[0], pair[1])),
            }
        }
        gaps
    }

    /// When the gap that there is at `now` began.
    pub(crate) fn began(&self, phase: Phase, now: i64) -> i64 {
        let gaps = self.gaps(phase, LONG_AGO, now + 1);
        gaps.last().map_or(now, |gap| gap.0)
    }

    fn turns(&self) -> Vec<i64> {
        self.calendars.iter().flat_map(Calendar::turns).collect()
    }

    /// The roster of these people.
    pub(crate) fn roster(&self) -> Roster {
        let names = |of: &[usize]| of.iter().map(|who| NAMES[*who].to_owned()).collect();
        let holders = |phase: Phase| names(&self.holders[phase as usize]);
        let operators = ROLES.iter().enumerate().map(|(who, roles)| {
            let calendar = self.calendars.get(who);
            let begins = calendar.map_or(LONG_AGO, |calendar| calendar.begins);
            let absences = calendar.map_or(&[][..], |calendar| &calendar.absences);
            OperatorInput {
                id: Some(NAMES[who].to_owned()),
                name: Some(format!("Incaricato {who}")),
                email: Some(format!("{}@esempio.it", NAMES[who])),
                roles: roles.iter().map(|role| role.key().to_owned()).collect(),
                appointed_by: Some("decreto n. 12 del 03/03/2026".to_owned()),
                from: Some(civil(begins).date().to_string()),
                until: calendar
                    .and_then(|calendar| calendar.ends)
                    .map(|end| civil(end - DAY).date().to_string()),
                revoked_at: calendar
                    .and_then(|calendar| calendar.revoked)
                    .map(|at| instant(at).to_string()),
                absences: absences
                    .iter()
                    .map(|(from, until)| AbsenceInput {
                        from: Some(civil(*from).to_string()),
                        until: Some(civil(*until).to_string()),
                        reason: None,
                    })
                    .collect(),
            }
        });
        Roster::check(&RosterInput {
            operators: operators.collect(),
            phases: PhasesInput {
                take_charge: holders(Phase::TakeCharge),
                forward: holders(Phase::Forward),
                alternative: holders(Phase::Alternative),
                monitoring: holders(Phase::Monitoring),
            },
            group: GroupInput {
                members: names(&[5, 6]),
                supplier: Some(NAMES[6].to_owned()),
                mayor: Some(NAMES[5].to_owned()),
            },
            mailbox: vec!["avvisi@esempio.it".to_owned()],
        })
        .unwrap()
    }
}

pub(crate) fn everybody() -> std::ops::Range<usize> {
    0..NAMES.len()
}

pub(crate) fn name(who: usize) -> StaffId {
    NAMES[who].parse().unwrap()
}

pub(crate) fn instant(second: i64) -> Instant {
    let start: Instant = "2026-02-01T23:00:00Z".parse().unwrap();
    start + SignedDuration::from_secs(second)
}

/// The Italian hour, until clocks change.
fn civil(second: i64) -> DateTime {
    date(2026, 2, 2).at(0, 0, 0, 0) + second.seconds()
}

pub(crate) fn tenant() -> Tenant {
    serde_json::from_value(json!({
        "id": "rubano", "comune": "Rubano", "province": "PD",
        "privacy": {"url": "https://www.rubano.it/privacy", "version": "2026-01"},
        "contacts": {"phone": "049 000 0000", "hours": "lun-ven 9:00-12:30", "url": "https://www.rubano.it/contatti"},
        "news_hosts": ["www.rubano.it"],
        "notice_template": {
            "name": "avviso", "language": "it", "category": "utility",
            "body": "Comune di Rubano – {{testo}} {{link}}"
        },
        "max_text": 700, "time_zone": "Europe/Rome", "receive_only": true,
    }))
    .unwrap()
}

/// Why a move is not made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Refusal {
    Roster(NoAuthority),
    Rules(NotAllowed),
}

/// What the roster says of `who`, whose token has every role of the procedure.
pub(crate) fn authority(
    roster: &Roster,
    who: usize,
    step: MoveKind,
    now: Instant,
    tenant: &Tenant,
) -> Result<Authority, NoAuthority> {
    let token = Actor {
        id: name(who),
        roles: vec![
            Role::Operator,
            Role::SectorHead,
            Role::OperatingGroup,
            Role::Secretary,
            Role::Supplier,
        ],
    };
    Authority::of(roster, step, token, now, &tenant.time_zone)
}

/// What comes of it where `who` tries `step` on `request`.
pub(crate) fn tried(
    roster: &Roster,
    who: usize,
    step: &Move,
    request: &NoticeRequest,
    now: Instant,
    tenant: &Tenant,
) -> Result<Entry, Refusal> {
    let authority = authority(roster, who, step.kind(), now, tenant).map_err(Refusal::Roster)?;
    let around = Around {
        instead_of: authority.instead_of.clone(),
        head_is_absent: authority.head_is_absent,
        ..Around::plain(tenant, now)
    };
    let applied = request
        .clone()
        .apply_in(step.clone(), &authority.actor, &around);
    applied.map(|applied| applied.entry).map_err(Refusal::Rules)
}

/// What an office has asked for, and the same once the desk has it.
pub(crate) fn requests(tenant: &Tenant) -> (NoticeRequest, NoticeRequest) {
    let input = serde_json::from_value(json!({
        "title": "Mercatino di Natale", "text": "Mercatino in piazza.",
        "link": "https://www.rubano.it/notizie/mercatino",
        "wanted_at": "2026-12-10T09:30", "office": "Cultura", "kind": "evento",
    }));
    let draft = Draft::check(&input.unwrap(), tenant, instant(0)).unwrap();
    let actor = |name: &str, role| Actor {
        id: name.parse().unwrap(),
        roles: vec![role],
    };
    let id = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B".parse().unwrap();
    let office = actor("ufficio.cultura", Role::Requester);
    let asked = NoticeRequest::submit(id, draft, &office, tenant, instant(0)).unwrap();
    let desk = actor(NAMES[0], Role::Operator);
    let asked = asked.request;
    let taken = asked
        .clone()
        .apply(Move::TakeCharge, &desk, tenant, instant(0));
    (asked, taken.unwrap().request)
}
