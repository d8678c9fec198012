//! A hand: a running `send` with the message, and how far it has come.

use domain::Instant;
use domain::delivery::{Delivery, Report};

/// The row as it was read, with its version.
pub(crate) type Seen = Option<(u64, Delivery)>;

/// How far a hand has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Hand {
    /// It has no message: not started, done, or dead.
    Idle,
    /// It has the message and will look.
    Looks,
    /// It doubts an earlier call and will ask to be reminded, then write.
    Doubts { seen: Seen, next: Delivery },
    /// It will write what it means to do, and then, if `calls`, do it.
    Writes {
        seen: Seen,
        next: Delivery,
        at: Instant,
        then: Then,
    },
    /// Its intent is written: it will call.
    Calls { intent: (u64, Delivery) },
    /// The call came to nothing that is clear: it will ask to be reminded.
    Reminds { intent: (u64, Delivery) },
    /// It will write what the call came to.
    Records {
        intent: (u64, Delivery),
        outcome: Outcome,
    },
    /// It is done with the message: it comes back or is gone.
    Ends { gone: bool },
}

/// What follows a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    Call,
    /// There is nothing more to do.
    End,
    /// The call of another hand may still be under way: the message comes back to see what came of it.
    ComeBack,
}

/// What a call came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Said(Report),
    PutOff,
}
