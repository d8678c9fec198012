//! Terms of the requests that somebody has to act on: reminders, escalations, the silence of the group, approvals that end,
//! hours that come near.

use cloud::StoreError;
use cloud::batch::Failure;
use cloud::telemetry;
use domain::Instant;
use domain::calendar::Calendar;
use domain::letter::{Letter, LetterError};
use domain::notice::{
    Due, Move, NoticeRequest, StateName, about_a_term, about_the_hour, at_the_watch, due,
    hour_at_risk, id_of_the_watch,
};
use domain::roster::Roster;

use crate::Deadlines;

/// How many of the mails that wait one letter tells of.
const MAILS: i32 = 50;

impl Deadlines {
    /// Looks at every request that has a term or an hour to come.
    pub(crate) async fn keep_terms(&self, now: Instant) -> Result<(), Failure> {
        let under_way = self.notices.under_way().await?;
        let roster = self.desk.roster().await?;
        let roster = roster.as_ref();
        let mut failed = Ok(());
        for request in &under_way {
            // One that fails does not keep the others waiting: it is due again at the next look.
            if let Err(failure) = self.warn_of_its_hour(request, roster, now).await {
                failed = Err(failure);
            }
            let Some(due) = due(request, &self.tenant, now) else {
                continue;
            };
            if let Err(failure) = self.attend(request, due, roster, now).await {
                failed = Err(failure);
            }
        }
        if let Some(roster) = roster {
            self.watch_over(&under_way, roster, now).await?;
        }
        failed
    }

    /// Tells of a wanted hour that is in danger.
    async fn warn_of_its_hour(
        &self,
        request: &NoticeRequest,
        roster: Option<&Roster>,
        now: Instant,
    ) -> Result<(), Failure> {
        match (hour_at_risk(request, &self.tenant, now), roster) {
            (Some(hour), Some(roster)) => {
                self.write(
                    about_the_hour(request, hour, roster, &self.tenant, now),
                    now,
                )
                .await
            }
            _ => Ok(()),
        }
    }

    async fn write(
        &self,
        letter: Result<Letter, LetterError>,
        now: Instant,
    ) -> Result<(), Failure> {
        let letter = letter.map_err(|error| Failure::Dead(error.to_string()))?;
        Ok(self.desk.write(&letter, now).await?)
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
                return self.write(letter, now).await;
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
        under_way: &[NoticeRequest],
        roster: &Roster,
        now: Instant,
    ) -> Result<(), Failure> {
        let today = self.tenant.time_zone.civil(now).date();
        let Some(watch) = Calendar::of(&self.tenant)
            .watches(today)
            .into_iter()
            .flatten()
            .filter(|watch| *watch <= now)
            .max()
        else {
            return Ok(());
        };
        let id = id_of_the_watch(watch).map_err(|error| Failure::Dead(error.to_string()))?;
        if self.desk.letters.get(&id).await?.is_some() {
            return Ok(());
        }
        let waiting: Vec<_> = under_way
            .iter()
            .filter(|request| request.state.name() == StateName::Submitted)
            .collect();
        let mails = self.inbox.waiting(None, MAILS).await?.mails;
        match at_the_watch(watch, &waiting, &mails, roster, &self.tenant) {
            Some(letter) => self.write(letter, now).await,
            None => Ok(()),
        }
    }
}
