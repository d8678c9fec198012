//! E16 and E18: notices that citizens have had already (Rubano, "Presa in carico", 2).

use serde::{Deserialize, Serialize};

use super::dates::{days, event_date};
use super::link::normalised_link;
use super::prose::{Prose, fold};
use super::{Earlier, EditorialSettings};
use crate::notice::Draft;

/// In what an earlier notice is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It leads to the same page, within 90 days.
    SameLink,
    /// It tells of the same event of the same day.
    SameEvent,
    /// Its words are nearly the same, within 30 days.
    NearText,
}

/// An earlier notice that may make a draft superfluous.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Duplicate {
    /// The notice, as the register has it.
    pub earlier: Earlier,
    /// How much it is the same, from 0 to 1.
    pub score: f64,
    /// In what.
    pub why: Why,
}

/// The earlier notices that `draft` repeats, the surest first; each once, for its best reason.
pub fn duplicates(
    draft: &Draft,
    earlier: &[Earlier],
    settings: &EditorialSettings,
) -> Vec<Duplicate> {
    let mut found: Vec<Duplicate> = others(draft, earlier)
        .filter_map(|earlier| {
            let reasons = [
                same_link(draft, earlier, settings),
                near_text(draft, earlier, settings),
                same_event(draft, earlier, settings),
            ];
            // Of equals the first: what blocks goes before what warns.
            let best = reasons
                .into_iter()
                .flatten()
                .reduce(|best, other| if other.1 > best.1 { other } else { best })?;
            Some(Duplicate {
                earlier: earlier.clone(),
                score: best.1,
                why: best.0,
            })
        })
        .collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found
}

/// The notices that `draft` must not repeat: all but the one that it corrects, which it looks like on purpose.
pub(super) fn others<'a>(
    draft: &Draft,
    earlier: &'a [Earlier],
) -> impl Iterator<Item = &'a Earlier> {
    let corrected = draft.corrects.clone();
    earlier
        .iter()
        .filter(move |earlier| corrected.as_ref() != Some(&earlier.notice))
}

/// How much two texts are alike, from 0 to 1: Sørensen–Dice over pairs of letters, after case and accents are dropped and the
/// words are put in order. Chosen because offices move sentences about and change a word here and there: an edit distance would
/// call a moved sentence another text, a set of words would not see a changed ending.
pub fn similarity(one: &str, other: &str) -> f64 {
    strsim::sorensen_dice(&in_order(one), &in_order(other))
}

fn in_order(text: &str) -> String {
    let folded = fold(text);
    let prose = Prose::new(&folded);
    let mut words: Vec<&str> = prose.tokens.iter().map(|t| t.raw).collect();
    words.sort_unstable();
    words.join(" ")
}

/// E16: the same page within the term.
pub(super) fn same_link(
    draft: &Draft,
    earlier: &Earlier,
    settings: &EditorialSettings,
) -> Option<(Why, f64)> {
    let link = normalised_link(draft.link.as_str());
    (is_within(draft, earlier, settings.same_link_days) && link == normalised_link(&earlier.link))
        .then_some((Why::SameLink, 1.0))
}

/// E16: nearly the same words within the term.
pub(super) fn near_text(
    draft: &Draft,
    earlier: &Earlier,
    settings: &EditorialSettings,
) -> Option<(Why, f64)> {
    if !is_within(draft, earlier, settings.near_text_days) {
        return None;
    }
    let score = similarity(&draft.text, &earlier.text);
    (score >= threshold(settings)).then_some((Why::NearText, score))
}

/// E18: the same event, by its title or its words, on the same day.
pub(super) fn same_event(
    draft: &Draft,
    earlier: &Earlier,
    settings: &EditorialSettings,
) -> Option<(Why, f64)> {
    let day = event_date(draft)?;
    if earlier.event_date != Some(day) {
        return None;
    }
    let score =
        similarity(&draft.title, &earlier.title).max(similarity(&draft.text, &earlier.text));
    (score >= threshold(settings)).then_some((Why::SameEvent, score))
}

fn threshold(settings: &EditorialSettings) -> f64 {
    f64::from(settings.near_percent) / 100.0
}

/// Whether the two days are at most `most` days apart, whichever comes first: an earlier request may be for a later day.
fn is_within(draft: &Draft, earlier: &Earlier, most: u32) -> bool {
    days(earlier.sent_on, draft.wanted_at.date()).abs() <= i64::from(most)
}
