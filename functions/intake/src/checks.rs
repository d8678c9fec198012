//! What the checks find of a request, before anybody decides.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use cloud::clock;
use cloud::staff::openapi::{Always, OnOne};
use cloud::staff::{Caller, Problem};
use domain::editorial::{Duplicate, Finding, Severity, Waivable, Why};
use domain::notice::{in_the_way, needed};
use domain::staff::Role;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Intake, needs};

/// What is to be known of a request before it goes further.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChecksView {
    /// The exact words that citizens will read.
    preview: String,
    /// What the checks found, in the order of their numbers.
    findings: Vec<FindingView>,
    /// Earlier notices that look like it, the most alike first.
    duplicates: Vec<DuplicateView>,
    /// The page that it leads to, as it was just now.
    page: PageView,
    /// To how many people it goes, as things are.
    recipients: u64,
    /// What it is expected to cost if everybody gets it, in euro: absent without a price list.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "30.00")]
    cost: Option<String>,
    /// When the last of them is reached, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_reached_at: Option<String>,
}

/// Something that a check found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FindingView {
    /// The check.
    #[schema(example = "E09")]
    check: String,
    /// What it is about.
    name: String,
    /// `block`, `warn` or `info`.
    #[schema(example = "warn")]
    severity: &'static str,
    /// What was found.
    message: String,
    /// What to write instead, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<String>,
    /// What it takes to go on all the same: `with_reason`, `with_second_person`, `by_secretary`, or `never`. Absent where
    /// nothing is in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "with_reason")]
    waivable: Option<&'static str>,
    /// Whether it has been set aside, by all whom that takes.
    set_aside: bool,
}

/// An earlier notice that looks like it, as the register has it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DuplicateView {
    /// Which.
    #[schema(example = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B")]
    notice: String,
    /// What it is about.
    title: String,
    /// Its words.
    text: String,
    /// Its page.
    link: String,
    /// The local day on which it went out, or is wanted.
    #[schema(example = "2026-12-10")]
    sent_on: String,
    /// The day of its event, where it tells one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-12-12")]
    event_date: Option<String>,
    /// How much alike, from 0 to 1.
    score: f64,
    /// `same_link`, `near_text` or `same_event`.
    why: &'static str,
}

/// The page of a notice.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PageView {
    /// Where redirects ended.
    url: String,
    /// The HTTP status; 0 if there was no answer.
    status: u16,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// The day of its publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<String>,
    /// SHA-256 of what it says.
    digest: String,
}

/// What the checks find of a request.
#[utoipa::path(
    get,
    path = "/v1/notice-requests/{id}/checks",
    operation_id = "show_checks",
    tag = "Richieste",
    summary = "Controlla una richiesta",
    description = "I controlli editoriali (E01–E24) sul testo com'è ora, la pagina del sito, gli avvisi simili già nel registro, i destinatari \
                   e l'ora dell'ultimo recapito. Legge la pagina in questo momento. Tutti i ruoli.",
    params(("id" = String, Path, description = "Il codice della richiesta.", example = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B")),
    responses(
        (status = 200, description = "I controlli.", body = ChecksView),
        Always, OnOne,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn show(
    State(intake): State<Arc<Intake>>,
    Caller(by): Caller,
    Path(id): Path<String>,
) -> Result<Json<ChecksView>, Problem> {
    needs(&by, &Role::ALL)?;
    let request = intake.request(&id).await?;
    let tenant = &intake.tenant;
    let checked = intake
        .checker
        .look(
            &request,
            &intake.notices,
            &intake.planner,
            tenant,
            clock::now(),
        )
        .await?;
    let kind = request.draft.kind;
    let in_the_way = in_the_way(&checked.findings, kind, &request.waivers);
    let aside =
        |finding: &Finding| needed(finding, kind).is_some() && !in_the_way.contains(&finding);
    Ok(Json(ChecksView {
        preview: request.draft.preview(tenant),
        findings: checked
            .findings
            .iter()
            .map(|finding| FindingView {
                waivable: needed(finding, kind).map(waivable),
                set_aside: aside(finding),
                ..FindingView::from(finding)
            })
            .collect(),
        duplicates: checked.duplicates.iter().map(DuplicateView::from).collect(),
        page: PageView {
            url: checked.page.final_url,
            status: checked.page.status,
            title: checked.page.title,
            published: checked.page.published.map(|date| date.to_string()),
            digest: checked.page.digest,
        },
        recipients: checked.forecast.recipients,
        cost: checked.cost.map(|cost| format!("{cost:.2}")),
        last_reached_at: checked
            .forecast
            .plan
            .last_reached_at
            .map(|at| at.to_string()),
    }))
}

impl From<&Finding> for FindingView {
    fn from(finding: &Finding) -> Self {
        Self {
            check: finding.check.key().to_owned(),
            name: finding.check.name().to_owned(),
            severity: match finding.severity {
                Severity::Block => "block",
                Severity::Warn => "warn",
                Severity::Info => "info",
            },
            message: finding.message(),
            suggestion: finding.suggestion.clone(),
            waivable: None,
            set_aside: false,
        }
    }
}

impl From<&Duplicate> for DuplicateView {
    fn from(duplicate: &Duplicate) -> Self {
        let earlier = &duplicate.earlier;
        Self {
            notice: earlier.notice.to_string(),
            title: earlier.title.clone(),
            text: earlier.text.clone(),
            link: earlier.link.clone(),
            sent_on: earlier.sent_on.to_string(),
            event_date: earlier.event_date.map(|date| date.to_string()),
            score: duplicate.score,
            why: match duplicate.why {
                Why::SameLink => "same_link",
                Why::SameEvent => "same_event",
                Why::NearText => "near_text",
            },
        }
    }
}

fn waivable(how: Waivable) -> &'static str {
    match how {
        Waivable::Never => "never",
        Waivable::WithReason => "with_reason",
        Waivable::WithSecondPerson => "with_second_person",
        Waivable::BySecretary => "by_secretary",
    }
}
