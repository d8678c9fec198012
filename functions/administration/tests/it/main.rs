//! The roster's part of the staff API, against a DynamoDB of the test's own.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops")]

mod people;
mod whole;

use std::sync::Arc;

use administration::Administration;
use axum::Router;
use cloud::roster::Rosters;
use serde_json::Value;
use support::gateway::{Answer, Event};
use support::{Tables, rubano};

struct Desk {
    app: Router,
    rosters: Rosters,
}

impl Desk {
    /// With no roster yet.
    async fn empty() -> Self {
        let aws = Tables::start().await.aws;
        let administration = Administration {
            rosters: Rosters::new(&aws, Tables::PROCEDURE),
            tenant: rubano(),
        };
        Self {
            app: administration::app(Arc::new(administration)),
            rosters: Rosters::new(&aws, Tables::PROCEDURE),
        }
    }

    /// With the roster of the sample event, at version 1.
    async fn open() -> Self {
        let desk = Self::empty().await;
        let answer = desk.call(replacement()).await;
        assert_eq!(answer.status.as_u16(), 200, "{answer:?}");
        desk
    }

    async fn call(&self, event: Event) -> Answer {
        event.call(&self.app).await
    }

    async fn get(&self, address: &str) -> Answer {
        self.call(
            replacement()
                .to("GET", address)
                .saying_text("")
                .by("amministratore", "administrator"),
        )
        .await
    }

    async fn version(&self) -> u64 {
        self.rosters.get().await.unwrap().unwrap().1
    }
}

fn replacement() -> Event {
    Event::from_file(include_str!(
        "../../../../events/administration/replace.json"
    ))
}

fn roster() -> Value {
    let event: Value = serde_json::from_str(include_str!(
        "../../../../events/administration/replace.json"
    ))
    .unwrap();
    serde_json::from_str(event["body"].as_str().unwrap()).unwrap()
}

/// The fields that are named as wrong.
fn fields(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.problem(), (422, "/problems/invalid"), "{answer:?}");
    answer.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn every_sample_event_is_understood() {
    let desk = Desk::open().await;

    for file in [
        include_str!("../../../../events/administration/show.json"),
        include_str!("../../../../events/administration/acting.json"),
        include_str!("../../../../events/administration/absence.json"),
        include_str!("../../../../events/administration/absence-end.json"),
        include_str!("../../../../events/administration/revoke.json"),
        include_str!("../../../../events/administration/changes.json"),
    ] {
        let answer = desk.call(Event::from_file(file)).await;
        assert_eq!(answer.status.as_u16(), 200, "{answer:?}");
    }
}

#[tokio::test]
async fn nothing_is_shown_or_changed_without_an_account_or_without_a_role() {
    let desk = Desk::open().await;

    for (method, address) in [
        ("GET", "/v1/roster"),
        ("PUT", "/v1/roster"),
        ("GET", "/v1/roster/acting"),
        ("GET", "/v1/roster/changes"),
        ("POST", "/v1/roster/absences"),
        ("POST", "/v1/roster/absences/end"),
        ("POST", "/v1/roster/operators/sportello.uno/revoke"),
    ] {
        let call = replacement().to(method, address);
        let nobody = desk.call(call.clone().by_nobody()).await;
        let guest = desk.call(call.by("qualcuno", "ospiti")).await;

        assert_eq!(nobody.problem(), (401, "/problems/unauthenticated"));
        assert_eq!(
            guest.problem(),
            (403, "/problems/forbidden"),
            "{method} {address}"
        );
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let desk = Desk::empty().await;

    let nowhere = desk.get("/v1/rosters").await;
    let unmade = desk.call(replacement().to("DELETE", "/v1/roster")).await;

    assert_eq!(nowhere.problem(), (404, "/problems/not-found"));
    assert_eq!(unmade.problem(), (405, "/problems/method-not-allowed"));
    for address in ["/v1/roster", "/v1/roster/acting"] {
        let answer = desk.get(address).await;
        assert_eq!(answer.problem(), (404, "/problems/not-found"), "{address}");
    }
}

#[test]
fn the_description_names_the_roles_of_who_may() {
    let described = serde_json::to_value(administration::openapi()).unwrap();

    for (path, item) in described["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let description = operation["description"].as_str().unwrap();
            assert!(
                ["Ruolo: ", "Ruoli: ", "Tutti i ruoli."]
                    .iter()
                    .any(|words| description.contains(words)),
                "{method} {path}"
            );
        }
    }
}
