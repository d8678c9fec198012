//! The two-month reports: asked for, and found again with links that are good for a quarter of an hour.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use cloud::clock;
use cloud::staff::openapi::{Always, OnValues};
use cloud::staff::{Caller, Problem};
use domain::jobs::MakeReport;
use domain::period::TwoMonthPeriod;
use domain::report::Filing;
use domain::staff::Role;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Shared, needs};

/// Who may ask for reports and read them.
const READERS: [Role; 3] = [Role::Finance, Role::SectorHead, Role::Operator];

/// How long a link is good.
const LINK: Duration = Duration::from_mins(15);

/// A report that will be made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AskedReport {
    /// Of which period.
    #[schema(example = "2026-B5")]
    period: String,
    /// Whether the period is over: otherwise the report is provisional.
    closed: bool,
}

/// The reports of a period.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportsView {
    /// Of which period.
    #[schema(example = "2026-B5")]
    period: String,
    /// The versions, from the first; a provisional one is last.
    versions: Vec<VersionView>,
}

/// One version of a report.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionView {
    /// `v1`, `v2`, …; `provvisorio` while the period is not over.
    #[schema(example = "v1")]
    version: String,
    /// Its files.
    files: Vec<FileView>,
}

/// A file of a report.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FileView {
    /// Its name.
    #[schema(example = "registro.xlsx")]
    name: String,
    /// Where it is in the bucket.
    #[schema(example = "rubano/rendiconti/2026/B5/v1/registro.xlsx")]
    key: String,
    /// A link to it, good for fifteen minutes.
    link: String,
}

/// Asks for the report of a period.
#[utoipa::path(
    post,
    path = "/v1/reports/{period}",
    operation_id = "ask_report",
    tag = "Rendiconti",
    summary = "Chiede un rendiconto",
    description = "Mette in coda il rendiconto di un bimestre; se il bimestre non è finito, è provvisorio. \
                   Ruoli: finance, sector_head, operator.",
    params(("period" = String, Path, description = "Il bimestre.", example = "2026-B5")),
    responses(
        (status = 202, description = "Il rendiconto sarà pronto tra poco.", body = AskedReport),
        Always, OnValues,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn ask(
    State(intake): Shared,
    Caller(by): Caller,
    Path(period): Path<String>,
) -> Result<(StatusCode, Json<AskedReport>), Problem> {
    needs(&by, &READERS)?;
    let period = parse(&period)?;
    let (now, zone) = (clock::now(), &intake.tenant.time_zone);
    if period.is_future(now, zone) {
        return Err(Problem::period("problem.period_future"));
    }
    let queued = intake.reports.send(&MakeReport::Period { period }).await;
    queued.map_err(|error| Problem::unavailable(&error))?;
    let asked = AskedReport {
        period: period.to_string(),
        closed: period.is_closed(now, zone),
    };
    Ok((StatusCode::ACCEPTED, Json(asked)))
}

/// The files of a period's reports.
#[utoipa::path(
    get,
    path = "/v1/reports/{period}",
    operation_id = "list_reports",
    tag = "Rendiconti",
    summary = "Elenca i file di un rendiconto",
    description = "Tutte le versioni del rendiconto di un bimestre, con collegamenti validi quindici minuti; nessuna finché non è pronto. \
                   Ruoli: finance, sector_head, operator.",
    params(("period" = String, Path, description = "Il bimestre.", example = "2026-B5")),
    responses(
        (status = 200, description = "Le versioni.", body = ReportsView),
        Always, OnValues,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn list(
    State(intake): Shared,
    Caller(by): Caller,
    Path(period): Path<String>,
) -> Result<Json<ReportsView>, Problem> {
    needs(&by, &READERS)?;
    let period = parse(&period)?;
    let filing = Filing::of(period, &intake.tenant);
    let prefix = filing.prefix();
    let keys = intake
        .files
        .list(prefix)
        .await
        .map_err(|error| Problem::unavailable(&error))?;

    let mut versions: Vec<VersionView> = Vec::new();
    for key in keys {
        let Some((version, name)) = key
            .strip_prefix(prefix)
            .and_then(|rest| rest.split_once('/'))
        else {
            continue;
        };
        let link = intake
            .files
            .link(&key, LINK)
            .await
            .map_err(|error| Problem::unavailable(&error))?;
        let file = FileView {
            name: name.to_owned(),
            link,
            key: key.clone(),
        };
        match versions.iter_mut().find(|known| known.version == version) {
            Some(known) => known.files.push(file),
            None => versions.push(VersionView {
                version: version.to_owned(),
                files: vec![file],
            }),
        }
    }
    // The manifest is written last: without it a version was begun and never published.
    versions.retain(|version| {
        version
            .files
            .iter()
            .any(|file| file.name == Filing::MANIFEST)
    });
    versions.sort_by_key(|version| order(&version.version));
    Ok(Json(ReportsView {
        period: period.to_string(),
        versions,
    }))
}

fn parse(period: &str) -> Result<TwoMonthPeriod, Problem> {
    period
        .parse()
        .map_err(|_| Problem::period("problem.period"))
}

/// By number, for `v10` comes after `v2`; what has no number is last.
fn order(version: &str) -> u32 {
    version
        .strip_prefix('v')
        .and_then(|number| number.parse().ok())
        .unwrap_or(u32::MAX)
}
