//! A share of one CPU for one process, as Lambda gives it to a function of 512 MB: by a control group of the kernel where
//! this program may make one, else by stopping and waking the process.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bench::process::Observed;
use nix::sys::signal::{Signal, kill};
use nix::sys::time::TimeValLike as _;
use nix::time::ClockId;
use nix::unistd::Pid;

/// Where the kernel's control groups are, of the second version.
const GROUPS: &str = "/sys/fs/cgroup";
/// The first version's, for the CPU.
const OLD_GROUPS: &str = "/sys/fs/cgroup/cpu";
/// How often the process is looked at where the kernel does not do it.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// How much CPU a process gets: `quota` in every `period`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Share {
    /// CPU time.
    pub(crate) quota: Duration,
    /// In this time.
    pub(crate) period: Duration,
}

/// A limit that holds until it is dropped.
#[derive(Debug)]
pub(crate) struct Limit {
    /// By what means, in words.
    pub(crate) means: &'static str,
    hold: Hold,
}

#[derive(Debug)]
enum Hold {
    Group(PathBuf),
    Watch(Arc<AtomicBool>, Option<JoinHandle<()>>),
}

impl Limit {
    /// Limits `process` to `share`, by the best means there is.
    pub(crate) fn on(process: &Observed, share: Share) -> Self {
        let name = format!("portavoce-load-{}", process.pid());
        if let Ok(folder) = group(&Path::new(GROUPS).join(&name), process.pid(), share) {
            return Self {
                means: "cgroup v2, cpu.max",
                hold: Hold::Group(folder),
            };
        }
        if let Ok(folder) = old_group(&Path::new(OLD_GROUPS).join(&name), process.pid(), share) {
            return Self {
                means: "cgroup v1, cpu.cfs_quota_us",
                hold: Hold::Group(folder),
            };
        }
        let over = Arc::new(AtomicBool::new(false));
        let (pid, clock, ended) = (process.pid(), process.clock(), over.clone());
        let watch = std::thread::spawn(move || watch(pid, clock, share, &ended));
        Self {
            means: "SIGSTOP and SIGCONT, as no control group may be made here",
            hold: Hold::Watch(over, Some(watch)),
        }
    }
}

impl Drop for Limit {
    fn drop(&mut self) {
        match &mut self.hold {
            // A group that still holds a process stays, and does no harm.
            Hold::Group(folder) => drop(fs::remove_dir(folder)),
            Hold::Watch(over, watch) => {
                over.store(true, Ordering::Relaxed);
                if let Some(watch) = watch.take() {
                    // It cannot panic: it only looks and signals.
                    drop(watch.join());
                }
            }
        }
    }
}

fn group(folder: &Path, pid: Pid, share: Share) -> io::Result<PathBuf> {
    let controllers = fs::read_to_string(Path::new(GROUPS).join("cgroup.controllers"))?;
    if !controllers.split_whitespace().any(|it| it == "cpu") {
        return Err(io::ErrorKind::Unsupported.into());
    }
    fs::write(Path::new(GROUPS).join("cgroup.subtree_control"), "+cpu")?;
    let (quota, period) = (share.quota.as_micros(), share.period.as_micros());
    made(
        folder,
        &[
            ("cpu.max", format!("{quota} {period}")),
            ("cgroup.procs", pid.to_string()),
        ],
    )
}

fn old_group(folder: &Path, pid: Pid, share: Share) -> io::Result<PathBuf> {
    made(
        folder,
        &[
            ("cpu.cfs_period_us", share.period.as_micros().to_string()),
            ("cpu.cfs_quota_us", share.quota.as_micros().to_string()),
            ("cgroup.procs", pid.to_string()),
        ],
    )
}

/// Makes a group and writes its files; nothing stays of one that could not be made whole.
fn made(folder: &Path, files: &[(&str, String)]) -> io::Result<PathBuf> {
    fs::create_dir(folder)?;
    for (file, value) in files {
        // Opened for writing only: a file that is not there is not to be created.
        let written = fs::OpenOptions::new()
            .write(true)
            .open(folder.join(file))
            .and_then(|mut file| io::Write::write_all(&mut file, value.as_bytes()));
        if let Err(error) = written {
            drop(fs::remove_dir(folder));
            return Err(error);
        }
    }
    Ok(folder.to_owned())
}

/// Stops the process whenever it has used more than its share, and wakes it when the share has grown again.
fn watch(pid: Pid, clock: ClockId, share: Share, over: &AtomicBool) {
    let per_second = share.quota.as_secs_f64() / share.period.as_secs_f64();
    let most = share.quota.as_secs_f64();
    let (mut left, mut stopped) = (most, false);
    let (mut seen_at, mut seen_used) = (Instant::now(), used(clock));
    while !over.load(Ordering::Relaxed) {
        std::thread::sleep(LOOK_EVERY);
        let (at, Some(total)) = (Instant::now(), used(clock)) else {
            return;
        };
        let grown = at.duration_since(seen_at).as_secs_f64() * per_second;
        left = (left + grown).min(most) - (total - seen_used.unwrap_or(total));
        (seen_at, seen_used) = (at, Some(total));
        let signal = match (stopped, left < 0.0) {
            (false, true) => Signal::SIGSTOP,
            (true, false) => Signal::SIGCONT,
            _ => continue,
        };
        if kill(pid, signal).is_err() {
            return;
        }
        stopped = signal == Signal::SIGSTOP;
    }
    // It may have ended meanwhile, and then there is nobody to wake.
    let _ = kill(pid, Signal::SIGCONT);
}

/// The CPU time used so far, in seconds.
fn used(clock: ClockId) -> Option<f64> {
    Some(
        Duration::from_nanos(u64::try_from(clock.now().ok()?.num_nanoseconds()).ok()?)
            .as_secs_f64(),
    )
}
