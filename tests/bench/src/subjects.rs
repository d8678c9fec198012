//! Who is measured: our functions as they are deployed, the floor, and the same webhook in Python.

use std::net::SocketAddr;
use std::path::Path;

use bench::Trouble;
use bench::environment::{self, Variables, queue};
use bench::events::{self, Asked};
use bench::process::Program;
use serde_json::Value;

use crate::arguments::Arguments;
use crate::size::Package;

/// The webhook, asked a thousand updates at once: the largest body that Meta sends.
pub(crate) const THOUSAND: &str = "webhook_1000";

/// The pace of the number, where `send` is measured: as in the template.
const PACE_PER_SECOND: u32 = 80;

/// Makes the nth event of a function.
type Ask = fn(u64) -> Result<Asked, Trouble>;

/// A function under measure.
pub(crate) struct Subject {
    /// Its name in the table.
    pub(crate) name: &'static str,
    /// What is run.
    pub(crate) program: Program,
    /// Its event, the nth.
    pub(crate) asked: Ask,
    /// Whether an answer says that all went well.
    pub(crate) went_well: fn(&Value) -> bool,
    /// How many events a round asks of it.
    pub(crate) calls: u32,
    /// What its zip would hold.
    pub(crate) package: Package,
}

/// All subjects, in the order in which a round takes them: the three that are compared come one after the other.
pub(crate) fn all(arguments: &Arguments, services: SocketAddr) -> Result<Vec<Subject>, Trouble> {
    let binary = |name: &'static str, specific: Variables, asked: Ask| {
        binary(
            arguments,
            name,
            environment::lambda(services, specific),
            asked,
        )
    };
    let floor = vec![("QUEUE_URL", queue(services, "inbound.fifo"))];
    let graph_url = format!("http://{services}");
    let mut thousand = binary(
        "webhook",
        environment::webhook(services),
        events::webhook_1000,
    )?;
    thousand.name = THOUSAND;
    THOUSAND.clone_into(&mut thousand.program.name);
    thousand.calls = arguments.calls.div_ceil(100);
    Ok(vec![
        binary("webhook", environment::webhook(services), events::webhook)?,
        binary("floor", floor, events::webhook)?,
        python(arguments, services)?,
        thousand,
        Subject {
            went_well: all_done,
            ..binary(
                "conversation",
                environment::conversation(services),
                events::conversation,
            )?
        },
        Subject {
            went_well: all_done,
            calls: arguments.calls.div_ceil(4),
            ..binary(
                "send",
                environment::send(services, &graph_url, PACE_PER_SECOND),
                events::send,
            )?
        },
        Subject {
            went_well: all_done,
            calls: arguments.calls.div_ceil(4),
            ..binary(
                "delivery",
                environment::delivery(services),
                events::delivery,
            )?
        },
    ])
}

/// One of our binaries behind an HTTP API.
fn binary(
    arguments: &Arguments,
    name: &'static str,
    variables: Variables,
    asked: Ask,
) -> Result<Subject, Trouble> {
    let path = std::path::absolute(arguments.binaries.join(name))?;
    let tenant = std::path::absolute(&arguments.tenant)?;
    Ok(Subject {
        name,
        package: Package::Binary {
            bootstrap: path.clone(),
            tenant: tenant.clone(),
        },
        program: Program {
            name: name.to_owned(),
            path,
            arguments: Vec::new(),
            task_root: tenant.parent().unwrap_or(Path::new("/")).to_owned(),
            variables,
        },
        asked,
        went_well: is_ok,
        calls: arguments.calls,
    })
}

/// The webhook's job in Python, run by the runtime that Lambda runs.
fn python(arguments: &Arguments, services: SocketAddr) -> Result<Subject, Trouble> {
    let job = std::path::absolute(&arguments.python_job)?;
    let mut specific = environment::webhook(services);
    specific.push(("_HANDLER", "handler.handler".to_owned()));
    // What Lambda's own image of Python sets.
    specific.push(("LANG", "en_US.UTF-8".to_owned()));
    specific.push(("TZ", ":UTC".to_owned()));
    Ok(Subject {
        name: "python",
        program: Program {
            name: "python".to_owned(),
            path: std::path::absolute(arguments.python.join("bin/python"))?,
            arguments: ["-m", "awslambdaric", "handler.handler"]
                .map(str::to_owned)
                .to_vec(),
            task_root: job.clone(),
            variables: environment::lambda(services, specific),
        },
        package: Package::Python {
            job,
            environment: arguments.python.clone(),
        },
        asked: events::webhook,
        went_well: is_ok,
        calls: arguments.python_calls,
    })
}

/// An HTTP function answers 200.
fn is_ok(answer: &Value) -> bool {
    answer["statusCode"] == 200
}

/// A queue's function gives nothing back.
fn all_done(answer: &Value) -> bool {
    answer["batchItemFailures"]
        .as_array()
        .is_some_and(Vec::is_empty)
}
