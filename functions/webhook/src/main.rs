//! Entry point of the `webhook` function. What it does is in the library beside it.

use lambda_http::{Error, Request, run, service_fn};
use webhook::{Config, Webhook};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    cloud::telemetry::start();

    let config = Config::read(&cloud::env::process)?;
    let aws = cloud::aws().await;
    let webhook = Webhook::new(&config, &aws);
    webhook.warm_up().await;

    run(service_fn(async |request: Request| {
        webhook.handle(request).await
    }))
    .await
}
