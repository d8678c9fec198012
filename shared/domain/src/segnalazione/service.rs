//! The service of a comune that takes segnalazioni: what it decided and where it is. It is packaged as `segnalazioni.json`,
//! of the tenant's `segnalazioni.yaml` and of its boundary.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::duplicates::Cell;
use super::routing::{Areas, Mistake};
use super::settings::Settings;
use super::territory::{NotATerritory, Territory};

/// The parts of the territory that rules may name: no comune has drawn any yet.
pub(super) static NO_AREAS: Areas = Areas::new();

/// The service of a comune.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// What the comune decided.
    pub settings: Settings,
    /// Its territory.
    pub territory: Territory,
}

/// Why a file is not a service.
#[derive(Debug, thiserror::Error)]
pub enum NotAService {
    /// It is not the JSON of settings and of a territory.
    #[error("not the settings of segnalazioni: {0}")]
    Settings(#[from] serde_json::Error),
    /// The boundary cannot be read.
    #[error("the boundary: {0}")]
    Territory(#[from] NotATerritory),
    /// A setting that cannot be.
    #[error("{0}")]
    Wrong(&'static str),
    /// A rule of the routing that cannot be, counted from 1.
    #[error("rule {0} of the routing: {1}")]
    Rule(usize, Mistake),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'a> {
    settings: Settings,
    #[serde(borrow)]
    territory: &'a RawValue,
}

impl Service {
    /// Reads `segnalazioni.json`.
    pub fn read(json: &str) -> Result<Self, NotAService> {
        let file: File = serde_json::from_str(json)?;
        let settings = file.settings;
        settings.check().map_err(NotAService::Wrong)?;
        let problems = settings
            .routing
            .check(&settings.offices, &settings.categories, &NO_AREAS);
        if let Some(problem) = problems.into_iter().next() {
            return Err(NotAService::Rule(problem.rule + 1, problem.mistake));
        }
        let territory = Territory::read(file.territory.get(), settings.border_metres)?;
        Ok(Self {
            settings,
            territory,
        })
    }
}

/// The rows of a WhatsApp list, and the characters of a row's title and description (Meta, interactive messages).
const ROWS: usize = 10;
const TITLE: usize = 24;
const DESCRIPTION: usize = 72;

impl Settings {
    /// What cannot be, if anything.
    fn check(&self) -> Result<(), &'static str> {
        let long = |text: &str, most: usize| text.encode_utf16().count() > most;
        let mut codes: Vec<_> = self.categories.iter().map(|known| &known.code).collect();
        codes.sort_unstable();
        codes.dedup();
        let hours_to_lapse = self.lapse_days.saturating_mul(24);
        match () {
            () if self.categories.is_empty() || self.categories.len() > ROWS => {
                Err("between one and ten categories: the rows of a list")
            }
            () if codes.len() < self.categories.len() => Err("two categories of one name"),
            () if self
                .categories
                .iter()
                .any(|known| long(&known.label, TITLE)) =>
            {
                Err("the label of a category is at most 24 characters")
            }
            () if self.categories.iter().any(|known| {
                known
                    .hint
                    .as_deref()
                    .is_some_and(|hint| long(hint, DESCRIPTION))
            }) =>
            {
                Err("the hint of a category is at most 72 characters")
            }
            () if !(1..=60).contains(&self.gather_seconds) => {
                Err("gather_seconds is between 1 and 60")
            }
            () if !(1..24).contains(&self.remind_hours) || self.remind_hours >= hours_to_lapse => {
                Err("remind_hours is within 24, and before lapse_days are over")
            }
            () if self.photos > 10 => Err("at most ten photos: what a form takes"),
            () if self.duplicates.metres > Cell::REACH => {
                Err("duplicates are looked for within 50 metres at most")
            }
            () => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn montanaro() -> serde_json::Value {
        let settings = include_str!("../../../../infra/tenants/montanaro.segnalazioni.yaml");
        let boundary = include_str!("../../../../infra/tenants/boundaries/montanaro.geojson");
        let settings: serde_json::Value = serde_yaml_ng::from_str(settings).unwrap();
        let territory: serde_json::Value = serde_json::from_str(boundary).unwrap();
        serde_json::json!({"settings": settings, "territory": territory})
    }

    #[test]
    fn the_service_of_montanaro_has_its_five_categories_and_one_more() {
        let service = Service::read(&montanaro().to_string()).unwrap();

        let labels: Vec<&str> = service
            .settings
            .categories
            .iter()
            .map(|known| known.label.as_str())
            .collect();
        assert_eq!(labels.len(), 6, "{labels:?}");
        assert_eq!(labels.last(), Some(&"Altro"));
    }

    #[test]
    fn a_setting_that_cannot_be_is_refused_with_its_name() {
        for (key, value, says) in [
            ("remind_hours", serde_json::json!(24), "remind_hours"),
            ("gather_seconds", serde_json::json!(0), "gather_seconds"),
            ("categories", serde_json::json!([]), "categories"),
            ("photos", serde_json::json!(11), "photos"),
            (
                "routing",
                serde_json::json!([{"to": {"office": "anagrafe"}}]),
                "rule 1 of the routing",
            ),
            (
                "duplicates",
                serde_json::json!({"metres": 51, "days": 30}),
                "50 metres",
            ),
            ("colour", serde_json::json!("blue"), "colour"),
        ] {
            let mut file = montanaro();
            file["settings"][key] = value;
            let error = Service::read(&file.to_string()).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
