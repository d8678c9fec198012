//! Ticks, with a real table and a queue that remembers.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: what cannot be set up is a failed test"
)]

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use cloud::files::Files;
use deadlines::{Config, Deadlines};
use domain::Instant;
use domain::letter::Letter;
use domain::notice::{Draft, DraftInput, Move, NoticeRequest, StateName};
use domain::roster::{
    AbsenceInput, Change, Entry, GroupInput, OperatorInput, PhasesInput, Roster, RosterInput,
};
use domain::staff::{Actor, Role};
use serde_json::json;
use support::batches::{back, batch, sample};
use support::services::Services;
use support::{Bucket, Tables, rubano};

struct Office {
    services: Services,
    deadlines: Deadlines,
    bucket: Bucket,
}

impl Office {
    async fn open() -> Self {
        let tables = Tables::start().await;
        let services = Services::start(&tables.endpoint, &json!({})).await;
        let queue = |name: &str| format!("{}/1/{name}", services.aws.endpoint_url().unwrap());
        let mut tenant = rubano();
        tenant.sending.approval_valid_days = 7;
        let config = Config {
            notices_table: Tables::NOTICES.to_owned(),
            people_table: Tables::PEOPLE.to_owned(),
            pauses_queue_url: "http://sqs.test/1/pauses".to_owned(),
            procedure_table: Tables::PROCEDURE.to_owned(),
            mails_queue_url: queue("mails"),
            reports_bucket: "reports".to_owned(),
            dead_letters_url: queue("ticks-dead"),
            tenant,
        };
        let bucket = Bucket::start().await;
        let deadlines = Deadlines {
            files: Files::new(&bucket.aws, "reports"),
            ..Deadlines::new(config, &services.aws)
        };
        Self {
            services,
            deadlines,
            bucket,
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
            .desk
            .letters
            .write(&letter, at(now))
            .await
            .unwrap();
        letter
    }
}

/// Somebody in the middle of a segnalazione that is due at `at`, as the conversation writes them.
async fn making(office: &Office, person: &str, at: &str) {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    support::dynamo(&office.services.aws)
        .put_item()
        .table_name(Tables::PEOPLE)
        .item("pk", text(person))
        .item("sk", text("person"))
        .item("making", text("segnalazione"))
        .item("due_at", text(at))
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn whoever_left_a_segnalazione_unfinished_is_told_to_the_conversation() {
    let office = Office::open().await;
    let anna = "p_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2C";
    making(&office, anna, "2026-11-24T09:00:00Z").await;
    making(
        &office,
        "p_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2D",
        "2026-11-24T11:00:00Z",
    )
    .await;

    office.tick("2026-11-24T10:00:00Z").await;

    let queued = office.services.queued("pauses");
    assert_eq!(queued.len(), 1, "the other is not due yet");
    assert_eq!(
        queued[0]["body"],
        json!({"be_due": {"person": anna, "at": "2026-11-24T09:00:00Z"}})
    );
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
        .desk
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
async fn the_sample_event_is_understood() {
    let office = Office::open().await;
    let letter = office.write("a#1", "2026-11-24T09:00:00Z").await;
    let event = sample(include_str!("../../../../events/deadlines/look.json"));

    let response = office
        .deadlines
        .look_all(event, at("2026-11-24T10:00:00Z"))
        .await;

    assert!(back(&response).is_empty());
    let queued = office.services.queued("mails");
    assert_eq!(queued[0]["body"], json!({ "letter": letter.id }));
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

/// What an office asked for at `asked`.
async fn asked(office: &Office, asked: &str) -> NoticeRequest {
    let input = DraftInput {
        title: Some("Mercatino di Natale".to_owned()),
        text: Some("sabato 12 dicembre 2026, mercatino di Natale in piazza.".to_owned()),
        link: Some("https://www.rubano.it/notizie/mercatino-di-natale".to_owned()),
        wanted_at: Some("2026-12-10T09:30".to_owned()),
        office: Some("Cultura".to_owned()),
        kind: Some("evento".to_owned()),
        ..DraftInput::default()
    };
    let by = Actor {
        id: "ufficio.cultura".parse().unwrap(),
        roles: vec![Role::Requester],
    };
    let draft = Draft::check(&input, &rubano(), at(asked)).unwrap();
    let id = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B".parse().unwrap();
    let applied = NoticeRequest::submit(id, draft, &by, &rubano(), at(asked)).unwrap();
    office.deadlines.notices.save(&applied).await.unwrap();
    applied.request
}

/// One at the desk, a head, and those whom the alternative path needs; the desk is absent from `away`, if ever.
async fn roster(office: &Office, away: Option<(&str, &str)>) {
    let operator = |id: &str, role: &str| OperatorInput {
        id: Some(id.to_owned()),
        name: Some(format!("Incaricato {id}")),
        email: Some(format!("{id}@example.it")),
        roles: vec![role.to_owned()],
        appointed_by: Some("decreto n. 12 del 03/03/2026".to_owned()),
        from: Some("2026-01-01".to_owned()),
        ..OperatorInput::default()
    };
    let mut desk = operator("sportello.uno", "operator");
    desk.absences.extend(away.map(|(from, until)| AbsenceInput {
        from: Some(from.to_owned()),
        until: Some(until.to_owned()),
        reason: None,
    }));
    let input = RosterInput {
        operators: vec![
            desk,
            operator("capo.settore", "sector_head"),
            operator("sindaco", "operating_group"),
            operator("fornitore", "supplier"),
        ],
        phases: PhasesInput {
            take_charge: vec!["sportello.uno".to_owned()],
            forward: vec!["capo.settore".to_owned()],
            alternative: vec!["sportello.uno".to_owned()],
            monitoring: vec!["capo.settore".to_owned()],
        },
        group: GroupInput {
            members: vec!["sindaco".to_owned()],
            supplier: Some("fornitore".to_owned()),
            mayor: Some("sindaco".to_owned()),
        },
        mailbox: vec!["avvisi@example.it".to_owned()],
    };
    let entry = Entry {
        version: 1,
        at: at("2026-11-01T10:00:00Z"),
        by: "amministratore.uno".parse().unwrap(),
        change: Change::Replaced,
    };
    let roster = Roster::check(&input).unwrap();
    office
        .deadlines
        .desk
        .rosters
        .save(&roster, &entry)
        .await
        .unwrap();
}

/// The letters that were queued, by subject.
async fn subjects(office: &Office) -> Vec<String> {
    let mut subjects = Vec::new();
    // One that nobody posts is queued again every hour.
    let queued = office.services.queued("mails").into_iter();
    let ids: BTreeSet<String> = queued
        .map(|queued| queued["body"]["letter"].as_str().unwrap().to_owned())
        .collect();
    for id in ids {
        let id = id.parse().unwrap();
        let kept = office
            .deadlines
            .desk
            .letters
            .get(&id)
            .await
            .unwrap()
            .unwrap();
        subjects.push(kept.letter.subject);
    }
    subjects
}

#[tokio::test]
async fn whoever_must_take_charge_is_reminded_on_the_last_day_and_others_are_told_after_it() {
    let office = Office::open().await;
    roster(&office, None).await;
    asked(&office, "2026-11-20T22:00:00Z").await;

    for hour in ["23T07:00:00", "23T08:00:00", "23T10:00:00", "23T17:00:00"] {
        assert_eq!(office.tick(&format!("2026-11-{hour}Z")).await, 0);
    }

    let subjects = subjects(&office).await;
    let reminders = subjects
        .iter()
        .filter(|subject| subject.starts_with("Scade oggi"));
    let escalations = subjects
        .iter()
        .filter(|subject| subject.starts_with("Termine scaduto"));
    assert_eq!(
        (reminders.count(), escalations.count()),
        (1, 1),
        "{subjects:?}"
    );
}

#[tokio::test]
async fn an_approval_that_has_grown_old_is_taken_back_by_the_clock() {
    let office = Office::open().await;
    let mut request = asked(&office, "2026-11-20T09:00:00Z").await;
    let digest = request.digest(&rubano());
    for (step, name, role) in [
        (Move::TakeCharge, "sportello.uno", Role::Operator),
        (Move::Forward, "capo.settore", Role::SectorHead),
        (Move::Approve(digest), "gruppo.uno", Role::OperatingGroup),
    ] {
        let by = Actor {
            id: name.parse().unwrap(),
            roles: vec![role],
        };
        let applied = request
            .apply(step, &by, &rubano(), at("2026-11-20T10:00:00Z"))
            .unwrap();
        office.deadlines.notices.save(&applied).await.unwrap();
        request = applied.request;
    }

    office.tick("2026-11-27T09:00:00Z").await;
    let still = office
        .deadlines
        .notices
        .get(&request.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(still.state.name(), StateName::Approved);
    office.tick("2026-11-27T10:00:00Z").await;
    let expired = office
        .deadlines
        .notices
        .get(&request.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(expired.state.name(), StateName::Forwarded);
}

#[tokio::test]
async fn a_time_in_which_nobody_can_act_is_told_of_before_it_comes() {
    let office = Office::open().await;
    roster(&office, Some(("2026-12-01T00:00", "2026-12-03T00:00"))).await;

    office.tick("2026-11-24T10:00:00Z").await;
    office.tick("2026-11-24T10:05:00Z").await;

    let subjects = subjects(&office).await;
    let gaps = subjects
        .iter()
        .filter(|subject| subject.contains("nessuno può agire"));
    assert_eq!(
        gaps.count(),
        2,
        "taking charge and the alternative path: {subjects:?}"
    );
}

#[tokio::test]
async fn a_mail_that_waits_is_told_at_the_watch_and_an_hour_that_nobody_scheduled_before_and_after_it()
 {
    let office = Office::open().await;
    roster(&office, None).await;
    asked(&office, "2026-11-20T22:00:00Z").await;
    let mail = domain::mail::MailRecord::unread(
        "0".repeat(64),
        "inbox/1",
        at("2026-12-08T20:00:00Z"),
        domain::mail::Waits::Unreadable,
    );
    office
        .deadlines
        .inbox
        .keep(&mail, Vec::new())
        .await
        .unwrap();

    // The notice is wanted at 8:30 UTC on the 10th.
    for hour in [
        "09T08:00:00",
        "09T08:30:00",
        "09T08:35:00",
        "10T08:30:00",
        "10T08:35:00",
    ] {
        assert_eq!(office.tick(&format!("2026-12-{hour}Z")).await, 0);
    }

    let subjects = subjects(&office).await;
    for (said, times) in [
        (
            "Presidio della casella avvisi: 1 da prendere in carico, 1 e-mail da leggere",
            2,
        ),
        ("Si avvicina l'ora", 1),
        ("Ora passata", 1),
    ] {
        let found = subjects.iter().filter(|subject| subject.starts_with(said));
        assert_eq!(found.count(), times, "{said}: {subjects:?}");
    }
}

#[tokio::test]
async fn every_day_is_sealed_once() {
    let office = Office::open().await;

    for hour in ["24T10:00:00", "24T10:05:00", "25T10:00:00"] {
        assert_eq!(office.tick(&format!("2026-11-{hour}Z")).await, 0);
    }

    assert_eq!(
        office.bucket.keys(),
        [
            "rubano/registro/sigilli/2026/2026-11-23.json",
            "rubano/registro/sigilli/2026/2026-11-24.json"
        ]
    );
}
