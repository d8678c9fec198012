//! One operator at a time: away, back, no longer appointed. These are made on the roster as it is at that moment, so they
//! need no version: two of them at once are both made.

use axum::extract::{Path, State};
use axum::response::Response;
use cloud::clock;
use cloud::staff::openapi::{Always, OnBody, OnChange, OnOne, OnValues};
use cloud::staff::{Caller, JsonBody, Problem};
use domain::ids::StaffId;
use domain::roster::{Absence, AbsenceInput, Change};
use domain::staff::{Actor, Role};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::view::{RosterBody, answer};
use crate::{Administration, Shared, needs};

/// Longest reason that is kept, in characters.
const LONGEST_REASON: usize = 1000;

/// An absence to come.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AwayBody {
    /// The account of who will be away.
    #[schema(value_type = String, example = "sportello.uno", max_length = 128)]
    operator: Option<String>,
    /// From when, in Italian time.
    #[schema(value_type = String, example = "2026-08-10T08:00")]
    from: Option<String>,
    /// Until when: at that hour the person is there again.
    #[schema(value_type = String, example = "2026-08-22T08:00")]
    until: Option<String>,
    /// `leave`, `duty`, `impediment` or `other`; it may be left out. Never the nature of an illness.
    #[schema(example = "leave")]
    reason: Option<String>,
}

/// An absence that ends early, or is called off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BackBody {
    /// The account of who is back.
    #[schema(value_type = String, example = "sportello.uno", max_length = 128)]
    operator: Option<String>,
    /// The `from` of the absence; without it, the absence of this moment.
    #[schema(example = "2026-08-10T08:00:00")]
    from: Option<String>,
}

/// Why an appointment is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevokeBody {
    /// The reason or the act, in words; at most 1,000 characters.
    #[schema(value_type = String, example = "decreto n. 40 del 01/09/2026", max_length = 1000)]
    reason: Option<String>,
}

/// Somebody will be away.
#[utoipa::path(
    post,
    path = "/v1/roster/absences",
    operation_id = "add_absence",
    tag = "Incaricati",
    summary = "Annota un'assenza",
    description = "Annota quando un incaricato è assente: in quel tempo agisce il primo sostituto presente. Ruolo: administrator; ogni \
                   incaricato per sé.",
    request_body = AwayBody,
    responses(
        (
            status = 200, description = "L'elenco com'è ora.", body = RosterBody,
            headers(("ETag" = String, description = "La nuova versione."))
        ),
        Always, OnOne, OnChange, OnBody, OnValues,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn away(
    State(administration): Shared,
    Caller(by): Caller,
    body: Result<JsonBody<AwayBody>, Problem>,
) -> Result<Response, Problem> {
    let JsonBody(body) = administration
        .for_oneself_or_administrator(&by, body)
        .await?;
    let operator = for_whom(&by, body.operator.as_deref())?;
    let absence = Absence::check(&AbsenceInput {
        from: body.from,
        until: body.until,
        reason: body.reason,
    })?;
    let change = Change::Absent {
        operator: operator.clone(),
        absence: absence.clone(),
    };
    let changed = administration.change(&by.id, &change, |roster, _| {
        roster.with_absence(&operator, &absence)
    });
    Ok(answer(&changed.await?, &by))
}

/// Somebody is back.
#[utoipa::path(
    post,
    path = "/v1/roster/absences/end",
    operation_id = "end_absence",
    tag = "Incaricati",
    summary = "Chiude un'assenza",
    description = "Chiude adesso l'assenza in corso, o toglie un'assenza futura indicata con il suo inizio. Ruolo: administrator; ogni \
                   incaricato per sé.",
    request_body = BackBody,
    responses(
        (
            status = 200, description = "L'elenco com'è ora.", body = RosterBody,
            headers(("ETag" = String, description = "La nuova versione."))
        ),
        Always, OnOne, OnChange, OnBody, OnValues,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn back(
    State(administration): Shared,
    Caller(by): Caller,
    body: Result<JsonBody<BackBody>, Problem>,
) -> Result<Response, Problem> {
    let JsonBody(body) = administration
        .for_oneself_or_administrator(&by, body)
        .await?;
    let operator = for_whom(&by, body.operator.as_deref())?;
    let from = match body.from.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(text) => Some(
            text.parse()
                .map_err(|_| Problem::field("from", "field.not_a_date", &[]))?,
        ),
    };
    let change = Change::Returned {
        operator: operator.clone(),
        from,
    };
    let zone = &administration.tenant.time_zone;
    let changed = administration.change(&by.id, &change, |roster, now| {
        roster.with_return(&operator, from, now, zone)
    });
    Ok(answer(&changed.await?, &by))
}

/// An appointment is taken back.
#[utoipa::path(
    post,
    path = "/v1/roster/operators/{id}/revoke",
    operation_id = "revoke_appointment",
    tag = "Incaricati",
    summary = "Revoca un incarico",
    description = "Fa cessare subito un incarico, con il motivo: da questo momento ogni passo dell'incaricato è rifiutato. Ruolo: \
                   administrator.",
    params(("id" = String, Path, description = "L'account dell'incaricato.", example = "sportello.uno")),
    request_body = RevokeBody,
    responses(
        (
            status = 200, description = "L'elenco com'è ora.", body = RosterBody,
            headers(("ETag" = String, description = "La nuova versione."))
        ),
        Always, OnOne, OnChange, OnBody, OnValues,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn revoke(
    State(administration): Shared,
    Caller(by): Caller,
    id: Result<Path<String>, axum::extract::rejection::PathRejection>,
    body: Result<JsonBody<RevokeBody>, Problem>,
) -> Result<Response, Problem> {
    needs(&by, &[Role::Administrator])?;
    let Path(id) = id.map_err(|_| Problem::not_found())?;
    let operator: StaffId = id.parse().map_err(|_| Problem::not_found())?;
    let (roster, _) = administration.current().await?;
    roster.operator(&operator).ok_or_else(Problem::not_found)?;
    let JsonBody(body) = body?;
    let reason = reason(body.reason.as_deref())?;
    let change = Change::Revoked {
        operator: operator.clone(),
        reason,
    };
    let zone = &administration.tenant.time_zone;
    let changed = administration.change(&by.id, &change, |roster, now| {
        roster.with_revocation(&operator, now, zone)
    });
    Ok(answer(&changed.await?, &by))
}

impl Administration {
    /// Lets pass an administrator, and whoever has an appointment that holds: for themself, as [`for_whom`] sees to.
    async fn for_oneself_or_administrator<B>(
        &self,
        by: &Actor,
        body: Result<B, Problem>,
    ) -> Result<B, Problem> {
        needs(by, &Role::ALL)?;
        let (roster, _) = self.current().await?;
        if !by.is_any(&[Role::Administrator]) {
            roster
                .may_act(&by.id, clock::now(), &self.tenant.time_zone)
                .map_err(Problem::not_appointed)?;
        }
        body
    }
}

/// Whose absence it is: anybody's for an administrator, one's own for everybody else.
fn for_whom(by: &Actor, operator: Option<&str>) -> Result<StaffId, Problem> {
    let missing = || Problem::field("operator", "field.missing", &[]);
    let operator = operator.map(str::trim).filter(|name| !name.is_empty());
    let operator: StaffId = operator
        .ok_or_else(missing)?
        .parse()
        .map_err(|_| Problem::field("operator", "roster.not_an_account", &[]))?;
    if operator == by.id || by.is_any(&[Role::Administrator]) {
        Ok(operator)
    } else {
        Err(Problem::forbidden(&[Role::Administrator]))
    }
}

fn reason(text: Option<&str>) -> Result<String, Problem> {
    let text = text.map(str::trim).unwrap_or_default();
    if text.is_empty() {
        return Err(Problem::field("reason", "problem.reason_missing", &[]));
    }
    if text.chars().count() > LONGEST_REASON {
        let limit = LONGEST_REASON.to_string();
        return Err(Problem::field(
            "reason",
            "roster.too_long",
            &[("limite", &limit)],
        ));
    }
    Ok(text.to_owned())
}
