//! Entry point of the `administration` function. What it does is in the library beside it.

use std::sync::Arc;

use administration::{Administration, Config, app};
use cloud::roster::Rosters;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    cloud::telemetry::start();

    let config = Config::from_env()?;

    let aws = cloud::aws().await;
    let administration = Administration {
        rosters: Rosters::new(&aws, config.procedure_table),
        tenant: config.tenant,
    };

    lambda_http::run(app(Arc::new(administration))).await
}
