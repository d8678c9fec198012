//! Faults on demand: what goes wrong with the next messages, of anybody or of one recipient.

use serde::{Deserialize, Serialize};

use crate::phones::Phone;

/// A fault that waits for its messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What goes wrong.
    #[serde(flatten)]
    pub trouble: Trouble,
    /// Only with messages to this number, BSUID or phone id.
    #[serde(default)]
    pub recipient: Option<String>,
    /// How many matching messages pass unharmed before.
    #[serde(default)]
    pub skip: u32,
    /// How many messages it strikes.
    #[serde(default = "once")]
    pub times: u32,
}

const fn once() -> u32 {
    1
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Trouble {
    /// A Graph error; nothing is sent.
    Refuse {
        /// Its code.
        code: i64,
        /// The HTTP status, where not the usual one of that code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        http: Option<u16>,
    },
    /// HTTP 500 without a Graph error; nothing is sent.
    ErrorBefore,
    /// HTTP 500, but the message goes out.
    ErrorAfter,
    /// The message goes out, the answer comes late.
    HangAfter {
        /// How late.
        millis: u64,
    },
    /// The message goes out, and no answer ever comes.
    SilentAfter,
    /// Nothing is sent, and no answer ever comes.
    SilentBefore,
    /// The connection is reset; nothing is sent.
    CutBefore,
    /// The connection is reset, but the message goes out.
    CutAfter,
    /// The message is accepted and then fails, with this code in its status.
    Fail {
        /// The code.
        code: i64,
    },
}

impl Fault {
    /// One message of anybody.
    pub fn next(trouble: Trouble) -> Self {
        Self {
            trouble,
            recipient: None,
            skip: 0,
            times: 1,
        }
    }

    /// One message to this number, BSUID or phone id.
    pub fn next_to(recipient: impl Into<String>, trouble: Trouble) -> Self {
        Self {
            recipient: Some(recipient.into()),
            ..Self::next(trouble)
        }
    }

    /// The same fault, for the next `times` messages.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }
}

/// The faults that wait, in the order they were asked for.
#[derive(Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(crate) fn waiting(&self) -> &[Fault] {
        &self.0
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The first fault that strikes a message to this address.
    pub(crate) fn strike(&mut self, address: &str, phone: Option<&Phone>) -> Option<Trouble> {
        let digits = address.strip_prefix('+').unwrap_or(address);
        let position = self.0.iter_mut().position(|fault| {
            let meant = fault.recipient.as_deref().is_none_or(|recipient| {
                recipient.strip_prefix('+').unwrap_or(recipient) == digits
                    || phone.is_some_and(|phone| phone.answers_to(recipient))
            });
            if meant && fault.skip > 0 {
                fault.skip -= 1;
                return false;
            }
            meant
        })?;
        let fault = &mut self.0[position];
        let trouble = fault.trouble;
        fault.times = fault.times.saturating_sub(1);
        if fault.times == 0 {
            self.0.remove(position);
        }
        Some(trouble)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_its_recipient_as_often_as_told() {
        let mut faults = Faults::default();
        faults.add(Fault::next_to("+390001", Trouble::ErrorAfter).times(2));

        assert_eq!(faults.strike("+390002", None), None);
        assert_eq!(faults.strike("390001", None), Some(Trouble::ErrorAfter));
        assert_eq!(faults.strike("+390001", None), Some(Trouble::ErrorAfter));
        assert_eq!(faults.strike("+390001", None), None);
    }

    #[test]
    fn a_fault_lets_the_first_ones_pass() {
        let mut faults = Faults::default();
        faults.add(Fault {
            skip: 1,
            ..Fault::next(Trouble::CutAfter)
        });

        assert_eq!(faults.strike("1", None), None);
        assert_eq!(faults.strike("2", None), Some(Trouble::CutAfter));
    }
}
