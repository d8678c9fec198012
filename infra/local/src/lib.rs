//! The system on this machine: starts the local engine, deploys `infra/template.yaml` to it with `sam deploy` and hands
//! out what tests and the demo need. What differs from AWS is in `docs/local-engine.md`.
//!
//! ```no_run
//! # async fn example() -> Result<(), local::StageError> {
//! let secret = local::WhatsappSecret {
//!     app_secrets: vec!["app-secret".into()],
//!     verify_token: "verify".into(),
//!     access_token: "access".into(),
//! };
//! let stage = local::Stage::up(local::Options::new("rubano", "http://127.0.0.1:9000", secret)?).await?;
//! println!("{} {}", stage.file.api.base_url, stage.token("operator")?);
//! stage.down().await;
//! # Ok(())
//! # }
//! ```

mod control;
mod deploy;
mod engine;
mod error;
mod logs;
mod mails;
mod places;
mod staff;
mod stage;

pub use error::StageError;
pub use mails::Mail;
pub use places::Places;
pub use staff::{PASSWORD, STAFF};
pub use stage::{ApiAddress, Detour, Options, STAGE_VARIABLE, Stage, StageFile, WhatsappSecret};
