//! What becomes of one call of a function to AWS: drawn from a seeded source, so that a run can be drawn again.

use std::time::Duration;

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It goes through.
    Pass,
    /// It goes through after a while.
    Late(Duration),
    /// Refused by throttling, in the service's own words; not done.
    Throttled,
    /// A server error; not done.
    ErrorBefore,
    /// A server error, but done.
    ErrorAfter,
    /// The connection is reset; not done.
    CutBefore,
    /// The connection is reset, but done.
    CutAfter,
    /// The caller dies; not done.
    KillBefore,
    /// The caller dies, and it is done.
    KillAfter,
}

impl Fate {
    /// The name in the figures.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Late(_) => "late",
            Self::Throttled => "throttled",
            Self::ErrorBefore => "error_before",
            Self::ErrorAfter => "error_after",
            Self::CutBefore => "cut_before",
            Self::CutAfter => "cut_after",
            Self::KillBefore => "kill_before",
            Self::KillAfter => "kill_after",
        }
    }
}

/// How often each trouble strikes, out of 100,000 calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rates {
    late: u32,
    hang: u32,
    throttled: u32,
    error: u32,
    cut: u32,
    /// More kills the smaller the run, so that a small one has some as well.
    kills_times: u32,
}

const ALL: u32 = 100_000;

impl Rates {
    /// For a run with so many recipients. `trouble` in percent of the usual.
    pub(crate) fn for_recipients(recipients: usize, trouble: u32) -> Self {
        let times = u32::try_from(2_000 / recipients.max(1)).unwrap_or(1);
        Self {
            late: 1_000 * trouble / 100,
            hang: 8 * trouble / 100,
            throttled: 1_500 * trouble / 100,
            error: 400 * trouble / 100,
            cut: 300 * trouble / 100,
            kills_times: times.clamp(1, 8) * u32::from(trouble > 0),
        }
    }

    /// Every function dies a few times in a run of 2,000 recipients: those that make few calls, more often per call.
    fn kills(&self, function: &str) -> u32 {
        match function {
            "webhook" => 400 * self.kills_times,
            "conversation" => 80 * self.kills_times,
            "send" => 45 * self.kills_times,
            "delivery" => 30 * self.kills_times,
            // These work once for a notice or a request, however many people there are.
            "report" if self.kills_times > 0 => 4_000,
            "dispatch" | "approval" | "intake" | "mailroom" | "courier" | "deadlines"
                if self.kills_times > 0 =>
            {
                1_500
            }
            _ => 0,
        }
    }

    /// The fate of a call of `function`.
    pub(crate) fn draw(&self, function: &str, random: &mut fastrand::Rng) -> Fate {
        let kill = self.kills(function) / 2;
        let mut drawn = random.u32(0..ALL);
        let lateness = random.u64(150..2_000);
        let lots = [
            (kill, Fate::KillBefore),
            (kill, Fate::KillAfter),
            (self.throttled, Fate::Throttled),
            (self.error, Fate::ErrorBefore),
            (self.error, Fate::ErrorAfter),
            (self.cut, Fate::CutBefore),
            (self.cut, Fate::CutAfter),
            (self.late, Fate::Late(Duration::from_millis(lateness))),
            // Longer than most functions may take: Lambda ends them.
            (self.hang, Fate::Late(Duration::from_secs(45))),
        ];
        for (lot, fate) in lots {
            if drawn < lot {
                return fate;
            }
            drawn -= lot;
        }
        Fate::Pass
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(seed: u64) -> Vec<Fate> {
        let mut random = fastrand::Rng::with_seed(seed);
        let rates = Rates::for_recipients(2_000, 100);
        (0..50_000)
            .map(|_| rates.draw("send", &mut random))
            .collect()
    }

    #[test]
    fn the_same_seed_draws_the_same_fates() {
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
    }

    #[test]
    fn most_calls_pass_and_every_trouble_happens() {
        let fates = drawn(1);

        let passed = fates.iter().filter(|fate| **fate == Fate::Pass).count();
        assert!(passed > fates.len() * 9 / 10, "{passed}");
        let kinds: std::collections::BTreeSet<_> = fates.iter().map(|fate| fate.key()).collect();
        assert_eq!(kinds.len(), 9, "{kinds:?}");
    }

    #[test]
    fn in_calm_weather_every_call_passes() {
        let mut random = fastrand::Rng::with_seed(1);
        let calm = Rates::for_recipients(100, 0);
        assert!((0..50_000).all(|_| calm.draw("dispatch", &mut random) == Fate::Pass));
    }
}
