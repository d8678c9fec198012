//! Filing a report in S3.
//!
//! A version is begun by creating its first file and published by its manifest, last. Every file is created and never
//! overwritten, so two that publish at once, or one that goes on after another died, meet in the same version if they
//! have the same content, and take different numbers if not.

use cloud::batch::Failure;
use cloud::files::{Created, FileError};
use cloud::telemetry;
use domain::Instant;
use domain::period::TwoMonthPeriod;
use domain::report::{Edition, Filing, Manifest, ManifestFile};

use crate::Accountant;
use crate::book::Bound;

/// Who made the files.
const GENERATOR: &str = concat!("portavoce ", env!("CARGO_PKG_VERSION"));

impl Accountant {
    /// Files the report of a closed period, as a new version unless the newest one says the same.
    pub(crate) async fn publish(
        &self,
        period: TwoMonthPeriod,
        bound: &Bound,
    ) -> Result<(), Failure> {
        let filing = Filing::of(period, &self.tenant);
        let keys = self.files.list(filing.prefix()).await?;
        let previous = filing.newest(&keys);
        if let Some(newest) = previous
            && self
                .published(&filing, newest)
                .await?
                .is_some_and(|manifest| manifest.files == bound.files)
        {
            tracing::info!(%period, version = newest, "the report of {period} is published already, as version {newest}");
            return Ok(());
        }

        let mut version = previous.unwrap_or_default() + 1;
        while !self.begin(&filing, version, bound).await? {
            version += 1;
        }
        let edition = Edition::Version { version, previous };
        let file = bound.add(
            Filing::MANIFEST,
            &written(&manifest(period, edition, bound))?,
        )?;
        // Should somebody have been quicker: it speaks of the same files.
        self.create(&filing, version, bound, &file).await?;
        tracing::info!(%period, version, rows = bound.rows, "the report of {period} is published as version {version}");
        telemetry::count("report", "published", "closed", 1);
        Ok(())
    }

    /// Files the report of a period that still runs, in the place of the one before.
    pub(crate) async fn show_provisionally(
        &self,
        period: TwoMonthPeriod,
        bound: &Bound,
        now: Instant,
    ) -> Result<(), Failure> {
        let filing = Filing::of(period, &self.tenant);
        let manifest = manifest(period, Edition::Provisional { generated_at: now }, bound);
        let manifest = bound.add(Filing::MANIFEST, &written(&manifest)?)?;
        for file in bound.files.iter().chain([&manifest]) {
            let key = filing.provisional(&file.name);
            self.files
                .upload(&key, &bound.path(file), content_type(file))
                .await?;
        }
        tracing::info!(%period, rows = bound.rows, "the provisional report of {period} is written");
        telemetry::count("report", "published", "provisional", 1);
        Ok(())
    }

    async fn published(&self, filing: &Filing, version: u32) -> Result<Option<Manifest>, Failure> {
        let key = filing.version(version, Filing::MANIFEST);
        let Some(text) = self.files.read(&key).await? else {
            return Ok(None);
        };
        let manifest = serde_json::from_str(&text);
        manifest
            .map(Some)
            .map_err(|error| Failure::Dead(format!("{key} is no manifest: {error}")))
    }

    /// Whether the files of `bound` are now those of `version`.
    async fn begin(&self, filing: &Filing, version: u32, bound: &Bound) -> Result<bool, FileError> {
        for file in &bound.files {
            if self.create(filing, version, bound, file).await? == Created::OtherThere {
                tracing::warn!(
                    version,
                    "version {version} was begun with other contents and is left alone"
                );
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn create(
        &self,
        filing: &Filing,
        version: u32,
        bound: &Bound,
        file: &ManifestFile,
    ) -> Result<Created, FileError> {
        let key = filing.version(version, &file.name);
        self.files
            .create(&key, &bound.path(file), &file.sha256, content_type(file))
            .await
    }
}

fn manifest(period: TwoMonthPeriod, edition: Edition, bound: &Bound) -> Manifest {
    Manifest {
        period,
        closed: matches!(edition, Edition::Version { .. }),
        edition,
        generator: GENERATOR.to_owned(),
        rows: bound.rows,
        files: bound.files.clone(),
    }
}

fn written(manifest: &Manifest) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(manifest).map(|text| text + "\n")
}

fn content_type(file: &ManifestFile) -> &'static str {
    match file.name.as_str() {
        Filing::CSV => "text/csv; charset=utf-8",
        Filing::XLSX => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/json",
    }
}
