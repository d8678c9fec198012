//! The comune's own numbers of the procedure (Rubano, "Fasi del processo").

use serde::{Deserialize, Serialize};

/// How the operating group decides, and within what terms the others act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Procedure {
    /// How many of the group must approve the same words.
    pub quorum: u32,
    /// Whether one member who is against it sends it back. Otherwise those in favour must be the more.
    pub veto: bool,
    /// After how many working days without an objection the group is taken to agree; never where there is none.
    pub silence_working_days: Option<u32>,
    /// Working days to take a request in charge.
    pub take_charge_working_days: u32,
    /// Working days to forward it.
    pub forward_working_days: u32,
    /// How many hours before the wanted hour whoever must act is warned that the notice is not scheduled yet.
    pub warn_hours_before: u32,
}

impl Default for Procedure {
    fn default() -> Self {
        Self {
            quorum: 1,
            veto: true,
            silence_working_days: None,
            take_charge_working_days: 1,
            forward_working_days: 1,
            warn_hours_before: 24,
        }
    }
}
