//! Receives Meta's calls and puts every update they bring into its queue.
//!
//! Meta calls again, for days, whatever is not answered with 200, and wants its answer in a quarter of a second. So this
//! function does no work of its own: it checks who is calling, queues what they brought, and only then says 200.

mod call;
mod handshake;

use aws_config::SdkConfig;
use cloud::env::{ConfigError, Variables, required};
use cloud::queue::{Ordered, Queue, SendError};
use cloud::secrets::{SecretError, Secrets};
use cloud::telemetry;

pub use call::{Answer, Call};

/// What the function is told by its environment.
#[derive(Debug)]
pub struct Config {
    /// `INBOUND_QUEUE_URL`: where messages go.
    pub inbound_queue_url: String,
    /// `STATUSES_QUEUE_URL`: where statuses go.
    pub statuses_queue_url: String,
    /// `WHATSAPP_SECRET_ARN`: what Meta signs its calls with.
    pub whatsapp_secret_arn: String,
}

impl Config {
    /// Reads the variables.
    pub fn read(var: Variables) -> Result<Self, ConfigError> {
        Ok(Self {
            inbound_queue_url: required(var, "INBOUND_QUEUE_URL")?,
            statuses_queue_url: required(var, "STATUSES_QUEUE_URL")?,
            whatsapp_secret_arn: required(var, "WHATSAPP_SECRET_ARN")?,
        })
    }
}

/// Receives Meta's calls.
#[derive(Debug)]
pub struct Webhook {
    inbound: Queue,
    statuses: Queue,
    secrets: Secrets,
}

/// Why a call was not taken.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("not signed by Meta")]
    Unsigned,
    #[error("not a handshake of ours")]
    WrongHandshake,
    #[error("only GET and POST are served")]
    WrongMethod,
    #[error(transparent)]
    NotJson(#[from] whatsapp::NotJson),
    #[error("not queued")]
    Unqueued(#[from] SendError),
    #[error("not verified")]
    NoSecret(#[from] SecretError),
}

impl Webhook {
    /// The function with its clients.
    pub fn new(config: &Config, aws: &SdkConfig) -> Self {
        Self {
            inbound: Queue::new(aws, &config.inbound_queue_url),
            statuses: Queue::new(aws, &config.statuses_queue_url),
            secrets: Secrets::new(aws, &config.whatsapp_secret_arn),
        }
    }

    /// Reads the secret while Lambda is still starting the process. A failure is met again, and told, at the first call.
    pub async fn warm_up(&self) {
        if let Err(error) = self.secrets.get().await {
            tracing::warn!(error = %cloud::in_full(&error), "the secret could not be read yet");
        }
    }

    /// Answers one call.
    pub async fn handle(&self, call: Call) -> Answer {
        let outcome = match call.method() {
            "GET" => self.shake_hands(&call).await,
            "POST" => self.receive(call).await.map(|()| String::new()),
            _ => Err(Refusal::WrongMethod),
        };
        match outcome {
            Ok(body) => Answer::new(200, body),
            Err(refusal) => {
                let status = refusal.status();
                if status >= 500 {
                    tracing::error!(error = %cloud::in_full(&refusal), "a call of Meta was not taken and will be repeated");
                } else {
                    tracing::warn!(error = %refusal, "a call was refused");
                }
                telemetry::count("webhook", "refused", refusal.kind(), 1);
                Answer::new(status, String::new())
            }
        }
    }

    async fn receive(&self, call: Call) -> Result<(), Refusal> {
        let signature = call.signature().ok_or(Refusal::Unsigned)?.to_owned();
        let body = call.into_body();
        self.verify(&signature, &body).await?;

        let split = whatsapp::split(&body)?;
        for (field, n) in &split.unhandled {
            telemetry::count("webhook", "unhandled", field, *n);
        }
        let inbound = split.inbound.into_iter().map(|message| Ordered {
            group: message.group,
            deduplication: message.deduplication,
            body: message.body,
        });
        // Side by side: a failure of either fails the call, and then Meta brings all of it again.
        tokio::try_join!(
            self.inbound.send_ordered(inbound.collect()),
            self.statuses.send_all(split.statuses),
        )?;
        Ok(())
    }

    async fn verify(&self, signature: &str, body: &[u8]) -> Result<(), Refusal> {
        let secret = self.secrets.get().await?;
        if whatsapp::is_authentic(signature, body, &secret.app_secrets) {
            return Ok(());
        }
        // The secret may have been rotated since it was read.
        let secret = self.secrets.renewed().await?;
        if whatsapp::is_authentic(signature, body, &secret.app_secrets) {
            Ok(())
        } else {
            Err(Refusal::Unsigned)
        }
    }
}

impl Refusal {
    fn status(&self) -> u16 {
        match self {
            Self::Unsigned => 401,
            Self::WrongHandshake => 403,
            Self::WrongMethod => 405,
            // Not 200: should the fault be ours, Meta keeps the body for us until it is mended.
            Self::NotJson(_) => 400,
            Self::Unqueued(_) | Self::NoSecret(_) => 503,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::WrongHandshake => "handshake",
            Self::WrongMethod => "method",
            Self::NotJson(_) => "not_json",
            Self::Unqueued(_) => "unqueued",
            Self::NoSecret(_) => "no_secret",
        }
    }
}
