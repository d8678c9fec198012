//! Looks every few minutes at what is due. A tick says nothing but that time has passed: what is due follows from the tables,
//! so a tick that is lost or comes twice changes nothing.

mod config;
mod drafts;
mod gaps;
mod letters;
mod seal;
mod terms;

use aws_config::SdkConfig;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use cloud::batch::{self, Failure};
use cloud::desk::Desk;
use cloud::files::Files;
use cloud::inbox::Inbox;
use cloud::ledger::Ledger;
use cloud::notices::Notices;
use cloud::people::People;
use cloud::queue::{DeadLetters, Queue};
use cloud::{in_full, telemetry};
use domain::Instant;
use domain::jobs::Tick;
use domain::tenant::Tenant;
use jiff::civil::Date;
use tokio::sync::Mutex;

pub use config::Config;

/// Looks at what is due.
#[derive(Debug)]
pub struct Deadlines {
    /// The requests.
    pub notices: Notices,
    /// Who acts, and who is told.
    pub desk: Desk,
    /// The mails of the offices.
    pub inbox: Inbox,
    /// The register that can be verified.
    pub ledger: Ledger,
    /// The last day that this process knows to be sealed.
    pub sealed: Mutex<Option<Date>>,
    /// Who is making a segnalazione.
    pub people: People,
    /// Where the conversation is told to look at one.
    pub pauses: Queue,
    /// Where the seals of the register are locked.
    pub files: Files,
    /// Where a message goes that cannot be handled.
    pub dead: DeadLetters,
    /// The comune.
    pub tenant: Tenant,
}

impl Deadlines {
    /// The function with its clients.
    pub fn new(config: Config, aws: &SdkConfig) -> Self {
        let zone = config.tenant.time_zone.clone();
        Self {
            notices: Notices::with_ledger(
                aws,
                config.notices_table,
                &config.procedure_table,
                zone,
                &config.tenant.id,
            ),
            desk: Desk::new(aws, &config.procedure_table, config.mails_queue_url),
            inbox: Inbox::new(aws, &config.procedure_table),
            ledger: Ledger::new(aws, config.procedure_table, &config.tenant.id),
            sealed: Mutex::default(),
            people: People::new(aws, config.people_table),
            pauses: Queue::new(aws, config.pauses_queue_url),
            files: Files::new(aws, config.reports_bucket),
            dead: DeadLetters::new(aws, config.dead_letters_url),
            tenant: config.tenant,
        }
    }

    /// Looks for the ticks of a batch, as of `now`.
    pub async fn look_all(&self, event: SqsEvent, now: Instant) -> SqsBatchResponse {
        batch::each(
            event,
            &self.dead,
            async |body: &str| match serde_json::from_str(body) {
                Ok(Tick::Look) => self.look(now).await,
                Err(error) => Err(Failure::Dead(format!("not a tick: {error}"))),
            },
        )
        .await
    }

    /// Everything that may be due. One that fails does not keep the others from being done: it comes back with the tick, and
    /// what was done already is not due any more.
    async fn look(&self, now: Instant) -> Result<(), Failure> {
        let outcomes = [
            ("terms", self.keep_terms(now).await),
            ("gaps", self.tell_of_gaps(now).await),
            ("seal", self.seal_yesterday(now).await),
            ("drafts", self.look_at_drafts(now).await),
            ("letters", self.post_what_was_left(now).await),
        ];
        let mut failed = Ok(());
        for (what, outcome) in outcomes {
            if let Err(failure) = outcome {
                telemetry::count("deadlines", "failed", what, 1);
                if let Failure::Retry(error) = &failure {
                    tracing::error!(error = %in_full(&**error), "{what} could not be looked after");
                }
                failed = Err(failure);
            }
        }
        failed
    }
}
