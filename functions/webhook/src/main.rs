//! Entry point of the `webhook` function. What it does is in the library beside it.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use webhook::{Call, Config, Webhook};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    cloud::telemetry::start();

    let config = Config::read(&cloud::env::process)?;
    let aws = cloud::aws().await;
    let webhook = Webhook::new(&config, &aws);
    webhook.warm_up().await;

    run(service_fn(async |event: LambdaEvent<Call>| {
        Ok::<_, Error>(webhook.handle(event.payload).await)
    }))
    .await
}
