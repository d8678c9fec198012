//! Segnalazioni: one breath, one case, one codice, whatever comes again or at once.

use cloud::cases::Cases;
use cloud::clock;
use domain::segnalazione::content::Content;
use domain::segnalazione::life::Case;
use serde_json::{Value, json};
use support::Tables;
use support::batches::{back, batch};

use crate::INBOUND;
use crate::room::{Room, written};

const PAUSES: &str = "pauses";

/// Somebody with a number of their own, and how many messages they have written.
struct Citizen {
    number: String,
    hundred: u32,
    written: u32,
}

impl Citizen {
    fn new(n: u32) -> Self {
        Self {
            number: format!("39333000000{n}"),
            hundred: n * 100,
            written: 0,
        }
    }

    fn next(&mut self) -> u32 {
        self.written += 1;
        self.hundred + self.written
    }

    fn says(&mut self, words: &str) -> (&'static str, String) {
        ("one", written(self.next(), words, Some(&self.number), None))
    }

    fn is_at(&mut self, latitude: f64, longitude: f64) -> (&'static str, String) {
        let mut position: Value =
            serde_json::from_str(&written(self.next(), "", Some(&self.number), None)).unwrap();
        position["message"]["type"] = "location".into();
        position["message"]["location"] = json!({"latitude": latitude, "longitude": longitude});
        ("one", position.to_string())
    }
}

impl Room {
    async fn hears(&self, message: (&'static str, String)) {
        let response = self.listener.hear_all(batch(INBOUND, &[message])).await;
        assert!(back(&response).is_empty());
    }

    /// Nothing more comes: the last pause is over.
    async fn waits(&self) {
        let pause = self.services.queued(PAUSES).pop().unwrap();
        let look = pause["body"].to_string();
        let response = self.listener.hear_all(batch(PAUSES, &[("", look)])).await;
        assert!(back(&response).is_empty());
    }

    /// Everything but CONFERMO.
    async fn hears_all_but_the_confirmation(&self, citizen: &mut Citizen, longitude: f64) {
        self.hears(citizen.says("buca profonda in mezzo alla strada"))
            .await;
        self.hears(citizen.is_at(45.2345, longitude)).await;
        self.waits().await;
        self.hears(citizen.says("Anna De Luca")).await;
    }

    async fn case(&self, codice: &str) -> Option<(Case, Content)> {
        let cases = Cases::new(&self.tables.aws, Tables::CASES);
        cases.get(codice.parse().unwrap()).await.unwrap()
    }

    fn last_words(&self) -> String {
        let reply = self.replies().pop().unwrap();
        reply["body"]["reply"]["text"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn what_is_confirmed_becomes_a_case_with_all_that_was_said() {
    let room = Room::of_montanaro().await;
    let mut anna = Citizen::new(1);
    room.hears_all_but_the_confirmation(&mut anna, 7.85).await;
    assert!(room.case("SEG-2026-000001").await.is_none());

    room.hears(anna.says("CONFERMO")).await;

    let (case, content) = room.case("SEG-2026-000001").await.unwrap();
    assert_eq!(case.category.as_str(), "viabilita");
    assert_eq!(content.details.0, "buca profonda in mezzo alla strada");
    assert_eq!(content.name.surname(), "De Luca");
    assert_eq!(content.informativa, "2026-01");
    let proposed = serde_json::to_value(&content.proposed).unwrap();
    assert_eq!(proposed, json!({"office": "polizia_locale"}));
    assert!(room.last_words().contains("Codice: SEG-2026-000001"));
    let person = room.person(Some(&anna.number), None).await.unwrap();
    assert_eq!(content.person, person.id);
    // Nothing of it is left with the person.
    let kept = serde_json::to_string(&person).unwrap();
    assert!(
        !kept.contains("De Luca") && !kept.contains("buca"),
        "{kept}"
    );
}

#[tokio::test]
async fn a_confirmation_heard_again_gives_the_same_receipt_and_no_second_case() {
    let room = Room::of_montanaro().await;
    let mut anna = Citizen::new(1);
    room.hears_all_but_the_confirmation(&mut anna, 7.85).await;
    let confirmation = anna.says("CONFERMO");
    room.hears(confirmation.clone()).await;
    room.hears(confirmation).await;

    let replies = room.replies();
    assert_eq!(replies[replies.len() - 1], replies[replies.len() - 2]);
    assert!(room.case("SEG-2026-000002").await.is_none());
}

#[tokio::test]
async fn two_who_confirm_at_once_get_two_numbers_and_the_second_is_linked() {
    let room = Room::of_montanaro().await;
    let (mut anna, mut bruno) = (Citizen::new(1), Citizen::new(2));
    room.hears_all_but_the_confirmation(&mut anna, 7.85).await;
    // Some thirty metres to the east.
    room.hears_all_but_the_confirmation(&mut bruno, 7.8504)
        .await;

    let (one, two) = (anna.says("CONFERMO"), bruno.says("CONFERMO"));
    let both = [one, ("other", two.1)];
    let response = room.listener.hear_all(batch(INBOUND, &both)).await;

    assert!(back(&response).is_empty());
    let (_, first) = room.case("SEG-2026-000001").await.unwrap();
    let (_, second) = room.case("SEG-2026-000002").await.unwrap();
    assert_ne!(first.person, second.person);
    assert_eq!(first.linked, None);
    assert_eq!(second.linked, Some("SEG-2026-000001".parse().unwrap()));
    assert!(room.last_words().contains("collegata a quella aperta"));
}

#[tokio::test]
async fn a_pause_is_looked_at_once_and_an_older_one_changes_nothing() {
    let room = Room::of_montanaro().await;
    let mut anna = Citizen::new(1);
    room.hears(anna.says("buca profonda in mezzo alla strada"))
        .await;
    let early = room.services.queued(PAUSES)[0]["body"].to_string();
    room.hears(anna.is_at(45.2345, 7.85)).await;

    let look = |pause: String| room.listener.hear_all(batch(PAUSES, &[("", pause)]));
    look(early).await;
    assert_eq!(room.phrases().len(), 0, "more may come");
    room.waits().await;
    room.waits().await;

    assert_eq!(room.phrases(), ["seg.identity", "seg.identity"]);
    let replies = room.replies();
    assert_eq!(replies[0], replies[1], "the same again, with the same id");
}

/// What comes of somebody who wrote SEGNALA so many hours ago, when somebody looks: their room, and whether they still make one.
async fn silent_for(hours: i64) -> (Room, bool) {
    let room = Room::of_montanaro().await;
    let mut anna = Citizen::new(1);
    let now = domain::Instant::from_second(clock::now().as_second()).unwrap();
    let wrote = now - jiff::SignedDuration::from_hours(hours);
    let (group, message) = anna.says("SEGNALA");
    let mut message: Value = serde_json::from_str(&message).unwrap();
    message["message"]["timestamp"] = wrote.as_second().to_string().into();
    room.hears((group, message.to_string())).await;
    let row = room.rows("person").await.pop().unwrap();
    assert_eq!(
        row["due_at"],
        (wrote + jiff::SignedDuration::from_hours(20)).to_string()
    );

    let job = json!({"be_due": {"person": row["pk"], "at": row["due_at"]}});
    // As often as a tick comes before it was done.
    for _ in 0..2 {
        let look = batch(PAUSES, &[("", job.to_string())]);
        assert!(back(&room.listener.hear_all(look).await).is_empty());
    }
    let row = room.rows("person").await.pop().unwrap();
    (room, row.get("due_at").is_some())
}

#[tokio::test]
async fn an_incomplete_one_is_reminded_of_within_its_window() {
    let (room, is_making) = silent_for(21).await;

    let replies = room.replies();
    assert_eq!(
        room.phrases(),
        ["seg.category", "seg.incomplete", "seg.incomplete"]
    );
    assert_eq!(replies[1], replies[2], "the same again, with the same id");
    assert!(is_making);
}

#[tokio::test]
async fn an_incomplete_one_lapses_after_a_week_and_leaves_nothing() {
    let (room, is_making) = silent_for(24 * 7 + 1).await;

    assert_eq!(room.phrases(), ["seg.category"]);
    assert!(!is_making);
}
