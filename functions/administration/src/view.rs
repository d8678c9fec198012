//! A roster as the staff reads and writes it: what `GET` shows can be changed and given back to `PUT`.

use cloud::staff::ETag;
use domain::roster::{
    Absence, AbsenceInput, GroupInput, Operator, OperatorInput, Phase, PhasesInput, Roster,
    RosterInput,
};
use domain::staff::{Actor, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use axum::Json;
use axum::response::{IntoResponse, Response};

/// Who is appointed, who acts in which phase and in what order, who verifies.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RosterBody {
    /// The operators, past appointments included.
    operators: Vec<OperatorBody>,
    /// The holders of each phase.
    phases: PhasesBody,
    /// The operating group.
    group: GroupBody,
    /// Addresses that are told of what no holder can be told of: a phase without anybody, a mail that could not be read.
    #[schema(example = json!(["avvisi@comune.esempio.it"]), max_items = 10)]
    mailbox: Vec<String>,
}

/// A named person with an act of appointment.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct OperatorBody {
    /// The account.
    #[schema(value_type = String, example = "sportello.uno", max_length = 128)]
    id: Option<String>,
    /// The person, as colleagues read it.
    #[schema(value_type = String, example = "Nome Cognome", max_length = 120)]
    name: Option<String>,
    /// Where the person is written to.
    #[schema(value_type = String, example = "sportello@comune.esempio.it", max_length = 254)]
    email: Option<String>,
    /// What the appointment allows: names of roles.
    #[schema(example = json!(["operator"]))]
    roles: Vec<String>,
    /// The act of appointment, as cited.
    #[schema(value_type = String, example = "decreto n. 12 del 03/03/2026", max_length = 200)]
    appointed_by: Option<String>,
    /// The first day.
    #[schema(value_type = String, example = "2026-03-03")]
    from: Option<String>,
    /// The last day, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2027-03-02")]
    until: Option<String>,
    /// The instant at which the appointment was taken back, in UTC, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<String>,
    /// When the person is away.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    absences: Vec<AbsenceBody>,
}

/// A time in which an operator is away, in Italian time.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AbsenceBody {
    /// From when.
    #[schema(value_type = String, example = "2026-08-10T08:00")]
    from: Option<String>,
    /// Until when: at that hour the person is there again.
    #[schema(value_type = String, example = "2026-08-22T08:00")]
    until: Option<String>,
    /// `leave`, `duty`, `impediment` or `other`; shown to administrators and to the person only. Never the nature of an illness.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "leave")]
    reason: Option<String>,
}

/// The accounts that act in each phase: the first in order, then the deputies.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PhasesBody {
    /// "Presa in carico": role operator.
    #[schema(example = json!(["sportello.uno", "sportello.due"]))]
    take_charge: Vec<String>,
    /// "Gestione inoltro": role `sector_head`.
    #[schema(example = json!(["capo.settore"]))]
    forward: Vec<String>,
    /// "Procedura alternativa", while nobody can forward: role operator.
    #[schema(example = json!(["sportello.uno", "sportello.due"]))]
    alternative: Vec<String>,
    /// "Report di monitoraggio": roles `sector_head`, operator.
    #[schema(example = json!(["capo.settore", "sportello.uno"]))]
    monitoring: Vec<String>,
}

/// The operating group, and who is written to on the alternative path.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct GroupBody {
    /// The members: roles `operating_group`, `sector_head`, supplier.
    #[schema(example = json!(["sindaco", "ditta", "capo.settore"]))]
    members: Vec<String>,
    /// The firm that runs the platform, whom the alternative path asks to send.
    #[schema(value_type = String, example = "ditta")]
    supplier: Option<String>,
    /// The mayor, who gets a copy on the alternative path.
    #[schema(value_type = String, example = "sindaco")]
    mayor: Option<String>,
}

impl RosterBody {
    /// `roster` as `reader` may see it.
    pub(crate) fn of(roster: &Roster, reader: &Actor) -> Self {
        let holders = |phase| texts(roster.holders(phase));
        let group = roster.group();
        Self {
            operators: roster
                .operators()
                .iter()
                .map(|operator| OperatorBody::of(operator, reader))
                .collect(),
            phases: PhasesBody {
                take_charge: holders(Phase::TakeCharge),
                forward: holders(Phase::Forward),
                alternative: holders(Phase::Alternative),
                monitoring: holders(Phase::Monitoring),
            },
            group: GroupBody {
                members: texts(&group.members),
                supplier: Some(group.supplier.to_string()),
                mayor: Some(group.mayor.to_string()),
            },
            mailbox: texts(roster.mailbox()),
        }
    }
}

impl OperatorBody {
    fn of(operator: &Operator, reader: &Actor) -> Self {
        let sees_reasons = reader.id == operator.id || reader.is_any(&[Role::Administrator]);
        Self {
            id: Some(operator.id.to_string()),
            name: Some(operator.name.clone()),
            email: Some(operator.email.to_string()),
            roles: operator
                .roles
                .iter()
                .map(|role| role.key().to_owned())
                .collect(),
            appointed_by: Some(operator.appointed_by.clone()),
            from: Some(operator.from.to_string()),
            until: operator.until.map(|until| until.to_string()),
            revoked_at: operator.revoked_at.map(|at| at.to_string()),
            absences: operator
                .absences
                .iter()
                .map(|absence| AbsenceBody::of(absence, sees_reasons))
                .collect(),
        }
    }
}

impl AbsenceBody {
    fn of(absence: &Absence, with_reason: bool) -> Self {
        let reason = absence.reason.filter(|_| with_reason);
        Self {
            from: Some(absence.from.to_string()),
            until: Some(absence.until.to_string()),
            reason: reason.map(|reason| reason.key().to_owned()),
        }
    }
}

fn texts<T: ToString>(list: &[T]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

impl From<RosterBody> for RosterInput {
    fn from(body: RosterBody) -> Self {
        let PhasesBody {
            take_charge,
            forward,
            alternative,
            monitoring,
        } = body.phases;
        let GroupBody {
            members,
            supplier,
            mayor,
        } = body.group;
        Self {
            operators: body.operators.into_iter().map(Into::into).collect(),
            phases: PhasesInput {
                take_charge,
                forward,
                alternative,
                monitoring,
            },
            group: GroupInput {
                members,
                supplier,
                mayor,
            },
            mailbox: body.mailbox,
        }
    }
}

impl From<OperatorBody> for OperatorInput {
    fn from(body: OperatorBody) -> Self {
        Self {
            id: body.id,
            name: body.name,
            email: body.email,
            roles: body.roles,
            appointed_by: body.appointed_by,
            from: body.from,
            until: body.until,
            revoked_at: body.revoked_at,
            absences: body.absences.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<AbsenceBody> for AbsenceInput {
    fn from(body: AbsenceBody) -> Self {
        Self {
            from: body.from,
            until: body.until,
            reason: body.reason,
        }
    }
}

/// The roster after a change, with its version.
pub(crate) fn answer((roster, version): &(Roster, u64), reader: &Actor) -> Response {
    let body = Json(RosterBody::of(roster, reader));
    ([ETag(*version).header()], body).into_response()
}
