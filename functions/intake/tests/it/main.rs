//! The staff API, against a DynamoDB of the test's own and stand-ins for SQS and S3.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot be set up stops"
)]

mod certificate;
mod desk;
mod inbox;
mod ledger;
mod openapi;
mod plan;
mod platform;
mod register;
mod reports;
mod requests;

use std::sync::Arc;

use axum::Router;
use cloud::checks::Checker;
use cloud::deliveries::Deliveries;
use cloud::files::Files;
use cloud::inbox::Inbox;
use cloud::ledger::Ledger;
use cloud::news::News;
use cloud::notices::Notices;
use cloud::people::People;
use cloud::platform::PlatformState;
use cloud::queue::Queue;
use cloud::reach::{Planner, Reach};
use domain::tenant::Tenant;
use intake::{DeskPage, Intake};
use serde_json::{Value, json};
use support::gateway::{Answer, Event};
use support::{Stub, Tables, rubano};

/// What S3 answers when the files of a period are listed.
const FILES: &str = include_str!("files.xml");

struct Desk {
    app: Router,
    notices: Notices,
    deliveries: Deliveries,
    queue: Stub,
    aws: support::SdkConfig,
}

/// Where the staff signs in.
const COGNITO: &str = "https://cognito-idp.eu-south-1.amazonaws.com";
/// As what: with signs that no client has, and that must not become markup.
const CLIENT: &str = "client\"><script>alert(1)</script>";

/// The number of the comune.
const NUMBER: &str = "106500000000001";

impl Desk {
    async fn open() -> Self {
        Self::of(rubano()).await
    }

    async fn of(tenant: Tenant) -> Self {
        let aws = Tables::start().await.aws;
        let queue = Stub::start(
            200,
            "application/x-amz-json-1.0",
            r#"{"MessageId": "m-1", "MD5OfMessageBody": ""}"#,
        )
        .await;
        let s3 = Stub::start(200, "application/xml", FILES).await;
        Self::with(aws, queue, Files::new(&s3.aws, "rendiconti"), tenant)
    }

    fn with(aws: support::SdkConfig, queue: Stub, files: Files, tenant: Tenant) -> Self {
        let notices = Notices::with_ledger(
            &aws,
            Tables::NOTICES,
            Tables::PROCEDURE,
            tenant.time_zone.clone(),
            &tenant.id,
        );
        let deliveries = Deliveries::new(&aws, Tables::DELIVERIES)
            .counting_service(NUMBER, tenant.time_zone.clone());
        let intake = Intake {
            notices: notices.clone(),
            deliveries: deliveries.clone(),
            reports: Queue::new(&queue.aws, format!("{}/1/reports", queue.endpoint)),
            ledger: Ledger::new(&aws, Tables::PROCEDURE, &tenant.id),
            files,
            desk: cloud::desk::Desk::new(
                &aws,
                Tables::PROCEDURE,
                format!("{}/1/mails", queue.endpoint),
            ),
            // No page is read here: that is tried in `cloud` and in the story of a notice.
            checker: Checker::new(News::new(Some("http://127.0.0.1:1")).unwrap()),
            inbox: Inbox::new(&aws, Tables::PROCEDURE),
            received: Files::new(&aws, "posta"),
            planner: Planner {
                people: People::new(&aws, Tables::PEOPLE),
                platform: PlatformState::new(&aws, Tables::PLATFORM),
                reach: Reach::counts(&aws, Tables::PLATFORM),
                per_second: 80,
            },
            phone_number_id: NUMBER.to_owned(),
            desk_page: DeskPage::new(COGNITO, CLIENT, &tenant),
            tenant,
        };
        Self {
            app: intake::app(Arc::new(intake)),
            notices,
            deliveries,
            queue,
            aws,
        }
    }

    async fn call(&self, event: Event) -> Answer {
        event.call(&self.app).await
    }

    /// What the office `Cultura` gets for asking for `draft`.
    async fn submit(&self, draft: &Value) -> Answer {
        self.call(submission().without("idempotency-key").saying(draft))
            .await
    }

    async fn get(&self, address: &str) -> Answer {
        self.call(
            submission()
                .to("GET", address)
                .by("sportello.uno", "operator"),
        )
        .await
    }
}

fn submission() -> Event {
    Event::from_file(include_str!("../../../../events/intake/submit.json"))
}

fn draft() -> Value {
    json!({
        "title": "Mercatino di Natale",
        "text": "sabato 12 dicembre, dalle 9:30 alle 18, mercatino di Natale in piazza.",
        "link": "https://www.rubano.it/notizie/mercatino-di-natale",
        "wanted_at": "2099-12-10T09:30",
        "office": "Cultura",
        "kind": "evento"
    })
}

#[tokio::test]
async fn the_description_and_its_page_are_for_everybody() {
    let desk = Desk::open().await;

    let page = desk
        .call(Event::from_file(include_str!(
            "../../../../events/intake/docs.json"
        )))
        .await;
    let description = desk
        .call(submission().to("GET", "/openapi.json").by_nobody())
        .await;

    assert_eq!(
        (page.status.as_u16(), page.header("content-type")),
        (200, "text/html; charset=utf-8")
    );
    assert!(page.body.as_str().unwrap().contains("<html lang=\"it\">"));
    assert_eq!(
        (
            description.header("content-type"),
            &description.body["openapi"]
        ),
        ("application/json", &json!("3.1.0"))
    );
}

#[tokio::test]
async fn what_is_not_there_and_what_is_not_allowed_are_problems_too() {
    let desk = Desk::open().await;

    let nowhere = desk.get("/v2/notices").await;
    let unread = desk
        .call(submission().to("DELETE", "/v1/notice-requests"))
        .await;
    let unknown = desk
        .get("/v1/notice-requests/avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B")
        .await;
    let no_id = desk.get("/v1/notice-requests/7").await;
    let no_history = desk
        .get("/v1/notice-requests/avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B/history")
        .await;
    let no_row = desk
        .get("/v1/register/avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B")
        .await;

    assert_eq!(unread.problem(), (405, "/problems/method-not-allowed"));
    for answer in [nowhere, unknown, no_id, no_history, no_row] {
        assert_eq!(answer.problem(), (404, "/problems/not-found"));
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
}

#[tokio::test]
async fn nothing_is_shown_without_an_account_or_without_a_role() {
    let desk = Desk::open().await;

    for address in [
        "/v1/notice-requests",
        "/v1/register",
        "/v1/ledger",
        "/v1/ledger/verify",
        "/v1/ledger/export",
        "/v1/reports/2026-B5",
        "/v1/platform",
        "/v1/unknown",
        "/v1/inbox",
        "/v1/register/avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B/certificate",
        "/v1/notice-requests/avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B/plan",
    ] {
        let nobody = desk.call(submission().to("GET", address).by_nobody()).await;
        let nothing = desk
            .call(submission().to("GET", address).by("qualcuno", "ospiti"))
            .await;

        assert_eq!(
            nobody.problem(),
            (401, "/problems/unauthenticated"),
            "{address}"
        );
        assert_eq!(nothing.problem(), (403, "/problems/forbidden"), "{address}");
    }
}

#[tokio::test]
async fn every_sample_event_is_understood() {
    let desk = Desk::open().await;

    for (file, status) in [
        (include_str!("../../../../events/intake/submit.json"), 201),
        (
            include_str!("../../../../events/intake/submit-without-link.json"),
            422,
        ),
        (include_str!("../../../../events/intake/list.json"), 200),
        (include_str!("../../../../events/intake/register.json"), 200),
        (
            include_str!("../../../../events/intake/ask-report.json"),
            202,
        ),
        (include_str!("../../../../events/intake/platform.json"), 200),
        (include_str!("../../../../events/intake/docs.json"), 200),
    ] {
        let answer = desk.call(Event::from_file(file)).await;
        assert_eq!(answer.status.as_u16(), status, "{answer:?}");
    }
}
