//! What can be set while the peer runs: where webhooks go, the secrets of both sides, and how unkindly the network
//! behaves. `PUT /peer/config` changes any of it, member by member.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::chaos::Chaos;

/// The members that never leave the peer once set.
const SECRETS: [&str; 2] = ["access_token", "app_secret"];

/// Everything adjustable. No `Debug`: it holds secrets.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where updates are posted. Without it they are dropped, and counted as such.
    pub webhook_url: Option<String>,
    /// The `Host` header of those posts, where it is not the address: the local engine tells its APIs apart by it.
    pub webhook_host: Option<String>,
    /// Signs the webhooks.
    pub app_secret: String,
    /// The bearer token that the Graph part asks for.
    pub access_token: String,
    /// The business number that can send.
    pub phone_number_id: String,
    /// The WhatsApp business account, owner of the templates.
    pub waba_id: String,
    /// The number as people read it: digits only, here.
    pub display_phone_number: String,
    /// The name at the head of every chat.
    pub business_name: String,

    /// Statuses overtake each other: `delivered` may come before `sent`, `read` before both.
    pub disorder: bool,
    /// Every so many updates, one is posted twice. Zero: never.
    pub duplicate_every: u32,
    /// The same seed, the same disorder.
    pub seed: u64,
    /// How many updates may share one post, up to 1,000. One, as Meta usually does.
    pub batch: usize,
    /// The largest body of a post that carries several updates.
    pub batch_bytes: usize,
    /// How long a post waits for company when `batch` is above one.
    pub batch_wait_ms: u64,
    /// Shortest and longest time between two statuses of a message, where the phone does not say.
    pub status_delay_ms: (u64, u64),
    /// How long the Graph part thinks before it answers: above the status delay, statuses overtake the answer.
    pub answer_delay_ms: u64,
    /// How often a post is tried before it is given up.
    pub webhook_tries: u32,
    /// How long a post may take.
    pub webhook_timeout_ms: u64,
    /// How many posts are under way at once.
    pub webhook_concurrency: usize,

    /// Messages per second that the number may send; above it, 130429.
    pub number_rate: Option<u32>,
    /// Whether one phone may get no more than one message per 6 s, after a burst of 45; above it, 131056.
    pub pair_rate: bool,
    /// How many different people may get a template within 24 hours outside their window; above it, `over_limit_code`.
    /// Unlimited where absent.
    pub people_per_day: Option<u32>,
    /// The code with which one person too many is refused: Meta does not say which of 130429, 131048 and 80007.
    pub over_limit_code: i64,
    /// Chance, for long runs.
    pub chaos: Chaos,
    /// New and edited templates wait for a review by the control API, instead of being approved at once.
    pub review_templates: bool,
    /// How long the address of a download is good.
    pub media_url_seconds: u64,
    /// The base of those addresses, where it is not the host that was asked for them.
    pub media_base: Option<String>,
    /// How far the peer's clock is ahead of the machine's: a window of 24 hours closes at once.
    pub clock_ahead_seconds: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            webhook_url: None,
            webhook_host: None,
            app_secret: "app-secret".to_owned(),
            access_token: "access-token".to_owned(),
            phone_number_id: "106500000000001".to_owned(),
            waba_id: "203300000000001".to_owned(),
            display_phone_number: "390490000000".to_owned(),
            business_name: "Comune di Esempio".to_owned(),
            disorder: false,
            duplicate_every: 0,
            seed: 1,
            batch: 1,
            batch_bytes: 3_000_000,
            batch_wait_ms: 50,
            status_delay_ms: (20, 120),
            answer_delay_ms: 0,
            webhook_tries: 8,
            webhook_timeout_ms: 30_000,
            webhook_concurrency: 16,
            number_rate: None,
            pair_rate: false,
            people_per_day: None,
            over_limit_code: 131_048,
            chaos: Chaos::default(),
            review_templates: false,
            media_url_seconds: 300,
            media_base: None,
            clock_ahead_seconds: 0,
        }
    }
}

impl Settings {
    /// These settings with the members of `changes` in the place of their own. An unknown member is an error: a knob
    /// misspelt would otherwise be a test that tests nothing.
    pub fn changed(&self, changes: Map<String, Value>) -> Result<Self, serde_json::Error> {
        let mut members = serde_json::to_value(self)?;
        if let Value::Object(members) = &mut members {
            members.extend(changes);
        }
        serde_json::from_value(members)
    }

    /// The settings as they may be shown: whether a secret is set, not which.
    pub fn shown(&self) -> Result<Value, serde_json::Error> {
        let mut members = serde_json::to_value(self)?;
        for secret in SECRETS {
            members[secret] = Value::from("hidden");
        }
        Ok(members)
    }

    pub(crate) fn webhook_timeout(&self) -> Duration {
        Duration::from_millis(self.webhook_timeout_ms)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changes(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn a_change_touches_only_what_it_names() {
        let settings = Settings::default();

        let changed = settings
            .changed(changes(
                &json!({"batch": 7, "webhook_host": "api.localhost"}),
            ))
            .unwrap();

        assert_eq!(changed.batch, 7);
        assert_eq!(changed.webhook_host.as_deref(), Some("api.localhost"));
        assert_eq!(changed.app_secret, settings.app_secret);
    }

    #[test]
    fn a_misspelt_knob_is_refused() {
        assert!(
            Settings::default()
                .changed(changes(&json!({"bacth": 7})))
                .is_err()
        );
    }

    #[test]
    fn secrets_are_not_shown() {
        let shown = Settings::default().shown().unwrap().to_string();

        assert!(!shown.contains("app-secret") && !shown.contains("access-token"));
    }
}
