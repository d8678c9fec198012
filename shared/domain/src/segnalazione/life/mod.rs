//! The life of a segnalazione, from the citizen's CONFERMO to the answer of the comune and beyond.
//!
//! ```text
//!  confirmed ──▶ Received ─forward▶ SentToProtocol ─register▶ Registered ─take charge▶ TakenInCharge
//!                    └────────────── register ───────────────────▲                          │ assign
//!                                                                │                          ▼
//!                                                     reopen     │          Assigned ◀──assign── UnderWay
//!                                                (within 30 days)│              └──start work───────▲
//!                                                                │
//!  Resolved  NotCompetent  NotAccepted  Archived  MergedInto ────┘
//!
//!  resolve: from TakenInCharge, Assigned, UnderWay        refuse, archive, merge, not competent: from Registered on
//! ```
//!
//! Whatever is admissible goes to the protocollo (Montanaro, art. 2.5), so nothing is closed before it is registered. Only a
//! person of the staff closes, refuses, archives or merges (art. 5.5): the moves of the system do not contain those.
//! `docs/segnalazioni-states.md` has the table, generated from [`StateName::allows`].

mod case;
mod codice;
mod moves;
mod protocol;
mod said;
mod state;
mod steps;

pub use case::{Applied, Around, Case, Entry, Tell};
pub use codice::{Codice, NotACodice};
pub use moves::{ByCitizen, ByStaff, BySystem, Move, NotAllowed, NotAnOfficer, Officer, Why};
pub use protocol::{Annulment, NotAProtocolNumber, ProtocolNumber, Registration};
pub use said::{Line, NotALine, NotARating, NotAReason, OtherBody, Rating, Reason};
pub use state::{Hand, MoveKind, State, StateName};

#[cfg(test)]
mod tests;
