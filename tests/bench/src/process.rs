//! A process that is looked at from outside; and a function in such a process: started as Lambda starts it, asked one
//! event at a time.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use nix::sys::time::TimeValLike as _;
use nix::time::{ClockId, clock_getcpuclockid};
use nix::unistd::Pid;
use tokio::process::{Child, Command};

use crate::Trouble;
use crate::environment::Variables;
use crate::host::{Host, News};

/// What is run, and with what around it.
#[derive(Debug, Clone)]
pub struct Program {
    /// Its name, for people and for its log.
    pub name: String,
    /// What is run.
    pub path: PathBuf,
    /// What it is given to run, if it is an interpreter.
    pub arguments: Vec<String>,
    /// Where Lambda would have unpacked its zip.
    pub task_root: PathBuf,
    /// Its environment, whole.
    pub variables: Variables,
}

impl Program {
    /// The command that runs it, with nothing else in its environment. What it logs goes to a file in `logs`.
    pub fn command(&self, logs: &Path) -> Result<Command, Trouble> {
        let log = File::create(logs.join(&self.name).with_extension("log"))?;
        let mut command = Command::new(&self.path);
        command
            .args(&self.arguments)
            .current_dir(&self.task_root)
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true);
        Ok(command)
    }
}

/// A running process.
#[derive(Debug)]
pub struct Observed {
    /// Its handle; it ends with it.
    pub child: Child,
    pid: i32,
    clock: ClockId,
}

impl Observed {
    /// Starts `command`.
    pub fn start(command: &mut Command) -> Result<Self, Trouble> {
        let child = command
            .spawn()
            .map_err(|error| format!("{}: {error}", command.as_std().get_program().display()))?;
        let pid = i32::try_from(child.id().ok_or("it ended at once")?)?;
        Ok(Self {
            child,
            pid,
            clock: clock_getcpuclockid(Pid::from_raw(pid))?,
        })
    }

    /// Its id.
    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.pid)
    }

    /// The clock of the CPU time used by all its threads, those that have ended too.
    pub fn clock(&self) -> ClockId {
        self.clock
    }

    /// The CPU time used so far.
    pub fn cpu(&self) -> Result<Duration, Trouble> {
        let used = self.clock.now()?.num_nanoseconds();
        Ok(Duration::from_nanos(u64::try_from(used)?))
    }

    /// The most memory it has held, in MiB.
    pub fn peak_mib(&self) -> Result<f64, Trouble> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .ok_or("the kernel does not say how much memory it held")?;
        let kib: u32 = peak.trim().trim_end_matches("kB").trim().parse()?;
        Ok(f64::from(kib) / 1024.0)
    }
}

/// A running function and its host.
pub struct Process {
    host: Host,
    /// What is seen of it from outside.
    pub observed: Observed,
    /// From exec to the first poll for an event.
    pub init: Duration,
}

impl Process {
    /// Starts `program` and waits until it polls.
    pub async fn start(program: &Program, logs: &Path) -> Result<Self, Trouble> {
        let host = Host::open().await?;
        let mut command = program.command(logs)?;
        command
            .env("AWS_LAMBDA_RUNTIME_API", host.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", &program.name)
            .env("LAMBDA_TASK_ROOT", &program.task_root);

        let exec = Instant::now();
        let mut process = Self {
            host,
            observed: Observed::start(&mut command)?,
            init: Duration::ZERO,
        };
        process.init = process.waits().await?.duration_since(exec);
        Ok(process)
    }

    /// Has the function do `event`, and gives back its answer and how long it took.
    ///
    /// When this returns, the function already waits for the next one: nothing of this event is still under way.
    pub async fn call(&mut self, event: String) -> Result<(Bytes, Duration), Trouble> {
        self.host.put(event)?;
        let answer = match self.news().await? {
            News::Answered(body, took) => (body, took),
            News::Failed(why) => return Err(why.into()),
            News::Waits(_) => return Err("it asked for an event while it had one".into()),
        };
        self.waits().await?;
        Ok(answer)
    }

    /// Ends it, as Lambda ends an idle function: without a word.
    pub async fn end(mut self) -> Result<(), Trouble> {
        Ok(self.observed.child.kill().await?)
    }

    async fn waits(&mut self) -> Result<Instant, Trouble> {
        match self.news().await? {
            News::Waits(since) => Ok(since),
            News::Failed(why) => Err(why.into()),
            News::Answered(..) => Err("it answered without an event".into()),
        }
    }

    async fn news(&mut self) -> Result<News, Trouble> {
        tokio::select! {
            biased;
            news = self.host.news() => news,
            ended = self.observed.child.wait() => Err(format!("it ended: {}", ended?).into()),
        }
    }
}
