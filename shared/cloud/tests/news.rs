//! Pages of a site that stands in for the comune's, over real HTTP.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: what cannot be set up is a failed test"
)]

use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use cloud::news::{LinkTrouble, News};
use domain::Instant;
use domain::editorial::LinkReport;
use domain::tenant::Tenant;
use support::rubano;

const PAGE: &str = "<html><head><title>Mercatino di Natale</title>\
    <meta property='article:published_time' content='2026-11-20T09:00:00+01:00'></head>\
    <body><main><p>Sabato 12 dicembre.</p></main></body></html>";

async fn site() -> News {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let root = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, Router::new().fallback(answer)).await });
    News::new(Some(&root)).unwrap()
}

async fn answer(request: Request) -> Response {
    let host = request.headers()[header::HOST].to_str().unwrap();
    assert_eq!(host, "www.rubano.it", "the site knows itself by its name");
    let query = request.uri().query().unwrap_or_default();
    match request.uri().path() {
        "/notizie/mercatino" => Html(PAGE).into_response(),
        "/notizie/spostata" => Redirect::permanent("/notizie/mercatino").into_response(),
        "/notizie/altrove" => {
            Redirect::temporary("https://sito-di-altri.it/notizie/mercatino").into_response()
        }
        "/notizie/in-chiaro" => {
            Redirect::temporary("http://www.rubano.it/notizie/mercatino").into_response()
        }
        "/notizie/passo" => {
            let step: u32 = query.parse().unwrap();
            let next = match step {
                0 => "/notizie/mercatino".to_owned(),
                step => format!("/notizie/passo?{}", step - 1),
            };
            Redirect::temporary(&next).into_response()
        }
        "/notizie/lenta" => {
            tokio::time::sleep(Duration::from_secs(5)).await;
            Html(PAGE).into_response()
        }
        "/notizie/enorme" => vec![b'a'; 2 * 1024 * 1024 + 1].into_response(),
        "/notizie/bando.pdf" => {
            ([(header::CONTENT_TYPE, "application/pdf")], "%PDF-1.7").into_response()
        }
        _ => (StatusCode::NOT_FOUND, Html(PAGE)).into_response(),
    }
}

fn now() -> Instant {
    "2026-11-24T10:00:00Z".parse().unwrap()
}

async fn fetch(path: &str) -> Result<LinkReport, LinkTrouble> {
    let link = format!("https://www.rubano.it/notizie/{path}");
    site().await.fetch(&link, &rubano(), now()).await
}

fn only(host: &str) -> Tenant {
    let mut tenant = rubano();
    tenant.news_hosts = vec![host.to_owned()];
    tenant
}

#[tokio::test]
async fn a_page_is_read_with_its_title_its_day_and_its_digest() {
    let report = fetch("mercatino").await.unwrap();

    assert_eq!(report.final_url, "https://www.rubano.it/notizie/mercatino");
    assert_eq!((report.status, report.redirects), (200, 0));
    assert_eq!(report.title.as_deref(), Some("Mercatino di Natale"));
    assert_eq!(report.published.unwrap().to_string(), "2026-11-20");
    assert_eq!(report.digest.len(), 64);
    assert_eq!(report.checked_at, now());
}

#[tokio::test]
async fn a_redirect_within_the_site_is_followed_three_times_at_most() {
    let report = fetch("spostata").await.unwrap();
    assert_eq!(report.final_url, "https://www.rubano.it/notizie/mercatino");
    assert_eq!(report.redirects, 1);

    assert_eq!(fetch("passo?2").await.unwrap().redirects, 3);
    let trouble = fetch("passo?3").await.unwrap_err();
    assert_eq!(trouble, LinkTrouble::TooManyRedirects);
    assert_eq!(trouble.as_report("x", now()).redirects, 4);
}

#[tokio::test]
async fn a_redirect_out_of_the_site_or_out_of_tls_is_not_followed() {
    for (path, address) in [
        ("altrove", "https://sito-di-altri.it/notizie/mercatino"),
        ("in-chiaro", "http://www.rubano.it/notizie/mercatino"),
    ] {
        let trouble = fetch(path).await.unwrap_err();
        let elsewhere = LinkTrouble::NotOurs {
            address: address.to_owned(),
            redirects: 1,
        };
        assert_eq!(trouble, elsewhere);
        assert_eq!(trouble.as_report("x", now()).final_url, address);
    }
}

#[tokio::test]
async fn an_address_that_is_not_a_page_of_the_site_is_not_asked_for() {
    let news = site().await;
    for link in [
        "http://www.rubano.it/notizie/mercatino",
        "https://rubano.it.sito-di-altri.it/",
        "https://www.rubano.it@sito-di-altri.it/",
        "https://qualcuno@www.rubano.it/notizie/mercatino",
        "https://www.rubano.it:8443/notizie/mercatino",
        "https://www.rubano.it./notizie/mercatino",
        "https://127.0.0.1/",
        "file:///etc/hostname",
        "notizie",
    ] {
        let fetched = news.fetch(link, &rubano(), now()).await;
        assert!(
            matches!(fetched, Err(LinkTrouble::NotOurs { .. })),
            "{link}"
        );
    }
    // Not even if the settings named it: an address is not the name of a site.
    let link = "https://169.254.169.254/latest/meta-data/";
    let fetched = news.fetch(link, &only("169.254.169.254"), now()).await;
    assert!(matches!(fetched, Err(LinkTrouble::NotOurs { .. })));
}

#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_not_asked() {
    let news = News::new(None).unwrap();

    let fetched = news
        .fetch("https://localhost/notizie", &only("localhost"), now())
        .await;

    assert_eq!(fetched, Err(LinkTrouble::NotPublic));
}

#[tokio::test]
async fn a_page_that_is_missing_is_said_with_its_status_and_no_title() {
    let report = fetch("mai-esistita").await.unwrap();

    assert_eq!(
        (report.status, report.title, report.digest.as_str()),
        (404, None, "")
    );
}

#[tokio::test]
async fn a_page_that_is_too_large_or_too_slow_is_left() {
    assert_eq!(fetch("enorme").await, Err(LinkTrouble::TooLarge));

    let news = site().await.within(Duration::from_millis(200));
    let link = "https://www.rubano.it/notizie/lenta";
    let fetched = news.fetch(link, &rubano(), now()).await;
    assert_eq!(fetched, Err(LinkTrouble::TooSlow));
    assert_eq!(news.look(link, &rubano(), now()).await.status, 0);
}

#[tokio::test]
async fn a_document_has_a_digest_and_no_title() {
    let report = fetch("bando.pdf").await.unwrap();

    assert_eq!(report.title, None);
    assert_eq!(report.digest.len(), 64);
}

#[tokio::test]
async fn a_site_that_is_down_is_said_to_be() {
    let news = News::new(Some("http://127.0.0.1:9")).unwrap();

    let fetched = news
        .fetch("https://www.rubano.it/notizie/x", &rubano(), now())
        .await;

    assert!(
        matches!(fetched, Err(LinkTrouble::NotReached(_))),
        "{fetched:?}"
    );
}
