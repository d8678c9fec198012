//! To whom a segnalazione goes: the comune's own rules, in their order; the first that matches wins (Montanaro, art. 6.4).
//!
//! The rules only propose. An office or another body has a case when a person of the staff says so.

mod check;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::categories::{CategoryCode, OfficeCode};
use super::life::OtherBody;
use super::place::Point;
use super::territory::Territory;
use crate::Instant;
use crate::calendar::{Hours, Weekdays};
use crate::keyword::fold;
use crate::tenant::Zone;

pub use check::{Mistake, Problem};

/// The parts of the territory that rules name, each a polygon: the roads of the province, the industrial area.
pub type Areas = BTreeMap<String, Territory>;

/// The rules of one comune, in their order. The last one is for everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rules(Vec<Rule>);

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// When it matches.
    #[serde(default, skip_serializing_if = "When::is_always")]
    pub when: When,
    /// To whom what it matches goes.
    pub to: Destination,
}

/// What has to hold for a rule to match: each condition that is written, and nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct When {
    /// It is of one of these categories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub category: Vec<CategoryCode>,
    /// It has a position, and that is in this area.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// It was presented in one of these stretches of the day. A night is two: `22:00-24:00` and `00:00-06:00`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<Hours>,
    /// It was presented on one of these days of the week.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weekdays: Option<Weekdays>,
    /// A question of its category was answered so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answered>,
}

/// An answer to a question of the category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// Which question.
    pub question: CategoryCode,
    /// Words of which the answer contains one, whatever their case and accents. Empty: any answer but "I do not know".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
}

/// To whom it goes, written `{office: …}` or `{body: …}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Destination {
    /// An office of the comune.
    Office(OfficeCode),
    /// Another body, to which somebody of the staff may pass it on.
    Body(OtherBody),
}

/// A destination as it is written: serde would ask a tag of YAML.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    office: Option<OfficeCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<OtherBody>,
}

/// What is neither an office nor another body, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("either an office or a body")]
pub struct NotADestination;

impl TryFrom<Written> for Destination {
    type Error = NotADestination;

    fn try_from(written: Written) -> Result<Self, NotADestination> {
        match (written.office, written.body) {
            (Some(office), None) => Ok(Self::Office(office)),
            (None, Some(body)) => Ok(Self::Body(body)),
            _ => Err(NotADestination),
        }
    }
}

impl From<Destination> for Written {
    fn from(to: Destination) -> Self {
        let (office, body) = match to {
            Destination::Office(office) => (Some(office), None),
            Destination::Body(body) => (None, Some(body)),
        };
        Self { office, body }
    }
}

/// What rules look at.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// What it is about.
    pub category: &'a CategoryCode,
    /// Where it is, if a position was given: an address is in no area, for nobody knows without a map.
    pub point: Option<Point>,
    /// When it was presented.
    pub presented_at: Instant,
    /// The answers to the questions of the category; an empty one is "I do not know".
    pub answers: &'a BTreeMap<CategoryCode, String>,
    /// The areas that the comune has drawn.
    pub areas: &'a Areas,
    /// The clocks of the comune.
    pub zone: &'a Zone,
}

/// To whom a segnalazione goes, and by which rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Routed<'a> {
    /// To whom.
    pub to: &'a Destination,
    /// The rule, counted from 0.
    pub rule: usize,
}

/// What a rule made of a segnalazione, for the staff to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trial {
    /// The rule, counted from 0.
    pub rule: usize,
    /// What came of it.
    pub verdict: Verdict,
    /// Each condition that is written in it, in the order of [`When`].
    pub conditions: Vec<(Condition, Holds)>,
}

/// What came of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is the first that matches.
    Taken,
    /// It matches, and one before it did already.
    AfterAnother,
    /// It does not match.
    NoMatch,
}

/// A condition of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "they are the fields of `When`, documented there"
)]
pub enum Condition {
    Category,
    Area,
    Hours,
    Weekdays,
    Answer,
}

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// Nobody can say: there is no position, no such area, or no answer. The rule does not match.
    Unknown,
}

impl Verdict {
    /// The name in the API and in the texts.
    pub fn key(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::AfterAnother => "after_another",
            Self::NoMatch => "no_match",
        }
    }
}

impl Condition {
    /// The name in the API and in the texts.
    pub fn key(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Area => "area",
            Self::Hours => "hours",
            Self::Weekdays => "weekdays",
            Self::Answer => "answer",
        }
    }
}

impl Holds {
    /// The name in the API and in the texts.
    pub fn key(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

impl From<bool> for Holds {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

/// To whom a segnalazione goes; nobody if no rule matches, which [`Rules::check`] forbids.
pub fn route<'a>(rules: &'a Rules, facts: &Facts<'_>) -> Option<Routed<'a>> {
    let matching = |(_, rule): &(usize, &Rule)| rule.when.matches(facts);
    let (index, rule) = rules.0.iter().enumerate().find(matching)?;
    Some(Routed {
        to: &rule.to,
        rule: index,
    })
}

/// What each rule makes of a segnalazione, and why.
pub fn dry_run(rules: &Rules, facts: &Facts<'_>) -> Vec<Trial> {
    let taken = route(rules, facts).map(|routed| routed.rule);
    let trial = |(index, rule): (usize, &Rule)| Trial {
        rule: index,
        verdict: if taken == Some(index) {
            Verdict::Taken
        } else if rule.when.matches(facts) {
            Verdict::AfterAnother
        } else {
            Verdict::NoMatch
        },
        conditions: rule.when.conditions(facts),
    };
    rules.0.iter().enumerate().map(trial).collect()
}

impl When {
    /// Whether nothing has to hold.
    pub fn is_always(&self) -> bool {
        *self == Self::default()
    }

    fn matches(&self, facts: &Facts<'_>) -> bool {
        let conditions = self.conditions(facts);
        conditions.iter().all(|(_, holds)| *holds == Holds::Yes)
    }

    /// The conditions that are written, and whether each holds.
    fn conditions(&self, facts: &Facts<'_>) -> Vec<(Condition, Holds)> {
        let presented = facts.zone.civil(facts.presented_at);
        let mut conditions = Vec::new();
        if !self.category.is_empty() {
            let holds = self.category.contains(facts.category);
            conditions.push((Condition::Category, holds.into()));
        }
        if let Some(name) = &self.area {
            let known = facts.point.zip(facts.areas.get(name));
            let holds = known.map_or(Holds::Unknown, |(point, area)| area.contains(point).into());
            conditions.push((Condition::Area, holds));
        }
        if !self.hours.is_empty() {
            let holds = self.hours.iter().any(|it| it.contains(presented.time()));
            conditions.push((Condition::Hours, holds.into()));
        }
        if let Some(weekdays) = &self.weekdays {
            let holds = weekdays.contains(presented.weekday());
            conditions.push((Condition::Weekdays, holds.into()));
        }
        if let Some(answered) = &self.answer {
            conditions.push((Condition::Answer, answered.holds(facts.answers)));
        }
        conditions
    }
}

impl Answered {
    fn holds(&self, answers: &BTreeMap<CategoryCode, String>) -> Holds {
        let given = answers.get(&self.question).map(|answer| fold(answer));
        let Some(given) = given.filter(|answer| !answer.is_empty()) else {
            return Holds::Unknown;
        };
        // Spaces at both ends, so that only whole words are found.
        let given = format!(" {given} ");
        let says = |words: &String| given.contains(&format!(" {} ", fold(words)));
        (self.with.is_empty() || self.with.iter().any(says)).into()
    }
}

#[cfg(test)]
mod tests;
