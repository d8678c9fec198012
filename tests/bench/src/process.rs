//! One function in a process of its own: started as Lambda starts it, asked one event at a time, looked at from outside.

use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use nix::sys::time::TimeValLike as _;
use nix::time::{ClockId, clock_getcpuclockid};
use nix::unistd::Pid;
use tokio::process::{Child, Command};

use crate::Trouble;
use crate::host::{Host, News};
use crate::subjects::Subject;

/// A running function and its host.
pub(crate) struct Process {
    host: Host,
    child: Child,
    pid: i32,
    clock: ClockId,
    /// From exec to the first poll for an event.
    pub(crate) init: Duration,
}

impl Process {
    /// Starts `subject` and waits until it polls. What it logs goes to a file in `logs`.
    pub(crate) async fn start(subject: &Subject, logs: &Path) -> Result<Self, Trouble> {
        let host = Host::open().await?;
        let log = File::create(logs.join(subject.name).with_extension("log"))?;
        let mut command = Command::new(&subject.program);
        command
            .args(&subject.arguments)
            .current_dir(&subject.task_root)
            .env_clear()
            .envs(subject.variables.iter().map(|(name, value)| (name, value)))
            .env("AWS_LAMBDA_RUNTIME_API", host.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", subject.name)
            .env("LAMBDA_TASK_ROOT", &subject.task_root)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true);

        let exec = Instant::now();
        let child = command
            .spawn()
            .map_err(|error| format!("{}: {error}", subject.program.display()))?;
        let pid = i32::try_from(child.id().ok_or("it ended at once")?)?;
        let clock = clock_getcpuclockid(Pid::from_raw(pid))?;
        let mut process = Self {
            host,
            child,
            pid,
            clock,
            init: Duration::ZERO,
        };
        process.init = process.waits().await?.duration_since(exec);
        Ok(process)
    }

    /// Has the function do `event`, and gives back its answer and how long it took.
    ///
    /// When this returns, the function already waits for the next one: nothing of this event is still under way.
    pub(crate) async fn call(&mut self, event: String) -> Result<(Bytes, Duration), Trouble> {
        self.host.put(event)?;
        let answer = match self.news().await? {
            News::Answered(body, took) => (body, took),
            News::Failed(why) => return Err(why.into()),
            News::Waits(_) => return Err("it asked for an event while it had one".into()),
        };
        self.waits().await?;
        Ok(answer)
    }

    /// The CPU time used so far by all its threads, those that have ended too.
    pub(crate) fn cpu(&self) -> Result<Duration, Trouble> {
        let used = self.clock.now()?.num_nanoseconds();
        Ok(Duration::from_nanos(u64::try_from(used)?))
    }

    /// The most memory it has held, in MiB.
    pub(crate) fn peak_mib(&self) -> Result<f64, Trouble> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .ok_or("the kernel does not say how much memory it held")?;
        let kib: u32 = peak.trim().trim_end_matches("kB").trim().parse()?;
        Ok(f64::from(kib) / 1024.0)
    }

    /// Ends it, as Lambda ends an idle function: without a word.
    pub(crate) async fn end(mut self) -> Result<(), Trouble> {
        Ok(self.child.kill().await?)
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
            ended = self.child.wait() => Err(format!("it ended: {}", ended?).into()),
        }
    }
}
