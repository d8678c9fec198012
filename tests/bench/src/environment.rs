//! The environment of a function: what Lambda sets for all, and what the template sets for each.

use std::net::SocketAddr;

use crate::events::{DELIVERIES, PACE, PEOPLE, PHONE_NUMBER_ID, PLATFORM};
use crate::stub::{DEAD_LETTERS, HELD};

/// The WhatsApp secret of the tenant.
const SECRET: &str = "arn:aws:secretsmanager:eu-south-1:000000000000:secret:whatsapp-bench";

/// The variables of a process.
pub type Variables = Vec<(&'static str, String)>;

/// What Lambda sets for every function, with every service at the address of the stub; then what is the function's own.
pub fn lambda(services: SocketAddr, specific: Variables) -> Variables {
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

/// The variables of `webhook`, and of whatever does the same job.
pub fn webhook(services: SocketAddr) -> Variables {
    vec![
        ("INBOUND_QUEUE_URL", queue(services, "inbound.fifo")),
        ("STATUSES_QUEUE_URL", queue(services, "statuses")),
        ("WHATSAPP_SECRET_ARN", SECRET.to_owned()),
    ]
}

/// The variables of `conversation`.
pub fn conversation(services: SocketAddr) -> Variables {
    vec![
        ("PEOPLE_TABLE", PEOPLE.to_owned()),
        ("TURNS_TABLE", "turns".to_owned()),
        ("CASES_TABLE", "cases".to_owned()),
        ("PAUSES_QUEUE_URL", queue(services, "pauses")),
        ("PAUSES_DEAD_LETTERS_URL", dead_letters(services, "pauses")),
        ("REPLIES_QUEUE_URL", queue(services, "replies.fifo")),
        ("DEAD_LETTERS_URL", dead_letters(services, "inbound")),
    ]
}

/// The variables of `send`, that speaks to WhatsApp at `graph_url` at a pace of `per_second`.
pub fn send(services: SocketAddr, graph_url: &str, per_second: u32) -> Variables {
    vec![
        ("PEOPLE_TABLE", PEOPLE.to_owned()),
        ("DELIVERIES_TABLE", DELIVERIES.to_owned()),
        ("PACE_TABLE", PACE.to_owned()),
        ("PLATFORM_TABLE", PLATFORM.to_owned()),
        ("PACE_PER_SECOND", per_second.to_string()),
        ("UNCLEAR_TERM_SECONDS", "900".to_owned()),
        ("STATUSES_QUEUE_URL", queue(services, "statuses")),
        ("HELD_QUEUE_URL", queue(services, HELD)),
        ("INBOUND_QUEUE_URL", queue(services, "inbound.fifo")),
        ("WHATSAPP_SECRET_ARN", SECRET.to_owned()),
        ("GRAPH_URL", graph_url.to_owned()),
        ("PHONE_NUMBER_ID", PHONE_NUMBER_ID.to_owned()),
        (
            "REPLIES_DEAD_LETTERS_URL",
            dead_letters(services, "replies"),
        ),
        (
            "NOTICES_DEAD_LETTERS_URL",
            dead_letters(services, "notices"),
        ),
        ("URGENT_DEAD_LETTERS_URL", dead_letters(services, "urgent")),
        ("HELD_DEAD_LETTERS_URL", dead_letters(services, "held")),
    ]
}

/// The variables of `delivery`.
pub fn delivery(services: SocketAddr) -> Variables {
    vec![
        ("DELIVERIES_TABLE", DELIVERIES.to_owned()),
        ("PLATFORM_TABLE", PLATFORM.to_owned()),
        ("INBOUND_QUEUE_URL", queue(services, "inbound.fifo")),
        ("PHONE_NUMBER_ID", PHONE_NUMBER_ID.to_owned()),
        ("DEAD_LETTERS_URL", dead_letters(services, "statuses")),
    ]
}

/// The URL of a queue.
pub fn queue(services: SocketAddr, name: &str) -> String {
    format!("http://{services}/000000000000/{name}")
}

fn dead_letters(services: SocketAddr, name: &str) -> String {
    queue(services, &format!("{name}{DEAD_LETTERS}"))
}
