//! `make faults`: a town subscribes, writes and leaves, and an office's notice goes out to it, while functions are killed
//! at random, calls to AWS and to Meta are refused, cut and delayed, and Meta repeats and shuffles what it says. Then the
//! phones are counted. The last line is JSON; the exit code says whether all is well. README.md says what each figure is.

mod calm;
mod citizens;
mod fate;
mod judge;
mod office;
mod post;
mod process;
mod proxy;
mod rows;
mod storm;
mod wire;
mod words;

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cloud::env::process as variable;
use domain::ids::NoticeId;
use rehearsal::{Result, Trouble, World, poll};
use serde_json::json;
use tokio::sync::Notify;

use citizens::{Size, Town};
use fate::Rates;
use office::AskedFor;
use proxy::Proxy;

/// What is asked for by variables.
#[derive(Debug, Clone, Copy)]
struct Asked {
    seed: u64,
    size: Size,
    /// Percent of the usual trouble.
    trouble: u32,
}

/// The last line.
#[derive(Debug, serde::Serialize)]
struct Figures {
    seed: u64,
    inbound: usize,
    recipients: usize,
    kills: u64,
    lost: usize,
    doubled: usize,
    unclear: usize,
    settled: usize,
    listed: usize,
}

/// How long the whole may be under way after the last message was written.
const PATIENCE: Duration = Duration::from_mins(25);

/// Seconds after which what nothing settled is listed, in this run; the template's own term is made for a year.
const TERM: u32 = 25;

/// Seconds for which a message stays invisible that a dead function held: just above the function's time-out, as on AWS, and not
/// six times.
const RETRIES: [(&str, u32); 12] = [
    ("InboundQueueUrl", 32),
    ("RepliesQueueUrl", 62),
    ("StatusesQueueUrl", 32),
    ("NoticesQueueUrl", 62),
    ("UrgentQueueUrl", 62),
    ("HeldQueueUrl", 62),
    ("DispatchesQueueUrl", 45),
    ("ReportsQueueUrl", 60),
    ("InboxQueueUrl", 62),
    ("MailsQueueUrl", 32),
    ("TicksQueueUrl", 122),
    ("PausesQueueUrl", 32),
];

#[tokio::main]
async fn main() -> ExitCode {
    match Box::pin(run()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            eprintln!("faults: {trouble}");
            ExitCode::FAILURE
        }
    }
}

impl Asked {
    fn read() -> Result<Self> {
        let number = |name: &str, usual: u64| -> Result<u64> {
            match variable(name).filter(|value| !value.is_empty()) {
                None => Ok(usual),
                Some(value) => value
                    .parse()
                    .map_err(|error| Trouble(format!("{name}={value}: {error}"))),
            }
        };
        let count = |name: &str, usual: usize| -> Result<usize> {
            Ok(usize::try_from(number(name, usual as u64)?).unwrap_or(usual))
        };
        let recipients = count("RECIPIENTS", 2_000)?;
        Ok(Self {
            seed: number("SEED", fastrand::u64(1..1_000_000_000))?,
            size: Size {
                recipients,
                inbound: count("INBOUND", recipients * 5 / 2)?,
            },
            trouble: u32::try_from(number("TROUBLE", 100)?).unwrap_or(100),
        })
    }
}

/// A run, and what is known of it.
struct Run {
    asked: Asked,
    world: World,
    proxy: Proxy,
    queues: Vec<calm::Queue>,
    killed: AtomicUsize,
    started: Instant,
}

async fn run() -> Result<bool> {
    let asked = Asked::read()?;
    eprintln!(
        "seed {} · {} recipients · {} messages of citizens",
        asked.seed, asked.size.recipients, asked.size.inbound
    );
    let run = Run::raise(asked).await?;
    let outcome = tokio::select! {
        outcome = run.play() => outcome,
        _ = tokio::signal::ctrl_c() => Err(Trouble("interrupted".to_owned())),
    };
    let logs = run.world.save_logs().await?;
    if !matches!(outcome, Ok(true)) {
        eprintln!(
            "seed {} · the logs of the functions are in {}",
            asked.seed,
            logs.display()
        );
    }
    run.world.down().await;
    outcome
}

impl Run {
    async fn raise(asked: Asked) -> Result<Self> {
        let started = Instant::now();
        let proxy = Proxy::open(asked.seed).await?;
        let world = World::raise_with(
            "rubano",
            |line| eprintln!("   {line}"),
            |options| {
                options.detour = Some(proxy.detour());
                options.unclear_term_seconds = TERM;
            },
        )
        .await?;
        for (queue, seconds) in RETRIES {
            world.stage.retry_within(queue, seconds).await?;
        }
        Ok(Self {
            queues: calm::queues(&world),
            asked,
            world,
            proxy,
            killed: AtomicUsize::new(0),
            started,
        })
    }

    fn say(&self, line: &str) {
        eprintln!("{:5.0} s  {line}", self.started.elapsed().as_secs_f32());
    }

    async fn play(&self) -> Result<bool> {
        let (peer, asked) = (&self.world.peer, self.asked);
        peer.configure(json!({
            "seed": asked.seed, "disorder": true, "duplicate_every": 6, "batch": 10, "batch_wait_ms": 80,
            "webhook_tries": 1_000, "webhook_timeout_ms": 20_000, "webhook_concurrency": 8,
            "status_delay_ms": [20, 900],
        }))
        .await?;
        self.world.appoint().await?;
        let town = Town::found(peer, asked.size, asked.seed).await?;
        if asked.trouble > 0 {
            let messages = asked.size.recipients * 3;
            let at_meta = storm::at_meta(peer, messages, asked.seed).await?;
            self.say(&format!("the storm begins; Meta will fail {at_meta} times"));
        }
        self.proxy
            .blow(Rates::for_recipients(asked.size.recipients, asked.trouble));

        let (town, notice, asked_for) = tokio::select! {
            played = self.scenes(town) => played?,
            never = self.kill_now_and_then() => return never.map(|()| false),
            never = self.tell() => return never.map(|()| false),
        };

        self.proxy
            .blow(Rates::for_recipients(asked.size.recipients, 0));
        peer.clear_faults().await?;
        self.say("the storm is over");
        calm::wait_until_still(&self.world, &self.queues, PATIENCE).await?;
        let dead = calm::redrive(&self.world, &self.queues).await?;
        self.say(&format!("{} dead letters sent back", dead.len()));
        for (queue, reason) in &dead {
            self.say(&format!("   {queue}: {reason}"));
        }
        calm::wait_until_still(&self.world, &self.queues, PATIENCE).await?;
        self.wait_for(&notice, &["sent"]).await?;
        let term = Duration::from_secs(u64::from(TERM) + 90);
        let rows = calm::wait_until_settled(&self.world, term).await?;

        let verdict = judge::judge(&self.world, &town, &notice, &rows).await?;
        post::wait_until_posted(&self.world, PATIENCE).await?;
        let mut wrong = office::wrong(&self.world, &asked_for).await?;
        wrong.extend(post::wrong(&self.world, &asked_for, asked.seed).await?);
        self.close(&town, verdict, wrong)
    }

    /// The main job, under trouble.
    async fn scenes(&self, mut town: Town) -> Result<(Town, NoticeId, AskedFor)> {
        let (world, peer, seed) = (&self.world, &self.world.peer, self.asked.seed);
        town.subscribe(peer).await?;
        self.say("everybody has asked to subscribe");
        calm::wait_until_heard(world, PATIENCE).await?;
        self.say("everybody is subscribed");
        town.leave(peer).await?;
        calm::wait_until_heard(world, PATIENCE).await?;

        // While the head is absent nothing goes the ordinary way.
        let the_head_may_go = Notify::new();
        let offices = async {
            let mailed = post::mails(world, seed).await?;
            let mut scheduled = office::others(world, seed).await?;
            the_head_may_go.notified().await;
            let alternative = office::alternative(world, seed).await?;
            scheduled.extend(alternative.iter().cloned());
            self.say("the offices have asked for all");
            Ok(AskedFor {
                scheduled,
                alternative,
                mailed,
            })
        };
        let broadcast = async {
            let notice = office::notice(world, seed).await?;
            self.say(&format!("notice {notice} is scheduled"));
            the_head_may_go.notify_one();
            self.wait_for(&notice, &["sending", "sent"]).await?;
            self.say("the notice goes out; others write, some leave");
            let step = (self.asked.size.inbound / 200).clamp(5, 40);
            while town.chat(peer, step).await? {
                tokio::time::sleep(Duration::from_millis(400)).await;
            }
            self.say("everything is written");
            // A dispatch that died five times is a dead letter: it resumes when those are sent back.
            calm::wait_until_still(world, &self.queues, PATIENCE).await?;
            Ok::<_, Trouble>((town, notice))
        };
        let (asked_for, (town, notice)) = futures::try_join!(offices, broadcast)?;
        Ok((town, notice, asked_for))
    }

    async fn wait_for(&self, notice: &NoticeId, states: &[&str]) -> Result<()> {
        let path = format!("/v1/notice-requests/{notice}");
        poll(states[0], PATIENCE.as_secs(), async || {
            tokio::time::sleep(Duration::from_secs(1)).await;
            // Its function is killed as well, and then does not answer.
            let answer = self.world.staff("operator")?.get(&path).await;
            let state = answer.map(|answer| answer.body["state"]["name"].clone());
            let reached = state.is_ok_and(|state| states.iter().any(|wanted| state == *wanted));
            Ok(reached.then_some(()))
        })
        .await
    }

    async fn kill_now_and_then(&self) -> Result<()> {
        if self.asked.trouble == 0 {
            std::future::pending::<()>().await;
        }
        storm::at_any_moment(&self.world, self.asked.seed, &self.killed).await
    }

    /// A line every ten seconds.
    async fn tell(&self) -> Result<()> {
        loop {
            tokio::time::sleep(Duration::from_secs(10)).await;
            let depths = calm::depths(&self.world, &self.queues).await?;
            let record = self.world.peer.record_of("-").await?.counters;
            let figures = self.proxy.figures();
            let waiting: Vec<String> = depths
                .iter()
                .map(|(name, n)| format!("{name} {n}"))
                .collect();
            self.say(&format!(
                "heard {} · accepted by Meta {} · pending {} · AWS calls {} · kills {} · waiting: {}",
                record.written,
                record.accepted,
                record.pending_webhooks,
                figures.calls,
                self.kills(),
                if waiting.is_empty() { "nothing".to_owned() } else { waiting.join(", ") },
            ));
        }
    }

    fn kills(&self) -> u64 {
        let by_call: u64 = self.proxy.figures().kills.values().sum();
        by_call + self.killed.load(Ordering::Relaxed) as u64
    }

    fn close(&self, town: &Town, verdict: judge::Verdict, wrong: Vec<String>) -> Result<bool> {
        let figures = self.proxy.figures();
        self.say(&format!(
            "{} calls to AWS, of them {:?}; killed at a call {:?}, at any moment {}",
            figures.calls,
            figures.troubles,
            figures.kills,
            self.killed.load(Ordering::Relaxed)
        ));
        let complaints: Vec<String> = verdict.complaints.into_iter().chain(wrong).collect();
        for complaint in complaints.iter().take(40) {
            eprintln!("   ! {complaint}");
        }
        if complaints.len() > 40 {
            eprintln!("   ! and {} more", complaints.len() - 40);
        }
        let figures = Figures {
            seed: self.asked.seed,
            inbound: town.written,
            recipients: self.asked.size.recipients,
            kills: self.kills(),
            lost: verdict.lost,
            doubled: verdict.doubled,
            unclear: verdict.unclear,
            settled: verdict.settled,
            listed: verdict.listed,
        };
        eprintln!("seed {}", self.asked.seed);
        say_last(&serde_json::to_string(&figures)?)?;
        Ok(complaints.is_empty() && verdict.unclear == verdict.settled + verdict.listed)
    }
}

/// The one line on standard output.
fn say_last(line: &str) -> Result<()> {
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}
