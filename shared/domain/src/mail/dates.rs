//! Days and hours as offices write them: "12/12/2026 ore 9.30", "sabato 12 dicembre 2026 alle 9:30", "12 dicembre", "domani".

use jiff::civil::{Date, Time, Weekday};
use jiff::{Span, ToSpan};

use super::words::{Words, is_one, italian};
use crate::keyword::fold;

/// A day, perhaps with an hour, found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct When {
    /// The first day that is named.
    pub(super) date: Date,
    /// The hour, if one is.
    pub(super) time: Option<Time>,
    /// Whether the year was left out: it is the next one in which the day comes.
    pub(super) is_year_inferred: bool,
    /// The day of the week that was written and is another.
    pub(super) other_weekday: Option<Weekday>,
    /// The last day, of an event of several.
    pub(super) last: Option<Date>,
    /// Whether other days are named that are no span with the first.
    pub(super) has_others: bool,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// Digits: how many, and their value.
    Number(usize, i32),
    /// Letters, folded.
    Word(String),
    /// Anything else but space.
    Sign(char),
}

/// Longest text in which a day is looked for, in characters: what is longer is prose.
const LONGEST: usize = 2_000;

/// The day and hour that `text` names, read on `today`; `None` if it names none.
pub(super) fn when(text: &str, today: Date) -> Option<When> {
    let tokens = tokens(text);
    let mut reader = Reader {
        words: italian(),
        today,
        tokens: &tokens,
        at: 0,
        found: Vec::new(),
        time: None,
        weekday: None,
    };
    reader.read_all();
    reader.when()
}

/// The day as a person reads it: "sabato 12 dicembre 2026".
pub(super) fn written(date: Date) -> String {
    let words = italian();
    let place = |offset: i8| usize::try_from(offset).unwrap_or_default();
    let weekday = words
        .weekdays_written
        .get(place(date.weekday().to_monday_zero_offset()))
        .map_or("", String::as_str);
    let month = words
        .months
        .get(place(date.month() - 1))
        .map_or("", String::as_str);
    format!("{weekday} {} {month} {}", date.day(), date.year())
}

/// A day of the week as a person reads it.
pub(super) fn weekday_written(weekday: Weekday) -> &'static str {
    let place = usize::try_from(weekday.to_monday_zero_offset()).unwrap_or_default();
    italian()
        .weekdays_written
        .get(place)
        .map_or("", String::as_str)
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().take(LONGEST).peekable();
    while let Some(first) = rest.next() {
        let mut run = first.to_string();
        let is_digit = |c: &char| c.is_ascii_digit();
        let is_letter = |c: &char| c.is_alphabetic();
        if is_digit(&first) {
            while let Some(next) = rest.next_if(is_digit) {
                run.push(next);
            }
            // What has more digits than a year is no part of a date.
            let number = run.parse().unwrap_or(i32::MAX);
            tokens.push(Token::Number(run.len(), number));
        } else if is_letter(&first) {
            while let Some(next) = rest.next_if(is_letter) {
                run.push(next);
            }
            tokens.push(Token::Word(fold(&run)));
        } else if !first.is_whitespace() {
            tokens.push(Token::Sign(first));
        }
    }
    tokens
}

/// A day as it was found, and whether it is the end of a span.
#[derive(Debug, Clone, Copy)]
struct Found {
    date: Date,
    is_year_inferred: bool,
    ends_span: bool,
}

struct Reader<'a> {
    words: &'static Words,
    today: Date,
    tokens: &'a [Token],
    at: usize,
    found: Vec<Found>,
    time: Option<Time>,
    weekday: Option<Weekday>,
}

impl Reader<'_> {
    fn read_all(&mut self) {
        while self.at < self.tokens.len() {
            let taken = self
                .hour_with_its_word()
                .or_else(|| self.numeric_date())
                .or_else(|| self.date_in_words())
                .or_else(|| self.bare_hour())
                .or_else(|| self.relative_day());
            if taken.is_none() {
                self.note_weekday();
            }
            self.at += taken.unwrap_or(1);
        }
    }

    fn when(&self) -> Option<When> {
        let first = self.found.first()?;
        let later = self.found.get(1..).unwrap_or_default();
        let last = later
            .first()
            .filter(|found| found.ends_span && found.date > first.date)
            .map(|found| found.date);
        let other_weekday = self
            .weekday
            .filter(|weekday| *weekday != first.date.weekday());
        Some(When {
            date: first.date,
            time: self.time,
            is_year_inferred: first.is_year_inferred,
            other_weekday,
            last,
            has_others: later
                .iter()
                .any(|found| Some(found.date) != last && found.date != first.date),
        })
    }

    fn token(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead)
    }

    fn word(&self, ahead: usize) -> Option<&str> {
        match self.token(ahead) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn number(&self, ahead: usize, most_digits: usize) -> Option<i32> {
        match self.token(ahead) {
            Some(Token::Number(digits, number)) if *digits <= most_digits => Some(*number),
            _ => None,
        }
    }

    fn sign(&self, ahead: usize, of: &[char]) -> Option<char> {
        match self.token(ahead) {
            Some(Token::Sign(sign)) if of.contains(sign) => Some(*sign),
            _ => None,
        }
    }

    /// "ore 9", "alle 9.30", "h. 9:30", "alle ore 9,30"; how many tokens it took.
    fn hour_with_its_word(&mut self) -> Option<usize> {
        let is_hour_word = |word: &str| is_one(word, &self.words.hours);
        if !self.word(0).is_some_and(is_hour_word) {
            return (self.word(0) == Some(&self.words.noon)).then(|| {
                self.set_time(12, 0);
                1
            });
        }
        let mut ahead = 1;
        while self.word(ahead).is_some_and(is_hour_word) || self.sign(ahead, &['.', ':']).is_some()
        {
            ahead += 1;
        }
        if self.word(ahead) == Some(&self.words.noon) {
            self.set_time(12, 0);
            return Some(ahead + 1);
        }
        let hour = self.number(ahead, 2)?;
        ahead += 1;
        let has_minutes = self.sign(ahead, &[':', '.', ',']).is_some()
            && matches!(self.token(ahead + 1), Some(Token::Number(2, _)));
        let minute = if has_minutes {
            self.number(ahead + 1, 2)?
        } else {
            0
        };
        self.set_time(hour, minute);
        Some(if has_minutes { ahead + 2 } else { ahead })
    }

    /// "9:30" anywhere; "9.30" once a day was found.
    fn bare_hour(&mut self) -> Option<usize> {
        let hour = self.number(0, 2)?;
        let sign = self.sign(1, &[':', '.'])?;
        let minute = match self.token(2)? {
            Token::Number(2, minute) => *minute,
            _ => return None,
        };
        if sign == '.' && self.found.is_empty() {
            return None;
        }
        self.set_time(hour, minute);
        Some(3)
    }

    /// The first hour counts: "dalle 9:30 alle 18".
    fn set_time(&mut self, hour: i32, minute: i32) {
        let time = i8::try_from(hour)
            .ok()
            .zip(i8::try_from(minute).ok())
            .and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok());
        if self.time.is_none() {
            self.time = time;
        }
    }

    /// "12/12/2026", "12.12.26", "12-12", "2026-12-12".
    fn numeric_date(&mut self) -> Option<usize> {
        const SIGNS: [char; 3] = ['/', '.', '-'];
        let sign = self.sign(1, &SIGNS)?;
        if let (Some(Token::Number(4, year)), Some(month), true, Some(day)) = (
            self.token(0),
            self.number(2, 2),
            self.sign(3, &[sign]).is_some(),
            self.number(4, 2),
        ) {
            let date = date(*year, month, day)?;
            self.push(date, false);
            // "T09:30"
            let is_iso_hour = self.word(5) == Some("t");
            return Some(if is_iso_hour { 6 } else { 5 });
        }
        let (day, month) = (self.number(0, 2)?, self.number(2, 2)?);
        let year = match (self.sign(3, &[sign]), self.token(4)) {
            (Some(_), Some(Token::Number(4, year))) => Some(*year),
            (Some(_), Some(Token::Number(2, year))) => Some(2000 + *year),
            _ => None,
        };
        if let Some(year) = year {
            let date = date(year, month, day)?;
            self.push(date, false);
            return Some(5);
        }
        // "9.30" after a day is an hour, and "9:30" always is.
        if sign != '/' && !self.found.is_empty() {
            return None;
        }
        let date = self.next(month, day)?;
        self.push(date, true);
        Some(3)
    }

    /// "12 dicembre 2026", "1° dicembre", "primo dicembre", "dal 12 al 14 dicembre".
    fn date_in_words(&mut self) -> Option<usize> {
        let (first, mut ahead) = self.day(0)?;
        let mut days = vec![(first, false)];
        while self.month(ahead).is_none() {
            let spans = self.sign(ahead, &['-', '–', '/']).is_some()
                || self
                    .word(ahead)
                    .is_some_and(|word| is_one(word, &self.words.range_to));
            let joins =
                spans || self.sign(ahead, &[',']).is_some() || self.word(ahead) == Some("e");
            if !joins || days.len() > 9 {
                return None;
            }
            ahead += 1;
            // "a domenica 14"
            if self
                .word(ahead)
                .is_some_and(|word| is_one(word, &self.words.weekdays))
            {
                ahead += 1;
            }
            let (day, after) = self.day(ahead)?;
            days.push((day, spans));
            ahead = after;
        }
        let month = self.month(ahead)?;
        ahead += 1;
        let year = match self.token(ahead) {
            Some(Token::Number(4, year)) => Some(*year),
            _ => None,
        };
        if year.is_some() {
            ahead += 1;
        }
        for (day, spans) in days {
            let found = match year {
                Some(year) => date(year, month, day)?,
                None => self.next(month, day)?,
            };
            let ends_span = spans || self.follows_range();
            self.found.push(Found {
                date: found,
                is_year_inferred: year.is_none(),
                ends_span,
            });
        }
        Some(ahead)
    }

    /// A day of the month at `ahead`, and where it ends.
    fn day(&self, ahead: usize) -> Option<(i32, usize)> {
        if self.word(ahead) == Some(&self.words.first_day) {
            return Some((1, ahead + 1));
        }
        let day = self.number(ahead, 2)?;
        let ordinal = self.sign(ahead + 1, &['°', 'º', '^']).is_some()
            || (day == 1 && self.word(ahead + 1) == Some("o"));
        Some((day, ahead + if ordinal { 2 } else { 1 }))
    }

    fn month(&self, ahead: usize) -> Option<i32> {
        let word = self.word(ahead)?;
        let place = |names: &[String]| names.iter().position(|name| name == word);
        let place = place(&self.words.months).or_else(|| place(&self.words.months_short))?;
        i32::try_from(place + 1).ok()
    }

    /// "oggi", "domani", "dopodomani".
    fn relative_day(&mut self) -> Option<usize> {
        let word = self.word(0)?;
        let place = self.words.days.iter().position(|day| day == word)?;
        let days: Span = i64::try_from(place).ok()?.days();
        let date = self.today.checked_add(days).ok()?;
        self.push(date, false);
        Some(1)
    }

    /// The first day of the week that is named before any date: the date's own.
    fn note_weekday(&mut self) {
        let Some(word) = self.word(0) else { return };
        let place = self.words.weekdays.iter().position(|day| day == word);
        if self.found.is_empty() && self.weekday.is_none() {
            self.weekday = place
                .and_then(|place| i8::try_from(place).ok())
                .and_then(|offset| Weekday::from_monday_zero_offset(offset).ok());
        }
    }

    fn push(&mut self, date: Date, is_year_inferred: bool) {
        let ends_span = self.follows_range();
        self.found.push(Found {
            date,
            is_year_inferred,
            ends_span,
        });
    }

    /// Whether "al" or a dash stands before the present token, and a day before that.
    fn follows_range(&self) -> bool {
        let Some(before) = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)) else {
            return false;
        };
        !self.found.is_empty()
            && match before {
                Token::Word(word) => {
                    is_one(word, &self.words.range_to) || is_one(word, &self.words.weekdays)
                }
                Token::Sign(sign) => matches!(sign, '-' | '–'),
                Token::Number(..) => false,
            }
    }

    /// The next day of this name, from today on.
    fn next(&self, month: i32, day: i32) -> Option<Date> {
        let year = i32::from(self.today.year());
        // The 29th of February may be eight years away.
        (year..=year + 8)
            .filter_map(|year| date(year, month, day))
            .find(|date| *date >= self.today)
    }
}

fn date(year: i32, month: i32, day: i32) -> Option<Date> {
    Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()
}

#[cfg(test)]
mod tests;
