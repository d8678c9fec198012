//! The e-mails that the engine took instead of SES.

use serde::Deserialize;

use crate::control::{ACCOUNT, local_client};
use crate::{Stage, StageError};

/// An e-mail that left.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Mail {
    /// The sender.
    #[serde(rename = "Source")]
    pub from: String,
    /// To whom.
    pub to: Vec<String>,
    /// Copies.
    #[serde(rename = "CC")]
    pub cc: Vec<String>,
    /// The subject.
    pub subject: String,
    /// The plain text.
    #[serde(rename = "BodyText")]
    pub body: String,
}

#[derive(Deserialize)]
struct Mails {
    messages: std::collections::BTreeMap<String, Vec<Mail>>,
}

impl Stage {
    /// Every e-mail that left so far, oldest first.
    pub async fn mails(&self) -> Result<Vec<Mail>, StageError> {
        let url = format!(
            "{}/_ministack/ses/messages?account={ACCOUNT}",
            self.file.endpoint_url
        );
        let what = "sent e-mails";
        let answer = local_client()
            .get(url)
            .send()
            .await
            .map_err(|error| StageError::call(what, &error))?;
        let mut mails: Mails = answer
            .json()
            .await
            .map_err(|error| StageError::call(what, &error))?;
        Ok(mails.messages.remove(ACCOUNT).unwrap_or_default())
    }
}
