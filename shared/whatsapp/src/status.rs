//! What WhatsApp says of a message of ours (Meta, webhooks reference, status messages).

use domain::Instant;
use domain::delivery::{Pricing, Reason, Report, Rung};
use domain::ids::{SendId, Wamid};
use serde_json::Value;

use crate::inbound::Sender;
use crate::lenient::{discreet, instant, items, json, object, parsed, text, truth, whole, word};
use crate::webhook::{QueuedStatus, Unreadable};

/// A status, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusUpdate {
    /// Our own id, echoed by WhatsApp: it finds the row even before we know theirs.
    pub send: Option<SendId>,
    /// Their id.
    pub wamid: Wamid,
    /// Which number of ours it was sent from, by Meta's id of it.
    pub number: String,
    /// By what names the recipient is known: not in a group, and not always in a failure.
    pub recipient: Option<Sender>,
    /// What it reports.
    pub report: Report,
    /// Why it failed, in full: the codes of all errors and what they say.
    pub errors: Vec<Failure>,
    /// The free entry point it belongs to. Otherwise Meta leaves it out since v24.
    pub conversation: Option<Conversation>,
}

/// One reason of a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Meta's code and title.
    pub reason: Reason,
    /// Meta's sentence about this very message.
    pub details: Option<String>,
}

/// A conversation as Meta once billed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Meta's id of it.
    pub id: String,
    /// What opened it.
    pub origin: Option<String>,
    /// When it ends.
    pub until: Option<Instant>,
}

/// A state that we do not know yet: acknowledged, and counted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an unknown state of a message: {0}")]
pub struct UnknownState(pub String);

impl StatusUpdate {
    /// Reads a status from the queue. The inner error is a state that we do not know.
    pub fn read(queued: &str) -> Result<Result<Self, UnknownState>, Unreadable> {
        Self::of(&object(queued)?)
    }

    pub(crate) fn of(queued: &QueuedStatus) -> Result<Result<Self, UnknownState>, Unreadable> {
        let status = json(queued.status.get())?;
        let wamid: Wamid = parsed(&status, "id").ok_or(Unreadable::Without("an id"))?;
        let at = instant(&status, "timestamp").ok_or(Unreadable::Without("a timestamp"))?;
        let state = word(&status, "status").ok_or(Unreadable::Without("a state"))?;
        let Some(rung) = rung(&state) else {
            return Ok(Err(UnknownState(state.chars().take(64).collect())));
        };
        let errors: Vec<Failure> = items(&status, "errors").iter().map(failure).collect();
        let reason = errors.first().map(|failure| failure.reason.clone());
        Ok(Ok(Self {
            send: parsed(&status, "biz_opaque_callback_data"),
            wamid: wamid.clone(),
            number: queued.phone_number_id.clone(),
            recipient: recipient(&status),
            report: Report {
                rung,
                at,
                wamid: Some(wamid),
                reason: reason.filter(|_| rung == Rung::Failed),
                pricing: price(&status["pricing"]),
            },
            errors,
            conversation: conversation(&status["conversation"]),
        }))
    }
}

fn rung(state: &str) -> Option<Rung> {
    Some(match state {
        "accepted" => Rung::Accepted,
        "sent" => Rung::Sent,
        "delivered" => Rung::Delivered,
        "read" => Rung::Read,
        "played" => Rung::Played,
        "failed" => Rung::Failed,
        _ => return None,
    })
}

/// An error object of Meta's: in a status, in a message, beside messages.
pub(crate) fn failure(error: &Value) -> Failure {
    let details = word(&error["error_data"], "details").or_else(|| word(error, "details"));
    let title = word(error, "title").or_else(|| word(error, "message"));
    Failure {
        reason: Reason {
            code: whole(error, "code").unwrap_or_default(),
            title: title.as_deref().map(discreet).unwrap_or_default(),
        },
        details: details.as_deref().map(discreet),
    }
}

fn recipient(status: &Value) -> Option<Sender> {
    let claims: Vec<String> = [
        "recipient_id",
        "recipient_user_id",
        "recipient_parent_user_id",
        // As it was misspelt until May 2026.
        "parent_recipient_user_id",
    ]
    .iter()
    .filter_map(|key| text(status, key))
    .collect();
    Sender::of_claims(claims.iter().map(String::as_str))
}

/// `billable` is marked for deprecation: `type` decides where it is given (Meta, pricing on webhooks).
fn price(pricing: &Value) -> Option<Pricing> {
    let kind = word(pricing, "type");
    let billable = match kind.as_deref() {
        Some(kind) => kind == "regular",
        None => truth(pricing, "billable")?,
    };
    Some(Pricing {
        billable,
        category: word(pricing, "category").unwrap_or_else(|| "unknown".to_owned()),
        kind,
        model: word(pricing, "pricing_model"),
    })
}

fn conversation(conversation: &Value) -> Option<Conversation> {
    Some(Conversation {
        id: word(conversation, "id")?,
        origin: word(&conversation["origin"], "type"),
        until: instant(conversation, "expiration_timestamp"),
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
