//! HTML as plain text, line by line: what a mail program shows, with the cells of a table side by side (a tab between them)
//! and the address of a link after its words.

use mail_parser::decoders::html::add_html_token;

/// How deep tables may lie in one another; what is deeper is read as if it were no table.
const DEEPEST: usize = 30;
/// Longest name of a character ("`CounterClockwiseContourIntegral`"), in bytes, with its `&` and `;`.
const LONGEST_ENTITY: usize = 34;

/// The text of `html`.
pub(crate) fn text(html: &str) -> String {
    let mut page = Page::default();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        page.words(&rest[..start]);
        rest = &rest[start..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let inner = &rest[1..];
        // A "<" before anything but a tag is a sign like others.
        if !inner.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            page.words("<");
            rest = inner;
            continue;
        }
        let end = tag_end(inner);
        let tag = &inner[..end];
        rest = inner.get(end + 1..).unwrap_or_default();
        let name = name(tag);
        if matches!(name.as_str(), "script" | "style" | "head" | "title") {
            rest = after_closing(rest, &name);
        } else {
            page.tag(&name, tag);
        }
    }
    page.words(rest);
    page.end()
}

/// Where the tag ends: at the first ">" outside of quotation marks.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    // A quotation mark was never closed: the tag ends as if there were none.
    tag.find('>').unwrap_or(tag.len())
}

/// The name of a tag in lower case, with the "/" of a closing one.
fn name(tag: &str) -> String {
    let (slash, tag) = match tag.strip_prefix('/') {
        Some(tag) => ("/", tag),
        None => ("", tag),
    };
    let end = tag
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(tag.len());
    format!("{slash}{}", tag[..end].to_ascii_lowercase())
}

fn after_closing<'a>(rest: &'a str, name: &str) -> &'a str {
    let closing = format!("</{name}");
    let lower = rest.to_ascii_lowercase();
    let Some(start) = lower.find(&closing) else {
        return "";
    };
    let rest = &rest[start..];
    rest.find('>').map_or("", |end| &rest[end + 1..])
}

#[derive(Debug, Default)]
struct Cell {
    text: String,
    holds_table: bool,
}

#[derive(Debug, Default)]
struct Table {
    rows: String,
    row: Vec<Cell>,
    cell: Option<Cell>,
}

#[derive(Debug, Default)]
struct Page {
    text: String,
    tables: Vec<Table>,
    /// The address of the link that is open, and where its words begin.
    link: Option<(String, usize)>,
}

impl Page {
    /// Where words go at present.
    fn sink(&mut self) -> &mut String {
        match self.tables.last_mut() {
            Some(Table {
                cell: Some(cell), ..
            }) => &mut cell.text,
            Some(table) => &mut table.rows,
            None => &mut self.text,
        }
    }

    fn words(&mut self, source: &str) {
        let words = decoded(source);
        let sink = self.sink();
        for c in words.chars() {
            if c.is_ascii_whitespace() {
                if !sink.is_empty() && !sink.ends_with([' ', '\n']) {
                    sink.push(' ');
                }
            } else {
                sink.push(c);
            }
        }
    }

    fn line(&mut self) {
        let sink = self.sink();
        if !sink.is_empty() && !sink.ends_with('\n') {
            sink.push('\n');
        }
    }

    fn tag(&mut self, name: &str, tag: &str) {
        match name {
            "br" => self.sink().push('\n'),
            "p" | "/p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "/h1" | "/h2" | "/h3"
            | "/h4" | "/h5" | "/h6" | "hr" => {
                self.line();
                if name.starts_with('/') {
                    self.sink().push('\n');
                }
            }
            "div" | "/div" | "ul" | "/ul" | "ol" | "/ol" | "/li" | "blockquote" | "/blockquote"
            | "pre" | "/pre" | "section" | "/section" | "article" | "/article" => self.line(),
            "li" => {
                self.line();
                self.sink().push_str("• ");
            }
            "a" => self.link = attribute(tag, "href").map(|href| (href, self.sink().len())),
            "/a" => self.end_link(),
            "table" if self.tables.len() < DEEPEST => self.tables.push(Table::default()),
            "/table" => self.end_table(),
            "tr" | "/tr" => self.end_row(),
            "td" | "th" => {
                self.end_cell();
                if let Some(table) = self.tables.last_mut() {
                    table.cell = Some(Cell::default());
                }
            }
            "/td" | "/th" => self.end_cell(),
            _ => {}
        }
    }

    /// The address of a link, unless its words are that address.
    fn end_link(&mut self) {
        let Some((href, start)) = self.link.take() else {
            return;
        };
        let sink = self.sink();
        let said = sink.get(start..).unwrap_or_default().contains(&href);
        if href.starts_with("http") && !said {
            sink.push_str(" <");
            sink.push_str(&href);
            sink.push('>');
        }
    }

    fn end_cell(&mut self) {
        // A link does not reach from one cell into another.
        self.link = None;
        if let Some(table) = self.tables.last_mut() {
            table.row.extend(table.cell.take());
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        let Some(table) = self.tables.last_mut() else {
            return;
        };
        let row = std::mem::take(&mut table.row);
        let is_layout = row.iter().any(|cell| cell.holds_table)
            || row
                .iter()
                .filter(|cell| !cell.text.trim().is_empty())
                .count()
                < 2;
        if is_layout {
            for cell in row {
                table.rows.push_str(cell.text.trim_matches('\n'));
                table.rows.push('\n');
            }
        } else {
            let cells = row.iter().map(|cell| {
                let words: Vec<&str> = cell.text.split_whitespace().collect();
                words.join(" ")
            });
            table.rows.push_str(&cells.collect::<Vec<_>>().join("\t"));
            table.rows.push('\n');
        }
    }

    fn end_table(&mut self) {
        self.end_row();
        let Some(table) = self.tables.pop() else {
            return;
        };
        if let Some(Table {
            cell: Some(cell), ..
        }) = self.tables.last_mut()
        {
            cell.holds_table = true;
        }
        self.line();
        self.sink().push_str(&table.rows);
        self.line();
    }

    fn end(mut self) -> String {
        while !self.tables.is_empty() {
            self.end_table();
        }
        self.text
    }
}

/// The value of the attribute `wanted` of a tag.
fn attribute(tag: &str, wanted: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let at = lower.match_indices(wanted).find_map(|(at, _)| {
        let before = lower[..at].ends_with(|c: char| c.is_ascii_whitespace());
        let after = tag[at + wanted.len()..].trim_start();
        (before && after.starts_with('=')).then(|| after[1..].trim_start())
    })?;
    let value = match at.chars().next()? {
        quote @ ('"' | '\'') => at[1..].split(quote).next()?,
        _ => at.split(|c: char| c.is_ascii_whitespace()).next()?,
    };
    Some(decoded(value).trim().to_owned())
}

/// `source` with the names of characters as the characters.
fn decoded(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(start) = rest.find('&') {
        text.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest
            .bytes()
            .take(LONGEST_ENTITY)
            .position(|byte| byte == b';');
        match end {
            Some(end) if rest.is_char_boundary(end + 1) => {
                add_html_token(&mut text, &rest.as_bytes()[..=end], false);
                rest = &rest[end + 1..];
            }
            _ => {
                text.push('&');
                rest = &rest[1..];
            }
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paragraphs_lists_and_characters_are_as_they_are_shown() {
        let html = "<html><head><title>no</title><style>p{color:red}</style></head><body><!-- no -->\
                    <p>Perch&eacute;&nbsp;no?<br>S&igrave; &amp; no, 3 < 4</p><ul><li>uno</li><li>due</li></ul></body></html>";

        assert_eq!(
            text(html),
            "Perché\u{a0}no?\nSì & no, 3 < 4\n\n• uno\n• due\n"
        );
    }

    #[test]
    fn a_row_of_a_table_is_a_line_and_a_frame_is_none() {
        let rows = "<table><tr><th><p>Data</p></th><th>Testo</th></tr><tr><td>12/12</td><td><p>Uno</p><p>e due.</p></td></tr></table>";
        assert_eq!(text(rows), "Data\tTesto\n12/12\tUno e due.\n");

        let frame = format!(
            "<table><tr><td><div>Prima</div><div>Dopo</div>{rows}</td><td>a</td></tr></table>"
        );
        assert_eq!(
            text(&frame),
            "Prima\nDopo\nData\tTesto\n12/12\tUno e due.\na\n"
        );
    }

    #[test]
    fn a_link_shows_where_it_leads() {
        assert_eq!(
            text(
                "Qui: <A HREF='https://www.rubano.it/a?b=1&amp;c=2'>la notizia</a>. <a href=\"https://x.it\">https://x.it</a> <a href=\"mailto:a@b.it\">a</a>"
            ),
            "Qui: la notizia <https://www.rubano.it/a?b=1&c=2>. https://x.it a"
        );
    }

    proptest! {
        #[test]
        fn no_page_makes_it_panic(pieces in prop::collection::vec("(</?(table|tr|td|a href=|p|script|head|!--|li)[ '\">]?|&[a-z#0-9]{0,40};?|[<>'\"=]|\\PC{0,6})", 0..60)) {
            let _ = text(&pieces.concat());
        }
    }
}
