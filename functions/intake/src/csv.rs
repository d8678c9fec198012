//! A table as RFC 4180 has it: commas, CRLF, texts in quotes. It is for programs; the two-month report is what people open.

use std::fmt::Write;

use domain::report::Cell;

/// A table that is being written.
#[derive(Debug, Default)]
pub(crate) struct Csv(String);

impl Csv {
    /// Adds a row.
    pub(crate) fn row(&mut self, cells: &[Cell]) {
        for (column, cell) in cells.iter().enumerate() {
            if column > 0 {
                self.0.push(',');
            }
            // A text takes every writing.
            let _ = match cell {
                Cell::Text(text) => write!(self.0, "\"{}\"", text.as_str().replace('"', "\"\"")),
                Cell::Number(number) => write!(self.0, "{number}"),
                Cell::When(at) => write!(self.0, "{}", at.strftime("%Y-%m-%d %H:%M")),
                Cell::Empty => Ok(()),
            };
        }
        self.0.push_str("\r\n");
    }

    /// How long it is, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The table.
    pub(crate) fn finish(self) -> String {
        self.0
    }
}
