//! Going on in spite of a finding: with a reason, and where the rule is a hard one with a second person.

use serde::{Deserialize, Serialize};

use super::draft::Kind;
use super::request::Signed;
use crate::editorial::{CheckId, Finding, Waivable};

/// The decision to go on in spite of a finding. It holds for the words as they stand: a change of words undoes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// Which check is set aside.
    pub check: CheckId,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub signed: Signed,
    /// The second person, where one agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<Signed>,
    /// Whether one of the two is the municipal secretary.
    #[serde(default)]
    pub by_secretary: bool,
}

impl Waiver {
    fn is_enough_for(&self, needed: Waivable) -> bool {
        match needed {
            Waivable::Never => false,
            Waivable::WithReason => true,
            Waivable::WithSecondPerson => self.second.is_some(),
            Waivable::BySecretary => self.by_secretary,
        }
    }
}

/// What it takes to go on in spite of `finding` with a notice of `kind`; `None` where nothing is in the way.
pub fn needed(finding: &Finding, kind: Kind) -> Option<Waivable> {
    // Quiet hours are broken for an emergency and for nothing else.
    if finding.check == CheckId::E17 && kind != Kind::Emergenza {
        return Some(Waivable::Never);
    }
    finding.waivable()
}

/// The findings that are still in the way, `waivers` considered.
pub fn in_the_way<'a>(findings: &'a [Finding], kind: Kind, waivers: &[Waiver]) -> Vec<&'a Finding> {
    findings
        .iter()
        .filter(|finding| {
            needed(finding, kind).is_some_and(|needed| {
                !waivers
                    .iter()
                    .any(|waiver| waiver.check == finding.check && waiver.is_enough_for(needed))
            })
        })
        .collect()
}
