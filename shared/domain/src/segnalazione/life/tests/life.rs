use super::*;

#[test]
fn a_case_goes_from_the_confirmation_to_the_answer() {
    let tenant = rubano();
    let office = "lavori_pubblici".parse().unwrap();
    let mut case = received();
    let steps = [
        (
            Move::System {
                step: BySystem::Forward,
            },
            StateName::SentToProtocol,
            None,
        ),
        (
            staff(register("0001234/2026", "2026-10-05")),
            StateName::Registered,
            Some("seg.protocol"),
        ),
        (
            staff(ByStaff::TakeCharge),
            StateName::TakenInCharge,
            Some("seg.taken"),
        ),
        (staff(ByStaff::Assign { office }), StateName::Assigned, None),
        (staff(ByStaff::StartWork), StateName::UnderWay, None),
        (
            staff(ByStaff::Note { text: reason() }),
            StateName::UnderWay,
            None,
        ),
        (
            staff(ByStaff::Resolve { outcome: reason() }),
            StateName::Resolved,
            Some("seg.closed"),
        ),
        (
            Move::Citizen {
                step: ByCitizen::Rate {
                    rating: 4.try_into().unwrap(),
                },
            },
            StateName::Resolved,
            None,
        ),
        (
            citizen_reopens(),
            StateName::Registered,
            Some("seg.reopened"),
        ),
    ];
    for (step, state, told) in steps {
        let version = case.version;

        let applied = case.apply(step.clone(), &around(&tenant, MORNING)).unwrap();

        assert_eq!(applied.case.state.name(), state);
        assert_eq!(applied.tell.map(Tell::key), told);
        assert_eq!(
            applied.entry,
            Entry {
                version: version + 1,
                at: at(MORNING),
                step,
                state
            }
        );
        case = applied.case;
    }
}

#[test]
fn a_refusal_names_the_state_and_the_move() {
    let tenant = rubano();
    let refused = received()
        .apply(staff(ByStaff::TakeCharge), &around(&tenant, MORNING))
        .unwrap_err();

    assert_eq!(
        refused.to_string(),
        "take_charge of a case that is received: not from here, or not by staff"
    );
}

#[test]
fn of_two_who_take_it_at_once_one_wins() {
    let taken = after(registered(), [staff(ByStaff::TakeCharge)]);

    let second = why_not(taken, staff(ByStaff::TakeCharge));

    assert_eq!(second, Why::NotFromHere(Hand::Staff));
}

#[test]
fn each_way_of_closing_tells_the_citizen_in_its_own_words() {
    let tenant = rubano();
    let body = OtherBody {
        name: "Consorzio dei rifiuti".parse().unwrap(),
        contact: "011 000 0000".parse().unwrap(),
    };
    let other = Case {
        codice: Codice::new(2026, 100).unwrap(),
        ..registered()
    };
    for (step, told) in [
        (ByStaff::Refuse { reason: reason() }, "seg.closed"),
        (ByStaff::Archive { reason: reason() }, "seg.closed"),
        (
            ByStaff::DeclareNotCompetent {
                body,
                forwarded_on: None,
            },
            "seg.other_body",
        ),
        (ByStaff::Merge { into: other.codice }, "seg.merged"),
    ] {
        let around = Around {
            other: Some(&other),
            ..around(&tenant, MORNING)
        };

        let applied = registered().apply(staff(step), &around).unwrap();

        assert!(applied.case.state.name().is_closed());
        assert_eq!(applied.tell.map(Tell::key), Some(told));
    }
}

#[test]
fn nothing_is_closed_before_the_protocollo_has_registered_it() {
    for case in [
        received(),
        after(
            received(),
            [Move::System {
                step: BySystem::Forward,
            }],
        ),
    ] {
        let archived = why_not(case, staff(ByStaff::Archive { reason: reason() }));
        assert_eq!(archived, Why::NotFromHere(Hand::Staff));
    }
}

#[test]
fn a_case_is_never_merged_into_itself_nor_into_one_that_is_closed() {
    let tenant = rubano();
    let case = registered();
    let other = |state| Case {
        codice: Codice::new(2026, 100).unwrap(),
        state,
        ..registered()
    };
    let merged = other(State::MergedInto {
        codice: case.codice,
    });
    let done = other(State::Resolved { outcome: reason() });
    let into = |into, other| {
        let around = Around {
            other,
            ..around(&tenant, MORNING)
        };
        let step = staff(ByStaff::Merge { into });
        case.clone().apply(step, &around).unwrap_err().why
    };

    assert_eq!(into(case.codice, Some(&case)), Why::Itself);
    assert_eq!(into(merged.codice, None), Why::OtherUnknown);
    assert_eq!(
        into(Codice::new(2026, 7).unwrap(), Some(&done)),
        Why::OtherUnknown
    );
    let closed = Why::OtherClosed(StateName::MergedInto);
    assert_eq!(into(merged.codice, Some(&merged)), closed);
    let closed = Why::OtherClosed(StateName::Resolved);
    assert_eq!(into(done.codice, Some(&done)), closed);
}

#[test]
fn a_case_reopens_until_the_end_of_the_thirtieth_day() {
    let tenant = rubano();
    // Closed on the 5th of October: the 4th of November is the thirtieth day after.
    for (now, reopens) in [
        ("2026-11-04T22:59:59Z", true),
        ("2026-11-04T23:00:00Z", false),
    ] {
        let applied = resolved().apply(citizen_reopens(), &around(&tenant, now));
        assert_eq!(applied.is_ok(), reopens, "{now}");
    }
    let until = "2026-11-04".parse().unwrap();
    assert_eq!(resolved().reopens_until(&tenant, 30), Some(until));
    assert_eq!(registered().reopens_until(&tenant, 30), None);
    // The eighth of December closes nothing: one more day.
    let until = "2026-12-09".parse().unwrap();
    assert_eq!(resolved().reopens_until(&tenant, 64), Some(until));
}

#[test]
fn a_citizen_rates_once_even_if_it_was_reopened_and_closed_again() {
    let rate = |stars: u8| Move::Citizen {
        step: ByCitizen::Rate {
            rating: stars.try_into().unwrap(),
        },
    };
    assert_eq!(
        why_not(registered(), rate(1)),
        Why::NotFromHere(Hand::Citizen)
    );
    let rated = after(
        resolved(),
        [
            rate(2),
            citizen_reopens(),
            staff(ByStaff::Refuse { reason: reason() }),
        ],
    );

    assert_eq!(rated.rating.map(u8::from), Some(2));
    assert_eq!(why_not(rated, rate(5)), Why::AlreadyRated);
}

#[test]
fn a_registration_on_another_day_is_flagged_as_late_by_the_clocks_of_the_comune() {
    let tenant = rubano();
    // Half past midnight in Rome, still the day before in UTC.
    let presented = Case {
        presented_at: at("2026-10-05T22:30:00Z"),
        ..received()
    };
    for (date, late) in [("2026-10-06", false), ("2026-10-07", true)] {
        let applied = presented
            .clone()
            .apply(
                staff(register("0001234/2026", date)),
                &around(&tenant, "2026-10-07T09:00:00Z"),
            )
            .unwrap();
        assert_eq!(applied.late_registration, late, "{date}");
    }
}

#[test]
fn a_registration_has_a_date_that_can_be() {
    for (written, date) in [
        ("0001234/2026", "2026-10-04"), // before it was presented
        ("0001234/2026", "2026-10-06"), // to come
        ("0001234/2025", "2026-10-05"), // of another year
    ] {
        let refused = why_not(received(), staff(register(written, date)));
        assert_eq!(refused, Why::ImpossibleDate, "{written} {date}");
    }
}

#[test]
fn who_takes_a_number_down_is_remembered_and_nobody_where_a_system_told_it() {
    let by_system = after(
        received(),
        [
            Move::System {
                step: BySystem::Forward,
            },
            Move::System {
                step: BySystem::Register {
                    number: number("0001234/2026"),
                    date: "2026-10-05".parse().unwrap(),
                },
            },
        ],
    );
    let captured = |case: &Case| {
        let registration = case.registration().unwrap();
        let by = registration.captured_by.as_ref();
        by.map(|by| by.id().to_string())
    };

    assert_eq!(captured(&by_system), None);
    assert_eq!(captured(&registered()).as_deref(), Some("sportello.uno"));
}

#[test]
fn two_registrations_are_both_kept_until_one_is_annulled_by_an_act() {
    let tenant = rubano();
    let annul = |written| {
        staff(ByStaff::Annul {
            number: number(written),
            reason: reason(),
        })
    };
    let second = staff(register("0001235/2026", "2026-10-05"));
    assert_eq!(
        why_not(registered(), annul("0001234/2026")),
        Why::OnlyNumber
    );
    let applied = registered()
        .apply(second.clone(), &around(&tenant, MORNING))
        .unwrap();
    assert_eq!(applied.tell, None, "which of the two holds is not known");
    let twice = applied.case;
    assert_eq!(why_not(twice.clone(), second), Why::KnownNumber);
    assert_eq!(
        why_not(twice.clone(), annul("0009999/2026")),
        Why::UnknownNumber
    );
    let holds = |case: &Case| case.registration().unwrap().number.to_string();
    assert_eq!(holds(&twice), "0001234/2026");

    let applied = twice
        .apply(annul("0001234/2026"), &around(&tenant, MORNING))
        .unwrap();

    assert_eq!(
        applied.tell,
        Some(Tell::Protocol),
        "they were told the other"
    );
    assert_eq!(holds(&applied.case), "0001235/2026");
    assert_eq!(applied.case.registrations.len(), 2);
    assert_eq!(
        why_not(applied.case, annul("0001235/2026")),
        Why::OnlyNumber
    );
}

#[test]
fn a_case_and_its_history_read_back_as_they_were_written() {
    let tenant = rubano();
    let applied = resolved()
        .apply(citizen_reopens(), &around(&tenant, MORNING))
        .unwrap();

    let case = serde_json::to_string(&resolved()).unwrap();
    assert_eq!(serde_json::from_str::<Case>(&case).unwrap(), resolved());
    let entry = serde_json::to_string(&applied.entry).unwrap();
    assert_eq!(
        serde_json::from_str::<Entry>(&entry).unwrap(),
        applied.entry
    );
}

#[test]
fn a_step_of_the_staff_is_read_strictly() {
    let read = serde_json::from_str::<ByStaff>;

    assert_eq!(
        read(r#"{"kind": "archive", "reason": "non pertinente"}"#).unwrap(),
        ByStaff::Archive {
            reason: "non pertinente".parse().unwrap()
        }
    );
    for refused in [
        r#"{"kind": "archive"}"#,
        r#"{"kind": "archive", "reason": " "}"#,
        r#"{"kind": "archive", "reason": "x", "by": "altri"}"#,
        r#"{"kind": "forward"}"#,
        r#"{"kind": "rate", "rating": 5}"#,
    ] {
        assert!(read(refused).is_err(), "{refused}");
    }
}
