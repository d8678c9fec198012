//! Entry point of the `mailroom` function. What it does is in the library beside it.

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use mailroom::{Config, Mailroom};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    cloud::telemetry::start();

    let config = Config::read(&cloud::env::process)?;
    let aws = cloud::aws().await;
    let mailroom = Mailroom::new(config, &aws);

    run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        Ok::<_, Error>(mailroom.read_all(event.payload).await)
    }))
    .await
}
