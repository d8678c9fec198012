//! What Meta says of the account, its numbers and its templates, in our words (Meta, webhooks reference).

use domain::Instant;
use domain::platform::{Event, Restriction, TemplateKey, What};
use serde_json::Value;

use crate::lenient::{instant, items, json, whole, word};
use crate::status::{Failure, failure};
use crate::webhook::{QueuedChange, Unreadable};

/// Something about the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountEvent {
    /// Which account, by Meta's id.
    pub account: String,
    /// Meta's field.
    pub field: String,
    /// What it means for sending.
    pub event: Event,
    /// Errors that Meta reports beside messages, of no message in particular: their codes say what they stop.
    pub errors: Vec<Failure>,
}

impl AccountEvent {
    /// Reads a change from the queue, which came at `received`.
    pub(crate) fn of(queued: &QueuedChange, received: Instant) -> Result<Self, Unreadable> {
        let value = json(queued.value.get())?;
        let said = queued.time.and_then(|time| Instant::from_second(time).ok());
        // For a partner's update the entry is a portfolio, and the account is told inside.
        let account = word(&value["waba_info"], "waba_id");
        let what = what(&queued.field, &value).unwrap_or_else(|| What::Other {
            field: queued.field.clone(),
        });
        let errors = value.as_array().map_or(&[][..], Vec::as_slice);
        Ok(Self {
            account: account.unwrap_or_else(|| queued.waba_id.clone()),
            field: queued.field.clone(),
            event: Event {
                at: said.unwrap_or(received),
                what,
            },
            errors: errors.iter().map(failure).collect(),
        })
    }
}

/// Where the member that says it is missing, there is nothing to obey.
fn what(field: &str, value: &Value) -> Option<What> {
    Some(match field {
        "message_template_status_update" => What::TemplateStatus {
            template: template(value)?,
            status: capitals(value, "event")?,
            reason: capitals(value, "reason").filter(|reason| reason != "NONE"),
            title: capitals(&value["other_info"], "title"),
        },
        "message_template_quality_update" => What::TemplateQuality {
            template: template(value)?,
            score: capitals(value, "new_quality_score")?,
        },
        "template_category_update" => category(value)?,
        "message_template_components_update" => What::TemplateChanged {
            template: template(value)?,
        },
        "account_update" => account(value)?,
        "account_review_update" => What::AccountReview {
            decision: capitals(value, "decision")?,
        },
        "account_alerts" => What::Alert {
            kind: capitals(value, "alert_type")
                .or_else(|| capitals(&value["alert_info"], "alert_type"))?,
        },
        "phone_number_quality_update" => What::NumberQuality {
            event: capitals(value, "event")?,
            limit: capitals(value, "current_limit")
                .or_else(|| capitals(value, "max_daily_conversations_per_business")),
        },
        "phone_number_name_update" => What::NumberName {
            decision: capitals(value, "decision")?,
        },
        "business_capability_update" => capability(value)?,
        "security" => What::Security {
            event: capitals(value, "event")?,
        },
        _ => return None,
    })
}

/// An announcement has the category that would be right and when it comes; the change itself has the new one.
fn category(value: &Value) -> Option<What> {
    let announced = word(value, "correct_category");
    let from = announced
        .is_some()
        .then(|| instant(value, "category_update_timestamp"))
        .flatten();
    Some(What::TemplateCategory {
        template: template(value)?,
        category: announced
            .filter(|_| from.is_some())
            .or_else(|| word(value, "new_category"))?
            .to_lowercase(),
        from,
    })
}

fn account(value: &Value) -> Option<What> {
    let restrictions = items(value, "restriction_info").iter();
    let ban = &value["ban_info"];
    Some(What::Account {
        event: capitals(value, "event")?,
        violation: capitals(&value["violation_info"], "violation_type"),
        restrictions: restrictions
            .map(|restriction| Restriction {
                kind: capitals(restriction, "restriction_type").unwrap_or_default(),
                until: instant(restriction, "expiration"),
            })
            .collect(),
        // A word, or a list of one.
        ban: capitals(ban, "waba_ban_state").or_else(|| {
            let first = items(ban, "waba_ban_state").first()?.as_str()?;
            Some(first.to_uppercase())
        }),
    })
}

/// Of the several members that Meta has had for it, the first that says something; −1 is no limit.
fn capability(value: &Value) -> Option<What> {
    let keys = [
        "max_daily_conversations_per_business",
        "max_daily_conversation_per_phone",
        "max_daily_conversations_per_phone",
    ];
    keys.iter().find_map(|key| {
        let people_per_day = match whole(value, key) {
            Some(number) => u32::try_from(number).ok(),
            None => match capitals(value, key)?.strip_prefix("TIER_")? {
                "UNLIMITED" => None,
                tier => Some(people(tier)?),
            },
        };
        Some(What::Capability { people_per_day })
    })
}

/// `250`, `2K`, `100K`.
fn people(tier: &str) -> Option<u32> {
    let (digits, unit) = tier
        .strip_suffix('K')
        .map_or((tier, 1), |digits| (digits, 1000));
    digits.parse::<u32>().ok()?.checked_mul(unit)
}

fn template(value: &Value) -> Option<TemplateKey> {
    Some(TemplateKey {
        name: word(value, "message_template_name")?,
        language: word(value, "message_template_language")?,
    })
}

fn capitals(value: &Value, key: &str) -> Option<String> {
    word(value, key).map(|word| word.chars().take(128).collect::<String>().to_uppercase())
}

#[cfg(test)]
mod tests;
