//! Addresses of electronic mail, of offices and staff.

use serde::{Deserialize, Serialize};

/// Longest address (RFC 5321, 4.5.3.1.3, less the angle brackets) and longest local part (4.5.3.1.1), in characters.
const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;
/// Longest label of a domain (RFC 1035, 2.3.4).
const LONGEST_LABEL: usize = 63;

/// An address of electronic mail, in lower case: plain ASCII, without quotes, comments or a name beside it. Stricter than
/// RFC 5322 on purpose: what does not look like an office's address is asked about, not written to.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// A text that is not an address of electronic mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an address of electronic mail")]
pub struct NotAnAddress;

impl EmailAddress {
    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = NotAnAddress;

    fn try_from(text: String) -> Result<Self, NotAnAddress> {
        let text = text.to_ascii_lowercase();
        let (local, domain) = text.split_once('@').ok_or(NotAnAddress)?;
        if text.len() <= LONGEST && is_local_part(local) && is_domain(domain) {
            Ok(Self(text))
        } else {
            Err(NotAnAddress)
        }
    }
}

/// Letters, digits and the signs that mail systems take unquoted, with single dots between them.
fn is_local_part(text: &str) -> bool {
    text.len() <= LONGEST_LOCAL
        && text.split('.').all(|part| {
            !part.is_empty()
                && part.bytes().all(|byte| {
                    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
                })
        })
}

/// At least two labels, the last one not a number: an address of the network is not a domain.
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= LONGEST_LABEL
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.rsplit_once('.')
        .is_some_and(|(_, last)| last.len() > 1 && !last.bytes().all(|byte| byte.is_ascii_digit()))
        && text.split('.').all(is_label)
}

impl std::str::FromStr for EmailAddress {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        Self::try_from(text.to_owned())
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whose it is stays out of the logs; where it leads does not.
impl std::fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EmailAddress(…@{})", self.domain())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_in_lower_case() {
        let address: EmailAddress = "Ufficio.Cultura@Comune.Rubano.PD.it".parse().unwrap();

        assert_eq!(address.as_str(), "ufficio.cultura@comune.rubano.pd.it");
        assert_eq!(address.domain(), "comune.rubano.pd.it");
    }

    #[test]
    fn a_log_shows_where_it_leads_and_not_whose_it_is() {
        let address: EmailAddress = "ufficio.cultura@rubano.it".parse().unwrap();

        assert_eq!(format!("{address:?}"), "EmailAddress(…@rubano.it)");
    }

    #[test]
    fn what_is_not_plainly_an_address_is_refused() {
        let long_local = format!("{}@rubano.it", "a".repeat(65));
        let long = format!("a@{}it", "rubano.".repeat(40));
        for text in [
            "",
            "@",
            "rubano.it",
            "ufficio@",
            "@rubano.it",
            "ufficio@rubano",
            "ufficio@rubano.",
            "ufficio@.it",
            "ufficio@-rubano.it",
            "ufficio@rubano.i",
            "ufficio@192.0.2.1",
            "uff..icio@rubano.it",
            ".ufficio@rubano.it",
            "uff icio@rubano.it",
            "ufficio@rubano.it ",
            "ufficio@rubano.it\r\nBcc: tutti@rubano.it",
            "Ufficio <ufficio@rubano.it>",
            "ufficio@cultura@rubano.it",
            "uffìcio@rubano.it",
            long_local.as_str(),
            long.as_str(),
        ] {
            assert_eq!(text.parse::<EmailAddress>(), Err(NotAnAddress), "{text:?}");
        }
    }
}
