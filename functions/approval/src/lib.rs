//! Makes the moves of the workflow. Each is one conditional write on the version that the caller has read: of two at
//! once one wins, and the other is shown what happened meanwhile.

mod asked;
mod config;
mod moves;
mod office;

pub use config::Config;
pub use moves::openapi;

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use cloud::checks::Checker;
use cloud::desk::Desk;
use cloud::notices::Notices;
use cloud::queue::Queue;
use cloud::reach::Planner;
use cloud::schedule::Schedules;
use cloud::staff::{ETag, Problem, RequestView};
use cloud::{StoreError, clock};
use domain::Instant;
use domain::ids::NoticeId;
use domain::jobs::DispatchNotice;
use domain::notice::{Applied, Around, Move, MoveKind, NotAllowed, NoticeRequest, State};
use domain::tenant::Tenant;

use asked::Asked;

/// What lives as long as the process.
#[derive(Debug)]
pub struct Approval {
    /// The requests.
    pub notices: Notices,
    /// The hours at which notices go out.
    pub schedules: Schedules,
    /// When a notice will have reached everybody, and what Meta and the staff have stopped.
    pub planner: Planner,
    /// Where a dispatch goes on.
    pub dispatches: Queue,
    /// Who acts, and who is told.
    pub desk: Desk,
    /// What is looked at before words go further.
    pub checker: Checker,
    /// The settings of the comune.
    pub tenant: Tenant,
}

/// The routes of the function.
pub fn app(approval: Arc<Approval>) -> Router {
    let on = |step: &str| format!("/v1/notice-requests/{{id}}/{step}");
    Router::new()
        .route(&on("take-charge"), post(moves::take_charge))
        .route(&on("reword"), post(moves::reword))
        .route(&on("waive"), post(moves::waive))
        .route(&on("second"), post(moves::second))
        .route(&on("forward"), post(moves::forward))
        .route(&on("forward-directly"), post(moves::forward_directly))
        .route(&on("object"), post(moves::object))
        .route(&on("release"), post(moves::release))
        .route(&on("approve"), post(moves::approve))
        .route(&on("return"), post(moves::send_back))
        .route(&on("reject"), post(moves::reject))
        .route(&on("resubmit"), post(moves::resubmit))
        .route(&on("schedule"), post(moves::schedule))
        .route(&on("cancel"), post(moves::cancel))
        .route(&on("stop"), post(moves::stop))
        .route(&on("resume"), post(moves::resume))
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
        self.corrects_what_went_out(&step).await?;
        let kind = step.kind();
        let authority = self.authority(kind, asked.by, now).await?;
        let checked = self.checked(&request, kind, now).await?;
        let around = Around {
            tenant: &self.tenant,
            now,
            instead_of: authority.instead_of.clone(),
            head_is_absent: authority.head_is_absent,
            findings: checked.as_ref().map_or(&[], |checked| &checked.findings),
            page: checked.as_ref().map(|checked| &checked.page),
        };
        let applied = request
            .apply_in(step, &authority.actor, &around)
            .map_err(|error| match (&error, &checked) {
                (NotAllowed::InTheWay(checks), Some(checked)) => {
                    Problem::in_the_way(checks, &checked.findings, before)
                }
                _ => Problem::not_allowed(&error, before),
            })?;

        self.is_in_time(&applied, kind, now).await?;
        self.set_the_hour(&applied).await?;
        let told = self.desk.tell(&applied, &self.tenant, now).await?;
        let saved = match kind {
            MoveKind::Stop | MoveKind::Resume => {
                let platform = &self.planner.platform;
                self.notices.save_and_tell(&applied, platform).await
            }
            _ => {
                let letters = told.writes.clone();
                self.notices.save_with(&applied, letters).await
            }
        };
        match saved {
            Ok(()) => {}
            Err(StoreError::Stale) => return Err(self.lost(&asked.notice).await),
            Err(error) => return Err(error.into()),
        }
        let step = kind.key();
        tracing::info!(
            notice.id = %asked.notice, notice.version = applied.request.version, notice.step = step,
            "notice {} moved: {step}", asked.notice
        );
        self.desk.post(&told).await;
        if kind == MoveKind::Resume {
            self.dispatch_again(&applied.request).await;
        }
        Ok(self.answer(&applied.request))
    }

    /// Refuses to let a notice go further that would reach the last of its people when it is of no use any more.
    async fn is_in_time(
        &self,
        applied: &Applied,
        step: MoveKind,
        now: Instant,
    ) -> Result<(), Problem> {
        let goes_further = matches!(
            step,
            MoveKind::Forward
                | MoveKind::ForwardDirectly
                | MoveKind::Approve
                | MoveKind::Schedule
                | MoveKind::Release
        );
        let draft = &applied.request.draft;
        let Some(end) = draft.useless_from(&self.tenant).ok().flatten() else {
            return Ok(());
        };
        if !goes_further {
            return Ok(());
        }
        let forecast = self.planner.forecast(draft, 0, &self.tenant, now).await?;
        if forecast.plan.is_done_by(end) {
            Ok(())
        } else {
            Err(Problem::too_slow(&forecast, end, &self.tenant.time_zone))
        }
    }

    /// Lets a dispatch go on that was stopped before its end. Its own message would do so within a quarter of an hour, so
    /// that nothing is lost where this fails.
    async fn dispatch_again(&self, request: &NoticeRequest) {
        let State::Sending { .. } = request.state else {
            return;
        };
        let Ok(send_at) = request.draft.send_at(&self.tenant) else {
            return;
        };
        let dispatch = DispatchNotice {
            notice: request.id.clone(),
            send_at,
        };
        if let Err(error) = self.dispatches.send(&dispatch).await {
            let error = cloud::in_full(&error);
            tracing::warn!(notice.id = %request.id, error, "notice {} goes on by and by", request.id);
        }
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
