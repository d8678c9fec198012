//! Everything of Portavoce that speaks to AWS. A store is a concrete struct named for what it holds; its errors say what the
//! caller does next. What one function does not call, link-time optimisation drops from its binary.

pub mod batch;
pub mod cases;
pub mod checks;
pub mod clock;
pub mod conversations;
pub mod deliveries;
pub mod desk;
pub mod env;
mod error;
pub mod files;
pub mod inbox;
pub mod ledger;
pub mod letters;
pub mod media;
pub mod news;
pub mod notices;
pub mod outbox;
pub mod pace;
pub mod people;
pub mod platform;
pub mod post;
pub mod queue;
pub mod reach;
pub mod roster;
pub mod schedule;
pub mod secrets;
pub mod staff;
mod table;
pub mod telemetry;

pub use error::{AwsError, StoreError, in_full};

use aws_config::{BehaviorVersion, SdkConfig};

/// The AWS configuration of the process. The behaviour version is pinned: retries and time-outs change in a commit of
/// ours, not in an update of theirs.
pub async fn aws() -> SdkConfig {
    aws_config::load_defaults(BehaviorVersion::v2026_01_12()).await
}
