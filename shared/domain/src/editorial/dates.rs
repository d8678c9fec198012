//! Dates as Italians write them: "sabato 12 dicembre", "12 e 13 dicembre 2026", "1° gennaio", "12/12/2026", "sab 12/12".

use std::ops::Range;

use jiff::civil::{self, Weekday};

use super::data::{has, lists};
use super::prose::{Prose, fold};
use crate::notice::Draft;

/// A date in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    /// Where its day (or its weekday, if it is named) begins and the whole ends, in bytes.
    pub(super) at: Range<usize>,
    /// The weekday that is named with it.
    pub(super) weekday: Option<Weekday>,
    /// Whether the year is written.
    pub(super) has_year: bool,
    /// The date; without a year, the one nearest to the day of sending. `None` if there is no such day.
    pub(super) date: Option<civil::Date>,
}

/// A date as numbers, and the first and last word of it.
struct Found {
    first: usize,
    last: usize,
    day: i16,
    month: i16,
    year: Option<i16>,
}

/// The dates of `prose`, in order, for a notice of the day `around`.
pub(super) fn mentions(prose: &Prose<'_>, around: civil::Date) -> Vec<Mention> {
    let mut all = Vec::new();
    let mut index = 0;
    while index < prose.tokens.len() {
        let found = in_digits(prose, index)
            .map(|one| vec![one])
            .or_else(|| in_letters(prose, index))
            .unwrap_or_default();
        index = found.last().map_or(index, |f| f.last) + 1;
        all.extend(found.into_iter().map(|f| mention(prose, &f, around)));
    }
    all
}

/// The day of the event that `draft` tells of: the first date from the day of sending on, else the day until which it is of use.
pub fn event_date(draft: &Draft) -> Option<civil::Date> {
    let sending = draft.wanted_at.date();
    let first_of = |text: &str| {
        mentions(&Prose::new(text), sending)
            .into_iter()
            .filter_map(|m| m.date)
            .find(|date| *date >= sending)
    };
    first_of(&draft.text)
        .or_else(|| first_of(&draft.title))
        .or_else(|| draft.useful_until.map(jiff::civil::DateTime::date))
}

/// The date as an office writes it: "sabato 12 dicembre 2026".
pub(super) fn in_words(date: civil::Date) -> String {
    let weekday = weekday_name(date.weekday());
    let month = usize::try_from(date.month() - 1)
        .ok()
        .and_then(|month| lists().months.get(month))
        .map_or("", String::as_str);
    format!("{weekday} {} {month} {}", date.day(), date.year())
}

/// The name of a day of the week.
pub(super) fn weekday_name(day: Weekday) -> &'static str {
    usize::try_from(day.to_monday_zero_offset())
        .ok()
        .and_then(|day| lists().weekdays.get(day)?.first())
        .map_or("", String::as_str)
}

/// The day of the week that `word` (folded) names.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    let names = |names: &Vec<String>| names.iter().any(|name| fold(name) == word);
    let day = lists().weekdays.iter().position(names)?;
    Weekday::from_monday_zero_offset(i8::try_from(day).ok()?).ok()
}

/// Whole days from `from` to `to`.
pub(super) fn days(from: civil::Date, to: civil::Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}

fn month(word: &str) -> Option<i16> {
    let month = lists().months.iter().position(|name| name == word)?;
    i16::try_from(month + 1).ok()
}

fn day(prose: &Prose<'_>, index: usize) -> Option<i16> {
    let token = prose.tokens.get(index)?;
    if has(&lists().first_day, &token.folded) {
        return Some(1);
    }
    token.number(2).filter(|day| (1..=31).contains(day))
}

/// `12/12/2026`, `12.12.26`, `2026-12-12`, and `12/12` after a word that only a day follows.
fn in_digits(prose: &Prose<'_>, first: usize) -> Option<Found> {
    let number = |index: usize, digits| prose.tokens.get(index)?.number(digits);
    let sign = Some(prose.gap(first)).filter(|gap| ["/", "-", "."].contains(gap))?;
    let month = number(first + 1, 2).filter(|month| (1..=12).contains(month))?;
    let third = (prose.gap(first + 1) == sign)
        .then(|| number(first + 2, 4))
        .flatten();
    let digits = |index: usize| prose.tokens.get(index).map_or(0, |t| t.raw.len());
    let found = |day, year, last| Found {
        first,
        last,
        day,
        month,
        year,
    };
    if let Some(year) = number(first, 4).filter(|year| (1900..=2199).contains(year)) {
        let day = third.filter(|day| sign == "-" && (1..=31).contains(day))?;
        return Some(found(day, Some(year), first + 2));
    }
    let day = day(prose, first)?;
    match (third, digits(first + 2)) {
        (Some(year), 4) => Some(found(day, Some(year), first + 2)),
        (Some(year), 2) => Some(found(day, Some(2000 + year), first + 2)),
        (None, _) if sign == "/" && prose.gap(first + 1) != "/" && is_anchored(prose, first) => {
            Some(found(day, None, first + 1))
        }
        _ => None,
    }
}

/// `12 dicembre`, `12 e 13 dicembre 2026`, `da sabato 12 a domenica 13 dicembre`.
fn in_letters(prose: &Prose<'_>, first: usize) -> Option<Vec<Found>> {
    if has(&lists().hour_words, prose.word_before(first)) {
        return None;
    }
    let mut days = vec![(first, day(prose, first)?)];
    let mut index = first;
    // Nobody lists more days than a month has.
    let (month, at_month) = loop {
        if let Some(month) = month(prose.word(index + 1)).filter(|_| is_plain(prose.gap(index))) {
            break (month, index + 1);
        }
        index = next_of_list(prose, first, index)?;
        days.push((index, day(prose, index)?));
        if days.len() > 31 {
            return None;
        }
    };
    let (year, last) = year_after(prose, at_month);
    let count = days.len();
    let found = days.into_iter().enumerate().map(|(n, (at, day))| Found {
        first: at,
        last: if n + 1 == count { last } else { at },
        day,
        month,
        year,
    });
    Some(found.collect())
}

/// The next number of a list of days that goes on after the word `index`: a connecting word, and perhaps a weekday, between.
fn next_of_list(prose: &Prose<'_>, first: usize, index: usize) -> Option<usize> {
    let anchored = is_anchored(prose, first);
    let mut next = index + 1;
    let mut connected = false;
    // At most: a comma, "e", "il", a weekday.
    for _ in 0..3 {
        let gap = prose.gap(next - 1);
        // "via Roma 5, sabato 12 dicembre": what a comma or a dash follows is a day only if it must be one.
        let fits = is_plain(gap) || (anchored && [",", "-", "–"].contains(&gap.trim()));
        if !fits {
            return None;
        }
        connected |= !is_plain(gap);
        let word = prose.word(next);
        if day(prose, next).is_some() {
            return connected.then_some(next);
        }
        if has(&lists().day_ranges, word) {
            connected = true;
        } else if weekday(word).is_none() {
            return None;
        }
        next += 1;
    }
    (connected && is_plain(prose.gap(next - 1)) && day(prose, next).is_some()).then_some(next)
}

/// The year after the word of the month, and the last word of the date.
fn year_after(prose: &Prose<'_>, month: usize) -> (Option<i16>, usize) {
    let year = |index: usize| {
        let token = prose.tokens.get(index).filter(|t| t.raw.len() == 4)?;
        token.number(4).filter(|year| (1900..=2199).contains(year))
    };
    if !is_plain(prose.gap(month)) {
        return (None, month);
    }
    let skipped = usize::from(has(&lists().before_year, prose.word(month + 1)));
    let at = month + 1 + skipped;
    match year(at) {
        Some(year) => (Some(year), at),
        None => (None, month),
    }
}

/// Whether the word before says that the number is a day.
fn is_anchored(prose: &Prose<'_>, index: usize) -> bool {
    let before = prose.word_before(index);
    weekday(before).is_some() || has(&lists().day_anchors, before)
}

/// Whether nothing but spaces (and the sign of an ordinal) is between two words.
fn is_plain(gap: &str) -> bool {
    gap.chars().all(|c| c.is_whitespace() || c == '°')
}

fn mention(prose: &Prose<'_>, found: &Found, around: civil::Date) -> Mention {
    let before = prose.gap_before(found.first).trim();
    let named = weekday(prose.word_before(found.first))
        .filter(|_| before.is_empty() || before == "," || before == ".");
    let first = found.first - usize::from(named.is_some());
    let start = prose.tokens.get(first).map_or(0, |t| t.at.start);
    let end = prose.tokens.get(found.last).map_or(0, |t| t.at.end);
    Mention {
        at: start..end,
        weekday: named,
        has_year: found.year.is_some(),
        date: match found.year {
            Some(year) => date(year, found.month, found.day),
            None => nearest(found.month, found.day, around),
        },
    }
}

fn date(year: i16, month: i16, day: i16) -> Option<civil::Date> {
    civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// The date with that day and month which is nearest to `around`.
fn nearest(month: i16, day: i16, around: civil::Date) -> Option<civil::Date> {
    let year = around.year();
    [year - 1, year, year + 1]
        .into_iter()
        .filter_map(|year| date(year, month, day))
        .min_by_key(|date| days(around, *date).abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, bool)> {
        mentions(&Prose::new(text), civil::date(2026, 12, 10))
            .into_iter()
            .map(|m| {
                let date = m.date.map_or("-".to_owned(), |d| d.to_string());
                (date, m.has_year)
            })
            .collect()
    }

    fn dates(text: &str) -> Vec<String> {
        read(text).into_iter().map(|(date, _)| date).collect()
    }

    #[test]
    fn dates_are_read_as_italians_write_them() {
        for text in [
            "sabato 12 dicembre",
            "Sabato 12 Dicembre 2026",
            "sabato, 12 dicembre",
            "12/12/2026",
            "12.12.26",
            "12-12-2026",
            "2026-12-12",
            "sab. 12/12",
            "entro il 12/12",
            "alle ore 18 del 12 dicembre",
            "in via Roma 5, sabato 12 dicembre",
            "dalle 9 alle 18, 12 dicembre 2026",
            "in piazza 3 - sabato 12 dicembre",
        ] {
            assert_eq!(dates(text), ["2026-12-12"], "{text}");
        }
        assert_eq!(
            dates("1° gennaio e primo febbraio"),
            ["2027-01-01", "2027-02-01"]
        );
    }

    #[test]
    fn days_of_one_month_are_read_together() {
        let both = ["2026-12-12", "2026-12-13"];
        for text in [
            "12 e 13 dicembre",
            "sabato 12 e domenica 13 dicembre 2026",
            "da sabato 12 a domenica 13 dicembre",
            "dal 12 al 13 dicembre",
            "il 12, 13 dicembre",
            "dal 12-13 dicembre",
        ] {
            assert_eq!(dates(text), both, "{text}");
        }
        assert_eq!(
            read("dal 28 dicembre al 6 gennaio 2027"),
            [
                ("2026-12-28".to_owned(), false),
                ("2027-01-06".to_owned(), true)
            ]
        );
    }

    #[test]
    fn what_is_no_date_is_left_alone() {
        for text in [
            "dalle 9.30 alle 12.30",
            "interno 3/4",
            "3 dicembrate",
            "euro 12",
            "ore 12, dicembre ricco",
            "il 45 dicembre",
        ] {
            assert_eq!(dates(text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(dates("31 novembre"), ["-"]);
    }

    #[test]
    fn a_date_without_a_year_is_the_nearest() {
        assert_eq!(dates("10 gennaio"), ["2027-01-10"]);
        assert_eq!(dates("10 novembre"), ["2026-11-10"]);
    }

    #[test]
    fn a_date_is_written_in_words() {
        assert_eq!(
            in_words(civil::date(2026, 12, 12)),
            "sabato 12 dicembre 2026"
        );
    }
}
