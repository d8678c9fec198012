//! Reads the page that a notice leads to. An address comes from a draft, so from outside: only pages of the comune's own site
//! are asked for, only over TLS, and only where they really are on the public net.

mod address;
mod page;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use domain::Instant;
use domain::editorial::LinkReport;
use domain::tenant::Tenant;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HOST, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};

use page::Page;

/// How long a page may take, redirects included.
const PATIENCE: Duration = Duration::from_secs(10);
/// Largest page that is read, in bytes.
const LARGEST: usize = 2 * 1024 * 1024;
/// Most redirects that are followed.
const MOST_REDIRECTS: u8 = 3;

/// There is no reader of pages.
#[derive(Debug, thiserror::Error)]
pub enum NoReader {
    /// The address that stands in for the site is none.
    #[error("the root of the news is not an address")]
    Root(#[source] Box<dyn Error + Send + Sync>),
    /// TLS could not be set up.
    #[error("no client of HTTP")]
    Http(#[from] reqwest::Error),
}

/// Why a page was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkTrouble {
    /// The address, or one that it redirects to, is not an https page of the comune's site.
    #[error("{address} is not a page of the comune's site")]
    NotOurs {
        /// Which.
        address: String,
        /// After how many redirects.
        redirects: u8,
    },
    /// It redirects again and again.
    #[error("more than {MOST_REDIRECTS} redirects")]
    TooManyRedirects,
    /// The name of the site leads to an address that is not on the public net.
    #[error("the name of the site leads to an address that is not public")]
    NotPublic,
    /// It is larger than two megabytes.
    #[error("the page is larger than {LARGEST} bytes")]
    TooLarge,
    /// It takes longer than we wait.
    #[error("the page takes too long")]
    TooSlow,
    /// There is no connection, or it breaks.
    #[error("the site cannot be reached: {0}")]
    NotReached(String),
}

impl LinkTrouble {
    /// The trouble as what was found at `link`, for the checks of a draft: an address elsewhere, redirects too many, or no
    /// answer (status 0).
    pub fn as_report(&self, link: &str, now: Instant) -> LinkReport {
        let (final_url, status, redirects) = match self {
            Self::NotOurs { address, redirects } => (address.as_str(), 0, *redirects),
            Self::TooManyRedirects => (link, 0, MOST_REDIRECTS + 1),
            Self::NotPublic | Self::TooLarge | Self::TooSlow | Self::NotReached(_) => (link, 0, 0),
        };
        LinkReport {
            final_url: final_url.to_owned(),
            status,
            redirects,
            title: None,
            published: None,
            digest: String::new(),
            checked_at: now,
        }
    }
}

/// Reads pages of the comune's site.
#[derive(Debug, Clone)]
pub struct News {
    http: Client,
    /// What stands in for the site in a test: it is asked for the same paths, with the site's name in `Host`.
    root: Option<Url>,
    patience: Duration,
}

impl News {
    /// A reader; with `root`, of the site that stands in for the real one.
    pub fn new(root: Option<&str>) -> Result<Self, NoReader> {
        let root = root
            .map(Url::parse)
            .transpose()
            .map_err(|error| NoReader::Root(error.into()))?;
        let mut http = Client::builder()
            .user_agent(concat!("portavoce/", env!("CARGO_PKG_VERSION")))
            // Each redirect is looked at before it is followed; a proxy would look names up by itself.
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .timeout(PATIENCE);
        if root.is_none() {
            http = http.https_only(true).dns_resolver(Arc::new(PublicOnly));
        }
        Ok(Self {
            http: http.build()?,
            root,
            patience: PATIENCE,
        })
    }

    /// The same, with less patience.
    #[must_use]
    pub fn within(mut self, patience: Duration) -> Self {
        self.patience = patience.min(PATIENCE);
        self
    }

    /// What is found at `link`, trouble included: for the checks of a draft.
    pub async fn look(&self, link: &str, tenant: &Tenant, now: Instant) -> LinkReport {
        match self.fetch(link, tenant, now).await {
            Ok(report) => report,
            Err(trouble) => {
                tracing::warn!(error = %trouble, "the page of a notice was not read");
                trouble.as_report(link, now)
            }
        }
    }

    /// Reads the page at `link`. An answer of the site is a report whatever its status; what is no answer is trouble.
    pub async fn fetch(
        &self,
        link: &str,
        tenant: &Tenant,
        now: Instant,
    ) -> Result<LinkReport, LinkTrouble> {
        tokio::time::timeout(self.patience, self.follow(link, tenant, now))
            .await
            .map_err(|_| LinkTrouble::TooSlow)?
    }

    async fn follow(
        &self,
        link: &str,
        tenant: &Tenant,
        now: Instant,
    ) -> Result<LinkReport, LinkTrouble> {
        let not_ours = |address: &str, redirects| LinkTrouble::NotOurs {
            address: address.to_owned(),
            redirects,
        };
        let mut url = Url::parse(link).map_err(|_| not_ours(link, 0))?;
        let mut redirects = 0;
        loop {
            if !is_ours(&url, tenant) {
                return Err(not_ours(url.as_str(), redirects));
            }
            let answer = self.ask(&url).await.map_err(|error| trouble(&error))?;
            let Some(location) = redirection(&answer) else {
                return read(url, answer, redirects, tenant, now).await;
            };
            if redirects == MOST_REDIRECTS {
                return Err(LinkTrouble::TooManyRedirects);
            }
            redirects += 1;
            url = url
                .join(&location)
                .map_err(|_| not_ours(&location, redirects))?;
        }
    }

    async fn ask(&self, url: &Url) -> Result<Response, reqwest::Error> {
        let call = match &self.root {
            None => self.http.get(url.clone()),
            Some(root) => {
                let mut at = root.clone();
                at.set_path(url.path());
                at.set_query(url.query());
                self.http
                    .get(at)
                    .header(HOST, url.host_str().unwrap_or_default())
            }
        };
        call.header(ACCEPT, "text/html, application/xhtml+xml")
            .send()
            .await
    }
}

/// Whether `url` is an https page of one of the comune's hosts, with or without `www`, and nothing in it tells a client to go
/// elsewhere.
fn is_ours(url: &Url, tenant: &Tenant) -> bool {
    let bare = |host: &str| host.strip_prefix("www.").unwrap_or(host).to_owned();
    let ours = url
        .domain()
        .is_some_and(|host| tenant.news_hosts.iter().any(|h| bare(h) == bare(host)));
    ours && url.scheme() == "https"
        && url.username().is_empty()
        && url.password().is_none()
        && url.port().is_none()
}

fn redirection(answer: &Response) -> Option<String> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = answer.headers().get(LOCATION)?;
    location.to_str().ok().map(str::to_owned)
}

async fn read(
    url: Url,
    mut answer: Response,
    redirects: u8,
    tenant: &Tenant,
    now: Instant,
) -> Result<LinkReport, LinkTrouble> {
    let status = answer.status().as_u16();
    let mut report = LinkReport {
        final_url: url.into(),
        status,
        redirects,
        title: None,
        published: None,
        digest: String::new(),
        checked_at: now,
    };
    if status != 200 {
        return Ok(report);
    }
    let is_html = answer
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_none_or(|kind| kind.to_ascii_lowercase().contains("html"));
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| trouble(&error))? {
        if bytes.len() + chunk.len() > LARGEST {
            return Err(LinkTrouble::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    if is_html {
        let page = Page::read(&page::decoded(&bytes));
        report.digest = page.digest();
        report.published = page.published(&tenant.time_zone);
        report.title = page.title;
    } else {
        // A document has no title that we read; that it changed can still be told.
        report.digest = page::sha256(&bytes);
    }
    Ok(report)
}

fn trouble(error: &reqwest::Error) -> LinkTrouble {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<address::NotPublic>() {
            return LinkTrouble::NotPublic;
        }
        cause = error.source();
    }
    if error.is_timeout() {
        LinkTrouble::TooSlow
    } else {
        LinkTrouble::NotReached(crate::in_full(error))
    }
}

/// Looks names up, and gives only what is on the public net. The connection goes to the very address that was looked at: a
/// name that answers otherwise the next time gains nothing.
#[derive(Debug)]
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if found.iter().all(|found| address::is_public(found.ip())) {
                Ok(Box::new(found.into_iter()) as Addrs)
            } else {
                Err(address::NotPublic.into())
            }
        })
    }
}
