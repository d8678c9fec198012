//! A comune with its people, for the tests of the workflow.

use super::draft::tests::{input, now};
use super::{Draft, NoticeRequest};
use crate::Instant;
use crate::roster::{AbsenceInput, GroupInput, OperatorInput, PhasesInput, Roster, RosterInput};
use crate::staff::{Actor, Role};
use crate::tenant::Zone;
use crate::tenant::tests::rubano;

pub(crate) fn actor(name: &str, roles: &[Role]) -> Actor {
    Actor {
        id: name.parse().unwrap(),
        roles: roles.to_vec(),
    }
}

pub(crate) fn zone() -> Zone {
    rubano().time_zone
}

pub(crate) fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// What the office has just asked for.
pub(crate) fn request() -> NoticeRequest {
    let draft = Draft::check(&input(), &rubano(), now()).unwrap();
    let office = actor("ufficio.cultura", &[Role::Requester]);
    let id = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B".parse().unwrap();
    NoticeRequest::submit(id, draft, &office, &rubano(), now())
        .unwrap()
        .request
}

/// The whole day of 24 November 2026.
pub(crate) fn absent(who: &'static str) -> (&'static str, AbsenceInput) {
    let absence = AbsenceInput {
        from: Some("2026-11-24T00:00".to_owned()),
        until: Some("2026-11-25T00:00".to_owned()),
        reason: None,
    };
    (who, absence)
}

/// One head of the sector without a deputy, two at the desk, the group with its supplier.
pub(crate) fn roster(absences: &[(&str, AbsenceInput)]) -> Roster {
    let operator = |id: &str, role: Role| OperatorInput {
        id: Some(id.to_owned()),
        name: Some(format!("Incaricato {id}")),
        email: Some(format!("{id}@example.it")),
        roles: vec![role.key().to_owned()],
        appointed_by: Some("decreto n. 12 del 03/03/2026".to_owned()),
        from: Some("2026-01-01".to_owned()),
        absences: absences
            .iter()
            .filter(|(who, _)| *who == id)
            .map(|(_, absence)| absence.clone())
            .collect(),
        ..OperatorInput::default()
    };
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Roster::check(&RosterInput {
        operators: vec![
            operator("sportello.uno", Role::Operator),
            operator("sportello.due", Role::Operator),
            operator("capo.settore", Role::SectorHead),
            operator("gruppo.uno", Role::OperatingGroup),
            operator("sindaco", Role::OperatingGroup),
            operator("fornitore", Role::Supplier),
        ],
        phases: PhasesInput {
            take_charge: list(&["sportello.uno", "sportello.due"]),
            forward: list(&["capo.settore"]),
            alternative: list(&["sportello.uno", "sportello.due"]),
            monitoring: list(&["capo.settore", "sportello.uno"]),
        },
        group: GroupInput {
            members: list(&["gruppo.uno", "sindaco"]),
            supplier: Some("fornitore".to_owned()),
            mayor: Some("sindaco".to_owned()),
        },
        mailbox: list(&["avvisi@example.it"]),
    })
    .unwrap()
}
