//! Who is measured: our functions as they are deployed, the floor, and the same webhook in Python.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::Trouble;
use crate::arguments::Arguments;
use crate::events::{self, Asked, DELIVERIES, PEOPLE, PHONE_NUMBER_ID};
use crate::size::Package;
use crate::stub::DEAD_LETTERS;

/// The WhatsApp secret of the tenant.
const SECRET: &str = "arn:aws:secretsmanager:eu-south-1:000000000000:secret:whatsapp-bench";

/// Makes the nth event of a function.
type Ask = fn(u64) -> Result<Asked, Trouble>;

/// A function under measure.
pub(crate) struct Subject {
    /// Its name in the table.
    pub(crate) name: &'static str,
    /// What is run.
    pub(crate) program: PathBuf,
    /// What the program is given to run, if it is an interpreter.
    pub(crate) arguments: Vec<String>,
    /// Where Lambda would have unpacked its zip.
    pub(crate) task_root: PathBuf,
    /// Its environment, whole.
    pub(crate) variables: Vec<(&'static str, String)>,
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
    let queue = |name: &str| queue(services, name);
    let dead_letters = |name: &str| queue(&format!("{name}{DEAD_LETTERS}"));
    Ok(vec![
        Subject {
            variables: variables(services, webhook_variables(services)),
            ..binary(arguments, "webhook", events::webhook)?
        },
        Subject {
            variables: variables(services, vec![("QUEUE_URL", queue("inbound.fifo"))]),
            ..binary(arguments, "floor", events::webhook)?
        },
        python(arguments, services)?,
        Subject {
            variables: variables(
                services,
                vec![
                    ("PEOPLE_TABLE", PEOPLE.to_owned()),
                    ("TURNS_TABLE", "turns".to_owned()),
                    ("REPLIES_QUEUE_URL", queue("replies.fifo")),
                    ("DEAD_LETTERS_URL", dead_letters("inbound")),
                ],
            ),
            went_well: all_done,
            ..binary(arguments, "conversation", events::conversation)?
        },
        Subject {
            variables: variables(
                services,
                vec![
                    ("PEOPLE_TABLE", PEOPLE.to_owned()),
                    ("DELIVERIES_TABLE", DELIVERIES.to_owned()),
                    ("PACE_TABLE", "pace".to_owned()),
                    ("STATUSES_QUEUE_URL", queue("statuses")),
                    ("WHATSAPP_SECRET_ARN", SECRET.to_owned()),
                    ("GRAPH_URL", format!("http://{services}")),
                    ("PHONE_NUMBER_ID", PHONE_NUMBER_ID.to_owned()),
                    ("PACE_PER_SECOND", "80".to_owned()),
                    ("REPLIES_DEAD_LETTERS_URL", dead_letters("replies")),
                    ("NOTICES_DEAD_LETTERS_URL", dead_letters("notices")),
                    ("URGENT_DEAD_LETTERS_URL", dead_letters("urgent")),
                ],
            ),
            went_well: all_done,
            calls: arguments.calls.div_ceil(4),
            ..binary(arguments, "send", events::send)?
        },
        Subject {
            variables: variables(
                services,
                vec![
                    ("DELIVERIES_TABLE", DELIVERIES.to_owned()),
                    ("STATUSES_QUEUE_URL", queue("statuses")),
                    ("DEAD_LETTERS_URL", dead_letters("statuses")),
                ],
            ),
            went_well: all_done,
            calls: arguments.calls.div_ceil(4),
            ..binary(arguments, "delivery", events::delivery)?
        },
    ])
}

/// One of our binaries behind an HTTP API, with no environment yet.
fn binary(arguments: &Arguments, name: &'static str, asked: Ask) -> Result<Subject, Trouble> {
    let program = std::path::absolute(arguments.binaries.join(name))?;
    let tenant = std::path::absolute(&arguments.tenant)?;
    Ok(Subject {
        name,
        task_root: tenant.parent().unwrap_or(Path::new("/")).to_owned(),
        package: Package::Binary {
            bootstrap: program.clone(),
            tenant,
        },
        program,
        arguments: Vec::new(),
        variables: Vec::new(),
        asked,
        went_well: is_ok,
        calls: arguments.calls,
    })
}

/// The webhook's job in Python, run by the runtime that Lambda runs.
fn python(arguments: &Arguments, services: SocketAddr) -> Result<Subject, Trouble> {
    let job = std::path::absolute(&arguments.python_job)?;
    let mut specific = webhook_variables(services);
    specific.push(("_HANDLER", "handler.handler".to_owned()));
    // What Lambda's own image of Python sets.
    specific.push(("LANG", "en_US.UTF-8".to_owned()));
    specific.push(("TZ", ":UTC".to_owned()));
    Ok(Subject {
        name: "python",
        program: std::path::absolute(arguments.python.join("bin/python"))?,
        arguments: ["-m", "awslambdaric", "handler.handler"]
            .map(str::to_owned)
            .to_vec(),
        package: Package::Python {
            job: job.clone(),
            environment: arguments.python.clone(),
        },
        task_root: job,
        variables: variables(services, specific),
        asked: events::webhook,
        went_well: is_ok,
        calls: arguments.python_calls,
    })
}

fn webhook_variables(services: SocketAddr) -> Vec<(&'static str, String)> {
    vec![
        ("INBOUND_QUEUE_URL", queue(services, "inbound.fifo")),
        ("STATUSES_QUEUE_URL", queue(services, "statuses")),
        ("WHATSAPP_SECRET_ARN", SECRET.to_owned()),
    ]
}

/// What Lambda sets for every function, with every service at the address of the stub; then what is the function's own.
fn variables(
    services: SocketAddr,
    specific: Vec<(&'static str, String)>,
) -> Vec<(&'static str, String)> {
    let lambda = [
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench"),
        ("AWS_LAMBDA_LOG_LEVEL", "INFO"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/22/[$LATEST]bench"),
        ("AWS_REGION", "eu-south-1"),
        ("AWS_DEFAULT_REGION", "eu-south-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDBENCH"),
        ("AWS_SECRET_ACCESS_KEY", "a-secret-key-for-the-bench-only"),
        ("AWS_SESSION_TOKEN", "a-session-token-for-the-bench-only"),
        ("RUST_LOG", "info"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
    ]
    .map(|(name, value)| (name, value.to_owned()));
    let endpoint = ("AWS_ENDPOINT_URL", format!("http://{services}"));
    lambda
        .into_iter()
        .chain([endpoint])
        .chain(specific)
        .collect()
}

fn queue(services: SocketAddr, name: &str) -> String {
    format!("http://{services}/000000000000/{name}")
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
