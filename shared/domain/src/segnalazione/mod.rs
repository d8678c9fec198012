//! A segnalazione: what a citizen tells the comune about its territory, from the first word in a chat to the answer of the
//! competent office (Montanaro, arts 2, 4, 6, 7, 9).
//!
//! It is no istanza (L. 241/1990) and opens no procedimento. Its number is ours and is called *codice*; the number of the
//! protocollo is only ever what the comune's own system gave.

pub mod categories;
pub mod content;
pub mod declared;
pub mod dialogue;
pub mod draft;
pub mod duplicates;
pub mod fiscal_code;
pub mod guards;
pub mod life;
pub mod place;
pub mod routing;
pub mod service;
pub mod settings;
pub mod suggestion;
pub mod territory;
pub mod words;
