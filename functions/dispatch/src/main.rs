//! Entry point of the `dispatch` function. What it does is in the library beside it.

use aws_lambda_events::event::sqs::SqsEvent;
use dispatch::{Config, Dispatcher};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    cloud::telemetry::start();

    let config = Config::read(&cloud::env::process)?;
    let aws = cloud::aws().await;
    let dispatcher = Dispatcher::new(config, &aws)?;

    run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        let deadline = event.context.deadline();
        Ok::<_, Error>(dispatcher.dispatch_all(event.payload, deadline).await)
    }))
    .await
}
