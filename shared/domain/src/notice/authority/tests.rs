use super::*;
use crate::notice::tests::{absent, actor, at, request, roster, zone};
use crate::notice::{Move, NoticeRequest};
use crate::tenant::tests::rubano;

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

/// Taken in charge by the desk.
fn taken() -> NoticeRequest {
    let desk = actor("sportello.uno", &[Role::Operator]);
    let now = at("2026-11-24T10:00:00+01:00");
    let taken = request().apply(Move::TakeCharge, &desk, &rubano(), now);
    taken.unwrap().request
}

fn open_to(
    request: &NoticeRequest,
    name: &str,
    role: Role,
    roster: Option<&Roster>,
) -> Vec<MoveKind> {
    let now = at("2026-11-24T10:00:00+01:00");
    request.open_to(&actor(name, &[role]), roster, now, &zone())
}

#[test]
fn the_moves_that_are_open_are_those_of_ones_roles_and_turn() {
    use MoveKind as M;
    let (all, away) = (roster(&[]), roster(&[absent("capo.settore")]));
    let taken = taken();

    assert_eq!(
        open_to(&taken, "capo.settore", Role::SectorHead, Some(&all)),
        [
            M::Reword,
            M::Waive,
            M::Second,
            M::Forward,
            M::Return,
            M::Reject,
            M::Cancel
        ]
    );
    let desk = |name, roster| open_to(&taken, name, Role::Operator, roster);
    assert!(!desk("sportello.uno", Some(&all)).contains(&M::ForwardDirectly));
    assert!(desk("sportello.uno", Some(&away)).contains(&M::ForwardDirectly));
    // It is the turn of the first who is there.
    assert!(!desk("sportello.due", Some(&away)).contains(&M::ForwardDirectly));
    assert_eq!(desk("ex.operatore", Some(&all)), []);
    // Without a roster the token says it, and nothing says that the head is absent.
    assert!(desk("chiunque", None).contains(&M::Return));
    assert!(!desk("chiunque", None).contains(&M::ForwardDirectly));
}

#[test]
fn who_asked_is_not_offered_to_approve_and_nobody_what_the_system_does() {
    let head = actor("capo.settore", &[Role::SectorHead]);
    let now = at("2026-11-24T10:00:00+01:00");
    let forwarded = taken().apply(Move::Forward, &head, &rubano(), now);
    let forwarded = forwarded.unwrap().request;

    let group = |name| open_to(&forwarded, name, Role::OperatingGroup, None);

    assert!(group("gruppo.uno").contains(&MoveKind::Approve));
    assert!(!group("gruppo.uno").contains(&MoveKind::Silence));
    assert!(!group("ufficio.cultura").contains(&MoveKind::Approve));
    let office = |name| open_to(&forwarded, name, Role::Requester, None);
    assert_eq!(office("ufficio.cultura"), [MoveKind::Cancel]);
    assert_eq!(office("ufficio.tributi"), []);
}
