//! What the program is told on its command line.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use bench::Trouble;

/// Where things are, and how much of each is done.
pub(crate) struct Arguments {
    /// The folder of the binaries.
    pub(crate) binaries: PathBuf,
    /// The tenant's settings, as they lie beside a deployed binary.
    pub(crate) tenant: PathBuf,
    /// The virtual environment of the job in Python.
    pub(crate) python: PathBuf,
    /// The folder of the job in Python.
    pub(crate) python_job: PathBuf,
    /// The folder for the figures and the logs.
    pub(crate) output: PathBuf,
    /// The file for the chart of the pace.
    pub(crate) chart: PathBuf,
    /// How many messages one `send` gets to send.
    pub(crate) messages: u64,
    /// To how many people one message of the queue goes.
    pub(crate) recipients: u64,
    /// How many messages of the queue come in one event.
    pub(crate) per_event: u64,
    /// How many messages Python gets to send.
    pub(crate) python_messages: u64,
    /// How many calls Python has under way at once.
    pub(crate) python_at_once: u64,
    /// After how long the Graph API answers.
    pub(crate) latency: Duration,
    /// The time in which a process gets its share of a CPU.
    pub(crate) period: Duration,
    /// Messages that WhatsApp grants the number in a second, where the pace is proved.
    pub(crate) rate: u64,
    /// For how long there is work, where the pace is proved.
    pub(crate) seconds: u64,
    /// The parts to run; none means all.
    pub(crate) only: Vec<String>,
}

impl Arguments {
    /// Reads `--name value` pairs.
    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Self, Trouble> {
        let mut arguments = Self {
            binaries: "target/release".into(),
            tenant: ".build/load/tenant.json".into(),
            python: ".build/load/python".into(),
            python_job: "tests/load/python".into(),
            output: ".build/load".into(),
            chart: "docs/pace.svg".into(),
            messages: 20_000,
            recipients: 1_000,
            per_event: 1,
            python_messages: 1_000,
            python_at_once: 100,
            latency: Duration::from_millis(150),
            period: Duration::from_millis(100),
            rate: 80,
            seconds: 20,
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
                "--chart" => arguments.chart = value.into(),
                "--messages" => arguments.messages = number(&name, &value)?,
                "--recipients" => arguments.recipients = number(&name, &value)?,
                "--per-event" => arguments.per_event = number(&name, &value)?,
                "--python-messages" => arguments.python_messages = number(&name, &value)?,
                "--python-at-once" => arguments.python_at_once = number(&name, &value)?,
                "--latency-ms" => arguments.latency = Duration::from_millis(number(&name, &value)?),
                "--period-ms" => arguments.period = Duration::from_millis(number(&name, &value)?),
                "--rate" => arguments.rate = number(&name, &value)?,
                "--seconds" => arguments.seconds = number(&name, &value)?,
                "--only" => arguments.only = value.split(',').map(str::to_owned).collect(),
                _ => return Err(format!("{name} is not an argument of the load test").into()),
            }
        }
        Ok(arguments)
    }

    /// Whether the part `name` is to be run.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|it| it == name)
    }
}

fn number(name: &str, value: &str) -> Result<u64, Trouble> {
    match u64::from_str(value) {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(format!("{name} is a number above zero, not {value}").into()),
    }
}
