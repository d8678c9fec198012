//! Entry point of the `deadlines` function. What it does is in the library beside it.

use aws_lambda_events::event::sqs::SqsEvent;
use deadlines::{Config, Deadlines};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    cloud::telemetry::start();

    let config = Config::read(&cloud::env::process)?;
    let aws = cloud::aws().await;
    let deadlines = Deadlines::new(config, &aws);

    run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        Ok::<_, Error>(deadlines.look_all(event.payload, cloud::clock::now()).await)
    }))
    .await
}
