//! A row of the register as the cells of a table, to be taken out of the system.

use super::LedgerRow;
use crate::report::{Cell, HarmlessText};
use crate::tenant::Zone;
use crate::texts;

/// The heads of the columns.
pub fn headers() -> impl Iterator<Item = HarmlessText> {
    let columns = &texts::italian().ledger.columns;
    columns.iter().map(|name| HarmlessText::of(name))
}

/// How many columns there are.
const COLUMNS: usize = 19;

/// The cells of a row whose hash is `hash`, in the order of the columns.
pub fn cells(row: &LedgerRow, hash: &str, zone: &Zone) -> [Cell; COLUMNS] {
    let number = |number: u64| Cell::Number(i64::try_from(number).unwrap_or(i64::MAX));
    let perhaps = |value: Option<&str>| value.map_or(Cell::Empty, text);
    let step = row.step.map_or("submit", crate::notice::MoveKind::key);
    [
        number(row.number),
        text(&row.at.to_string()),
        Cell::When(zone.civil(row.at)),
        text(row.notice.as_str()),
        number(row.version),
        text(texts::italian().a_move(step)),
        text(texts::italian().state(row.state.key())),
        perhaps(row.by.as_ref().map(crate::ids::StaffId::as_str)),
        perhaps(row.instead_of.as_ref().map(crate::ids::StaffId::as_str)),
        text(&row.title),
        text(&row.text),
        text(&row.link),
        text(&row.office),
        Cell::When(row.wanted_at),
        text(row.digest.as_str()),
        perhaps(row.reason.as_deref()),
        text(hash),
        perhaps(row.check.map(crate::editorial::CheckId::key)),
        perhaps(
            row.training
                .then(|| texts::italian().ledger.training.as_str()),
        ),
    ]
}

fn text(value: &str) -> Cell {
    Cell::Text(HarmlessText::of(value))
}
