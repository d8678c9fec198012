//! Whatever the calendars of absences and appointments, one person acts or the gap is declared.

use proptest::prelude::*;

use super::*;

/// Some days around the change to winter time, in half hours.
const HALF_HOURS: i64 = 6 * 48;

fn start() -> Instant {
    at("2026-10-22T00:00")
}

fn after(half_hours: i64) -> Instant {
    start() + jiff::SignedDuration::from_mins(half_hours * 30)
}

#[derive(Debug, Clone)]
struct Calendar {
    absences: Vec<(i64, i64)>,
    until_day: Option<i64>,
    revoked: Option<i64>,
}

fn calendar() -> impl Strategy<Value = Calendar> {
    (
        prop::collection::vec((0..HALF_HOURS, 1..96_i64), 0..5),
        prop::option::weighted(0.3, 0..8_i64),
        prop::option::weighted(0.2, 0..HALF_HOURS),
    )
        .prop_map(|(absences, until_day, revoked)| Calendar {
            absences,
            until_day,
            revoked,
        })
}

/// The roster in which the three holders of the taking in charge have these calendars.
fn lived(calendars: &[Calendar]) -> Roster {
    let mut input = input();
    for (operator, calendar) in input.operators.iter_mut().zip(calendars) {
        operator.absences = calendar
            .absences
            .iter()
            .map(|(from, length)| {
                let civil = |half_hours| zone().civil(after(half_hours));
                // Two instants of the repeated hour have one civil hour: such an absence would be empty.
                let (from, mut until) = (civil(*from), civil(from + length));
                if until <= from {
                    until = civil(HALF_HOURS + 96);
                }
                absence(&from.to_string(), &until.to_string())
            })
            .collect();
        operator.until = calendar
            .until_day
            .map(|day| zone().civil(after(day * 48)).date().to_string());
        operator.revoked_at = calendar.revoked.map(|when| after(when).to_string());
    }
    Roster::check(&input).unwrap()
}

proptest! {
    #[test]
    fn at_every_instant_there_is_exactly_one_holder_or_a_declared_gap(
        calendars in prop::collection::vec(calendar(), 3),
        looked_at in prop::collection::vec(0..HALF_HOURS * 30, 20),
    ) {
        let roster = lived(&calendars);
        let gaps = roster.gaps(start(), after(HALF_HOURS), &zone());
        for minute in looked_at {
            let now = start() + jiff::SignedDuration::from_mins(minute);
            for phase in Phase::ALL {
                let declared = gaps
                    .iter()
                    .filter(|gap| gap.phase == phase && gap.from <= now && now < gap.until)
                    .count();
                let holders = usize::from(roster.acting(phase, now, &zone()) != Acting::Gap);
                prop_assert_eq!(holders + declared, 1, "{:?} at {}", phase, now);
            }
        }
    }

    #[test]
    fn who_acts_is_the_first_in_order_who_is_there_and_stands_in_for_the_first_who_is_not(
        calendars in prop::collection::vec(calendar(), 3),
        minute in 0..HALF_HOURS * 30,
    ) {
        let roster = lived(&calendars);
        let now = start() + jiff::SignedDuration::from_mins(minute);
        for phase in Phase::ALL {
            let appointed: Vec<_> = roster
                .holders(phase)
                .iter()
                .filter(|id| roster.may_act(id, now, &zone()).is_ok())
                .collect();
            let away = |id: &StaffId| roster.operator(id).unwrap().is_absent(now, &zone());
            let expected = match appointed.iter().position(|id| !away(id)) {
                None => Acting::Gap,
                Some(place) => Acting::By {
                    who: appointed[place].clone(),
                    instead_of: (place > 0).then(|| appointed[0].clone()),
                },
            };
            prop_assert_eq!(roster.acting(phase, now, &zone()), expected);
        }
    }

    #[test]
    fn nobody_acts_whose_appointment_is_over(
        calendars in prop::collection::vec(calendar(), 3),
        minute in 0..HALF_HOURS * 30,
    ) {
        let roster = lived(&calendars);
        let now = start() + jiff::SignedDuration::from_mins(minute);
        for (calendar, operator) in calendars.iter().zip(roster.operators()) {
            let over = calendar.revoked.is_some_and(|when| after(when) <= now)
                || calendar
                    .until_day
                    .is_some_and(|day| zone().civil(after(day * 48)).date() < zone().civil(now).date());
            if over {
                prop_assert!(roster.may_act(&operator.id, now, &zone()).is_err());
                for phase in Phase::ALL {
                    let acting = roster.acting(phase, now, &zone());
                    let acts = matches!(acting, Acting::By { who, .. } if who == operator.id);
                    prop_assert!(!acts);
                }
            }
        }
    }
}
