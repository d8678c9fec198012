//! Makes the moves of the workflow. Each is one conditional write on the version that the caller has read: of two at
//! once one wins, and the other is shown what happened meanwhile.

mod asked;
mod config;
mod moves;

pub use config::Config;
pub use moves::openapi;

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use cloud::notices::Notices;
use cloud::schedule::Schedules;
use cloud::staff::{ETag, Problem, RequestView};
use cloud::{StoreError, clock};
use domain::Instant;
use domain::ids::NoticeId;
use domain::jobs::DispatchNotice;
use domain::notice::{Applied, Move, NoticeRequest, State};
use domain::tenant::Tenant;

use asked::Asked;

/// What lives as long as the process.
#[derive(Debug)]
pub struct Approval {
    /// The requests.
    pub notices: Notices,
    /// The hours at which notices go out.
    pub schedules: Schedules,
    /// The settings of the comune.
    pub tenant: Tenant,
}

/// The routes of the function.
pub fn app(approval: Arc<Approval>) -> Router {
    let on = |step: &str| format!("/v1/notice-requests/{{id}}/{step}");
    Router::new()
        .route(&on("take-charge"), post(moves::take_charge))
        .route(&on("reword"), post(moves::reword))
        .route(&on("forward"), post(moves::forward))
        .route(&on("approve"), post(moves::approve))
        .route(&on("return"), post(moves::send_back))
        .route(&on("reject"), post(moves::reject))
        .route(&on("resubmit"), post(moves::resubmit))
        .route(&on("schedule"), post(moves::schedule))
        .route(&on("cancel"), post(moves::cancel))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .with_state(approval)
}

impl Approval {
    /// Makes the move that was asked: `step` reads it from the body.
    async fn make<B>(
        &self,
        asked: Asked<B>,
        step: impl FnOnce(B, &Tenant, Instant) -> Result<Move, Problem>,
    ) -> Result<Response, Problem> {
        let request = self
            .current(&asked.notice)
            .await?
            .ok_or_else(Problem::not_found)?;
        let before = self.view(&request);
        if asked.seen?.0 != request.version {
            return Err(Problem::precondition_failed(Some(before)));
        }

        let now = clock::now();
        let step = step(asked.body?, &self.tenant, now)?;
        let kind = step.kind().key();
        let applied = request
            .apply(step, &asked.by, &self.tenant, now)
            .map_err(|error| Problem::not_allowed(&error, before))?;

        self.set_the_hour(&applied).await?;
        match self.notices.save(&applied).await {
            Ok(()) => {}
            Err(StoreError::Stale) => return Err(self.lost(&asked.notice).await),
            Err(error) => return Err(error.into()),
        }
        tracing::info!(
            notice.id = %asked.notice, notice.version = applied.request.version, notice.step = kind,
            "notice {} moved: {kind}", asked.notice
        );
        Ok(self.answer(&applied.request))
    }

    /// Sees to it that a request that becomes scheduled is dispatched at its hour.
    async fn set_the_hour(&self, applied: &Applied) -> Result<(), Problem> {
        let State::Scheduled { send_at, .. } = applied.request.state else {
            return Ok(());
        };
        let dispatch = DispatchNotice {
            notice: applied.request.id.clone(),
            send_at,
        };
        // Before the move is written: a schedule without its request is harmless, for the dispatch looks whether the
        // notice is scheduled for that hour; a scheduled request without its schedule would never go out.
        self.schedules
            .at_its_hour(&dispatch)
            .await
            .map_err(|error| Problem::unavailable(&error))
    }

    /// The refusal of a move that somebody else overtook.
    async fn lost(&self, notice: &NoticeId) -> Problem {
        match self.current(notice).await {
            Ok(current) => Problem::conflict(current.map(|request| self.view(&request))),
            Err(problem) => problem,
        }
    }

    async fn current(&self, notice: &NoticeId) -> Result<Option<NoticeRequest>, Problem> {
        Ok(self.notices.get(notice).await?)
    }

    fn view(&self, request: &NoticeRequest) -> RequestView {
        RequestView::of(request, &self.tenant)
    }

    fn answer(&self, request: &NoticeRequest) -> Response {
        (
            [ETag(request.version).header()],
            axum::Json(self.view(request)),
        )
            .into_response()
    }
}
