//! Measures the release binaries of the functions, beside a floor and beside the same job in Python.
//!
//! Each subject runs in a process of its own under a host of the Lambda Runtime API, in front of stub services that answer
//! at once: no engine, no network, no AWS. The subjects take turns, round after round, so that whatever else the machine
//! does falls on all of them alike; every figure is the median over the rounds. `README.md` says how to read them.

mod arguments;
mod figures;
mod measure;
mod size;
mod subjects;

use std::io::{self, Write as _};
use std::process::ExitCode;

use bench::Trouble;
use bench::stub::Stub;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

use crate::arguments::Arguments;
use crate::figures::Figures;
use crate::measure::Round;
use crate::subjects::Subject;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match bench().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            eprintln!("bench: {trouble}");
            ExitCode::FAILURE
        }
    }
}

/// Measures and prints; true if all that was asked for was there. A missed aim is said, not punished: it may be the machine's.
async fn bench() -> Result<bool, Trouble> {
    let arguments = Arguments::read(std::env::args().skip(1))?;
    keep_to_one_cpu()?;
    std::fs::create_dir_all(&arguments.output)?;
    let stub = Stub::open().await?;
    let asked = |subject: &Subject| {
        arguments.only.is_empty() || arguments.only.iter().any(|name| name == subject.name)
    };
    let subjects: Vec<_> = subjects::all(&arguments, stub.address)?
        .into_iter()
        .filter(asked)
        .collect();

    let (present, missing): (Vec<_>, Vec<_>) = subjects
        .iter()
        .partition(|subject| subject.program.path.exists());
    for subject in &missing {
        eprintln!(
            "{} is not measured: there is no {}",
            subject.name,
            subject.program.path.display()
        );
    }

    let mut seen: Vec<Vec<Round>> = present.iter().map(|_| Vec::new()).collect();
    let mut ordinal = 0;
    for number in 1..=arguments.rounds {
        eprintln!("round {number} of {}", arguments.rounds);
        let round = measure::round(&present, &stub, &arguments.output, &mut ordinal).await?;
        for (rounds, round) in seen.iter_mut().zip(round) {
            rounds.push(round);
        }
    }

    let figures = together(&present, &seen)?;
    let json = figures::json(&figures)?;
    std::fs::write(arguments.output.join("bench.json"), format!("{json}\n"))?;
    writeln!(io::stdout(), "{}\n{json}", figures::table(&figures))?;
    Ok(missing.is_empty())
}

/// Keeps this program, and all that it starts, on the last CPU that it may use.
///
/// A function of this size has less than one CPU on Lambda too. And on two, every word between it and its host would wake
/// up a sleeping CPU: a cost of the machine, charged to the function, and larger than what is to be measured.
fn keep_to_one_cpu() -> Result<(), Trouble> {
    let myself = Pid::from_raw(0);
    let mine = sched_getaffinity(myself)?;
    let last = (0..CpuSet::count())
        .rev()
        .find(|cpu| mine.is_set(*cpu).unwrap_or(false));
    let mut one = CpuSet::new();
    one.set(last.ok_or("it may run on no CPU")?)?;
    Ok(sched_setaffinity(myself, &one)?)
}

/// The figures of every subject, the webhook's with its comparisons.
fn together(
    subjects: &[&Subject],
    seen: &[Vec<Round>],
) -> Result<Vec<(&'static str, Figures)>, Trouble> {
    let of = |name: &str| {
        let mut pairs = subjects.iter().zip(seen);
        pairs
            .find(|(subject, _)| subject.name == name)
            .map_or(&[][..], |(_, rounds)| rounds)
    };
    subjects
        .iter()
        .zip(seen)
        .map(|(subject, rounds)| {
            let mut figures = Figures::of(rounds, subject.package.zip_mib()?);
            if subject.name == "webhook" {
                figures.compare(rounds, of("floor"), of("python"));
            }
            Ok((subject.name, figures))
        })
        .collect()
}
