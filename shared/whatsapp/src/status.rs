//! What WhatsApp says of a message of ours (Meta, webhooks reference, status messages).

use domain::delivery::{Pricing, Reason, Report, Rung};
use domain::ids::{SendId, Wamid};
use serde::Deserialize;

use crate::inbound::Seconds;
use crate::webhook::{QueuedStatus, Unreadable};

/// A status, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusUpdate {
    /// Our own id, echoed by WhatsApp: it finds the row even before we know theirs.
    pub send: Option<SendId>,
    /// Their id.
    pub wamid: Wamid,
    /// What it reports.
    pub report: Report,
}

/// A state that we do not know yet: acknowledged, and counted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an unknown state of a message: {0}")]
pub struct UnknownState(pub String);

#[derive(Deserialize)]
struct Status {
    id: Option<String>,
    #[serde(rename = "status")]
    state: Option<String>,
    timestamp: Option<Seconds>,
    #[serde(default)]
    biz_opaque_callback_data: Option<String>,
    #[serde(default)]
    pricing: Option<serde_json::Value>,
    #[serde(default)]
    errors: Option<Vec<Error>>,
}

#[derive(Deserialize)]
struct Priced {
    #[serde(default)]
    billable: Option<bool>,
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(default)]
    category: Option<String>,
}

#[derive(Deserialize)]
struct Error {
    #[serde(default)]
    code: i64,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    message: Option<String>,
}

impl StatusUpdate {
    /// Reads a status from the queue. The inner error is a state that we do not know.
    pub fn read(queued: &str) -> Result<Result<Self, UnknownState>, Unreadable> {
        let queued: QueuedStatus = serde_json::from_str(queued)?;
        let status: Status = serde_json::from_str(queued.status.get())?;

        let wamid: Wamid = status
            .id
            .as_deref()
            .and_then(|id| id.parse().ok())
            .ok_or(Unreadable::Without("an id"))?;
        let at = status
            .timestamp
            .as_ref()
            .and_then(Seconds::instant)
            .ok_or(Unreadable::Without("a timestamp"))?;
        let state = status.state.ok_or(Unreadable::Without("a state"))?;
        let rung = match state.as_str() {
            "accepted" => Rung::Accepted,
            "sent" => Rung::Sent,
            "delivered" => Rung::Delivered,
            // A voice message played is more than read; nothing of ours counts it apart.
            "read" | "played" => Rung::Read,
            "failed" => Rung::Failed,
            _ => return Ok(Err(UnknownState(state.chars().take(64).collect()))),
        };
        let reason = status
            .errors
            .unwrap_or_default()
            .into_iter()
            .next()
            .map(|error| Reason {
                code: error.code,
                title: error.title.or(error.message).unwrap_or_default(),
            });
        Ok(Ok(Self {
            send: status
                .biz_opaque_callback_data
                .and_then(|id| id.parse().ok()),
            wamid: wamid.clone(),
            report: Report {
                rung,
                at,
                wamid: Some(wamid),
                reason: reason.filter(|_| rung == Rung::Failed),
                pricing: status.pricing.and_then(price),
            },
        }))
    }
}

/// `billable` is marked for deprecation: `type` decides where it is given (Meta, pricing on webhooks).
fn price(raw: serde_json::Value) -> Option<Pricing> {
    let priced: Priced = serde_json::from_value(raw).ok()?;
    let billable = match priced.kind.as_deref() {
        Some(kind) => kind == "regular",
        None => priced.billable?,
    };
    Some(Pricing {
        billable,
        category: priced.category.unwrap_or_else(|| "unknown".to_owned()),
        kind: priced.kind,
        model: None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(status: &Value) -> StatusUpdate {
        StatusUpdate::read(&json!({"phone_number_id": "106", "status": status}).to_string())
            .unwrap()
            .unwrap()
    }

    #[test]
    fn a_delivered_brings_its_price_and_our_id() {
        let update = read(&json!({
            "id": "wamid.HBgM", "status": "delivered", "timestamp": "1763800200", "recipient_id": "393331234567",
            "biz_opaque_callback_data": "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B/p_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2C",
            "pricing": {"billable": true, "pricing_model": "PMP", "type": "regular", "category": "utility"}
        }));

        assert!(matches!(update.send, Some(SendId::Notice { .. })));
        assert_eq!(update.report.rung, Rung::Delivered);
        assert_eq!(update.report.pricing.unwrap().category, "utility");
    }

    #[test]
    fn a_failed_says_why_although_it_has_no_contacts() {
        let update = read(&json!({
            "id": "wamid.HBgM", "status": "failed", "timestamp": 1_763_800_200,
            "errors": [{"code": 131_026, "title": "Message undeliverable", "error_data": {"details": "…"}}]
        }));

        assert_eq!(update.report.reason.unwrap().code, 131_026);
        assert_eq!(update.send, None);
    }

    #[test]
    fn a_free_message_is_not_billed_whatever_the_old_flag_says() {
        for (pricing, billed) in [
            (
                json!({"type": "free_customer_service", "billable": true, "category": "service"}),
                Some(false),
            ),
            (
                json!({"type": "regular", "category": "service"}),
                Some(true),
            ),
            (json!({"billable": true, "category": "utility"}), Some(true)),
            (json!({"category": "utility"}), None),
            (json!("odd"), None),
        ] {
            let update =
                read(&json!({"id": "w", "status": "sent", "timestamp": "1", "pricing": pricing}));
            assert_eq!(
                update.report.pricing.map(|p| p.billable),
                billed,
                "{pricing}"
            );
        }
    }

    #[test]
    fn a_state_of_the_future_is_told_apart_from_garbage() {
        let queued =
            |status: Value| json!({"phone_number_id": "106", "status": status}).to_string();

        let unknown = StatusUpdate::read(&queued(
            json!({"id": "w", "status": "teleported", "timestamp": "1"}),
        ))
        .unwrap();
        assert_eq!(unknown, Err(UnknownState("teleported".to_owned())));
        assert!(StatusUpdate::read(&queued(json!({"status": "sent", "timestamp": "1"}))).is_err());
    }
}
