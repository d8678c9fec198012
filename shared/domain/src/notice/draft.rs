//! What an office asks to send, checked field by field.

use jiff::civil;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::Instant;
use crate::tenant::Tenant;

/// A request as it comes in: anything may be missing or wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftInput {
    /// What the notice is about, for the register.
    pub title: Option<String>,
    /// The words for the citizens.
    pub text: Option<String>,
    /// The news item already on the site.
    pub link: Option<String>,
    /// The wanted day and hour in the tenant's civil time: `2026-12-12T09:30`.
    pub wanted_at: Option<String>,
    /// Which office asks.
    pub office: Option<String>,
    /// What kind of notice it is.
    pub kind: Option<String>,
}

/// A request that may be worked on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What the notice is about, for the register.
    pub title: String,
    /// The words for the citizens: one paragraph without addresses.
    pub text: String,
    /// The news item on the site.
    pub link: NewsLink,
    /// The wanted day and hour in the tenant's civil time.
    pub wanted_at: civil::DateTime,
    /// Which office asks.
    pub office: String,
    /// What kind of notice it is.
    pub kind: Kind,
}

/// The kinds of notice of the two-month register ("tipologia").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An event or initiative.
    Evento,
    /// Something everybody needs to know.
    PubblicaUtilita,
    /// A deadline.
    Scadenza,
    /// A danger: it goes before all others.
    Emergenza,
    /// Anything else.
    Altro,
}

impl Kind {
    fn parse(text: &str) -> Option<Self> {
        serde_json::from_value(text.into()).ok()
    }

    /// The word in requests and registers.
    pub fn key(self) -> &'static str {
        match self {
            Self::Evento => "evento",
            Self::PubblicaUtilita => "pubblica_utilita",
            Self::Scadenza => "scadenza",
            Self::Emergenza => "emergenza",
            Self::Altro => "altro",
        }
    }
}

/// The address of a news item on one of the tenant's own hosts: every notice leads to a page already published there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NewsLink(Url);

impl NewsLink {
    /// The address as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    fn parse(text: &str, tenant: &Tenant) -> Result<Self, FieldProblem> {
        let first_host = tenant.news_hosts.first().cloned().unwrap_or_default();
        let url = Url::parse(text).map_err(|_| FieldProblem::NotAUrl { host: first_host })?;
        if url.scheme() != "https" {
            return Err(FieldProblem::NotHttps);
        }
        let ours = url
            .host_str()
            .is_some_and(|host| tenant.news_hosts.iter().any(|h| h == host));
        // An address with a user, a password or a port of its own is not a page of the site, whatever its host.
        if !ours || !url.username().is_empty() || url.password().is_some() || url.port().is_some() {
            return Err(FieldProblem::ForeignHost {
                hosts: tenant.news_hosts.join(", "),
            });
        }
        if url.path() == "/" && url.query().is_none() {
            return Err(FieldProblem::HomePage);
        }
        Ok(Self(url))
    }
}

/// A field of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// `title`.
    Title,
    /// `text`.
    Text,
    /// `link`.
    Link,
    /// `wanted_at`.
    WantedAt,
    /// `office`.
    Office,
    /// `kind`.
    Kind,
}

impl Field {
    /// The name of the field in the API.
    pub fn key(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Text => "text",
            Self::Link => "link",
            Self::WantedAt => "wanted_at",
            Self::Office => "office",
            Self::Kind => "kind",
        }
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldProblem {
    /// It is not there.
    #[error("missing")]
    Missing,
    /// It is too long.
    #[error("{length} characters, at most {limit}")]
    TooLong {
        /// The limit, in characters.
        limit: usize,
        /// What it has.
        length: usize,
    },
    /// It has a newline, a tab or five spaces, which a template parameter cannot hold (Meta, error 132018).
    #[error("characters that a template parameter cannot hold")]
    ControlCharacters,
    /// The text has an address in it.
    #[error("an address in the text")]
    ContainsLink,
    /// A `{…}` was left to fill in.
    #[error("a placeholder is left")]
    Placeholder {
        /// What was left.
        left: String,
    },
    /// It is not an address.
    #[error("not an address")]
    NotAUrl {
        /// A host to give as an example.
        host: String,
    },
    /// It is not `https`.
    #[error("not https")]
    NotHttps,
    /// It is not on the comune's site.
    #[error("not on the comune's site")]
    ForeignHost {
        /// The hosts of the site.
        hosts: String,
    },
    /// It is the site's home page.
    #[error("the home page")]
    HomePage,
    /// It is not a day and hour.
    #[error("not a day and hour")]
    NotADate,
    /// It is over.
    #[error("in the past")]
    Past,
    /// It is none of the kinds.
    #[error("unknown kind")]
    UnknownKind,
}

impl FieldProblem {
    /// Every key that [`FieldProblem::key`] may name.
    pub const KEYS: [&'static str; 12] = [
        "field.missing",
        "field.too_long",
        "field.control_characters",
        "field.contains_link",
        "field.placeholder",
        "field.not_a_url",
        "field.not_https",
        "field.foreign_host",
        "field.home_page",
        "field.not_a_date",
        "field.past",
        "field.unknown_kind",
    ];

    /// The key of the words for the office, and the values to fill in.
    pub fn words(&self) -> (&'static str, Vec<(&'static str, String)>) {
        match self {
            Self::Missing => ("field.missing", vec![]),
            Self::TooLong { limit, length } => (
                "field.too_long",
                vec![
                    ("limite", limit.to_string()),
                    ("lunghezza", length.to_string()),
                ],
            ),
            Self::ControlCharacters => ("field.control_characters", vec![]),
            Self::ContainsLink => ("field.contains_link", vec![]),
            Self::Placeholder { left } => ("field.placeholder", vec![("segnaposto", left.clone())]),
            Self::NotAUrl { host } => ("field.not_a_url", vec![("host", host.clone())]),
            Self::NotHttps => ("field.not_https", vec![]),
            Self::ForeignHost { hosts } => ("field.foreign_host", vec![("siti", hosts.clone())]),
            Self::HomePage => ("field.home_page", vec![]),
            Self::NotADate => ("field.not_a_date", vec![]),
            Self::Past => ("field.past", vec![]),
            Self::UnknownKind => ("field.unknown_kind", vec![]),
        }
    }
}

/// All that is wrong with a request, field by field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} fields are missing or wrong", .0.len())]
pub struct Invalid(pub Vec<(Field, FieldProblem)>);

/// Longest title of a notice, in characters: a line of the register.
const LONGEST_TITLE: usize = 120;
/// Longest name of an office, in characters.
const LONGEST_OFFICE: usize = 80;
/// Longest link, in characters (Meta, template URL parameter).
const LONGEST_LINK: usize = 2000;
/// Longest body of a template once filled, in characters (Meta, error 132005).
const LONGEST_BODY: usize = 1024;

impl Draft {
    /// Checks a request that comes in at `now`; all that is wrong is told at once.
    pub fn check(input: &DraftInput, tenant: &Tenant, now: Instant) -> Result<Self, Invalid> {
        let mut problems = Vec::new();
        let title = keep(
            &mut problems,
            Field::Title,
            line(input.title.as_deref(), LONGEST_TITLE),
        );
        let text = keep(
            &mut problems,
            Field::Text,
            notice_text(input.text.as_deref(), tenant),
        );
        let link = keep(
            &mut problems,
            Field::Link,
            news_link(input.link.as_deref(), tenant),
        );
        let wanted_at = keep(
            &mut problems,
            Field::WantedAt,
            wanted_at(input.wanted_at.as_deref(), tenant, now),
        );
        let office = keep(
            &mut problems,
            Field::Office,
            line(input.office.as_deref(), LONGEST_OFFICE),
        );
        let kind = keep(&mut problems, Field::Kind, kind(input.kind.as_deref()));

        let (Some(title), Some(text), Some(link), Some(wanted_at), Some(office), Some(kind)) =
            (title, text, link, wanted_at, office, kind)
        else {
            return Err(Invalid(problems));
        };
        let draft = Self {
            title,
            text,
            link,
            wanted_at,
            office,
            kind,
        };
        let length = draft.preview(tenant).chars().count();
        if length > LONGEST_BODY {
            let around = length - draft.text.chars().count();
            return Err(Invalid(vec![(
                Field::Text,
                FieldProblem::TooLong {
                    limit: LONGEST_BODY.saturating_sub(around),
                    length: draft.text.chars().count(),
                },
            )]));
        }
        Ok(draft)
    }

    /// The exact words that the citizen will read.
    pub fn preview(&self, tenant: &Tenant) -> String {
        tenant
            .notice_template
            .body
            .replace("{{testo}}", &self.text)
            .replace("{{link}}", self.link.as_str())
    }

    /// The instant of the wanted hour. An hour that the change to summer time skips moves forward; one that occurs twice
    /// in autumn is the first.
    pub fn send_at(&self, tenant: &Tenant) -> Result<Instant, jiff::Error> {
        civil_to_instant(self.wanted_at, tenant)
    }
}

fn civil_to_instant(civil: civil::DateTime, tenant: &Tenant) -> Result<Instant, jiff::Error> {
    // jiff's "compatible" disambiguation: a gap goes forward, a fold takes the earlier.
    let zoned = tenant
        .time_zone
        .rules()
        .to_ambiguous_zoned(civil)
        .compatible()?;
    Ok(zoned.timestamp())
}

fn keep<T>(
    problems: &mut Vec<(Field, FieldProblem)>,
    field: Field,
    checked: Result<T, FieldProblem>,
) -> Option<T> {
    checked
        .map_err(|problem| problems.push((field, problem)))
        .ok()
}

/// A line of text that is there, is no longer than `limit` characters and has no control characters.
fn line(text: Option<&str>, limit: usize) -> Result<String, FieldProblem> {
    let text = text
        .map(str::trim)
        .filter(|t| !t.is_empty())
        .ok_or(FieldProblem::Missing)?;
    let length = text.chars().count();
    if length > limit {
        return Err(FieldProblem::TooLong { limit, length });
    }
    if text.chars().any(char::is_control) {
        return Err(FieldProblem::ControlCharacters);
    }
    Ok(text.to_owned())
}

fn notice_text(text: Option<&str>, tenant: &Tenant) -> Result<String, FieldProblem> {
    let text = line(text, tenant.max_text)?;
    if text.contains("     ") {
        return Err(FieldProblem::ControlCharacters);
    }
    let lower = text.to_lowercase();
    if ["http://", "https://", "www."]
        .iter()
        .any(|start| lower.contains(start))
    {
        return Err(FieldProblem::ContainsLink);
    }
    // Braces are never prose: either a field somebody forgot to fill in, or something that would refill the template.
    if let Some((_, rest)) = text.split_once('{') {
        let left = rest.split('}').next().unwrap_or_default();
        return Err(FieldProblem::Placeholder {
            left: format!("{{{}}}", left.trim_matches(['{', '}'])),
        });
    }
    Ok(text)
}

fn news_link(text: Option<&str>, tenant: &Tenant) -> Result<NewsLink, FieldProblem> {
    let text = line(text, LONGEST_LINK)?;
    let link = NewsLink::parse(&text, tenant)?;
    // Parsing escapes accents, so the address may have grown.
    let length = link.as_str().chars().count();
    if length > LONGEST_LINK {
        return Err(FieldProblem::TooLong {
            limit: LONGEST_LINK,
            length,
        });
    }
    Ok(link)
}

fn wanted_at(
    text: Option<&str>,
    tenant: &Tenant,
    now: Instant,
) -> Result<civil::DateTime, FieldProblem> {
    let text = line(text, 32)?;
    let civil: civil::DateTime = text.parse().map_err(|_| FieldProblem::NotADate)?;
    // A day without an hour would silently mean midnight.
    if !text.contains(':') {
        return Err(FieldProblem::NotADate);
    }
    let instant = civil_to_instant(civil, tenant).map_err(|_| FieldProblem::NotADate)?;
    if instant <= now {
        Err(FieldProblem::Past)
    } else {
        Ok(civil)
    }
}

fn kind(text: Option<&str>) -> Result<Kind, FieldProblem> {
    let text = line(text, 32)?;
    Kind::parse(&text).ok_or(FieldProblem::UnknownKind)
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tenant::tests::rubano;

    pub(crate) fn now() -> Instant {
        "2026-11-22T09:00:00Z".parse().unwrap()
    }

    pub(crate) fn input() -> DraftInput {
        DraftInput {
            title: Some("Mercatino di Natale".to_owned()),
            text: Some(
                "sabato 12 dicembre 2026, dalle 9:30 alle 18, mercatino di Natale in piazza."
                    .to_owned(),
            ),
            link: Some("https://www.rubano.it/notizie/mercatino-di-natale".to_owned()),
            wanted_at: Some("2026-12-10T09:30".to_owned()),
            office: Some("Cultura".to_owned()),
            kind: Some("evento".to_owned()),
        }
    }

    fn problems(change: impl FnOnce(&mut DraftInput)) -> Vec<(Field, FieldProblem)> {
        let mut input = input();
        change(&mut input);
        Draft::check(&input, &rubano(), now()).unwrap_err().0
    }

    #[test]
    fn a_complete_request_is_taken_and_previewed_as_the_citizen_will_read_it() {
        let draft = Draft::check(&input(), &rubano(), now()).unwrap();

        insta::assert_snapshot!(draft.preview(&rubano()), @"Comune di Rubano – sabato 12 dicembre 2026, dalle 9:30 alle 18, mercatino di Natale in piazza. Tutte le informazioni: https://www.rubano.it/notizie/mercatino-di-natale – Per non ricevere più avvisi scrivi CANCELLAMI.");
        assert_eq!(
            draft.send_at(&rubano()).unwrap(),
            "2026-12-10T08:30:00Z".parse().unwrap()
        );
    }

    #[test]
    fn everything_that_is_missing_is_told_at_once() {
        let all = Draft::check(&DraftInput::default(), &rubano(), now())
            .unwrap_err()
            .0;

        let fields = [
            Field::Title,
            Field::Text,
            Field::Link,
            Field::WantedAt,
            Field::Office,
            Field::Kind,
        ];
        assert_eq!(all, fields.map(|field| (field, FieldProblem::Missing)));
    }

    #[test]
    fn a_link_must_be_a_page_of_the_comune() {
        for (link, problem) in [
            ("rubano.it/notizie", "not an address"),
            ("http://www.rubano.it/notizie/a", "not https"),
            (
                "https://www.example.com/notizie/a",
                "not on the comune's site",
            ),
            (
                "https://www.rubano.it.example.com/a",
                "not on the comune's site",
            ),
            (
                "https://www.rubano.it@example.com/a",
                "not on the comune's site",
            ),
            (
                "https://qualcuno@www.rubano.it/a",
                "not on the comune's site",
            ),
            ("https://www.rubano.it:8443/a", "not on the comune's site"),
            ("https://bit.ly/abc", "not on the comune's site"),
            ("https://www.rubano.it/", "the home page"),
            ("javascript:alert(1)", "not https"),
        ] {
            let found = problems(|input| input.link = Some(link.to_owned()));
            assert_eq!(found.len(), 1, "{link}");
            assert_eq!(
                (found[0].0, found[0].1.to_string().as_str()),
                (Field::Link, problem),
                "{link}"
            );
        }
    }

    #[test]
    fn a_text_must_fit_the_template() {
        for (text, problem) in [
            (
                "riga uno\nriga due",
                "characters that a template parameter cannot hold",
            ),
            (
                "uno\tdue",
                "characters that a template parameter cannot hold",
            ),
            (
                "uno     due",
                "characters that a template parameter cannot hold",
            ),
            ("leggi su www.rubano.it", "an address in the text"),
            ("Il {giorno} in piazza", "a placeholder is left"),
            (&"a".repeat(701), "701 characters, at most 700"),
            ("   ", "missing"),
        ] {
            let found = problems(|input| input.text = Some(text.to_owned()));
            assert_eq!(
                (found[0].0, found[0].1.to_string().as_str()),
                (Field::Text, problem),
                "{text}"
            );
        }
    }

    #[test]
    fn the_whole_message_must_fit_whatsapp_even_with_a_long_link() {
        let found = problems(|input| {
            input.text = Some("a".repeat(700));
            input.link = Some(format!("https://www.rubano.it/{}", "n".repeat(300)));
        });

        assert!(
            matches!(
                found[..],
                [(Field::Text, FieldProblem::TooLong { length: 700, .. })]
            ),
            "{found:?}"
        );
    }

    #[test]
    fn the_wanted_hour_must_be_to_come() {
        for (wanted, problem) in [
            ("2026-11-22T10:00", "in the past"), // now, in Rome
            ("2026-11-21T10:00", "in the past"),
            ("2026-13-01T10:00", "not a day and hour"),
            ("domani", "not a day and hour"),
            ("2026-12-12", "not a day and hour"),
            ("2026-12-12T09:30Z", "not a day and hour"),
        ] {
            let found = problems(|input| input.wanted_at = Some(wanted.to_owned()));
            assert_eq!(
                (found[0].0, found[0].1.to_string().as_str()),
                (Field::WantedAt, problem),
                "{wanted}"
            );
        }
    }

    #[test]
    fn an_hour_that_does_not_exist_moves_forward_and_one_that_exists_twice_is_the_first() {
        let at = |wanted: &str| {
            let mut input = input();
            input.wanted_at = Some(wanted.to_owned());
            let draft = Draft::check(&input, &rubano(), now()).unwrap();
            draft.send_at(&rubano()).unwrap().to_string()
        };

        assert_eq!(at("2027-03-28T02:30"), "2027-03-28T01:30:00Z");
        assert_eq!(at("2027-10-31T02:30"), "2027-10-31T00:30:00Z");
        assert_eq!(at("2027-10-31T03:30"), "2027-10-31T02:30:00Z");
    }

    proptest! {
        #[test]
        fn no_input_makes_it_panic(
            text in any::<Option<String>>(), link in any::<Option<String>>(), wanted_at in any::<Option<String>>(),
        ) {
            let input = DraftInput { text, link, wanted_at, ..input() };
            let _ = Draft::check(&input, &rubano(), now());
        }

        #[test]
        fn what_is_taken_is_a_lawful_template_parameter(text in "[a-zàèì0-9 .,{}\n\t\u{0}]{0,80}") {
            let input = DraftInput { text: Some(text), ..input() };
            if let Ok(draft) = Draft::check(&input, &rubano(), now()) {
                let forbidden = draft.text.contains(['\n', '\t', '{']) || draft.text.contains("     ");
                prop_assert!(!forbidden, "{:?}", draft.text);
                prop_assert!(draft.preview(&rubano()).chars().count() <= 1024);
            }
        }
    }
}
