//! The register as a spreadsheet: numbers as numbers, hours as hours, filters on the heads, and a row of totals.
//!
//! Totals are written as numbers: a file without a single formula can be opened without a thought. Nothing in the file
//! tells when it was made, so the same rows make the same bytes.

use std::path::Path;

use domain::period::TwoMonthPeriod;
use domain::report::{Cell, headers};
use domain::tenant::Tenant;
use domain::texts;
use rust_xlsxwriter::{DocProperties, Format, Workbook, Worksheet, XlsxError};

/// Columns that hold more than their head shows, by their head.
const WIDE: [(&str, f64); 4] = [
    ("codice_avviso", 33.0),
    ("oggetto", 45.0),
    ("link_news", 45.0),
    ("settore_richiedente", 25.0),
];
/// Room beside a head for the button of its filter.
const BUTTON: f64 = 4.0;

/// A spreadsheet that is being written.
pub(crate) struct Xlsx {
    workbook: Workbook,
    plain: Format,
    bold: Format,
    hour: Format,
    /// Columns less one.
    last_column: u16,
    /// Rows so far, the heads included.
    rows: u32,
}

impl Xlsx {
    /// A spreadsheet with the heads of the columns. What it does not hold in memory it keeps in `folder`.
    pub(crate) fn begin(
        period: TwoMonthPeriod,
        tenant: &Tenant,
        folder: &Path,
    ) -> Result<Self, XlsxError> {
        let words = &texts::italian().report;
        let bold = Format::new().set_bold();
        let mut workbook = Workbook::new();
        workbook.set_tempdir(folder)?;
        let properties = DocProperties::new()
            .set_title(words.title(&period.to_string(), &tenant.comune))
            // A date must stand here; the library's own choice is the present.
            .set_creation_datetime(&period.last_day());
        workbook.set_properties(&properties);

        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(&words.sheet)?;
        sheet.set_freeze_panes(1, 0)?;
        sheet
            .set_landscape()
            .set_print_fit_to_pages(1, 0)
            .set_repeat_rows(0, 0)?;
        let mut columns = 0;
        for head in headers() {
            let head = head.as_str();
            let narrow = head.chars().fold(BUTTON, |width, _| width + 1.0);
            let width = WIDE
                .iter()
                .find(|(name, _)| *name == head)
                .map_or(narrow, |(_, width)| *width);
            sheet.set_column_width(columns, width)?;
            sheet.write_string_with_format(0, columns, head, &bold)?;
            columns += 1;
        }
        Ok(Self {
            workbook,
            plain: Format::new(),
            bold,
            hour: Format::new().set_num_format("dd/mm/yyyy hh:mm"),
            last_column: columns.saturating_sub(1),
            rows: 1,
        })
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        write(
            self.workbook.worksheet_from_index(0)?,
            self.rows,
            cells,
            &self.plain,
            &self.hour,
        )?;
        self.rows += 1;
        Ok(())
    }

    /// Adds the row of totals and ends the file, at `path`.
    pub(crate) fn finish(mut self, totals: &[Cell], path: &Path) -> Result<(), XlsxError> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        write(sheet, self.rows, totals, &self.bold, &self.hour)?;
        // The totals stand outside the filter: they are of all rows.
        sheet.autofilter(0, 0, self.rows - 1, self.last_column)?;
        self.workbook.save(path)
    }
}

fn write(
    sheet: &mut Worksheet,
    row: u32,
    cells: &[Cell],
    format: &Format,
    hour: &Format,
) -> Result<(), XlsxError> {
    for (column, cell) in (0..).zip(cells) {
        match cell {
            Cell::Text(text) => {
                sheet.write_string_with_format(row, column, text.as_str(), format)?
            }
            #[expect(
                clippy::cast_precision_loss,
                reason = "a spreadsheet has no other numbers; exact up to 2^53 messages"
            )]
            Cell::Number(number) => {
                sheet.write_number_with_format(row, column, *number as f64, format)?
            }
            Cell::When(at) => sheet.write_datetime_with_format(row, column, at, hour)?,
            Cell::Empty => sheet,
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader, Xlsx, open_workbook};

    use crate::book::tests::bound;

    fn sheet() -> calamine::Range<Data> {
        let bound = bound();
        let mut workbook: Xlsx<_> = open_workbook(bound.path(&bound.files[1])).unwrap();
        assert_eq!(workbook.sheet_names(), ["Registro"]);
        assert!(
            workbook.worksheet_formula("Registro").unwrap().is_empty(),
            "no formula anywhere"
        );
        workbook.worksheet_range("Registro").unwrap()
    }

    #[test]
    fn another_program_reads_numbers_hours_and_words_as_what_they_are() {
        let sheet = sheet();

        let rows: Vec<_> = sheet.rows().collect();
        assert_eq!(rows.len(), 4, "heads, two notices, totals");
        assert_eq!(rows[0][3], Data::String("oggetto".to_owned()));
        assert_eq!(rows[1][0], Data::Float(2026.0));
        assert_eq!(
            rows[1][3],
            Data::String("Mercatino \"di Natale\"; in piazza".to_owned())
        );
        assert_eq!(
            rows[2][3],
            Data::String("'=HYPERLINK(\"https://example.org\")".to_owned())
        );
        let Data::DateTime(dispatched) = &rows[1][16] else {
            panic!("{:?}", rows[1][16]);
        };
        assert!(dispatched.is_datetime());
        assert_eq!(dispatched.to_ymd_hms_milli(), (2026, 12, 10, 9, 30, 0, 0));
    }

    #[test]
    fn the_last_row_adds_up_those_above() {
        let sheet = sheet();

        let rows: Vec<_> = sheet.rows().collect();
        assert_eq!(rows[3][0], Data::String("TOTALE".to_owned()));
        assert_eq!(rows[3][18], Data::Float(46.0));
        assert_eq!(rows[3][24], Data::Float(2.0));
    }
}
