//! What one `send` carries on a third of a core: a notice to many, in batches as large as they come, one event after the
//! other as fast as it takes them.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use bench::Trouble;
use bench::environment;
use bench::events::{self, PEOPLE};
use bench::process::{Process, Program};
use bench::stub::Stub;

use crate::arguments::Arguments;
use crate::certificate::Certificate;
use crate::graph::Graph;
use crate::limit::{Limit, Share};

/// A pace that never keeps anybody waiting here: what is asked is how fast `send` is, not how patient.
const UNHURRIED: u32 = 5_000;
/// How many messages are sent before it counts: connections are opened, and pools have their size.
const WARM_UP: u64 = 200;

/// What was seen of one sender of many messages.
#[derive(Debug)]
pub(crate) struct Throughput {
    /// Messages that count.
    pub(crate) messages: u64,
    /// In how long.
    pub(crate) took: Duration,
    /// With how much CPU time, user and system.
    pub(crate) cpu: Duration,
    /// The most memory held, in MiB.
    pub(crate) peak_mib: f64,
    /// Connections opened at the Graph API.
    pub(crate) connections: u32,
    /// How many of these speak HTTP/2.
    pub(crate) http2: u32,
    /// Calls of AWS per message.
    pub(crate) aws_calls: f64,
    /// How the CPU was limited, if it was.
    pub(crate) limited_by: &'static str,
    /// Messages that did not arrive.
    pub(crate) lost: usize,
    /// Messages that arrived more than once.
    pub(crate) doubled: usize,
}

impl Throughput {
    /// Messages per second.
    pub(crate) fn per_second(&self) -> f64 {
        count(self.messages) / self.took.as_secs_f64()
    }

    /// CPU time per message, in milliseconds.
    pub(crate) fn cpu_ms(&self) -> f64 {
        self.cpu.as_secs_f64() * 1000.0 / count(self.messages)
    }
}

/// A third of a core, in periods as long as the arguments say.
pub(crate) fn a_third(arguments: &Arguments) -> Share {
    Share {
        quota: arguments.period / 3,
        period: arguments.period,
    }
}

/// A number of things, for arithmetic.
pub(crate) fn count(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::NAN, f64::from)
}

/// `send`, with the stub services and the Graph API at `graph_url`.
pub(crate) fn sender(
    arguments: &Arguments,
    name: String,
    stub: &Stub,
    graph_url: &str,
    certificate: &Certificate,
    per_second: u32,
) -> Result<Program, Trouble> {
    let mut specific = environment::send(stub.address, graph_url, per_second);
    let authority = certificate.authority.to_string_lossy().into_owned();
    specific.push(("SSL_CERT_FILE", authority));
    let tenant = std::path::absolute(&arguments.tenant)?;
    Ok(Program {
        name,
        path: std::path::absolute(arguments.binaries.join("send"))?,
        arguments: Vec::new(),
        task_root: tenant.parent().ok_or("the tenant is a folder")?.to_owned(),
        variables: environment::lambda(stub.address, specific),
    })
}

/// Measures our `send`.
pub(crate) async fn ours(
    arguments: &Arguments,
    certificate: &Certificate,
) -> Result<Throughput, Trouble> {
    let stub = Stub::open().await?;
    let graph = Graph::open(certificate, arguments.latency)?;
    let program = sender(
        arguments,
        "send".to_owned(),
        &stub,
        &graph.url,
        certificate,
        UNHURRIED,
    )?;

    let mut events = Vec::new();
    let (mut ordinal, mut person) = (0, 0);
    let mut left = arguments.messages;
    let mut expected = HashSet::new();
    while ordinal == 0 || left > 0 {
        let warm_up = ordinal == 0;
        let mut batches = Vec::new();
        for _ in 0..arguments.per_event {
            let many = if warm_up { WARM_UP } else { left };
            let mut batch = Vec::new();
            for _ in 0..many.min(arguments.recipients) {
                let recipient = events::person(person)?;
                stub.put(PEOPLE, &events::subscriber(&recipient)?);
                if !warm_up {
                    expected.insert(events::notice_id(&recipient)?.to_string());
                    left -= 1;
                }
                person += 1;
                batch.push(recipient);
            }
            batches.push(batch);
        }
        batches.retain(|batch| !batch.is_empty());
        events.push(events::notices_to("notices", ordinal, batches)?);
        ordinal += 1;
    }

    let mut events = events.into_iter();
    let mut process = Process::start(&program, &arguments.output).await?;
    all_done(&mut process, events.next().unwrap_or_default()).await?;
    graph.forget();
    stub.take_aws_calls();
    let limit = Limit::on(&process.observed, a_third(arguments));
    let (began, cpu) = (Instant::now(), process.observed.cpu()?);
    for event in events {
        all_done(&mut process, event).await?;
    }
    let took = began.elapsed();
    let cpu = process.observed.cpu()?.saturating_sub(cpu);
    let aws_calls = u64::from(stub.take_aws_calls());

    let record = graph.seen();
    let (lost, doubled) = record.lost_and_doubled(&expected);
    let peak_mib = process.observed.peak_mib()?;
    process.end().await?;
    Ok(Throughput {
        messages: arguments.messages,
        took,
        cpu,
        peak_mib,
        connections: record.connections,
        http2: record.http2,
        aws_calls: count(aws_calls) / count(arguments.messages),
        limited_by: limit.means,
        lost,
        doubled,
    })
}

/// Has `process` do `event`, of which nothing may come back.
async fn all_done(process: &mut Process, event: String) -> Result<(), Trouble> {
    let (answer, _) = process.call(event).await?;
    let back: serde_json::Value = serde_json::from_slice(&answer)?;
    match back["batchItemFailures"].as_array() {
        Some(failures) if failures.is_empty() => Ok(()),
        _ => Err(format!("send answered {back}: its log says why").into()),
    }
}
