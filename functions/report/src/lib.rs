//! Makes the report of a two-month period: the register as CSV and as a spreadsheet, filed in S3.
//!
//! Rows go from the tables to two local files one by one, and the files to S3 from disk, so memory does not grow with the
//! period. The report of a closed period is published in versions that are never overwritten; asking again makes a
//! new one only if the register says something else by then.

mod book;
mod csv;
mod publish;
mod xlsx;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use cloud::batch::{self, Failure};
use cloud::deliveries::Deliveries;
use cloud::env::{ConfigError, Variables, required};
use cloud::files::Files;
use cloud::notices::Notices;
use cloud::queue::DeadLetters;
use cloud::{StoreError, in_full};
use domain::Instant;
use domain::jobs::MakeReport;
use domain::notice::NoticeRequest;
use domain::period::TwoMonthPeriod;
use domain::register::RegisterRow;
use domain::tenant::Tenant;

use crate::book::{Book, Bound};

/// What the function is told by its environment.
#[derive(Debug)]
pub struct Config {
    /// `NOTICES_TABLE`: what went out.
    pub notices_table: String,
    /// `DELIVERIES_TABLE`: what became of it.
    pub deliveries_table: String,
    /// `REPORTS_BUCKET`: where reports are filed.
    pub reports_bucket: String,
    /// `DEAD_LETTERS_URL`: where a message goes that cannot be handled.
    pub dead_letters_url: String,
    /// The comune, from `tenant.json` in `LAMBDA_TASK_ROOT`.
    pub tenant: Tenant,
}

impl Config {
    /// Reads the variables and the settings beside the binary.
    pub fn read(var: Variables) -> Result<Self, ConfigError> {
        Ok(Self {
            notices_table: required(var, "NOTICES_TABLE")?,
            deliveries_table: required(var, "DELIVERIES_TABLE")?,
            reports_bucket: required(var, "REPORTS_BUCKET")?,
            dead_letters_url: required(var, "DEAD_LETTERS_URL")?,
            tenant: cloud::env::tenant(var)?,
        })
    }
}

/// Makes reports.
#[derive(Debug)]
pub struct Accountant {
    /// What went out.
    pub notices: Notices,
    /// What became of it.
    pub deliveries: Deliveries,
    /// Where reports are filed.
    pub files: Files,
    /// Where a message goes that cannot be handled.
    pub dead: DeadLetters,
    /// The comune.
    pub tenant: Tenant,
}

impl Accountant {
    /// Makes the reports that `event` asks for, as of `now`.
    pub async fn make_all(&self, event: SqsEvent, now: Instant) -> SqsBatchResponse {
        batch::each(event, &self.dead, async |body: &str| {
            self.make(body, now).await
        })
        .await
    }

    async fn make(&self, body: &str, now: Instant) -> Result<(), Failure> {
        let zone = &self.tenant.time_zone;
        let period = match serde_json::from_str(body) {
            Ok(MakeReport::Period { period }) => period,
            Ok(MakeReport::LastClosedPeriod) => TwoMonthPeriod::of(now, zone).previous(),
            Err(error) => {
                return Err(Failure::Dead(format!(
                    "it does not ask for a report: {error}"
                )));
            }
        };
        if period.is_future(now, zone) {
            return Err(Failure::Dead(format!("the period {period} has not begun")));
        }

        let bound = self.write(period).await?;
        if period.is_closed(now, zone) {
            self.publish(period, &bound).await
        } else {
            self.show_provisionally(period, &bound, now).await
        }
    }

    /// The register of `period` in local files.
    async fn write(&self, period: TwoMonthPeriod) -> Result<Bound, Failure> {
        let mut book = Book::open(period, &self.tenant)?;
        let mut cursor = None;
        loop {
            let (requests, next) = self
                .notices
                .dispatched_in(period, cursor)
                .await
                .map_err(failure)?;
            for request in &requests {
                book.write(&self.row(request).await.map_err(failure)?, &self.tenant)?;
            }
            cursor = next;
            if cursor.is_none() {
                // Compressing holds the thread, and nobody waits for it: messages come one at a time.
                return Ok(book.bind()?);
            }
        }
    }

    async fn row(&self, request: &NoticeRequest) -> Result<RegisterRow, StoreError> {
        let progress = self.notices.progress(&request.id);
        let counts = self.deliveries.counts(&request.id);
        let ((progress, _), counts) = tokio::try_join!(progress, counts)?;
        Ok(RegisterRow::of(request, progress.recipients, &counts))
    }
}

/// What cannot be read today cannot be read tomorrow; everything else may go better.
fn failure(error: StoreError) -> Failure {
    match error {
        StoreError::Unreadable(_) => {
            Failure::Dead(format!("the register cannot be read: {}", in_full(&error)))
        }
        StoreError::Stale | StoreError::DynamoDb(_) => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_variable_is_called_by_its_name() {
        let error =
            Config::read(&|name| (name != "REPORTS_BUCKET").then(|| "x".to_owned())).unwrap_err();

        assert_eq!(
            error.to_string(),
            "the environment variable REPORTS_BUCKET is not set"
        );
    }
}
