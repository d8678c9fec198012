//! Keeps the roster: who is appointed to what and until when, who stands in for whom, who is away. Each change is one
//! conditional write, together with the line of history that says who made it.

mod acting;
mod changes;
mod config;
mod people;
mod roster;
mod view;

pub use config::Config;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use cloud::StoreError;
use cloud::clock;
use cloud::roster::{Rosters, Versioned};
use cloud::staff::openapi::Bearer;
use cloud::staff::{Problem, ProblemBody};
use domain::Instant;
use domain::ids::StaffId;
use domain::roster::{Change, Entry, NotChanged, Roster};
use domain::staff::{Actor, Role};
use domain::tenant::Tenant;
use utoipa::OpenApi;

/// How often a change is made anew on what somebody else has just written.
const TRIES: usize = 8;

/// What lives as long as the process.
#[derive(Debug)]
pub struct Administration {
    /// The roster and its history.
    pub rosters: Rosters,
    /// The settings of the comune.
    pub tenant: Tenant,
}

type Shared = axum::extract::State<Arc<Administration>>;

/// The routes of the function.
pub fn app(administration: Arc<Administration>) -> Router {
    Router::new()
        .route("/v1/roster", get(roster::show).put(roster::replace))
        .route("/v1/roster/acting", get(acting::show))
        .route("/v1/roster/changes", get(changes::list))
        .route("/v1/roster/absences", post(people::away))
        .route("/v1/roster/absences/end", post(people::back))
        .route("/v1/roster/operators/{id}/revoke", post(people::revoke))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .with_state(administration)
}

impl Administration {
    /// The roster at this moment; a problem where nobody has written one yet.
    async fn current(&self) -> Result<Versioned, Problem> {
        self.rosters.get().await?.ok_or_else(Problem::not_found)
    }

    /// Changes the roster as it is at this moment, whoever else changes it at the same time; what it is then. A change that
    /// changes nothing writes nothing.
    async fn change(
        &self,
        by: &StaffId,
        change: &Change,
        apply: impl Fn(Roster, Instant) -> Result<Roster, NotChanged>,
    ) -> Result<Versioned, Problem> {
        for _ in 0..TRIES {
            let (before, version) = self.current().await?;
            let now = clock::now();
            let after = apply(before.clone(), now).map_err(Problem::roster_unchanged)?;
            if after == before {
                return Ok((after, version));
            }
            let version = version + 1;
            match self.save(&after, version, now, by, change).await {
                Err(StoreError::Stale) => {}
                saved => {
                    saved?;
                    return Ok((after, version));
                }
            }
        }
        Err(Problem::conflict(None))
    }

    /// Writes version `version` of the roster, with its line of history.
    async fn save(
        &self,
        roster: &Roster,
        version: u64,
        now: Instant,
        by: &StaffId,
        change: &Change,
    ) -> Result<(), StoreError> {
        let entry = Entry {
            version,
            at: now,
            by: by.clone(),
            change: change.clone(),
        };
        self.rosters.save(roster, &entry).await?;
        let what = change.key();
        tracing::info!(
            roster.version = version,
            roster.change = what,
            "roster {version}: {what}"
        );
        Ok(())
    }
}

/// Refuses an actor with none of `roles`.
fn needs(by: &Actor, roles: &[Role]) -> Result<(), Problem> {
    if by.is_any(roles) {
        Ok(())
    } else {
        Err(Problem::forbidden(roles))
    }
}

#[derive(OpenApi)]
#[openapi(
    paths(
        roster::show, roster::replace, acting::show, changes::list, people::away, people::back, people::revoke
    ),
    components(schemas(ProblemBody)),
    tags((
        name = "Incaricati",
        description = "Chi agisce in ogni fase: atti di nomina, ordine dei sostituti, assenze, revoche. Ogni modifica resta nella storia."
    )),
    modifiers(&Bearer)
)]
struct Api;

/// The description of the addresses of this function.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Api::openapi()
}
