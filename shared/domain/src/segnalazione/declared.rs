//! What citizens declare of themselves: without a name and a contact a segnalazione is not admissible (Montanaro, arts 2.5
//! and 4.2). Nothing here is verified, and nothing pretends to be.

pub use self::name::{FullName, NameProblem};
pub use self::reach::Reach;

mod name;
mod reach;
