//! Entry point of the `courier` function. What it does is in the library beside it.

use aws_lambda_events::event::sqs::SqsEvent;
use courier::{Config, Courier};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    cloud::telemetry::start();

    let config = Config::read(&cloud::env::process)?;
    let aws = cloud::aws().await;
    let courier = Courier::new(config, &aws);

    run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        Ok::<_, Error>(courier.post_all(event.payload).await)
    }))
    .await
}
