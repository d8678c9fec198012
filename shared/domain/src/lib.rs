//! The rules of Portavoce, and nothing else: no I/O, no clock, no randomness. Time and ids come in as arguments;
//! what should happen goes out as a value (a [`conversation::Turn`], an [`notice::Applied`]), and the functions make it so.

pub mod calendar;
pub mod certificate;
pub mod contact;
pub mod conversation;
pub mod delivery;
pub mod editorial;
pub mod email;
pub mod identity;
pub mod ids;
pub mod jobs;
pub mod keyword;
pub mod ledger;
pub mod letter;
pub mod mail;
pub mod notice;
pub mod pace;
pub mod period;
pub mod person;
pub mod plan;
pub mod platform;
pub mod price;
pub mod register;
pub mod report;
pub mod roster;
pub mod segnalazione;
pub mod staff;
pub mod tenant;
pub mod texts;

/// A point in time, in UTC. Civil time is derived from it in the tenant's zone, never stored in its place.
pub type Instant = jiff::Timestamp;
