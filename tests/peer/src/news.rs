//! What Meta tells a business about its account, in the shapes of its webhooks. What is told also becomes true: after a
//! restriction the Graph part refuses, after a lower limit it counts.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::App;
use crate::account::Restriction;
use crate::world::World;

/// Something to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum News {
    /// `account_update`, `ACCOUNT_RESTRICTION`.
    Restriction {
        /// What is restricted, and until when.
        restrictions: Vec<Restriction>,
    },
    /// `account_update`, `DISABLED_UPDATE`: `SCHEDULE_FOR_DISABLE`, `DISABLE` or `REINSTATE`.
    Ban {
        /// Meta's word.
        state: String,
    },
    /// `account_update`, `ACCOUNT_VIOLATION`.
    Violation {
        /// Which: `SCAM`, `ADULT`…
        violation: String,
    },
    /// `account_review_update`: `APPROVED`, `REJECTED`, `PENDING`, `DEFERRED`.
    Review {
        /// Meta's word.
        decision: String,
    },
    /// `account_alerts`.
    Alert {
        /// `INCREASED_CAPABILITIES_ELIGIBILITY_FAILED`…
        alert: String,
    },
    /// `phone_number_quality_update`: `DOWNGRADE`, `UPGRADE`, `THROUGHPUT_UPGRADE`…
    NumberQuality {
        /// Meta's word.
        event: String,
        /// `TIER_2K`…
        #[serde(default)]
        limit: Option<String>,
    },
    /// `phone_number_name_update`.
    NumberName {
        /// `APPROVED` or `REJECTED`.
        decision: String,
    },
    /// `business_capability_update`: so many people a day; unlimited where absent.
    Capability {
        /// How many.
        #[serde(default)]
        people_per_day: Option<u32>,
    },
    /// `security`: `PIN_CHANGED`, `PIN_RESET_REQUEST`…
    Security {
        /// Meta's word.
        event: String,
    },
    /// Any field, any value, as they stand.
    Raw {
        /// The field.
        field: String,
        /// The value of the change.
        value: Value,
    },
}

impl App {
    /// Makes it true and tells it.
    pub(crate) fn tell(&self, world: &mut World, news: News) {
        let (field, value) = made_true(world, news);
        self.announce(world, &field, value, None);
    }
}

fn made_true(world: &mut World, news: News) -> (String, Value) {
    let number = world.settings.display_phone_number.clone();
    let (field, value) = match news {
        News::Restriction { restrictions } => {
            let shown: Vec<Value> = restrictions
                .iter()
                .map(|restriction| {
                    json!({"restriction_type": restriction.kind, "expiration": restriction.until})
                })
                .collect();
            world.account.restrictions = restrictions;
            (
                "account_update",
                json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": shown}),
            )
        }
        News::Ban { state } => {
            match state.as_str() {
                "DISABLE" => world.account.banned = true,
                "REINSTATE" => world.account.banned = false,
                _ => {}
            }
            let date = (world.now_ms() / 1_000).to_string();
            (
                "account_update",
                json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": state, "waba_ban_date": date}}),
            )
        }
        News::Violation { violation } => (
            "account_update",
            json!({"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": violation}}),
        ),
        News::Review { decision } => ("account_review_update", json!({"decision": decision})),
        News::Alert { alert } => (
            "account_alerts",
            json!({"entity_type": "BUSINESS", "entity_id": "1", "alert_info": {
                "alert_severity": "WARNING", "alert_status": "ACTIVE", "alert_type": alert, "alert_description": alert,
            }}),
        ),
        News::NumberQuality { event, limit } => {
            let mut value = json!({"display_phone_number": number, "event": event});
            if let Some(limit) = limit {
                value["current_limit"] = Value::from(limit);
            }
            ("phone_number_quality_update", value)
        }
        News::NumberName { decision } => (
            "phone_number_name_update",
            json!({"display_phone_number": number, "decision": decision,
                "requested_verified_name": world.settings.business_name, "rejection_reason": null}),
        ),
        News::Capability { people_per_day } => {
            world.settings.people_per_day = people_per_day;
            let most = people_per_day.map_or(-1, i64::from);
            (
                "business_capability_update",
                json!({"max_daily_conversations_per_business": most, "max_phone_numbers_per_business": 20}),
            )
        }
        News::Security { event } => (
            "security",
            json!({"display_phone_number": number, "event": event, "requester": "1"}),
        ),
        News::Raw { field, value } => return (field, value),
    };
    (field.to_owned(), value)
}

/// Templates, by what has changed about them.
pub(crate) mod template {
    use serde_json::{Value, json};

    use crate::graph::templates::Template;

    fn named(template: &Template) -> Value {
        json!({
            "message_template_id": template.id.parse::<u64>().unwrap_or_default(),
            "message_template_name": template.name, "message_template_language": template.language,
        })
    }

    fn with(template: &Template, more: Value) -> Value {
        let mut value = named(template);
        if let (Some(members), Value::Object(more)) = (value.as_object_mut(), more) {
            members.extend(more);
        }
        value
    }

    pub(crate) fn status(
        template: &Template,
        event: &str,
        reason: Option<&str>,
        title: Option<&str>,
    ) -> Value {
        let mut value = with(
            template,
            json!({"event": event, "reason": reason.unwrap_or("NONE")}),
        );
        if let Some(title) = title {
            value["other_info"] = json!({"title": title, "description": title});
        }
        value
    }

    pub(crate) fn quality(template: &Template, previous: &str) -> Value {
        with(
            template,
            json!({"previous_quality_score": previous, "new_quality_score": template.quality}),
        )
    }

    /// Done, or announced for `from`.
    pub(crate) fn category(template: &Template, category: &str, from: Option<u64>) -> Value {
        let more = match from {
            Some(from) => json!({"new_category": template.category, "correct_category": category,
                "category_update_timestamp": from}),
            None => json!({"previous_category": template.category, "new_category": category}),
        };
        with(template, more)
    }

    pub(crate) fn components(template: &Template) -> Value {
        let text = |kind: &str| {
            template
                .component(kind)
                .and_then(|part| part["text"].as_str())
        };
        let mut value = with(
            template,
            json!({"message_template_element": text("BODY").unwrap_or_default()}),
        );
        for (kind, member) in [
            ("HEADER", "message_template_title"),
            ("FOOTER", "message_template_footer"),
        ] {
            if let Some(text) = text(kind) {
                value[member] = Value::from(text);
            }
        }
        value
    }
}
