mod calendars;

use super::*;
use crate::tenant::tests::rubano;
use crate::texts;

fn zone() -> Zone {
    rubano().time_zone
}

fn id(name: &str) -> StaffId {
    name.parse().unwrap()
}

/// The instant of an Italian hour.
fn at(hour: &str) -> Instant {
    appointment::instant(hour.parse().unwrap(), &zone())
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

fn operator(id: &str, roles: &[&str]) -> OperatorInput {
    OperatorInput {
        id: Some(id.to_owned()),
        name: Some(format!("Incaricato {id}")),
        email: Some(format!("{id}@esempio.it")),
        roles: names(roles),
        appointed_by: Some("decreto n. 12 del 03/03/2026".to_owned()),
        from: Some("2026-01-01".to_owned()),
        ..OperatorInput::default()
    }
}

/// The process of Rubano: one operator, the head of the sector as first deputy, another operator as second.
fn input() -> RosterInput {
    RosterInput {
        operators: vec![
            operator("sportello.uno", &["operator"]),
            operator(
                "capo.settore",
                &["sector_head", "operator", "operating_group"],
            ),
            operator("sportello.due", &["operator"]),
            operator("sindaco", &["operating_group"]),
            operator("ditta", &["supplier"]),
        ],
        phases: PhasesInput {
            take_charge: names(&["sportello.uno", "capo.settore", "sportello.due"]),
            forward: names(&["capo.settore"]),
            alternative: names(&["sportello.uno", "sportello.due"]),
            monitoring: names(&["capo.settore", "sportello.uno", "sportello.due"]),
        },
        group: GroupInput {
            members: names(&["sindaco", "ditta", "capo.settore"]),
            supplier: Some("ditta".to_owned()),
            mayor: Some("sindaco".to_owned()),
        },
        mailbox: names(&["avvisi@esempio.it"]),
    }
}

fn absence(from: &str, until: &str) -> AbsenceInput {
    AbsenceInput {
        from: Some(from.to_owned()),
        until: Some(until.to_owned()),
        reason: None,
    }
}

fn with_absences(absences: &[(usize, &str, &str)]) -> Roster {
    let mut input = input();
    for (place, from, until) in absences {
        let operator = &mut input.operators[*place];
        operator.absences.push(absence(from, until));
    }
    Roster::check(&input).unwrap()
}

fn by(who: &str, instead_of: Option<&str>) -> Acting {
    Acting::By {
        who: id(who),
        instead_of: instead_of.map(id),
    }
}

fn faults(input: &RosterInput) -> Vec<(String, Wrong)> {
    let InvalidRoster(faults) = Roster::check(input).unwrap_err();
    faults
        .into_iter()
        .map(|fault| (fault.field, fault.wrong))
        .collect()
}

#[test]
fn the_first_in_order_acts_and_a_deputy_acts_for_the_absent_one() {
    let roster = with_absences(&[
        (0, "2026-08-10T08:00", "2026-08-22T08:00"),
        (1, "2026-08-15T08:00", "2026-08-18T08:00"),
        (2, "2026-08-17T08:00", "2026-08-18T12:00"),
    ]);
    let acting = |hour| roster.acting(Phase::TakeCharge, at(hour), &zone());

    assert_eq!(acting("2026-08-10T07:59"), by("sportello.uno", None));
    assert_eq!(
        acting("2026-08-10T08:00"),
        by("capo.settore", Some("sportello.uno"))
    );
    assert_eq!(
        acting("2026-08-16T10:00"),
        by("sportello.due", Some("sportello.uno"))
    );
    assert_eq!(acting("2026-08-17T08:00"), Acting::Gap);
    assert_eq!(
        acting("2026-08-18T08:00"),
        by("capo.settore", Some("sportello.uno"))
    );
    assert_eq!(acting("2026-08-22T08:00"), by("sportello.uno", None));
}

#[test]
fn an_appointment_holds_to_the_last_minute_of_its_last_day_and_no_longer() {
    let mut input = input();
    input.operators[0].until = Some("2026-06-30".to_owned());
    let roster = Roster::check(&input).unwrap();
    let may_act = |hour| {
        roster
            .may_act(&id("sportello.uno"), at(hour), &zone())
            .map(|operator| operator.id.clone())
    };

    assert_eq!(may_act("2025-12-31T23:59:59"), Err(NotAppointed::NotYet));
    assert!(may_act("2026-01-01T00:00").is_ok());
    assert!(may_act("2026-06-30T23:59:59").is_ok());
    assert_eq!(may_act("2026-07-01T00:00"), Err(NotAppointed::Ended));
    // Nobody is absent: the deputy is the first now, and acts for nobody.
    assert_eq!(
        roster.acting(Phase::TakeCharge, at("2026-07-01T00:00"), &zone()),
        by("capo.settore", None)
    );
    assert_eq!(
        roster.may_act(&id("nessuno"), at("2026-07-01T00:00"), &zone()),
        Err(NotAppointed::Unknown)
    );
}

#[test]
fn who_is_revoked_acts_no_more_from_that_instant() {
    let roster = Roster::check(&input()).unwrap();
    let now = at("2026-05-04T11:30");

    let revoked = roster
        .with_revocation(&id("sportello.uno"), now, &zone())
        .unwrap();

    let before = now - jiff::SignedDuration::from_secs(1);
    assert!(
        revoked
            .may_act(&id("sportello.uno"), before, &zone())
            .is_ok()
    );
    assert_eq!(
        revoked.may_act(&id("sportello.uno"), now, &zone()),
        Err(NotAppointed::Revoked)
    );
    assert_eq!(
        revoked.with_revocation(&id("sportello.uno"), now, &zone()),
        Err(NotChanged::AlreadyOver)
    );
}

#[test]
fn the_alternative_path_is_open_only_while_nobody_can_forward() {
    let roster = with_absences(&[(1, "2026-08-15T08:00", "2026-08-18T08:00")]);
    let absent = |hour| roster.sector_head_absent(at(hour), &zone());

    assert!(!absent("2026-08-15T07:59"));
    assert!(absent("2026-08-15T08:00"));
    assert!(!absent("2026-08-18T08:00"));
}

#[test]
fn the_copies_go_to_the_head_and_the_mayor_in_office_or_there_is_no_alternative_path() {
    let mut input = input();
    input.operators[3].until = Some("2026-06-30".to_owned());
    let roster = Roster::check(&input).unwrap();
    let copies = |hour| roster.alternative_copies(at(hour), &zone());

    let addresses = copies("2026-06-30T23:00").unwrap();
    assert_eq!(
        addresses.map(String::from),
        ["capo.settore@esempio.it", "sindaco@esempio.it"]
    );
    assert_eq!(copies("2026-07-01T00:00"), Err(NoCopies::NoMayor));
}

#[test]
fn a_head_whose_post_is_vacant_still_gets_the_copy() {
    let mut input = input();
    input.operators[1].until = Some("2026-06-30".to_owned());
    let roster = Roster::check(&input).unwrap();

    let copies = roster.alternative_copies(at("2026-07-15T10:00"), &zone());

    assert!(roster.sector_head_absent(at("2026-07-15T10:00"), &zone()));
    assert_eq!(copies.unwrap()[0].as_str(), "capo.settore@esempio.it");
}

#[test]
fn the_gaps_ahead_are_told_with_their_hours() {
    let roster = with_absences(&[
        (1, "2026-08-15T08:00", "2026-08-18T08:00"),
        (1, "2026-08-18T08:00", "2026-08-19T08:00"),
        (0, "2026-08-17T08:00", "2026-08-25T08:00"),
        (2, "2026-08-18T09:00", "2026-08-18T10:00"),
    ]);

    let gaps = roster.gaps(at("2026-08-10T00:00"), at("2026-08-24T00:00"), &zone());

    let gap = |phase, from, until| Gap {
        phase,
        from: at(from),
        until: at(until),
    };
    assert_eq!(
        gaps,
        [
            gap(Phase::TakeCharge, "2026-08-18T09:00", "2026-08-18T10:00"),
            gap(Phase::Forward, "2026-08-15T08:00", "2026-08-19T08:00"),
            gap(Phase::Alternative, "2026-08-18T09:00", "2026-08-18T10:00"),
            gap(Phase::Monitoring, "2026-08-18T09:00", "2026-08-18T10:00"),
        ]
    );
    assert_eq!(
        roster.gaps(at("2026-08-24T00:00"), at("2026-08-10T00:00"), &zone()),
        []
    );
}

#[test]
fn an_absence_that_ends_in_the_hour_that_occurs_twice_ends_once() {
    // On 25 October 2026 the hour from 2 to 3 occurs twice.
    let roster = with_absences(&[(0, "2026-10-24T08:00", "2026-10-25T02:30")]);
    let first: Instant = "2026-10-25T00:30:00Z".parse().unwrap();
    let again: Instant = "2026-10-25T01:10:00Z".parse().unwrap();
    let acting = |now| roster.acting(Phase::TakeCharge, now, &zone());

    assert_eq!(
        acting(first - jiff::SignedDuration::from_secs(1)),
        by("capo.settore", Some("sportello.uno"))
    );
    assert_eq!(acting(first), by("sportello.uno", None));
    assert_eq!(acting(again), by("sportello.uno", None));
}

#[test]
fn who_comes_back_early_acts_at_once_and_a_coming_absence_can_be_called_off() {
    let roster = with_absences(&[
        (0, "2026-08-10T08:00", "2026-08-22T08:00"),
        (0, "2026-12-24T08:00", "2026-12-28T08:00"),
    ]);
    let one = id("sportello.uno");
    let now = at("2026-08-12T09:15:00.5");

    let back = roster
        .clone()
        .with_return(&one, None, now, &zone())
        .unwrap();
    let called_off = roster
        .clone()
        .with_return(
            &one,
            Some("2026-12-24T08:00".parse().unwrap()),
            now,
            &zone(),
        )
        .unwrap();

    assert_eq!(
        back.acting(Phase::TakeCharge, now, &zone()),
        by("sportello.uno", None)
    );
    assert_eq!(back.operator(&one).unwrap().absences.len(), 2);
    assert_eq!(called_off.operator(&one).unwrap().absences.len(), 1);
    assert_eq!(
        roster.with_return(&one, None, at("2026-09-01T08:00"), &zone()),
        Err(NotChanged::NotAbsent)
    );
}

#[test]
fn the_same_absence_said_twice_is_one_and_no_more_are_kept_than_can_be_read() {
    let mut roster = Roster::check(&input()).unwrap();
    let one = id("sportello.uno");
    for day in 1..=28_i8 {
        for hour in [8, 14] {
            let from = jiff::civil::date(2026, 2, day).at(hour, 0, 0, 0);
            let until = jiff::civil::date(2026, 2, day).at(hour + 4, 0, 0, 0);
            let absence = Absence {
                from,
                until,
                reason: None,
            };
            let Ok(next) = roster.clone().with_absence(&one, &absence) else {
                assert_eq!(roster.operator(&one).unwrap().absences.len(), 50);
                return;
            };
            assert_eq!(next.clone().with_absence(&one, &absence), Ok(next.clone()));
            roster = next;
        }
    }
    panic!("fifty absences are the most");
}

#[test]
fn everything_that_is_missing_is_told_at_once() {
    let missing = |field: &str| (field.to_owned(), Wrong::Missing);

    assert_eq!(
        faults(&RosterInput::default()),
        [
            "operators",
            "phases.take_charge",
            "phases.forward",
            "phases.alternative",
            "phases.monitoring",
            "group.members",
            "group.supplier",
            "group.mayor",
            "mailbox",
        ]
        .map(missing)
    );
}

#[test]
fn an_operator_is_checked_field_by_field() {
    type Spoil = fn(&mut OperatorInput);
    let cases: [(Spoil, &str, Wrong); 14] = [
        (|o| o.id = None, "id", Wrong::Missing),
        (
            |o| o.name = Some("a\nb".to_owned()),
            "name",
            Wrong::ControlCharacters,
        ),
        (
            |o| o.name = Some("a".repeat(121)),
            "name",
            Wrong::TooLong(120),
        ),
        (
            |o| o.email = Some("ufficio".to_owned()),
            "email",
            Wrong::NotAnAddress,
        ),
        (|o| o.roles = vec![], "roles", Wrong::Missing),
        (
            |o| o.roles.push("capo".to_owned()),
            "roles[1]",
            Wrong::UnknownRole,
        ),
        (
            |o| o.roles.push("operator".to_owned()),
            "roles[1]",
            Wrong::Repeated,
        ),
        (|o| o.appointed_by = None, "appointed_by", Wrong::Missing),
        (
            |o| o.from = Some("01/01/2026".to_owned()),
            "from",
            Wrong::NotADay,
        ),
        (
            |o| o.from = Some("2026-01-01T08:00".to_owned()),
            "from",
            Wrong::NotADay,
        ),
        (
            |o| o.until = Some("2025-12-31".to_owned()),
            "until",
            Wrong::EndsTooEarly,
        ),
        (
            |o| o.revoked_at = Some("ieri".to_owned()),
            "revoked_at",
            Wrong::NotAnInstant,
        ),
        (
            |o| o.absences = vec![absence("2026-08-10", "2026-08-11T08:00")],
            "absences[0].from",
            Wrong::NotAnHour,
        ),
        (
            |o| o.absences = vec![absence("2026-08-10T08:00", "2026-08-10T08:00")],
            "absences[0].until",
            Wrong::EndsTooEarly,
        ),
    ];

    for (spoil, field, wrong) in cases {
        let mut input = input();
        spoil(&mut input.operators[0]);
        assert_eq!(
            faults(&input),
            [(format!("operators[0].{field}"), wrong)],
            "{field}"
        );
    }
}

#[test]
fn a_phase_names_operators_that_fit_each_once() {
    let mut input = input();
    input
        .operators
        .push(operator("sportello.uno", &["operator"]));
    input.phases.take_charge = names(&["sportello.uno", "ditta", "nessuno", "sportello.uno"]);
    input.phases.forward = names(&["sportello.due"]);
    input.group.supplier = Some("sindaco".to_owned());

    assert_eq!(
        faults(&input),
        [
            ("operators[5].id".to_owned(), Wrong::Repeated),
            (
                "phases.take_charge[1]".to_owned(),
                Wrong::Unfit(&[Role::Operator])
            ),
            ("phases.take_charge[2]".to_owned(), Wrong::NotAnOperator),
            ("phases.take_charge[3]".to_owned(), Wrong::Repeated),
            (
                "phases.forward[0]".to_owned(),
                Wrong::Unfit(&[Role::SectorHead])
            ),
            ("group.supplier".to_owned(), Wrong::Unfit(&[Role::Supplier])),
        ]
    );
}

#[test]
fn everything_that_can_be_wrong_has_its_words() {
    let words = texts::italian();
    let wrongs = [
        Wrong::Missing,
        Wrong::TooLong(1),
        Wrong::TooMany(1),
        Wrong::ControlCharacters,
        Wrong::NotAnAccount,
        Wrong::NotAnAddress,
        Wrong::UnknownRole,
        Wrong::UnknownReason,
        Wrong::NotADay,
        Wrong::NotAnHour,
        Wrong::NotAnInstant,
        Wrong::EndsTooEarly,
        Wrong::Repeated,
        Wrong::NotAnOperator,
        Wrong::Unfit(&[Role::Operator]),
    ];
    for wrong in wrongs {
        let (key, values) = wrong.words();
        let values: Vec<_> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let said = words.staff(key, &values);
        assert!(said != key && !said.contains('{'), "{said}");
    }
    let keys = Phase::ALL.map(Phase::words).into_iter();
    for key in keys.chain(NotAppointed::ALL.map(NotAppointed::words)) {
        assert_ne!(words.staff(key, &[]), key);
    }
}

#[test]
fn a_roster_reads_back_as_it_was_written() {
    let roster = with_absences(&[(0, "2026-08-10T08:00", "2026-08-22T08:00")]);

    let written = serde_json::to_value(&roster).unwrap();

    assert_eq!(serde_json::from_value::<Roster>(written).unwrap(), roster);
}
