//! The seal of the register: once a day, of all that was written until the day before ended.

use cloud::batch::Failure;
use domain::Instant;
use jiff::ToSpan;

use crate::Deadlines;

impl Deadlines {
    /// Seals yesterday, in the tenant's civil time, unless it is sealed.
    pub(crate) async fn seal_yesterday(&self, now: Instant) -> Result<(), Failure> {
        let today = self.tenant.time_zone.civil(now).date();
        let yesterday = today.saturating_sub(1.day());
        if *self.sealed.lock().await == Some(yesterday) {
            return Ok(());
        }
        self.ledger
            .seal(&self.files, yesterday, now)
            .await
            .map_err(|error| Failure::Retry(error.into()))?;
        *self.sealed.lock().await = Some(yesterday);
        Ok(())
    }
}
