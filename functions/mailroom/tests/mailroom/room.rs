//! A mailroom at work: its tables, its queues, and a bucket with mails.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lambda_events::event::sqs::SqsBatchResponse;
use axum::Router;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use cloud::desk::Desk;
use cloud::files::Files;
use cloud::inbox::Inbox;
use cloud::notices::Notices;
use cloud::queue::DeadLetters;
use domain::letter::Letter;
use domain::mail::Waits;
use domain::notice::NoticeRequest;
use domain::tenant::Tenant;
use mailroom::Mailroom;
use serde_json::{Value, json};
use support::batches::batch;
use support::services::Services;
use support::{Tables, aws_at};

pub(crate) struct Room {
    pub(crate) mailroom: Mailroom,
    pub(crate) services: Services,
}

/// Rubano, with the mailbox of `infra/tenants/rubano.yaml`.
pub(crate) fn rubano() -> Tenant {
    let mut tenant = support::rubano();
    let sender = |office: &str| json!({"from": format!("{}@rubano.it", office.to_lowercase()), "office": office});
    let senders = ["Cultura", "Sport", "Ambiente", "Segreteria"].map(sender);
    let mailbox = json!({"address": "smspuntosi@rubano.it", "senders": senders});
    tenant.mailbox = serde_json::from_value(mailbox).unwrap();
    tenant
}

impl Room {
    /// A room whose bucket holds these `mails`, by their names.
    pub(crate) async fn with(mails: &[(&str, &[u8])]) -> Self {
        let tables = Tables::start().await;
        let services = Services::start(&tables.endpoint, &Value::Null).await;
        let tenant = rubano();
        let queue = |name: &str| format!("http://sqs.test/1/{name}");
        let bucket = aws_at(&bucket(mails).await);
        let aws = &services.aws;
        let mailroom = Mailroom {
            files: Files::new(&bucket, "inbox"),
            inbox: Inbox::new(aws, Tables::PROCEDURE),
            notices: Notices::new(aws, Tables::NOTICES, tenant.time_zone.clone()),
            desk: Desk::new(aws, Tables::PROCEDURE, queue("mails")),
            dead: DeadLetters::new(aws, queue("inbox-dead")),
            tenant,
        };
        Self { mailroom, services }
    }

    /// S3 tells of the file `key`.
    pub(crate) async fn arrive(&self, key: &str) -> SqsBatchResponse {
        let body = json!({"Records": [{
            "eventSource": "aws:s3",
            "eventName": "ObjectCreated:Put",
            "eventTime": "2026-11-24T09:00:01.000Z",
            "s3": {"bucket": {"name": "inbox"}, "object": {"key": key}}
        }]});
        let event = batch("inbox", &[("", body.to_string())]);
        self.mailroom.read_all(event).await
    }

    pub(crate) async fn requests(&self) -> Vec<NoticeRequest> {
        let page = self.mailroom.notices.list(None, 100).await.unwrap();
        page.requests
    }

    /// The letters that were queued, as often as they were.
    pub(crate) async fn answers(&self) -> Vec<Letter> {
        let mut letters = Vec::new();
        for queued in self.services.queued("mails") {
            let id = queued["body"]["letter"].as_str().unwrap().parse().unwrap();
            let kept = self.mailroom.desk.letters.get(&id).await.unwrap().unwrap();
            letters.push(kept.letter);
        }
        letters
    }

    /// Which mails wait and why, as `<file or reason>`, in the order of their names.
    pub(crate) async fn waiting(&self) -> Vec<String> {
        let page = self.mailroom.inbox.waiting(None, 100).await.unwrap();
        let reason = |waits: Option<Waits>| match waits.unwrap() {
            Waits::UnknownSender => "inbox.unknown",
            Waits::Forged => "inbox.forged",
            Waits::Unreadable => "inbox.none",
            Waits::TooLarge => "inbox.large",
            other => other.key(),
        };
        let waiting = page.mails.iter().map(|mail| reason(mail.waits).to_owned());
        let mut waiting: Vec<String> = waiting.collect();
        waiting.sort();
        waiting
    }
}

/// An S3 with one bucket.
async fn bucket(mails: &[(&str, &[u8])]) -> String {
    let mails: BTreeMap<String, Vec<u8>> = mails
        .iter()
        .map(|(key, bytes)| (format!("/inbox/{key}"), bytes.to_vec()))
        .collect();
    let mails = Arc::new(mails);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(move |uri: Uri| {
        let mails = mails.clone();
        async move { answer(mails.get(uri.path())) }
    });
    tokio::spawn(async { axum::serve(listener, router).await });
    endpoint
}

fn answer(mail: Option<&Vec<u8>>) -> Response {
    const MISSING: &str =
        "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>no</Message></Error>";
    match mail {
        Some(bytes) => bytes.clone().into_response(),
        None => (
            StatusCode::NOT_FOUND,
            [(header::CONTENT_TYPE, "application/xml")],
            MISSING,
        )
            .into_response(),
    }
}
