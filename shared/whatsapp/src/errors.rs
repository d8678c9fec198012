//! Meta's error codes as data: what each means for the message, and what else it stops (Meta, Cloud API error codes; Graph
//! API error handling).

use domain::platform::StopCause;

mod table;

pub use table::CODES;

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Certainly not sent: try again after a while.
    Retry,
    /// It may have been sent: never again without knowing.
    Unclear,
    /// This message will never be taken.
    Permanent,
    /// Not now, not for hours.
    Wait,
    /// This person cannot or will not be reached.
    Unreachable,
    /// Somebody of ours must act: credentials, billing, policy.
    Operator,
}

/// What an error stops beside its own message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stops {
    /// Nothing: the next message may be taken.
    Nothing,
    /// Every message with this template.
    Template,
    /// Every message.
    Everything(StopCause),
}

/// What an error says in particular.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Nothing that its class does not.
    Nothing,
    /// The number, the account or the app sends too fast.
    NumberRate,
    /// We write too often to this person.
    PairRate,
    /// Their 24-hour window is closed: only a template may be sent.
    WindowClosed,
    /// They want no marketing any more.
    MarketingStopped,
    /// They get too many marketing messages from everybody: a day at least.
    MarketingRested,
    /// A file that they sent cannot be fetched: they must send it again.
    MediaLost,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The first code of the row.
    pub first: i64,
    /// The last; most rows have one.
    pub last: i64,
    /// The HTTP status it comes with; 0 where it comes only in webhooks.
    pub http: u16,
    /// What to do about the message.
    pub class: Class,
    /// What else it stops.
    pub stops: Stops,
    /// What it says in particular.
    pub says: Says,
    /// What it means, for a person to read.
    pub meaning: &'static str,
}

/// The row of Meta's error `code`, if it is known.
pub fn known(code: i64) -> Option<&'static Code> {
    // Rows are in order and do not overlap.
    let row = CODES.partition_point(|row| row.last < code);
    CODES.get(row).filter(|row| row.first <= code)
}

/// What to do about Meta's error `code`. A code we do not know will not get better by repeating.
pub fn class_of(code: i64) -> Class {
    known(code).map_or(Class::Permanent, |row| row.class)
}

/// What Meta's error `code` stops beside its own message.
pub fn stops(code: i64) -> Stops {
    known(code).map_or(Stops::Nothing, |row| row.stops)
}

/// Why nothing may be sent any more after Meta's error `code`, if so.
pub fn stop_cause(code: i64) -> Option<StopCause> {
    match stops(code) {
        Stops::Everything(cause) => Some(cause),
        Stops::Nothing | Stops::Template => None,
    }
}

/// What Meta's error `code` says in particular.
pub fn says(code: i64) -> Says {
    known(code).map_or(Says::Nothing, |row| row.says)
}

/// The code that stands for an answer without one, by its HTTP status; `None` is an answer that leaves the outcome unclear.
///
/// No code of Meta's lies between 400 and 499, so the status itself can stand for it.
pub(crate) fn of_status(http: u16) -> Option<i64> {
    match http {
        // Somebody on the way gave up waiting: Meta may have been told.
        408 | 499 => None,
        400..=499 => Some(i64::from(http)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
