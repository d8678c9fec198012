//! What an office asks to send, checked field by field.

use jiff::civil;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::Instant;
use crate::ids::NoticeId;
use crate::tenant::Tenant;

mod field;

pub use field::{Field, FieldProblem, Invalid};

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
    /// Until when the notice is of use, in the tenant's civil time: the end of the event. Nobody has to say it.
    pub useful_until: Option<String>,
    /// Which office asks.
    pub office: Option<String>,
    /// What kind of notice it is.
    pub kind: Option<String>,
    /// The notice that it corrects or takes back, already sent.
    pub corrects: Option<String>,
    /// Whether it is one of several appointments far apart.
    #[serde(default)]
    pub spaced: bool,
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
    /// Until when the notice is of use, in the tenant's civil time: its last reader is to have it by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub useful_until: Option<civil::DateTime>,
    /// Which office asks.
    pub office: String,
    /// What kind of notice it is.
    pub kind: Kind,
    /// The notice that it corrects or takes back, already sent: it may look like it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<NoticeId>,
    /// Whether it is one of several appointments far apart, each with a notice of its own (Rubano, "Richiesta di invio",
    /// note).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub spaced: bool,
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
            hour_to_come(input.wanted_at.as_deref(), tenant, now),
        );
        let useful_until = keep(
            &mut problems,
            Field::UsefulUntil,
            useful_until(input.useful_until.as_deref(), wanted_at, tenant, now),
        );
        let office = keep(
            &mut problems,
            Field::Office,
            line(input.office.as_deref(), LONGEST_OFFICE),
        );
        let kind = keep(&mut problems, Field::Kind, kind(input.kind.as_deref()));
        let corrects = keep(
            &mut problems,
            Field::Corrects,
            input
                .corrects
                .as_deref()
                .map(|id| id.trim().parse().map_err(|_| FieldProblem::NotANotice))
                .transpose(),
        );

        let (
            Some(title),
            Some(text),
            Some(link),
            Some(wanted_at),
            Some(useful_until),
            Some(office),
            Some(kind),
            Some(corrects),
        ) = (
            title,
            text,
            link,
            wanted_at,
            useful_until,
            office,
            kind,
            corrects,
        )
        else {
            return Err(Invalid(problems));
        };
        let draft = Self {
            title,
            text,
            link,
            wanted_at,
            useful_until,
            office,
            kind,
            corrects,
            spaced: input.spaced,
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
        tenant.time_zone.resolve(self.wanted_at)
    }

    /// The instant after which it is of no use to anybody, if there is one.
    pub fn useless_from(&self, tenant: &Tenant) -> Result<Option<Instant>, jiff::Error> {
        self.useful_until
            .map(|until| tenant.time_zone.resolve(until))
            .transpose()
    }
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
    // The two separators of Unicode end a line in many programs, as a control character does.
    let ends_a_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if text.chars().any(ends_a_line) {
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

fn hour_to_come(
    text: Option<&str>,
    tenant: &Tenant,
    now: Instant,
) -> Result<civil::DateTime, FieldProblem> {
    let text = line(text, 32)?;
    let civil: civil::DateTime = text.parse().map_err(|_| FieldProblem::NotADate)?;
    // An offset or a zone would be read and passed over: the hour is Italian, and nothing else.
    if text.contains(['+', '[']) || text.matches('-').count() > 2 {
        return Err(FieldProblem::NotADate);
    }
    // A day without an hour would silently mean midnight.
    if !text.contains(':') {
        return Err(FieldProblem::NotADate);
    }
    let instant = tenant
        .time_zone
        .resolve(civil)
        .map_err(|_| FieldProblem::NotADate)?;
    if instant <= now {
        Err(FieldProblem::Past)
    } else {
        Ok(civil)
    }
}

/// The end of the event, which may be left out: a notice without one is of use whenever it arrives.
fn useful_until(
    text: Option<&str>,
    wanted_at: Option<civil::DateTime>,
    tenant: &Tenant,
    now: Instant,
) -> Result<Option<civil::DateTime>, FieldProblem> {
    if text.is_none_or(|text| text.trim().is_empty()) {
        return Ok(None);
    }
    let until = hour_to_come(text, tenant, now)?;
    if wanted_at.is_some_and(|wanted_at| until <= wanted_at) {
        return Err(FieldProblem::BeforeWantedHour);
    }
    Ok(Some(until))
}

fn kind(text: Option<&str>) -> Result<Kind, FieldProblem> {
    let text = line(text, 32)?;
    Kind::parse(&text).ok_or(FieldProblem::UnknownKind)
}

#[cfg(test)]
pub(crate) mod tests;
