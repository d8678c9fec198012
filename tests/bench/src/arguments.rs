//! What the program is told on its command line.

use std::path::PathBuf;
use std::str::FromStr;

use bench::Trouble;

/// Where things are, and how long to measure.
pub(crate) struct Arguments {
    /// The folder of the release binaries.
    pub(crate) binaries: PathBuf,
    /// The tenant's settings, as they lie beside a deployed binary.
    pub(crate) tenant: PathBuf,
    /// The virtual environment of the job in Python.
    pub(crate) python: PathBuf,
    /// The folder of the job in Python.
    pub(crate) python_job: PathBuf,
    /// The folder for the figures and the logs.
    pub(crate) output: PathBuf,
    /// How many times each subject is started anew.
    pub(crate) rounds: u32,
    /// Events per round for a binary.
    pub(crate) calls: u32,
    /// Events per round for Python.
    pub(crate) python_calls: u32,
    /// The subjects to measure; none means all.
    pub(crate) only: Vec<String>,
}

impl Arguments {
    /// Reads `--name value` pairs.
    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Self, Trouble> {
        let mut arguments = Self {
            binaries: "target/release".into(),
            tenant: ".build/bench/tenant.json".into(),
            python: ".build/bench/python".into(),
            python_job: "tests/bench/python".into(),
            output: ".build/bench".into(),
            rounds: 5,
            calls: 2000,
            python_calls: 500,
            only: Vec::new(),
        };
        while let Some(name) = words.next() {
            let value = words.next().ok_or_else(|| format!("{name} has no value"))?;
            match name.as_str() {
                "--binaries" => arguments.binaries = value.into(),
                "--tenant" => arguments.tenant = value.into(),
                "--python" => arguments.python = value.into(),
                "--python-job" => arguments.python_job = value.into(),
                "--output" => arguments.output = value.into(),
                "--rounds" => arguments.rounds = number(&name, &value)?,
                "--calls" => arguments.calls = number(&name, &value)?,
                "--python-calls" => arguments.python_calls = number(&name, &value)?,
                "--only" => arguments.only = value.split(',').map(str::to_owned).collect(),
                _ => return Err(format!("{name} is not an argument of the bench").into()),
            }
        }
        Ok(arguments)
    }
}

fn number(name: &str, value: &str) -> Result<u32, Trouble> {
    match u32::from_str(value) {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(format!("{name} is a number above zero, not {value}").into()),
    }
}
