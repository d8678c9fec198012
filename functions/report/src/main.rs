//! Entry point of the `report` function. What it does is in the library beside it.

use aws_lambda_events::event::sqs::SqsEvent;
use cloud::deliveries::Deliveries;
use cloud::files::Files;
use cloud::notices::Notices;
use cloud::queue::DeadLetters;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use report::{Accountant, Config};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    cloud::telemetry::start();

    let config = Config::read(&cloud::env::process)?;
    let aws = cloud::aws().await;
    let accountant = Accountant {
        notices: Notices::new(&aws, config.notices_table, config.tenant.time_zone.clone()),
        deliveries: Deliveries::new(&aws, config.deliveries_table),
        files: Files::new(&aws, config.reports_bucket),
        dead: DeadLetters::new(&aws, config.dead_letters_url),
        tenant: config.tenant,
    };

    run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        Ok::<_, Error>(
            accountant
                .make_all(event.payload, cloud::clock::now())
                .await,
        )
    }))
    .await
}
