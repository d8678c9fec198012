//! The seal of a day: the head of the chain, in a file that nobody can change for as long as its bucket says.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Hash, Head};
use crate::Instant;

/// The register as it was on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// The day, in the tenant's civil time.
    pub date: Date,
    /// The number of the last row.
    pub number: u64,
    /// Its hash.
    pub hash: Hash,
    /// When the seal was set.
    pub sealed_at: Instant,
}

impl Seal {
    /// The seal of `date` on a register with the head `head`.
    pub fn of(head: Head, date: Date, now: Instant) -> Self {
        Self {
            date,
            number: head.number,
            hash: head.hash,
            sealed_at: now,
        }
    }

    /// What the keys of all seals of the comune `tenant` begin with.
    pub fn prefix(tenant: &str) -> String {
        format!("{tenant}/registro/sigilli/")
    }

    /// The key of the seal of `date`.
    pub fn key(tenant: &str, date: Date) -> String {
        format!("{}{:04}/{date}.json", Self::prefix(tenant), date.year())
    }
}
