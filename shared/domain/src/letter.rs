//! What is written by e-mail to offices and operators: plain text, to known addresses, never to citizens.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::email::EmailAddress;

/// Most recipients of one letter, copies included (SES, service quotas).
const MOST_RECIPIENTS: usize = 50;
/// Longest subject, in characters: beyond this no mail program shows it.
const LONGEST_SUBJECT: usize = 200;
/// Longest body, in bytes: it must fit into one item of the table (400 KB) with room for the rest.
const LONGEST_BODY: usize = 200 * 1024;
/// Longest `Message-ID` that is repeated: a line of a header has at most 998 characters (RFC 5322, 2.1.1).
const LONGEST_MESSAGE_ID: usize = 900;

/// A text that is not the id of a letter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the id of a letter")]
pub struct NotALetterId;

/// Which letter. Made of what it tells of (`<notice>#<version>#<what>#<n>`), so that the same move makes the same letter
/// however often it is tried.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LetterId(String);

impl LetterId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LetterId {
    type Err = NotALetterId;

    fn from_str(text: &str) -> Result<Self, NotALetterId> {
        let known = |c: char| c.is_ascii_alphanumeric() || "_-.#@".contains(c);
        if (1..=200).contains(&text.len()) && text.chars().all(known) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotALetterId)
        }
    }
}

impl TryFrom<String> for LetterId {
    type Error = NotALetterId;

    fn try_from(text: String) -> Result<Self, NotALetterId> {
        text.parse()
    }
}

impl From<LetterId> for String {
    fn from(id: LetterId) -> Self {
        id.0
    }
}

impl fmt::Display for LetterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why there is no such letter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// Nobody to write to.
    #[error("the letter has no recipient")]
    NoRecipient,
    /// More than SES takes in one mail.
    #[error("the letter has more than {MOST_RECIPIENTS} recipients")]
    TooManyRecipients,
    /// An empty subject, one that nobody would read to its end, or one that could begin another header.
    #[error("the subject is empty, too long or has control characters")]
    Subject,
    /// More than the table holds.
    #[error("the body is empty or too long")]
    Body,
}

/// One e-mail. Made by [`Letter::new`] alone, so that nothing in it can become a header of its own.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Letter {
    /// Which.
    pub id: LetterId,
    /// To whom.
    pub to: Vec<EmailAddress>,
    /// Who gets a copy, as everybody sees.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<EmailAddress>,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// The `Message-ID` of the mail that it answers, with its angle brackets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_reply_to: Option<String>,
}

impl Letter {
    /// A letter. Lines of the body end in `\n`; other control characters are left out.
    pub fn new(
        id: LetterId,
        to: Vec<EmailAddress>,
        subject: impl Into<String>,
        body: &str,
    ) -> Result<Self, LetterError> {
        let subject = subject.into();
        if to.is_empty() {
            return Err(LetterError::NoRecipient);
        }
        if to.len() > MOST_RECIPIENTS {
            return Err(LetterError::TooManyRecipients);
        }
        if subject.trim().is_empty()
            || subject.chars().count() > LONGEST_SUBJECT
            || subject.chars().any(ends_a_line)
        {
            return Err(LetterError::Subject);
        }
        let body: String = body
            .chars()
            .filter(|c| matches!(c, '\n' | '\t') || !c.is_control())
            .collect();
        if body.trim().is_empty() || body.len() > LONGEST_BODY {
            return Err(LetterError::Body);
        }
        Ok(Self {
            id,
            to,
            cc: Vec::new(),
            subject,
            body,
            in_reply_to: None,
        })
    }

    /// The same with copies. Who is written to already needs none.
    pub fn with_copies(
        mut self,
        cc: impl IntoIterator<Item = EmailAddress>,
    ) -> Result<Self, LetterError> {
        for address in cc {
            if !self.to.contains(&address) && !self.cc.contains(&address) {
                self.cc.push(address);
            }
        }
        if self.to.len() + self.cc.len() > MOST_RECIPIENTS {
            return Err(LetterError::TooManyRecipients);
        }
        Ok(self)
    }

    /// The same as an answer to the mail with this `Message-ID`. One that is none (mails come as they come) is not repeated:
    /// the letter then stands by itself.
    #[must_use]
    pub fn answering(mut self, message_id: &str) -> Self {
        self.in_reply_to = bracketed(message_id);
        self
    }
}

/// The discreet form: what it says and to whom belongs in no log.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter")
            .field("id", &self.id)
            .field("to", &self.to.len())
            .field("cc", &self.cc.len())
            .finish_non_exhaustive()
    }
}

/// Also the two separators of Unicode, which some programs take for the end of a line.
fn ends_a_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn bracketed(message_id: &str) -> Option<String> {
    let inner = message_id.trim();
    let inner = inner.strip_prefix('<').unwrap_or(inner);
    let inner = inner.strip_suffix('>').unwrap_or(inner);
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>');
    (!inner.is_empty() && inner.len() <= LONGEST_MESSAGE_ID && inner.chars().all(plain))
        .then(|| format!("<{inner}>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> EmailAddress {
        text.parse().unwrap()
    }

    fn letter(subject: &str, body: &str) -> Result<Letter, LetterError> {
        let id = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B#3#assigned#0"
            .parse()
            .unwrap();
        Letter::new(id, vec![address("sportello@esempio.it")], subject, body)
    }

    #[test]
    fn a_letter_reads_back_as_it_was_written() {
        let letter = letter("Da prendere in carico", "Una richiesta.\n")
            .unwrap()
            .with_copies([
                address("settore@esempio.it"),
                address("sportello@esempio.it"),
            ])
            .unwrap()
            .answering("<abc@posta.esempio.it>");

        let written = serde_json::to_string(&letter).unwrap();

        assert_eq!(serde_json::from_str::<Letter>(&written).unwrap(), letter);
        assert_eq!(letter.cc, [address("settore@esempio.it")]);
        assert!(!format!("{letter:?}").contains("carico"));
    }

    #[test]
    fn a_subject_cannot_begin_another_header() {
        for subject in [
            "Avviso\r\nBcc: tutti@esempio.it",
            "Avviso\nX: y",
            "a\u{2028}b",
            " ",
        ] {
            assert_eq!(letter(subject, "testo"), Err(LetterError::Subject));
        }
        let long = "a".repeat(LONGEST_SUBJECT + 1);
        assert_eq!(letter(&long, "testo"), Err(LetterError::Subject));
    }

    #[test]
    fn a_message_id_that_is_none_is_not_repeated() {
        let answered = |id: &str| letter("a", "b").unwrap().answering(id).in_reply_to;

        assert_eq!(answered(" a@b "), Some("<a@b>".to_owned()));
        for id in ["", "<>", "a\r\nBcc: x", "<a> <b>", "è@b", &"a".repeat(1000)] {
            assert_eq!(answered(id), None, "{id}");
        }
    }

    #[test]
    fn a_body_keeps_its_lines_and_loses_other_control_characters() {
        let letter = letter("a", "uno\r\ndue\u{0}\ttre").unwrap();

        assert_eq!(letter.body, "uno\ndue\ttre");
    }

    #[test]
    fn there_is_no_letter_to_nobody_nor_to_a_crowd() {
        let id: LetterId = "a#1".parse().unwrap();
        assert_eq!(
            Letter::new(id.clone(), vec![], "a", "b"),
            Err(LetterError::NoRecipient)
        );
        let crowd = (0..=MOST_RECIPIENTS).map(|n| address(&format!("u{n}@esempio.it")));
        assert_eq!(
            Letter::new(id, crowd.clone().collect(), "a", "b"),
            Err(LetterError::TooManyRecipients)
        );
        assert_eq!(
            letter("a", "b").unwrap().with_copies(crowd),
            Err(LetterError::TooManyRecipients)
        );
    }

    #[test]
    fn an_id_with_a_space_a_line_or_nothing_is_refused() {
        for text in ["", "a b", "a\nb", "è", &"a".repeat(201)] {
            assert_eq!(text.parse::<LetterId>(), Err(NotALetterId), "{text}");
        }
    }
}
