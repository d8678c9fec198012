//! The same messages to the same stub from Python: `pywa` over `httpx`, as its user would write it. It looks nothing up and
//! writes nothing down, so it does less than ours.

use std::collections::HashSet;
use std::process::Stdio;
use std::time::Instant;

use bench::Trouble;
use bench::events::{self, ACCESS_TOKEN, PHONE_NUMBER_ID};
use bench::process::{Observed, Program};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::ChildStdout;

use crate::arguments::Arguments;
use crate::certificate::Certificate;
use crate::graph::Graph;
use crate::limit::Limit;
use crate::throughput::{Throughput, a_third};

/// Measures Python.
pub(crate) async fn python(
    arguments: &Arguments,
    certificate: &Certificate,
) -> Result<Throughput, Trouble> {
    let graph = Graph::open(certificate, arguments.latency)?;
    let job = std::path::absolute(&arguments.python_job)?;
    let authority = certificate.authority.to_string_lossy().into_owned();
    let program = Program {
        name: "python".to_owned(),
        path: std::path::absolute(arguments.python.join("bin/python"))?,
        arguments: ["sender.py"].map(str::to_owned).to_vec(),
        task_root: job,
        variables: vec![
            ("SSL_CERT_FILE", authority),
            ("GRAPH_URL", graph.url.clone()),
            ("ACCESS_TOKEN", ACCESS_TOKEN.to_owned()),
            ("PHONE_NUMBER_ID", PHONE_NUMBER_ID.to_owned()),
            ("AT_ONCE", arguments.python_at_once.to_string()),
            ("LANG", "en_US.UTF-8".to_owned()),
            ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
        ],
    };
    let mut command = program.command(&arguments.output)?;
    let mut observed = Observed::start(command.stdin(Stdio::piped()).stdout(Stdio::piped()))?;
    let mut ask = observed.child.stdin.take().ok_or("it hears nothing")?;
    let said = observed.child.stdout.take().ok_or("it says nothing")?;
    let mut said = BufReader::new(said).lines();

    // Its warm-up: as many messages as it sends at once.
    ask.write_all(format!("0 {}\n", arguments.python_at_once).as_bytes())
        .await?;
    done(&mut said, arguments).await?;
    graph.forget();
    let limit = Limit::on(&observed, a_third(arguments));

    let first = arguments.python_at_once;
    let (began, cpu) = (Instant::now(), observed.cpu()?);
    ask.write_all(format!("{first} {}\n", arguments.python_messages).as_bytes())
        .await?;
    done(&mut said, arguments).await?;
    let took = began.elapsed();
    let cpu = observed.cpu()?.saturating_sub(cpu);

    let expected = (first..first + arguments.python_messages)
        .map(|person| Ok(events::notice_id(&events::person(person)?)?.to_string()))
        .collect::<Result<HashSet<_>, Trouble>>()?;
    let record = graph.seen();
    let (lost, doubled) = record.lost_and_doubled(&expected);
    let peak_mib = observed.peak_mib()?;
    observed.child.kill().await?;
    Ok(Throughput {
        messages: arguments.python_messages,
        took,
        cpu,
        peak_mib,
        connections: record.connections,
        http2: record.http2,
        aws_calls: 0.0,
        limited_by: limit.means,
        lost,
        doubled,
    })
}

/// Waits until it says that it is done.
async fn done(
    said: &mut Lines<BufReader<ChildStdout>>,
    arguments: &Arguments,
) -> Result<(), Trouble> {
    match said.next_line().await?.as_deref() {
        Some("done") => Ok(()),
        other => Err(format!(
            "python: it said {other:?}; {} says why",
            arguments.output.join("python.log").display()
        )
        .into()),
    }
}
