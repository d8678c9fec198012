//! A notice, from the request of an office to the moment it has gone out (Rubano, "Criteri e modalità per l'utilizzo del
//! servizio di messaggistica WhatsApp").

mod around;
mod authority;
mod diagram;
mod digest;
mod draft;
mod due;
mod hour;
mod letters;
mod moves;
mod procedure;
mod request;
mod state;
mod waiver;
mod workflow;

pub use around::Around;
pub use authority::{Authority, NoAuthority};
pub use digest::Digest;
pub use draft::{Draft, DraftInput, Field, FieldProblem, Invalid, Kind, NewsLink};
pub use due::{Due, Hour, due, hour_at_risk};
pub use hour::{AtItsHour, at_its_hour};
pub use letters::{
    LETTERS, about_a_gap, about_a_term, about_missing_copies, about_the_hour, at_the_watch,
    id_of_the_watch, letters,
};
pub use moves::{Move, NotAllowed};
pub use procedure::Procedure;
pub use request::{
    Applied, Approval, Audience, Endorsement, Entry, NoticeRequest, Objection, Path, Signed,
};
pub use state::{HoldCause, MoveKind, State, StateName};
pub use waiver::{Waiver, in_the_way, needed};

#[cfg(test)]
pub(crate) mod tests;
