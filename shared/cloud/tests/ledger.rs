//! The register that can be verified, against a DynamoDB of the test's own and a bucket with versions.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot be set up stops"
)]

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use cloud::StoreError;
use cloud::files::Files;
use cloud::ledger::{Ledger, LedgerError, LedgerPage};
use cloud::notices::Notices;
use cloud::platform::PlatformState;
use domain::Instant;
use domain::ids::NoticeId;
use domain::ledger::{Verdict, What, key};
use domain::notice::{Applied, Draft, Move, NoticeRequest};
use domain::staff::{Actor, Role};
use futures::future::join_all;
use support::{Bucket, Tables, rubano};

struct Desk {
    notices: Notices,
    ledger: Ledger,
    files: Files,
    bucket: Bucket,
    platform: PlatformState,
    dynamo: Client,
}

fn now() -> Instant {
    "2026-11-22T09:00:00Z".parse().unwrap()
}

fn everybody() -> Actor {
    Actor {
        id: "gruppo.uno".parse().unwrap(),
        roles: Role::ALL.to_vec(),
    }
}

/// The request of an office for the notice number `number`.
fn asked(number: usize) -> Applied {
    let input = serde_json::from_value(serde_json::json!({
        "title": format!("Mercatino {number}"),
        "text": "sabato 12 dicembre, mercatino in piazza.",
        "link": "https://www.rubano.it/notizie/mercatino",
        "wanted_at": "2026-12-10T09:30",
        "office": "Cultura",
        "kind": "evento"
    }));
    let draft = Draft::check(&input.unwrap(), &rubano(), now()).unwrap();
    let id: NoticeId = format!("avv_{number:026}").parse().unwrap();
    let office = Actor {
        id: "ufficio.cultura".parse().unwrap(),
        roles: vec![Role::Requester],
    };
    NoticeRequest::submit(id, draft, &office, &rubano(), now()).unwrap()
}

fn moved(request: &NoticeRequest, step: Move) -> Applied {
    let request = request.clone();
    request.apply(step, &everybody(), &rubano(), now()).unwrap()
}

impl Desk {
    async fn open() -> Self {
        let aws = Tables::start().await.aws;
        let bucket = Bucket::start().await;
        Self {
            notices: Notices::with_ledger(
                &aws,
                Tables::NOTICES,
                Tables::PROCEDURE,
                rubano().time_zone,
                "rubano",
            ),
            ledger: Ledger::new(&aws, Tables::PROCEDURE, "rubano"),
            files: Files::new(&bucket.aws, "reports"),
            bucket,
            platform: PlatformState::new(&aws, Tables::PLATFORM),
            dynamo: Client::new(&aws),
        }
    }

    /// A register of so many rows.
    async fn of(rows: usize) -> Self {
        let desk = Self::open().await;
        for number in 1..=rows {
            desk.notices.save(&asked(number)).await.unwrap();
        }
        desk
    }

    async fn verdict(&self) -> Verdict {
        self.ledger.verify(&self.files).await.unwrap().verdict
    }

    async fn rows(&self) -> u64 {
        match self.verdict().await {
            Verdict::Intact { rows, .. } => rows,
            altered @ Verdict::Altered { .. } => panic!("{altered:?}"),
        }
    }

    /// Writes `value` over the attribute `name` of the item `sort`, behind the system's back.
    async fn tamper(&self, sort: &str, name: &str, value: AttributeValue) {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        self.dynamo
            .update_item()
            .table_name(Tables::PROCEDURE)
            .key("pk", text("register"))
            .key("sk", text(sort))
            .update_expression("SET #name = :value")
            .expression_attribute_names("#name", name)
            .expression_attribute_values(":value", value)
            .send()
            .await
            .unwrap();
    }
}

fn numbers(page: &LedgerPage) -> Vec<u64> {
    page.rows.iter().map(|found| found.row.number).collect()
}

#[tokio::test]
async fn every_move_is_a_row_of_the_register() {
    let desk = Desk::open().await;
    let submitted = asked(1);
    let taken = moved(&submitted.request, Move::TakeCharge);
    let forwarded = moved(&taken.request, Move::Forward);

    for applied in [&submitted, &taken, &forwarded] {
        desk.notices.save(applied).await.unwrap();
    }

    let history = desk.notices.history(&submitted.request.id).await.unwrap();
    let page = desk.ledger.search(None, 10, |_| true).await.unwrap();
    let told: Vec<_> = page
        .rows
        .iter()
        .rev()
        .map(|found| (found.row.version, found.row.step, found.row.state))
        .collect();
    let lived: Vec<_> = history
        .iter()
        .map(|entry| (entry.version, entry.step, entry.state))
        .collect();
    assert_eq!(told, lived);
    assert_eq!((numbers(&page), page.cursor), (vec![3, 2, 1], None));
    assert_eq!(desk.ledger.head().await.unwrap().number, 3);
    assert_eq!(desk.rows().await, 3);
}

#[tokio::test]
async fn moves_made_at_once_all_get_a_row() {
    let desk = Desk::open().await;
    let moves: Vec<_> = (1..=8).map(asked).collect();

    let saved = join_all(moves.iter().map(|applied| desk.notices.save(applied))).await;

    for outcome in saved {
        outcome.unwrap();
    }
    assert_eq!(desk.rows().await, 8);
}

#[tokio::test]
async fn of_two_who_move_one_request_at_once_one_wins_and_one_row_is_written() {
    let desk = Desk::of(1).await;
    let request = asked(1).request;
    let (one, other) = (
        moved(&request, Move::TakeCharge),
        moved(&request, Move::Cancel("rinviato".to_owned())),
    );

    let outcomes = join_all([desk.notices.save(&one), desk.notices.save(&other)]).await;

    let stale = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Err(StoreError::Stale)));
    assert_eq!(stale.count(), 1, "{outcomes:?}");
    assert_eq!(desk.rows().await, 2);
}

#[tokio::test]
async fn a_stop_is_told_to_the_platform_and_to_the_register() {
    let desk = Desk::of(1).await;
    let mut request = asked(1).request;
    let digest = request.digest(&rubano());
    for step in [
        Move::TakeCharge,
        Move::Forward,
        Move::Approve(digest),
        Move::Schedule,
    ] {
        let applied = moved(&request, step);
        desk.notices.save(&applied).await.unwrap();
        request = applied.request;
    }
    let started = request.advance(Move::Start, &rubano(), now()).unwrap();
    desk.notices.save(&started).await.unwrap();
    let stopped = moved(&started.request, Move::Stop("errore".to_owned()));

    // While it is stopped, others are asked for.
    let others: Vec<_> = (2..=4).map(asked).collect();
    let (told, saved) = futures::join!(
        desk.notices.save_and_tell(&stopped, &desk.platform),
        join_all(others.iter().map(|other| desk.notices.save(other)))
    );

    told.unwrap();
    for outcome in saved {
        outcome.unwrap();
    }
    let platform = desk.platform.now().await.unwrap();
    assert!(platform.stopped_notices.contains(&stopped.request.id));
    assert_eq!(desk.rows().await, 10);
}

#[tokio::test]
async fn a_reader_of_notices_writes_no_rows() {
    let desk = Desk::open().await;
    let aws = Tables::start().await.aws;
    let notices = Notices::new(&aws, Tables::NOTICES, rubano().time_zone);

    notices.save(&asked(1)).await.unwrap();

    assert_eq!(desk.rows().await, 0);
}

#[tokio::test]
async fn a_row_altered_behind_the_systems_back_is_named() {
    let text = |value: &str| AttributeValue::S(value.to_owned());
    for (sort, name, value, number, what) in [
        (key(2), "row", text("{}"), 2, What::HashDiffers),
        (key(3), "hash", text(&"0".repeat(64)), 3, What::HashDiffers),
        (key(1), "previous", text(""), 1, What::HashDiffers),
        (
            key(2),
            "row",
            AttributeValue::N("2".to_owned()),
            2,
            What::HashDiffers,
        ),
        ("head".to_owned(), "hash", text("no"), 4, What::HeadDiffers),
        (
            "head".to_owned(),
            "number",
            AttributeValue::N("3".to_owned()),
            4,
            What::OutOfPlace,
        ),
        (
            "head".to_owned(),
            "number",
            AttributeValue::N("9".to_owned()),
            5,
            What::Missing,
        ),
    ] {
        let desk = Desk::of(4).await;
        desk.tamper(&sort, name, value).await;

        assert_eq!(
            desk.verdict().await,
            Verdict::Altered { number, what },
            "{sort} {name}"
        );
    }
}

#[tokio::test]
async fn a_row_that_is_deleted_is_missed() {
    let desk = Desk::of(4).await;
    let text = |value: String| AttributeValue::S(value);
    desk.dynamo
        .delete_item()
        .table_name(Tables::PROCEDURE)
        .key("pk", text("register".to_owned()))
        .key("sk", text(key(4)))
        .send()
        .await
        .unwrap();

    assert_eq!(
        desk.verdict().await,
        Verdict::Altered {
            number: 4,
            what: What::Missing
        }
    );
}

#[tokio::test]
async fn a_day_is_sealed_once_and_its_seal_is_relied_upon() {
    let desk = Desk::of(2).await;
    let day = "2026-11-22".parse().unwrap();

    let first = desk.ledger.seal(&desk.files, day, now()).await.unwrap();
    desk.notices.save(&asked(3)).await.unwrap();
    let again = desk.ledger.seal(&desk.files, day, now()).await.unwrap();

    assert_eq!((first.number, &first), (2, &again));
    assert_eq!(
        desk.bucket.keys(),
        ["rubano/registro/sigilli/2026/2026-11-22.json"]
    );
    let verified = desk.ledger.verify(&desk.files).await.unwrap();
    assert!(matches!(verified.verdict, Verdict::Intact { rows: 3, .. }));
    assert_eq!(verified.last_seal, Some(first));
}

#[tokio::test]
async fn a_seal_laid_over_another_does_not_undo_it() {
    let desk = Desk::of(2).await;
    let day = "2026-11-22".parse().unwrap();
    let seal = desk.ledger.seal(&desk.files, day, now()).await.unwrap();
    let mut other = seal.clone();
    other.number = 1;
    desk.bucket.lay_over(
        "rubano/registro/sigilli/2026/2026-11-22.json",
        &serde_json::to_string(&other).unwrap(),
    );

    assert_eq!(desk.ledger.seals(&desk.files).await.unwrap(), [seal]);
    assert_eq!(desk.rows().await, 2);
}

#[tokio::test]
async fn a_register_written_anew_is_betrayed_by_its_seal() {
    let sealed = Desk::of(3).await;
    let day = "2026-11-22".parse().unwrap();
    sealed.ledger.seal(&sealed.files, day, now()).await.unwrap();
    // Another history of the same length, in a chain without a fault.
    let mut other = Desk::of(2).await;
    other.notices.save(&asked(7)).await.unwrap();
    other.files = sealed.files;

    assert_eq!(
        other.verdict().await,
        Verdict::Altered {
            number: 3,
            what: What::SealDiffers {
                date: day,
                after: 0
            }
        }
    );
}

#[tokio::test]
async fn what_is_no_seal_is_for_a_person_to_look_at() {
    let desk = Desk::of(1).await;
    let name = "rubano/registro/sigilli/2026/2026-11-22.json";
    desk.bucket.lay_over(name, "{}");

    let outcome = desk.ledger.verify(&desk.files).await;

    assert!(
        matches!(&outcome, Err(LedgerError::NotASeal(key)) if key == name),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn the_register_is_searched_backwards_a_page_at_a_time() {
    let desk = Desk::of(5).await;
    let odd = |row: &domain::ledger::LedgerRow| row.number % 2 == 1;

    let first = desk.ledger.search(None, 2, odd).await.unwrap();
    let second = desk.ledger.search(first.cursor, 2, odd).await.unwrap();
    let mut forwards = Vec::new();
    let each = desk.ledger.each(2, |found| {
        forwards.push(found.row.number);
        found.row.number < 4
    });
    each.await.unwrap();

    assert_eq!((numbers(&first), first.cursor), (vec![5, 3], Some(3)));
    assert_eq!((numbers(&second), second.cursor), (vec![1], None));
    assert_eq!(forwards, [2, 3, 4]);
}

#[tokio::test]
async fn a_register_longer_than_one_answer_is_read_whole() {
    let desk = Desk::open().await;
    // Twenty of these are more than the megabyte that DynamoDB answers at once.
    for number in 1..=45 {
        let mut applied = asked(number);
        applied.request.draft.title = "x".repeat(60_000);
        desk.notices.save(&applied).await.unwrap();
    }

    let all = desk.ledger.search(None, 100, |_| true).await.unwrap();
    let first = desk.ledger.search(None, 1, |row| row.number < 3);
    let mut forwards = 0;
    let each = desk.ledger.each(1, |_| {
        forwards += 1;
        true
    });
    each.await.unwrap();

    assert_eq!(desk.rows().await, 45);
    assert_eq!(numbers(&all), (1..=45).rev().collect::<Vec<_>>());
    assert_eq!(numbers(&first.await.unwrap()), [2]);
    assert_eq!(forwards, 45);
}
