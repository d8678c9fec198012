//! Logs and counts. A log line reads alone and carries dotted fields (`notice.id`, `person.id`, `message.id`); it never
//! carries a number, a name, a text or a token (docs/operations.md).

use serde_json::json;

/// Starts the log of the process: JSON lines at the level that Lambda's own settings give.
pub fn start() {
    lambda_runtime::tracing::init_default_subscriber();
    // The usual hook prints what the panic says, and that may be a citizen's words.
    std::panic::set_hook(Box::new(|panic| {
        let at = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(at, "the code panicked");
    }));
}

/// Counts `n` of `what` by `function` and `kind`, in the namespace of the product. The count is read out of the log line
/// (embedded metric format), so it costs no call.
pub fn count(function: &'static str, what: &'static str, kind: &str, n: u32) {
    let line = json!({
        "_aws": {
            "Timestamp": crate::clock::now().as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": "Portavoce",
                "Dimensions": [["function", "kind"]],
                "Metrics": [{"Name": what, "Unit": "Count"}],
            }],
        },
        "function": function,
        "kind": kind,
        (what): n,
    });
    #[expect(
        clippy::print_stdout,
        reason = "the embedded metric format is a line on standard output"
    )]
    {
        println!("{line}");
    }
}
