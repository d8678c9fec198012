//! The figures for people, and for programs on one line; and the verdict: what must hold, and what is only aimed at.

use std::fmt::Write as _;

use serde_json::json;

use crate::arguments::Arguments;
use crate::flood::Flood;
use crate::lanes::Lane;
use crate::pace::Paced;
use crate::throughput::Throughput;

/// Messages per second that one `send` should carry on its third of a core.
const AIM_PER_SECOND: f64 = 1000.0;
/// How many times the CPU of ours Python should need.
const AIM_RATIO: f64 = 25.0;
/// How much of the allowance should be used while there is work.
const AIM_USED: f64 = 0.95;

/// All that was seen. A part that was not asked for is not there.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Our `send`.
    pub(crate) ours: Option<Throughput>,
    /// Python.
    pub(crate) python: Option<Throughput>,
    /// The pace.
    pub(crate) paced: Option<Paced>,
    /// The flood.
    pub(crate) flood: Option<Flood>,
}

impl Report {
    /// The table.
    pub(crate) fn table(&self, arguments: &Arguments) -> String {
        let mut table = String::new();
        self.throughput(&mut table, arguments);
        if let Some(paced) = &self.paced {
            pace(&mut table, paced, arguments);
        }
        if let Some(flood) = &self.flood {
            let _ = writeln!(
                table,
                "\nOne citizen in a flood: {} of {} replies arrived, {} more than the pair rule allows; \
                 {} of {} others got theirs, in {:.0} ms at most",
                flood.to_one,
                flood.of,
                flood.too_many,
                flood.others,
                flood.of_others,
                flood.longest_wait.as_secs_f64() * 1000.0,
            );
        }
        table
    }

    fn throughput(&self, table: &mut String, arguments: &Arguments) {
        if self.ours.is_none() && self.python.is_none() {
            return;
        }
        let _ = writeln!(
            table,
            "A third of a core, the Graph API over TLS and {} ms away\n\n          \
             messages       /s  CPU ms each  AWS calls each  connections  HTTP/2  peak MiB   lost  doubled",
            arguments.latency.as_millis(),
        );
        for (name, it) in [("send", &self.ours), ("python", &self.python)] {
            let Some(it) = it else { continue };
            let _ = writeln!(
                table,
                "{name:<10}{:>8}{:>9.0}{:>13.3}{:>16.2}{:>13}{:>8}{:>10.1}{:>7}{:>9}   by {}",
                it.messages,
                it.per_second(),
                it.cpu_ms(),
                it.aws_calls,
                it.connections,
                it.http2,
                it.peak_mib,
                it.lost,
                it.doubled,
                it.limited_by,
            );
        }
        if let Some(ours) = &self.ours {
            aim(
                table,
                "send: messages a second",
                ours.per_second(),
                AIM_PER_SECOND,
                0,
            );
        }
        if let Some(ratio) = self.ratio() {
            aim(table, "CPU of python / CPU of send", ratio, AIM_RATIO, 1);
        }
    }

    fn ratio(&self) -> Option<f64> {
        Some(self.python.as_ref()?.cpu_ms() / self.ours.as_ref()?.cpu_ms())
    }

    /// The same for programs.
    pub(crate) fn json(&self) -> String {
        let ours = self.ours.as_ref();
        json!({
            "messages_per_s": ours.map(|it| rounded(it.per_second(), 10.0)),
            "cpu_ms_per_message": ours.map(|it| rounded(it.cpu_ms(), 10_000.0)),
            "python_cpu_ms_per_message": self.python.as_ref().map(|it| rounded(it.cpu_ms(), 10_000.0)),
            "ratio": self.ratio().map(|it| rounded(it, 100.0)),
            "pace_max_per_s": self.paced.as_ref().map(|it| it.max_per_s),
            "pace_used": self.paced.as_ref().map(|it| rounded(it.used, 10_000.0)),
        })
        .to_string()
    }

    /// What is wrong, in sentences. A missed aim is not.
    pub(crate) fn wrong(&self, arguments: &Arguments) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut judge = |what: &str, number: usize| {
            if number > 0 {
                wrong.push(format!("{what}: {number}"));
            }
        };
        for (name, it) in [("send", &self.ours), ("python", &self.python)] {
            if let Some(it) = it {
                judge(&format!("{name}: messages lost"), it.lost);
                judge(&format!("{name}: messages doubled"), it.doubled);
            }
        }
        if let Some(it) = &self.paced {
            judge("pace: messages lost", it.lost);
            judge("pace: messages doubled", it.doubled);
            judge(
                "pace: more to one citizen than the pair rule allows",
                it.too_many_for_one,
            );
            let rate = usize::try_from(arguments.rate).unwrap_or(usize::MAX);
            judge(
                "pace: more in one second than the rate",
                it.max_per_s.saturating_sub(rate),
            );
        }
        if let Some(it) = &self.flood {
            judge("flood: messages doubled", it.doubled);
            judge(
                "flood: more to one citizen than the pair rule allows",
                it.too_many,
            );
            let others = usize::try_from(it.of_others).unwrap_or_default();
            judge(
                "flood: others who got nothing",
                others.saturating_sub(it.others),
            );
        }
        wrong
    }
}

fn pace(table: &mut String, paced: &Paced, arguments: &Arguments) {
    let _ = writeln!(
        table,
        "\nFive copies of send share {} a second; connections {}, messages given back {}, held {}, lost {}, doubled {}\n\n          \
         messages  wait p50 ms  wait p95 ms  longest ms  longest silence ms",
        arguments.rate, paced.connections, paced.came_back, paced.held, paced.lost, paced.doubled,
    );
    for lane in Lane::ALL {
        let times = paced.by_lane.get(&lane).map_or(&[][..], Vec::as_slice);
        let waits = paced.waits.get(&lane).copied().unwrap_or_default();
        let ms = |it: std::time::Duration| it.as_secs_f64() * 1000.0;
        let _ = writeln!(
            table,
            "{:<10}{:>8}{:>13.0}{:>13.0}{:>12.0}{:>20.0}",
            lane.name(),
            times.len(),
            ms(waits.median),
            ms(waits.most),
            ms(waits.longest),
            ms(crate::judge::longest_silence(times)),
        );
    }
    let verdict = if paced.max_per_s as u64 <= arguments.rate {
        "held"
    } else {
        "BROKEN"
    };
    let _ = writeln!(
        table,
        "at most {} in any second, where {} may be: {verdict}",
        paced.max_per_s, arguments.rate,
    );
    let busy = paced.busy_until.duration_since(paced.began).as_secs_f64();
    let what = format!("share of the allowance used in {busy:.1} s with work");
    aim(table, &what, paced.used, AIM_USED, 3);
}

fn aim(table: &mut String, what: &str, figure: f64, least: f64, digits: usize) {
    let verdict = if figure >= least { "met" } else { "MISSED" };
    let _ = writeln!(
        table,
        "{what}: {figure:.digits$}; the aim is at least {least}: {verdict}"
    );
}

fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}
