//! What the function is told by its environment.

use cloud::env::{self, ConfigError, Variables};
use domain::tenant::Tenant;

/// The configuration of the function.
#[derive(Debug)]
pub struct Config {
    /// `NOTICES_TABLE`: requests and their history.
    pub notices_table: String,
    /// `PEOPLE_TABLE`: the audience, counted.
    pub people_table: String,
    /// `PLATFORM_TABLE`: what Meta allows, how many were reached lately, which notices are stopped.
    pub platform_table: String,
    /// `PACE_PER_SECOND`: messages per second of the number.
    pub pace_per_second: u32,
    /// `SCHEDULE_GROUP`: the stack's group of schedules.
    pub schedule_group: String,
    /// `SCHEDULER_ROLE_ARN`: the role with which a schedule queues its message.
    pub scheduler_role: String,
    /// `DISPATCHES_QUEUE_ARN`: where a schedule queues its message.
    pub dispatches_queue: String,
    /// `DISPATCHES_QUEUE_URL`: the same queue, to let a dispatch go on at once.
    pub dispatches_queue_url: String,
    /// `PROCEDURE_TABLE`: the roster, the register, the outbox of e-mails.
    pub procedure_table: String,
    /// `MAILS_QUEUE_URL`: letters on their way to the post.
    pub mails_queue_url: String,
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
            people_table: env::required(var, "PEOPLE_TABLE")?,
            platform_table: env::required(var, "PLATFORM_TABLE")?,
            pace_per_second: env::positive(var, "PACE_PER_SECOND")?,
            schedule_group: env::required(var, "SCHEDULE_GROUP")?,
            scheduler_role: env::required(var, "SCHEDULER_ROLE_ARN")?,
            dispatches_queue: env::required(var, "DISPATCHES_QUEUE_ARN")?,
            dispatches_queue_url: env::required(var, "DISPATCHES_QUEUE_URL")?,
            procedure_table: env::required(var, "PROCEDURE_TABLE")?,
            mails_queue_url: env::required(var, "MAILS_QUEUE_URL")?,
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
            "the environment variable PEOPLE_TABLE is not set"
        );
    }
}
