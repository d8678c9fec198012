//! Whatever the calendars of appointments and absences: at every instant one person and no other can make the move that is due,
//! or nobody can and the mailbox of the procedure is told of it.
//!
//! Who is there is computed here a second time, in seconds and without the roster, and compared with what it says.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops")]

mod calendars;

use std::collections::{BTreeMap, BTreeSet};

use calendars::{
    Calendar, DAY, Refusal, Team, authority, everybody, instant, name, requests, team, tenant,
    tried,
};
use domain::notice::{Move, MoveKind, NoAuthority, NotAllowed, StateName, about_a_gap};
use domain::roster::{Acting, Gap, NoCopies, NotAppointed, Phase, Roster};
use domain::tenant::Tenant;
use proptest::prelude::*;

/// As far ahead as `deadlines` looks.
const AHEAD: i64 = 14 * DAY;

/// A gap as it really is, wherever somebody began to look.
type RealGap = (Phase, i64);

fn acting(team: &Team, phase: Phase, second: i64) -> Acting {
    match team.acting(phase, second) {
        None => Acting::Gap,
        Some((who, instead_of)) => Acting::By {
            who: name(who),
            instead_of: instead_of.map(name),
        },
    }
}

/// The letters that are made at `second`, each with the gap of which it tells.
fn alarms(team: &Team, roster: &Roster, second: i64, tenant: &Tenant) -> Vec<(String, RealGap)> {
    let now = instant(second);
    let gaps = roster.gaps(now, instant(second + AHEAD), &tenant.time_zone);
    let told = |gap: &Gap| {
        let letter = about_a_gap(gap, roster, tenant, now).unwrap();
        assert_eq!(letter.to, roster.mailbox());
        assert_eq!(letter.cc, []);
        let from = gap.from.duration_since(instant(0)).as_secs();
        (
            letter.id.to_string(),
            (gap.phase, team.began(gap.phase, from)),
        )
    };
    gaps.iter().map(told).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn one_person_can_make_the_move_that_is_due_and_all_others_are_told_why_they_cannot(
        team in team(),
    ) {
        let (roster, tenant) = (team.roster(), tenant());
        let (asked, taken) = requests(&tenant);
        for second in team.sweep(AHEAD) {
            let now = instant(second);
            let head_is_there = team.acting(Phase::Forward, second).is_some();
            for (phase, step, request) in [
                (Phase::TakeCharge, Move::TakeCharge, &asked),
                (Phase::Forward, Move::Forward, &taken),
                (Phase::Alternative, Move::ForwardDirectly, &taken),
            ] {
                let expected = acting(&team, phase, second);
                prop_assert_eq!(&roster.acting(phase, now, &tenant.time_zone), &expected);
                let is_closed = phase == Phase::Alternative && head_is_there;
                let mut made = 0;
                for who in everybody() {
                    let outcome = tried(&roster, who, &step, request, now, &tenant);
                    let not_appointed = team.not_appointed(who, second);
                    match (outcome, &expected) {
                        (Err(Refusal::Roster(NoAuthority::NotAppointed(why))), _) => {
                            prop_assert_eq!(Some(why), not_appointed);
                        }
                        (outcome, _) if not_appointed.is_some() => {
                            prop_assert!(false, "{} at {now}: {outcome:?}", name(who));
                        }
                        // Whoever is not at the desk is told that first.
                        (Err(Refusal::Rules(why)), _) if is_closed => {
                            let is_at_the_desk = !matches!(why, NotAllowed::NotYours { .. });
                            prop_assert!(!is_at_the_desk || why == NotAllowed::HeadIsPresent);
                        }
                        (Ok(entry), _) => {
                            made += 1;
                            let instead_of = entry.instead_of;
                            let signed = Acting::By { who: name(who), instead_of };
                            prop_assert_eq!(entry.by, Some(name(who)));
                            prop_assert_eq!(&signed, &expected);
                        }
                        (Err(why), Acting::Gap) => {
                            prop_assert_eq!(why, Refusal::Roster(NoAuthority::Gap(phase)));
                        }
                        (Err(why), Acting::By { who: holder, .. }) => {
                            let who = holder.clone();
                            let not_theirs = NoAuthority::NotYourTurn { who };
                            prop_assert_eq!(why, Refusal::Roster(not_theirs));
                        }
                    }
                }
                let can_be_made = usize::from(!is_closed && expected != Acting::Gap);
                prop_assert_eq!(made, can_be_made, "{:?} at {}", phase, now);
            }
        }
    }

    #[test]
    fn the_gaps_declared_are_those_that_there_are(team in team(), start in 0..AHEAD) {
        let (roster, end) = (team.roster(), start + AHEAD);
        let declared = roster.gaps(instant(start), instant(end), &tenant().time_zone);
        let mut there_are = Vec::new();
        for phase in Phase::ALL {
            for (from, until) in team.gaps(phase, start, end) {
                let (from, until) = (instant(from), instant(until));
                there_are.push(Gap { phase, from, until });
            }
        }
        prop_assert_eq!(declared, there_are);
    }

    #[test]
    fn every_gap_has_alarms_of_its_own_the_same_however_often_they_are_made(team in team()) {
        let (roster, tenant) = (team.roster(), tenant());
        let ticks = team.sweep(AHEAD);
        let mut told: BTreeMap<String, RealGap> = BTreeMap::new();
        for tick in &ticks {
            for (id, gap) in alarms(&team, &roster, *tick, &tenant) {
                let other = told.insert(id.clone(), gap);
                prop_assert!(other.is_none_or(|it| it == gap), "{id}: {other:?}, {gap:?}");
            }
        }
        for phase in Phase::ALL {
            for (from, until) in team.gaps(phase, 0, AHEAD) {
                let gap = (phase, team.began(phase, from));
                let letters = told.values().filter(|it| **it == gap).count();
                // One of a gap to come; of one that has begun, one on each day on which somebody looked.
                let ahead = usize::from(from > 0);
                let looked = ticks.iter().filter(|tick| (from..until).contains(*tick));
                let days: BTreeSet<i64> = looked.map(|tick| tick / DAY).collect();
                prop_assert_eq!(letters, ahead + days.len(), "{:?}", gap);
            }
        }
    }
}

#[test]
fn from_the_minute_in_which_an_appointment_ends_no_move_is_made() {
    // The 25th of October: clocks are put back, and the day has twenty-five hours.
    let last_day = 265 * DAY;
    let roster = Team {
        calendars: vec![Calendar::to_the_end_of(last_day); 5],
        holders: vec![vec![0], vec![3], vec![1], vec![2]],
    }
    .roster();
    let [last, first] =
        ["2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"].map(|it| it.parse().unwrap());
    let ended = Err(NoAuthority::NotAppointed(NotAppointed::Ended));
    for step in MoveKind::ALL {
        for who in 0..5 {
            let before = authority(&roster, who, step, last, &tenant());
            assert_ne!(before, ended, "{step:?}");
            let after = authority(&roster, who, step, first, &tenant());
            assert_eq!(after, ended, "{step:?}");
        }
    }
}

#[test]
fn without_a_mayor_in_office_nobody_goes_past_the_head_who_is_absent() {
    let last_day = 10 * DAY;
    let mut team = Team {
        calendars: vec![Calendar::to_the_end_of(20 * DAY); 6],
        holders: vec![vec![0], vec![3], vec![1], vec![2]],
    };
    team.calendars[3] = Calendar::to_the_end_of(5 * DAY);
    team.calendars[5] = Calendar::to_the_end_of(last_day);
    let (roster, tenant) = (team.roster(), tenant());
    let (_, taken) = requests(&tenant);
    let goes = |second| {
        let now = instant(second);
        let outcome = tried(&roster, 1, &Move::ForwardDirectly, &taken, now, &tenant);
        outcome.map(|entry| entry.state)
    };

    assert_eq!(goes(last_day + DAY - 1), Ok(StateName::Forwarded));
    let nowhere = NoAuthority::NoCopies(NoCopies::NoMayor);
    assert_eq!(goes(last_day + DAY), Err(Refusal::Roster(nowhere)));
}
