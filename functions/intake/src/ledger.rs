//! The register that can be verified: searched, verified, taken out.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use cloud::ledger::Found;
use cloud::staff::openapi::{Always, OnValues};
use cloud::staff::{Caller, Problem};
use domain::ledger::{Seal, Search, Verdict, What, cells, headers};
use domain::notice::{MoveKind, StateName};
use domain::report::Cell;
use domain::staff::Role;
use domain::texts;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::csv::Csv;
use crate::page::{cursor, limit_of, number_after, value};
use crate::{Shared, needs};

/// Who may take the register out.
const READERS: [Role; 3] = [Role::Finance, Role::SectorHead, Role::Operator];

/// The largest file that is answered at once, in bytes: Lambda answers no more than six megabytes, quotes escaped.
const LARGEST: usize = 4 * 1024 * 1024;

/// Some rows of the register, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LedgerPage {
    /// The rows.
    rows: Vec<LedgerView>,
    /// What to give as `cursor` to look further back; absent at the end. A page may be short, even empty, and have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// A row: one move of one request.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LedgerView {
    /// Its place in the register, from 1.
    number: u64,
    /// When, in UTC.
    at: String,
    /// Of which request.
    #[schema(example = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B")]
    notice: String,
    /// The version that the move made.
    version: u64,
    /// The move; `submit` for the request itself.
    #[schema(example = "take_charge")]
    step: String,
    /// Who; absent when the system moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// In whose place, where it was a deputy.
    #[serde(skip_serializing_if = "Option::is_none")]
    instead_of: Option<String>,
    /// The state that the move led to, for programs.
    #[schema(example = "taken_in_charge")]
    state: String,
    /// The same for people.
    #[schema(example = "in carico")]
    label: String,
    /// What the notice is about.
    title: String,
    /// The words as they stood.
    text: String,
    /// The news item.
    link: String,
    /// Which office asked.
    office: String,
    /// The wanted hour, in Italian time.
    #[schema(example = "2026-12-10T09:30:00")]
    wanted_at: String,
    /// The digest of the words.
    digest: String,
    /// The reason given, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Which check was set aside, where the move was about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "E16")]
    check: Option<String>,
    /// Whether it was a rehearsal, in which nothing is sent.
    training: bool,
    /// The hash of the row.
    hash: String,
}

impl From<Found> for LedgerView {
    fn from(Found { row, hash }: Found) -> Self {
        Self {
            number: row.number,
            at: row.at.to_string(),
            notice: row.notice.to_string(),
            version: row.version,
            step: row.step.map_or("submit", MoveKind::key).to_owned(),
            by: row.by.map(String::from),
            instead_of: row.instead_of.map(String::from),
            state: row.state.key().to_owned(),
            label: texts::italian().state(row.state.key()).to_owned(),
            title: row.title,
            text: row.text,
            link: row.link,
            office: row.office,
            wanted_at: row.wanted_at.to_string(),
            digest: row.digest.as_str().to_owned(),
            reason: row.reason,
            check: row.check.map(|check| check.key().to_owned()),
            training: row.training,
            hash,
        }
    }
}

/// Whether the register is as it was written.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VerdictView {
    /// Whether nothing was altered.
    intact: bool,
    /// The same for people.
    #[schema(example = "Il registro è integro: 128 righe.")]
    message: String,
    /// How many rows there are, where nothing was altered.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<u64>,
    /// The hash of the last row, where nothing was altered.
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<String>,
    /// The newest seal.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seal: Option<SealView>,
    /// What was altered.
    #[serde(skip_serializing_if = "Option::is_none")]
    altered: Option<AlteredView>,
}

/// The seal of a day: the last row of that moment, in a file that nobody can change.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SealView {
    /// The day.
    #[schema(example = "2026-12-10")]
    date: String,
    /// The number of the last row.
    number: u64,
    /// Its hash.
    hash: String,
    /// When the seal was set, in UTC.
    sealed_at: String,
}

/// The first row that was altered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlteredView {
    /// Its number.
    number: u64,
    /// What is wrong with it.
    #[schema(
        pattern = r"^(hash_differs|missing|out_of_place|unreadable|head_differs|seal_differs)$"
    )]
    what: String,
    /// With `seal_differs`: the day of the seal.
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    /// With `seal_differs`: the last row that an earlier seal confirms.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<u64>,
}

impl From<Seal> for SealView {
    fn from(seal: Seal) -> Self {
        Self {
            date: seal.date.to_string(),
            number: seal.number,
            hash: seal.hash.into(),
            sealed_at: seal.sealed_at.to_string(),
        }
    }
}

impl VerdictView {
    fn of(verdict: Verdict, last_seal: Option<Seal>) -> Self {
        let words = texts::italian();
        let last_seal = last_seal.map(SealView::from);
        match verdict {
            Verdict::Intact { rows, head } => Self {
                intact: true,
                message: words.staff("ledger.intact", &[("righe", &rows.to_string())]),
                rows: Some(rows),
                head: Some(head.into()),
                last_seal,
                altered: None,
            },
            Verdict::Altered { number, what } => {
                let (date, after) = match what {
                    What::SealDiffers { date, after } => (Some(date.to_string()), Some(after)),
                    _ => (None, None),
                };
                Self {
                    intact: false,
                    message: what.said(number),
                    rows: None,
                    head: None,
                    last_seal,
                    altered: Some(AlteredView {
                        number,
                        what: what.key().to_owned(),
                        date,
                        after,
                    }),
                }
            }
        }
    }
}

/// What a call looks for.
#[derive(Debug)]
pub(crate) struct Wanted(Search);

impl<S: Sync> FromRequestParts<S> for Wanted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(Search {
            text: value(parts, "text"),
            link: value(parts, "link"),
            from: day(parts, "from")?,
            to: day(parts, "to")?,
            office: value(parts, "office"),
            state: value(parts, "state").map(|name| state(&name)).transpose()?,
        }))
    }
}

fn day(parts: &Parts, name: &str) -> Result<Option<Date>, Problem> {
    let day = value(parts, name).map(|text| {
        text.parse()
            .ok()
            .filter(|day: &Date| day.to_string() == text)
    });
    match day {
        Some(None) => Err(Problem::field(name, "field.not_a_day", &[])),
        day => Ok(day.flatten()),
    }
}

fn state(name: &str) -> Result<StateName, Problem> {
    let known = StateName::ALL.into_iter().find(|state| state.key() == name);
    known.ok_or_else(|| {
        let all = StateName::ALL.map(StateName::key).join(", ");
        Problem::field("state", "field.unknown_state", &[("stati", &all)])
    })
}

/// Where a search goes on, and how much of it is wanted.
#[derive(Debug)]
pub(crate) struct Before {
    number: Option<u64>,
    limit: usize,
}

impl<S: Sync> FromRequestParts<S> for Before {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self {
            number: value(parts, "cursor")
                .map(|text| number_after(&text))
                .transpose()?,
            limit: usize::try_from(limit_of(parts)?).unwrap_or_default(),
        })
    }
}

/// The rows that are looked for.
#[utoipa::path(
    get,
    path = "/v1/ledger",
    operation_id = "search_ledger",
    tag = "Registro",
    summary = "Cerca nel registro concatenato",
    description = "Ogni passo di ogni richiesta è una riga del registro del Comune, che nessuno può cambiare senza che si veda. \
                   Le righe che soddisfano tutti i criteri dati, dalla più recente; una pagina può essere corta, anche vuota, \
                   e avere un `cursor`: la ricerca allora prosegue. Tutti i ruoli.",
    params(
        ("text" = Option<String>, Query, description = "Parole dell'oggetto, del testo o del motivo, senza badare a maiuscole e accenti."),
        ("link" = Option<String>, Query, description = "L'indirizzo della notizia, comunque scritto.", example = "rubano.it/notizie/mercatino-di-natale"),
        ("from" = Option<String>, Query, description = "Il primo giorno, nell'ora italiana.", example = "2026-12-01"),
        ("to" = Option<String>, Query, description = "L'ultimo giorno.", example = "2026-12-31"),
        ("office" = Option<String>, Query, description = "Parole del nome dell'ufficio.", example = "cultura"),
        ("state" = Option<String>, Query, description = "Lo stato a cui il passo ha portato.", example = "sent"),
        ("cursor" = Option<String>, Query, description = "Il `cursor` dell'ultima pagina letta."),
        ("limit" = Option<i32>, Query, description = "Quante al massimo; se manca, 25.", minimum = 1, maximum = 100)
    ),
    responses(
        (status = 200, description = "Una pagina di righe.", body = LedgerPage),
        Always, OnValues,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn search(
    State(intake): Shared,
    Caller(by): Caller,
    wanted: Result<Wanted, Problem>,
    before: Result<Before, Problem>,
) -> Result<Json<LedgerPage>, Problem> {
    needs(&by, &Role::ALL)?;
    let (Wanted(search), before) = (wanted?, before?);
    let zone = &intake.tenant.time_zone;
    let page = intake
        .ledger
        .search(before.number, before.limit, |row| search.finds(row, zone))
        .await?;
    Ok(Json(LedgerPage {
        rows: page.rows.into_iter().map(LedgerView::from).collect(),
        cursor: page.cursor.map(|number| cursor(&number.to_string())),
    }))
}

/// Whether the register is as it was written.
#[utoipa::path(
    get,
    path = "/v1/ledger/verify",
    operation_id = "verify_ledger",
    tag = "Registro",
    summary = "Verifica il registro concatenato",
    description = "Rilegge tutte le righe e i sigilli dei giorni, e nomina la prima riga alterata. Tutti i ruoli.",
    responses(
        (status = 200, description = "Il risultato.", body = VerdictView),
        Always,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn verify(
    State(intake): Shared,
    Caller(by): Caller,
) -> Result<Json<VerdictView>, Problem> {
    needs(&by, &Role::ALL)?;
    let verified = intake.ledger.verify(&intake.files).await;
    let verified = verified.map_err(|error| Problem::unavailable(&error))?;
    if let Verdict::Altered { number, what } = verified.verdict {
        tracing::error!(
            ledger.number = number,
            ledger.what = what.key(),
            "row {number} of the register was altered"
        );
    }
    Ok(Json(VerdictView::of(verified.verdict, verified.last_seal)))
}

/// The rows that are looked for, as a file.
#[utoipa::path(
    get,
    path = "/v1/ledger/export",
    operation_id = "export_ledger",
    tag = "Registro",
    summary = "Esporta il registro concatenato",
    description = "Le righe che soddisfano tutti i criteri dati, dalla prima, in CSV (RFC 4180, UTF-8, virgole). Se non stanno in una \
                   risposta, le date vanno ristrette. Ruoli: finance, sector_head, operator.",
    params(
        ("text" = Option<String>, Query, description = "Parole dell'oggetto, del testo o del motivo, senza badare a maiuscole e accenti."),
        ("link" = Option<String>, Query, description = "L'indirizzo della notizia, comunque scritto.", example = "rubano.it/notizie/mercatino-di-natale"),
        ("from" = Option<String>, Query, description = "Il primo giorno, nell'ora italiana.", example = "2026-12-01"),
        ("to" = Option<String>, Query, description = "L'ultimo giorno.", example = "2026-12-31"),
        ("office" = Option<String>, Query, description = "Parole del nome dell'ufficio.", example = "cultura"),
        ("state" = Option<String>, Query, description = "Lo stato a cui il passo ha portato.", example = "sent")
    ),
    responses(
        (
            status = 200, description = "Il file.", body = String, content_type = "text/csv",
            headers(("Content-Disposition" = String, description = "Il nome del file."))
        ),
        Always, OnValues,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn export(
    State(intake): Shared,
    Caller(by): Caller,
    wanted: Result<Wanted, Problem>,
) -> Result<impl IntoResponse, Problem> {
    needs(&by, &READERS)?;
    let Wanted(search) = wanted?;
    let zone = &intake.tenant.time_zone;
    let heads: Vec<_> = headers().map(Cell::Text).collect();
    let mut csv = Csv::default();
    csv.row(&heads);
    let each = intake.ledger.each(1, |Found { row, hash }| {
        if search.finds(&row, zone) {
            csv.row(&cells(&row, &hash, zone));
        }
        csv.len() <= LARGEST
    });
    each.await?;
    if csv.len() > LARGEST {
        return Err(Problem::field("from", "ledger.too_large", &[]));
    }
    Ok((
        [
            (
                header::CONTENT_TYPE,
                "text/csv; charset=utf-8; header=present",
            ),
            (
                header::CONTENT_DISPOSITION,
                "attachment; filename=\"registro.csv\"",
            ),
        ],
        csv.finish(),
    ))
}
