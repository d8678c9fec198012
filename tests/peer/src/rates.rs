//! Meta's rates: so many messages per second for the number, and for each pair of number and citizen a bucket that holds
//! 45 messages and gains one every 6 s. Measured on the machine's own clock, which cannot be set ahead.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

const PAIR_BURST: f64 = 45.0;
const PAIR_SECONDS: f64 = 6.0;

#[derive(Default)]
pub(crate) struct Rates {
    last_second: VecDeque<Instant>,
    pairs: HashMap<String, Bucket>,
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
}
