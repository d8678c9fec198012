//! The pace of the number, as arithmetic: when a message may leave. Where the two counters are kept, and how many
//! instances share them, is `cloud`'s business (docs/decisions/0012).
//!
//! **The number.** Time is cut into evenly spaced slots, a little further apart than the rate asks. Who wants to send books
//! the next free ones and sends each message in its slot, so no second holds more than the rate, wherever it begins. Who
//! may book how far ahead decides who goes first: an ordinary notice may not book while the queue of slots is longer than
//! a quarter of a second, a reply may while it is shorter than a whole one. Whoever waits may look further and further, so
//! nobody waits for ever.
//!
//! **The citizen.** One message every six seconds, with a burst of 45 that is borrowed from the time to come (Meta, pair
//! rate limit).

use std::time::Duration;

use crate::Instant;

/// Which messages go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Answers: a person is waiting.
    Replies,
    /// Notices of an emergency.
    Urgent,
    /// All other notices.
    Ordinary,
}

/// How much of the rate is used. The rest is for what slots cannot know: a message leaves a little late, the network takes
/// a little longer for one than for the next.
const USED_PERCENT: u64 = 96;
/// A slot that is this late is not used any more: late messages would meet the next ones.
pub const LATE: Duration = Duration::from_millis(30);
/// Most slots booked at once: what is written with them fits into one transaction.
pub const LARGEST_SHARE: u32 = 25;

/// The slots of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    per_second: u32,
}

impl Rate {
    /// The slots of a number that may send `per_second` messages in any second; at least one.
    pub fn new(per_second: u32) -> Self {
        Self {
            per_second: per_second.max(1),
        }
    }

    /// From one slot to the next, in microseconds, rounded up.
    pub fn spacing_us(self) -> u64 {
        (100_000_000_u64).div_ceil(u64::from(self.per_second) * USED_PERCENT)
    }

    /// How many slots one booking takes of `wanted`: few, so that nobody keeps an eighth of a second from the others.
    pub fn share(self, wanted: u32) -> u32 {
        wanted.clamp(1, (self.per_second / 8).clamp(1, LARGEST_SHARE))
    }
}

impl Lane {
    /// How far ahead this lane may book after it has `waited`.
    pub fn horizon(self, waited: Duration) -> Duration {
        let base = match self {
            Self::Replies => Duration::from_secs(1),
            Self::Urgent => Duration::from_millis(750),
            Self::Ordinary => Duration::from_millis(250),
        };
        // In the end everybody sees a little further than a lane that never waits.
        (base + waited / 4).min(Duration::from_millis(1250))
    }
}

/// How long one person may be borrowed from: 45 messages at once are 44 before their time.
const BORROWED_MS: i64 = 44 * PAIR_MS;
const PAIR_MS: i64 = 6_000;

/// What is known of the messages to one person: until when their time is used up, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pair {
    /// The time used up; zero for nobody written to lately.
    pub used_until_ms: i64,
}

impl Pair {
    /// The pair after one more message at `now`, or the instant from which there is room for one.
    pub fn book(self, now: Instant) -> Result<Self, Instant> {
        let now_ms = now.as_millisecond();
        let room_at = self.used_until_ms - BORROWED_MS;
        if room_at > now_ms {
            return Err(Instant::from_millisecond(room_at).unwrap_or(now));
        }
        Ok(Self {
            used_until_ms: self.used_until_ms.max(now_ms) + PAIR_MS,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(ms: i64) -> Instant {
        Instant::from_millisecond(1_795_000_000_000 + ms).unwrap()
    }

    #[test]
    fn no_second_holds_more_slots_than_the_rate_even_if_some_are_late() {
        for per_second in [1, 2, 5, 20, 80, 250, 1000] {
            let spacing = Rate::new(per_second).spacing_us();
            // A message may leave up to `LATE` after its slot: a second sees the slots of a second and a bit.
            let seen = 1_000_000 + u64::try_from(LATE.as_micros()).unwrap();
            let most = seen.div_ceil(spacing);
            assert!(most <= u64::from(per_second), "{per_second}: {most}");
        }
    }

    #[test]
    fn at_least_ninety_five_hundredths_of_the_rate_are_slots() {
        for per_second in [20, 80, 250, 1000_u32] {
            let slots_in_a_thousand_seconds = 1_000_000_000 / Rate::new(per_second).spacing_us();
            assert!(
                slots_in_a_thousand_seconds >= u64::from(per_second) * 955,
                "{per_second}: {slots_in_a_thousand_seconds}"
            );
        }
    }

    #[test]
    fn a_reply_sees_further_than_an_urgent_notice_and_that_further_than_an_ordinary_one_until_they_have_waited()
     {
        let fresh =
            [Lane::Replies, Lane::Urgent, Lane::Ordinary].map(|lane| lane.horizon(Duration::ZERO));
        assert!(fresh.is_sorted_by(|one, other| one > other));

        let patient = Lane::Ordinary.horizon(Duration::from_secs(4));
        assert!(
            patient > Lane::Replies.horizon(Duration::ZERO),
            "{patient:?}"
        );
    }

    #[test]
    fn one_person_gets_a_burst_and_then_one_every_six_seconds() {
        let mut pair = Pair::default();
        for _ in 0..45 {
            pair = pair.book(at(0)).unwrap();
        }

        let room = pair.book(at(1)).unwrap_err();

        assert_eq!(room, at(6_000));
        assert!(pair.book(room).is_ok());
        assert_eq!(pair.book(room).unwrap().book(room), Err(at(12_000)));
    }

    proptest! {
        #[test]
        fn no_stretch_of_time_brings_one_person_more_than_the_burst_and_its_share(waits in prop::collection::vec(0_i64..9_000, 1..200)) {
            let (mut pair, mut now) = (Pair::default(), 0);
            let mut sent = Vec::new();
            for wait in waits {
                now += wait;
                if let Ok(booked) = pair.book(at(now)) {
                    pair = booked;
                    sent.push(now);
                }
            }
            for (first, from) in sent.iter().enumerate() {
                for (last, to) in sent.iter().enumerate().skip(first) {
                    let n = i64::try_from(last - first + 1).unwrap();
                    prop_assert!(n <= 45 + (to - from) / PAIR_MS);
                }
            }
        }
    }
}
