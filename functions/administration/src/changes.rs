//! The history of the roster: who changed what, when.

use axum::Json;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use cloud::staff::openapi::{Always, OnValues};
use cloud::staff::{Caller, Problem};
use domain::roster::{Change, Entry};
use domain::staff::Role;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Shared, needs};

/// Who may read the history.
const READERS: [Role; 3] = [Role::Administrator, Role::SectorHead, Role::Secretary];
/// Changes of a page.
const PAGE: i32 = 50;
/// One more than the last version there can be.
const LAST: u64 = 9_999_999_999;

/// Some of the changes, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangesView {
    /// The changes.
    changes: Vec<ChangeView>,
    /// What to give as `before` for the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<u64>,
}

/// A change of the roster.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangeView {
    /// The version that it made.
    #[schema(example = 3)]
    version: u64,
    /// When, in UTC.
    at: String,
    /// Which account made it.
    by: String,
    /// `replaced`, `absent`, `returned` or `revoked`.
    #[schema(example = "absent")]
    change: String,
    /// The operator it is about; absent where the whole roster was written anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<String>,
    /// From when the absence lasts, in Italian time.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// Until when it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// Why an appointment was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl ChangeView {
    fn of(entry: &Entry) -> Self {
        let (from, until, reason) = match &entry.change {
            Change::Replaced => (None, None, None),
            Change::Absent { absence, .. } => (Some(absence.from), Some(absence.until), None),
            Change::Returned { from, .. } => (*from, None, None),
            Change::Revoked { reason, .. } => (None, None, Some(reason.clone())),
        };
        Self {
            version: entry.version,
            at: entry.at.to_string(),
            by: entry.by.to_string(),
            change: entry.change.key().to_owned(),
            operator: entry.change.operator().map(ToString::to_string),
            from: from.map(|hour| hour.to_string()),
            until: until.map(|hour| hour.to_string()),
            reason,
        }
    }
}

/// Before which version; `None` for the newest page.
#[derive(Debug)]
pub(crate) struct Before(Option<u64>);

impl<S: Sync> FromRequestParts<S> for Before {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Query(pairs) =
            Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).unwrap_or_default();
        let given = pairs
            .into_iter()
            .find(|(name, value)| name == "before" && !value.is_empty());
        let Some((_, text)) = given else {
            return Ok(Self(None));
        };
        match text.parse() {
            Ok(version @ 1..=LAST) => Ok(Self(Some(version))),
            _ => Err(Problem::field(
                "before",
                "field.not_a_number",
                &[("limite", &LAST.to_string())],
            )),
        }
    }
}

/// The changes, newest first.
#[utoipa::path(
    get,
    path = "/v1/roster/changes",
    operation_id = "list_roster_changes",
    tag = "Incaricati",
    summary = "Elenca le modifiche degli incaricati",
    description = "Chi ha modificato l'elenco, quando e come, dalla modifica più recente. Ruoli: sector_head, administrator, secretary.",
    params((
        "before" = Option<u64>, Query, description = "Il `before` dell'ultima pagina letta.", minimum = 1, maximum = 9_999_999_999_u64
    )),
    responses(
        (status = 200, description = "Una pagina di modifiche.", body = ChangesView),
        Always, OnValues,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn list(
    State(administration): Shared,
    Caller(by): Caller,
    before: Result<Before, Problem>,
) -> Result<Json<ChangesView>, Problem> {
    needs(&by, &READERS)?;
    let Before(before) = before?;
    let entries = administration.rosters.changes(before, PAGE).await?;
    let last = entries.last().map(|entry| entry.version);
    Ok(Json(ChangesView {
        before: last.filter(|version| *version > 1),
        changes: entries.iter().map(ChangeView::of).collect(),
    }))
}
