//! Meta's rates: so many messages per second for the number, and for each pair of number and citizen a bucket that holds
//! 45 messages and gains one every 6 s. Measured on the machine's own clock, which cannot be set ahead.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

const PAIR_BURST: f64 = 45.0;
const PAIR_SECONDS: f64 = 6.0;
const DAY: u64 = 24 * 60 * 60;

#[derive(Default)]
pub(crate) struct Rates {
    last_second: VecDeque<Instant>,
    pairs: HashMap<String, Bucket>,
}

/// Who got something outside their window within the last 24 hours by the peer's clock, in seconds since 1970.
#[derive(Default)]
pub(crate) struct Reach {
    last: HashMap<String, u64>,
    order: VecDeque<(u64, String)>,
}

impl Reach {
    /// Counts this person, unless they would be one too many.
    pub(crate) fn allows(&mut self, person: &str, most: Option<u32>, now: u64) -> bool {
        while let Some((at, _)) = self.order.front()
            && at + DAY <= now
            && let Some((at, person)) = self.order.pop_front()
        {
            // Somebody who got another one meanwhile still counts.
            if self.last.get(&person) == Some(&at) {
                self.last.remove(&person);
            }
        }
        let allowed = self.last.contains_key(person)
            || most.is_none_or(|most| self.last.len() < most as usize);
        if allowed {
            self.last.insert(person.to_owned(), now);
            self.order.push_back((now, person.to_owned()));
        }
        allowed
    }
}

struct Bucket {
    level: f64,
    at: Instant,
}

impl Rates {
    /// Counts one more message of the number, unless the last second is full.
    pub(crate) fn number_allows(&mut self, per_second: u32, now: Instant) -> bool {
        while self
            .last_second
            .front()
            .is_some_and(|at| now.duration_since(*at) >= Duration::from_secs(1))
        {
            self.last_second.pop_front();
        }
        let allowed = self.last_second.len() < per_second as usize;
        if allowed {
            self.last_second.push_back(now);
        }
        allowed
    }

    /// Counts one more message to this person, unless too many came lately.
    pub(crate) fn pair_allows(&mut self, person: &str, now: Instant) -> bool {
        let bucket = self.pairs.entry(person.to_owned()).or_insert(Bucket {
            level: PAIR_BURST,
            at: now,
        });
        let gained = now.duration_since(bucket.at).as_secs_f64() / PAIR_SECONDS;
        bucket.level = (bucket.level + gained).min(PAIR_BURST);
        bucket.at = now;
        let allowed = bucket.level >= 1.0;
        if allowed {
            bucket.level -= 1.0;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holds_no_more_than_the_rate() {
        let mut rates = Rates::default();
        let start = Instant::now();

        assert!(rates.number_allows(2, start) && rates.number_allows(2, start));
        assert!(!rates.number_allows(2, start + Duration::from_millis(999)));
        assert!(rates.number_allows(2, start + Duration::from_secs(1)));
    }

    #[test]
    fn one_person_gets_a_burst_and_then_one_every_six_seconds() {
        let mut rates = Rates::default();
        let start = Instant::now();

        assert!((0..45).all(|_| rates.pair_allows("anna", start)));
        assert!(!rates.pair_allows("anna", start + Duration::from_secs(5)));
        assert!(rates.pair_allows("bruno", start));
        assert!(rates.pair_allows("anna", start + Duration::from_secs(7)));
    }

    #[test]
    fn one_person_too_many_waits_until_another_has_been_out_for_a_day() {
        let mut reach = Reach::default();

        assert!(reach.allows("anna", Some(2), 0) && reach.allows("bruno", Some(2), 10));
        assert!(reach.allows("anna", Some(2), 20));
        assert!(!reach.allows("carla", Some(2), DAY + 9));
        assert!(reach.allows("carla", Some(2), DAY + 10));
        assert!(!reach.allows("dario", Some(2), DAY + 11));
    }
}
