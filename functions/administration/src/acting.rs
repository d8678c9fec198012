//! Who acts at this moment, and when nobody will.

use axum::Json;
use axum::extract::State;
use cloud::clock;
use cloud::staff::openapi::{Always, OnOne};
use cloud::staff::{Caller, Problem};
use domain::ids::StaffId;
use domain::roster::{Acting, Gap, Phase, Roster};
use domain::staff::Role;
use domain::tenant::Zone;
use domain::{Instant, texts};
use jiff::SignedDuration;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Shared, needs};

/// How far ahead gaps are looked for: long enough to change a plan of holidays.
const AHEAD: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Who acts now, and when nobody will.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActingView {
    /// The moment, in UTC.
    at: String,
    /// Who acts, phase by phase.
    phases: Vec<PhaseView>,
    /// Whether the alternative path is open, because nobody can forward.
    alternative_path: bool,
    /// When nobody will be able to act, in the next 14 days.
    gaps: Vec<GapView>,
}

/// Who acts in a phase.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PhaseView {
    /// The phase, for programs.
    #[schema(example = "take_charge")]
    phase: String,
    /// The phase, for people.
    #[schema(example = "presa in carico")]
    label: String,
    /// Who acts; absent where nobody can.
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<PersonView>,
    /// In whose place, because they are away.
    #[serde(skip_serializing_if = "Option::is_none")]
    instead_of: Option<PersonView>,
}

/// An operator.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonView {
    /// The account.
    #[schema(example = "sportello.uno")]
    id: String,
    /// The person.
    name: String,
}

/// A time in which nobody can act in a phase.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GapView {
    /// The phase, for programs.
    #[schema(example = "take_charge")]
    phase: String,
    /// The phase, for people.
    #[schema(example = "presa in carico")]
    label: String,
    /// From when, in Italian time.
    #[schema(example = "2026-08-17T08:00:00")]
    from: String,
    /// Until when, in Italian time; at the end of the 14 days it may go on.
    #[schema(example = "2026-08-18T08:00:00")]
    until: String,
}

fn label(phase: Phase) -> String {
    texts::italian().staff(phase.words(), &[])
}

impl PhaseView {
    fn of(roster: &Roster, phase: Phase, now: Instant, zone: &Zone) -> Self {
        let person = |id: StaffId| PersonView {
            name: roster
                .operator(&id)
                .map(|operator| operator.name.clone())
                .unwrap_or_default(),
            id: id.into(),
        };
        let (who, instead_of) = match roster.acting(phase, now, zone) {
            Acting::By { who, instead_of } => (Some(who), instead_of),
            Acting::Gap => (None, None),
        };
        Self {
            phase: phase.key().to_owned(),
            label: label(phase),
            who: who.map(person),
            instead_of: instead_of.map(person),
        }
    }
}

impl GapView {
    fn of(gap: &Gap, zone: &Zone) -> Self {
        Self {
            phase: gap.phase.key().to_owned(),
            label: label(gap.phase),
            from: zone.civil(gap.from).to_string(),
            until: zone.civil(gap.until).to_string(),
        }
    }
}

/// Who acts now.
#[utoipa::path(
    get,
    path = "/v1/roster/acting",
    operation_id = "show_acting",
    tag = "Incaricati",
    summary = "Mostra chi agisce ora",
    description = "Chi agisce in questo momento in ogni fase, e al posto di chi; se è aperta la procedura alternativa; quando, nei \
                   prossimi 14 giorni, nessuno potrà agire. Tutti i ruoli.",
    responses(
        (status = 200, description = "Chi agisce.", body = ActingView),
        Always, OnOne,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn show(
    State(administration): Shared,
    Caller(by): Caller,
) -> Result<Json<ActingView>, Problem> {
    needs(&by, &Role::ALL)?;
    let (roster, _) = administration.current().await?;
    let (now, zone) = (clock::now(), &administration.tenant.time_zone);
    let gaps = roster.gaps(now, now + AHEAD, zone);
    Ok(Json(ActingView {
        at: now.to_string(),
        phases: Phase::ALL
            .into_iter()
            .map(|phase| PhaseView::of(&roster, phase, now, zone))
            .collect(),
        alternative_path: roster.sector_head_absent(now, zone),
        gaps: gaps.iter().map(|gap| GapView::of(gap, zone)).collect(),
    }))
}
