//! Refusals, as RFC 9457 problem details in plain Italian. None shows what went wrong inside.

mod roster;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Instant;
use domain::editorial::{CheckId, Finding};
use domain::notice::{Invalid, NoAuthority, NotAllowed};
use domain::staff::Role;
use domain::tenant::Zone;
use domain::texts;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ETag, RequestView};
use crate::desk::DeskError;
use crate::reach::Forecast;
use crate::{StoreError, in_full};

/// A refusal on its way to the caller.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    body: Box<ProblemBody>,
}

/// Problem details (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemBody {
    /// Kind of the problem, stable: programs decide on this.
    #[schema(example = "/problems/invalid")]
    pub r#type: String,
    /// HTTP status.
    #[schema(example = 422)]
    pub status: u16,
    /// What is wrong, in Italian.
    pub title: String,
    /// What is wrong with each field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The present state, where somebody else has changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<RequestView>,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldError {
    /// The field.
    #[schema(example = "link")]
    pub field: String,
    /// What is wrong with it, in Italian.
    pub detail: String,
}

impl Problem {
    fn new(status: StatusCode, kind: &str, title: String) -> Self {
        Self {
            status,
            body: Box::new(ProblemBody {
                r#type: format!("/problems/{kind}"),
                status: status.as_u16(),
                title,
                errors: Vec::new(),
                current: None,
            }),
        }
    }

    fn said(status: StatusCode, kind: &str, key: &'static str) -> Self {
        Self::new(status, kind, texts::italian().staff(key, &[]))
    }

    /// No account.
    pub fn unauthenticated() -> Self {
        Self::said(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "problem.unauthenticated",
        )
    }

    /// No such thing.
    pub fn not_found() -> Self {
        Self::said(StatusCode::NOT_FOUND, "not-found", "problem.not_found")
    }

    /// Another method is wanted here.
    pub fn method_not_allowed() -> Self {
        Self::said(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "problem.method_not_allowed",
        )
    }

    /// The body is larger than any honest one.
    pub fn too_large(limit_kib: usize) -> Self {
        let title =
            texts::italian().staff("problem.too_large", &[("limite", &limit_kib.to_string())]);
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", title)
    }

    /// The idempotency key served for another request.
    pub fn key_reused() -> Self {
        Self::said(
            StatusCode::UNPROCESSABLE_ENTITY,
            "key-reused",
            "problem.key_reused",
        )
    }

    /// One field is not what it should be; `key` and `values` are the words.
    pub fn field(field: &str, key: &'static str, values: &[(&str, &str)]) -> Self {
        Self::said(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "problem.invalid",
        )
        .with_error(field, texts::italian().staff(key, values))
    }

    /// The account has none of the roles that may.
    pub fn forbidden(needs: &[Role]) -> Self {
        let words = texts::italian();
        let roles: Vec<_> = needs.iter().map(|role| words.role(role.key())).collect();
        let title = words.staff("problem.forbidden", &[("ruoli", &roles.join(", "))]);
        Self::new(StatusCode::FORBIDDEN, "forbidden", title)
    }

    /// `If-Match` is missing.
    pub fn precondition_required() -> Self {
        Self::said(
            StatusCode::PRECONDITION_REQUIRED,
            "precondition-required",
            "problem.precondition_required",
        )
    }

    /// The version that was read is not the present one.
    pub fn precondition_failed(current: Option<RequestView>) -> Self {
        Self::said(
            StatusCode::PRECONDITION_FAILED,
            "stale",
            "problem.precondition_failed",
        )
        .with_current(current)
    }

    /// Somebody else moved at the same moment, and won.
    pub fn conflict(current: Option<RequestView>) -> Self {
        Self::said(StatusCode::CONFLICT, "conflict", "problem.conflict").with_current(current)
    }

    /// The body is not what it should be.
    pub fn malformed(why: &str) -> Self {
        let title = texts::italian().staff("problem.malformed", &[("motivo", why)]);
        Self::new(StatusCode::BAD_REQUEST, "malformed", title)
    }

    /// A period that is not one, or has not begun.
    pub fn period(key: &'static str) -> Self {
        Self::said(StatusCode::UNPROCESSABLE_ENTITY, "period", key)
    }

    /// Something of ours did not answer; the log says what.
    pub fn unavailable(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = %in_full(error), "a call of the staff was not answered");
        Self::said(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "problem.unavailable",
        )
    }

    /// Not everybody can be reached while the notice is of use.
    pub fn too_slow(forecast: &Forecast, useful_until: Instant, zone: &Zone) -> Self {
        let words = texts::italian();
        let said = |instant| zone.civil(instant).strftime("%d/%m/%Y %H:%M").to_string();
        let limit = forecast.limit.unwrap_or(u32::MAX).to_string();
        let end = said(useful_until);
        let detail = match forecast.plan.last_reached_at {
            Some(last) if forecast.plan.unreached == 0 => words.staff(
                "problem.too_slow",
                &[("limite", &limit), ("ultimo", &said(last)), ("fine", &end)],
            ),
            _ => words.staff(
                "problem.never_reached",
                &[("limite", &limit), ("fine", &end)],
            ),
        };
        Self::said(
            StatusCode::UNPROCESSABLE_ENTITY,
            "too-slow",
            "problem.invalid",
        )
        .with_error("useful_until", detail)
    }

    /// Nothing is stopped for this cause.
    pub fn not_stopped() -> Self {
        Self::said(StatusCode::NOT_FOUND, "not-stopped", "problem.not_stopped")
    }

    /// The comune's roster does not let the account move.
    pub fn no_authority(error: &NoAuthority) -> Self {
        let words = texts::italian();
        match error {
            NoAuthority::NotAppointed(why) => Self::new(
                StatusCode::FORBIDDEN,
                "not-appointed",
                words.staff(why.words(), &[]),
            ),
            NoAuthority::NotYourTurn { who } => Self::new(
                StatusCode::FORBIDDEN,
                "not-your-turn",
                words.staff("problem.not_your_turn", &[("chi", who.as_str())]),
            ),
            NoAuthority::Gap(phase) => Self::new(
                StatusCode::CONFLICT,
                "gap",
                words.staff("problem.gap", &[("fase", &words.staff(phase.words(), &[]))]),
            ),
            NoAuthority::NotOfTheGroup => Self::said(
                StatusCode::FORBIDDEN,
                "not-of-the-group",
                "problem.not_of_the_group",
            ),
            NoAuthority::NoCopies(_) => {
                Self::said(StatusCode::CONFLICT, "no-copies", "problem.no_copies")
            }
        }
    }

    /// What the checks found is in the way: each is said with what to do about it.
    pub fn in_the_way(checks: &[CheckId], findings: &[Finding], current: RequestView) -> Self {
        let problem = Self::not_allowed(&NotAllowed::InTheWay(checks.to_vec()), current);
        findings
            .iter()
            .filter(|finding| checks.contains(&finding.check))
            .fold(problem, |problem, finding| {
                problem.with_error(finding.check.key(), finding.message())
            })
    }

    /// A move that was not made.
    pub fn not_allowed(error: &NotAllowed, current: RequestView) -> Self {
        let words = texts::italian();
        match error {
            NotAllowed::NotYours { needs } => Self::forbidden(needs),
            NotAllowed::OwnRequest => {
                Self::said(StatusCode::FORBIDDEN, "own-request", "problem.own_request")
            }
            NotAllowed::NotYourRequest => Self::said(
                StatusCode::FORBIDDEN,
                "not-your-request",
                "problem.not_your_request",
            ),
            // A move of the system alone: nobody asks for it.
            NotAllowed::NotAsked => {
                Self::said(StatusCode::CONFLICT, "not-allowed", "problem.conflict")
                    .with_current(Some(current))
            }
            NotAllowed::NotFromHere { state, step } => {
                let values = [
                    ("stato", words.state(state.key())),
                    ("mossa", words.a_move(step.key())),
                ];
                let title = words.staff("problem.not_allowed", &values);
                Self::new(StatusCode::CONFLICT, "not-allowed", title).with_current(Some(current))
            }
            NotAllowed::OtherWords => Self::said(
                StatusCode::CONFLICT,
                "other-words",
                "problem.digest_mismatch",
            )
            .with_current(Some(current)),
            NotAllowed::ReasonMissing => Self::said(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                "problem.invalid",
            )
            .with_error("reason", words.staff("problem.reason_missing", &[])),
            NotAllowed::TooLate => Self::said(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                "problem.invalid",
            )
            .with_error("wanted_at", words.staff("problem.too_late", &[])),
            NotAllowed::SamePerson => {
                Self::said(StatusCode::FORBIDDEN, "same-person", "problem.same_person")
            }
            NotAllowed::AlreadyApproved => Self::said(
                StatusCode::CONFLICT,
                "already-approved",
                "problem.already_approved",
            )
            .with_current(Some(current)),
            NotAllowed::HeadIsPresent => Self::said(
                StatusCode::CONFLICT,
                "head-is-present",
                "problem.head_is_present",
            )
            .with_current(Some(current)),
            NotAllowed::NotWaivable(check) => Self::said(
                StatusCode::UNPROCESSABLE_ENTITY,
                "not-waivable",
                "problem.invalid",
            )
            .with_error(
                "check",
                words.staff("problem.not_waivable", &[("controllo", check.key())]),
            ),
            NotAllowed::InTheWay(checks) => {
                let list: Vec<_> = checks.iter().map(|check| check.key()).collect();
                let title = words.staff("problem.in_the_way", &[("controlli", &list.join(", "))]);
                Self::new(StatusCode::CONFLICT, "in-the-way", title).with_current(Some(current))
            }
        }
    }

    fn with_current(mut self, current: Option<RequestView>) -> Self {
        self.body.current = current;
        self
    }

    fn with_error(mut self, field: &str, detail: String) -> Self {
        self.body.errors.push(FieldError {
            field: field.to_owned(),
            detail,
        });
        self
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        let words = texts::italian();
        let problem = Self::said(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "problem.invalid",
        );
        invalid
            .0
            .into_iter()
            .fold(problem, |problem, (field, wrong)| {
                let (key, values) = wrong.words();
                let values: Vec<(&str, &str)> = values
                    .iter()
                    .map(|(name, value)| (*name, value.as_str()))
                    .collect();
                problem.with_error(field.key(), words.staff(key, &values))
            })
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::Store(error) => error.into(),
            error @ DeskError::Letter(_) => Self::unavailable(&error),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale => Self::conflict(None),
            error => Self::unavailable(&error),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let etag = self
            .body
            .current
            .as_ref()
            .map(|current| ETag(current.version).header());
        let mut response = (self.status, Json(self.body)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some((name, value)) = etag {
            headers.insert(name, value);
        }
        response
    }
}
