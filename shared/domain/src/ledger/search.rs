//! What is looked for in the register.

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::LedgerRow;
use crate::notice::StateName;
use crate::tenant::Zone;

/// What the rows that are looked for have in common; what is not given does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Words that title, text or reason have in them, whatever their case and accents.
    pub text: Option<String>,
    /// The news item, however its address is written: [`bare_link`].
    pub link: Option<String>,
    /// The first day, in the tenant's civil time.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
    /// Words that the name of the office has in it.
    pub office: Option<String>,
    /// The state that the move led to.
    pub state: Option<StateName>,
}

impl Search {
    /// Whether `row` is one of those that are looked for; days are those of `zone`.
    pub fn finds(&self, row: &LedgerRow, zone: &Zone) -> bool {
        let day = zone.civil(row.at).date();
        let said = |wanted: &Option<String>, places: &[&str]| {
            wanted.as_deref().is_none_or(|wanted| {
                let wanted = plain(wanted);
                places.iter().any(|place| plain(place).contains(&wanted))
            })
        };
        self.state.is_none_or(|state| state == row.state)
            && self.from.is_none_or(|from| from <= day)
            && self.to.is_none_or(|to| day <= to)
            && (self.link.as_deref()).is_none_or(|link| bare_link(link) == bare_link(&row.link))
            && said(&self.office, &[&row.office])
            && said(
                &self.text,
                &[
                    &row.title,
                    &row.text,
                    row.reason.as_deref().unwrap_or_default(),
                ],
            )
    }
}

/// `text` without case, accents and repeated blanks.
fn plain(text: &str) -> String {
    let folded: String = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The address of a page without what people leave out or add when they copy it: scheme, `www.`, case, query, fragment and
/// a slash at the end. Where there is no path the query is the page (`/?p=12`), and stays.
pub fn bare_link(link: &str) -> String {
    let link = link.trim().to_lowercase();
    let link = link.split('#').next().unwrap_or_default();
    let link = link.split_once("://").map_or(link, |(_, rest)| rest);
    let link = link.strip_prefix("www.").unwrap_or(link);
    let (page, query) = link.split_once('?').unwrap_or((link, ""));
    let page = page.trim_end_matches('/');
    if page.contains('/') || query.is_empty() {
        page.to_owned()
    } else {
        format!("{page}/?{query}")
    }
}
