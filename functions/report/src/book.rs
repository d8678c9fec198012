//! The report on local disk: both files, written side by side row by row.

use std::fs::File;
use std::io::{self, BufWriter, Read};
use std::path::{Path, PathBuf};

use domain::period::TwoMonthPeriod;
use domain::register::RegisterRow;
use domain::report::{Filing, ManifestFile, Totals, cells};
use domain::tenant::Tenant;
use rust_xlsxwriter::XlsxError;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::csv::Csv;
use crate::xlsx::Xlsx;

/// A report could not be written to local disk: it is full, or a row is not fit for a spreadsheet.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    #[error("the local file cannot be written")]
    Disk(#[from] io::Error),
    #[error("the spreadsheet cannot be written")]
    Spreadsheet(#[from] XlsxError),
}

/// A report that is being written.
pub(crate) struct Book {
    folder: TempDir,
    csv: Csv<BufWriter<File>>,
    xlsx: Xlsx,
    totals: Totals,
    rows: u64,
}

impl Book {
    /// The report of `period`, without rows yet.
    pub(crate) fn open(period: TwoMonthPeriod, tenant: &Tenant) -> Result<Self, WriteError> {
        let folder = tempfile::tempdir()?;
        let csv = File::create(folder.path().join(Filing::CSV))?;
        Ok(Self {
            csv: Csv::begin(BufWriter::new(csv))?,
            xlsx: Xlsx::begin(period, tenant, folder.path())?,
            folder,
            totals: Totals::default(),
            rows: 0,
        })
    }

    /// Adds a row to both files.
    pub(crate) fn write(&mut self, row: &RegisterRow, tenant: &Tenant) -> Result<(), WriteError> {
        let cells = cells(row, tenant);
        self.csv.row(&cells)?;
        self.xlsx.row(&cells)?;
        self.totals = std::mem::take(&mut self.totals).plus(row);
        self.rows += 1;
        Ok(())
    }

    /// Ends both files.
    pub(crate) fn bind(self) -> Result<Bound, WriteError> {
        self.csv.finish()?;
        self.xlsx
            .finish(&self.totals.cells(), &self.folder.path().join(Filing::XLSX))?;
        let described = [Filing::CSV, Filing::XLSX].map(|name| describe(self.folder.path(), name));
        Ok(Bound {
            files: described.into_iter().collect::<Result<_, _>>()?,
            folder: self.folder,
            rows: self.rows,
        })
    }
}

/// A report that is written, on local disk for as long as this lives.
#[derive(Debug)]
pub(crate) struct Bound {
    folder: TempDir,
    /// Its files.
    pub(crate) files: Vec<ManifestFile>,
    /// Notices in it.
    pub(crate) rows: u64,
}

impl Bound {
    /// Where `file` is.
    pub(crate) fn path(&self, file: &ManifestFile) -> PathBuf {
        self.folder.path().join(&file.name)
    }

    /// Puts `text` beside its files, as `name`.
    pub(crate) fn add(&self, name: &str, text: &str) -> io::Result<ManifestFile> {
        std::fs::write(self.folder.path().join(name), text)?;
        describe(self.folder.path(), name)
    }
}

fn describe(folder: &Path, name: &str) -> io::Result<ManifestFile> {
    let mut file = File::open(folder.join(name))?;
    let mut hash = Sha256::new();
    let mut bytes = 0;
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            break;
        }
        hash.update(&piece[..read]);
        bytes += read as u64;
    }
    Ok(ManifestFile {
        name: name.to_owned(),
        bytes,
        sha256: hex::encode(hash.finalize()),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use domain::notice::{Kind, Signed, StateName};
    use support::rubano;

    use super::*;

    /// A row of 2026-B6, the `n`th of its report.
    pub(crate) fn row(n: u8, title: &str) -> RegisterRow {
        let signed = |by: &str, at: &str| Signed {
            by: by.parse().unwrap(),
            at: at.parse().unwrap(),
            instead_of: None,
        };
        RegisterRow {
            notice: format!("avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A{n:02}")
                .parse()
                .unwrap(),
            title: title.to_owned(),
            kind: Kind::Evento,
            text: "Mercatino sabato 12 dicembre.".to_owned(),
            link: "https://www.rubano.it/notizie/mercatino".to_owned(),
            office: "Ufficio cultura".to_owned(),
            wanted_at: jiff::civil::date(2026, 12, 10).at(9, 30, 0, 0),
            submitted: signed("ufficio.cultura", "2026-12-01T10:00:00Z"),
            taken: Some(signed("sportello.uno", "2026-12-01T11:00:00Z")),
            forwarded: Some(signed("capo.settore", "2026-12-02T08:00:00Z")),
            approved: Some(signed("gruppo.uno", "2026-12-02T09:15:00Z")),
            state: StateName::Sent,
            dispatched_at: Some("2026-12-10T08:30:01Z".parse().unwrap()),
            recipients: 23,
            left: 1,
            accepted: 22,
            sent: 21,
            delivered: 21,
            read: 7,
            failed: 1,
            unclear: 0,
            waiting: 0,
            billable: [("utility".to_owned(), 20), ("service".to_owned(), 1)].into(),
        }
    }

    /// A report of two rows, the second with a title that wants to be a formula.
    pub(crate) fn bound() -> Bound {
        let mut book = Book::open("2026-B6".parse().unwrap(), &rubano()).unwrap();
        for row in [
            row(1, "Mercatino \"di Natale\"; in piazza"),
            row(2, "=HYPERLINK(\"https://example.org\")"),
        ] {
            book.write(&row, &rubano()).unwrap();
        }
        book.bind().unwrap()
    }

    #[test]
    fn the_same_rows_make_the_same_bytes() {
        let (one, other) = (bound(), bound());

        for file in &one.files {
            assert_eq!(
                std::fs::read(one.path(file)).unwrap(),
                std::fs::read(other.path(file)).unwrap(),
                "{}",
                file.name
            );
        }
        assert_eq!(one.files, other.files);
        assert_eq!(one.rows, 2);
    }

    /// Should an update of a library change these, every closed period that is asked for again gets a new version:
    /// accept it knowingly, and say it in the release notes.
    #[test]
    fn the_bytes_are_those_of_the_last_release() {
        let digests: Vec<_> = bound()
            .files
            .into_iter()
            .map(|file| format!("{} {}", file.sha256, file.name))
            .collect();

        insta::assert_snapshot!(digests.join("\n"), @r"
        326ad735f4f0046a74d1a72ca8d0838865f915a23f1f7b25427aac72ac55a622 registro.csv
        df1c0ba8ae6678f6699b2059a5c0844a0d1d8e492500927a637268c0150e868c registro.xlsx
        ");
    }

    #[test]
    fn the_digest_and_the_length_are_those_of_the_file() {
        let bound = bound();

        for file in &bound.files {
            let bytes = std::fs::read(bound.path(file)).unwrap();
            assert_eq!(file.bytes, bytes.len() as u64);
            assert_eq!(file.sha256, hex::encode(Sha256::digest(&bytes)));
        }
    }
}
