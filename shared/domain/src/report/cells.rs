//! A row of the register as the cells of a table: what is common to the CSV and to the spreadsheet, so that the two say
//! the same.

use jiff::civil;

use crate::notice::Signed;
use crate::period::TwoMonthPeriod;
use crate::register::RegisterRow;
use crate::tenant::Tenant;
use crate::texts;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Words.
    Text(HarmlessText),
    /// A number, to be added up.
    Number(i64),
    /// A day and hour in the tenant's civil time, to the minute.
    When(civil::DateTime),
    /// Nothing.
    Empty,
}

/// A text that no spreadsheet takes for a formula.
///
/// Offices write these words and accountants open them in Excel, where `=HYPERLINK(…)` in a title would run with the
/// accountant's rights (OWASP, "CSV injection").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HarmlessText(String);

impl HarmlessText {
    /// `text`, behind an apostrophe where a spreadsheet could read it as a formula.
    pub fn of(text: &str) -> Self {
        if looks_like_a_formula(text) {
            Self(format!("'{text}"))
        } else {
            Self(text.to_owned())
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Some programs skip blanks before they look, and Excel in East Asian languages takes full-width signs as well.
fn looks_like_a_formula(text: &str) -> bool {
    let seen =
        text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c));
    text.starts_with(['\t', '\r', '\n'])
        || seen.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// Zero-width characters and the byte order mark.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// The heads of the columns.
pub fn headers() -> impl Iterator<Item = HarmlessText> {
    texts::italian()
        .report
        .columns
        .iter()
        .map(|name| HarmlessText::of(name))
}

/// How many columns say what a notice was, before those that count.
const WORDS: usize = 18;
/// How many columns count.
const COUNTS: usize = 12;

/// The cells of a row, in the order of the columns.
pub fn cells(row: &RegisterRow, tenant: &Tenant) -> Vec<Cell> {
    let zone = &tenant.time_zone;
    let by =
        |signed: Option<&Signed>| signed.map_or(Cell::Empty, |signed| text(signed.by.as_str()));
    let at =
        |signed: Option<&Signed>| signed.map_or(Cell::Empty, |signed| when(zone.civil(signed.at)));
    let period = row
        .dispatched_at
        .map(|instant| TwoMonthPeriod::of(instant, zone));

    let words: [Cell; WORDS] = [
        period.map_or(Cell::Empty, |period| Cell::Number(period.year().into())),
        period.map_or(Cell::Empty, |period| Cell::Number(period.number().into())),
        text(row.notice.as_str()),
        text(&row.title),
        text(row.kind.key()),
        text(&row.link),
        text(&row.office),
        by(Some(&row.submitted)),
        at(Some(&row.submitted)),
        when(row.wanted_at),
        by(row.taken.as_ref()),
        at(row.taken.as_ref()),
        by(row.forwarded.as_ref()),
        at(row.forwarded.as_ref()),
        by(row.approved.as_ref()),
        at(row.approved.as_ref()),
        row.dispatched_at
            .map_or(Cell::Empty, |instant| when(zone.civil(instant))),
        text(texts::italian().state(row.state.key())),
    ];
    words
        .into_iter()
        .chain(counts(row).map(Cell::Number))
        .collect()
}

/// What is added up over the rows of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals([i64; COUNTS]);

impl Totals {
    /// These totals with `row`.
    #[must_use]
    pub fn plus(mut self, row: &RegisterRow) -> Self {
        for (total, count) in self.0.iter_mut().zip(counts(row)) {
            *total += count;
        }
        self
    }

    /// The cells of the row of totals, in the order of the columns.
    pub fn cells(&self) -> Vec<Cell> {
        let label = text(&texts::italian().report.totals);
        let blanks = std::iter::repeat_n(Cell::Empty, WORDS - 1);
        std::iter::once(label)
            .chain(blanks)
            .chain(self.0.map(Cell::Number))
            .collect()
    }
}

fn counts(row: &RegisterRow) -> [i64; COUNTS] {
    let (utility, marketing) = (row.billed("utility"), row.billed("marketing"));
    let billed: i64 = row.billable.values().sum();
    [
        row.recipients,
        row.left,
        row.accepted,
        row.sent,
        row.delivered,
        row.read,
        row.failed,
        row.unclear,
        row.waiting,
        utility,
        marketing,
        billed - utility - marketing,
    ]
}

fn text(text: &str) -> Cell {
    Cell::Text(HarmlessText::of(text))
}

/// To the minute: programs round seconds each in its own way, and the two files must say the same.
fn when(at: civil::DateTime) -> Cell {
    Cell::When(at.date().at(at.hour(), at.minute(), 0, 0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Instant;
    use crate::notice::{Kind, StateName};
    use crate::tenant::tests::rubano;

    fn signed(by: &str, at: &str) -> Signed {
        Signed {
            by: by.parse().unwrap(),
            at: at.parse().unwrap(),
            instead_of: None,
        }
    }

    fn row() -> RegisterRow {
        RegisterRow {
            notice: "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B".parse().unwrap(),
            title: "Mercatino di Natale".to_owned(),
            kind: Kind::Evento,
            text: "Mercatino sabato 12 dicembre.".to_owned(),
            link: "https://www.rubano.it/notizie/mercatino".to_owned(),
            office: "Ufficio cultura".to_owned(),
            wanted_at: civil::date(2026, 12, 10).at(9, 30, 0, 0),
            submitted: signed("ufficio.cultura", "2026-12-01T10:00:59.9Z"),
            taken: Some(signed("sportello.uno", "2026-12-01T11:00:00Z")),
            forwarded: Some(signed("capo.settore", "2026-12-02T08:00:00Z")),
            approved: Some(signed("gruppo.uno", "2026-12-02T09:15:00Z")),
            state: StateName::Sent,
            dispatched_at: Some("2026-12-10T08:30:01Z".parse().unwrap()),
            recipients: 23,
            left: 1,
            accepted: 21,
            sent: 20,
            delivered: 19,
            read: 7,
            failed: 2,
            unclear: 0,
            waiting: 0,
            billable: [
                ("utility", 18),
                ("marketing", 2),
                ("service", 3),
                ("authentication", 1),
            ]
            .map(|(category, n)| (category.to_owned(), n))
            .into(),
        }
    }

    fn shown(cell: &Cell) -> String {
        match cell {
            Cell::Text(text) => text.as_str().to_owned(),
            Cell::Number(number) => number.to_string(),
            Cell::When(at) => at.to_string(),
            Cell::Empty => "·".to_owned(),
        }
    }

    #[test]
    fn every_column_holds_what_its_head_says() {
        let cells = cells(&row(), &rubano());

        let table: Vec<_> = headers()
            .zip(&cells)
            .map(|(head, cell)| format!("{} {}", head.as_str(), shown(cell)))
            .collect();
        insta::assert_snapshot!(table.join("\n"), @r"
        anno 2026
        bimestre 6
        codice_avviso avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B
        oggetto Mercatino di Natale
        tipologia evento
        link_news https://www.rubano.it/notizie/mercatino
        settore_richiedente Ufficio cultura
        richiesto_da ufficio.cultura
        data_ora_richiesta 2026-12-01T11:00:00
        data_invio_desiderata 2026-12-10T09:30:00
        preso_in_carico_da sportello.uno
        data_ora_presa_in_carico 2026-12-01T12:00:00
        inoltrato_da capo.settore
        data_ora_inoltro 2026-12-02T09:00:00
        approvato_da gruppo.uno
        data_ora_approvazione 2026-12-02T10:15:00
        data_ora_invio 2026-12-10T09:30:00
        esito inviata
        destinatari 23
        usciti_prima 1
        accettati 21
        inviati 20
        consegnati 19
        letti 7
        non_consegnati 2
        incerti 0
        in_attesa 0
        fatturabili_utility 18
        fatturabili_marketing 2
        fatturabili_altro 4
        ");
    }

    #[test]
    fn a_row_and_the_totals_have_a_cell_for_every_column() {
        assert_eq!(cells(&row(), &rubano()).len(), headers().count());
        assert_eq!(Totals::default().cells().len(), headers().count());
        assert_eq!(headers().count(), WORDS + COUNTS);
    }

    #[test]
    fn totals_stand_under_the_counts_that_they_add_up() {
        let totals = Totals::default().plus(&row()).plus(&row()).cells();

        assert_eq!(shown(&totals[0]), "TOTALE");
        for (cell, total) in cells(&row(), &rubano()).iter().zip(&totals).skip(WORDS) {
            let (Cell::Number(count), Cell::Number(total)) = (cell, total) else {
                panic!("{cell:?} over {total:?}");
            };
            assert_eq!(*total, 2 * count);
        }
    }

    #[test]
    fn the_year_and_the_period_are_those_of_the_local_clock() {
        let mut row = row();
        row.dispatched_at = Some("2026-12-31T23:30:00Z".parse().unwrap());

        let cells = cells(&row, &rubano());

        assert_eq!(cells[..2], [Cell::Number(2027), Cell::Number(1)]);
        assert_eq!(shown(&cells[16]), "2027-01-01T00:30:00");
    }

    #[test]
    fn a_notice_that_did_not_go_out_leaves_its_cells_empty() {
        let not_sent = RegisterRow {
            taken: None,
            forwarded: None,
            approved: None,
            dispatched_at: None,
            state: StateName::Cancelled,
            ..row()
        };

        let cells = cells(&not_sent, &rubano());

        for column in [0, 1, 10, 11, 12, 13, 14, 15, 16] {
            assert_eq!(cells[column], Cell::Empty, "column {column}");
        }
        assert_eq!(shown(&cells[17]), "annullata");
    }

    #[test]
    fn what_a_spreadsheet_would_run_gets_an_apostrophe_and_other_words_do_not() {
        for text in [
            "=1+1",
            "+39",
            "-2",
            "@SUM(A1)",
            "\t=1",
            "\rx",
            "\nx",
            "  =1",
            "\u{feff}=1",
            "＝1",
            "＠x",
        ] {
            assert_eq!(HarmlessText::of(text).as_str(), format!("'{text}"));
        }
        for text in [
            "Mercatino",
            "a=b",
            "12",
            "",
            "'=1",
            "🎄 = Natale",
            "È aperto",
        ] {
            assert_eq!(HarmlessText::of(text).as_str(), text);
        }
    }

    /// Words as somebody with bad intentions would write them.
    fn words() -> impl Strategy<Value = String> {
        prop_oneof![
            ".{0,30}",
            "[=+@\\-\t\r\n ＝＋－＠\u{feff}]{0,3}[a-z0-9(=+]{0,5}"
        ]
    }

    proptest! {
        #[test]
        fn no_text_begins_like_a_formula_and_no_number_is_touched(
            (title, office) in (words(), words()),
            numbers in prop::array::uniform9(any::<i32>()),
        ) {
            let numbers = numbers.map(i64::from);
            let [recipients, left, accepted, sent, delivered, read, failed, unclear, waiting] = numbers;
            let row = RegisterRow {
                title, office, recipients, left, accepted, sent, delivered, read, failed, unclear, waiting, ..row()
            };

            let cells = cells(&row, &rubano());

            for cell in &cells {
                if let Cell::Text(text) = cell {
                    prop_assert!(!text.as_str().starts_with(['=', '+', '-', '@', '\t', '\r']), "{:?}", text);
                }
            }
            prop_assert_eq!(&cells[WORDS..WORDS + 9], &numbers.map(Cell::Number)[..]);
        }

        #[test]
        fn hours_are_whole_minutes(second in 0_i64..4_000_000_000) {
            let row = RegisterRow { dispatched_at: Some(Instant::from_second(second).unwrap()), ..row() };

            let cells = cells(&row, &rubano());

            for cell in &cells {
                if let Cell::When(at) = cell {
                    prop_assert_eq!((at.second(), at.subsec_nanosecond()), (0, 0));
                }
            }
        }
    }
}
