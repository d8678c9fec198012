//! Terms of the requests that somebody has to act on: reminders, escalations, the silence of the group, approvals that end.

use cloud::StoreError;
use cloud::batch::Failure;
use cloud::telemetry;
use domain::Instant;
use domain::notice::{Due, Move, NoticeRequest, StateName, about_a_term, at_the_watch, due};
use domain::roster::Roster;

use crate::Deadlines;

/// Requests read at once.
const PAGE: i32 = 100;
/// How far back a request is looked for, in pages: nobody leaves ten thousand open.
const PAGES: usize = 100;

impl Deadlines {
    /// Looks at every request that is open.
    pub(crate) async fn keep_terms(&self, now: Instant) -> Result<(), Failure> {
        let open = self.open().await?;
        let roster = self.desk.roster().await?;
        let mut failed = Ok(());
        for request in &open {
            let Some(due) = due(request, &self.tenant, now) else {
                continue;
            };
            // One that fails does not keep the others waiting: it is due again at the next look.
            if let Err(failure) = self.attend(request, due, roster.as_ref(), now).await {
                failed = Err(failure);
            }
        }
        if let Some(roster) = &roster {
            self.watch_over(&open, roster, now).await?;
        }
        failed
    }

    /// What is not over yet, nor on its way out.
    async fn open(&self) -> Result<Vec<NoticeRequest>, StoreError> {
        let mut open = Vec::new();
        let mut cursor = None;
        for _ in 0..PAGES {
            let page = self.notices.list(cursor.as_deref(), PAGE).await?;
            open.extend(page.requests.into_iter().filter(|request| {
                matches!(
                    request.state.name(),
                    StateName::Submitted
                        | StateName::TakenInCharge
                        | StateName::Forwarded
                        | StateName::Approved
                        | StateName::Scheduled
                        | StateName::Held
                )
            }));
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
        Ok(open)
    }

    async fn attend(
        &self,
        request: &NoticeRequest,
        due: Due,
        roster: Option<&Roster>,
        now: Instant,
    ) -> Result<(), Failure> {
        let step = match due {
            Due::Silence => Move::Silence,
            Due::Expire => Move::Expire,
            Due::Remind(_) | Due::Escalate(_) => {
                let Some(letter) =
                    roster.and_then(|roster| about_a_term(request, due, roster, &self.tenant, now))
                else {
                    return Ok(());
                };
                let letter = letter.map_err(|error| Failure::Dead(error.to_string()))?;
                self.desk.write(&letter, now).await?;
                return Ok(());
            }
        };
        let id = request.id.clone();
        let kind = step.kind().key();
        // Read again: the listing is an index, and may be a moment old.
        let Some(current) = self.notices.get(&id).await? else {
            return Ok(());
        };
        if current.version != request.version {
            return Ok(());
        }
        let applied = match current.advance(step, &self.tenant, now) {
            Ok(applied) => applied,
            Err(why) => {
                tracing::warn!(notice.id = %id, "notice {id} is not moved: {why}");
                return Ok(());
            }
        };
        let mut told = self
            .desk
            .tell(&applied, &self.tenant, now)
            .await
            .map_err(|error| Failure::Retry(error.into()))?;
        let letters = std::mem::take(&mut told.writes);
        match self.notices.save_with(&applied, letters).await {
            Ok(()) => {}
            // Somebody moved it meanwhile: what is due of it is another thing now.
            Err(StoreError::Stale) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        telemetry::count("deadlines", "moved", kind, 1);
        tracing::info!(notice.id = %id, notice.step = kind, "notice {id} moved: {kind}");
        self.desk.post(&told).await;
        Ok(())
    }

    /// At the beginning and the end of service, what waits for the desk is told.
    async fn watch_over(
        &self,
        open: &[NoticeRequest],
        roster: &Roster,
        now: Instant,
    ) -> Result<(), Failure> {
        let waiting: Vec<_> = open
            .iter()
            .filter(|request| request.state.name() == StateName::Submitted)
            .collect();
        let today = self.tenant.time_zone.civil(now).date();
        let calendar = domain::calendar::Calendar::of(&self.tenant);
        let Some(watch) = calendar
            .watches(today)
            .into_iter()
            .flatten()
            .filter(|watch| *watch <= now)
            .max()
        else {
            return Ok(());
        };
        let Some(letter) = at_the_watch(watch, &waiting, roster, &self.tenant) else {
            return Ok(());
        };
        let letter = letter.map_err(|error| Failure::Dead(error.to_string()))?;
        Ok(self.desk.write(&letter, now).await?)
    }
}
