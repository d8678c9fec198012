//! The floor: the least that a function behind an HTTP API can do and still be of use.
//!
//! It hands the body of the request to a queue and answers 200: no signature, no parsing, no split. What the webhook costs
//! above this is what *we* ask of it; what the floor costs is Lambda's runtime and the SDK.

use aws_config::BehaviorVersion;
use lambda_http::{Body, Error, Request, RequestExt as _, Response, run, service_fn, tracing};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    #[expect(
        clippy::disallowed_methods,
        reason = "the floor borrows nothing of ours, not even the reading of variables"
    )]
    let queue = std::env::var("QUEUE_URL")?;
    let config = aws_config::load_defaults(BehaviorVersion::v2026_01_12()).await;
    let sqs = aws_sdk_sqs::Client::new(&config);

    run(service_fn(|request| forward(&sqs, &queue, request))).await
}

/// Puts the body of `request` into `queue`, as it came.
async fn forward(
    sqs: &aws_sdk_sqs::Client,
    queue: &str,
    request: Request,
) -> Result<Response<Body>, Error> {
    let id = request.lambda_context().request_id;
    let body = String::from_utf8(request.into_body().to_vec())?;
    sqs.send_message()
        .queue_url(queue)
        .message_group_id("floor")
        .message_deduplication_id(id)
        .message_body(body)
        .send()
        .await?;
    Ok(Response::new(Body::Empty))
}
