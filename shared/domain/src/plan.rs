//! When the last of many people is reached, if only so many different ones may be written to first in 24 hours (Meta,
//! messaging limits).
//!
//! Who was reached is counted by the hour. An hour counts until a whole day after its end, so that the limit is never
//! exceeded for having rounded; and what is admitted counts a little later than it was admitted, for it takes a while to
//! leave. Both err on the side of waiting.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::pace::Rate;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// What is admitted has left after so long.
const ON_ITS_WAY: i64 = 15 * 60;
/// Nobody plans further ahead than a year of full days.
const MOST_PARTS: usize = 9_000;
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// How many different people were admitted, hour by hour, of the last day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reached {
    /// People by the hour in which they count, in hours since 1970.
    hours: BTreeMap<i64, u64>,
    /// Until when the room that comes free is kept for an emergency that waits for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_until: Option<Instant>,
}

impl Reached {
    /// How many count at `now`.
    pub fn counting(&self, now: Instant) -> u64 {
        self.hours
            .iter()
            .filter(|(hour, _)| over(**hour) > now.as_second())
            .map(|(_, people)| people)
            .sum()
    }

    /// How many more may be reached at `now`.
    pub fn room(&self, limit: u32, now: Instant) -> u64 {
        u64::from(limit).saturating_sub(self.counting(now))
    }

    /// From when on there is room for somebody.
    pub fn room_at(&self, limit: u32, now: Instant) -> Instant {
        if self.room(limit, now) > 0 {
            return now;
        }
        let free = self
            .hours
            .iter()
            .filter(|(_, people)| **people > 0)
            .map(|(hour, _)| over(*hour))
            .filter(|over| *over > now.as_second())
            .find_map(|over| {
                let then = Instant::from_second(over).ok()?;
                (self.room(limit, then) > 0).then_some(then)
            });
        free.unwrap_or_else(|| later(now, DAY))
    }

    /// Counts `people` who are admitted at `now`, and forgets what no longer counts.
    pub fn admit(&mut self, people: u64, now: Instant) {
        self.hours.retain(|hour, _| over(*hour) > now.as_second());
        if people > 0 {
            let hour = (now.as_second() + ON_ITS_WAY).div_euclid(HOUR);
            *self.hours.entry(hour).or_default() += people;
        }
    }

    /// Keeps the room that comes free for an emergency, until `until`.
    pub fn keep_for_emergency(&mut self, until: Instant) {
        self.kept_until = Some(until);
    }

    /// Whether the room that there is at `now` is kept for an emergency.
    pub fn is_kept(&self, now: Instant) -> bool {
        self.kept_until.is_some_and(|until| now < until)
    }
}

/// The second from which an hour no longer counts.
fn over(hour: i64) -> i64 {
    (hour + 1) * HOUR + DAY
}

fn later(now: Instant, seconds: i64) -> Instant {
    now.checked_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Instant::MAX)
}

/// When how many people are reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// From when on how many, in order.
    pub parts: Vec<(Instant, u64)>,
    /// When the last one is reached; none if nobody is.
    pub last_reached_at: Option<Instant>,
    /// People who are not reached within a year.
    pub unreached: u64,
}

impl Plan {
    /// The plan for `recipients`, all of whom count as people not reached lately: it never promises too early. `limit`
    /// people may be reached in 24 hours (none for no limit), `per_second` messages leave in a second, from `start` on.
    /// `quiet_until` says from when on something may leave, if at an instant it may not.
    pub fn of(
        recipients: u64,
        reached: &Reached,
        limit: Option<u32>,
        per_second: u32,
        start: Instant,
        quiet_until: impl Fn(Instant) -> Option<Instant>,
    ) -> Self {
        let rate = Rate::new(per_second);
        let mut reached = reached.clone();
        let mut plan = Self {
            unreached: recipients,
            ..Self::default()
        };
        let mut at = start;
        while plan.unreached > 0 && plan.parts.len() < MOST_PARTS {
            at = quiet_until(at).unwrap_or(at);
            if at.duration_since(start) > LONGEST {
                break;
            }
            let room = limit.map_or(u64::MAX, |limit| reached.room(limit, at));
            let people = plan.unreached.min(room);
            if people > 0 {
                let takes = seconds(people, rate);
                let done = later(at, takes);
                // What does not leave before the quiet hours leaves after them, all of it at the worst.
                let done = quiet_until(done).map_or(done, |morning| later(morning, takes));
                reached.admit(people, at);
                plan.parts.push((at, people));
                plan.unreached -= people;
                plan.last_reached_at = Some(done);
                at = done;
            }
            if let Some(limit) = limit.filter(|_| plan.unreached > 0) {
                at = reached.room_at(limit, at);
            }
            if limit == Some(0) || at.duration_since(start) > LONGEST {
                break;
            }
        }
        plan
    }

    /// Whether everybody is reached by `end`.
    pub fn is_done_by(&self, end: Instant) -> bool {
        self.unreached == 0 && self.last_reached_at.is_none_or(|last| last <= end)
    }
}

/// How long `people` messages take, in whole seconds.
fn seconds(people: u64, rate: Rate) -> i64 {
    let microseconds = people.saturating_mul(rate.spacing_us());
    i64::try_from(microseconds.div_ceil(1_000_000)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn never_quiet(_: Instant) -> Option<Instant> {
        None
    }

    fn at(second: i64) -> Instant {
        Instant::from_second(1_795_000_000 + second).unwrap()
    }

    #[test]
    fn without_a_limit_everybody_is_reached_at_the_pace_of_the_number() {
        let plan = Plan::of(8_000, &Reached::default(), None, 80, at(0), never_quiet);

        assert_eq!(plan.parts, [(at(0), 8_000)]);
        let last = plan.last_reached_at.unwrap();
        assert!((at(100)..at(110)).contains(&last), "{last}");
        assert!(plan.is_done_by(at(110)) && !plan.is_done_by(at(99)));
    }

    #[test]
    fn five_hundred_people_of_two_hundred_and_fifty_a_day_take_two_days() {
        let plan = Plan::of(500, &Reached::default(), Some(250), 80, at(0), never_quiet);

        let people: Vec<_> = plan.parts.iter().map(|(_, people)| *people).collect();
        assert_eq!(people, [250, 250]);
        let pause = plan.parts[1].0.duration_since(plan.parts[0].0);
        assert!(pause >= SignedDuration::from_hours(24), "{pause}");
        assert!(pause <= SignedDuration::from_hours(26), "{pause}");
    }

    #[test]
    fn who_was_reached_today_takes_the_room_of_others_until_tomorrow() {
        let mut reached = Reached::default();
        reached.admit(200, at(0));

        let plan = Plan::of(100, &reached, Some(250), 80, at(3_600), never_quiet);

        assert_eq!(plan.parts[0], (at(3_600), 50));
        assert_eq!(plan.parts[1].1, 50);
        assert!(plan.parts[1].0 >= at(86_400));
    }

    #[test]
    fn what_falls_into_the_night_is_reached_in_the_morning() {
        // Quiet from the 50th second to the 1,000th.
        let quiet = |instant: Instant| (at(50)..at(1_000)).contains(&instant).then(|| at(1_000));

        let begun = Plan::of(8_000, &Reached::default(), None, 80, at(0), quiet);
        assert!(begun.last_reached_at.unwrap() >= at(1_050));
        let later = Plan::of(80, &Reached::default(), None, 80, at(60), quiet);
        assert_eq!(later.parts, [(at(1_000), 80)]);
        let never = Plan::of(80, &Reached::default(), None, 80, at(60), |_| {
            Some(Instant::MAX)
        });
        assert_eq!((never.parts.len(), never.unreached), (0, 80));
    }

    #[test]
    fn a_limit_of_nobody_reaches_nobody_and_says_so() {
        let plan = Plan::of(10, &Reached::default(), Some(0), 80, at(0), never_quiet);

        assert_eq!((plan.parts.len(), plan.unreached), (0, 10));
        assert!(!plan.is_done_by(at(1_000_000)));
    }

    #[test]
    fn nobody_to_reach_is_done_at_once() {
        assert!(
            Plan::of(0, &Reached::default(), Some(250), 80, at(0), never_quiet).is_done_by(at(0))
        );
    }

    #[test]
    fn room_is_kept_for_an_emergency_for_a_while() {
        let mut reached = Reached::default();
        reached.keep_for_emergency(at(900));

        assert!(reached.is_kept(at(899)) && !reached.is_kept(at(900)));
    }

    proptest! {
        #[test]
        fn no_stretch_of_a_day_reaches_more_people_than_the_limit(
            recipients in 0_u64..5_000,
            limit in 1_u32..2_000,
            per_second in 1_u32..1_000,
            earlier in prop::collection::vec((0_i64..100_000, 0_u64..300), 0..6),
        ) {
            let mut reached = Reached::default();
            let mut sent: Vec<(Instant, u64)> = Vec::new();
            let mut earlier = earlier;
            earlier.sort_unstable();
            for (second, people) in earlier {
                let people = people.min(reached.room(limit, at(second)));
                reached.admit(people, at(second));
                sent.push((at(second), people));
            }
            let plan = Plan::of(recipients, &reached, Some(limit), per_second, at(100_000), never_quiet);
            sent.extend(&plan.parts);

            for (from, _) in &sent {
                let within = |to: Instant| to >= *from && to.duration_since(*from) <= SignedDuration::from_hours(24);
                let people: u64 = sent.iter().filter(|(to, _)| within(*to)).map(|(_, people)| people).sum();
                prop_assert!(people <= u64::from(limit), "{people} from {from}");
            }
            let planned: u64 = plan.parts.iter().map(|(_, people)| people).sum();
            prop_assert_eq!(planned + plan.unreached, recipients);
            prop_assert!(plan.parts.is_sorted_by(|one, other| one.0 < other.0));
        }

        #[test]
        fn more_people_or_a_lower_limit_never_end_sooner(
            recipients in 1_u64..3_000, more in 0_u64..500, limit in 50_u32..1_000, higher in 0_u32..500,
        ) {
            let end = |recipients, limit| Plan::of(recipients, &Reached::default(), Some(limit), 80, at(0), never_quiet).last_reached_at;
            prop_assert!(end(recipients, limit) <= end(recipients + more, limit));
            prop_assert!(end(recipients, limit + higher) <= end(recipients, limit));
        }

        #[test]
        fn there_is_room_when_it_is_said_that_there_will_be(people in 1_u64..500, limit in 1_u32..400, second in 0_i64..200_000) {
            let mut reached = Reached::default();
            reached.admit(people.min(u64::from(limit)), at(0));
            let room_at = reached.room_at(limit, at(second));
            prop_assert!(room_at >= at(second));
            prop_assert!(reached.room(limit, room_at) > 0);
        }
    }
}
