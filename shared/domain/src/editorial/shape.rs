//! E04–E08 and E22: how a notice looks.

use super::data::{has, lists};
use super::prose::{Phrase, Prose};
use super::{CheckId, EditorialSettings, Finding, Severity, Subject};
use crate::keyword;
use crate::notice::Kind;
use crate::tenant::Tenant;

use CheckId::{E04, E05, E06, E07, E08, E22};
use Severity::{Block, Info, Warn};

/// E04: how long it is as the citizen reads it.
pub(super) fn length(subject: &Subject<'_>, settings: &EditorialSettings) -> Option<Finding> {
    let length = subject.preview.chars().count();
    let (severity, key, limit) = if length > settings.block_length {
        (Block, "check.e04.too_long", settings.block_length)
    } else if length > settings.warn_length {
        (Warn, "check.e04.long", settings.warn_length)
    } else if length > settings.target_length {
        (Info, "check.e04.target", settings.target_length)
    } else {
        return None;
    };
    let values = vec![
        ("lunghezza", length.to_string()),
        ("limite", limit.to_string()),
    ];
    Some(Finding::new(E04, severity, key, values))
}

/// E05: the comune first, the address last. Most of it is the template's doing.
pub(super) fn frame(prose: &Prose<'_>, tenant: &Tenant) -> Vec<Finding> {
    let mut found = Vec::new();
    let body = tenant.notice_template.body.as_str();
    let (head, tail) = body.split_once("{{testo}}").unwrap_or((body, ""));
    let comune = Phrase::new(&tenant.comune);
    let named_by_template = Prose::new(head).places_of(&comune).next().is_some();
    let named_by_text = prose
        .places_of(&comune)
        .next()
        .is_some_and(|index| index <= 3);
    let values = || vec![("comune", tenant.comune.clone())];
    if !named_by_template && !named_by_text {
        found.push(Finding::new(E05, Warn, "check.e05.no_name", values()));
    }
    // "Comune di Rubano – Il Comune di Rubano …": "comune", "di" and perhaps an article before the name.
    let formula = prose.places_of(&comune).next().is_some_and(|index| {
        (1..=3).contains(&index) && (0..index).any(|word| prose.word(word) == "comune")
    });
    if named_by_template && formula {
        found.push(Finding::new(E05, Warn, "check.e05.name_twice", values()));
    }
    if !tail.contains("{{link}}") {
        found.push(Finding::new(E05, Warn, "check.e05.no_link", vec![]));
    }
    found
}

/// E06: sentences and words that everybody reads.
pub(super) fn readable(prose: &Prose<'_>, settings: &EditorialSettings) -> Vec<Finding> {
    let mut found = Vec::new();
    let lengths: Vec<usize> = prose.sentences.iter().map(|s| prose.words_in(s)).collect();
    let longest = lengths.iter().copied().max().unwrap_or_default();
    let warn = |key, number: String, limit: String| {
        Finding::new(E06, Warn, key, vec![("numero", number), ("limite", limit)])
    };
    if longest > settings.sentence_words {
        found.push(warn(
            "check.e06.sentence",
            longest.to_string(),
            settings.sentence_words.to_string(),
        ));
    }
    let sum: usize = lengths.iter().sum();
    if sum > settings.average_words * lengths.len() {
        let average = sum.div_ceil(lengths.len().max(1));
        found.push(warn(
            "check.e06.average",
            average.to_string(),
            settings.average_words.to_string(),
        ));
    }
    let gulpease = prose.gulpease();
    if gulpease < settings.gulpease {
        found.push(warn(
            "check.e06.gulpease",
            gulpease.to_string(),
            settings.gulpease.to_string(),
        ));
    }
    found
}

/// Longest word in capitals that may be an acronym, in letters.
pub(super) const LONGEST_ACRONYM: usize = 5;

/// E07: words in capitals that are neither acronyms nor keywords of the service.
pub(super) fn capitals(prose: &Prose<'_>, tenant: &Tenant) -> Option<Finding> {
    let shouted: Vec<&str> = prose
        .tokens
        .iter()
        .filter(|t| t.is_capitals() && t.raw.chars().count() > LONGEST_ACRONYM)
        .map(|t| t.raw)
        .filter(|raw| keyword::parse(raw, &tenant.keywords).is_none())
        .collect();
    (shouted.len() > tenant.editorial.capitals).then(|| {
        let values = vec![
            ("numero", shouted.len().to_string()),
            ("limite", tenant.editorial.capitals.to_string()),
            ("parole", shouted.join(", ")),
        ];
        Finding::new(E07, Warn, "check.e07", values)
    })
}

/// E08: screen readers read every emoji aloud.
pub(super) fn emoji(prose: &Prose<'_>, kind: Kind, settings: &EditorialSettings) -> Vec<Finding> {
    let places = emoji_places(prose.text);
    let mut found = Vec::new();
    if places.is_empty() {
        return found;
    }
    if kind == Kind::Emergenza {
        found.push(Finding::new(E08, Warn, "check.e08.emergency", vec![]));
    }
    if places.len() > settings.emoji {
        let values = vec![
            ("numero", places.len().to_string()),
            ("limite", settings.emoji.to_string()),
        ];
        found.push(Finding::new(E08, Warn, "check.e08.many", values));
    }
    let as_word = prose.tokens.iter().find(|token| {
        let after = prose.text.get(token.at.end..).unwrap_or_default();
        let space = after.len() - after.trim_start().len();
        has(&lists().before_a_word, &token.folded) && places.contains(&(token.at.end + space))
    });
    if let Some(word) = as_word {
        let values = vec![("parola", word.raw.to_owned())];
        found.push(Finding::new(E08, Warn, "check.e08.word", values));
    }
    found
}

/// Where the emoji of `text` begin, in bytes; what is drawn as one (families, flags, skin tones) counts as one.
fn emoji_places(text: &str) -> Vec<usize> {
    const JOINER: char = '\u{200D}';
    let mut places = Vec::new();
    let mut joined = false;
    let mut half_a_flag = false;
    for (at, c) in text.char_indices() {
        let is_letter_of_flag = ('\u{1F1E6}'..='\u{1F1FF}').contains(&c);
        let is_skin = ('\u{1F3FB}'..='\u{1F3FF}').contains(&c);
        if is_emoji(c) && !is_skin && !joined && !half_a_flag {
            places.push(at);
        }
        half_a_flag = is_letter_of_flag && !half_a_flag;
        joined = c == JOINER;
    }
    places
}

fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{203C}' | '\u{2049}' | '\u{231A}' | '\u{231B}' | '\u{20E3}'
        | '\u{23E9}'..='\u{23FA}' | '\u{25AA}'..='\u{25FE}' | '\u{2600}'..='\u{27BF}'
        | '\u{2B05}'..='\u{2B07}' | '\u{2B1B}' | '\u{2B1C}' | '\u{2B50}' | '\u{2B55}'
        | '\u{1F000}'..='\u{1FAFF}')
}

/// E22: what a template parameter cannot hold (Meta, error 132018), and what was left to fill in.
pub(super) fn template(subject: &Subject<'_>, settings: &EditorialSettings) -> Vec<Finding> {
    let mut found = Vec::new();
    let text = subject.text;
    let control = |text: &str| text.chars().any(char::is_control);
    if control(text) || control(subject.title) || text.contains("     ") {
        let one_paragraph: Vec<&str> = text
            .split(|c: char| c.is_whitespace() || c.is_control())
            .filter(|word| !word.is_empty())
            .collect();
        found.push(
            Finding::new(E22, Block, "check.e22.control", vec![])
                .suggesting(one_paragraph.join(" ")),
        );
    }
    let braces = [subject.title, text, subject.preview.as_str()]
        .into_iter()
        .find_map(|text| text.find(['{', '}']).and_then(|at| text.get(at..)));
    if let Some(from) = braces {
        // A brace may not be followed by its other half, and a message shows no more than it needs.
        let left = from.split_inclusive('}').next().unwrap_or(from);
        let inner: String = left.trim_matches(['{', '}']).chars().take(40).collect();
        let values = vec![("segnaposto", format!("{{{inner}}}"))];
        found.push(Finding::new(E22, Block, "check.e22.placeholder", values));
    }
    let bold = bold(text);
    if bold > settings.bold {
        let values = vec![
            ("numero", bold.to_string()),
            ("limite", settings.bold.to_string()),
        ];
        found.push(
            Finding::new(E22, Block, "check.e22.bold", values).suggesting(text.replace('*', "")),
        );
    }
    found
}

/// How many stretches WhatsApp would show in bold: `*` before a letter, up to the next `*` after one.
fn bold(text: &str) -> usize {
    let parts: Vec<&str> = text.split('*').collect();
    let mut count = 0;
    let mut index = 1;
    // A part with a star on both sides.
    while index + 1 < parts.len() {
        let inner = parts.get(index).copied().unwrap_or_default();
        let is_bold = !inner.is_empty() && inner.trim() == inner;
        count += usize::from(is_bold);
        index += if is_bold { 2 } else { 1 };
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_as_one_emoji_counts_as_one() {
        for one in ["🎄", "🇮🇹", "👨‍👩‍👧", "👍🏽", "1️⃣", "☀️"] {
            assert_eq!(emoji_places(one).len(), 1, "{one}");
        }
        assert_eq!(emoji_places("🇮🇹🇫🇷").len(), 2);
        assert_eq!(emoji_places("12 dicembre – «festa» 100 €").len(), 0);
    }

    #[test]
    fn bold_is_counted_as_whatsapp_shows_it() {
        assert_eq!(bold("*uno* due *tre*"), 2);
        assert_eq!(bold("2 * 3 * 4"), 0);
        assert_eq!(bold("*"), 0);
    }
}
