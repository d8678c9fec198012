//! Who makes a move, and what is looked at before.

use cloud::checks::Checked;
use cloud::staff::Problem;
use domain::Instant;
use domain::notice::{Authority, Move, MoveKind, NoticeRequest};
use domain::staff::Actor;

use crate::Approval;

impl Approval {
    /// Who `by` is in the procedure, at `now`, to make `step`. Before the comune has written a roster the token alone says it.
    pub(crate) async fn authority(
        &self,
        step: MoveKind,
        by: Actor,
        now: Instant,
    ) -> Result<Authority, Problem> {
        match self.desk.roster().await? {
            None => Ok(Authority::of_the_token(by)),
            Some(roster) => Authority::of(&roster, step, by, now, &self.tenant.time_zone)
                .map_err(|error| Problem::no_authority(&error)),
        }
    }

    /// Refuses new words that correct a notice which never went out.
    pub(crate) async fn corrects_what_went_out(&self, step: &Move) -> Result<(), Problem> {
        let (Move::Reword(draft) | Move::Resubmit(draft)) = step else {
            return Ok(());
        };
        let Some(corrected) = &draft.corrects else {
            return Ok(());
        };
        if self.notices.has_gone_out(corrected).await? {
            Ok(())
        } else {
            Err(Problem::field("corrects", "field.not_sent", &[]))
        }
    }

    /// What the checks find where words go further, or where somebody sets a check aside.
    pub(crate) async fn checked(
        &self,
        request: &NoticeRequest,
        step: MoveKind,
        now: Instant,
    ) -> Result<Option<Checked>, Problem> {
        let looks = matches!(
            step,
            MoveKind::Waive
                | MoveKind::Forward
                | MoveKind::ForwardDirectly
                | MoveKind::Approve
                // Whoever lets it go has the page as it is now before them: held for the old one it would never go.
                | MoveKind::Release
        );
        if !looks || request.state.name().allows(step).is_none() {
            return Ok(None);
        }
        let checked = self
            .checker
            .look(request, &self.notices, &self.planner, &self.tenant, now)
            .await?;
        Ok(Some(checked))
    }
}
