//! When each message was asked for, by a clock that nobody can set: the proof of a pace. Cheap enough for thousands a
//! second.

use std::collections::HashMap;
use std::time::Instant;

use serde::{Deserialize, Serialize};

const SECOND: u64 = 1_000_000;

/// The calls that wanted to send a message, in order, by microseconds since the first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// When each accepted one was accepted.
    pub accepted: Vec<u64>,
    /// When each of the others was refused, lost or broken, and its code; 500 where the fault has none, 0 for a cut.
    pub refused: Vec<(u64, i64)>,
    /// The largest number accepted in any second, wherever it begins.
    pub max_per_second: usize,
    /// The accepted ones of each second since the first.
    pub per_second: Vec<usize>,
    /// How many people got more than one.
    pub pairs: usize,
    /// The shortest time between two accepted for one person.
    pub closest_pair: Option<u64>,
    /// The shortest time between two accepted, for each person who got more than one. Only when asked for.
    #[serde(default, skip_serializing_if = "HashMap::is_empty")]
    pub closest: HashMap<String, u64>,
}

/// The trace as it grows.
#[derive(Default)]
pub(crate) struct Tracer {
    start: Option<Instant>,
    accepted: Vec<u64>,
    refused: Vec<(u64, i64)>,
    /// For each person the last one and the shortest gap.
    pairs: HashMap<String, (u64, Option<u64>)>,
}

impl Tracer {
    fn micros(&mut self, now: Instant) -> u64 {
        let start = *self.start.get_or_insert(now);
        u64::try_from(now.duration_since(start).as_micros()).unwrap_or(u64::MAX)
    }

    pub(crate) fn accept(&mut self, person: &str, now: Instant) {
        let micros = self.micros(now);
        self.accepted.push(micros);
        match self.pairs.get_mut(person) {
            Some((last, closest)) => {
                let gap = micros - *last;
                *closest = Some(closest.map_or(gap, |closest| closest.min(gap)));
                *last = micros;
            }
            None => {
                self.pairs.insert(person.to_owned(), (micros, None));
            }
        }
    }

    pub(crate) fn refuse(&mut self, code: i64, now: Instant) {
        let micros = self.micros(now);
        self.refused.push((micros, code));
    }

    /// What is known, with the gap of each pair where `pairs` is wanted.
    pub(crate) fn shown(&self, pairs: bool) -> Trace {
        let gaps = || {
            self.pairs
                .iter()
                .filter_map(|(person, (_, gap))| gap.map(|gap| (person, gap)))
        };
        let mut per_second = Vec::new();
        for micros in &self.accepted {
            let second = usize::try_from(micros / SECOND).unwrap_or(usize::MAX);
            if per_second.len() <= second {
                per_second.resize(second + 1, 0);
            }
            per_second[second] += 1;
        }
        Trace {
            accepted: self.accepted.clone(),
            refused: self.refused.clone(),
            max_per_second: busiest_second(&self.accepted),
            per_second,
            pairs: gaps().count(),
            closest_pair: gaps().map(|(_, gap)| gap).min(),
            closest: if pairs {
                gaps().map(|(person, gap)| (person.clone(), gap)).collect()
            } else {
                HashMap::new()
            },
        }
    }
}

/// The most instants within one second, which ends just before it is full.
fn busiest_second(instants: &[u64]) -> usize {
    let mut first = 0;
    let mut most = 0;
    for (last, instant) in instants.iter().enumerate() {
        while instants[first] + SECOND <= *instant {
            first += 1;
        }
        most = most.max(last - first + 1);
    }
    most
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_busiest_second_may_begin_anywhere() {
        assert_eq!(busiest_second(&[]), 0);
        assert_eq!(
            busiest_second(&[0, 600_000, 999_999, 1_000_000, 1_500_000]),
            4
        );
        assert_eq!(busiest_second(&[0, 1_000_000, 2_000_000]), 1);
    }

    #[test]
    fn each_pair_has_its_shortest_gap() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut tracer = Tracer::default();

        for (person, millis) in [("anna", 0), ("bruno", 10), ("anna", 6_000), ("anna", 7_500)] {
            tracer.accept(person, at(millis));
        }
        tracer.refuse(131_056, at(7_600));

        let trace = tracer.shown(true);
        assert_eq!(trace.accepted, [0, 10_000, 6_000_000, 7_500_000]);
        assert_eq!(trace.refused, [(7_600_000, 131_056)]);
        assert_eq!(trace.per_second, [2, 0, 0, 0, 0, 0, 1, 1]);
        assert_eq!((trace.pairs, trace.closest_pair), (1, Some(1_500_000)));
        assert_eq!(trace.closest["anna"], 1_500_000);
    }
}
