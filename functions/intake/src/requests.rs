//! Requests: asked, listed, shown, with their history.

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use cloud::staff::openapi::{Always, OnBody, OnOne, OnValues};
use cloud::staff::{Caller, DraftBody, ETag, EntryView, JsonBody, Problem, RequestView};
use cloud::{StoreError, clock};
use domain::ids::NoticeId;
use domain::notice::{Draft, MoveKind, NoticeRequest};
use domain::staff::{Actor, Role};
use serde::Serialize;
use utoipa::ToSchema;

use crate::page::{Page, cursor};
use crate::{Intake, Shared, needs};

/// Some of the requests, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RequestsView {
    /// The requests.
    requests: Vec<RequestView>,
    /// What to give as `cursor` for the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// A request, with what the caller may do about it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OpenRequestView {
    /// The request.
    #[serde(flatten)]
    request: RequestView,
    /// The moves that are the caller's to make now, by their state, roles and turn. What the checks find is not among it: a
    /// move may still be refused.
    #[schema(example = json!(["forward", "return", "reject", "cancel"]))]
    moves: Vec<&'static str>,
}

/// Who did what, when, from the first line.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryView {
    /// The lines.
    entries: Vec<EntryView>,
}

/// The key under which a client may safely send the same request again.
#[derive(Debug)]
pub(crate) struct IdempotencyKey(Option<String>);

/// Longest key, in characters.
const LONGEST_KEY: usize = 128;

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        const NAME: &str = "Idempotency-Key";
        let Some(value) = parts.headers.get(NAME) else {
            return Ok(Self(None));
        };
        match value.to_str().map(str::trim) {
            Ok("") | Err(_) => Err(Problem::field(NAME, "field.missing", &[])),
            Ok(key) if key.len() > LONGEST_KEY => {
                let (limit, length) = (LONGEST_KEY.to_string(), key.len().to_string());
                Err(Problem::field(
                    NAME,
                    "field.too_long",
                    &[("limite", &limit), ("lunghezza", &length)],
                ))
            }
            Ok(key) => Ok(Self(Some(key.to_owned()))),
        }
    }
}

/// An office asks for a notice.
#[utoipa::path(
    post,
    path = "/v1/notice-requests",
    operation_id = "submit_request",
    tag = "Richieste",
    summary = "Chiede un avviso",
    description = "Registra la richiesta di un ufficio, se è completa e corretta. Con `Idempotency-Key` la stessa chiamata si può \
                   ripetere senza creare una seconda richiesta. Ruolo: requester.",
    params((
        "Idempotency-Key" = Option<String>, Header, max_length = 128, example = "mercatino-2026-12",
        description = "Una chiave scelta da chi chiama, diversa per ogni richiesta."
    )),
    request_body = DraftBody,
    responses(
        (
            status = 201, description = "La richiesta è registrata.", body = RequestView,
            headers(
                ("ETag" = String, description = "La versione: da ripetere in `If-Match`."),
                ("Location" = String, description = "L'indirizzo della richiesta.")
            )
        ),
        (
            status = 200, description = "La richiesta era già registrata con la stessa chiave.", body = RequestView,
            headers(
                ("ETag" = String, description = "La versione: da ripetere in `If-Match`."),
                ("Location" = String, description = "L'indirizzo della richiesta.")
            )
        ),
        Always, OnBody, OnValues,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn submit(
    State(intake): Shared,
    Caller(by): Caller,
    key: Result<IdempotencyKey, Problem>,
    body: Result<JsonBody<DraftBody>, Problem>,
) -> Result<Response, Problem> {
    needs(&by, &[Role::Requester])?;
    let IdempotencyKey(key) = key?;
    let JsonBody(body) = body?;
    let now = clock::now();
    let training = body.training;
    let draft = Draft::check(&body.into(), &intake.tenant, now)?;
    if let Some(corrected) = &draft.corrects
        && !intake.notices.has_gone_out(corrected).await?
    {
        return Err(Problem::field("corrects", "field.not_sent", &[]));
    }

    let id = key
        .as_ref()
        .map_or_else(clock::new_notice, |key| NoticeId::for_key(&by.id, key));
    let mut applied = NoticeRequest::submit(id, draft, &by, &intake.tenant, now)
        .map_err(|_| Problem::forbidden(&[Role::Requester]))?;
    if training {
        applied = NoticeRequest::as_training(applied);
    }
    let mut told = intake.desk.tell(&applied, &intake.tenant, now).await?;
    let letters = std::mem::take(&mut told.writes);
    match intake.notices.save_with(&applied, letters).await {
        Ok(()) => {
            intake.desk.post(&told).await;
            tracing::info!(notice.id = %applied.request.id, "notice {} was asked for", applied.request.id);
            Ok(intake.answer(StatusCode::CREATED, &applied.request))
        }
        Err(StoreError::Stale) => intake.asked_before(&applied.request, &by).await,
        Err(error) => Err(error.into()),
    }
}

/// The requests, newest first.
#[utoipa::path(
    get,
    path = "/v1/notice-requests",
    operation_id = "list_requests",
    tag = "Richieste",
    summary = "Elenca le richieste",
    description = "Le richieste, dalla più recente. Tutti i ruoli.",
    params(
        ("cursor" = Option<String>, Query, description = "Il `cursor` dell'ultima pagina letta."),
        ("limit" = Option<i32>, Query, description = "Quante al massimo; se manca, 25.", minimum = 1, maximum = 100)
    ),
    responses(
        (status = 200, description = "Una pagina di richieste.", body = RequestsView),
        Always, OnValues,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn list(
    State(intake): Shared,
    Caller(by): Caller,
    page: Result<Page, Problem>,
) -> Result<Json<RequestsView>, Problem> {
    needs(&by, &Role::ALL)?;
    let page = page?;
    let found = intake
        .notices
        .list(page.after.as_deref(), page.limit)
        .await?;
    Ok(Json(RequestsView {
        requests: found
            .requests
            .iter()
            .map(|request| RequestView::of(request, &intake.tenant))
            .collect(),
        cursor: found.cursor.as_deref().map(cursor),
    }))
}

/// A request as it stands.
#[utoipa::path(
    get,
    path = "/v1/notice-requests/{id}",
    operation_id = "show_request",
    tag = "Richieste",
    summary = "Mostra una richiesta",
    description = "La richiesta com'è ora, con l'anteprima esatta, il `digest` che serve per approvarla e i passi che chi chiama può \
                   fare adesso. Tutti i ruoli.",
    params(("id" = String, Path, description = "Il codice della richiesta.", example = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B")),
    responses(
        (
            status = 200, description = "La richiesta.", body = OpenRequestView,
            headers(("ETag" = String, description = "La versione: da ripetere in `If-Match`."))
        ),
        Always, OnOne,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn one(
    State(intake): Shared,
    Caller(by): Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    needs(&by, &Role::ALL)?;
    let request = intake.request(&id).await?;
    let (roster, zone) = (intake.desk.roster().await?, &intake.tenant.time_zone);
    let moves = request.open_to(&by, roster.as_ref(), clock::now(), zone);
    let view = OpenRequestView {
        request: RequestView::of(&request, &intake.tenant),
        moves: moves.into_iter().map(MoveKind::key).collect(),
    };
    Ok(([ETag(request.version).header()], Json(view)).into_response())
}

/// Who did what, when.
#[utoipa::path(
    get,
    path = "/v1/notice-requests/{id}/history",
    operation_id = "show_history",
    tag = "Richieste",
    summary = "Mostra la storia di una richiesta",
    description = "Chi ha fatto che cosa, e quando, dalla prima riga; senza autore dove si è mosso il sistema. Tutti i ruoli.",
    params(("id" = String, Path, description = "Il codice della richiesta.", example = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B")),
    responses(
        (status = 200, description = "La storia.", body = HistoryView),
        Always, OnOne,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn history(
    State(intake): Shared,
    Caller(by): Caller,
    Path(id): Path<String>,
) -> Result<Json<HistoryView>, Problem> {
    needs(&by, &Role::ALL)?;
    let id: NoticeId = id.parse().map_err(|_| Problem::not_found())?;
    let entries = intake.notices.history(&id).await?;
    if entries.is_empty() {
        return Err(Problem::not_found());
    }
    Ok(Json(HistoryView {
        entries: entries.iter().map(EntryView::from).collect(),
    }))
}

impl Intake {
    /// The request that a person names.
    pub(crate) async fn request(&self, id: &str) -> Result<NoticeRequest, Problem> {
        let id = id.parse().map_err(|_| Problem::not_found())?;
        self.notices.get(&id).await?.ok_or_else(Problem::not_found)
    }

    /// The answer to a request that was sent before under the same key. What comes under a used key and asks for something
    /// else is refused: to answer with the old request would lose the new one in silence.
    async fn asked_before(&self, again: &NoticeRequest, by: &Actor) -> Result<Response, Problem> {
        let Some(request) = self.notices.get(&again.id).await? else {
            return Err(Problem::conflict(None));
        };
        // The request may have been reworded since: its first line of history has the words that were asked.
        let history = self.notices.history(&again.id).await?;
        let first = history.first().and_then(|entry| entry.draft.as_ref());
        let is_the_same = request.submitted.by == by.id
            && request.training == again.training
            && first == Some(&again.draft);
        if !is_the_same {
            return Err(Problem::key_reused());
        }
        Ok(self.answer(StatusCode::OK, &request))
    }

    fn answer(&self, status: StatusCode, request: &NoticeRequest) -> Response {
        let location = [(
            header::LOCATION,
            format!("/v1/notice-requests/{}", request.id),
        )];
        let etag = [ETag(request.version).header()];
        (
            status,
            location,
            etag,
            Json(RequestView::of(request, &self.tenant)),
        )
            .into_response()
    }
}
