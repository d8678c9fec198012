//! Mails of the offices that wait for a person: listed with a link to each as it was received, and settled with a note.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use cloud::clock;
use cloud::staff::openapi::{Always, OnBody, OnOne, OnValues};
use cloud::staff::{Caller, JsonBody, Problem};
use domain::mail::{Attachment, MailRecord, Settled, Understood, Waits};
use domain::staff::Role;
use domain::texts;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::{MailsPage, cursor};
use crate::{Intake, Shared, needs};

/// Who sees to the mailbox (Rubano, "Presa in carico").
const MAY: [Role; 2] = [Role::Operator, Role::SectorHead];
/// How long a link to a mail is good: long enough to open it, too short to be passed on.
const LINK: Duration = Duration::from_mins(10);
/// Longest note, in characters.
const LONGEST_NOTE: usize = 1000;

/// Some of the mails that wait, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MailsView {
    /// The mails.
    mails: Vec<MailView>,
    /// What to give as `cursor` for the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// A mail that waits, or waited.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MailView {
    /// Its id.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    id: String,
    /// Who it says wrote it; absent where that is no single address.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// Its subject.
    subject: String,
    /// When it came in.
    #[schema(format = "date-time")]
    received_at: String,
    /// Why it waits, in Italian.
    reason: String,
    /// Where it is read whole, as it was received, for ten minutes; absent for one that is dangerous to open.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// What is attached to it.
    attachments: Vec<AttachmentView>,
    /// What was understood of it; nothing of it was filed.
    requests: Vec<UnderstoodView>,
    /// Whether the sender was answered.
    answered: bool,
    /// Who saw to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    settled: Option<SettledView>,
}

/// A file attached to a mail.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AttachmentView {
    /// Its name.
    name: String,
    /// Its media type, as the sender gave it.
    kind: String,
    /// Its size, in bytes.
    size: usize,
}

/// A request as it was understood: what is not said is absent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnderstoodView {
    /// What the notice is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// The words for the citizens.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// The page of the news item.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// The wanted day and hour, in Italian time, or what stands in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    wanted_at: Option<String>,
    /// The office.
    #[serde(skip_serializing_if = "Option::is_none")]
    office: Option<String>,
    /// The kind of notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// The fields that are missing or wrong.
    missing: Vec<String>,
}

/// What a person made of a mail.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettledView {
    /// Who.
    by: String,
    /// When.
    #[schema(format = "date-time")]
    at: String,
    /// What they made of it.
    note: String,
}

/// What a person made of a mail.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "Telefonato all'ufficio: non è una richiesta."}))]
pub(crate) struct SettleBody {
    /// What was done about it.
    #[schema(value_type = String, max_length = 1000)]
    note: Option<String>,
}

/// The mails that wait.
#[utoipa::path(
    get,
    path = "/v1/inbox",
    operation_id = "list_inbox",
    tag = "Posta",
    summary = "Elenca le e-mail in attesa",
    description = "Le e-mail degli uffici che nessuna regola ha potuto leggere o accettare, dalla più vecchia, con quello che ne è stato \
                   capito e un collegamento all'originale, valido dieci minuti. Ruoli: operator, sector_head.",
    params(
        ("cursor" = Option<String>, Query, description = "Il `cursor` dell'ultima pagina letta."),
        ("limit" = Option<i32>, Query, description = "Quante al massimo; se manca, 25.", minimum = 1, maximum = 100)
    ),
    responses(
        (status = 200, description = "Una pagina di e-mail.", body = MailsView),
        Always, OnValues,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn list(
    State(intake): Shared,
    Caller(by): Caller,
    page: Result<MailsPage, Problem>,
) -> Result<Json<MailsView>, Problem> {
    needs(&by, &MAY)?;
    let page = page?;
    let found = intake
        .inbox
        .waiting(page.after.as_deref(), page.limit)
        .await?;
    let mut mails = Vec::with_capacity(found.mails.len());
    for mail in found.mails {
        mails.push(intake.mail(mail).await?);
    }
    Ok(Json(MailsView {
        mails,
        cursor: found.cursor.as_deref().map(cursor),
    }))
}

/// A person has seen to a mail.
#[utoipa::path(
    post,
    path = "/v1/inbox/{id}/settle",
    operation_id = "settle_mail",
    tag = "Posta",
    summary = "Chiude un'e-mail in attesa",
    description = "Toglie l'e-mail dall'elenco, con una nota su che cosa se ne è fatto. Una già chiusa resta com'è. Ruoli: operator, \
                   sector_head.",
    params(("id" = String, Path, description = "L'identificativo dell'e-mail.")),
    request_body = SettleBody,
    responses(
        (status = 200, description = "L'e-mail, chiusa.", body = MailView),
        Always, OnOne, OnBody, OnValues,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn settle(
    State(intake): Shared,
    Caller(by): Caller,
    Path(id): Path<String>,
    body: Result<JsonBody<SettleBody>, Problem>,
) -> Result<Json<MailView>, Problem> {
    needs(&by, &MAY)?;
    let JsonBody(body) = body?;
    let note = note(body.note.as_deref())?;
    // An id is hexadecimal: whatever else comes is none, and is not looked up.
    if id.len() != 64 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Problem::not_found());
    }
    let mail = intake.inbox.get(&id).await?;
    let mail = mail
        .filter(|mail| mail.waits.is_some())
        .ok_or_else(Problem::not_found)?;
    if mail.settled.is_some() {
        return Ok(Json(intake.mail(mail).await?));
    }
    let now = clock::now();
    let settled = Settled {
        by: by.id,
        at: now,
        note,
    };
    let mail = match intake.inbox.settle(&mail, settled, now).await {
        Ok(mail) => mail,
        // Somebody else was first: theirs stays.
        Err(cloud::StoreError::Stale) => {
            let mail = intake.inbox.get(&id).await?;
            mail.ok_or_else(Problem::not_found)?
        }
        Err(error) => return Err(error.into()),
    };
    tracing::info!(mail.digest = mail.digest, "a mail was settled");
    Ok(Json(intake.mail(mail).await?))
}

fn note(text: Option<&str>) -> Result<String, Problem> {
    let note = text.unwrap_or_default().trim();
    let length = note.chars().count();
    match length {
        0 => Err(Problem::field("note", "field.missing", &[])),
        1..=LONGEST_NOTE => Ok(note.to_owned()),
        _ => Err(Problem::field(
            "note",
            "field.too_long",
            &[
                ("limite", &LONGEST_NOTE.to_string()),
                ("lunghezza", &length.to_string()),
            ],
        )),
    }
}

impl Intake {
    /// A mail with the link to its original.
    async fn mail(&self, mail: MailRecord) -> Result<MailView, Problem> {
        let link = if mail.waits == Some(Waits::Virus) {
            None
        } else {
            let link = self.received.link(&mail.file, LINK).await;
            Some(link.map_err(|error| Problem::unavailable(&error))?)
        };
        Ok(MailView::of(mail, link))
    }
}

impl MailView {
    fn of(mail: MailRecord, link: Option<String>) -> Self {
        let reason = mail.waits.map(Waits::key);
        Self {
            id: mail.digest,
            from: mail.from,
            subject: mail.subject,
            received_at: mail.received_at.to_string(),
            reason: reason.map_or_else(String::new, |key| texts::italian().staff(key, &[])),
            link,
            attachments: mail.attachments.into_iter().map(Into::into).collect(),
            requests: mail.requests.into_iter().map(Into::into).collect(),
            answered: mail.answer.is_some(),
            settled: mail.settled.map(|settled| SettledView {
                by: settled.by.to_string(),
                at: settled.at.to_string(),
                note: settled.note,
            }),
        }
    }
}

impl From<Attachment> for AttachmentView {
    fn from(file: Attachment) -> Self {
        Self {
            name: file.name,
            kind: file.kind,
            size: file.size,
        }
    }
}

impl From<Understood> for UnderstoodView {
    fn from(request: Understood) -> Self {
        Self {
            title: request.input.title,
            text: request.input.text,
            link: request.input.link,
            wanted_at: request.input.wanted_at,
            office: request.input.office,
            kind: request.input.kind,
            missing: request.missing,
        }
    }
}
