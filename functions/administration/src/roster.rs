//! The roster as a whole: shown, and written anew.

use axum::extract::State;
use axum::response::Response;
use cloud::staff::openapi::{Always, OnBody, OnMove, OnOne, OnValues};
use cloud::staff::{Caller, IfMatch, JsonBody, Problem};
use cloud::{StoreError, clock};
use domain::roster::{Change, Roster};
use domain::staff::Role;

use crate::view::{RosterBody, answer};
use crate::{Shared, needs};

/// The roster as it stands.
#[utoipa::path(
    get,
    path = "/v1/roster",
    operation_id = "show_roster",
    tag = "Incaricati",
    summary = "Mostra gli incaricati",
    description = "Gli incaricati con il loro atto di nomina, l'ordine dei sostituti in ogni fase, il gruppo operativo. Il motivo di \
                   un'assenza lo vedono solo l'amministratore e l'interessato. Tutti i ruoli.",
    responses(
        (
            status = 200, description = "L'elenco.", body = RosterBody,
            headers(("ETag" = String, description = "La versione: da ripetere in `If-Match`."))
        ),
        Always, OnOne,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn show(
    State(administration): Shared,
    Caller(by): Caller,
) -> Result<Response, Problem> {
    needs(&by, &Role::ALL)?;
    Ok(answer(&administration.current().await?, &by))
}

/// The roster is written anew.
#[utoipa::path(
    put,
    path = "/v1/roster",
    operation_id = "replace_roster",
    tag = "Incaricati",
    summary = "Sostituisce gli incaricati",
    description = "Scrive per intero l'elenco: chi non c'è più non può più agire. Vuole in `If-Match` la versione letta, tranne la prima \
                   volta. Ruolo: administrator.",
    params((
        "If-Match" = Option<String>, Header, example = "\"3\"",
        description = "La versione letta, come nell'`ETag`; manca solo la prima volta."
    )),
    request_body = RosterBody,
    responses(
        (
            status = 200, description = "L'elenco com'è ora.", body = RosterBody,
            headers(("ETag" = String, description = "La nuova versione."))
        ),
        Always, OnMove, OnBody, OnValues,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn replace(
    State(administration): Shared,
    Caller(by): Caller,
    seen: Result<Option<IfMatch>, Problem>,
    body: Result<JsonBody<RosterBody>, Problem>,
) -> Result<Response, Problem> {
    needs(&by, &[Role::Administrator])?;
    let current = administration.rosters.get().await?;
    let current = current.map(|(_, version)| version);
    match (seen?, current) {
        (None, Some(_)) => return Err(Problem::precondition_required()),
        (seen, current) if seen.map(|IfMatch(version)| version) != current => {
            return Err(Problem::roster_changed());
        }
        _ => {}
    }
    let JsonBody(body) = body?;
    let roster = Roster::check(&body.into())?;
    let version = current.unwrap_or_default() + 1;
    let now = clock::now();
    let saved = administration.save(&roster, version, now, &by.id, &Change::Replaced);
    match saved.await {
        Ok(()) => Ok(answer(&(roster, version), &by)),
        Err(StoreError::Stale) => Err(Problem::roster_changed()),
        Err(error) => Err(error.into()),
    }
}
