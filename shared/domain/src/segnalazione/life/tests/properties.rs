use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Every move, with ordinary contents; registrations of `date`.
fn moves(date: jiff::civil::Date) -> Vec<Move> {
    let numbers = ["0001234/2026", "0001235/2026"].map(number);
    let other = Codice::new(2026, 100).unwrap();
    let body = OtherBody {
        name: "Consorzio dei rifiuti".parse().unwrap(),
        contact: "011 000 0000".parse().unwrap(),
    };
    let by_staff = [
        ByStaff::TakeCharge,
        ByStaff::Assign {
            office: "lavori_pubblici".parse().unwrap(),
        },
        ByStaff::StartWork,
        ByStaff::Note { text: reason() },
        ByStaff::Resolve { outcome: reason() },
        ByStaff::DeclareNotCompetent {
            body,
            forwarded_on: None,
        },
        ByStaff::Refuse { reason: reason() },
        ByStaff::Archive { reason: reason() },
        ByStaff::Merge { into: other },
        ByStaff::Reopen { reason: reason() },
        ByStaff::SetVisibility { restricted: true },
        ByStaff::ChangeCategory {
            category: "rifiuti".parse().unwrap(),
        },
        ByStaff::ChangeTitle {
            title: "Rifiuti - Via Roma".parse().unwrap(),
        },
    ];
    let by_citizen = [
        ByCitizen::Supplement {
            message: "wamid.HBgL".parse().unwrap(),
        },
        ByCitizen::Reopen { reason: None },
        ByCitizen::Rate {
            rating: 3.try_into().unwrap(),
        },
    ];
    let mut all: Vec<Move> = by_staff.into_iter().map(staff).collect();
    all.extend(by_citizen.map(|step| Move::Citizen { step }));
    all.push(Move::System {
        step: BySystem::Forward,
    });
    for number in numbers {
        all.push(staff(ByStaff::Register {
            number: number.clone(),
            date,
        }));
        all.push(staff(ByStaff::Annul {
            number: number.clone(),
            reason: reason(),
        }));
        all.push(Move::System {
            step: BySystem::Register { number, date },
        });
    }
    all
}

fn today() -> jiff::civil::Date {
    "2026-10-05".parse().unwrap()
}

proptest! {
    #[test]
    fn whatever_is_tried_a_case_stays_whole(
        steps in prop::collection::vec((select(moves(today())), 0_i64..20 * 24), 0..40),
        other_is_open: bool,
    ) {
        let tenant = rubano();
        let other = Case {
            codice: Codice::new(2026, 100).unwrap(),
            ..if other_is_open { registered() } else { resolved() }
        };
        let mut case = received();
        let mut now: Timestamp = at(MORNING);
        let mut history = Vec::new();
        for (step, hours) in steps {
            now += SignedDuration::from_hours(hours);
            let before = case.clone();
            let around = Around { tenant: &tenant, reopen_days: 30, other: Some(&other), now };
            match case.apply(step.clone(), &around) {
                Err(refused) => {
                    prop_assert_eq!((refused.state, refused.step), (before.state.name(), step.kind()));
                    case = before;
                }
                Ok(applied) => {
                    case = applied.case;
                    history.push(applied.entry);
                    let (was, is) = (before.state.name(), case.state.name());
                    prop_assert!(was.allows(step.kind()).contains(&step.hand()));
                    // A closed case stays as it is, but for what may be said of it and its reopening.
                    if was.is_closed() && step.kind() != MoveKind::Reopen {
                        prop_assert_eq!(&before.state, &case.state);
                        prop_assert_eq!(before.since, case.since);
                        prop_assert_eq!(&before.registrations, &case.registrations);
                        prop_assert!(before.category == case.category && before.title == case.title);
                    }
                    // Only a person closes.
                    if is.is_closed() && !was.is_closed() {
                        prop_assert_eq!(step.hand(), Hand::Staff);
                        prop_assert!(applied.tell.is_some(), "the citizen has an answer");
                    }
                    if matches!(step.kind(), MoveKind::Note | MoveKind::Assign) {
                        prop_assert_eq!(applied.tell, None);
                    }
                }
            }
            prop_assert_eq!(case.version, 1 + history.len() as u64);
            let is_registered = !matches!(case.state.name(), StateName::Received | StateName::SentToProtocol);
            prop_assert_eq!(case.registration().is_some(), is_registered);
        }
        // What the history says is where the case stands.
        if let Some(last) = history.last() {
            prop_assert_eq!((last.version, last.state), (case.version, case.state.name()));
        }
        let written = serde_json::to_string(&(&case, &history)).unwrap();
        prop_assert_eq!(serde_json::from_str::<(Case, Vec<Entry>)>(&written).unwrap(), (case, history));
    }
}

#[test]
fn no_state_lets_the_system_decide() {
    let decisions = [
        MoveKind::TakeCharge,
        MoveKind::Resolve,
        MoveKind::DeclareNotCompetent,
        MoveKind::Refuse,
        MoveKind::Archive,
        MoveKind::Merge,
        MoveKind::Reopen,
        MoveKind::Annul,
    ];
    for state in StateName::ALL {
        for step in decisions {
            assert!(
                !state.allows(step).contains(&Hand::System),
                "{}",
                step.key()
            );
        }
    }
}

#[test]
fn every_move_of_the_table_can_be_made_and_every_move_is_in_it() {
    let made: Vec<MoveKind> = moves(today()).iter().map(Move::kind).collect();
    for step in MoveKind::ALL {
        assert!(made.contains(step), "{}", step.key());
        let somewhere = |state: &&StateName| !state.allows(*step).is_empty();
        assert!(
            StateName::ALL.iter().any(|it| somewhere(&it)),
            "{}",
            step.key()
        );
    }
}
