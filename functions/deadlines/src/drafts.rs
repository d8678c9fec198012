//! Segnalazioni in the making of which nothing was heard for long: the conversation reminds of them or lets them lapse.

use cloud::batch::Failure;
use domain::Instant;
use domain::jobs::PersonJob;

use crate::Deadlines;

/// How many are looked at in one tick; the others wait five minutes more.
const MOST: i32 = 500;

impl Deadlines {
    /// Tells the conversation of each that is due. Telling it twice changes nothing.
    pub(crate) async fn look_at_drafts(&self, now: Instant) -> Result<(), Failure> {
        let due = self.people.due(now, MOST).await?;
        let jobs = due
            .into_iter()
            .map(|(person, at)| serde_json::to_string(&PersonJob::BeDue { person, at }))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(self.pauses.send_all(jobs).await?)
    }
}
