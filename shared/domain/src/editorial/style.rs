//! E13, E15, E21 and E24: the words that are chosen.

use super::data::{has, lists};
use super::prose::{Phrase, Prose};
use super::shape::LONGEST_ACRONYM;
use super::{CheckId, Finding, Severity, Subject};
use crate::keyword;
use crate::tenant::Tenant;

use CheckId::{E13, E15, E21, E24};
use Severity::{Info, Warn};

/// E13: words of offices, each with what people say.
pub(super) fn jargon(prose: &Prose<'_>) -> Vec<Finding> {
    let hits = lists().plain.iter().filter_map(|(phrase, plain)| {
        let index = prose.places_of(phrase).next()?;
        Some((index, phrase, plain))
    });
    let mut hits: Vec<_> = hits.collect();
    hits.sort_by_key(|(index, phrase, _)| (*index, std::cmp::Reverse(phrase.words.len())));
    // "ai sensi del" is part of "ai sensi della": one word is told of once.
    let mut until = 0;
    let mut found = Vec::new();
    for (index, phrase, plain) in hits {
        if index >= until {
            let last = index + phrase.words.len().saturating_sub(1);
            let values = vec![("parole", prose.written(index, last).to_owned())];
            found.push(Finding::new(E13, Warn, "check.e13", values).suggesting(plain.clone()));
            until = last + 1;
        }
    }
    found
}

/// E15: acronyms that are not known and not told in full where they first come.
pub(super) fn acronyms(prose: &Prose<'_>, tenant: &Tenant) -> Vec<Finding> {
    let mut seen: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for (index, token) in prose.tokens.iter().enumerate() {
        let raw = token.raw;
        if seen.contains(&raw) || !is_acronym(prose, index, tenant) {
            continue;
        }
        seen.push(raw);
        // "Imposta sui rifiuti (TARI)" or "TARI (imposta sui rifiuti)".
        let told = prose.gap_before(index).ends_with('(')
            || prose.gap(index).trim_start().starts_with('(');
        if !told {
            found.push(Finding::new(
                E15,
                Info,
                "check.e15",
                vec![("sigla", raw.to_owned())],
            ));
        }
    }
    found
}

fn is_acronym(prose: &Prose<'_>, index: usize, tenant: &Tenant) -> bool {
    let is_short = |index: usize| {
        prose
            .tokens
            .get(index)
            .filter(|t| t.is_capitals() && (2..=LONGEST_ACRONYM).contains(&t.raw.chars().count()))
    };
    let Some(token) = is_short(index) else {
        return false;
    };
    let is_roman = token.raw.chars().all(|c| "IVXLC".contains(c));
    let is_known = has(&lists().acronyms, token.raw)
        || has(&tenant.editorial.acronyms, token.raw)
        || token.raw == tenant.province;
    // Among other words in capitals it is a word in capitals, which is for E07.
    let shouted = |index: Option<usize>, gap: &str| {
        let neighbour = index.and_then(|index| prose.tokens.get(index));
        gap.trim().is_empty()
            && neighbour.is_some_and(|t| t.is_capitals() && t.raw.chars().count() > 1)
    };
    !is_roman
        && !is_known
        && !shouted(index.checked_sub(1), prose.gap_before(index))
        && !shouted(Some(index + 1), prose.gap(index))
        && keyword::parse(token.raw, &tenant.keywords).is_none()
}

/// E21: words that sell or campaign, and names of the elected.
pub(super) fn tone(subject: &Subject<'_>, tenant: &Tenant) -> Vec<Finding> {
    let mut found = Vec::new();
    for text in [subject.title, subject.text] {
        let prose = Prose::new(text);
        for phrase in &lists().promotional {
            if let Some(index) = prose.places_of(phrase).next() {
                let last = index + phrase.words.len().saturating_sub(1);
                let values = vec![("parole", prose.written(index, last).to_owned())];
                found.push(Finding::new(E21, Warn, "check.e21.tone", values));
            }
        }
        if let Some(name) = elected(&prose, tenant) {
            let values = vec![("parole", name.to_owned())];
            found.push(Finding::new(E21, Warn, "check.e21.name", values));
        }
    }
    found
}

/// The first name of somebody elected: one that the settings know, or a capital after the office ("il sindaco M…").
pub(super) fn elected<'a>(prose: &Prose<'a>, tenant: &Tenant) -> Option<&'a str> {
    let known = tenant.editorial.elected.iter().find_map(|name| {
        let name = Phrase::new(name);
        let index = prose
            .places_of(&name)
            .next()
            .filter(|_| !name.words.is_empty())?;
        Some(prose.written(index, index + name.words.len() - 1))
    });
    let with_office = || {
        lists().elected_roles.iter().find_map(|office| {
            let named = |index: &usize| {
                let next = index + office.words.len();
                prose.gap(next - 1).trim().is_empty()
                    && prose
                        .tokens
                        .get(next)
                        .is_some_and(|t| t.raw.starts_with(char::is_uppercase))
            };
            let index = prose.places_of(office).find(named)?;
            Some(prose.written(index, index + office.words.len()))
        })
    };
    known.or_else(with_office)
}

/// E24: words that send the reader to a picture, which a screen reader does not read.
pub(super) fn picture(prose: &Prose<'_>) -> Option<Finding> {
    lists().image_only.iter().find_map(|phrase| {
        let index = prose.places_of(phrase).next()?;
        let written = prose.written(index, index + phrase.words.len().saturating_sub(1));
        Some(Finding::new(
            E24,
            Warn,
            "check.e24",
            vec![("parole", written.to_owned())],
        ))
    })
}
