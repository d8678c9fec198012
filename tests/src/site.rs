//! The comune's site, for notices to lead to: a page at every address, until a test changes it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Json, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use jiff::{SignedDuration, Zoned};
use serde::{Deserialize, Serialize};

use crate::world::ROME;
use crate::{Result, Trouble};

/// What stands at an address. Left out, a member is as on every page of the site.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SitePage {
    /// The title; else it is made of the address.
    pub title: Option<String>,
    /// The words.
    pub text: Option<String>,
    /// The day on which it was published; else yesterday.
    pub published: Option<Date>,
    /// The status; else 200.
    pub status: Option<u16>,
    /// Where it leads on to, instead of being there.
    pub redirect: Option<String>,
}

type Pages = Arc<Mutex<BTreeMap<String, SitePage>>>;

/// The site, from any process.
#[derive(Debug, Clone)]
pub struct Site {
    /// Its address.
    pub url: String,
    http: reqwest::Client,
}

impl Site {
    /// Opens the site on a free port, for as long as the process runs.
    pub(crate) async fn open() -> Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let site = Router::new()
            .fallback(get(show).put(change))
            .with_state(Pages::default());
        tokio::spawn(async { axum::serve(listener, site).await });
        Ok(Self::at(&url))
    }

    /// The site at `url`, which another process keeps open.
    pub(crate) fn at(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            http: reqwest::Client::new(),
        }
    }

    /// Puts `page` at `path`, such as `/notizie/mercatino`.
    pub async fn publish(&self, path: &str, page: &SitePage) -> Result<()> {
        let answer = self
            .http
            .put(format!("{}{path}", self.url))
            .json(page)
            .send()
            .await?;
        if answer.status().is_success() {
            Ok(())
        } else {
            Err(Trouble(format!("the site answered {}", answer.status())))
        }
    }
}

async fn change(State(pages): State<Pages>, uri: Uri, Json(page): Json<SitePage>) -> StatusCode {
    let mut pages = pages.lock().unwrap_or_else(PoisonError::into_inner);
    pages.insert(uri.path().to_owned(), page);
    StatusCode::NO_CONTENT
}

async fn show(State(pages): State<Pages>, uri: Uri) -> Response {
    let page = {
        let pages = pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.get(uri.path()).cloned().unwrap_or_default()
    };
    if let Some(redirect) = page.redirect {
        return (StatusCode::FOUND, [(header::LOCATION, redirect)]).into_response();
    }
    let title = page.title.unwrap_or_else(|| title_of(uri.path()));
    let text = page
        .text
        .unwrap_or_else(|| "Tutte le informazioni in questa pagina.".to_owned());
    let published = page.published.or_else(yesterday);
    let published = published.map(|day| day.to_string()).unwrap_or_default();
    let status = page.status.and_then(|code| StatusCode::from_u16(code).ok());
    let html = format!(
        "<!doctype html><html lang=\"it\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta property=\"article:published_time\" content=\"{published}\"></head>\
         <body><main><h1>{title}</h1><p>{text}</p></main></body></html>"
    );
    (status.unwrap_or(StatusCode::OK), Html(html)).into_response()
}

/// `/notizie/mercatino-di-natale` is "Mercatino di natale".
fn title_of(path: &str) -> String {
    let last = path
        .trim_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let mut letters = last.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    (first.unwrap_or_default() + letters.as_str()).replace('-', " ")
}

fn yesterday() -> Option<Date> {
    let before = cloud::clock::now() - SignedDuration::from_hours(24);
    let there: Zoned = before.in_tz(ROME).ok()?;
    Some(there.date())
}
