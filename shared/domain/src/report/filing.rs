//! Where the report of a period is filed, and the manifest that describes it.
//!
//! ```text
//! rubano/rendiconti/2026/B6/
//!   provvisorio/   registro.csv  registro.xlsx  manifest.json     while the period runs; overwritten
//!   v1/            registro.csv  registro.xlsx  manifest.json     the closed period; never overwritten
//!   v2/            …                                              only if something changed afterwards
//! ```
//!
//! The manifest is written last: a version without one was begun and never published.

use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::period::TwoMonthPeriod;
use crate::tenant::Tenant;

/// The folder of a period in the bucket of reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing(String);

impl Filing {
    /// The register as text.
    pub const CSV: &str = "registro.csv";
    /// The register as a spreadsheet.
    pub const XLSX: &str = "registro.xlsx";
    /// What describes the files beside it.
    pub const MANIFEST: &str = "manifest.json";

    /// The folder of `period`.
    pub fn of(period: TwoMonthPeriod, tenant: &Tenant) -> Self {
        Self(format!(
            "{}/rendiconti/{}/B{}/",
            tenant.id,
            period.year(),
            period.number()
        ))
    }

    /// What all keys of the period begin with.
    pub fn prefix(&self) -> &str {
        &self.0
    }

    /// The key of `name` while the period runs.
    pub fn provisional(&self, name: &str) -> String {
        format!("{}provvisorio/{name}", self.0)
    }

    /// The key of `name` in a version of the closed period.
    pub fn version(&self, version: u32, name: &str) -> String {
        format!("{}v{version}/{name}", self.0)
    }

    /// The newest published version among `keys`.
    pub fn newest<'a>(&self, keys: impl IntoIterator<Item = &'a String>) -> Option<u32> {
        let version = |key: &String| {
            let (folder, name) = key.strip_prefix(&self.0)?.split_once('/')?;
            let version = folder.strip_prefix('v')?.parse().ok()?;
            // Parsing forgives what we never write, such as `v01`.
            (name == Self::MANIFEST && *key == self.version(version, name)).then_some(version)
        };
        keys.into_iter().filter_map(version).max()
    }
}

/// What describes the files of a report. That of a closed period holds no instant of its making: the same register gives
/// the same manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Of which period.
    pub period: TwoMonthPeriod,
    /// Whether the period was over.
    pub closed: bool,
    /// Which edition of the report it is.
    #[serde(flatten)]
    pub edition: Edition,
    /// The program that made the files, with its version.
    pub generator: String,
    /// Notices in the report.
    pub rows: u64,
    /// The files.
    pub files: Vec<ManifestFile>,
}

/// Which edition of a period's report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Edition {
    /// Of a closed period.
    Version {
        /// Counts from 1; a number whose making was interrupted may be missing.
        version: u32,
        /// The version that it takes the place of.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        previous: Option<u32>,
    },
    /// Of a period that still runs.
    Provisional {
        /// When it was made.
        generated_at: Instant,
    },
}

/// A file of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestFile {
    /// Its name, beside the manifest.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::tests::rubano;

    fn filing() -> Filing {
        Filing::of("2026-B6".parse().unwrap(), &rubano())
    }

    #[test]
    fn the_newest_version_is_the_greatest_that_has_a_manifest() {
        let keys = [
            "rubano/rendiconti/2026/B6/provvisorio/manifest.json",
            "rubano/rendiconti/2026/B6/v10/manifest.json",
            "rubano/rendiconti/2026/B6/v11/registro.csv",
            "rubano/rendiconti/2026/B6/v9/manifest.json",
            "rubano/rendiconti/2026/B6/v012/manifest.json",
            "rubano/rendiconti/2026/B6/v13/other/manifest.json",
            "rubano/rendiconti/2026/B5/v14/manifest.json",
        ]
        .map(str::to_owned);

        assert_eq!(filing().newest(&keys), Some(10));
        assert_eq!(filing().newest(&keys[..1]), None);
    }

    #[test]
    fn a_manifest_reads_back_as_it_was_written() {
        let file = ManifestFile {
            name: Filing::CSV.to_owned(),
            bytes: 1200,
            sha256: "ab".repeat(32),
        };
        let editions = [
            (
                true,
                Edition::Version {
                    version: 2,
                    previous: Some(1),
                },
            ),
            (
                true,
                Edition::Version {
                    version: 1,
                    previous: None,
                },
            ),
            (
                false,
                Edition::Provisional {
                    generated_at: "2026-11-22T09:00:00Z".parse().unwrap(),
                },
            ),
        ];
        for (closed, edition) in editions {
            let manifest = Manifest {
                period: "2026-B6".parse().unwrap(),
                closed,
                edition,
                generator: "portavoce 0.1.0".to_owned(),
                rows: 3,
                files: vec![file.clone()],
            };
            let written = serde_json::to_string(&manifest).unwrap();
            assert_eq!(
                serde_json::from_str::<Manifest>(&written).unwrap(),
                manifest
            );
        }
    }

    #[test]
    fn keys_say_whose_which_period_and_which_edition() {
        assert_eq!(
            filing().version(2, Filing::XLSX),
            "rubano/rendiconti/2026/B6/v2/registro.xlsx"
        );
        assert_eq!(
            filing().provisional(Filing::CSV),
            "rubano/rendiconti/2026/B6/provvisorio/registro.csv"
        );
    }
}
