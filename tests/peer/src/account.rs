//! How the business account stands with Meta: while it is restricted, banned, unpaid or its token dead, the Graph part
//! refuses, with the codes that Meta has for each. Set and lifted by the control API.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::graph::error::GraphError;
use crate::settings::Settings;

/// Business-initiated messages are not taken.
pub const NO_TEMPLATES: &str = "RESTRICTED_BIZ_INITIATED_MESSAGING";
/// Answers are not taken either.
pub const NO_REPLIES: &str = "RESTRICTED_CUSTOMER_INITIATED_MESSAGING";

/// What stands against the account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Account {
    /// Disabled by Meta: 131031.
    pub banned: bool,
    /// No way to pay: 131042.
    pub unpaid: bool,
    /// The token has expired: 190, to every call.
    pub token_dead: bool,
    /// Blocked for a time, in whole or in part: 368.
    pub restrictions: Vec<Restriction>,
}

/// Something that the account may not do for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restriction {
    /// Meta's word for it: [`NO_TEMPLATES`], [`NO_REPLIES`] or another.
    pub kind: String,
    /// Seconds since 1970 by the peer's clock; for good where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<u64>,
}

impl Account {
    /// Why a message cannot be sent now, if so.
    pub(crate) fn refusal(&self, template: bool, now: u64) -> Option<GraphError> {
        if self.banned {
            return Some(GraphError::new(
                131_031,
                "Business Account has been locked or disabled",
            ));
        }
        let kind = if template { NO_TEMPLATES } else { NO_REPLIES };
        if self.restricts(kind, now) {
            return Some(GraphError::new(
                368,
                "The account has been restricted from this action for violating a platform policy.",
            ));
        }
        self.unpaid.then(|| {
            GraphError::new(
                131_042,
                "Message failed to send because there were one or more errors related to your payment method.",
            )
        })
    }

    fn restricts(&self, kind: &str, now: u64) -> bool {
        self.restrictions.iter().any(|restriction| {
            restriction.kind == kind && restriction.until.is_none_or(|until| now < until)
        })
    }

    /// `health_status` as each node shows it.
    pub(crate) fn health(&self, settings: &Settings, now: u64) -> Value {
        let mut errors = Vec::new();
        for template in [true, false] {
            if let Some(error) = self.refusal(template, now)
                && errors
                    .iter()
                    .all(|other: &Value| other["error_code"] != error.code)
            {
                errors.push(json!({
                    "error_code": error.code, "error_description": error.in_short(),
                    "possible_solution": "Review the account in the business manager.",
                }));
            }
        }
        let can = match (self.refusal(true, now), self.refusal(false, now)) {
            (None, None) => "AVAILABLE",
            (Some(_), Some(_)) => "BLOCKED",
            _ => "LIMITED",
        };
        let entity = |kind: &str, id: &str| json!({"entity_type": kind, "id": id, "can_send_message": "AVAILABLE"});
        let mut account =
            json!({"entity_type": "WABA", "id": settings.waba_id, "can_send_message": can});
        if !errors.is_empty() {
            account["errors"] = Value::from(errors);
        }
        json!({"can_send_message": can, "entities": [
            entity("PHONE_NUMBER", &settings.phone_number_id), account, entity("BUSINESS", "1"), entity("APP", "2"),
        ]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(account: &Account, now: u64) -> (Option<i64>, Option<i64>) {
        let code = |template| account.refusal(template, now).map(|error| error.code);
        (code(true), code(false))
    }

    #[test]
    fn a_restriction_holds_for_what_it_names_until_it_ends() {
        let account = Account {
            restrictions: vec![Restriction {
                kind: NO_TEMPLATES.to_owned(),
                until: Some(100),
            }],
            ..Account::default()
        };

        assert_eq!(codes(&account, 99), (Some(368), None));
        assert_eq!(codes(&account, 100), (None, None));
        let health = account.health(&Settings::default(), 99);
        assert_eq!(health["can_send_message"], "LIMITED");
        assert_eq!(health["entities"][1]["errors"][0]["error_code"], 368);
    }

    #[test]
    fn a_ban_weighs_more_than_a_debt() {
        let account = Account {
            banned: true,
            unpaid: true,
            ..Account::default()
        };

        assert_eq!(codes(&account, 0), (Some(131_031), Some(131_031)));
    }
}
