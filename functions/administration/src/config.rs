//! What the function is told by its environment.

use cloud::env::{self, ConfigError, Variables};
use domain::tenant::Tenant;

/// The configuration of the function.
#[derive(Debug)]
pub struct Config {
    /// `PROCEDURE_TABLE`: the roster and its history.
    pub procedure_table: String,
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
            procedure_table: env::required(var, "PROCEDURE_TABLE")?,
            tenant: env::tenant(var)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_is_missing_is_named() {
        let error = Config::read(&|_| None).unwrap_err();

        assert_eq!(
            error.to_string(),
            "the environment variable PROCEDURE_TABLE is not set"
        );
    }
}
