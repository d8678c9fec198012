//! When a notice will have reached everybody, if Meta lets us write first to only so many people in 24 hours.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use cloud::clock;
use cloud::staff::openapi::{Always, OnOne};
use cloud::staff::{Caller, Problem};
use domain::staff::Role;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Shared, needs};

/// When how many people are reached.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanView {
    /// To how many the notice goes.
    recipients: u64,
    /// How many of them are not queued yet: the plan is theirs.
    left: u64,
    /// How many different people may be written to first in 24 hours; absent where there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u32>,
    /// How many have been, in the last 24.
    reached: u64,
    /// How many are reached on which day.
    days: Vec<DayView>,
    /// When the last one is reached, in UTC; absent if nobody is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_reached_at: Option<String>,
    /// How many are not reached within a year.
    unreached: u64,
    /// Until when the notice is of use, in Italian time.
    #[serde(skip_serializing_if = "Option::is_none")]
    useful_until: Option<String>,
    /// Whether everybody is reached by then.
    in_time: bool,
}

/// A day of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayView {
    /// The day, in Italy.
    #[schema(example = "2026-12-10")]
    date: String,
    /// How many are reached.
    people: u64,
}

/// The plan of a request.
#[utoipa::path(
    get,
    path = "/v1/notice-requests/{id}/plan",
    operation_id = "show_plan",
    tag = "Richieste",
    summary = "Mostra quando l'avviso arriva a tutti",
    description = "Quante persone lo ricevono in quali giorni, con il limite di Meta alle persone diverse in 24 ore, e quando lo riceve \
                   l'ultima. Una stima prudente: conta tutti come non ancora raggiunti. Tutti i ruoli.",
    params(("id" = String, Path, description = "Il codice della richiesta.", example = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B")),
    responses(
        (status = 200, description = "Il piano.", body = PlanView),
        Always, OnOne,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn show(
    State(intake): Shared,
    Caller(by): Caller,
    Path(id): Path<String>,
) -> Result<Json<PlanView>, Problem> {
    needs(&by, &Role::ALL)?;
    let request = intake.request(&id).await?;
    let (progress, _) = intake.notices.progress(&request.id).await?;
    let queued = u64::try_from(progress.recipients).unwrap_or_default();
    let tenant = &intake.tenant;
    let mut forecast = intake
        .planner
        .forecast(&request.draft, queued, tenant, clock::now())
        .await?;
    if progress.complete {
        // Whoever has subscribed since does not get it.
        forecast.recipients = queued;
        forecast.left = 0;
        forecast.plan = domain::plan::Plan::default();
    }
    let mut days = BTreeMap::new();
    for (at, people) in &forecast.plan.parts {
        *days.entry(tenant.time_zone.civil(*at).date()).or_default() += people;
    }
    let end = request.draft.useless_from(tenant).ok().flatten();
    Ok(Json(PlanView {
        recipients: forecast.recipients,
        left: forecast.left,
        limit: forecast.limit,
        reached: forecast.reached,
        days: days
            .into_iter()
            .map(|(date, people)| DayView {
                date: date.to_string(),
                people,
            })
            .collect(),
        last_reached_at: forecast.plan.last_reached_at.map(|at| at.to_string()),
        unreached: forecast.plan.unreached,
        useful_until: request.draft.useful_until.map(|until| until.to_string()),
        in_time: end.is_none_or(|end| forecast.plan.is_done_by(end)),
    }))
}
