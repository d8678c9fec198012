//! What the function is told by its environment.

use cloud::env::{ConfigError, Variables, positive, required, tenant};
use domain::tenant::Tenant;

/// The configuration of the function.
#[derive(Debug)]
pub struct Config {
    /// `NOTICES_TABLE`: requests and how far their dispatch has come.
    pub notices_table: String,
    /// `PEOPLE_TABLE`: the audience.
    pub people_table: String,
    /// `PACE_TABLE`: who was reached in the last 24 hours.
    pub pace_table: String,
    /// `PLATFORM_TABLE`: how many may be, how many were, which notices are stopped.
    pub platform_table: String,
    /// `PACE_PER_SECOND`: messages per second of the number.
    pub pace_per_second: u32,
    /// `NOTICES_QUEUE_URL`: where batches go.
    pub notices_queue_url: String,
    /// `URGENT_QUEUE_URL`: where batches of an emergency go.
    pub urgent_queue_url: String,
    /// `DISPATCHES_QUEUE_URL`: where a dispatch goes that needs more time.
    pub dispatches_queue_url: String,
    /// `DEAD_LETTERS_URL`: where a message goes that cannot be handled.
    pub dead_letters_url: String,
    /// `PROCEDURE_TABLE`: the roster, the register, the outbox of e-mails.
    pub procedure_table: String,
    /// `MAILS_QUEUE_URL`: letters on their way to the post.
    pub mails_queue_url: String,
    /// `NEWS_ROOT`: where pages are read in place of the comune's site; only for tests.
    pub news_root: Option<String>,
    /// `tenant.json`.
    pub tenant: Tenant,
}

impl Config {
    /// Reads the variables and the settings.
    pub fn read(var: Variables) -> Result<Self, ConfigError> {
        Ok(Self {
            notices_table: required(var, "NOTICES_TABLE")?,
            people_table: required(var, "PEOPLE_TABLE")?,
            pace_table: required(var, "PACE_TABLE")?,
            platform_table: required(var, "PLATFORM_TABLE")?,
            pace_per_second: positive(var, "PACE_PER_SECOND")?,
            notices_queue_url: required(var, "NOTICES_QUEUE_URL")?,
            urgent_queue_url: required(var, "URGENT_QUEUE_URL")?,
            dispatches_queue_url: required(var, "DISPATCHES_QUEUE_URL")?,
            dead_letters_url: required(var, "DEAD_LETTERS_URL")?,
            procedure_table: required(var, "PROCEDURE_TABLE")?,
            mails_queue_url: required(var, "MAILS_QUEUE_URL")?,
            news_root: var("NEWS_ROOT"),
            tenant: tenant(var)?,
        })
    }
}
