//! Entry point of the `approval` function. What it does is in the library beside it.

use std::sync::Arc;

use approval::{Approval, Config, app};
use cloud::notices::Notices;
use cloud::schedule::Schedules;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    cloud::telemetry::start();

    let config = Config::from_env()?;

    let aws = cloud::aws().await;
    let approval = Approval {
        notices: Notices::new(&aws, config.notices_table, config.tenant.time_zone.clone()),
        schedules: Schedules::new(
            &aws,
            config.schedule_group,
            config.scheduler_role,
            config.dispatches_queue,
        ),
        tenant: config.tenant,
    };

    lambda_http::run(app(Arc::new(approval))).await
}
