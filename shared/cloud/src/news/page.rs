//! What a page says: its title, the day on which it was published, and its words. It is read as browsers read it, token by
//! token, without a tree: whatever a page holds, it takes one pass and the memory of its words.

use std::cell::RefCell;

use domain::Instant;
use domain::tenant::Zone;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::{Rawtext, Rcdata, ScriptData};
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use jiff::civil;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Longest title that is kept, in characters.
const LONGEST_TITLE: usize = 300;
/// What is not among the words of a page, wherever it stands.
const SILENT: [&str; 8] = [
    "script", "style", "noscript", "template", "svg", "iframe", "title", "textarea",
];
/// What stands around the words of a page that does not say which are its own (`main`).
const AROUND: [&str; 6] = ["nav", "header", "footer", "aside", "form", "head"];

/// A page that was read.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Its title: the one made for sharing, else the one of the window.
    pub(super) title: Option<String>,
    dates: [Option<String>; 3],
    words: String,
}

/// Where a date of publication was found; the first is trusted most.
#[derive(Clone, Copy)]
enum Source {
    Meta,
    Data,
    Time,
}

impl Page {
    /// Reads `html`.
    pub(super) fn read(html: &str) -> Self {
        let tokenizer = Tokenizer::new(Reader::default(), TokenizerOpts::default());
        let input = BufferQueue::default();
        input.push_back(StrTendril::from_slice(html));
        while !input.is_empty() {
            let _ = tokenizer.feed(&input);
        }
        tokenizer.end();
        tokenizer.sink.0.into_inner().finish()
    }

    /// The day on which it was published, in `zone`.
    pub(super) fn published(&self, zone: &Zone) -> Option<civil::Date> {
        self.dates.iter().flatten().find_map(|text| day(text, zone))
    }

    /// SHA-256 of the title and the words. Neither markup nor spaces nor what scripts hold count, so that a page is the same as
    /// long as it reads the same.
    pub(super) fn digest(&self) -> String {
        let title = self.title.as_deref().unwrap_or_default();
        sha256(format!("{title}\n{}", self.words).as_bytes())
    }
}

/// SHA-256 of `bytes`, in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The text of a page: UTF-8, and where it is not, the Latin-1 of old pages. What that gets wrong (a dash, a quotation mark) is
/// wrong alike every time.
pub(super) fn decoded(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}

fn day(text: &str, zone: &Zone) -> Option<civil::Date> {
    let text = text.trim();
    if let Ok(instant) = text.parse::<Instant>() {
        return Some(zone.civil(instant).date());
    }
    text.get(..10)?.parse().ok()
}

#[derive(Default)]
struct Reader(RefCell<State>);

#[derive(Default)]
struct State {
    page: Page,
    window_title: Option<String>,
    /// Depth in elements that hold no words, in what stands around them, and in `main`.
    silent: usize,
    around: usize,
    main: usize,
    /// What is being gathered that is not words.
    gathering: Option<(Gathered, String)>,
    in_main: Words,
    in_body: Words,
    anywhere: Words,
}

#[derive(Clone, Copy, PartialEq)]
enum Gathered {
    Title,
    Data,
}

/// Words with one space between them.
#[derive(Default)]
struct Words(String);

impl Words {
    fn push(&mut self, text: &str) {
        for word in text.split_whitespace() {
            if !self.0.is_empty() {
                self.0.push(' ');
            }
            self.0.push_str(word);
        }
    }
}

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => state.start(&tag),
            Token::TagToken(tag) => {
                state.end(&tag.name);
                TokenSinkResult::Continue
            }
            Token::CharacterTokens(text) => {
                state.text(&text);
                TokenSinkResult::Continue
            }
            _ => TokenSinkResult::Continue,
        }
    }
}

impl State {
    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        match name {
            "meta" => self.meta(tag),
            "time" => self.date(Source::Time, attribute(tag, "datetime")),
            "main" => self.main += 1,
            _ => {}
        }
        if tag.self_closing && name == "svg" {
            return TokenSinkResult::Continue;
        }
        if SILENT.contains(&name) {
            self.silent += 1;
        }
        if AROUND.contains(&name) {
            self.around += 1;
        }
        match name {
            "title" if self.window_title.is_none() => {
                self.gathering = Some((Gathered::Title, String::new()));
                TokenSinkResult::RawData(Rcdata)
            }
            "title" | "textarea" => TokenSinkResult::RawData(Rcdata),
            "script" => {
                let kind = attribute(tag, "type").unwrap_or_default();
                if kind.eq_ignore_ascii_case("application/ld+json") {
                    self.gathering = Some((Gathered::Data, String::new()));
                }
                TokenSinkResult::RawData(ScriptData)
            }
            "style" | "iframe" => TokenSinkResult::RawData(Rawtext),
            _ => TokenSinkResult::Continue,
        }
    }

    fn end(&mut self, name: &str) {
        if SILENT.contains(&name) {
            self.silent = self.silent.saturating_sub(1);
        }
        if AROUND.contains(&name) {
            self.around = self.around.saturating_sub(1);
        }
        if name == "main" {
            self.main = self.main.saturating_sub(1);
        }
        match self.gathering.take() {
            Some((Gathered::Title, text)) if name == "title" => self.window_title = one_line(&text),
            Some((Gathered::Data, text)) if name == "script" => {
                if let Ok(data) = serde_json::from_str(&text) {
                    self.date(Source::Data, date_published(&data));
                }
            }
            other => self.gathering = other,
        }
    }

    fn text(&mut self, text: &str) {
        if let Some((_, gathered)) = &mut self.gathering {
            gathered.push_str(text);
        }
        if self.silent > 0 {
            return;
        }
        self.anywhere.push(text);
        if self.main > 0 {
            self.in_main.push(text);
        } else if self.around == 0 {
            self.in_body.push(text);
        }
    }

    fn meta(&mut self, tag: &Tag) {
        let content = attribute(tag, "content");
        let called = ["property", "name", "itemprop"];
        for name in called.iter().filter_map(|name| attribute(tag, name)) {
            match name.to_ascii_lowercase().as_str() {
                "og:title" if self.page.title.is_none() => {
                    self.page.title = content.as_deref().and_then(one_line);
                }
                "article:published_time" | "datepublished" => {
                    self.date(Source::Meta, content.clone());
                }
                _ => {}
            }
        }
    }

    /// The first date of each source counts: later ones are of other pages that this one lists.
    fn date(&mut self, source: Source, text: Option<String>) {
        let place = &mut self.page.dates[source as usize];
        if place.is_none() {
            *place = text;
        }
    }

    fn finish(self) -> Page {
        let mut page = self.page;
        page.title = page.title.or(self.window_title);
        page.words = [self.in_main, self.in_body, self.anywhere]
            .into_iter()
            .map(|words| words.0)
            .find(|words| !words.is_empty())
            .unwrap_or_default();
        page
    }
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    let attribute = tag.attrs.iter().find(|a| &*a.name.local == name)?;
    Some(attribute.value.to_string())
}

fn one_line(text: &str) -> Option<String> {
    let mut words = Words::default();
    words.push(text);
    let line: String = words.0.chars().take(LONGEST_TITLE).collect();
    (!line.is_empty()).then_some(line)
}

/// The first `datePublished` of JSON-LD, however its parts are nested.
fn date_published(data: &Value) -> Option<String> {
    match data {
        Value::Object(members) => members
            .get("datePublished")
            .and_then(|date| date.as_str().map(str::to_owned))
            .or_else(|| members.values().find_map(date_published)),
        Value::Array(items) => items.iter().find_map(date_published),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rome() -> Zone {
        "Europe/Rome".to_owned().try_into().unwrap()
    }

    fn published(html: &str) -> Option<String> {
        let day = Page::read(html).published(&rome())?;
        Some(day.to_string())
    }

    #[test]
    fn the_title_is_the_one_for_sharing_with_its_entities_read() {
        let page = "<html><head><title>Mercatino &amp; fiera | Comune</title>\
            <meta property=og:title content='Mercatino &egrave; qui'></head></html>";
        assert_eq!(Page::read(page).title.unwrap(), "Mercatino è qui");

        let page = "<title>\n Mercatino &amp;\n fiera </title><svg><title>icona</title></svg>";
        assert_eq!(Page::read(page).title.unwrap(), "Mercatino & fiera");
        assert_eq!(Page::read("<p>Nulla").title, None);
    }

    #[test]
    fn the_day_of_publication_is_read_from_where_sites_put_it() {
        assert_eq!(
            published(
                "<time datetime='2020-01-01'>x</time>\
                 <meta property='article:published_time' content='2026-11-20T23:30:00Z'>"
            ),
            Some("2026-11-21".to_owned()),
            "by the clocks of Italy"
        );
        assert_eq!(
            published(
                r#"<script type="application/ld+json">{"@graph":[{"@type":"WebSite"},
                {"@type":"NewsArticle","datePublished":"2026-11-19"}]}</script>"#
            ),
            Some("2026-11-19".to_owned())
        );
        assert_eq!(
            published("<time datetime='2026-11-18 09:00'>18 novembre</time>"),
            Some("2026-11-18".to_owned())
        );
        assert_eq!(
            published("<time datetime='domani'>x</time><p>2026-11-18"),
            None
        );
    }

    #[test]
    fn a_page_that_reads_the_same_has_the_same_digest() {
        let page = |banner: &str, markup: &str| {
            let html = format!(
                "<html><head><title>Fiera</title><script>var t = '{banner}';</script></head><body>\
                 <header><p>{banner}</p></header><nav>Menu</nav>\
                 <main><h1>Fiera</h1>{markup}<style>.{banner}{{}}</style></main>\
                 <footer>{banner}</footer></body></html>"
            );
            Page::read(&html).digest()
        };
        let first = page("Oggi", "<p>Sabato 12   dicembre</p>");

        assert_eq!(
            page("Domani", "<div>Sabato\n12 <b>dicembre</b></div>"),
            first
        );
        assert_ne!(page("Oggi", "<p>Domenica 13 dicembre</p>"), first);
    }

    #[test]
    fn a_page_that_does_not_say_which_words_are_its_own_is_read_without_what_stands_around() {
        let with = |menu: &str| {
            Page::read(&format!("<body><nav>{menu}</nav><div>Fiera</div></body>")).digest()
        };
        assert_eq!(with("Uffici"), with("Servizi"));
        assert_ne!(
            Page::read("<nav>Fiera").digest(),
            Page::read("<nav>Sagra").digest()
        );
    }

    #[test]
    fn an_old_page_in_latin_1_is_read() {
        let page = decoded(b"<title>Citt\xe0</title>");
        assert_eq!(Page::read(&page).title.unwrap(), "Città");
    }
}
