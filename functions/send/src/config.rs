//! What the function is told by its environment.

use cloud::env::{ConfigError, Variables, positive, required, tenant};
use domain::tenant::Tenant;

/// What the function is told by its environment.
#[derive(Debug)]
pub struct Config {
    /// `PEOPLE_TABLE`: where to write to whom, and whether they still want it.
    pub people_table: String,
    /// `DELIVERIES_TABLE`: what became of each thing sent.
    pub deliveries_table: String,
    /// `PACE_TABLE`: the slots of the number, and how much was sent to each person lately.
    pub pace_table: String,
    /// `PLATFORM_TABLE`: what Meta says of the number, the account and the templates.
    pub platform_table: String,
    /// `PACE_PER_SECOND`: messages that WhatsApp grants the number in a second.
    pub pace_per_second: u32,
    /// `UNCLEAR_TERM_SECONDS`: after how long what nothing settled is called unknown; SQS waits at most 900.
    pub unclear_term_seconds: u32,
    /// `STATUSES_QUEUE_URL`: where we remind ourselves to settle what was left unclear.
    pub statuses_queue_url: String,
    /// `HELD_QUEUE_URL`: where what may not leave now waits.
    pub held_queue_url: String,
    /// `INBOUND_QUEUE_URL`: where the conversation learns what concerns a person.
    pub inbound_queue_url: String,
    /// `WHATSAPP_SECRET_ARN`: the access token.
    pub whatsapp_secret_arn: String,
    /// `GRAPH_URL`: Meta, or the peer.
    pub graph_url: String,
    /// `PHONE_NUMBER_ID`: the number.
    pub phone_number_id: String,
    /// `REPLIES_DEAD_LETTERS_URL`: where a reply goes that cannot be handled.
    pub replies_dead_letters_url: String,
    /// `NOTICES_DEAD_LETTERS_URL`: where a batch goes that cannot be handled.
    pub notices_dead_letters_url: String,
    /// `URGENT_DEAD_LETTERS_URL`: the same for an urgent batch.
    pub urgent_dead_letters_url: String,
    /// `HELD_DEAD_LETTERS_URL`: the same for what was held.
    pub held_dead_letters_url: String,
    /// `tenant.json`.
    pub tenant: Tenant,
}

impl Config {
    /// Reads the variables.
    pub fn read(var: Variables) -> Result<Self, ConfigError> {
        Ok(Self {
            people_table: required(var, "PEOPLE_TABLE")?,
            deliveries_table: required(var, "DELIVERIES_TABLE")?,
            pace_table: required(var, "PACE_TABLE")?,
            platform_table: required(var, "PLATFORM_TABLE")?,
            pace_per_second: positive(var, "PACE_PER_SECOND")?,
            unclear_term_seconds: positive(var, "UNCLEAR_TERM_SECONDS")?,
            statuses_queue_url: required(var, "STATUSES_QUEUE_URL")?,
            held_queue_url: required(var, "HELD_QUEUE_URL")?,
            inbound_queue_url: required(var, "INBOUND_QUEUE_URL")?,
            whatsapp_secret_arn: required(var, "WHATSAPP_SECRET_ARN")?,
            graph_url: required(var, "GRAPH_URL")?,
            phone_number_id: required(var, "PHONE_NUMBER_ID")?,
            replies_dead_letters_url: required(var, "REPLIES_DEAD_LETTERS_URL")?,
            notices_dead_letters_url: required(var, "NOTICES_DEAD_LETTERS_URL")?,
            urgent_dead_letters_url: required(var, "URGENT_DEAD_LETTERS_URL")?,
            held_dead_letters_url: required(var, "HELD_DEAD_LETTERS_URL")?,
            tenant: tenant(var)?,
        })
    }
}
