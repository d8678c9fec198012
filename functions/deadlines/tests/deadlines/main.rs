//! Ticks, with a real table and a queue that remembers.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: what cannot be set up is a failed test"
)]

use deadlines::{Config, Deadlines};
use domain::Instant;
use domain::letter::Letter;
use serde_json::json;
use support::batches::{back, batch};
use support::services::Services;
use support::{Tables, rubano};

struct Office {
    services: Services,
    deadlines: Deadlines,
}

impl Office {
    async fn open() -> Self {
        let tables = Tables::start().await;
        let services = Services::start(&tables.endpoint, &json!({})).await;
        let queue = |name: &str| format!("{}/1/{name}", services.aws.endpoint_url().unwrap());
        let config = Config {
            notices_table: Tables::NOTICES.to_owned(),
            procedure_table: Tables::PROCEDURE.to_owned(),
            mails_queue_url: queue("mails"),
            reports_bucket: "reports".to_owned(),
            dead_letters_url: queue("ticks-dead"),
            tenant: rubano(),
        };
        Self {
            deadlines: Deadlines::new(config, &services.aws),
            services,
        }
    }

    /// A tick at `now`; the messages that come back.
    async fn tick(&self, now: &str) -> usize {
        let tick = batch("ticks", &[("", json!({"type": "look"}).to_string())]);
        let response = self.deadlines.look_all(tick, at(now)).await;
        back(&response).len()
    }

    async fn write(&self, id: &str, now: &str) -> Letter {
        let to = vec!["gruppo@esempio.it".parse().unwrap()];
        let letter = Letter::new(id.parse().unwrap(), to, "Da approvare", "Aspetta.").unwrap();
        self.deadlines
            .letters
            .write(&letter, at(now))
            .await
            .unwrap();
        letter
    }
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_letter_that_was_left_for_a_minute_is_queued_once_an_hour_until_it_is_posted() {
    let office = Office::open().await;
    let letter = office.write("a#1", "2026-11-24T09:59:30Z").await;

    for now in ["10:00:00", "10:05:00", "10:10:00", "11:00:00", "11:10:00"] {
        assert_eq!(office.tick(&format!("2026-11-24T{now}Z")).await, 0);
    }

    let queued = office.services.queued("mails");
    assert_eq!(queued.len(), 2, "at 10:05 and at 11:10");
    assert_eq!(queued[0]["body"], json!({ "letter": letter.id }));

    let posted = at("2026-11-24T11:11:00Z");
    office
        .deadlines
        .letters
        .sent(&letter.id, "1", posted)
        .await
        .unwrap();
    office.tick("2026-11-25T10:00:00Z").await;
    assert_eq!(office.services.queued("mails").len(), 2);
}

#[tokio::test]
async fn a_tick_whose_letters_could_not_be_queued_comes_back() {
    let office = Office::open().await;
    office.write("a#1", "2026-11-24T09:00:00Z").await;
    office.services.refuse("mails", true);

    assert_eq!(office.tick("2026-11-24T10:00:00Z").await, 1);
    assert_eq!(office.tick("2026-11-24T10:00:00Z").await, 0);
    assert_eq!(office.services.queued("mails").len(), 1);
}

#[tokio::test]
async fn what_is_no_tick_is_a_dead_letter() {
    let office = Office::open().await;
    let event = batch("ticks", &[("", json!({"type": "sleep"}).to_string())]);

    office
        .deadlines
        .look_all(event, at("2026-11-24T10:00:00Z"))
        .await;

    assert_eq!(office.services.queued("ticks-dead").len(), 1);
}
