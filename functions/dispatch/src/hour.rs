//! What becomes of a notice when its hour has come: it goes out, or somebody has to look at it first.

use cloud::batch::Failure;
use cloud::telemetry;
use domain::Instant;
use domain::notice::{AtItsHour, Move, NoticeRequest, State, at_its_hour};

use crate::Dispatcher;

/// The page of a notice is there.
const OK: u16 = 200;

impl Dispatcher {
    /// The request, now going out; `None` if it is held at its hour, or its approval has grown too old.
    pub(crate) async fn at_its_hour(
        &self,
        request: NoticeRequest,
        now: Instant,
    ) -> Result<Option<NoticeRequest>, Failure> {
        let id = request.id.clone();
        // A site that does not answer is given a second chance before the notice is held for it.
        let mut page = self.checker.page(&request.draft, &self.tenant, now).await;
        if page.status != OK {
            page = self.checker.page(&request.draft, &self.tenant, now).await;
        }
        let step = match at_its_hour(&request, &self.tenant, now, Some(&page)) {
            AtItsHour::Go => Move::Start,
            AtItsHour::Hold(cause) => Move::Hold(cause),
            AtItsHour::Expire => Move::Expire,
        };
        let applied = request
            .advance(step, &self.tenant, now)
            .map_err(|error| Failure::Dead(error.to_string()))?;
        let mut told = self
            .desk
            .tell(&applied, &self.tenant, now)
            .await
            .map_err(|error| Failure::Retry(error.into()))?;
        let letters = std::mem::take(&mut told.writes);
        self.notices.save_with(&applied, letters).await?;
        if let State::Sending { .. } = applied.request.state {
            tracing::info!(notice.id = %id, "notice {id} begins to go out");
            return Ok(Some(applied.request));
        }
        let state = applied.request.state.name().key();
        telemetry::count("dispatch", "not_gone_out", state, 1);
        tracing::warn!(notice.id = %id, state, "notice {id} does not go out at its hour: it is {state}");
        self.desk.post(&told).await;
        Ok(None)
    }
}
