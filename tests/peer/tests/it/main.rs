//! The peer judged from outside: over HTTP, as the system and the citizens meet it.

mod account;
mod batches;
#[expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]
mod media;
mod nodes;
mod people;
mod phones;
mod sending;
#[expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]
mod support;
mod templates;
mod trouble;
mod webhooks;
