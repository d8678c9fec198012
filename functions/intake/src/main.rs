//! Entry point of the `intake` function. What it does is in the library beside it.

use std::sync::Arc;

use cloud::checks::Checker;
use cloud::deliveries::Deliveries;
use cloud::desk::Desk;
use cloud::files::Files;
use cloud::inbox::Inbox;
use cloud::ledger::Ledger;
use cloud::news::News;
use cloud::notices::Notices;
use cloud::people::People;
use cloud::platform::PlatformState;
use cloud::queue::Queue;
use cloud::reach::{Planner, Reach};
use intake::{Config, DeskPage, Intake, app};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    cloud::telemetry::start();

    let config = Config::from_env()?;

    let aws = cloud::aws().await;
    let intake = Intake {
        notices: Notices::with_ledger(
            &aws,
            config.notices_table,
            &config.procedure_table,
            config.tenant.time_zone.clone(),
            &config.tenant.id,
        ),
        desk: Desk::new(&aws, &config.procedure_table, config.mails_queue_url),
        checker: Checker::new(News::new(config.news_root.as_deref())?),
        ledger: Ledger::new(&aws, config.procedure_table.clone(), &config.tenant.id),
        deliveries: Deliveries::new(&aws, config.deliveries_table),
        reports: Queue::new(&aws, config.reports_queue_url),
        files: Files::new(&aws, config.reports_bucket),
        inbox: Inbox::new(&aws, config.procedure_table),
        received: Files::new(&aws, config.inbox_bucket),
        planner: Planner {
            people: People::new(&aws, config.people_table),
            platform: PlatformState::new(&aws, &config.platform_table),
            reach: Reach::counts(&aws, config.platform_table),
            per_second: config.pace_per_second,
        },
        phone_number_id: config.phone_number_id,
        desk_page: DeskPage::new(&config.sign_in_url, &config.staff_client_id, &config.tenant),
        tenant: config.tenant,
    };

    lambda_http::run(app(Arc::new(intake))).await
}
