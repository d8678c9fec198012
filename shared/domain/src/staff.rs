//! Who acts on the comune's side: named accounts with roles, from the token of each call.

use serde::{Deserialize, Serialize};

use crate::ids::StaffId;

/// What a member of the staff may do. The names are the groups of the user pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// An office that asks for notices.
    Requester,
    /// The front office, which takes requests in charge (Rubano, "Presa in carico").
    Operator,
    /// Head of the sector, who forwards (Rubano, "Gestione inoltro messaggi").
    SectorHead,
    /// The group that verifies the draft before it goes out (Rubano, "Gruppo operativo WhatsApp").
    OperatingGroup,
    /// The accounting office, which reads registers and reports.
    Finance,
    /// Who keeps the roster: appointments, order of the deputies, absences.
    Administrator,
    /// The municipal secretary, who answers for the procedure as a whole.
    Secretary,
    /// The firm that runs the platform, a member of the operating group (Rubano, "ditta incaricata").
    Supplier,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 8] = [
        Self::Requester,
        Self::Operator,
        Self::SectorHead,
        Self::OperatingGroup,
        Self::Finance,
        Self::Administrator,
        Self::Secretary,
        Self::Supplier,
    ];

    /// The name of the group.
    pub fn key(self) -> &'static str {
        match self {
            Self::Requester => "requester",
            Self::Operator => "operator",
            Self::SectorHead => "sector_head",
            Self::OperatingGroup => "operating_group",
            Self::Finance => "finance",
            Self::Administrator => "administrator",
            Self::Secretary => "secretary",
            Self::Supplier => "supplier",
        }
    }

    /// The role of a group's name, if it is one of ours.
    pub fn of_group(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == name)
    }
}

/// Who makes a call, with what roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub id: StaffId,
    /// The roles, from the token.
    pub roles: Vec<Role>,
}

impl Actor {
    /// Whether the actor has any of `roles`.
    pub fn is_any(&self, roles: &[Role]) -> bool {
        self.roles.iter().any(|role| roles.contains(role))
    }
}
