//! What the function is told by its environment.

use cloud::env::{ConfigError, Variables, required, tenant};
use domain::tenant::Tenant;

/// The configuration of the function.
#[derive(Debug)]
pub struct Config {
    /// `NOTICES_TABLE`: where requests are filed.
    pub notices_table: String,
    /// `PROCEDURE_TABLE`: the mails, and the letters that answer them.
    pub procedure_table: String,
    /// `INBOX_BUCKET`: where SES stores mails.
    pub inbox_bucket: String,
    /// `MAILS_QUEUE_URL`: where letters are queued for the post.
    pub mails_queue_url: String,
    /// `DEAD_LETTERS_URL`: where a message goes that cannot be handled.
    pub dead_letters_url: String,
    /// `tenant.json` in `LAMBDA_TASK_ROOT`: the settings of the comune.
    pub tenant: Tenant,
}

impl Config {
    /// Reads the variables and the settings.
    pub fn read(var: Variables) -> Result<Self, ConfigError> {
        Ok(Self {
            notices_table: required(var, "NOTICES_TABLE")?,
            procedure_table: required(var, "PROCEDURE_TABLE")?,
            inbox_bucket: required(var, "INBOX_BUCKET")?,
            mails_queue_url: required(var, "MAILS_QUEUE_URL")?,
            dead_letters_url: required(var, "DEAD_LETTERS_URL")?,
            tenant: tenant(var)?,
        })
    }
}
