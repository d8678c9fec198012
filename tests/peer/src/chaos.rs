//! Random faults: for long runs, where single ones would have to be asked for one by one. The same seed and the same
//! order of messages bring the same faults.

use serde::{Deserialize, Serialize};

use crate::faults::Trouble;

/// How often each thing goes wrong, as shares of one; together at most one. Nothing does, unless set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Chaos {
    /// A Graph error with one of `codes`; nothing is sent.
    pub refuse_rate: f64,
    /// The codes that refusals take turns in, at random.
    pub codes: Vec<i64>,
    /// HTTP 500; nothing is sent.
    pub error_before_rate: f64,
    /// The connection is reset; nothing is sent.
    pub cut_before_rate: f64,
    /// HTTP 500, but the message goes out.
    pub error_after_rate: f64,
    /// The connection is reset, but the message goes out.
    pub cut_after_rate: f64,
    /// The message goes out, and the answer comes `hang_millis` later.
    pub hang_after_rate: f64,
    /// See `hang_after_rate`.
    pub hang_millis: u64,
    /// The message is accepted and then fails, with `fail_code`.
    pub fail_rate: f64,
    /// See `fail_rate`.
    pub fail_code: i64,
    /// Where chance begins.
    pub seed: u64,
}

impl Default for Chaos {
    fn default() -> Self {
        Self {
            refuse_rate: 0.0,
            codes: vec![130_429],
            error_before_rate: 0.0,
            cut_before_rate: 0.0,
            error_after_rate: 0.0,
            cut_after_rate: 0.0,
            hang_after_rate: 0.0,
            hang_millis: 60_000,
            fail_rate: 0.0,
            fail_code: 131_026,
            seed: 1,
        }
    }
}

impl Chaos {
    /// What goes wrong with one message, if anything does.
    pub(crate) fn strike(&self, random: &mut fastrand::Rng) -> Option<Trouble> {
        let code = self
            .codes
            .get(random.usize(..self.codes.len().max(1)))
            .copied()
            .unwrap_or(131_000);
        let rates = [
            (self.refuse_rate, Trouble::Refuse { code, http: None }),
            (self.error_before_rate, Trouble::ErrorBefore),
            (self.cut_before_rate, Trouble::CutBefore),
            (self.error_after_rate, Trouble::ErrorAfter),
            (self.cut_after_rate, Trouble::CutAfter),
            (
                self.hang_after_rate,
                Trouble::HangAfter {
                    millis: self.hang_millis,
                },
            ),
            (
                self.fail_rate,
                Trouble::Fail {
                    code: self.fail_code,
                },
            ),
        ];
        let mut chance = random.f64();
        for (rate, trouble) in rates {
            if chance < rate {
                return Some(trouble);
            }
            chance -= rate;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_come_as_often_as_told_and_the_same_for_the_same_seed() {
        let chaos = Chaos {
            refuse_rate: 0.1,
            codes: vec![130_429, 131_056],
            error_after_rate: 0.2,
            ..Chaos::default()
        };
        let run = |seed| -> Vec<Option<Trouble>> {
            let mut random = fastrand::Rng::with_seed(seed);
            (0..10_000).map(|_| chaos.strike(&mut random)).collect()
        };

        let troubles = run(7);

        let count = |wanted: fn(&Trouble) -> bool| {
            troubles
                .iter()
                .flatten()
                .filter(|trouble| wanted(trouble))
                .count()
        };
        let refused = count(|trouble| matches!(trouble, Trouble::Refuse { .. }));
        assert!((800..1_200).contains(&refused), "{refused}");
        assert!((1_800..2_200).contains(&count(|trouble| *trouble == Trouble::ErrorAfter)));
        assert_eq!(run(7), troubles);
        assert_ne!(run(8), troubles);
    }
}
