//! Entry point of the `approval` function. What it does is in the library beside it.

use std::sync::Arc;

use approval::{Approval, Config, app};
use cloud::checks::Checker;
use cloud::desk::Desk;
use cloud::news::News;
use cloud::notices::Notices;
use cloud::people::People;
use cloud::platform::PlatformState;
use cloud::queue::Queue;
use cloud::reach::{Planner, Reach};
use cloud::schedule::Schedules;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    cloud::telemetry::start();

    let config = Config::from_env()?;

    let aws = cloud::aws().await;
    let approval = Approval {
        notices: Notices::with_ledger(
            &aws,
            config.notices_table,
            config.procedure_table.clone(),
            config.tenant.time_zone.clone(),
            config.tenant.id.clone(),
        ),
        schedules: Schedules::new(
            &aws,
            config.schedule_group,
            config.scheduler_role,
            config.dispatches_queue,
        ),
        // Whom it reached lately, one by one, is no matter of an approval: only how many.
        planner: Planner {
            people: People::new(&aws, config.people_table),
            platform: PlatformState::new(&aws, &config.platform_table),
            reach: Reach::counts(&aws, config.platform_table),
            per_second: config.pace_per_second,
        },
        dispatches: Queue::new(&aws, config.dispatches_queue_url),
        desk: Desk::new(&aws, &config.procedure_table, config.mails_queue_url),
        checker: Checker::new(News::new(config.news_root.as_deref())?),
        tenant: config.tenant,
    };

    lambda_http::run(app(Arc::new(approval))).await
}
