//! E09–E11: days, hours and places.

use jiff::civil::{self, Weekday};

use super::data::lists;
use super::dates::{Mention, days, in_words, mentions, weekday, weekday_name};
use super::hours::{dashed, hours as hours_of};
use super::prose::{Phrase, Prose};
use super::{CheckId, EditorialSettings, Finding, Severity};
use crate::notice::{Draft, Kind};
use crate::tenant::Tenant;

use CheckId::{E09, E10, E11};
use Severity::{Block, Info, Warn};

/// E09: what the dates of a notice sent on `sending` tell who reads it on another day.
pub(super) fn dates(
    prose: &Prose<'_>,
    sending: civil::Date,
    settings: &EditorialSettings,
) -> Vec<Finding> {
    let mentions = mentions(prose, sending);
    let mut found: Vec<Finding> = mentions
        .iter()
        .filter_map(|mention| of_date(prose, mention, &mentions, sending, settings))
        .collect();
    found.extend(relative(prose, &mentions, sending));
    found
}

fn of_date(
    prose: &Prose<'_>,
    mention: &Mention,
    all: &[Mention],
    sending: civil::Date,
    settings: &EditorialSettings,
) -> Option<Finding> {
    let written = prose.text.get(mention.at.clone()).unwrap_or_default();
    let values = || vec![("data", written.to_owned())];
    let Some(date) = mention.date else {
        // No weekday agrees with a day that there is not.
        let severity = if mention.weekday.is_some() {
            Block
        } else {
            Warn
        };
        return Some(Finding::new(
            E09,
            severity,
            "check.e09.impossible",
            values(),
        ));
    };
    if mention.weekday.is_some_and(|day| day != date.weekday()) {
        let mut values = values();
        values.push(("giorno", weekday_name(date.weekday()).to_owned()));
        return Some(
            Finding::new(E09, Block, "check.e09.weekday", values).suggesting(in_words(date)),
        );
    }
    let sentence = prose.sentence_around(mention.at.start);
    let year_follows = all.iter().any(|other| {
        other.has_year && sentence.contains(&other.at.start) && other.at.start >= mention.at.start
    });
    // "dal 1 al 20 dicembre": what has begun is not over.
    let goes_on = all.iter().any(|other| {
        sentence.contains(&other.at.start) && other.date.is_some_and(|day| day >= sending)
    });
    if date < sending && !goes_on {
        return Some(Finding::new(E09, Warn, "check.e09.past", values()));
    }
    let far = days(sending, date).abs() > i64::from(settings.year_after_days);
    (far && !year_follows)
        .then(|| Finding::new(E09, Warn, "check.e09.year", values()).suggesting(in_words(date)))
}

/// Words that mean another day for who reads them tomorrow.
fn relative(prose: &Prose<'_>, mentions: &[Mention], sending: civil::Date) -> Vec<Finding> {
    let mut found: Vec<(usize, Finding)> = Vec::new();
    for (phrase, shift) in &lists().relative_days {
        let means = sending
            .checked_add(jiff::Span::new().days(*shift))
            .unwrap_or(sending);
        for index in prose.places_of(phrase) {
            found.extend(of_relative(prose, phrase, index, mentions, Some(means)));
        }
    }
    let steps = lists().next.iter().map(|phrase| (phrase, 1));
    for (phrase, direction) in steps.chain(lists().last.iter().map(|phrase| (phrase, -1))) {
        for index in prose.places_of(phrase) {
            let day = weekday(prose.word(index + 1)).or_else(|| weekday(prose.word_before(index)));
            let means = day.and_then(|day| nth(sending, direction, day));
            found.extend(of_relative(prose, phrase, index, mentions, means));
        }
    }
    found.sort_by_key(|(index, _)| *index);
    found.into_iter().map(|(_, finding)| finding).collect()
}

fn nth(sending: civil::Date, direction: i32, day: Weekday) -> Option<civil::Date> {
    sending.nth_weekday(direction, day).ok()
}

fn of_relative(
    prose: &Prose<'_>,
    phrase: &Phrase,
    index: usize,
    mentions: &[Mention],
    means: Option<civil::Date>,
) -> Option<(usize, Finding)> {
    let at = prose.tokens.get(index)?.at.start;
    let written = prose.written(index, index + phrase.words.len().saturating_sub(1));
    let sentence = prose.sentence_around(at);
    let with: Vec<civil::Date> = mentions
        .iter()
        .filter(|mention| sentence.contains(&mention.at.start))
        .filter_map(|mention| mention.date)
        .collect();
    let mut values = vec![("parola", written.to_owned())];
    match (with.as_slice(), means) {
        ([], means) => {
            let finding = Finding::new(E09, Warn, "check.e09.relative", values);
            Some((index, finding.suggesting(means.map(in_words))))
        }
        // "domani, sabato 12 dicembre", sent on another day than was meant. "prossimo" is vaguer than that.
        ([only], Some(means)) if *only != means && lists().relative_days.contains_key(phrase) => {
            values.push(("data", in_words(*only)));
            Some((
                index,
                Finding::new(E09, Warn, "check.e09.disagrees", values),
            ))
        }
        _ => None,
    }
}

/// E10: what an event or a deadline is of no use without.
pub(super) fn complete(prose: &Prose<'_>, draft: &Draft, tenant: &Tenant) -> Vec<Finding> {
    let here = |name: &String| prose.places_of(&Phrase::new(name)).next().is_some();
    let has_place = || prose.has_any(&lists().places) || tenant.editorial.places.iter().any(here);
    let missing = |key| Finding::new(E10, Warn, key, vec![]);
    let mut found = Vec::new();
    if !matches!(draft.kind, Kind::Evento | Kind::Scadenza) {
        return found;
    }
    if mentions(prose, draft.wanted_at.date()).is_empty() {
        found.push(missing("check.e10.no_date"));
    }
    if draft.kind == Kind::Evento {
        if hours_of(prose).is_empty() {
            found.push(missing("check.e10.no_time"));
        }
        if !has_place() {
            found.push(missing("check.e10.no_place"));
        }
    } else if !prose.has_any(&lists().ways) && !has_place() {
        found.push(missing("check.e10.no_way"));
    }
    found
}

/// E11: hours as they are written, and ranges in words.
pub(super) fn hours(prose: &Prose<'_>) -> Vec<Finding> {
    let finding = |key, written: &str, well: String| {
        Finding::new(E11, Info, key, vec![("ora", written.to_owned())]).suggesting(well)
    };
    let written = |at: std::ops::Range<usize>| prose.text.get(at).unwrap_or_default();
    let badly = hours_of(prose)
        .into_iter()
        .filter(|hour| !hour.is_well)
        .map(|hour| finding("check.e11.form", written(hour.at.clone()), hour.well));
    let ranges = dashed(prose)
        .into_iter()
        .map(|(at, well)| finding("check.e11.range", written(at), well));
    badly.chain(ranges).collect()
}
