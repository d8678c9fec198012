//! What the function is told by its environment.

use cloud::env::{self, ConfigError, Variables};
use domain::tenant::Tenant;

/// The configuration of the function.
#[derive(Debug)]
pub struct Config {
    /// `NOTICES_TABLE`: requests and their history.
    pub notices_table: String,
    /// `DELIVERIES_TABLE`: what became of what was sent.
    pub deliveries_table: String,
    /// `PROCEDURE_TABLE`: the register that can be verified.
    pub procedure_table: String,
    /// `PEOPLE_TABLE`: the audience, counted.
    pub people_table: String,
    /// `PLATFORM_TABLE`: what Meta says, what is stopped, how many were reached lately.
    pub platform_table: String,
    /// `PHONE_NUMBER_ID`: whose service messages are counted.
    pub phone_number_id: String,
    /// `PACE_PER_SECOND`: messages per second of the number.
    pub pace_per_second: u32,
    /// `REPORTS_QUEUE_URL`: where a report is asked for.
    pub reports_queue_url: String,
    /// `REPORTS_BUCKET`: where reports and the seals of the register are.
    pub reports_bucket: String,
    /// `INBOX_BUCKET`: the mails of the offices as they were received.
    pub inbox_bucket: String,
    /// `MAILS_QUEUE_URL`: letters on their way to the post.
    pub mails_queue_url: String,
    /// `SIGN_IN_URL`: where a browser finds Cognito, the origin alone.
    pub sign_in_url: String,
    /// `STAFF_CLIENT_ID`: the app client of the pool under which the staff signs in; no secret.
    pub staff_client_id: String,
    /// `NEWS_ROOT`: where pages are read in place of the comune's site; only for tests.
    pub news_root: Option<String>,
    /// `tenant.json` in `LAMBDA_TASK_ROOT`: the settings of the comune.
    pub tenant: Tenant,
}

impl Config {
    /// Reads the environment, once, as the function starts.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(&env::process)
    }

    /// Reads variables from anywhere, so that a test needs no environment.
    pub fn read(var: Variables) -> Result<Self, ConfigError> {
        Ok(Self {
            notices_table: env::required(var, "NOTICES_TABLE")?,
            deliveries_table: env::required(var, "DELIVERIES_TABLE")?,
            procedure_table: env::required(var, "PROCEDURE_TABLE")?,
            people_table: env::required(var, "PEOPLE_TABLE")?,
            platform_table: env::required(var, "PLATFORM_TABLE")?,
            phone_number_id: env::required(var, "PHONE_NUMBER_ID")?,
            pace_per_second: env::positive(var, "PACE_PER_SECOND")?,
            reports_queue_url: env::required(var, "REPORTS_QUEUE_URL")?,
            reports_bucket: env::required(var, "REPORTS_BUCKET")?,
            inbox_bucket: env::required(var, "INBOX_BUCKET")?,
            mails_queue_url: env::required(var, "MAILS_QUEUE_URL")?,
            sign_in_url: env::origin(var, "SIGN_IN_URL")?,
            staff_client_id: env::required(var, "STAFF_CLIENT_ID")?,
            news_root: var("NEWS_ROOT"),
            tenant: env::tenant(var)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_is_missing_is_named() {
        let error = Config::read(&|name| (name == "NOTICES_TABLE").then(|| "notices".to_owned()))
            .unwrap_err();

        assert_eq!(
            error.to_string(),
            "the environment variable DELIVERIES_TABLE is not set"
        );
    }
}
