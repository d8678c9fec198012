//! Telling a person that their message was read, and that an answer is being written. Neither is a message, nor billed.

use domain::ids::Wamid;
use serde::Serialize;

/// A message of theirs was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Which. Earlier ones of the conversation count as read too.
    pub message: Wamid,
    /// Whether to show that we are writing, for 25 seconds or until our answer: only if one will follow.
    pub typing: bool,
}

#[derive(Serialize)]
struct Call<'a> {
    messaging_product: &'static str,
    status: &'static str,
    message_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    typing_indicator: Option<Indicator>,
}

#[derive(Serialize)]
struct Indicator {
    #[serde(rename = "type")]
    kind: &'static str,
}

impl Receipt {
    /// The JSON of the call.
    pub fn to_json(&self) -> Vec<u8> {
        super::json::bytes(&Call {
            messaging_product: "whatsapp",
            status: "read",
            message_id: self.message.as_str(),
            typing_indicator: self.typing.then_some(Indicator { kind: "text" }),
        })
    }
}
