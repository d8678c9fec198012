//! The moves in the life of a case, by whoever may make them, and why one is not made.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::codice::Codice;
use super::protocol::ProtocolNumber;
use super::said::{Line, OtherBody, Rating, Reason};
use super::state::{Hand, MoveKind, StateName};
use crate::ids::{StaffId, Wamid};
use crate::segnalazione::categories::{CategoryCode, OfficeCode};
use crate::staff::{Actor, Role};

/// A step in the life of a case, with who makes it. What decides on a case is found among the moves of the staff alone: the
/// system decides nothing (Montanaro, art. 5.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "hand", rename_all = "snake_case")]
pub enum Move {
    /// Of the citizen who reported it.
    Citizen {
        /// What they do.
        step: ByCitizen,
    },
    /// Of a person of the staff.
    Staff {
        /// Who.
        by: Officer,
        /// What they do.
        step: ByStaff,
    },
    /// Of the system itself.
    System {
        /// What it does.
        step: BySystem,
    },
}

/// What a citizen can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ByCitizen {
    /// They add something.
    Supplement {
        /// The message in which.
        message: Wamid,
    },
    /// The problem is still there.
    Reopen {
        /// What they say of it, if anything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
    },
    /// They say how it went.
    Rate {
        /// How.
        rating: Rating,
    },
}

/// What a person of the staff can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ByStaff {
    /// They copy what the protocollo gave.
    Register {
        /// The number.
        number: ProtocolNumber,
        /// The date.
        date: Date,
    },
    /// One of several registrations was annulled in the protocollo.
    Annul {
        /// Which.
        number: ProtocolNumber,
        /// By which act.
        reason: Reason,
    },
    /// They take it: of two at once, one wins.
    TakeCharge,
    /// An office is to deal with it.
    Assign {
        /// Which.
        office: OfficeCode,
    },
    /// The office has begun.
    StartWork,
    /// Something to be remembered, which no citizen reads.
    Note {
        /// What.
        text: Reason,
    },
    /// It is dealt with.
    Resolve {
        /// What was done.
        outcome: Reason,
    },
    /// It is not the comune's to deal with.
    DeclareNotCompetent {
        /// Whose it is.
        body: OtherBody,
        /// When it was passed on, if it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        forwarded_on: Option<Date>,
    },
    /// The comune will not do it.
    Refuse {
        /// Why.
        reason: Reason,
    },
    /// Nothing follows from it: it is not pertinent, or against the rules of the service (Montanaro, art. 7.3).
    Archive {
        /// Why.
        reason: Reason,
    },
    /// It is the problem of another case, which goes on alone.
    Merge {
        /// Which.
        into: Codice,
    },
    /// It was closed too early.
    Reopen {
        /// Why.
        reason: Reason,
    },
    /// It speaks of other people, or does not after all.
    SetVisibility {
        /// Whether only those who deal with it may see it.
        restricted: bool,
    },
    /// It is about something else than was chosen.
    ChangeCategory {
        /// What.
        category: CategoryCode,
    },
    /// It has a better title.
    ChangeTitle {
        /// Which.
        title: Line,
    },
}

/// What the system can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum BySystem {
    /// It has gone to the protocollo.
    Forward,
    /// The protocollo's own system has told its number.
    Register {
        /// The number.
        number: ProtocolNumber,
        /// The date.
        date: Date,
    },
}

/// A person of the staff who deals with segnalazioni: as what, and for whom, who is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Officer {
    id: StaffId,
    role: Role,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    instead_of: Option<StaffId>,
}

/// Nobody who deals with segnalazioni.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("none of the roles that deal with segnalazioni")]
pub struct NotAnOfficer;

impl Officer {
    /// The roles that deal with segnalazioni. The firm that runs the platform is none of them, nor is who reads accounts.
    pub const ROLES: [Role; 3] = [Role::Operator, Role::SectorHead, Role::Secretary];

    /// `actor` as a person who deals with segnalazioni, in the place of `instead_of` if somebody is absent.
    pub fn of(actor: &Actor, instead_of: Option<StaffId>) -> Result<Self, NotAnOfficer> {
        let role = Self::ROLES.into_iter().find(|role| actor.is_any(&[*role]));
        Ok(Self {
            id: actor.id.clone(),
            role: role.ok_or(NotAnOfficer)?,
            instead_of,
        })
    }

    /// The account.
    pub fn id(&self) -> &StaffId {
        &self.id
    }

    /// As what they act.
    pub fn role(&self) -> Role {
        self.role
    }

    /// For whom, who is absent.
    pub fn instead_of(&self) -> Option<&StaffId> {
        self.instead_of.as_ref()
    }
}

impl Move {
    /// The name of the move.
    pub fn kind(&self) -> MoveKind {
        match self {
            Self::Citizen { step } => match step {
                ByCitizen::Supplement { .. } => MoveKind::Supplement,
                ByCitizen::Reopen { .. } => MoveKind::Reopen,
                ByCitizen::Rate { .. } => MoveKind::Rate,
            },
            Self::Staff { step, .. } => match step {
                ByStaff::Register { .. } => MoveKind::Register,
                ByStaff::Annul { .. } => MoveKind::Annul,
                ByStaff::TakeCharge => MoveKind::TakeCharge,
                ByStaff::Assign { .. } => MoveKind::Assign,
                ByStaff::StartWork => MoveKind::StartWork,
                ByStaff::Note { .. } => MoveKind::Note,
                ByStaff::Resolve { .. } => MoveKind::Resolve,
                ByStaff::DeclareNotCompetent { .. } => MoveKind::DeclareNotCompetent,
                ByStaff::Refuse { .. } => MoveKind::Refuse,
                ByStaff::Archive { .. } => MoveKind::Archive,
                ByStaff::Merge { .. } => MoveKind::Merge,
                ByStaff::Reopen { .. } => MoveKind::Reopen,
                ByStaff::SetVisibility { .. } => MoveKind::SetVisibility,
                ByStaff::ChangeCategory { .. } => MoveKind::ChangeCategory,
                ByStaff::ChangeTitle { .. } => MoveKind::ChangeTitle,
            },
            Self::System { step } => match step {
                BySystem::Forward => MoveKind::Forward,
                BySystem::Register { .. } => MoveKind::Register,
            },
        }
    }

    /// Whose move it is.
    pub fn hand(&self) -> Hand {
        match self {
            Self::Citizen { .. } => Hand::Citizen,
            Self::Staff { .. } => Hand::Staff,
            Self::System { .. } => Hand::System,
        }
    }

    /// The person of the staff who makes it, if one does.
    pub fn officer(&self) -> Option<&Officer> {
        match self {
            Self::Staff { by, .. } => Some(by),
            Self::Citizen { .. } | Self::System { .. } => None,
        }
    }

    /// The reason given, or what was done, or noted.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Citizen {
                step: ByCitizen::Reopen { reason },
            } => reason.as_ref(),
            Self::Staff { step, .. } => match step {
                ByStaff::Annul { reason, .. }
                | ByStaff::Refuse { reason }
                | ByStaff::Archive { reason }
                | ByStaff::Reopen { reason }
                | ByStaff::Note { text: reason }
                | ByStaff::Resolve { outcome: reason } => Some(reason),
                _ => None,
            },
            Self::Citizen { .. } | Self::System { .. } => None,
        }
    }
}

/// A move that was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} of a case that is {}: {why}", .step.key(), .state.key())]
pub struct NotAllowed {
    /// Where the case stands.
    pub state: StateName,
    /// What was tried.
    pub step: MoveKind,
    /// What is against it.
    pub why: Why,
}

/// What is against a move.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// Nobody makes it from this state, or another does.
    #[error("not from here, or not by {}", .0.key())]
    NotFromHere(Hand),
    /// The term is over in which a closed case can be reopened.
    #[error("it could be reopened until {0}")]
    TooLate(Date),
    /// It was rated before.
    #[error("it was rated before")]
    AlreadyRated,
    /// The date is not of the number's year, is to come, or is before the case was presented.
    #[error("the date of the registration cannot be")]
    ImpossibleDate,
    /// That number is taken down already.
    #[error("that number is taken down already")]
    KnownNumber,
    /// No registration that holds has that number.
    #[error("no registration that holds has that number")]
    UnknownNumber,
    /// It is the only registration that holds.
    #[error("no other registration holds")]
    OnlyNumber,
    /// It is the case itself.
    #[error("it is the case itself")]
    Itself,
    /// The other case was not found.
    #[error("the other case was not found")]
    OtherUnknown,
    /// The other case is closed: nobody deals with the problem there.
    #[error("the other case is {}", .0.key())]
    OtherClosed(StateName),
}
