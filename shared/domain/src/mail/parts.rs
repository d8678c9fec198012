//! A mail in its parts: what its writer wrote, and below it what was passed on. What was answered to is not read again.

use super::words::{is_one, italian};
use crate::email::EmailAddress;
use crate::keyword::fold;

/// A part of a mail that may hold requests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// Its lines, without the marks of quotation.
    pub(super) lines: Vec<String>,
    /// The subject of the mail that it is.
    pub(super) subject: String,
    /// Who wrote the mail that was passed on, as its header says; nobody for the mail itself.
    pub(super) passed_on_from: Option<String>,
}

/// How deep a mail passed on may lie in others.
const DEEPEST: usize = 5;
/// How many lines of headers are looked at below the line that begins them.
const HEADERS: usize = 8;
/// Most lines that are read.
const MOST_LINES: usize = 5_000;

/// The parts of the mail with this `subject` and `text`, the outermost first.
pub(super) fn parts(subject: &str, text: &str) -> Vec<Part> {
    let lines: Vec<String> = text.lines().take(MOST_LINES).map(tidy).collect();
    let mut parts = Vec::new();
    open(&lines, subject, None, &mut parts);
    parts
}

/// The subject without what mail programs put before it ("R: I: Fwd:").
pub(super) fn clean_subject(subject: &str) -> String {
    let mut rest = subject.trim();
    while let Some((prefix, after)) = prefix(rest) {
        let words = italian();
        if !is_one(&prefix, &words.reply_prefixes) && !is_one(&prefix, &words.forward_prefixes) {
            break;
        }
        rest = after.trim_start();
    }
    rest.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A word before a colon, folded, without the number that some programs give it ("Re[2]:"), and what follows.
fn prefix(subject: &str) -> Option<(String, &str)> {
    let (head, after) = subject.split_once(':')?;
    let head = head.split(['[', '(']).next().unwrap_or_default();
    (head.chars().count() <= 10).then(|| (fold(head), after))
}

/// Whether the subject is that of an answer: what is below it was read before.
fn is_answer(subject: &str) -> bool {
    prefix(subject.trim()).is_some_and(|(prefix, _)| is_one(&prefix, &italian().reply_prefixes))
}

/// A line with plain spaces and nothing invisible in it.
fn tidy(line: &str) -> String {
    let visible = line.chars().filter(|c| {
        !matches!(
            c,
            '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}'
        ) && (*c == '\t' || !c.is_control())
    });
    let plain: String = visible
        .map(|c| match c {
            '\t' => '\t',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect();
    plain.trim_end().to_owned()
}

/// What begins at a line and is not the writer's own.
enum Below {
    /// A mail passed on, whose headers begin so many lines further down.
    PassedOn(usize),
    /// A mail answered, or passed on: its subject tells.
    Either(usize),
    /// A mail answered.
    Answered,
}

fn open(lines: &[String], subject: &str, passed_on_from: Option<String>, parts: &mut Vec<Part>) {
    let below = (0..lines.len()).find_map(|at| Some((at, below(lines, at)?)));
    let own = below.as_ref().map_or(lines, |(at, _)| &lines[..*at]);
    parts.push(Part {
        lines: own
            .iter()
            .filter(|line| !line.trim_start().starts_with('>'))
            .cloned()
            .collect(),
        subject: clean_subject(subject),
        passed_on_from,
    });
    let inner = match below {
        Some((at, Below::PassedOn(skip))) => &lines[at + skip..],
        Some((at, Below::Either(skip))) if !is_answer(subject) => &lines[at + skip..],
        _ => return,
    };
    if parts.len() < DEEPEST {
        let inner = unquoted(inner);
        let (headers, after) = headers(&inner);
        let subject = headers.subject.unwrap_or_else(|| subject.to_owned());
        open(
            &inner[after..],
            &subject,
            headers.from.or(Some(String::new())),
            parts,
        );
    }
}

fn below(lines: &[String], at: usize) -> Option<Below> {
    let words = italian();
    let line = lines[at].trim_start_matches(['>', ' ']);
    let folded = fold(line);
    let dashed = line.starts_with("--") || line.starts_with("__");
    if is_one(&folded, &words.forwarded) && (dashed || line.trim_end().ends_with(':')) {
        return Some(Below::PassedOn(1));
    }
    // What is quoted was answered; only a mail passed on as a whole may be.
    if lines[at].starts_with('>') {
        return None;
    }
    if is_one(&folded, &words.original) && dashed {
        return Some(Below::Either(1));
    }
    let answers = |text: &str| {
        let folded = fold(text);
        text.trim_end().ends_with(':')
            && words
                .wrote
                .iter()
                .any(|wrote| folded.ends_with(wrote.as_str()))
    };
    // "Il giorno … ha scritto:", which programs break after some 70 characters.
    let next = lines.get(at + 1).map_or("", String::as_str);
    if answers(line) || (line.len() > 40 && answers(next) && line.contains(['@', '<'])) {
        return Some(Below::Answered);
    }
    (header(line)?.0 == Header::From && is_header_block(&lines[at..])).then_some(Below::Either(0))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Header {
    From,
    Subject,
    Other,
}

/// The header that `line` is ("*Da:* …", "Oggetto: …"), and its value.
fn header(line: &str) -> Option<(Header, &str)> {
    let words = italian();
    let (name, value) = line.split_once(':')?;
    if name.len() > 30 {
        return None;
    }
    let name = fold(name);
    let header = if is_one(&name, &words.header_from) {
        Header::From
    } else if is_one(&name, &words.header_subject) {
        Header::Subject
    } else if is_one(&name, &words.header_other) {
        Header::Other
    } else {
        return None;
    };
    Some((header, value.trim().trim_matches('*').trim()))
}

/// Whether a sender, a subject and another header stand together, as a mail program repeats them.
fn is_header_block(lines: &[String]) -> bool {
    let found: Vec<Header> = lines
        .iter()
        .take(HEADERS)
        .filter_map(|line| header(line).map(|(header, _)| header))
        .collect();
    [Header::From, Header::Subject, Header::Other]
        .iter()
        .all(|wanted| found.contains(wanted))
}

#[derive(Default)]
struct Headers {
    from: Option<String>,
    subject: Option<String>,
}

/// The headers at the beginning of `lines`, and where what they head begins.
fn headers(lines: &[String]) -> (Headers, usize) {
    let mut found = Headers::default();
    let mut after = 0;
    let first = lines.iter().position(|line| !line.trim().is_empty());
    // "Data:" alone may be the day of a request.
    if !first.is_some_and(|first| is_header_block(&lines[first..])) {
        return (found, 0);
    }
    for (at, line) in lines.iter().enumerate() {
        match header(line) {
            Some((Header::From, value)) => found.from = Some(address(value)),
            Some((Header::Subject, value)) => found.subject = Some(value.to_owned()),
            Some((Header::Other, _)) => {}
            // Headers are over at the first empty line after them; some programs put one before.
            None if line.trim().is_empty() && after == 0 => continue,
            // A long list of recipients goes on, indented or not, as long as it is addresses.
            None if after > 0 && line.contains('@') => {}
            None => break,
        }
        after = at + 1;
    }
    (found, after)
}

/// The address in the value of a header, or the whole value if there is none.
fn address(value: &str) -> String {
    let pieces = value.split(['<', '>', '[', ']', ' ', ';', '"']);
    let address = pieces
        .map(|piece| piece.trim_start_matches("mailto:"))
        .find_map(|piece| piece.parse::<EmailAddress>().ok());
    address.map_or_else(
        || value.chars().take(200).collect(),
        |address| address.to_string(),
    )
}

/// `lines` without the marks of quotation, where most have one.
fn unquoted(lines: &[String]) -> Vec<String> {
    let written = lines.iter().filter(|line| !line.trim().is_empty());
    let (all, quoted) = written.fold((0, 0), |(all, quoted), line| {
        (all + 1, quoted + usize::from(line.starts_with('>')))
    });
    if quoted * 2 <= all {
        return lines.to_vec();
    }
    let plain = lines.iter().map(|line| {
        let bare = line.strip_prefix('>').unwrap_or(line);
        bare.strip_prefix(' ').unwrap_or(bare).to_owned()
    });
    plain.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(subject: &str, text: &str) -> Vec<(String, String, Option<String>)> {
        let parts = parts(subject, text).into_iter();
        parts
            .map(|part| {
                let lines = part.lines.join("\n").trim().to_owned();
                (lines, part.subject, part.passed_on_from)
            })
            .collect()
    }

    #[test]
    fn what_was_answered_is_cut() {
        for answered in [
            "> Testo: quello di prima",
            "Il giorno mar 24 nov 2026 alle ore 10:12 Sportello <avvisi@rubano.it> ha scritto:\nTesto: quello di prima",
            "Il giorno martedì 24 novembre 2026 alle ore 10:12 Sportello <avvisi@rubano.it>\nha scritto:\nTesto: quello di prima",
            "-----Messaggio originale-----\nDa: Sportello\nOggetto: Avviso\nTesto: quello di prima",
            "Da: Sportello <avvisi@rubano.it>\nInviato: martedì 24 novembre 2026 10:12\nA: Cultura\nOggetto: Avviso\n\nTesto: quello di prima",
        ] {
            let read = read("R: Avviso", &format!("Testo: il nuovo\n\n{answered}"));
            assert_eq!(
                read,
                [("Testo: il nuovo".to_owned(), "Avviso".to_owned(), None)],
                "{answered}"
            );
        }
    }

    #[test]
    fn what_was_passed_on_is_a_part_of_its_own() {
        for passed_on in [
            "---------- Forwarded message ---------\nDa: Sport <sport@rubano.it>\nDate: mar 24 nov 2026\nSubject: Corsa\nTo: Cultura <cultura@rubano.it>\n\n\nTesto: la corsa",
            "-----Messaggio originale-----\nDa: Sport [mailto:sport@rubano.it]\nInviato: martedì\nA: Cultura\nOggetto: Corsa\n\nTesto: la corsa",
            "Inizio messaggio inoltrato:\n\n> Da: Sport <sport@rubano.it>\n> Oggetto: Corsa\n> Data: 24 novembre 2026\n>\n> Testo: la corsa",
            "*Da:* sport@rubano.it\n*Inviato:* martedì\n*Oggetto:* Corsa\n\nTesto: la corsa",
        ] {
            let read = read("I: Corsa", &format!("Vi giro questa.\n\n{passed_on}"));
            let from = Some("sport@rubano.it".to_owned());
            assert_eq!(
                read[1],
                ("Testo: la corsa".to_owned(), "Corsa".to_owned(), from),
                "{passed_on}"
            );
        }
    }

    #[test]
    fn a_subject_loses_what_programs_put_before_it() {
        for subject in [
            "R: I: Avviso: mercatino",
            "RE: Fwd: Avviso: mercatino",
            "Re[2]:  Avviso: mercatino",
            "Avviso: mercatino",
        ] {
            assert_eq!(clean_subject(subject), "Avviso: mercatino", "{subject}");
        }
    }

    proptest! {
        #[test]
        fn no_mail_makes_it_panic(
            subject in "\\PC{0,30}",
            lines in prop::collection::vec("(> |Da: |Oggetto: |Inviato: |Inizio messaggio inoltrato:|-----Messaggio originale-----|ha scritto:|\\PC{0,20}){0,4}", 0..20),
        ) {
            let _ = parts(&subject, &lines.join("\n"));
        }
    }
}
