//! Hours in a text: "alle 9:30", "ore 18", and the ways in which they are not written.

use std::ops::Range;

use super::data::{has, lists};
use super::prose::Prose;

/// An hour in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hour {
    /// Where it is, in bytes: the digits and their signs.
    pub(super) at: Range<usize>,
    /// How it is to be written: `9:30`, `18`.
    pub(super) well: String,
    /// Whether it is written so, or as `9.30`.
    pub(super) is_well: bool,
    first: usize,
    last: usize,
}

/// The hours of `prose`, in order.
pub(super) fn hours(prose: &Prose<'_>) -> Vec<Hour> {
    let mut hours: Vec<Hour> = Vec::new();
    let mut index = 0;
    while index < prose.tokens.len() {
        let after_dash = hours
            .last()
            .is_some_and(|before| before.last + 1 == index && is_dash(prose.gap(before.last)));
        match hour(prose, index, after_dash) {
            Some(hour) => {
                index = hour.last + 1;
                hours.push(hour);
            }
            None => index += 1,
        }
    }
    hours
}

/// The hours that a dash joins, where words should: from which to which, and how it is to be written.
pub(super) fn dashed(prose: &Prose<'_>) -> Vec<(Range<usize>, String)> {
    let hours = hours(prose);
    let pairs = hours.windows(2).filter_map(|pair| match pair {
        [from, to] if from.last + 1 == to.first && is_dash(prose.gap(from.last)) => {
            let well = lists()
                .hour_range
                .replace("{dalle}", &from.well)
                .replace("{alle}", &to.well);
            Some((from.at.start..to.at.end, well))
        }
        _ => None,
    });
    pairs.collect()
}

fn hour(prose: &Prose<'_>, first: usize, after_dash: bool) -> Option<Hour> {
    let token = prose.tokens.get(first)?;
    if let Some((well, last)) = with_sign(prose, first) {
        return Some(found(prose, first, last, well, false));
    }
    let hour = token.number(2).filter(|hour| (0..=24).contains(hour))?;
    let announced = has(&lists().hour_words, prose.word_before(first))
        && is_space_or_stop(prose.gap_before(first));
    let minutes = prose
        .tokens
        .get(first + 1)
        .filter(|t| t.raw.len() == 2)
        .and_then(|t| t.number(2))
        .filter(|minutes| (0..=59).contains(minutes));
    // "12.12.2026" is a date, "1.10.000" a number, "10:30:00" a time with its seconds.
    let goes_on = ["/", "-", "."].contains(&prose.gap(first + 1))
        && prose
            .tokens
            .get(first + 2)
            .is_some_and(|t| t.number(4).is_some())
        && prose.gap(first) == prose.gap(first + 1);
    match (prose.gap(first), minutes) {
        (":" | ".", Some(minutes)) if !goes_on => Some(found(
            prose,
            first,
            first + 1,
            format!("{hour}:{minutes:02}"),
            true,
        )),
        (",", Some(minutes)) if announced => Some(found(
            prose,
            first,
            first + 1,
            format!("{hour}:{minutes:02}"),
            false,
        )),
        // "dalle 9 - 12 dicembre" is no range of hours.
        _ if announced || (after_dash && !is_month(prose, first + 1)) => {
            let sign_before = has(&lists().hour_signs, prose.word_before(first));
            Some(found(prose, first, first, hour.to_string(), !sign_before))
        }
        _ => None,
    }
}

/// `9h30`, `9h`, `h9`, and `9 h 30`'s kin that are one word.
fn with_sign(prose: &Prose<'_>, first: usize) -> Option<(String, usize)> {
    let word = prose.word(first);
    lists().hour_signs.iter().find_map(|sign| {
        let (before, after) = word.split_once(sign.as_str())?;
        let number = |text: &str, most: u8| text.parse::<u8>().ok().filter(|n| *n <= most);
        let well = match (number(before, 24), number(after, 59)) {
            (Some(hour), Some(minutes)) if after.len() == 2 => format!("{hour}:{minutes:02}"),
            (Some(hour), None) if after.is_empty() => hour.to_string(),
            (None, Some(hour)) if before.is_empty() && hour <= 24 => hour.to_string(),
            _ => return None,
        };
        Some((well, first))
    })
}

fn found(prose: &Prose<'_>, first: usize, last: usize, well: String, is_well: bool) -> Hour {
    let start = prose.tokens.get(first).map_or(0, |t| t.at.start);
    let end = prose.tokens.get(last).map_or(start, |t| t.at.end);
    Hour {
        at: start..end,
        well,
        is_well,
        first,
        last,
    }
}

fn is_dash(gap: &str) -> bool {
    ["-", "–", "—", "/"].contains(&gap.trim())
}

fn is_space_or_stop(gap: &str) -> bool {
    matches!(gap.trim(), "" | "." | ":")
}

fn is_month(prose: &Prose<'_>, index: usize) -> bool {
    has(&lists().months, prose.word(index))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, bool)> {
        hours(&Prose::new(text))
            .into_iter()
            .map(|hour| (hour.well, hour.is_well))
            .collect()
    }

    #[test]
    fn hours_are_found_well_written_or_not() {
        let well = |hour: &str| vec![(hour.to_owned(), true)];
        let badly = |hour: &str| vec![(hour.to_owned(), false)];
        assert_eq!(read("ore 9:30"), well("9:30"));
        assert_eq!(read("alle 9.30"), well("9:30"));
        assert_eq!(read("alle ore 18"), well("18"));
        assert_eq!(read("ore 9,30"), badly("9:30"));
        assert_eq!(read("h 18"), badly("18"));
        assert_eq!(read("h18"), badly("18"));
        assert_eq!(read("h. 18.30"), well("18:30"));
        assert_eq!(read("9h30"), badly("9:30"));
    }

    #[test]
    fn dates_numbers_and_prices_are_no_hours() {
        for text in [
            "12.12.2026",
            "1.10.000 abitanti",
            "9,30 euro",
            "il 12 dicembre",
            "che 3 hanno",
        ] {
            assert_eq!(read(text), [], "{text}");
        }
    }

    #[test]
    fn a_dash_between_hours_becomes_words() {
        let well = |text: &str| {
            let all = dashed(&Prose::new(text));
            all.into_iter().map(|(_, well)| well).collect::<Vec<_>>()
        };
        assert_eq!(well("ore 9:30-12:30"), ["dalle 9:30 alle 12:30"]);
        assert_eq!(well("ore 9 – 12"), ["dalle 9 alle 12"]);
        assert_eq!(well("dalle 9:30 alle 12:30"), Vec::<String>::new());
        assert_eq!(well("alle 9 - 12 dicembre"), Vec::<String>::new());
    }
}
