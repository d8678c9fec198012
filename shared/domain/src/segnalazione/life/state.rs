//! The states of a case and the table of its moves: who may do what, where. `docs/segnalazioni-states.md` shows it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::codice::Codice;
use super::said::{OtherBody, Reason};
use crate::ids::StaffId;
use crate::segnalazione::categories::OfficeCode;

/// Where a case stands, with what is known only while it stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum State {
    /// The citizen has confirmed it (*ricevuta*).
    Received,
    /// It has gone to the protocollo, which has not answered yet (*inoltrata al protocollo*).
    SentToProtocol,
    /// It is registered, and nobody has taken it (*protocollata*).
    Registered,
    /// Somebody has it (*presa in carico*).
    TakenInCharge {
        /// Who.
        by: StaffId,
    },
    /// An office is to deal with it (*assegnata*).
    Assigned {
        /// Which.
        office: OfficeCode,
    },
    /// The office has begun (*in lavorazione*).
    UnderWay {
        /// Which.
        office: OfficeCode,
    },
    /// It is dealt with (*risolta*).
    Resolved {
        /// What was done.
        outcome: Reason,
    },
    /// It is another body's (*non di competenza*).
    NotCompetent {
        /// Whose.
        body: OtherBody,
        /// When it was passed on, if it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        forwarded_on: Option<Date>,
    },
    /// The comune will not do it (*non accolta*).
    NotAccepted {
        /// Why.
        reason: Reason,
    },
    /// Nothing follows from it (*archiviata*).
    Archived {
        /// Why.
        reason: Reason,
    },
    /// Another case goes on in its place (*unita a un'altra*).
    MergedInto {
        /// Which.
        codice: Codice,
    },
}

impl State {
    /// The name of the state.
    pub fn name(&self) -> StateName {
        match self {
            Self::Received => StateName::Received,
            Self::SentToProtocol => StateName::SentToProtocol,
            Self::Registered => StateName::Registered,
            Self::TakenInCharge { .. } => StateName::TakenInCharge,
            Self::Assigned { .. } => StateName::Assigned,
            Self::UnderWay { .. } => StateName::UnderWay,
            Self::Resolved { .. } => StateName::Resolved,
            Self::NotCompetent { .. } => StateName::NotCompetent,
            Self::NotAccepted { .. } => StateName::NotAccepted,
            Self::Archived { .. } => StateName::Archived,
            Self::MergedInto { .. } => StateName::MergedInto,
        }
    }
}

/// Declares an enum of names with the key that each has in the API and in the texts.
macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $key:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($variant,)+ }

        impl $name {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name in the API and in the texts.
            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)+ }
            }
        }
    };
}

names! {
    /// The name of a [`State`].
    #[expect(missing_docs, reason = "they are the states of `State`, documented there")]
    StateName {
        Received = "received",
        SentToProtocol = "sent_to_protocol",
        Registered = "registered",
        TakenInCharge = "taken_in_charge",
        Assigned = "assigned",
        UnderWay = "under_way",
        Resolved = "resolved",
        NotCompetent = "not_competent",
        NotAccepted = "not_accepted",
        Archived = "archived",
        MergedInto = "merged_into",
    }
}

names! {
    /// The name of a [`Move`](super::Move).
    #[expect(missing_docs, reason = "they are the moves of `Move`, documented there")]
    MoveKind {
        Forward = "forward",
        Register = "register",
        Annul = "annul",
        TakeCharge = "take_charge",
        Assign = "assign",
        StartWork = "start_work",
        Resolve = "resolve",
        DeclareNotCompetent = "declare_not_competent",
        Refuse = "refuse",
        Archive = "archive",
        Merge = "merge",
        Reopen = "reopen",
        Rate = "rate",
        Supplement = "supplement",
        Note = "note",
        SetVisibility = "set_visibility",
        ChangeCategory = "change_category",
        ChangeTitle = "change_title",
    }
}

names! {
    /// Whose hand moves a case.
    #[expect(missing_docs, reason = "they are the hands of `Move`, documented there")]
    Hand {
        Citizen = "citizen",
        Staff = "staff",
        System = "system",
    }
}

impl StateName {
    /// Whether the comune has given its answer.
    pub fn is_closed(self) -> bool {
        match self {
            Self::Received
            | Self::SentToProtocol
            | Self::Registered
            | Self::TakenInCharge
            | Self::Assigned
            | Self::UnderWay => false,
            Self::Resolved
            | Self::NotCompetent
            | Self::NotAccepted
            | Self::Archived
            | Self::MergedInto => true,
        }
    }

    /// Whose move `step` is from here; nobody's where the list is empty. This is the whole table.
    pub fn allows(self, step: MoveKind) -> &'static [Hand] {
        use Hand::{Citizen, Staff, System};
        use MoveKind as M;
        match (self, step) {
            (_, M::Supplement) => &[Citizen],
            // Whoever is named in a closed case is protected like anybody else (GDPR, art. 25).
            (_, M::Note | M::SetVisibility) => &[Staff],
            (closed, M::Rate) if closed.is_closed() => &[Citizen],
            (closed, M::Reopen) if closed.is_closed() => &[Citizen, Staff],
            (closed, _) if closed.is_closed() => &[],
            (Self::Received, M::Forward) => &[System],
            // The system hears a number only of what it forwarded; a person may have copied it into the protocollo by hand.
            (Self::Received, M::Register) | (_, M::ChangeCategory | M::ChangeTitle) => &[Staff],
            (_, M::Register) => &[Staff, System],
            (Self::Received | Self::SentToProtocol, _) => &[],
            (_, M::Annul | M::DeclareNotCompetent | M::Refuse | M::Archive | M::Merge)
            | (Self::Registered, M::TakeCharge)
            | (Self::TakenInCharge | Self::Assigned | Self::UnderWay, M::Assign | M::Resolve)
            | (Self::Assigned, M::StartWork) => &[Staff],
            _ => &[],
        }
    }
}
