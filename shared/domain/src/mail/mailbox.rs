//! The settings of the mailbox to which offices write.

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use crate::email::EmailAddress;
use crate::ids::StaffId;
use crate::keyword::fold;

/// Where offices write, and who may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mailbox {
    /// Its address (Rubano, "Richiesta di invio").
    pub address: EmailAddress,
    /// Who may ask for notices. All others wait in the list for a person.
    pub senders: Vec<Sender>,
    /// The hour of a notice for which only a day is given.
    #[serde(default = "ten_o_clock")]
    pub default_hour: Time,
    /// How many days apart several notices of one thing must be (Rubano: "distanziati tra loro nel tempo").
    #[serde(default = "usual_spacing")]
    pub spaced_days: u32,
    /// Whether a mail must be shown to come from where it says (SPF, DKIM, DMARC, as SES saw them).
    #[serde(default = "yes")]
    pub verified: bool,
}

fn ten_o_clock() -> Time {
    Time::constant(10, 0, 0, 0)
}

/// A week.
pub(crate) fn usual_spacing() -> u32 {
    7
}

fn yes() -> bool {
    true
}

/// An office that may ask by mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// From where it writes.
    pub from: SenderAddress,
    /// Its name, as the register has it.
    pub office: String,
}

/// One address, or all of a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum SenderAddress {
    /// This address: `cultura@rubano.it`.
    Address(EmailAddress),
    /// Any address of this domain, and of no domain below it: `@rubano.it`.
    Domain(String),
}

/// A text that is neither an address nor a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither an address nor a domain with its @")]
pub struct NotASender;

impl TryFrom<String> for SenderAddress {
    type Error = NotASender;

    fn try_from(text: String) -> Result<Self, NotASender> {
        let Some(domain) = text.strip_prefix('@') else {
            return text.parse().map(Self::Address).map_err(|_| NotASender);
        };
        // A domain is one if it makes an address.
        let address: EmailAddress = format!("x@{domain}").parse().map_err(|_| NotASender)?;
        Ok(Self::Domain(address.domain().to_owned()))
    }
}

impl From<SenderAddress> for String {
    fn from(from: SenderAddress) -> Self {
        match from {
            SenderAddress::Address(address) => address.into(),
            SenderAddress::Domain(domain) => format!("@{domain}"),
        }
    }
}

impl Mailbox {
    /// The office that writes from `address`, if it may. The address itself goes before its domain.
    pub fn sender(&self, address: &EmailAddress) -> Option<&Sender> {
        let exact = self.senders.iter().find(
            |sender| matches!(&sender.from, SenderAddress::Address(known) if known == address),
        );
        exact.or_else(|| {
            self.senders
                .iter()
                .find(|sender| matches!(&sender.from, SenderAddress::Domain(known) if known == address.domain()))
        })
    }
}

impl Sender {
    /// The office's own address; none where any address of a domain may write.
    pub fn address(&self) -> Option<EmailAddress> {
        match &self.from {
            SenderAddress::Address(address) => Some(address.clone()),
            SenderAddress::Domain(_) => None,
        }
    }

    /// The account under which the office's mails are signed: `posta.cultura`.
    pub fn account(&self) -> StaffId {
        let office: String = fold(&self.office)
            .replace(' ', "-")
            .chars()
            .take(100)
            .filter(char::is_ascii)
            .collect();
        #[expect(
            clippy::expect_used,
            reason = "it begins with letters, is short and has no control characters"
        )]
        format!("posta.{office}").parse().expect("a staff account")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailbox() -> Mailbox {
        serde_json::from_value(serde_json::json!({
            "address": "avvisi@rubano.it",
            "senders": [
                {"from": "@rubano.it", "office": "Segreteria"},
                {"from": "Cultura@rubano.it", "office": "Cultura e Città"}
            ]
        }))
        .unwrap()
    }

    #[test]
    fn an_address_goes_before_its_domain_and_a_domain_is_not_what_is_below_it() {
        let mailbox = mailbox();
        let office = |from: &str| {
            let sender = mailbox.sender(&from.parse().unwrap());
            sender.map(|sender| sender.office.as_str())
        };

        assert_eq!(office("CULTURA@rubano.it"), Some("Cultura e Città"));
        assert_eq!(office("sport@rubano.it"), Some("Segreteria"));
        assert_eq!(office("sport@posta.rubano.it"), None);
        assert_eq!(office("sport@falsorubano.it"), None);
    }

    #[test]
    fn settings_have_their_defaults_and_an_account_has_plain_letters() {
        let mailbox = mailbox();

        assert_eq!(
            (mailbox.default_hour, mailbox.spaced_days, mailbox.verified),
            (ten_o_clock(), 7, true)
        );
        assert_eq!(
            mailbox.senders[1].account().as_str(),
            "posta.cultura-e-citta"
        );
        assert!(serde_json::from_value::<SenderAddress>("@".into()).is_err());
    }
}
