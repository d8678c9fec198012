//! What the `statuses` queue brings: what became of a message of ours, or something about the account.

use domain::Instant;

use crate::account::AccountEvent;
use crate::lenient::object;
use crate::status::{StatusUpdate, UnknownState};
use crate::webhook::{QueuedChange, QueuedStatus, Unreadable};

/// Something from the `statuses` queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromStatuses {
    /// What became of a message.
    Status(Box<StatusUpdate>),
    /// A state of a message that we do not know: to be counted.
    UnknownState(UnknownState),
    /// Something about the account, the number or a template.
    Change(AccountEvent),
}

impl FromStatuses {
    /// Reads a message of the queue, which came at `received`: that is when a change happened, if it does not say.
    pub fn read(body: &str, received: Instant) -> Result<Self, Unreadable> {
        // A status first: of a thousand messages of this queue, all but a few are.
        if let Ok(queued) = object::<QueuedStatus>(body) {
            return Ok(match StatusUpdate::of(&queued)? {
                Ok(update) => Self::Status(Box::new(update)),
                Err(unknown) => Self::UnknownState(unknown),
            });
        }
        let queued: QueuedChange = object(body)?;
        AccountEvent::of(&queued, received).map(Self::Change)
    }
}
