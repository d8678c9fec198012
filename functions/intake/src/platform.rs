//! What stands in the way of sending, and how to take it out of the way: what Meta says of the number, the account and the
//! templates, what the staff has stopped, and what nobody knows of.

use axum::Json;
use axum::extract::State;
use cloud::clock;
use cloud::staff::openapi::{Always, OnBody, OnOne, OnValues};
use cloud::staff::{Caller, JsonBody, Problem};
use domain::Instant;
use domain::delivery::{FREE_PER_MONTH, Month};
use domain::ids::SendId;
use domain::platform::{Heard, Platform, Stop, StopCause, Template};
use domain::staff::Role;
use domain::texts;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::{UnknownPage, cursor};
use crate::{Shared, needs};

/// Who may let sending go on.
const LIFTERS: [Role; 2] = [Role::Operator, Role::OperatingGroup];
/// Who looks after what nobody knows of.
const FINDERS: [Role; 3] = [Role::Operator, Role::SectorHead, Role::OperatingGroup];

/// Everything that sending obeys.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlatformView {
    /// Why nothing is sent; empty while everything goes.
    stops: Vec<StopView>,
    /// The templates of which Meta has said anything.
    templates: Vec<TemplateView>,
    /// What Meta said last of the number's quality.
    #[serde(skip_serializing_if = "Option::is_none")]
    number_quality: Option<HeardView>,
    /// What became of the number's display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    number_name: Option<HeardView>,
    /// What became of the account's review.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_review: Option<HeardView>,
    /// The last alert of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<HeardView>,
    /// How many different people may be written to first in 24 hours; absent where there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    people_per_day: Option<u32>,
    /// How many have been, in the last 24.
    people_reached: u64,
    /// Notices that the staff has stopped while they were going out.
    stopped_notices: Vec<String>,
    /// Service messages of this month.
    service_messages: ServiceView,
}

/// Why nothing is sent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StopView {
    /// The cause, for programs: what `POST /v1/platform/resume` takes.
    #[schema(example = "payment")]
    cause: String,
    /// The cause, for people.
    label: String,
    /// Since when, in UTC.
    since: String,
    /// What Meta said.
    said: String,
    /// When Meta says it ends by itself, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// When one message tries again, in UTC.
    next_try: String,
    /// How many tries were refused.
    tries: u32,
}

/// What Meta said of a template.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TemplateView {
    /// Its name and language.
    #[schema(example = "avviso/it")]
    template: String,
    /// Meta's word for its status.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<HeardView>,
    /// Why, where Meta said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Until when a pause lasts, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    paused_until: Option<String>,
    /// Its quality.
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<HeardView>,
    /// What it is billed as, where Meta changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<HeardView>,
    /// What it will be billed as, where Meta announced it.
    #[serde(skip_serializing_if = "Option::is_none")]
    category_ahead: Option<HeardView>,
}

/// A word of Meta's.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeardView {
    /// The word.
    #[schema(example = "GREEN")]
    said: String,
    /// From when on it holds, in UTC.
    at: String,
}

/// Service messages of a calendar month.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServiceView {
    /// The month.
    #[schema(example = "2026-12")]
    month: String,
    /// Delivered so far.
    delivered: i64,
    /// How many are free.
    free: i64,
    /// How many free ones are left.
    free_left: i64,
}

/// What is to go on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResumeBody {
    /// The `cause` of the stop.
    #[schema(value_type = String, example = "payment")]
    cause: Option<String>,
}

/// Some of the deliveries that nobody knows of.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnknownsView {
    /// The deliveries, oldest first.
    deliveries: Vec<UnknownView>,
    /// What to give as `cursor` for the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// A delivery of which nobody knows whether it reached anybody.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnknownView {
    /// Its id, as Meta has it.
    id: String,
    /// `notice` or `reply`.
    #[schema(example = "notice")]
    kind: String,
    /// Which notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<String>,
    /// To whom, by our own id: no number and no name.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    /// Since when nobody knows, in UTC.
    since: String,
}

/// The words for a cause.
fn label(cause: StopCause) -> String {
    let key = match cause {
        StopCause::Token => "stop.token",
        StopCause::Permission => "stop.permission",
        StopCause::Payment => "stop.payment",
        StopCause::Account => "stop.account",
        StopCause::Policy => "stop.policy",
        StopCause::Number => "stop.number",
    };
    texts::italian().staff(key, &[])
}

impl StopView {
    fn of(cause: StopCause, stop: &Stop) -> Self {
        Self {
            cause: cause.key().to_owned(),
            label: label(cause),
            since: stop.since.to_string(),
            said: stop.said.clone(),
            until: stop.until.map(|until| until.to_string()),
            next_try: stop.try_at.to_string(),
            tries: stop.tries,
        }
    }
}

impl HeardView {
    fn of(heard: &Heard<String>) -> Self {
        Self::at(&heard.what, heard.at)
    }

    fn at(said: &str, at: Instant) -> Self {
        Self {
            said: said.to_owned(),
            at: at.to_string(),
        }
    }
}

impl TemplateView {
    fn of(key: &str, template: &Template) -> Self {
        Self {
            template: key.to_owned(),
            status: template.status.as_ref().map(HeardView::of),
            reason: template.reason.clone(),
            paused_until: template.paused_until.map(|until| until.to_string()),
            quality: template.quality.as_ref().map(HeardView::of),
            category: template.category.as_ref().map(HeardView::of),
            category_ahead: template
                .category_ahead
                .as_ref()
                .map(|(category, from)| HeardView::at(category, *from)),
        }
    }
}

impl UnknownView {
    fn of(id: &SendId, since: &str) -> Self {
        let (kind, notice, person) = match id {
            SendId::Notice { notice, person } => {
                ("notice", Some(notice.to_string()), Some(person.to_string()))
            }
            SendId::Reply(_) => ("reply", None, None),
        };
        Self {
            id: id.to_string(),
            kind: kind.to_owned(),
            notice,
            person,
            since: since.to_owned(),
        }
    }
}

/// What stands in the way of sending.
#[utoipa::path(
    get,
    path = "/v1/platform",
    operation_id = "show_platform",
    tag = "Piattaforma",
    summary = "Mostra lo stato di WhatsApp",
    description = "Che cosa Meta dice del numero, dell'account e dei modelli, che cosa è fermo e perché, e quanti messaggi di servizio \
                   gratuiti restano nel mese. Tutti i ruoli.",
    responses(
        (status = 200, description = "Lo stato.", body = PlatformView),
        Always,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn show(
    State(intake): Shared,
    Caller(by): Caller,
) -> Result<Json<PlatformView>, Problem> {
    needs(&by, &Role::ALL)?;
    let platform = intake.planner.platform.now().await?;
    let now = clock::now();
    let reached = intake.planner.reach.reached().await?.reached;
    let month = Month::of(now, &intake.tenant.time_zone);
    let delivered = intake
        .deliveries
        .service_messages(&intake.phone_number_id, month)
        .await?;
    Ok(Json(view(
        &platform,
        platform.people_per_day(intake.tenant.people_per_day),
        reached.counting(now),
        ServiceView {
            month: month.to_string(),
            delivered,
            free: FREE_PER_MONTH,
            free_left: (FREE_PER_MONTH - delivered).max(0),
        },
    )))
}

fn view(
    platform: &Platform,
    people_per_day: Option<u32>,
    people_reached: u64,
    service_messages: ServiceView,
) -> PlatformView {
    PlatformView {
        stops: platform
            .stops()
            .map(|(cause, stop)| StopView::of(cause, stop))
            .collect(),
        templates: platform
            .templates
            .iter()
            .map(|(key, template)| TemplateView::of(key, template))
            .collect(),
        number_quality: platform.number_quality.as_ref().map(HeardView::of),
        number_name: platform.number_name.as_ref().map(HeardView::of),
        account_review: platform.account_review.as_ref().map(HeardView::of),
        alert: platform.alert.as_ref().map(HeardView::of),
        people_per_day,
        people_reached,
        stopped_notices: platform
            .stopped_notices
            .iter()
            .map(ToString::to_string)
            .collect(),
        service_messages,
    }
}

/// Lets sending go on at once.
#[utoipa::path(
    post,
    path = "/v1/platform/resume",
    operation_id = "resume_sending",
    tag = "Piattaforma",
    summary = "Riprende l'invio fermo",
    description = "Toglie subito un fermo, quando il suo motivo è risolto; se non lo è, il prossimo messaggio lo rimette. Senza questo \
                   comando un messaggio riprova da solo di tanto in tanto. Ruoli: operator, operating_group.",
    request_body = ResumeBody,
    responses(
        (status = 200, description = "L'invio riprende: lo stato dopo il comando.", body = PlatformView),
        Always, OnOne, OnBody, OnValues,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn resume(
    state: Shared,
    caller: Caller,
    body: Result<JsonBody<ResumeBody>, Problem>,
) -> Result<Json<PlatformView>, Problem> {
    needs(&caller.0, &LIFTERS)?;
    let JsonBody(ResumeBody { cause }) = body?;
    let word = cause.unwrap_or_default();
    if word.trim().is_empty() {
        return Err(Problem::field("cause", "field.missing", &[]));
    }
    let Some(cause) = StopCause::of_key(word.trim()) else {
        let all = StopCause::ALL.map(StopCause::key).join(", ");
        return Err(Problem::field(
            "cause",
            "field.unknown_cause",
            &[("motivi", &all)],
        ));
    };
    let platform = &state.planner.platform;
    let stopped = |platform: &Platform| platform.stops().any(|(stopped, _)| stopped == cause);
    if !stopped(&platform.now().await?) {
        return Err(Problem::not_stopped());
    }
    let now = clock::now();
    let after = platform
        .change(|platform| platform.lift(cause, now))
        .await?;
    if stopped(&after) {
        // It was stopped anew at this very moment.
        return Err(Problem::conflict(None));
    }
    tracing::info!(
        stop.cause = cause.key(),
        "sending goes on: the stop «{}» is lifted",
        cause.key()
    );
    show(state, caller).await
}

/// What nobody knows of.
#[utoipa::path(
    get,
    path = "/v1/unknown",
    operation_id = "list_unknown",
    tag = "Piattaforma",
    summary = "Elenca i recapiti di esito ignoto",
    description = "Messaggi chiamati una volta, di cui WhatsApp non ha detto più nulla entro il termine: non vengono ripetuti, perché \
                   nessuno li riceva due volte. Dal più vecchio. Ruoli: operator, sector_head, operating_group.",
    params(
        ("cursor" = Option<String>, Query, description = "Il `cursor` dell'ultima pagina letta."),
        ("limit" = Option<i32>, Query, description = "Quanti al massimo; se manca, 25.", minimum = 1, maximum = 100)
    ),
    responses(
        (status = 200, description = "Una pagina di recapiti.", body = UnknownsView),
        Always, OnValues,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn unknown(
    State(intake): Shared,
    Caller(by): Caller,
    page: Result<UnknownPage, Problem>,
) -> Result<Json<UnknownsView>, Problem> {
    needs(&by, &FINDERS)?;
    let page = page?;
    let found = intake
        .deliveries
        .unknown(page.after.as_deref(), page.limit)
        .await?;
    let is_full = usize::try_from(page.limit).is_ok_and(|limit| found.len() >= limit);
    let last = found.last().filter(|_| is_full);
    Ok(Json(UnknownsView {
        cursor: last.map(|(_, at)| cursor(at)),
        deliveries: found
            .iter()
            .map(|(id, at)| UnknownView::of(id, at.split('#').next().unwrap_or_default()))
            .collect(),
    }))
}
