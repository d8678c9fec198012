//! Entry point of the `send` function. What it does is in the library beside it.

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use send::{Config, Sender};

/// A quarter of what a message cost was glibc's allocator: thousands of short-lived buffers, headers and maps a second.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    cloud::telemetry::start();

    let config = Config::read(&cloud::env::process)?;
    let aws = cloud::aws().await;
    let sender = Sender::new(config, &aws)?;
    sender.warm_up().await;

    run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        let deadline = event.context.deadline();
        Ok::<_, Error>(sender.send_all(event.payload, deadline).await)
    }))
    .await
}
