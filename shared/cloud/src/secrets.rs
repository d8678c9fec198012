//! The WhatsApp secret: app secrets, verify token and access token, in Secrets Manager.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use secrecy::SecretString;
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::AwsError;

/// What the comune's WhatsApp account needs.
#[derive(Debug, Deserialize)]
pub struct WhatsappSecret {
    /// What Meta signs its calls with: the current one, and the previous while one replaces the other.
    pub app_secrets: Vec<SecretString>,
    /// What Meta shows when the webhook's address is saved.
    pub verify_token: SecretString,
    /// What we show to Meta.
    pub access_token: SecretString,
}

/// The secret could not be had: worth another try.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Secrets Manager did not answer, or refused.
    #[error("Secrets Manager did not give the secret")]
    SecretsManager(#[source] AwsError),
    /// It is not there yet, or not of our shape. What it is instead is not repeated: it is a secret.
    #[error(
        "the secret is not {{app_secrets, verify_token, access_token}}: was it put after the deploy?"
    )]
    Misshapen,
}

/// Reads the secret and keeps it for a few minutes: long enough to cost nothing, short enough for a rotation.
#[derive(Debug)]
pub struct Secrets {
    client: Client,
    arn: String,
    kept: Mutex<Option<(Instant, Arc<WhatsappSecret>)>>,
}

const KEPT_FOR: Duration = Duration::from_mins(5);

impl Secrets {
    /// The secret `arn`.
    pub fn new(aws: &SdkConfig, arn: impl Into<String>) -> Self {
        Self {
            client: Client::new(aws),
            arn: arn.into(),
            kept: Mutex::new(None),
        }
    }

    /// The secret, at most five minutes old.
    pub async fn get(&self) -> Result<Arc<WhatsappSecret>, SecretError> {
        let mut kept = self.kept.lock().await;
        if let Some((at, secret)) = &*kept
            && at.elapsed() < KEPT_FOR
        {
            return Ok(secret.clone());
        }
        let answer = self
            .client
            .get_secret_value()
            .secret_id(&self.arn)
            .send()
            .await
            .map_err(|error| SecretError::SecretsManager(error.into()))?;
        let secret: WhatsappSecret = answer
            .secret_string()
            .and_then(|text| serde_json::from_str(text).ok())
            .ok_or(SecretError::Misshapen)?;
        let secret = Arc::new(secret);
        *kept = Some((Instant::now(), secret.clone()));
        Ok(secret)
    }

    /// The secret read afresh, after the kept one was found wanting: at most once in ten seconds, so that forged calls
    /// do not become calls to AWS.
    pub async fn renewed(&self) -> Result<Arc<WhatsappSecret>, SecretError> {
        {
            let mut kept = self.kept.lock().await;
            if kept
                .as_ref()
                .is_some_and(|(at, _)| at.elapsed() >= Duration::from_secs(10))
            {
                *kept = None;
            }
        }
        self.get().await
    }
}
