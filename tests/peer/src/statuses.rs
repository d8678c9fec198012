//! What a phone reports about a message that was accepted: the statuses, when, in which order.

use std::time::Duration;

use serde_json::{Value, json};

use crate::graph::error;
use crate::phones::Phone;
use crate::record::Sent;
use crate::settings::Settings;

/// Nobody has WhatsApp at that address.
pub(crate) const UNDELIVERABLE: i64 = 131_026;

/// A status on its way.
pub(crate) struct Status {
    pub(crate) after: Duration,
    pub(crate) name: &'static str,
    /// The `value` of the change.
    pub(crate) value: Value,
}

/// A step of a message's life.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Sent,
    Delivered,
    Read,
    Failed(i64),
}

impl Step {
    const fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed(_) => "failed",
        }
    }
}

/// The statuses of `sent`, in true order unless the settings want disorder; their timestamps are true in any case.
pub(crate) fn plan(
    sent: &Sent,
    phone: Option<&Phone>,
    settings: &Settings,
    random: &mut fastrand::Rng,
) -> Vec<Status> {
    let steps = steps(sent, phone);
    let (shortest, longest) = phone
        .and_then(|phone| phone.behaviour.delay_ms)
        .unwrap_or(settings.status_delay_ms);
    let mut after = 0;
    let mut delays: Vec<u64> = steps
        .iter()
        .map(|_| {
            after += random.u64(shortest..=longest.max(shortest));
            after
        })
        .collect();
    let values: Vec<Value> = steps
        .iter()
        .zip(&delays)
        .map(|(step, delay)| value(*step, sent, phone, (sent.at_ms + delay) / 1_000, settings))
        .collect();
    if settings.disorder {
        random.shuffle(&mut delays);
    }
    steps
        .iter()
        .zip(values)
        .zip(delays)
        .map(|((step, value), delay)| Status {
            after: Duration::from_millis(delay),
            name: step.name(),
            value,
        })
        .collect()
}

fn steps(sent: &Sent, phone: Option<&Phone>) -> Vec<Step> {
    let Some(phone) = phone else {
        return vec![Step::Failed(UNDELIVERABLE)];
    };
    if let Some(code) = sent.failed {
        return vec![Step::Sent, Step::Failed(code)];
    }
    let mut steps = vec![Step::Sent];
    if sent.delivered {
        steps.push(Step::Delivered);
    }
    if sent.delivered && phone.behaviour.read {
        steps.push(Step::Read);
    }
    steps
}

fn value(
    step: Step,
    sent: &Sent,
    phone: Option<&Phone>,
    timestamp: u64,
    settings: &Settings,
) -> Value {
    let mut status =
        json!({"id": sent.wamid, "status": step.name(), "timestamp": timestamp.to_string()});
    let to_phone = sent.to.is_some();
    let shown = phone.and_then(|phone| {
        if to_phone {
            phone.phone.as_deref()
        } else {
            phone.visible_number()
        }
    });
    let written = sent.to.as_deref().map(|to| to.trim_start_matches('+'));
    if let Some(number) = shown.or(written) {
        status["recipient_id"] = Value::from(number);
    }
    let failed_to_phone = to_phone && matches!(step, Step::Failed(_));
    if let (Some(phone), false) = (phone, failed_to_phone) {
        status["recipient_user_id"] = Value::from(phone.bsuid.as_str());
    } else if let (None, Some(recipient)) = (phone, &sent.recipient) {
        status["recipient_user_id"] = Value::from(recipient.as_str());
    }
    if let Some(opaque) = &sent.opaque {
        status["biz_opaque_callback_data"] = Value::from(opaque.as_str());
    }
    match step {
        Step::Sent | Step::Delivered => {
            status["pricing"] = json!({
                "billable": true, "pricing_model": "PMP", "type": "regular", "category": sent.category,
            });
        }
        Step::Failed(code) => status["errors"] = json!([error::in_status(code)]),
        Step::Read => {}
    }

    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": metadata(settings),
        "statuses": [status],
    });
    if let (Some(phone), Step::Sent | Step::Delivered | Step::Read) = (phone, step) {
        value["contacts"] = json!([phone.contact(step != Step::Sent)]);
    }
    value
}

/// The `metadata` of every `messages` update.
pub(crate) fn metadata(settings: &Settings) -> Value {
    json!({
        "display_phone_number": settings.display_phone_number,
        "phone_number_id": settings.phone_number_id,
    })
}
