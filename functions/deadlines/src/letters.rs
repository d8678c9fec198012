//! Letters that nobody queued, because the function that wrote them died, or whose message was lost.

use cloud::batch::Failure;
use cloud::telemetry;
use domain::Instant;
use jiff::SignedDuration;

use crate::Deadlines;

/// A letter that was written a moment ago is still on its way to the queue.
const LEFT_AFTER: SignedDuration = SignedDuration::from_mins(1);

impl Deadlines {
    /// Queues the letters that were left in the outbox.
    pub(crate) async fn post_what_was_left(&self, now: Instant) -> Result<(), Failure> {
        let left = self.desk.letters.pending(now - LEFT_AFTER).await?;
        if left.is_empty() {
            return Ok(());
        }
        telemetry::count(
            "deadlines",
            "letters",
            "left",
            u32::try_from(left.len()).unwrap_or(u32::MAX),
        );
        self.desk.letters.queue_again(&left, now).await?;
        Ok(())
    }
}
