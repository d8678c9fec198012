//! A client of the control API, for tests and the demo.

mod more;

use std::time::{Duration, Instant};

use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::control::{Change, Handshake, NewPhone, RawWebhook, Tap, Write, Written};
use crate::emitter::{Answer, Signed};
use crate::faults::Fault;
use crate::phones::{Behaviour, Phone};
use crate::record::Record;

/// How often [`Control::wait_until`] looks.
const LOOK: Duration = Duration::from_millis(25);

/// Speaks to a peer, in this process or another.
#[derive(Debug, Clone)]
pub struct Control {
    base: String,
    client: reqwest::Client,
}

/// Why the peer did not do it.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// It could not be asked.
    #[error("the peer does not answer")]
    Unanswered(#[from] reqwest::Error),
    /// It was asked and said no.
    #[error("the peer answered {status}: {body}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it said.
        body: String,
    },
    /// What was waited for did not come.
    #[error("{0:?} were not enough")]
    TimedOut(Duration),
}

impl Control {
    /// A client of the peer at `base`, such as `http://127.0.0.1:8080`.
    pub fn new(base: impl Into<String>) -> Self {
        let base: String = base.into();
        Self {
            base: base.trim_end_matches('/').to_owned(),
            // A proxy of the machine has no business between two local programs.
            client: reqwest::Client::builder()
                .no_proxy()
                .build()
                .unwrap_or_default(),
        }
    }

    /// The base of the peer's addresses.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Changes the settings named in `changes`; returns all of them, without secrets.
    pub async fn configure(&self, changes: Value) -> Result<Value, ControlError> {
        self.ask(Method::PUT, "/peer/config", Some(&changes)).await
    }

    /// Tries the webhook's address as Meta does when it is entered.
    pub async fn handshake(&self, verify_token: &str) -> Result<Handshake, ControlError> {
        self.ask(
            Method::POST,
            "/peer/handshake",
            Some(&json!({"verify_token": verify_token})),
        )
        .await
    }

    /// Registers a template, as submitted to Meta.
    pub async fn add_template(&self, submitted: &Value) -> Result<Value, ControlError> {
        self.ask(Method::POST, "/peer/templates", Some(submitted))
            .await
    }

    /// Adds a phone.
    pub async fn add_phone(&self, new: &NewPhone) -> Result<Phone, ControlError> {
        self.ask(Method::POST, "/peer/phones", Some(new)).await
    }

    /// All phones, each with its latest message alone.
    pub async fn phones(&self) -> Result<Vec<Phone>, ControlError> {
        self.ask(Method::GET, "/peer/phones", NOTHING).await
    }

    /// A phone and what is on it.
    pub async fn phone(&self, id: &str) -> Result<Phone, ControlError> {
        self.ask(Method::GET, &format!("/peer/phones/{id}"), NOTHING)
            .await
    }

    /// Changes a phone.
    pub async fn change(&self, id: &str, change: &Change) -> Result<Phone, ControlError> {
        self.ask(Method::PATCH, &format!("/peer/phones/{id}"), Some(change))
            .await
    }

    /// Lets a phone behave so from now on.
    pub async fn behave(&self, id: &str, behaviour: Behaviour) -> Result<Phone, ControlError> {
        self.change(
            id,
            &Change {
                behaviour: Some(behaviour),
                ..Change::default()
            },
        )
        .await
    }

    /// The phone writes a text. Does not wait for the webhook.
    pub async fn write(&self, id: &str, text: &str) -> Result<Written, ControlError> {
        self.send(
            id,
            &Write {
                text: Some(text.to_owned()),
                ..Write::default()
            },
        )
        .await
    }

    /// The phone writes a text, and Meta posts it so many times.
    pub async fn write_times(
        &self,
        id: &str,
        text: &str,
        times: u32,
    ) -> Result<Written, ControlError> {
        self.send(
            id,
            &Write {
                text: Some(text.to_owned()),
                times: Some(times),
                ..Write::default()
            },
        )
        .await
    }

    /// The citizen taps a button: of the latest message that has it.
    pub async fn tap(&self, id: &str, button: &str) -> Result<Written, ControlError> {
        let tap = Tap {
            id: button.to_owned(),
            of: None,
            answers: None,
        };
        self.send(
            id,
            &Write {
                button: Some(tap),
                ..Write::default()
            },
        )
        .await
    }

    /// The phone writes anything. Does not wait for the webhook.
    pub async fn send(&self, id: &str, write: &Write) -> Result<Written, ControlError> {
        self.ask(
            Method::POST,
            &format!("/peer/phones/{id}/write"),
            Some(write),
        )
        .await
    }

    /// The phone writes anything; the answers of the webhook are in the result.
    pub async fn send_and_wait(&self, id: &str, write: &Write) -> Result<Written, ControlError> {
        self.ask(
            Method::POST,
            &format!("/peer/phones/{id}/write?wait=1"),
            Some(write),
        )
        .await
    }

    /// Posts a body to the webhook once, as it stands.
    pub async fn raw_webhook(
        &self,
        body: impl Into<String>,
        signature: Signed,
    ) -> Result<Answer, ControlError> {
        let raw = RawWebhook {
            body: body.into(),
            signature,
        };
        self.ask(Method::POST, "/peer/webhook", Some(&raw)).await
    }

    /// Lets something go wrong.
    pub async fn add_fault(&self, fault: &Fault) -> Result<(), ControlError> {
        self.tell(Method::POST, "/peer/faults", Some(fault)).await
    }

    /// The faults that still wait.
    pub async fn faults(&self) -> Result<Vec<Fault>, ControlError> {
        self.ask(Method::GET, "/peer/faults", NOTHING).await
    }

    /// Forgets all faults.
    pub async fn clear_faults(&self) -> Result<(), ControlError> {
        self.tell(Method::DELETE, "/peer/faults", NOTHING).await
    }

    /// The record of everything.
    pub async fn record(&self) -> Result<Record, ControlError> {
        self.ask(Method::GET, "/peer/record", NOTHING).await
    }

    /// The record of one phone.
    pub async fn record_of(&self, id: &str) -> Result<Record, ControlError> {
        self.ask(Method::GET, &format!("/peer/record?phone={id}"), NOTHING)
            .await
    }

    /// Whether the webhook has taken every update.
    pub async fn idle(&self) -> Result<bool, ControlError> {
        let answer: Value = self.ask(Method::GET, "/peer/idle", NOTHING).await?;
        Ok(answer["idle"] == true)
    }

    /// Waits until the webhook has taken every update.
    pub async fn wait_idle(&self, timeout: Duration) -> Result<(), ControlError> {
        let deadline = Instant::now() + timeout;
        while !self.idle().await? {
            if Instant::now() >= deadline {
                return Err(ControlError::TimedOut(timeout));
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// Waits until the phone is as wanted, and returns it.
    pub async fn wait_until(
        &self,
        id: &str,
        timeout: Duration,
        wanted: impl Fn(&Phone) -> bool,
    ) -> Result<Phone, ControlError> {
        let deadline = Instant::now() + timeout;
        loop {
            let phone = self.phone(id).await?;
            if wanted(&phone) {
                return Ok(phone);
            }
            if Instant::now() >= deadline {
                return Err(ControlError::TimedOut(timeout));
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Forgets phones, faults, record and what is under way; keeps the settings.
    pub async fn reset(&self) -> Result<(), ControlError> {
        self.tell(Method::DELETE, "/peer", NOTHING).await
    }

    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, ControlError> {
        Ok(self.call(method, path, body).await?.json().await?)
    }

    pub(super) async fn tell(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<(), ControlError> {
        self.call(method, path, body).await.map(drop)
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<reqwest::Response, ControlError> {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status().as_u16();
        Err(ControlError::Refused {
            status,
            body: response.text().await?,
        })
    }
}

pub(super) const NOTHING: Option<&Value> = None;
