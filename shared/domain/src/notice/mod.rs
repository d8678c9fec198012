//! A notice, from the request of an office to the moment it has gone out (Rubano, "Criteri e modalità per l'utilizzo del
//! servizio di messaggistica WhatsApp").

mod digest;
mod draft;
mod request;
mod state;

pub use digest::Digest;
pub use draft::{Draft, DraftInput, Field, FieldProblem, Invalid, Kind, NewsLink};
pub use request::{
    Applied, Approval, Audience, Endorsement, Entry, Move, NotAllowed, NoticeRequest, Signed,
};
pub use state::{MoveKind, State, StateName};
