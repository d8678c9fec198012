//! The moves, one address each, and their description (OpenAPI). Summaries and answers are Italian: offices read them.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use cloud::staff::openapi::{Always, Bearer, OnBody, OnMove, OnOne, OnValues};
use cloud::staff::{DraftBody, Problem, ProblemBody, RequestView};
use domain::Instant;
use domain::editorial::CheckId;
use domain::notice::{Digest, Draft, Move};
use domain::tenant::Tenant;
use serde::Deserialize;
use utoipa::{OpenApi, ToSchema};

use crate::Approval;
use crate::asked::Asked;

/// A move that says nothing more: no body, or an empty object.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// The approval of exact words.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// The `digest` of the request as the approver has read it.
    #[schema(value_type = String, example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    digest: Option<String>,
}

/// A move that somebody is told the reason of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Because {
    /// Why, in words for the office; at most 1,000 characters are kept.
    #[schema(value_type = String, example = "Manca l'orario di chiusura.")]
    reason: Option<String>,
}

/// A check that is set aside.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetAside {
    /// The number of the check.
    #[schema(value_type = String, example = "E16")]
    check: Option<String>,
    /// Why, in words for whoever reads the register; at most 1,000 characters are kept.
    #[schema(value_type = String, example = "È il promemoria del giorno prima.")]
    reason: Option<String>,
}

/// A check that a second person sets aside too.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Agreed {
    /// The number of the check.
    #[schema(value_type = String, example = "E16")]
    check: Option<String>,
}

type Shared = State<Arc<Approval>>;
type Answer = Result<Response, Problem>;

/// Describes a move: the summary, the body, and the answers that all moves share.
macro_rules! moves {
    ($(#[$doc:meta])* $name:ident, $path:literal, $summary:literal, $description:literal, $body:ident, $read:expr) => {
        $(#[$doc])*
        #[utoipa::path(
            post,
            path = $path,
            tag = "Passi dell'avviso",
            summary = $summary,
            description = $description,
            params(
                ("id" = String, Path, description = "Il codice della richiesta.", example = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B"),
                ("If-Match" = String, Header, description = "La versione letta, come nell'`ETag`: `\"3\"`.", example = "\"3\""),
            ),
            request_body = $body,
            responses(
                (
                    status = 200, description = "La richiesta dopo il passo.", body = RequestView,
                    headers(("ETag" = String, description = "La nuova versione."))
                ),
                Always, OnOne, OnMove, OnBody, OnValues,
            ),
            security(("bearer" = [])),
        )]
        pub(crate) async fn $name(State(approval): Shared, asked: Asked<$body>) -> Answer {
            approval.make(asked, $read).await
        }
    };
}

moves!(
    /// An operator takes the request in charge.
    take_charge, "/v1/notice-requests/{id}/take-charge",
    "Prende in carico", "L'operatore prende in carico una richiesta dell'ufficio. Ruolo: operator.",
    Nothing, |_, _, _| Ok(Move::TakeCharge)
);

moves!(
    /// The words, the link or the hour change.
    reword, "/v1/notice-requests/{id}/reword",
    "Modifica il testo", "Sostituisce testo, link, ora e dati della richiesta; un'approvazione già data decade. Ruoli: operator, sector_head, supplier.",
    DraftBody, |body, tenant, now| draft(body, tenant, now).map(Move::Reword)
);

moves!(
    /// Somebody goes on in spite of a check.
    waive, "/v1/notice-requests/{id}/waive",
    "Procede nonostante un controllo", "Supera, con un motivo, un controllo che ha segnalato qualcosa; alcuni vogliono anche una seconda persona o il segretario. Vale per il testo com'è ora. Ruoli: operator, sector_head, operating_group, secretary.",
    SetAside, |body, _, _| Ok(Move::Waive(check(body.check.as_deref())?, body.reason.unwrap_or_default()))
);

moves!(
    /// A second person agrees.
    second, "/v1/notice-requests/{id}/second",
    "Conferma di procedere", "Una seconda persona conferma che si procede nonostante un controllo. Ruoli: operator, sector_head, operating_group, secretary.",
    Agreed, |body, _, _| Ok(Move::Second(check(body.check.as_deref())?))
);

moves!(
    /// The head being absent, the desk passes it on itself.
    forward_directly, "/v1/notice-requests/{id}/forward-directly",
    "Inoltra direttamente (capo settore assente)", "Procedura alternativa: lo sportello chiede direttamente alla ditta incaricata, con copia al capo settore e al sindaco. Si apre solo se nessuno può inoltrare. Ruolo: operator.",
    Nothing, |_, _, _| Ok(Move::ForwardDirectly)
);

moves!(
    /// Somebody of the group is against it.
    object, "/v1/notice-requests/{id}/object",
    "Si oppone", "Un componente del gruppo operativo, o la ditta incaricata, si oppone, con il motivo: la richiesta torna all'ufficio o, se il comune ha scelto così, conta come voto contrario. Ruoli: operating_group, supplier.",
    Because, |body, _, _| Ok(Move::Object(body.reason.unwrap_or_default()))
);

moves!(
    /// What was held at its hour goes out now.
    release, "/v1/notice-requests/{id}/release",
    "Invia ora un avviso trattenuto", "Fa partire adesso un avviso trattenuto alla sua ora, dopo averne riletto le parole: vuole il `digest`. Ruoli: sector_head, operating_group.",
    Words, |body, _, _| digest(body.digest.as_deref()).map(Move::Release)
);

moves!(
    /// The head of the sector passes it to the operating group.
    forward, "/v1/notice-requests/{id}/forward",
    "Inoltra al gruppo operativo", "Il capo settore inoltra la richiesta al gruppo operativo. Ruolo: sector_head.",
    Nothing, |_, _, _| Ok(Move::Forward)
);

moves!(
    /// Somebody of the group approves the words they have read.
    approve, "/v1/notice-requests/{id}/approve",
    "Approva le parole esatte", "Approva l'anteprima che ha il `digest` indicato. Chi ha chiesto l'avviso non può approvarlo. Ruoli: operating_group, supplier.",
    Words, |body, _, _| digest(body.digest.as_deref()).map(Move::Approve)
);

moves!(
    /// It goes back to the office.
    send_back, "/v1/notice-requests/{id}/return",
    "Restituisce per modifiche", "Rimanda la richiesta all'ufficio, con il motivo. Ruoli: operator, sector_head, operating_group.",
    Because, |body, _, _| Ok(Move::Return(body.reason.unwrap_or_default()))
);

moves!(
    /// It is turned down.
    reject, "/v1/notice-requests/{id}/reject",
    "Respinge", "Chiude la richiesta senza invio, con il motivo. Ruoli: operator, sector_head, operating_group.",
    Because, |body, _, _| Ok(Move::Reject(body.reason.unwrap_or_default()))
);

moves!(
    /// The office asks again.
    resubmit, "/v1/notice-requests/{id}/resubmit",
    "Ripresenta", "L'ufficio ripresenta, corretta, una sua richiesta che gli è stata restituita; per chi scrive via e-mail lo fa lo sportello. Ruoli: requester, operator.",
    DraftBody, |body, tenant, now| draft(body, tenant, now).map(Move::Resubmit)
);

moves!(
    /// It is to go out at its hour.
    schedule, "/v1/notice-requests/{id}/schedule",
    "Programma l'invio", "Programma l'invio di una richiesta approvata, all'ora richiesta. Ruoli: operator, sector_head, operating_group.",
    Nothing, |_, _, _| Ok(Move::Schedule)
);

moves!(
    /// It is no longer wanted.
    cancel, "/v1/notice-requests/{id}/cancel",
    "Annulla", "Annulla una richiesta che non è ancora in invio, con il motivo; l'ufficio annulla solo le proprie. Ruoli: requester, operator, sector_head, operating_group.",
    Because, |body, _, _| Ok(Move::Cancel(body.reason.unwrap_or_default()))
);

moves!(
    /// What has not left yet is held.
    stop, "/v1/notice-requests/{id}/stop",
    "Ferma l'invio", "Ferma un avviso che sta uscendo, con il motivo: chi non l'ha ancora ricevuto non lo riceve finché non si riprende. Ruoli: operator, sector_head, operating_group.",
    Because, |body, _, _| Ok(Move::Stop(body.reason.unwrap_or_default()))
);

moves!(
    /// What was held goes on.
    resume, "/v1/notice-requests/{id}/resume",
    "Riprende l'invio", "Riprende un invio fermato, da dove era: nessuno riceve l'avviso due volte. Ruoli: sector_head, operating_group.",
    Nothing, |_, _, _| Ok(Move::Resume)
);

fn digest(quoted: Option<&str>) -> Result<Digest, Problem> {
    match quoted.map(str::trim) {
        None | Some("") => Err(Problem::field("digest", "field.missing", &[])),
        Some(digest) => Ok(Digest::quoted(digest)),
    }
}

fn check(number: Option<&str>) -> Result<CheckId, Problem> {
    let number = number.map(str::trim).unwrap_or_default();
    if number.is_empty() {
        return Err(Problem::field("check", "field.missing", &[]));
    }
    CheckId::ALL
        .into_iter()
        .find(|check| check.key().eq_ignore_ascii_case(number))
        .ok_or_else(|| Problem::field("check", "field.not_a_check", &[]))
}

fn draft(body: DraftBody, tenant: &Tenant, now: Instant) -> Result<Box<Draft>, Problem> {
    Ok(Box::new(Draft::check(&body.into(), tenant, now)?))
}

#[derive(OpenApi)]
#[openapi(
    paths(take_charge, reword, waive, second, forward, forward_directly, approve, object, release, send_back, reject, resubmit, schedule, cancel, stop, resume),
    components(schemas(ProblemBody)),
    tags((
        name = "Passi dell'avviso",
        description = "Dalla presa in carico alla programmazione, e l'arresto di un invio in corso. Ogni passo vuole in `If-Match` la versione letta."
    )),
    modifiers(&Bearer)
)]
struct Api;

/// The description of the addresses of this function.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Api::openapi()
}
