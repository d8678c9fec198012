//! What the function is told by its environment.

use cloud::env::{ConfigError, Variables, required, tenant};
use domain::tenant::Tenant;

/// What the function is told by its environment.
#[derive(Debug)]
pub struct Config {
    /// `DELIVERIES_TABLE`: what became of each thing sent.
    pub deliveries_table: String,
    /// `PLATFORM_TABLE`: what Meta says of the number, the account and the templates.
    pub platform_table: String,
    /// `INBOUND_QUEUE_URL`: where the conversation learns what concerns a person.
    pub inbound_queue_url: String,
    /// `PHONE_NUMBER_ID`: the number whose service messages are counted.
    pub phone_number_id: String,
    /// `DEAD_LETTERS_URL`: where a message goes that cannot be handled.
    pub dead_letters_url: String,
    /// `tenant.json`.
    pub tenant: Tenant,
}

impl Config {
    /// Reads the variables.
    pub fn read(var: Variables) -> Result<Self, ConfigError> {
        Ok(Self {
            deliveries_table: required(var, "DELIVERIES_TABLE")?,
            platform_table: required(var, "PLATFORM_TABLE")?,
            inbound_queue_url: required(var, "INBOUND_QUEUE_URL")?,
            phone_number_id: required(var, "PHONE_NUMBER_ID")?,
            dead_letters_url: required(var, "DEAD_LETTERS_URL")?,
            tenant: tenant(var)?,
        })
    }
}
