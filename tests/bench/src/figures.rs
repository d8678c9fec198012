//! The figures of all rounds together, as a table for people and as JSON.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::measure::Round;
use crate::subjects::THOUSAND;

/// The most CPU that the webhook may use, as a multiple of the floor's.
const AIM_VS_FLOOR: f64 = 1.5;
/// The most CPU that the webhook may use, as a share of Python's.
const AIM_VS_PYTHON: f64 = 0.16;
/// In how many milliseconds the webhook acknowledges a thousand updates.
const AIM_THOUSAND_MS: f64 = 1000.0;

/// A subject's figures: of each, the median over its rounds.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    init_ms: f64,
    first_ms: f64,
    p50_ms: f64,
    p99_ms: f64,
    cpu_ms: f64,
    peak_mib: f64,
    zip_mib: f64,
    aws_calls: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu_vs_floor: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu_vs_python: Option<f64>,
}

impl Figures {
    /// The figures of a subject that was measured at least once.
    pub(crate) fn of(rounds: &[Round], zip_mib: f64) -> Self {
        let over_rounds = |figure: fn(&Round) -> f64| median(rounds.iter().map(figure).collect());
        Self {
            init_ms: over_rounds(|round| round.init_ms),
            first_ms: over_rounds(|round| round.first_ms),
            p50_ms: over_rounds(|round| round.p50_ms),
            p99_ms: over_rounds(|round| round.p99_ms),
            cpu_ms: over_rounds(|round| round.cpu_ms),
            peak_mib: over_rounds(|round| round.peak_mib),
            zip_mib: rounded(zip_mib),
            aws_calls: over_rounds(|round| round.aws_calls),
            cpu_vs_floor: None,
            cpu_vs_python: None,
        }
    }

    /// Sets this subject's CPU beside the floor's and Python's, each round beside the same round of the other.
    pub(crate) fn compare(&mut self, mine: &[Round], floor: &[Round], python: &[Round]) {
        let ratio = |others: &[Round]| {
            let ratios = mine.iter().zip(others);
            let ratios: Vec<f64> = ratios.map(|(it, other)| it.cpu_ms / other.cpu_ms).collect();
            (!ratios.is_empty()).then(|| median(ratios))
        };
        self.cpu_vs_floor = ratio(floor);
        self.cpu_vs_python = ratio(python);
    }
}

/// The table, widest words first; then a sentence per comparison.
pub(crate) fn table(figures: &[(&'static str, Figures)]) -> String {
    let mut table = String::from(
        "               init ms  first ms    p50 ms    p99 ms    CPU ms  peak MiB   zip MiB  AWS calls\n",
    );
    for (name, it) in figures {
        let _ = writeln!(
            table,
            "{name:<12}{:>10.1}{:>10.2}{:>10.3}{:>10.3}{:>10.3}{:>10.1}{:>10.2}{:>11.1}",
            it.init_ms,
            it.first_ms,
            it.p50_ms,
            it.p99_ms,
            it.cpu_ms,
            it.peak_mib,
            it.zip_mib,
            it.aws_calls,
        );
    }
    if let Some((_, it)) = figures.iter().find(|(name, _)| *name == THOUSAND) {
        let verdict = verdict(it.p99_ms, AIM_THOUSAND_MS);
        let _ = writeln!(
            table,
            "a body of 1000 updates (3 MB) is acknowledged within {:.0} ms; the aim is at most {AIM_THOUSAND_MS}: {verdict}",
            it.p99_ms,
        );
    }
    for (name, it) in figures {
        let against = [
            ("floor", it.cpu_vs_floor, AIM_VS_FLOOR),
            ("python", it.cpu_vs_python, AIM_VS_PYTHON),
        ];
        for (other, ratio, aim) in against {
            if let Some(ratio) = ratio {
                let verdict = verdict(ratio, aim);
                let _ = writeln!(
                    table,
                    "{name} uses {ratio:.3} times the CPU of {other}; the aim is at most {aim}: {verdict}",
                );
            }
        }
    }
    table
}

/// All figures by name, on one line; and by itself, how long the webhook takes to acknowledge a thousand updates.
pub(crate) fn json(figures: &[(&'static str, Figures)]) -> serde_json::Result<String> {
    let by_name: BTreeMap<_, _> = figures.iter().map(|(name, it)| (name, it)).collect();
    let mut all = serde_json::to_value(&by_name)?;
    if let Some(thousand) = by_name.get(&THOUSAND) {
        all["webhook_1000_updates_ms"] = thousand.p99_ms.into();
    }
    serde_json::to_string(&all)
}

fn verdict(figure: f64, most: f64) -> &'static str {
    if figure <= most { "met" } else { "MISSED" }
}

/// The middle of `values`, or the mean of the two in the middle; to three decimals, as more would be noise.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let upper = values.len() / 2;
    let lower = values.len().saturating_sub(1) / 2;
    match (values.get(lower), values.get(upper)) {
        (Some(low), Some(high)) => rounded(f64::midpoint(*low, *high)),
        _ => f64::NAN,
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_not_moved_by_one_bad_round() {
        assert!((median(vec![0.2, 9.0, 0.1]) - 0.2).abs() < 1e-9);
        assert!((median(vec![0.2, 0.1]) - 0.15).abs() < 1e-9);
        assert!(median(Vec::new()).is_nan());
    }
}
