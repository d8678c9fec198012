//! What a citizen presented: it stays as it was confirmed, whatever becomes of the case.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::categories::CategoryCode;
use super::declared::{FullName, Reach};
use super::dialogue::Filed;
use super::draft::{Located, Photo, Sent};
use super::duplicates::Sighting;
use super::fiscal_code::Declared;
use super::guards::speaks_of_somebody;
use super::life::{Case, Codice, Line};
use super::routing::{Destination, Facts, route};
use super::service::NO_AREAS;
use super::settings::Settings;
use crate::Instant;
use crate::ids::PersonId;
use crate::tenant::Tenant;

/// A segnalazione as it was confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Who presented it.
    pub person: PersonId,
    /// By which way.
    pub channel: Channel,
    /// What they wrote, exactly.
    pub details: Details,
    /// Where it is.
    pub place: Located,
    /// Their answers to the questions of the category.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<CategoryCode, String>,
    /// Their photos.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<Photo>,
    /// Who they say they are. It is declared, not verified.
    pub name: FullName,
    /// How they want to be reached.
    pub reach: Reach,
    /// Their codice fiscale, where the comune asks it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fiscal_code: Option<Declared>,
    /// Version of the information notice (art. 13 GDPR) that they were shown.
    pub informativa: String,
    /// To whom the comune's rules say that it goes. A person decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<Destination>,
    /// The segnalazione of the same problem that was open already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked: Option<Codice>,
}

/// By which way a segnalazione came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Step by step, in the chat.
    Chat,
    /// By the form.
    Form,
}

/// What a citizen wrote. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Details(pub String);

impl std::fmt::Debug for Details {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Details({} characters)", self.0.chars().count())
    }
}

/// What was filed is not complete: the dialogue files nothing else, so this is a bug of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a segnalazione without {0}")]
pub struct Incomplete(&'static str);

impl Filed {
    /// What it may be of the same problem with, as `codice`.
    pub fn sighting(&self, codice: Codice) -> Option<Sighting<Codice>> {
        Some(Sighting {
            id: codice,
            category: self.draft.given.category.as_ref()?.code.clone(),
            point: self.draft.given.place.as_ref()?.place.point(),
            at: self.presented_at,
        })
    }

    /// The case that it opens as `codice`, and its content. `linked` is the open one of the same problem.
    pub fn open(
        self,
        codice: Codice,
        person: &PersonId,
        linked: Option<Codice>,
        tenant: &Tenant,
        settings: &Settings,
    ) -> Result<(Case, Content), Incomplete> {
        let given = self.draft.given;
        let details = given.details();
        let category = given.category.ok_or(Incomplete("a category"))?.code;
        let place = given.place.ok_or(Incomplete("a place"))?;
        let facts = Facts {
            category: &category,
            point: place.place.point(),
            presented_at: self.presented_at,
            answers: &given.answers,
            areas: &NO_AREAS,
            zone: &tenant.time_zone,
        };
        let proposed = route(&settings.routing, &facts).map(|routed| routed.to.clone());
        let case = Case::received(
            codice,
            self.presented_at,
            category.clone(),
            title(&category, &place, settings).ok_or(Incomplete("a title"))?,
            speaks_of_somebody(&details),
        );
        let content = Content {
            person: person.clone(),
            channel: if matches!(self.draft.form, Some(Sent::Back { .. })) {
                Channel::Form
            } else {
                Channel::Chat
            },
            details: Details(details),
            place,
            answers: given.answers,
            photos: given.photos,
            name: given.name.ok_or(Incomplete("a name"))?,
            reach: given.reach.ok_or(Incomplete("a contact"))?,
            fiscal_code: given.fiscal_code,
            informativa: tenant.privacy.version.clone(),
            proposed,
            linked,
        };
        Ok((case, content))
    }

    /// The year in which it is presented, by the comune's clock: its codice bears it.
    pub fn year(&self, tenant: &Tenant) -> u16 {
        let year = tenant.time_zone.civil(self.presented_at).year();
        u16::try_from(year).unwrap_or_default()
    }

    /// When it was presented.
    pub fn presented_at(&self) -> Instant {
        self.presented_at
    }
}

/// The longest title, in characters: a [`Line`].
const TITLE: usize = 160;

/// Category and place, until somebody writes a better one.
fn title(category: &CategoryCode, place: &Located, settings: &Settings) -> Option<Line> {
    let known = settings.category(category);
    let label = known.map_or(category.as_str(), |known| &known.label);
    let title = format!("{label} - {}", place.label());
    let title: String = title.chars().take(TITLE).collect();
    title.parse().ok()
}
