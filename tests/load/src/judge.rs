//! What the times at the stub say: how many calls in any one second, how much of the allowance was used, and whether anybody
//! got more than the pair rule allows.

use std::time::{Duration, Instant};

/// How many messages one citizen may get at once (Meta, pair rate limit).
const BURST: u32 = 45;
/// And then one in this time.
const PAIR: Duration = Duration::from_secs(6);
/// What a message may arrive sooner or later than the one before it, compared with how they left.
const WIRE: Duration = Duration::from_millis(100);

/// The largest number of `times` in any stretch of one second, wherever it begins. They are sorted.
pub(crate) fn most_in_a_second(times: &[Instant]) -> usize {
    let mut from = 0;
    let mut most = 0;
    for (last, at) in times.iter().enumerate() {
        while times
            .get(from)
            .is_some_and(|first| at.duration_since(*first) >= Duration::from_secs(1))
        {
            from += 1;
        }
        most = most.max(last + 1 - from);
    }
    most
}

/// How many of `times` are in the second that ends at `end`.
pub(crate) fn in_the_second_before(times: &[Instant], end: Instant) -> usize {
    let until = times.partition_point(|at| *at <= end);
    let from = times.partition_point(|at| *at + Duration::from_secs(1) <= end);
    until - from
}

/// The share of an allowance of `rate` a second that `times` used, from the first of them until `end`.
pub(crate) fn used(times: &[Instant], end: Instant, rate: u64) -> Option<f64> {
    let first = times.first()?;
    let seconds = end.checked_duration_since(*first)?.as_secs_f64();
    let sent = times.partition_point(|at| *at < end);
    let allowed = seconds * crate::throughput::count(rate);
    (allowed > 0.0).then(|| crate::throughput::count(sent as u64) / allowed)
}

/// How many of one citizen's `times` the pair rule did not allow.
pub(crate) fn too_many_for_one(times: &[Instant]) -> usize {
    let burst = f64::from(BURST);
    let (mut left, mut seen_at) = (burst, None);
    let mut too_many = 0;
    for at in times {
        let waited = seen_at.map_or(Duration::ZERO, |seen| at.duration_since(seen));
        left = (left + waited.as_secs_f64() / PAIR.as_secs_f64()).min(burst);
        seen_at = Some(*at);
        if left + WIRE.as_secs_f64() / PAIR.as_secs_f64() < 1.0 {
            too_many += 1;
        } else {
            left -= 1.0;
        }
    }
    too_many
}

/// The waits at half and at nineteen twentieths, and the longest.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Waits {
    /// Half waited no longer.
    pub(crate) median: Duration,
    /// Nineteen of twenty waited no longer.
    pub(crate) most: Duration,
    /// Nobody waited longer.
    pub(crate) longest: Duration,
}

impl Waits {
    /// Of all `waits`.
    pub(crate) fn of(mut waits: Vec<Duration>) -> Self {
        waits.sort_unstable();
        let rank = |percent: usize| {
            let rank = (waits.len() * percent).div_ceil(100).saturating_sub(1);
            waits.get(rank).copied().unwrap_or_default()
        };
        Self {
            median: rank(50),
            most: rank(95),
            longest: rank(100),
        }
    }
}

/// The longest time without any of `times`.
pub(crate) fn longest_silence(times: &[Instant]) -> Duration {
    let pairs = times.iter().zip(times.iter().skip(1));
    pairs
        .map(|(one, next)| next.duration_since(*one))
        .max()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(began: Instant, milliseconds: &[u64]) -> Vec<Instant> {
        let times = milliseconds.iter();
        times.map(|it| began + Duration::from_millis(*it)).collect()
    }

    #[test]
    fn a_second_is_looked_for_wherever_it_begins() {
        let times = at(Instant::now(), &[0, 900, 950, 1000, 1050, 1899, 1900]);

        // From 900 to 1899; the one at 1900 is a whole second after the first.
        assert_eq!(most_in_a_second(&times), 5);
        assert_eq!(most_in_a_second(&[]), 0);
    }

    #[test]
    fn what_was_used_is_counted_only_while_there_was_work() {
        let began = Instant::now();
        let times = at(began, &[0, 100, 200, 300, 5000]);

        let used = used(&times, began + Duration::from_secs(1), 8).unwrap();

        assert!((used - 0.5).abs() < 1e-9, "{used}");
    }

    #[test]
    fn one_citizen_gets_a_burst_and_then_one_every_six_seconds() {
        let began = Instant::now();
        let mut times = vec![began; 45];
        times.push(began + Duration::from_secs(6));
        assert_eq!(too_many_for_one(&times), 0);

        times.push(began + Duration::from_secs(11));
        assert_eq!(too_many_for_one(&times), 1);
    }

    #[test]
    fn a_wait_is_one_of_those_seen() {
        let waits = Waits::of((1..=100).map(Duration::from_millis).collect());

        assert_eq!(waits.median, Duration::from_millis(50));
        assert_eq!(waits.most, Duration::from_millis(95));
        assert_eq!(waits.longest, Duration::from_millis(100));
        assert_eq!(Waits::of(Vec::new()).longest, Duration::ZERO);
    }

    #[test]
    fn a_silence_lies_between_two_calls() {
        let times = at(Instant::now(), &[0, 100, 700, 900]);

        assert_eq!(longest_silence(&times), Duration::from_millis(600));
    }
}
