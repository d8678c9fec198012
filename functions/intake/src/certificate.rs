//! The certificate of a notice: what became of each recipient, recomputed from the raw events.

use axum::Json;
use axum::extract::{Path, State};
use cloud::staff::openapi::{Always, OnOne};
use cloud::staff::{Caller, Problem};
use domain::certificate::Certificate;
use domain::ids::NoticeId;
use domain::staff::Role;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Intake, Shared, needs};

/// How often it is computed anew while deliveries change under our hands.
const TRIES: usize = 3;

/// What became of the recipients of a notice. Each is in exactly one of `accepted`, `failed`, `unclear`, `left` and
/// `waiting`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CertificateView {
    /// Which notice.
    #[schema(example = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B")]
    notice: String,
    /// Recipients selected.
    recipients: i64,
    /// Taken by WhatsApp once, and not failed later.
    accepted: i64,
    /// Of these, on the phone.
    delivered: i64,
    /// Of these, read.
    read: i64,
    /// Refused or failed, by Meta's reason.
    failed: Vec<FailedView>,
    /// Called, with no word from WhatsApp.
    unclear: i64,
    /// Not sent, because they had left.
    left: i64,
    /// Not called yet.
    waiting: i64,
    /// Taken by WhatsApp more than once: it must be zero.
    doubled: i64,
    /// Whether the counts of the register say the same. While a notice is going out they may differ for a moment; after
    /// ninety days, when the detail is gone, only the register knows.
    agrees: bool,
}

/// Recipients that one reason kept from getting a notice.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FailedView {
    /// Meta's code; 0 where there was none.
    #[schema(example = 131_026)]
    code: i64,
    /// What Meta calls it.
    title: String,
    /// How many.
    recipients: i64,
}

/// The certificate of one notice.
#[utoipa::path(
    get,
    path = "/v1/register/{id}/certificate",
    operation_id = "show_certificate",
    tag = "Registro",
    summary = "Certifica un invio",
    description = "Che cosa ne è stato di ogni destinatario, ricalcolato dagli eventi originali e non dai conteggi; `agrees` dice se il \
                   registro dice lo stesso. Tutti i ruoli.",
    params(("id" = String, Path, description = "Il codice dell'avviso.", example = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B")),
    responses(
        (status = 200, description = "Il certificato.", body = CertificateView),
        Always, OnOne,
    ),
    security(("bearer" = [])),
)]
pub(crate) async fn show(
    State(intake): Shared,
    Caller(by): Caller,
    Path(id): Path<String>,
) -> Result<Json<CertificateView>, Problem> {
    needs(&by, &Role::ALL)?;
    let request = intake.request(&id).await?;
    let (certificate, agrees) = intake.certificate(&request.id).await?;
    Ok(Json(CertificateView {
        notice: request.id.to_string(),
        recipients: certificate.recipients,
        accepted: certificate.accepted,
        delivered: certificate.delivered,
        read: certificate.read,
        failed: certificate
            .failed
            .into_iter()
            .map(|(code, failed)| FailedView {
                code,
                title: failed.title,
                recipients: failed.recipients,
            })
            .collect(),
        unclear: certificate.unclear,
        left: certificate.left,
        waiting: certificate.waiting,
        doubled: certificate.doubled,
        agrees,
    }))
}

impl Intake {
    /// The certificate, and whether the counts agree with it.
    async fn certificate(&self, notice: &NoticeId) -> Result<(Certificate, bool), Problem> {
        let mut tries = 0;
        loop {
            let mut certificate = Certificate::default();
            self.deliveries
                .each_of(notice, |delivery| certificate.add(&delivery))
                .await?;
            let counts = self.deliveries.counts(notice).await?;
            let (progress, _) = self.notices.progress(notice).await?;
            certificate.complete(progress.recipients);
            let agrees = certificate.agrees_with(&counts);
            tries += 1;
            if agrees || tries == TRIES {
                return Ok((certificate, agrees));
            }
        }
    }
}
