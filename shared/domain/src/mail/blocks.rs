//! Requests as blocks of labelled values: where one ends and the next begins, and what is labelled with what.

use std::collections::BTreeMap;

use super::words::{Label, is_one, italian};
use crate::keyword::fold;

/// One request as it stands in a mail: nothing is checked yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Block {
    /// What is labelled: of `Text` all lines, of the others the one line they take.
    pub(super) values: BTreeMap<Label, Vec<String>>,
    /// What stands beside the number: "1) Mercatino di Natale".
    pub(super) heading: Option<String>,
    /// All other lines.
    pub(super) loose: Vec<String>,
}

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Blank,
    /// "***", "-----".
    Rule,
    /// "--": what follows is a signature.
    Signature,
    /// "Richiesta 1", "Avviso n. 2: mercatino".
    Numbered(Option<String>),
    /// "1)", "2. Mercatino": perhaps an item of a list in the draft.
    Item(String, String),
    Labelled(Label, String),
    Words(String),
}

impl Block {
    /// The lines under `label`, joined to one.
    pub(super) fn value(&self, label: Label) -> Option<String> {
        let lines = self.values.get(&label)?;
        let words: Vec<&str> = lines.iter().flat_map(|l| l.split_whitespace()).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    fn has(&self, label: Label) -> bool {
        self.values.contains_key(&label)
    }

    fn has_day_or_text(&self) -> bool {
        self.has(Label::WantedAt) || self.has(Label::Text)
    }

    fn has_link(&self) -> bool {
        self.has(Label::Link) || self.loose.iter().any(|line| line.contains("://"))
    }

    fn is_empty(&self) -> bool {
        self.values.is_empty() && self.heading.is_none() && self.loose.is_empty()
    }
}

/// The requests in `lines`.
pub(super) fn blocks(lines: &[String]) -> Vec<Block> {
    let read = without_signature(in_lines(lines));
    let mut blocks: Vec<Block> = Vec::new();
    for segment in segments(&read) {
        blocks.extend(records(segment));
    }
    let is_request = |block: &Block| block.has_day_or_text() || block.has_link();
    // What is said before the first request ("Ufficio: Cultura") is said of all.
    let several = blocks.iter().filter(|b| b.has_day_or_text()).count() > 1;
    let common = match blocks.first() {
        Some(first) if several && !first.has_day_or_text() => blocks.remove(0).values,
        _ => BTreeMap::new(),
    };
    blocks.retain(is_request);
    for block in &mut blocks {
        for (label, value) in &common {
            block.values.entry(*label).or_insert_with(|| value.clone());
        }
    }
    blocks
}

fn in_lines(lines: &[String]) -> Vec<Line> {
    let mut read = Vec::new();
    let mut columns: Option<Vec<Label>> = None;
    for line in lines {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        if cells.len() > 1 && cells.iter().any(|cell| !cell.is_empty()) {
            let labels: Option<Vec<Label>> =
                cells.iter().map(|cell| italian().label(cell)).collect();
            match (labels, &columns) {
                (Some(labels), _) => columns = Some(labels),
                // A row of a table with a head: each is a request of its own.
                (None, Some(columns)) if columns.len() == cells.len() => {
                    read.push(Line::Numbered(None));
                    let row = columns.iter().zip(&cells);
                    read.extend(
                        row.map(|(label, cell)| Line::Labelled(*label, (*cell).to_owned())),
                    );
                }
                _ => read.push(one(line.trim_start_matches('\t'))),
            }
        } else {
            if !line.trim().is_empty() {
                columns = None;
            }
            read.push(one(line));
        }
    }
    read
}

fn one(line: &str) -> Line {
    let text = line.trim();
    if text.is_empty() {
        return Line::Blank;
    }
    if text == "--" {
        return Line::Signature;
    }
    let signs: Vec<char> = text.chars().filter(|c| *c != ' ').collect();
    if signs.len() >= 3 && "*-_=~#".contains(signs[0]) && signs.iter().all(|c| *c == signs[0]) {
        return Line::Rule;
    }
    if let Some(numbered) = numbered(text) {
        return numbered;
    }
    let (mark, bare) = without_mark(text);
    if let Some((label, value)) = labelled(bare) {
        return Line::Labelled(label, value);
    }
    match mark {
        Some(number) => Line::Item(number, unstarred(bare)),
        None => Line::Words(text.to_owned()),
    }
}

/// "Richiesta n. 2", "Avviso 1: mercatino", "Secondo messaggio -".
fn numbered(text: &str) -> Option<Line> {
    let words = italian();
    let text = text.trim_matches(['*', '_', '#', ' ']);
    let mut rest = text;
    let first = word(&mut rest)?;
    let is_counted = if is_one(&first, &words.ordinals) {
        is_one(&word(&mut rest)?, &words.numbered)
    } else if is_one(&first, &words.numbered) {
        let mut next = word(&mut rest)?;
        // "Avviso WhatsApp n. 2"
        for _ in 0..2 {
            if is_one(&next, &words.numbers) || next == "whatsapp" {
                next = word(&mut rest)?;
            }
        }
        next.len() <= 2 && next.bytes().all(|byte| byte.is_ascii_digit())
    } else {
        false
    };
    // "Avviso 2 giorni prima" goes on without a sign: it is no number.
    let ends = rest.is_empty() || rest.starts_with([':', ')', '.', '-', '–', ',', '/', '(']);
    let heading = rest.trim_matches([':', ')', '.', '-', '–', ',', '(', '/', ' ', '*', '_']);
    (is_counted && ends).then(|| Line::Numbered((!heading.is_empty()).then(|| heading.to_owned())))
}

/// The next run of letters or of digits in `rest`, folded, and what is left after it.
fn word(rest: &mut &str) -> Option<String> {
    let text = rest.trim_start_matches([' ', '.', '°', 'º', '*', '_']);
    let first = text.chars().next()?;
    let same: fn(char) -> bool = if first.is_ascii_digit() {
        |c| c.is_ascii_digit()
    } else if first.is_alphabetic() {
        char::is_alphabetic
    } else {
        return None;
    };
    let end = text.find(|c| !same(c)).unwrap_or(text.len());
    let (word, after) = text.split_at(end);
    *rest = after.trim_start_matches(['°', 'º', ' ']);
    Some(fold(word))
}

/// `text` without the mark of a list before it; and the number, if the mark is one.
fn without_mark(text: &str) -> (Option<String>, &str) {
    let bare = text.trim_start_matches(['•', '·', '▪', '►', '→', '✓', 'o', '\u{f0b7}']);
    // "o" is how some programs write a round mark; before a letter it is a word.
    if bare.len() < text.len() && (bare.starts_with([' ', '\t']) || !text.starts_with('o')) {
        return (None, bare.trim_start());
    }
    if let Some(bare) = text.strip_prefix("- ").or_else(|| text.strip_prefix("* ")) {
        return (None, bare.trim_start());
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let after = &text[digits..];
    let is_number = (1..=2).contains(&digits)
        && after.starts_with([')', '.', '°', 'º'])
        && after[after.chars().next().map_or(0, char::len_utf8)..].starts_with([' ', ')'])
        || ((1..=2).contains(&digits) && matches!(after, ")" | "." | "°" | "º" | ".)"));
    if is_number {
        let bare = after.trim_start_matches([')', '.', '°', 'º', ' ']);
        return (Some(text[..digits].to_owned()), bare);
    }
    (None, text)
}

/// `text` without the stars and underscores of what was bold.
fn unstarred(text: &str) -> String {
    text.trim_matches(['*', '_', ' ']).to_owned()
}

/// The label at the beginning of `text`, and what follows it.
fn labelled(text: &str) -> Option<(Label, String)> {
    let words = italian();
    if let Some((head, value)) = split_label(text) {
        let head = without_brackets(head);
        if let Some(label) = words.label(&head) {
            let value = value.trim_start_matches(['*', '_', ':', ' ', '\t']);
            return Some((label, value.trim_end_matches([' ', '\t']).to_owned()));
        }
    }
    // Without a sign only where the line is the label, or where what follows cannot be prose.
    let bare = text.trim_matches(['*', '_', ' ', '\t']);
    if let Some(label) = words.label(&without_brackets(bare)) {
        return Some((label, String::new()));
    }
    let ends = bare.match_indices(' ').map(|(at, _)| at);
    ends.take(12)
        .filter_map(|end| Some((words.label(&bare[..end])?, bare[end..].trim_start())))
        .filter(|(label, rest)| match label {
            Label::WantedAt | Label::UsefulUntil => {
                rest.starts_with(|c: char| c.is_ascii_digit())
                    || rest
                        .split([' ', ','])
                        .next()
                        .is_some_and(|word| is_one(&fold(word), &words.weekdays))
            }
            Label::Link => {
                rest.trim_start_matches('<').starts_with("http") || rest.starts_with("www.")
            }
            _ => false,
        })
        .last()
        .map(|(label, rest)| (label, rest.to_owned()))
}

/// Longest text before the sign that ends a label, in bytes.
const LONGEST_HEAD: usize = 100;

/// `text` at the first sign that may end a label.
fn split_label(text: &str) -> Option<(&str, &str)> {
    let signs = [":", "\t", " = ", " – ", " - "];
    let (at, sign) = signs
        .iter()
        .filter_map(|sign| Some((text.find(sign)?, *sign)))
        .min()?;
    (at <= LONGEST_HEAD).then(|| (&text[..at], &text[at + sign.len()..]))
}

fn without_brackets(text: &str) -> String {
    match (text.find('('), text.rfind(')')) {
        (Some(open), Some(close)) if open < close => {
            format!("{} {}", &text[..open], &text[close + 1..])
        }
        _ => text.to_owned(),
    }
}

/// `lines` up to where the writer takes leave after the last request.
fn without_signature(mut lines: Vec<Line>) -> Vec<Line> {
    let is_request = |line: &Line| {
        matches!(
            line,
            Line::Labelled(Label::WantedAt | Label::Text | Label::Link, _)
        )
    };
    let after = lines.iter().rposition(is_request).map_or(0, |at| at + 1);
    let leaves = |line: &Line| match line {
        Line::Signature => true,
        Line::Words(text) => italian().is_closing(text),
        _ => false,
    };
    if let Some(end) = lines.iter().skip(after).position(leaves) {
        lines.truncate(after + end);
    }
    // Between two requests somebody may take leave too.
    lines.retain(|line| !leaves(line));
    lines
}

/// `lines` at the numbers and rules that begin a request.
fn segments(lines: &[Line]) -> Vec<Vec<Line>> {
    let mut segments: Vec<Vec<Line>> = vec![Vec::new()];
    for (at, line) in lines.iter().enumerate() {
        let begins = match line {
            Line::Numbered(_) => true,
            Line::Item(..) | Line::Rule => follows_request(&lines[at + 1..]),
            _ => false,
        };
        if begins {
            segments.push(Vec::new());
        }
        if let Some(segment) = segments.last_mut() {
            segment.push(match line {
                Line::Item(_, heading) if begins => {
                    Line::Numbered((!heading.is_empty()).then(|| heading.clone()))
                }
                Line::Item(number, text) => Line::Words(format!("{number}) {text}")),
                line => line.clone(),
            });
        }
    }
    segments
}

/// Whether a day or a draft is labelled before the next number or rule.
fn follows_request(lines: &[Line]) -> bool {
    lines
        .iter()
        .take_while(|line| !matches!(line, Line::Numbered(_) | Line::Item(..) | Line::Rule))
        .any(|line| matches!(line, Line::Labelled(Label::WantedAt | Label::Text, _)))
}

/// The requests of a segment: a label that comes again begins the next.
fn records(lines: Vec<Line>) -> Vec<Block> {
    let mut records = vec![Block::default()];
    let mut open: Option<Label> = None;
    for line in lines {
        let Some(mut record) = records.pop() else {
            break;
        };
        match line {
            Line::Blank | Line::Rule | Line::Signature => {
                // A draft may have paragraphs; nothing else goes on after an empty line, unless it has not begun.
                if open.is_some_and(|label| label != Label::Text && record.value(label).is_some()) {
                    open = None;
                }
            }
            Line::Numbered(heading) => {
                record.heading = heading;
                open = None;
            }
            Line::Labelled(label, value) => {
                if record.has(label) {
                    records.push(record);
                    record = Block::default();
                }
                let lines = if value.is_empty() {
                    Vec::new()
                } else {
                    vec![value]
                };
                record.values.insert(label, lines);
                open = Some(label);
            }
            Line::Item(_, text) | Line::Words(text) => match open {
                Some(label) if takes(&record, label, &text) => {
                    record.values.entry(label).or_default().push(text);
                }
                _ => {
                    open = None;
                    record.loose.push(text);
                }
            },
        }
        records.push(record);
    }
    merged(records)
}

/// Whether the value of `label` goes on with the line `text`.
fn takes(record: &Block, label: Label, text: &str) -> bool {
    let lines = record.values.get(&label).map_or(&[][..], Vec::as_slice);
    match label {
        Label::Text | Label::Aside => true,
        // A long address is broken where a line is full.
        Label::Link => lines.last().is_none_or(|last| {
            last.len() >= 60 && !last.contains(' ') && !text.contains(' ') && !text.contains("://")
        }),
        _ => lines.is_empty(),
    }
}

/// A record that came of a repeated label and is no request belongs to the one before it, which knows better.
fn merged(records: Vec<Block>) -> Vec<Block> {
    let mut merged: Vec<Block> = Vec::new();
    for record in records.into_iter().filter(|record| !record.is_empty()) {
        match merged.last_mut() {
            Some(last) if !record.has_day_or_text() => {
                for (label, lines) in record.values {
                    if let Some(known) = last.values.get_mut(&label) {
                        if known.is_empty() {
                            *known = lines;
                        } else {
                            last.loose.extend(lines);
                        }
                    } else {
                        last.values.insert(label, lines);
                    }
                }
                last.loose.extend(record.loose);
            }
            _ => merged.push(record),
        }
    }
    merged
}

#[cfg(test)]
mod tests;
