//! One round: every subject in a fresh process, a first call, a warm-up, and then the calls that count, taken in turns.
//!
//! The turns are short. When something else on the machine takes the caches or the clock rate for a second, it takes them
//! from all subjects, and a ratio between two of them stays what it was.

use std::path::Path;
use std::time::Duration;

use bench::Trouble;
use bench::process::Process;
use bench::stub::Stub;

use crate::subjects::Subject;

/// In how many turns the calls of a round are taken.
const TURNS: u32 = 20;

/// What one round saw of one subject.
pub(crate) struct Round {
    /// From exec to the first poll.
    pub(crate) init_ms: f64,
    /// The first call, which opens connections and fetches what is kept.
    pub(crate) first_ms: f64,
    /// The warm calls' median.
    pub(crate) p50_ms: f64,
    /// The warm calls' 99th percentile.
    pub(crate) p99_ms: f64,
    /// CPU time per warm call.
    pub(crate) cpu_ms: f64,
    /// The most memory held.
    pub(crate) peak_mib: f64,
    /// Calls of AWS per warm call.
    pub(crate) aws_calls: f64,
}

/// Puts all `subjects` through a round; what is seen of each comes back in their order. `ordinal` counts the events of all
/// rounds, so that none comes twice.
pub(crate) async fn round(
    subjects: &[&Subject],
    stub: &Stub,
    logs: &Path,
    ordinal: &mut u64,
) -> Result<Vec<Round>, Trouble> {
    stub.forget();
    let mut running = Vec::new();
    for subject in subjects {
        let started = Running::start(subject, stub, logs, ordinal).await;
        running.push(started.map_err(|trouble| of(subject, &trouble))?);
    }
    for _ in 0..TURNS {
        for it in &mut running {
            let turn = it.turn(stub, ordinal).await;
            turn.map_err(|trouble| of(it.subject, &trouble))?;
        }
    }
    let mut seen = Vec::new();
    for it in running {
        seen.push(it.end().await?);
    }
    Ok(seen)
}

/// A subject in the course of a round.
struct Running<'a> {
    subject: &'a Subject,
    process: Process,
    first: Duration,
    warm: Vec<Duration>,
    cpu: Duration,
    aws_calls: u32,
}

impl<'a> Running<'a> {
    async fn start(
        subject: &'a Subject,
        stub: &Stub,
        logs: &Path,
        ordinal: &mut u64,
    ) -> Result<Self, Trouble> {
        let mut it = Self {
            subject,
            process: Process::start(&subject.program, logs).await?,
            first: Duration::ZERO,
            warm: Vec::new(),
            cpu: Duration::ZERO,
            aws_calls: 0,
        };
        it.first = it.call(stub, ordinal).await?;
        for _ in 0..subject.calls / 10 {
            it.call(stub, ordinal).await?;
        }
        Ok(it)
    }

    /// The share of its calls that one turn takes.
    async fn turn(&mut self, stub: &Stub, ordinal: &mut u64) -> Result<(), Trouble> {
        stub.take_aws_calls();
        let before = self.process.observed.cpu()?;
        for _ in 0..self.subject.calls.div_ceil(TURNS) {
            let took = self.call(stub, ordinal).await?;
            self.warm.push(took);
        }
        self.cpu += self.process.observed.cpu()?.saturating_sub(before);
        self.aws_calls += stub.take_aws_calls();
        Ok(())
    }

    /// One call whose answer must be right: a function that fails fast is not fast.
    async fn call(&mut self, stub: &Stub, ordinal: &mut u64) -> Result<Duration, Trouble> {
        *ordinal += 1;
        let asked = (self.subject.asked)(*ordinal)?;
        for (table, item) in &asked.rows {
            stub.put(table, item);
        }
        let (answer, took) = self.process.call(asked.event).await?;
        let right =
            serde_json::from_slice(&answer).is_ok_and(|answer| (self.subject.went_well)(&answer));
        if right {
            Ok(took)
        } else {
            Err(format!("it answered {}", String::from_utf8_lossy(&answer)).into())
        }
    }

    async fn end(mut self) -> Result<Round, Trouble> {
        self.warm.sort_unstable();
        let calls = f64::from(u32::try_from(self.warm.len())?);
        let round = Round {
            init_ms: ms(self.process.init),
            first_ms: ms(self.first),
            p50_ms: ms(percentile(&self.warm, 50)),
            p99_ms: ms(percentile(&self.warm, 99)),
            cpu_ms: ms(self.cpu) / calls,
            peak_mib: self.process.observed.peak_mib()?,
            aws_calls: f64::from(self.aws_calls) / calls,
        };
        self.process.end().await?;
        Ok(round)
    }
}

/// Whose trouble it is.
fn of(subject: &Subject, trouble: &Trouble) -> Trouble {
    format!("{}: {trouble}", subject.name).into()
}

/// The nearest-rank percentile of what is already sorted.
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or_default()
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values_seen() {
        let sorted: Vec<_> = (1..=200).map(Duration::from_millis).collect();

        assert_eq!(percentile(&sorted, 50), Duration::from_millis(100));
        assert_eq!(percentile(&sorted, 99), Duration::from_millis(198));
        assert_eq!(percentile(&sorted[..1], 99), Duration::from_millis(1));
        assert_eq!(percentile(&[], 99), Duration::ZERO);
    }
}
