//! Who makes a move, what is looked at before, and who is written to after.

use cloud::checks::Checked;
use cloud::staff::Problem;
use domain::Instant;
use domain::letter::Letter;
use domain::notice::{Applied, Authority, MoveKind, NoticeRequest, letters};
use domain::roster::Roster;
use domain::staff::Actor;
use domain::tenant::Tenant;

use crate::Approval;

/// What the comune's roster says of a move.
#[derive(Debug)]
pub(crate) struct Office {
    /// Of whoever makes it.
    pub(crate) authority: Authority,
    /// The roster; none before the comune has written one.
    roster: Option<Roster>,
}

impl Office {
    /// The letters that `applied` gives rise to.
    pub(crate) fn letters(
        &self,
        applied: &Applied,
        tenant: &Tenant,
        now: Instant,
    ) -> Result<Vec<Letter>, Problem> {
        let Some(roster) = &self.roster else {
            return Ok(Vec::new());
        };
        letters(applied, roster, self.authority.copies.as_ref(), tenant, now)
            .map_err(|error| Problem::unavailable(&error))
    }
}

impl Approval {
    /// Who `by` is in the procedure, at `now`, to make `step`.
    pub(crate) async fn office(
        &self,
        step: MoveKind,
        by: Actor,
        now: Instant,
    ) -> Result<Office, Problem> {
        let zone = &self.tenant.time_zone;
        match self.rosters.recent().await? {
            None => Ok(Office {
                authority: Authority::of_the_token(by),
                roster: None,
            }),
            Some((roster, _)) => Ok(Office {
                authority: Authority::of(&roster, step, by, now, zone)
                    .map_err(|error| Problem::no_authority(&error))?,
                roster: Some(roster),
            }),
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
            MoveKind::Waive | MoveKind::Forward | MoveKind::ForwardDirectly | MoveKind::Approve
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

    /// Sends letters on their way. They are written: what is not queued now is found pending later.
    pub(crate) async fn post(&self, letters: &[Letter]) {
        if let Err(error) = self
            .letters
            .queue(letters.iter().map(|letter| &letter.id))
            .await
        {
            let error = cloud::in_full(&error);
            tracing::warn!(error, "letters wait for the next look at what is due");
        }
    }
}
