//! E01–E03: where a notice leads.

use jiff::civil;
use url::Url;

use super::data::{has, lists};
use super::dates::days;
use super::prose::fold;
use super::{CheckId, Finding, Severity, Subject, Surroundings};
use crate::notice::NewsLink;
use crate::tenant::Tenant;

use CheckId::{E01, E02, E03};
use Severity::{Block, Info, Warn};

/// `link` without what may differ between two addresses of one page: the scheme, `www`, the port, a slash at the end, query and
/// fragment, capitals in the host. Institutional sites mix them.
pub fn normalised_link(link: &str) -> String {
    let mut link = link.to_owned();
    loop {
        let barer = bared(&link);
        if barer == link {
            return link;
        }
        link = barer;
    }
}

/// One step of [`normalised_link`]; it never makes the text longer.
fn bared(link: &str) -> String {
    let link = link.trim();
    let link = ["https://", "http://"]
        .iter()
        .find_map(|scheme| {
            let (head, rest) = link.split_at_checked(scheme.len())?;
            head.eq_ignore_ascii_case(scheme).then_some(rest)
        })
        .unwrap_or(link);
    let link = link.split(['?', '#']).next().unwrap_or_default();
    let link = link.trim_matches('/');
    let (host, path) = link.split_at(link.find('/').unwrap_or(link.len()));
    let host = host.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let host = [":443", ":80"]
        .iter()
        .find_map(|port| host.strip_suffix(port))
        .unwrap_or(host);
    format!("{host}{path}")
}

/// E01 and E03: the address itself, and those in the text.
pub(super) fn address(subject: &Subject<'_>, tenant: &Tenant) -> Vec<Finding> {
    let mut found = Vec::new();
    let block = |check, key, values| Finding::new(check, Block, key, values);
    let first_host = tenant.news_hosts.first().cloned().unwrap_or_default();
    match Url::parse(subject.link) {
        _ if subject.link.is_empty() => found.push(block(E01, "check.e01.none", vec![])),
        Err(_) => found.push(block(
            E01,
            "check.e01.not_an_address",
            vec![("host", first_host)],
        )),
        Ok(url) => found.extend(of_url(&url, tenant)),
    }
    let (mut others, mut short, mut chats) = (Vec::new(), Vec::new(), Vec::new());
    for written in in_text(subject.text) {
        let bare = normalised_link(written);
        let host = bare.split('/').next().unwrap_or_default();
        if has(&lists().shorteners, host) {
            short.push(written);
        } else if has(&lists().chat_hosts, host) {
            chats.push(written);
        }
        others.push(written);
    }
    if !others.is_empty() {
        let values = vec![("indirizzi", others.join(", "))];
        found.push(block(E01, "check.e01.in_text", values));
    }
    if !short.is_empty() {
        let values = vec![("indirizzo", short.join(", "))];
        found.push(block(E03, "check.e03.shortener", values));
    }
    if !chats.is_empty() {
        let values = vec![("indirizzo", chats.join(", "))];
        found.push(block(E03, "check.e03.chat", values));
    }
    found
}

fn of_url(url: &Url, tenant: &Tenant) -> Vec<Finding> {
    let mut found = Vec::new();
    let block = |check, key, values| Finding::new(check, Block, key, values);
    if url.scheme() != "https" {
        let mut secure = url.clone();
        let changed = url.scheme() == "http" && secure.set_scheme("https").is_ok();
        found.push(
            block(E01, "check.e01.not_https", vec![])
                .suggesting(changed.then(|| secure.to_string())),
        );
    }
    let host = url.host_str().unwrap_or_default();
    let bare = host.strip_prefix("www.").unwrap_or(host);
    if !is_ours(url, tenant) {
        let hosts = vec![("siti", tenant.news_hosts.join(", "))];
        found.push(block(E01, "check.e01.foreign", hosts));
    } else if is_home(url) {
        found.push(block(E01, "check.e01.home", vec![]));
    }
    let named = || vec![("indirizzo", url.to_string())];
    if has(&lists().shorteners, bare) {
        found.push(block(E03, "check.e03.shortener", named()));
    }
    if has(&lists().chat_hosts, bare) {
        found.push(block(E03, "check.e03.chat", named()));
    }
    let tracked: Vec<String> = url
        .query_pairs()
        .map(|(name, _)| name.into_owned())
        .filter(|name| is_tracking(name))
        .collect();
    if !tracked.is_empty() {
        let values = vec![("parametri", tracked.join(", "))];
        found.push(block(E03, "check.e03.tracking", values).suggesting(untracked(url)));
    }
    found
}

/// E02: what was found at the address of a notice wanted on `wanted`.
pub(super) fn page(
    link: &NewsLink,
    wanted: civil::Date,
    tenant: &Tenant,
    around: &Surroundings<'_>,
) -> Vec<Finding> {
    let finding = |severity, key, values| Finding::new(E02, severity, key, values);
    let Some(report) = around.link else {
        let values = vec![("indirizzo", link.as_str().to_owned())];
        return vec![finding(Warn, "check.e02.not_read", values)];
    };
    let settings = &tenant.editorial;
    let mut found = Vec::new();
    match report.status {
        200 => {}
        0 => found.push(finding(Block, "check.e02.no_answer", vec![])),
        status => {
            let values = vec![("codice", status.to_string())];
            found.push(finding(Block, "check.e02.status", values));
        }
    }
    if report.redirects > settings.redirects {
        let values = vec![
            ("numero", report.redirects.to_string()),
            ("limite", settings.redirects.to_string()),
        ];
        found.push(finding(Block, "check.e02.redirects", values));
    }
    let ends_well = Url::parse(&report.final_url)
        .is_ok_and(|url| url.scheme() == "https" && is_ours(&url, tenant) && !is_home(&url));
    if !ends_well {
        let values = vec![("indirizzo", report.final_url.clone())];
        found.push(finding(Block, "check.e02.elsewhere", values));
    }
    let today = tenant.time_zone.civil(around.now).date();
    match report.published {
        None => found.push(finding(Info, "check.e02.no_date", vec![])),
        Some(day) if day > today => {
            let values = vec![("data", super::dates::in_words(day))];
            found.push(finding(Warn, "check.e02.future", values));
        }
        Some(day) if days(day, wanted) > i64::from(settings.oldest_page_days) => {
            let values = vec![
                ("giorni", days(day, wanted).to_string()),
                ("limite", settings.oldest_page_days.to_string()),
            ];
            found.push(finding(Warn, "check.e02.old", values));
        }
        Some(_) => {}
    }
    found
}

/// Whether `url` is on the comune's site, with or without `www`, with nothing but host and path to say so.
fn is_ours(url: &Url, tenant: &Tenant) -> bool {
    let bare = |host: &str| host.strip_prefix("www.").unwrap_or(host).to_owned();
    let ours = url
        .host_str()
        .is_some_and(|host| tenant.news_hosts.iter().any(|h| bare(h) == bare(host)));
    ours && url.username().is_empty() && url.password().is_none() && url.port().is_none()
}

fn is_home(url: &Url) -> bool {
    url.path().trim_matches('/').is_empty() && url.query().is_none()
}

fn is_tracking(parameter: &str) -> bool {
    let parameter = parameter.to_ascii_lowercase();
    lists()
        .tracking
        .iter()
        .any(|start| parameter.starts_with(start))
}

/// `url` without the parameters that follow people.
fn untracked(url: &Url) -> String {
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .into_owned()
        .filter(|(name, _)| !is_tracking(name))
        .collect();
    let mut url = url.clone();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    url.to_string()
}

/// What phones make tappable in `text`: with a scheme, with `www`, or a bare name that ends as names of hosts do.
fn in_text(text: &str) -> Vec<&str> {
    text.split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/'))
        .filter(|word| is_address(word))
        .collect()
}

fn is_address(word: &str) -> bool {
    let lower = fold(word);
    if lower.contains("://") || lower.contains("www.") {
        return true;
    }
    let host = lower.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let Some((name, end)) = host.rsplit_once('.') else {
        return false;
    };
    // "ufficio@comune.it" is for another check; "3.it" and "piazza.Il" are forgotten spaces.
    !host.contains('@')
        && name.chars().any(char::is_alphabetic)
        && has(&lists().domains, end)
        && word.contains(&format!(".{end}"))
}
