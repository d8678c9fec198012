//! What Meta tells of the account, in our words.

use serde::{Deserialize, Serialize};

use crate::Instant;

/// Something that happened to the account, the number or a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When, by Meta's clock; when it was received, where Meta does not say.
    pub at: Instant,
    /// What.
    pub what: What,
}

/// A template in one language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TemplateKey {
    /// Its name at Meta.
    pub name: String,
    /// Its language at Meta (`it`).
    pub language: String,
}

impl std::fmt::Display for TemplateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.name, self.language)
    }
}

/// What an account may no longer do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restriction {
    /// Meta's name of it.
    pub kind: String,
    /// When it ends.
    pub until: Option<Instant>,
}

/// What happened. Words in capitals are Meta's, and open: new ones come without notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum What {
    /// `message_template_status_update`.
    TemplateStatus {
        /// Which template.
        template: TemplateKey,
        /// `APPROVED`, `PAUSED`, `DISABLED`, …
        status: String,
        /// Why.
        reason: Option<String>,
        /// `FIRST_PAUSE`, `SECOND_PAUSE`, …
        title: Option<String>,
    },
    /// `message_template_quality_update`.
    TemplateQuality {
        /// Which template.
        template: TemplateKey,
        /// `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
        score: String,
    },
    /// `template_category_update`.
    TemplateCategory {
        /// Which template.
        template: TemplateKey,
        /// The category, in lower case.
        category: String,
        /// Since when, if it is only announced.
        from: Option<Instant>,
    },
    /// `message_template_components_update`: somebody edited it.
    TemplateChanged {
        /// Which template.
        template: TemplateKey,
    },
    /// `account_update`.
    Account {
        /// `ACCOUNT_RESTRICTION`, `DISABLED_UPDATE`, …
        event: String,
        /// What was breached.
        violation: Option<String>,
        /// What may no longer be done.
        restrictions: Vec<Restriction>,
        /// `SCHEDULE_FOR_DISABLE`, `DISABLE`, `REINSTATE`.
        ban: Option<String>,
    },
    /// `account_review_update`.
    AccountReview {
        /// `APPROVED`, `REJECTED`, `PENDING`, `DEFERRED`.
        decision: String,
    },
    /// `account_alerts`.
    Alert {
        /// Meta's name of it.
        kind: String,
    },
    /// `phone_number_quality_update`.
    NumberQuality {
        /// `UPGRADE`, `DOWNGRADE`, `THROUGHPUT_UPGRADE`, …
        event: String,
        /// The limit it names (`TIER_2K`, …).
        limit: Option<String>,
    },
    /// `phone_number_name_update`.
    NumberName {
        /// `APPROVED`, `REJECTED`, …
        decision: String,
    },
    /// `business_capability_update`.
    Capability {
        /// How many different people may be written to first in 24 hours; `None` is no limit.
        people_per_day: Option<u32>,
    },
    /// `security`.
    Security {
        /// What was done.
        event: String,
    },
    /// A field that is read and of no consequence.
    Other {
        /// Its name.
        field: String,
    },
}
