use super::*;
use crate::notice::tests::{absent, actor, at, roster, zone};

fn of(
    step: MoveKind,
    name: &str,
    roles: &[Role],
    roster: &Roster,
) -> Result<Authority, NoAuthority> {
    Authority::of(
        roster,
        step,
        actor(name, roles),
        at("2026-11-24T10:00:00+01:00"),
        &zone(),
    )
}

#[test]
fn the_first_who_is_there_takes_charge_and_nobody_else() {
    let all = roster(&[]);
    assert!(
        of(
            MoveKind::TakeCharge,
            "sportello.uno",
            &[Role::Operator],
            &all
        )
        .is_ok()
    );
    assert_eq!(
        of(
            MoveKind::TakeCharge,
            "sportello.due",
            &[Role::Operator],
            &all
        ),
        Err(NoAuthority::NotYourTurn {
            who: "sportello.uno".parse().unwrap()
        })
    );

    let away = roster(&[absent("sportello.uno")]);
    let deputy = of(
        MoveKind::TakeCharge,
        "sportello.due",
        &[Role::Operator],
        &away,
    )
    .unwrap();
    assert_eq!(deputy.instead_of, "sportello.uno".parse().ok());
}

#[test]
fn the_alternative_path_opens_with_the_heads_absence() {
    let present = of(
        MoveKind::ForwardDirectly,
        "sportello.uno",
        &[Role::Operator],
        &roster(&[]),
    );
    let present = present.unwrap();
    assert!(!present.head_is_absent);

    let away = roster(&[absent("capo.settore")]);
    let direct = of(
        MoveKind::ForwardDirectly,
        "sportello.uno",
        &[Role::Operator],
        &away,
    )
    .unwrap();
    assert!(direct.head_is_absent);
}

#[test]
fn without_an_appointment_a_token_with_the_role_is_worth_nothing() {
    let outcome = of(
        MoveKind::Reword,
        "ex.operatore",
        &[Role::Operator],
        &roster(&[]),
    );
    assert_eq!(
        outcome,
        Err(NoAuthority::NotAppointed(NotAppointed::Unknown))
    );

    let office = of(
        MoveKind::Cancel,
        "ufficio.cultura",
        &[Role::Requester],
        &roster(&[]),
    );
    assert_eq!(office.unwrap().actor.roles, [Role::Requester]);
}

#[test]
fn only_the_group_and_its_supplier_approve() {
    let group = roster(&[]);
    for (who, role) in [
        ("gruppo.uno", Role::OperatingGroup),
        ("fornitore", Role::Supplier),
    ] {
        assert!(of(MoveKind::Approve, who, &[role], &group).is_ok());
    }
    assert_eq!(
        of(
            MoveKind::Approve,
            "sportello.uno",
            &[Role::Operator],
            &group
        ),
        Err(NoAuthority::NotOfTheGroup)
    );
}
