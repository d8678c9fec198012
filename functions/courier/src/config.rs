//! What the function is told by its environment.

use cloud::env::{ConfigError, Variables, required};
use domain::email::EmailAddress;

/// What the function is told by its environment.
#[derive(Debug)]
pub struct Config {
    /// `PROCEDURE_TABLE`: the outbox.
    pub procedure_table: String,
    /// `MAIL_FROM`: the address that e-mails come from.
    pub mail_from: EmailAddress,
    /// `MAIL_REPLY_TO`: where answers go; the address that they come from if it is not set.
    pub mail_reply_to: Option<EmailAddress>,
    /// `DEAD_LETTERS_URL`: where a message goes that cannot be handled.
    pub dead_letters_url: String,
}

impl Config {
    /// Reads the variables.
    pub fn read(var: Variables) -> Result<Self, ConfigError> {
        Ok(Self {
            procedure_table: required(var, "PROCEDURE_TABLE")?,
            mail_from: address("MAIL_FROM", &required(var, "MAIL_FROM")?)?,
            mail_reply_to: var("MAIL_REPLY_TO")
                .map(|text| address("MAIL_REPLY_TO", &text))
                .transpose()?,
            dead_letters_url: required(var, "DEAD_LETTERS_URL")?,
        })
    }
}

fn address(name: &'static str, text: &str) -> Result<EmailAddress, ConfigError> {
    text.parse()
        .map_err(|_| ConfigError::Invalid(name, "an e-mail address"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(from: &str, reply_to: Option<&str>) -> Result<Config, ConfigError> {
        Config::read(&|name| match name {
            "MAIL_FROM" => Some(from.to_owned()),
            "MAIL_REPLY_TO" => reply_to.map(str::to_owned),
            _ => Some("x".to_owned()),
        })
    }

    #[test]
    fn an_address_that_is_none_is_called_by_its_variable() {
        let error = read("avvisi", None).unwrap_err();

        assert_eq!(
            error.to_string(),
            "the environment variable MAIL_FROM is not an e-mail address"
        );
        assert!(read("avvisi@esempio.it", Some("richieste")).is_err());
        assert!(
            read("avvisi@esempio.it", None)
                .unwrap()
                .mail_reply_to
                .is_none()
        );
    }
}
