//! What the function is told by its environment.

use cloud::env::{self, ConfigError, Variables, required};
use domain::tenant::Tenant;

/// What the function is told by its environment.
#[derive(Debug)]
pub struct Config {
    /// `NOTICES_TABLE`: requests and their history.
    pub notices_table: String,
    /// `PROCEDURE_TABLE`: the roster, the outbox, the register.
    pub procedure_table: String,
    /// `PEOPLE_TABLE`: who is making a segnalazione.
    pub people_table: String,
    /// `PAUSES_QUEUE_URL`: where the conversation is told to look at one.
    pub pauses_queue_url: String,
    /// `MAILS_QUEUE_URL`: where letters go to be posted.
    pub mails_queue_url: String,
    /// `REPORTS_BUCKET`: where the seals of the register are locked.
    pub reports_bucket: String,
    /// `DEAD_LETTERS_URL`: where a message goes that cannot be handled.
    pub dead_letters_url: String,
    /// `tenant.json` in `LAMBDA_TASK_ROOT`: the settings of the comune.
    pub tenant: Tenant,
}

impl Config {
    /// Reads the variables and the settings beside the binary.
    pub fn read(var: Variables) -> Result<Self, ConfigError> {
        Ok(Self {
            notices_table: required(var, "NOTICES_TABLE")?,
            procedure_table: required(var, "PROCEDURE_TABLE")?,
            people_table: required(var, "PEOPLE_TABLE")?,
            pauses_queue_url: required(var, "PAUSES_QUEUE_URL")?,
            mails_queue_url: required(var, "MAILS_QUEUE_URL")?,
            reports_bucket: required(var, "REPORTS_BUCKET")?,
            dead_letters_url: required(var, "DEAD_LETTERS_URL")?,
            tenant: env::tenant(var)?,
        })
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
