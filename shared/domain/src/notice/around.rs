//! What is known around a move besides the request: the comune's rules, the instant, who stands in for whom, what the checks
//! found.

use crate::Instant;
use crate::editorial::{Finding, LinkReport};
use crate::ids::StaffId;
use crate::tenant::Tenant;

/// The circumstances of a move.
#[derive(Debug, Clone)]
pub struct Around<'a> {
    /// The settings of the comune.
    pub tenant: &'a Tenant,
    /// The instant.
    pub now: Instant,
    /// For whom the actor stands in, who is absent.
    pub instead_of: Option<StaffId>,
    /// Whether neither the head of the sector nor whoever stands in is there: only then the alternative path is open.
    pub head_is_absent: bool,
    /// What the checks found in the words as they stand.
    pub findings: &'a [Finding],
    /// The page that the notice leads to, where it was looked at.
    pub page: Option<&'a LinkReport>,
}

impl<'a> Around<'a> {
    /// Nobody is absent and nothing was found.
    pub fn plain(tenant: &'a Tenant, now: Instant) -> Self {
        Self {
            tenant,
            now,
            instead_of: None,
            head_is_absent: false,
            findings: &[],
            page: None,
        }
    }
}
