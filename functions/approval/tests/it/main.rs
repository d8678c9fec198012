//! The moves, against a DynamoDB of the test's own and a stand-in for EventBridge Scheduler.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops")]

mod going_out;
mod meeting;
mod refused;

use std::sync::Arc;

use approval::Approval;
use axum::Router;
use cloud::checks::Checker;
use cloud::news::News;
use cloud::notices::Notices;
use cloud::people::People;
use cloud::platform::PlatformState;
use cloud::queue::Queue;
use cloud::reach::{Planner, Reach};
use cloud::schedule::Schedules;
use domain::notice::{Draft, DraftInput, NoticeRequest};
use domain::staff::{Actor, Role};
use domain::tenant::Tenant;
use serde_json::{Value, json};
use support::gateway::{Answer, Event};
use support::{Stub, Tables, rubano};

/// A page of the comune's site.
const PAGE: &str = "<html lang=\"it\"><head><title>Mercatino di Natale</title></head><body><main>Tutto sul mercatino.</main></body></html>";

const NOTICE: &str = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B";

struct Desk {
    app: Router,
    notices: Notices,
    scheduler: Stub,
    dispatches: Stub,
    aws: support::SdkConfig,
}

impl Desk {
    /// A desk with one request that an office has just submitted.
    async fn open() -> Self {
        Self::at(&Tables::start().await.aws).await
    }

    async fn at(dynamo: &support::SdkConfig) -> Self {
        Self::of(dynamo, rubano(), input()).await
    }

    async fn of(dynamo: &support::SdkConfig, tenant: Tenant, input: DraftInput) -> Self {
        let dispatches = Stub::start(
            200,
            "application/x-amz-json-1.0",
            r#"{"MessageId": "m-1", "MD5OfMessageBody": ""}"#,
        )
        .await;
        let scheduler = Stub::start(
            200,
            "application/json",
            r#"{"ScheduleArn": "arn:aws:scheduler:eu-south-1:1:schedule/g/n"}"#,
        )
        .await;
        let notices = Notices::with_ledger(
            dynamo,
            Tables::NOTICES,
            Tables::PROCEDURE,
            tenant.time_zone.clone(),
            &tenant.id,
        );
        let site = Stub::start(200, "text/html; charset=utf-8", PAGE).await;
        let office = Actor {
            id: "ufficio.cultura".parse().unwrap(),
            roles: vec![Role::Requester],
        };
        let draft = Draft::check(&input, &tenant, cloud::clock::now()).unwrap();
        let submitted = NoticeRequest::submit(
            NOTICE.parse().unwrap(),
            draft,
            &office,
            &tenant,
            cloud::clock::now(),
        )
        .unwrap();
        notices.save(&submitted).await.unwrap();
        let approval = Approval {
            notices: notices.clone(),
            schedules: Schedules::new(
                &scheduler.aws,
                "avvisi",
                "arn:aws:iam::1:role/scheduler",
                "arn:aws:sqs:eu-south-1:1:dispatches",
            ),
            planner: planner(dynamo),
            dispatches: Queue::new(
                &dispatches.aws,
                format!("{}/1/dispatches", dispatches.endpoint),
            ),
            desk: cloud::desk::Desk::new(
                dynamo,
                Tables::PROCEDURE,
                format!("{}/1/mails", dispatches.endpoint),
            ),
            checker: Checker::new(News::new(Some(&site.endpoint)).unwrap()),
            tenant,
        };
        Self {
            app: approval::app(Arc::new(approval)),
            notices,
            scheduler,
            dispatches,
            aws: dynamo.clone(),
        }
    }

    async fn call(&self, event: Event) -> Answer {
        event.call(&self.app).await
    }

    async fn make(&self, step: &str, name: &str, role: &str, version: u64, body: &Value) -> Answer {
        self.call(
            event(step)
                .by(name, role)
                .with("if-match", &format!("\"{version}\""))
                .saying(body),
        )
        .await
    }

    async fn forwarded(&self) -> Answer {
        self.make("take-charge", "sportello.uno", "operator", 1, &json!({}))
            .await;
        self.make("forward", "capo.settore", "sector_head", 2, &json!({}))
            .await
    }

    async fn approved(&self) -> Answer {
        let digest = self.forwarded().await.body["digest"].clone();
        self.make(
            "approve",
            "gruppo.uno",
            "operating_group",
            3,
            &json!({"digest": digest}),
        )
        .await
    }
}

fn planner(dynamo: &support::SdkConfig) -> Planner {
    Planner {
        people: People::new(dynamo, Tables::PEOPLE),
        platform: PlatformState::new(dynamo, Tables::PLATFORM),
        reach: Reach::counts(dynamo, Tables::PLATFORM),
        per_second: 80,
    }
}

fn input() -> DraftInput {
    DraftInput {
        title: Some("Mercatino di Natale".to_owned()),
        text: Some(
            "sabato 12 dicembre, dalle 9:30 alle 18, mercatino di Natale in piazza.".to_owned(),
        ),
        link: Some("https://www.rubano.it/notizie/mercatino-di-natale".to_owned()),
        wanted_at: Some("2099-12-10T09:30".to_owned()),
        useful_until: None,
        office: Some("Cultura".to_owned()),
        kind: Some("evento".to_owned()),
        ..DraftInput::default()
    }
}

fn draft() -> Value {
    serde_json::to_value(input()).unwrap()
}

fn event(step: &str) -> Event {
    let file = Event::from_file(include_str!("../../../../events/approval/take-charge.json"));
    file.to("POST", &format!("/v1/notice-requests/{NOTICE}/{step}"))
}

#[tokio::test]
async fn the_written_procedure_leads_from_an_office_to_a_schedule() {
    let desk = Desk::open().await;

    let approved = desk.approved().await;
    let scheduled = desk
        .make("schedule", "sportello.uno", "operator", 4, &json!({}))
        .await;

    assert_eq!(approved.header("etag"), "\"4\"");
    assert_eq!(approved.body["state"]["approval"]["by"], "gruppo.uno");
    assert_eq!(
        (scheduled.status.as_u16(), &scheduled.body["state"]["name"]),
        (200, &json!("scheduled"))
    );
    assert_eq!(scheduled.body["state"]["send_at"], "2099-12-10T08:30:00Z");
    let calls = desk.scheduler.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].path, format!("/schedules/{NOTICE}-4100574600"));
    assert_eq!(
        calls[0].body["ScheduleExpression"],
        "at(2099-12-10T08:30:00)"
    );
    let input: Value =
        serde_json::from_str(calls[0].body["Target"]["Input"].as_str().unwrap()).unwrap();
    assert_eq!(
        input,
        json!({"notice": NOTICE, "send_at": "2099-12-10T08:30:00Z"})
    );
}

#[tokio::test]
async fn the_history_says_who_did_what() {
    let desk = Desk::open().await;
    desk.forwarded().await;
    desk.make(
        "return",
        "gruppo.uno",
        "operating_group",
        3,
        &json!({"reason": "Manca l'orario."}),
    )
    .await;

    let history = desk
        .notices
        .history(&NOTICE.parse().unwrap())
        .await
        .unwrap();

    let lines: Vec<_> = history
        .iter()
        .map(|entry| {
            (
                entry.version,
                entry.by.as_ref().unwrap().as_str(),
                entry.state.key(),
                entry.reason.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            (1, "ufficio.cultura", "submitted", None),
            (2, "sportello.uno", "taken_in_charge", None),
            (3, "capo.settore", "forwarded", None),
            (4, "gruppo.uno", "returned", Some("Manca l'orario.")),
        ]
    );
}

#[tokio::test]
async fn a_returned_request_is_resubmitted_and_may_then_be_cancelled() {
    let desk = Desk::open().await;
    desk.make("take-charge", "sportello.uno", "operator", 1, &json!({}))
        .await;
    desk.make(
        "return",
        "sportello.uno",
        "operator",
        2,
        &json!({"reason": "Manca l'orario."}),
    )
    .await;

    let again = desk
        .make("resubmit", "ufficio.cultura", "requester", 3, &draft())
        .await;
    let cancelled = desk
        .make(
            "cancel",
            "ufficio.cultura",
            "requester",
            4,
            &json!({"reason": "Rinviato."}),
        )
        .await;

    assert_eq!(again.body["state"]["name"], "submitted");
    assert_eq!(cancelled.body["state"]["name"], "cancelled");
    assert_eq!(cancelled.body["state"]["reason"], "Rinviato.");
}

#[tokio::test]
async fn a_reword_after_the_approval_voids_it() {
    let desk = Desk::open().await;
    desk.approved().await;
    let mut other = draft();
    other["text"] = "domenica 13 dicembre, mercatino in piazza.".into();

    let reworded = desk
        .make("reword", "capo.settore", "sector_head", 4, &other)
        .await;
    let scheduled = desk
        .make("schedule", "sportello.uno", "operator", 5, &json!({}))
        .await;

    assert_eq!(reworded.body["state"]["name"], "forwarded");
    assert_eq!(scheduled.problem(), (409, "/problems/not-allowed"));
    assert_eq!(desk.scheduler.calls(), []);
}

#[tokio::test]
async fn a_request_is_not_scheduled_when_its_schedule_cannot_be_made() {
    let tables = Tables::start().await;
    let desk = Desk::at(&tables.aws).await;
    desk.approved().await;
    let refusing = Stub::start(
        400,
        "application/json",
        r#"{"__type": "ValidationException", "Message": "no"}"#,
    )
    .await;
    let approval = Approval {
        notices: desk.notices.clone(),
        schedules: Schedules::new(
            &refusing.aws,
            "avvisi",
            "arn:aws:iam::1:role/s",
            "arn:aws:sqs:eu-south-1:1:d",
        ),
        planner: planner(&tables.aws),
        dispatches: Queue::new(&refusing.aws, "http://sqs.test/1/dispatches"),
        desk: cloud::desk::Desk::new(&tables.aws, Tables::PROCEDURE, "http://sqs.test/1/m".into()),
        checker: Checker::new(News::new(Some("http://127.0.0.1:1")).unwrap()),
        tenant: rubano(),
    };
    let broken = Desk {
        app: approval::app(Arc::new(approval)),
        ..desk
    };

    let answer = broken
        .make("schedule", "sportello.uno", "operator", 4, &json!({}))
        .await;

    assert_eq!(answer.problem(), (503, "/problems/unavailable"));
    let stored = broken
        .notices
        .get(&NOTICE.parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((stored.version, stored.state.name().key()), (4, "approved"));
}

#[tokio::test]
async fn every_sample_event_is_understood() {
    let desk = Desk::open().await;

    for (file, problem) in [
        (
            include_str!("../../../../events/approval/take-charge.json"),
            None,
        ),
        (
            include_str!("../../../../events/approval/return.json"),
            None,
        ),
        (
            include_str!("../../../../events/approval/approve.json"),
            Some("/problems/not-allowed"),
        ),
        (
            include_str!("../../../../events/approval/schedule.json"),
            Some("/problems/stale"),
        ),
        (
            include_str!("../../../../events/approval/reword.json"),
            Some("/problems/stale"),
        ),
    ] {
        let answer = desk.call(Event::from_file(file)).await;
        assert_eq!(answer.body["type"].as_str(), problem, "{answer:?}");
    }
}

#[test]
fn the_description_of_each_move_names_the_roles_that_the_workflow_admits() {
    use domain::notice::{MoveKind, StateName};

    let described = serde_json::to_value(approval::openapi()).unwrap();
    let is_of_the_staff = |kind: &MoveKind| {
        StateName::ALL
            .iter()
            .any(|state| state.allows(*kind).is_some_and(|roles| !roles.is_empty()))
    };
    for kind in MoveKind::ALL.into_iter().filter(is_of_the_staff) {
        let admitted = |role: &Role| {
            StateName::ALL
                .iter()
                .any(|state| state.allows(kind).is_some_and(|r| r.contains(role)))
        };
        let roles: Vec<_> = Role::ALL
            .iter()
            .filter(|role| admitted(role))
            .map(|role| role.key())
            .collect();
        let address = format!(
            "/v1/notice-requests/{{id}}/{}",
            kind.key().replace('_', "-")
        );

        let description = described["paths"][&address]["post"]["description"]
            .as_str()
            .unwrap_or_default();

        let named = if roles.len() == 1 { "Ruolo" } else { "Ruoli" };
        let expected = format!("{named}: {}.", roles.join(", "));
        assert!(
            description.ends_with(&expected),
            "{address}: «{description}» does not end with «{expected}»"
        );
    }
}
