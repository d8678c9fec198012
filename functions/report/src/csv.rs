//! The register as Excel in Italian opens it with a double click: semicolons, UTF-8 with its mark, CRLF, texts in quotes.
//!
//! It has no row of totals: other programs read it, and a total is no notice.

use std::io::{self, Write};

use domain::report::{Cell, headers};

/// Without it Excel takes the file for Windows-1252 and spoils every accent.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A CSV that is being written.
#[derive(Debug)]
pub(crate) struct Csv<W>(W);

impl<W: Write> Csv<W> {
    /// A CSV with the heads of the columns.
    pub(crate) fn begin(mut out: W) -> io::Result<Self> {
        out.write_all(BYTE_ORDER_MARK)?;
        let mut csv = Self(out);
        let heads: Vec<_> = headers().map(Cell::Text).collect();
        csv.row(&heads)?;
        Ok(csv)
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        for (column, cell) in cells.iter().enumerate() {
            if column > 0 {
                self.0.write_all(b";")?;
            }
            match cell {
                Cell::Text(text) => write!(self.0, "\"{}\"", text.as_str().replace('"', "\"\""))?,
                Cell::Number(number) => write!(self.0, "{number}")?,
                Cell::When(at) => write!(self.0, "{}", at.strftime("%d/%m/%Y %H:%M"))?,
                Cell::Empty => {}
            }
        }
        self.0.write_all(b"\r\n")
    }

    /// Ends the file.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use crate::book::tests::bound;

    #[test]
    fn the_register_reads_in_excel_and_holds_no_formula() {
        let bound = bound();

        let text = String::from_utf8(std::fs::read(bound.path(&bound.files[0])).unwrap()).unwrap();

        let lines = text.strip_prefix('\u{feff}').expect("the byte order mark");
        assert_eq!(lines.matches('\n').count(), lines.matches("\r\n").count());
        insta::assert_snapshot!(lines.replace("\r\n", "\n"), @r#"
        "anno";"bimestre";"codice_avviso";"oggetto";"tipologia";"link_news";"settore_richiedente";"richiesto_da";"data_ora_richiesta";"data_invio_desiderata";"preso_in_carico_da";"data_ora_presa_in_carico";"inoltrato_da";"data_ora_inoltro";"approvato_da";"data_ora_approvazione";"data_ora_invio";"esito";"destinatari";"usciti_prima";"accettati";"inviati";"consegnati";"letti";"non_consegnati";"incerti";"in_attesa";"fatturabili_utility";"fatturabili_marketing";"fatturabili_altro"
        2026;6;"avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A01";"Mercatino ""di Natale""; in piazza";"evento";"https://www.rubano.it/notizie/mercatino";"Ufficio cultura";"ufficio.cultura";01/12/2026 11:00;10/12/2026 09:30;"sportello.uno";01/12/2026 12:00;"capo.settore";02/12/2026 09:00;"gruppo.uno";02/12/2026 10:15;10/12/2026 09:30;"inviata";23;1;22;21;21;7;1;0;0;20;0;1
        2026;6;"avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A02";"'=HYPERLINK(""https://example.org"")";"evento";"https://www.rubano.it/notizie/mercatino";"Ufficio cultura";"ufficio.cultura";01/12/2026 11:00;10/12/2026 09:30;"sportello.uno";01/12/2026 12:00;"capo.settore";02/12/2026 09:00;"gruppo.uno";02/12/2026 10:15;10/12/2026 09:30;"inviata";23;1;22;21;21;7;1;0;0;20;0;1
        "#);
    }
}
