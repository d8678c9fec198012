mod life;
mod properties;
mod values;

use super::*;
use crate::Instant;
use crate::staff::{Actor, Role};
use crate::tenant::Tenant;
use crate::tenant::tests::rubano;

/// Ten in the morning of Monday the 5th of October 2026, in Rome.
const MORNING: &str = "2026-10-05T08:00:00Z";

fn at(instant: &str) -> Instant {
    instant.parse().unwrap()
}

fn reason() -> Reason {
    "lampada sostituita".parse().unwrap()
}

fn number(written: &str) -> ProtocolNumber {
    written.parse().unwrap()
}

fn officer() -> Officer {
    let actor = Actor {
        id: "sportello.uno".parse().unwrap(),
        roles: vec![Role::Requester, Role::Operator],
    };
    Officer::of(&actor, None).unwrap()
}

fn received() -> Case {
    Case::received(
        Codice::new(2026, 123).unwrap(),
        at(MORNING),
        "illuminazione".parse().unwrap(),
        "Illuminazione pubblica - Via Roma 12".parse().unwrap(),
        false,
    )
}

fn around<'a>(tenant: &'a Tenant, now: &str) -> Around<'a> {
    Around {
        tenant,
        reopen_days: 30,
        other: None,
        now: at(now),
    }
}

fn staff(step: ByStaff) -> Move {
    Move::Staff {
        by: officer(),
        step,
    }
}

fn register(written: &str, date: &str) -> ByStaff {
    ByStaff::Register {
        number: number(written),
        date: date.parse().unwrap(),
    }
}

fn citizen_reopens() -> Move {
    Move::Citizen {
        step: ByCitizen::Reopen { reason: None },
    }
}

/// The case after `steps`, each of which is allowed.
fn after(case: Case, steps: impl IntoIterator<Item = Move>) -> Case {
    let tenant = rubano();
    steps.into_iter().fold(case, |case, step| {
        case.apply(step, &around(&tenant, MORNING)).unwrap().case
    })
}

fn registered() -> Case {
    after(
        received(),
        [
            Move::System {
                step: BySystem::Forward,
            },
            staff(register("0001234/2026", "2026-10-05")),
        ],
    )
}

fn resolved() -> Case {
    after(
        registered(),
        [
            staff(ByStaff::TakeCharge),
            staff(ByStaff::Resolve { outcome: reason() }),
        ],
    )
}

/// Why `step` is not made of `case` on that morning.
fn why_not(case: Case, step: Move) -> Why {
    let tenant = rubano();
    case.apply(step, &around(&tenant, MORNING)).unwrap_err().why
}
