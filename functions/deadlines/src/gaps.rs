//! Times to come in which nobody can act, told while there is time to name somebody; and a head who is absent while the
//! alternative path is closed.

use cloud::batch::Failure;
use domain::Instant;
use domain::notice::{about_a_gap, about_missing_copies};
use jiff::SignedDuration;

use crate::Deadlines;

/// How far ahead is looked: two weeks.
const AHEAD: SignedDuration = SignedDuration::from_hours(14 * 24);

impl Deadlines {
    /// Tells the mailbox of the procedure of every gap ahead, once.
    pub(crate) async fn tell_of_gaps(&self, now: Instant) -> Result<(), Failure> {
        let Some(roster) = self.desk.roster().await? else {
            return Ok(());
        };
        for gap in roster.gaps(now, now + AHEAD, &self.tenant.time_zone) {
            // The head's absence is no gap: it opens the alternative path.
            if gap.phase == domain::roster::Phase::Forward {
                continue;
            }
            let letter = about_a_gap(&gap, &roster, &self.tenant, now)
                .map_err(|error| Failure::Dead(error.to_string()))?;
            self.desk.write(&letter, now).await?;
        }
        if let Some(letter) = about_missing_copies(&roster, &self.tenant, now) {
            let letter = letter.map_err(|error| Failure::Dead(error.to_string()))?;
            self.desk.write(&letter, now).await?;
        }
        Ok(())
    }
}
