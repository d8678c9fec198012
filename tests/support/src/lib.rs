//! What the functions' tests share. Every test has a DynamoDB of its own, in its own process, behind real HTTP; other AWS
//! services are played by a [`Stub`] that answers alike to everything and remembers what it was asked.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot be set up should say so and stop"
)]

pub mod batches;
mod bucket;
pub mod gateway;
pub mod services;
mod stub;
mod tables;

pub use bucket::Bucket;
pub use stub::{Call, Stub};
pub use tables::Tables;

pub use aws_config::SdkConfig;

use aws_config::{BehaviorVersion, Region};
use domain::segnalazione::service::Service;
use domain::tenant::Tenant;

/// The configuration of an SDK that finds every service at `endpoint`.
pub fn aws_at(endpoint: &str) -> SdkConfig {
    let credentials =
        aws_sdk_dynamodb::config::Credentials::new("test", "test", None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-south-1"))
        .credentials_provider(aws_sdk_dynamodb::config::SharedCredentialsProvider::new(
            credentials,
        ))
        .endpoint_url(endpoint)
        .build()
}

/// A client of the tables, for what no store of ours does.
pub fn dynamo(aws: &SdkConfig) -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::new(aws)
}

/// Rubano, with invented contacts. Its notices may leave at any hour and however late: tests run when they run, and what the
/// hours and terms do is tried in `domain`.
pub fn rubano() -> Tenant {
    let settings = serde_json::json!({
        "id": "rubano",
        "comune": "Rubano",
        "province": "PD",
        "privacy": {"url": "https://www.rubano.it/privacy", "version": "2026-01"},
        "contacts": {"phone": "049 000 0000", "hours": "lun-ven 9:00-12:30", "url": "https://www.rubano.it/contatti"},
        "news_hosts": ["www.rubano.it", "rubano.it"],
        "notice_template": {
            "name": "avviso", "language": "it", "category": "utility",
            "body": "Comune di Rubano – {{testo}} Tutte le informazioni: {{link}} – Per non ricevere più avvisi scrivi CANCELLAMI."
        },
        "people_per_day": null,
        "sending": {
            "hours": "00:00-24:00", "weekdays": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "no_send_holidays": false,
            "tolerance_minutes": 10_000_000, "approval_valid_days": 10_000
        },
        "max_text": 700,
        "time_zone": "Europe/Rome",
        "receive_only": true
    });
    serde_json::from_value(settings).expect("the settings of a comune")
}

/// How Montanaro takes segnalazioni, as it is packaged.
pub fn montanaro() -> Service {
    let settings = include_str!("../../../infra/tenants/montanaro.segnalazioni.yaml");
    let boundary = include_str!("../../../infra/tenants/boundaries/montanaro.geojson");
    let settings: serde_json::Value = serde_yaml_ng::from_str(settings).expect("its settings");
    let territory: serde_json::Value = serde_json::from_str(boundary).expect("its boundary");
    let file = serde_json::json!({"settings": settings, "territory": territory});
    Service::read(&file.to_string()).expect("a service")
}
