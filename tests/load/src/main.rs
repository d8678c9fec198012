//! Puts `send` under load and looks at it from outside: what one carries on a third of a core, beside the same job in
//! Python; that several of them together keep the number's pace; that nobody gets more than the pair rule allows.
//!
//! The judge is always the record of the stub Graph API, by its own clock. `README.md` says how to read the figures.

mod arguments;
mod certificate;
mod chart;
mod flood;
mod graph;
mod judge;
mod lanes;
mod limit;
mod pace;
mod python;
mod report;
mod store;
mod throughput;

use std::io::{self, Write as _};
use std::process::ExitCode;

use bench::Trouble;

use crate::arguments::Arguments;
use crate::certificate::Certificate;
use crate::report::Report;

#[tokio::main]
async fn main() -> ExitCode {
    match load().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            eprintln!("load: {trouble}");
            ExitCode::FAILURE
        }
    }
}

/// Runs what was asked for and prints; true if nothing was wrong. A missed aim is said, not punished: it may be the machine's.
async fn load() -> Result<bool, Trouble> {
    let arguments = Arguments::read(std::env::args().skip(1))?;
    std::fs::create_dir_all(&arguments.output)?;
    let certificate = Certificate::made_in(&arguments.output)?;
    let mut report = Report::default();
    if arguments.wants("throughput") {
        eprintln!("one send on a third of a core");
        report.ours = Some(throughput::ours(&arguments, &certificate).await?);
    }
    if arguments.wants("python") {
        eprintln!("the same in Python");
        report.python = Some(python::python(&arguments, &certificate).await?);
    }
    if arguments.wants("pace") {
        eprintln!("five copies of send share a pace");
        let paced = pace::proof(&arguments, &certificate).await?;
        std::fs::write(&arguments.chart, chart::svg(&paced, arguments.rate))?;
        report.paced = Some(paced);
    }
    if arguments.wants("flood") {
        eprintln!("one citizen in a flood");
        report.flood = Some(flood::flood(&arguments, &certificate).await?);
    }

    let json = report.json();
    std::fs::write(arguments.output.join("load.json"), format!("{json}\n"))?;
    let mut out = io::stdout();
    writeln!(out, "{}", report.table(&arguments))?;
    let wrong = report.wrong(&arguments);
    for sentence in &wrong {
        writeln!(out, "WRONG: {sentence}")?;
    }
    writeln!(out, "{json}")?;
    Ok(wrong.is_empty())
}
