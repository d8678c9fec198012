//! The edge where time and chance come in. Nothing below takes them by itself.

use domain::Instant;
use domain::ids::{NoticeId, PersonId};
use ulid::Ulid;

/// The present instant, to the microsecond (what DynamoDB and a person can read alike).
pub fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "this is where time comes in")]
    Instant::now()
}

/// A new id for a person.
pub fn new_person() -> PersonId {
    #[expect(clippy::expect_used, reason = "a ULID is 26 Crockford digits")]
    format!("p_{}", Ulid::generate())
        .parse()
        .expect("a person id")
}

/// A new id for a notice.
pub fn new_notice() -> NoticeId {
    #[expect(clippy::expect_used, reason = "a ULID is 26 Crockford digits")]
    format!("avv_{}", Ulid::generate())
        .parse()
        .expect("a notice id")
}

/// A number by which one process can be told from all others at work.
pub fn new_hand() -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "any of the random bits will do"
    )]
    let hand = Ulid::generate().random() as u32;
    hand
}
