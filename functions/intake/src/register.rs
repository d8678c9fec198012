//! The register: what went out, when, and how many it reached. Written by the system alone.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use cloud::clock;
use cloud::staff::openapi::{Always, OnOne, OnValues};
use cloud::staff::{Caller, Problem, SignedView};
use domain::notice::NoticeRequest;
use domain::period::TwoMonthPeriod;
use domain::register::RegisterRow;
use domain::staff::Role;
use domain::texts;
use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use utoipa::ToSchema;

use crate::page::{Page, cursor};
use crate::{Intake, Shared, needs};

/// How many rows are counted at once.
const AT_ONCE: usize = 8;

/// Some rows of the register, in the order in which the notices went out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RegisterPage {
    /// The two-month period.
    #[schema(example = "2026-B6")]
    period: String,
    /// The rows.
    rows: Vec<RegisterView>,
    /// What to give as `cursor` for the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// A row of the register.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RegisterView {
    /// Which notice.
    #[schema(example = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B")]
    notice: String,
    /// What it is about.
    title: String,
    /// What kind it is.
    #[schema(example = "evento")]
    kind: String,
    /// The words of the office.
    text: String,
    /// The news item.
    link: String,
    /// Which office asked.
    office: String,
    /// The hour that the office wanted, in Italian time.
    #[schema(example = "2026-12-10T09:30:00")]
    wanted_at: String,
    /// Who asked.
    submitted: SignedView,
    /// Who took charge.
    #[serde(skip_serializing_if = "Option::is_none")]
    taken: Option<SignedView>,
    /// Who forwarded.
    #[serde(skip_serializing_if = "Option::is_none")]
    forwarded: Option<SignedView>,
    /// Who approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    approved: Option<SignedView>,
    /// Where it stands, for programs.
    #[schema(example = "sent")]
    state: String,
    /// Where it stands, for people.
    #[schema(example = "inviata")]
    label: String,
    /// When it began to go out, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    dispatched_at: Option<String>,
    /// People selected when it went out.
    recipients: i64,
    /// Not sent because they had left by then.
    left: i64,
    /// Taken by WhatsApp.
    accepted: i64,
    /// Left WhatsApp's servers.
    sent: i64,
    /// On the phone.
    delivered: i64,
    /// Read.
    read: i64,
    /// Refused or failed.
    failed: i64,
    /// Called, with no word from WhatsApp.
    unclear: i64,
    /// Selected and not called yet.
    waiting: i64,
    /// Billed deliveries by Meta's category.
    billable: BTreeMap<String, i64>,
}

impl From<RegisterRow> for RegisterView {
    fn from(row: RegisterRow) -> Self {
        Self {
            notice: row.notice.to_string(),
            title: row.title,
            kind: row.kind.key().to_owned(),
            text: row.text,
            link: row.link,
            office: row.office,
            wanted_at: row.wanted_at.to_string(),
            submitted: (&row.submitted).into(),
            taken: row.taken.as_ref().map(SignedView::from),
            forwarded: row.forwarded.as_ref().map(SignedView::from),
            approved: row.approved.as_ref().map(SignedView::from),
            state: row.state.key().to_owned(),
            label: texts::italian().state(row.state.key()).to_owned(),
            dispatched_at: row.dispatched_at.map(|at| at.to_string()),
            recipients: row.recipients,
            left: row.left,
            accepted: row.accepted,
            sent: row.sent,
            delivered: row.delivered,
            read: row.read,
            failed: row.failed,
            unclear: row.unclear,
            waiting: row.waiting,
            billable: row.billable,
        }
    }
}

/// The notices that went out in a period.
#[utoipa::path(
    get,
    path = "/v1/register",
    operation_id = "list_register",
    tag = "Registro",
    summary = "Elenca gli avvisi inviati",
    description = "Gli avvisi il cui invio è cominciato nel bimestre, in ordine d'invio, con i conteggi di questo momento. Tutti i ruoli.",
    params(
        ("period" = Option<String>, Query, description = "Il bimestre; se manca, quello in corso.", example = "2026-B6"),
        ("cursor" = Option<String>, Query, description = "Il `cursor` dell'ultima pagina letta."),
        ("limit" = Option<i32>, Query, description = "Quanti al massimo; se manca, 25.", minimum = 1, maximum = 100)
    ),
    responses(
        (status = 200, description = "Una pagina del registro.", body = RegisterPage),
        Always, OnValues,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn list(
    State(intake): Shared,
    Caller(by): Caller,
    page: Result<Page, Problem>,
) -> Result<Json<RegisterPage>, Problem> {
    needs(&by, &Role::ALL)?;
    let page = page?;
    let period = match &page.period {
        Some(text) => text
            .parse()
            .map_err(|_| Problem::period("problem.period"))?,
        None => TwoMonthPeriod::of(clock::now(), &intake.tenant.time_zone),
    };
    let found = intake
        .notices
        .dispatched_page(period, page.after.as_deref(), page.limit)
        .await?;
    let rows = stream::iter(found.requests)
        .map(async |request| intake.row(&request).await)
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(Json(RegisterPage {
        period: period.to_string(),
        rows,
        cursor: found.cursor.as_deref().map(cursor),
    }))
}

/// The row of one notice.
#[utoipa::path(
    get,
    path = "/v1/register/{id}",
    operation_id = "show_register_row",
    tag = "Registro",
    summary = "Mostra un avviso del registro",
    description = "La riga di un avviso, anche prima che parta: i conteggi sono allora a zero. Tutti i ruoli.",
    params(("id" = String, Path, description = "Il codice dell'avviso.", example = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B")),
    responses(
        (status = 200, description = "La riga.", body = RegisterView),
        Always, OnOne,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn one(
    State(intake): Shared,
    Caller(by): Caller,
    Path(id): Path<String>,
) -> Result<Json<RegisterView>, Problem> {
    needs(&by, &Role::ALL)?;
    let request = intake.request(&id).await?;
    intake.row(&request).await.map(Json)
}

impl Intake {
    async fn row(&self, request: &NoticeRequest) -> Result<RegisterView, Problem> {
        // The counts first: the recipients of a page are written before it is queued, so that no row shows more deliveries
        // than recipients.
        let counts = self.deliveries.counts(&request.id).await?;
        let (progress, _) = self.notices.progress(&request.id).await?;
        Ok(RegisterRow::of(request, progress.recipients, &counts).into())
    }
}
