//! Takes the requests of the offices and shows the staff what there is: requests and their history, the register of what
//! went out, the reports. It also serves the description of the whole staff API, at `/docs`, and the page at which the staff acts,
//! at `/desk`.

mod certificate;
mod checks;
mod config;
mod csv;
mod desk;
mod inbox;
mod ledger;
mod page;
mod plan;
mod platform;
mod register;
mod reports;
mod requests;

pub use config::Config;
pub use desk::DeskPage;

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::{get, post};
use cloud::checks::Checker;
use cloud::deliveries::Deliveries;
use cloud::desk::Desk;
use cloud::files::Files;
use cloud::inbox::Inbox;
use cloud::ledger::Ledger;
use cloud::notices::Notices;
use cloud::queue::Queue;
use cloud::reach::Planner;
use cloud::staff::openapi::Bearer;
use cloud::staff::{Problem, ProblemBody};
use domain::staff::{Actor, Role};
use domain::tenant::Tenant;
use utoipa::OpenApi;

/// What lives as long as the process.
#[derive(Debug)]
pub struct Intake {
    /// The requests.
    pub notices: Notices,
    /// Every move of them, in a chain that can be verified.
    pub ledger: Ledger,
    /// What became of what was sent.
    pub deliveries: Deliveries,
    /// Where a report is asked for.
    pub reports: Queue,
    /// Where reports and the seals of the register are.
    pub files: Files,
    /// Who acts, and who is told.
    pub desk: Desk,
    /// What is found of a request.
    pub checker: Checker,
    /// The mails of the offices.
    pub inbox: Inbox,
    /// The same as they were received.
    pub received: Files,
    /// What Meta says and allows, and when a notice will have reached everybody.
    pub planner: Planner,
    /// Whose service messages are counted.
    pub phone_number_id: String,
    /// Where the staff signs in and acts.
    pub desk_page: DeskPage,
    /// The settings of the comune.
    pub tenant: Tenant,
}

type Shared = axum::extract::State<Arc<Intake>>;

/// The routes of the function.
pub fn app(intake: Arc<Intake>) -> Router {
    Router::new()
        .route(
            "/v1/notice-requests",
            post(requests::submit).get(requests::list),
        )
        .route("/v1/notice-requests/{id}", get(requests::one))
        .route("/v1/notice-requests/{id}/history", get(requests::history))
        .route("/v1/notice-requests/{id}/plan", get(plan::show))
        .route("/v1/notice-requests/{id}/checks", get(checks::show))
        .route("/v1/register", get(register::list))
        .route("/v1/register/{id}", get(register::one))
        .route("/v1/register/{id}/certificate", get(certificate::show))
        .route("/v1/ledger", get(ledger::search))
        .route("/v1/ledger/verify", get(ledger::verify))
        .route("/v1/ledger/export", get(ledger::export))
        .route("/v1/inbox", get(inbox::list))
        .route("/v1/inbox/{id}/settle", post(inbox::settle))
        .route("/v1/platform", get(platform::show))
        .route("/v1/platform/resume", post(platform::resume))
        .route("/v1/unknown", get(platform::unknown))
        .route(
            "/v1/reports/{period}",
            post(reports::ask).get(reports::list),
        )
        .route("/openapi.json", get(description))
        .route("/docs", get(docs))
        .route("/desk", get(desk::show))
        .route("/desk/{id}", get(desk::show))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .with_state(intake)
}

/// The description of every function's addresses, as committed: a test keeps it current.
async fn description() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/json")],
        include_str!("../../../docs/openapi.json"),
    )
}

/// A page that shows the description. It loads nothing from elsewhere, and is not allowed to.
async fn docs() -> impl IntoResponse {
    const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; \
                          base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    (
        [(header::CONTENT_SECURITY_POLICY, POLICY)],
        Html(include_str!("docs.html")),
    )
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
    info(
        title = "Portavoce: API degli uffici",
        description = "Dalla richiesta di un avviso al registro e al rendiconto. Ogni chiamata porta il token dell'account personale; \
                       i ruoli sono i gruppi dell'account. Gli errori sono «problem details» (RFC 9457).",
        license(name = "EUPL-1.2", identifier = "EUPL-1.2"),
        contact()
    ),
    servers((url = "/", description = "Questo comune")),
    paths(
        requests::submit, requests::list, requests::one, requests::history, plan::show, checks::show,
        register::list, register::one, certificate::show,
        ledger::search, ledger::verify, ledger::export,
        inbox::list, inbox::settle,
        platform::show, platform::resume, platform::unknown,
        reports::ask, reports::list
    ),
    components(schemas(ProblemBody)),
    tags(
        (name = "Richieste", description = "Che cosa gli uffici chiedono di inviare, e che cosa ne è stato."),
        (name = "Registro", description = "Gli avvisi inviati, con i conteggi dei recapiti. Nessun dato dei cittadini."),
        (name = "Posta", description = "Le e-mail degli uffici che aspettano una persona."),
        (name = "Piattaforma", description = "Che cosa Meta dice del numero, dell'account e dei modelli, e che cosa ferma l'invio."),
        (name = "Rendiconti", description = "I rendiconti bimestrali, in CSV e XLSX.")
    ),
    modifiers(&Bearer)
)]
struct Api;

/// The description of the addresses of this function.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Api::openapi()
}
