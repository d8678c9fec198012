//! The two-month report: the register as an office opens it, and where it is filed.

mod cells;
mod filing;

pub use cells::{Cell, HarmlessText, Totals, cells, headers};
pub use filing::{Edition, Filing, Manifest, ManifestFile};
