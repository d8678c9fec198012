//! End to end, on a stack of the Comune di Montanaro: citizens report problems from their telephones. Run by
//! `rehearsal --tenant montanaro`, one test after another.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a story that cannot go on should stop and say where"
)]

use std::time::Duration;

use peer::{NewPhone, Phone, Place, SharedContact, WrittenMedia};
use rehearsal::World;

/// In the middle of Montanaro.
const HERE: Place = Place {
    latitude: 45.2345,
    longitude: 7.85,
    name: None,
    address: None,
};

/// The telephone of a new citizen.
struct Telephone<'a> {
    world: &'a World,
    id: String,
}

impl<'a> Telephone<'a> {
    async fn of(world: &'a World, new: &NewPhone) -> Self {
        let phone = world.peer.add_phone(new).await.unwrap();
        Self {
            world,
            id: phone.id,
        }
    }

    async fn with_number(world: &'a World, name: &str) -> Self {
        Self::of(world, &numbered(world, name).await).await
    }

    async fn hidden(world: &'a World, name: &str) -> Self {
        let phone = NewPhone {
            hide_phone: true,
            ..numbered(world, name).await
        };
        Self::of(world, &phone).await
    }

    async fn writes(&self, text: &str) {
        self.world.peer.write(&self.id, text).await.unwrap();
    }

    async fn sends_a_photo(&self) {
        let photo = WrittenMedia::new(
            "image",
            "image/jpeg",
            b"\xff\xd8\xff\xe0 not looked at here",
        );
        self.world.peer.send_media(&self.id, photo).await.unwrap();
    }

    async fn is_at(&self, place: Place) {
        self.world.peer.share_place(&self.id, place).await.unwrap();
    }

    /// Taps what is called `title` in the last message that has it.
    async fn taps(&self, title: &str) {
        let phone = self.phone().await;
        let buttons = phone
            .received()
            .flat_map(|message| &message.content.buttons);
        let last = buttons.filter(|button| button.title == title).last();
        let id = &last.unwrap_or_else(|| panic!("no {title}")).id;
        self.world.peer.tap(&self.id, id).await.unwrap();
    }

    async fn phone(&self) -> Phone {
        self.world.peer.phone(&self.id).await.unwrap()
    }

    /// Waits until the last message, the `n`th, contains `words`.
    async fn hears(&self, n: usize, words: &str) {
        let heard = self
            .world
            .peer
            .wait_until(&self.id, Duration::from_mins(1), |phone| {
                phone.received().count() >= n
            })
            .await
            .unwrap_or_else(|error| panic!("there is no message {n}, with {words:?}: {error}"));
        let last = heard.received().last().unwrap();
        let text = &last.content.text;
        assert!(text.contains(words), "{words:?} is not in {text:?}");
        assert_eq!(heard.received().count(), n, "{text}");
    }
}

/// A phone with a number that nobody else has.
async fn numbered(world: &World, name: &str) -> NewPhone {
    let taken = world.peer.phones().await.unwrap().len();
    NewPhone::named(name).with_number(format!("+39345{:07}", 2_000_000 + taken))
}

/// How many rows of the table of cases have this sort key.
async fn rows(world: &World, sk: &str) -> usize {
    let items = world.items("CasesTable").await.unwrap();
    let is = |item: &&std::collections::HashMap<_, _>| {
        item.get("sk")
            .is_some_and(|value: &aws_sdk_dynamodb::types::AttributeValue| {
                value.as_s().is_ok_and(|text| text == sk)
            })
    };
    items.iter().filter(is).count()
}

#[tokio::test]
async fn a_citizen_reports_a_hole_in_six_messages_and_gets_a_code() {
    let world = World::attach().await.unwrap();
    let before = rows(&world, "case").await;
    let anna = Telephone::with_number(&world, "Anna").await;

    anna.writes("Segnala").await;
    anna.hears(1, "Di che cosa si tratta?").await;
    anna.taps("Viabilità").await;
    anna.hears(2, "Descrivi il problema").await;
    anna.writes("Buca profonda davanti alla scuola, da ieri")
        .await;
    anna.sends_a_photo().await;
    anna.hears(3, "Dove si trova?").await;
    anna.is_at(HERE).await;
    anna.hears(4, "nome e cognome").await;
    anna.writes("Anna De Luca").await;
    anna.hears(
        5,
        "nome Anna, cognome De Luca; recapito: questo numero WhatsApp",
    )
    .await;
    anna.taps("CONFERMO").await;
    anna.hears(6, "Codice: SEG-").await;

    assert_eq!(rows(&world, "case").await, before + 1);
    // The same tap again: Meta repeats, and citizens tap twice.
    anna.taps("CONFERMO").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    anna.hears(6, "Codice: SEG-").await;
    assert_eq!(rows(&world, "case").await, before + 1);
}

#[tokio::test]
async fn what_comes_in_one_breath_is_one_segnalazione_and_two_of_one_problem_are_linked() {
    let world = World::attach().await.unwrap();
    let before = rows(&world, "case").await;
    let place = || Place {
        latitude: 45.2300,
        longitude: 7.8550,
        ..Place::default()
    };
    for (name, linked) in [("Bruno", false), ("Carla", true)] {
        // WhatsApp shows neither's number.
        let citizen = Telephone::hidden(&world, name).await;
        citizen.sends_a_photo().await;
        citizen.is_at(place()).await;
        citizen
            .writes("rifiuti abbandonati accanto al cassonetto")
            .await;
        citizen
            .hears(1, "Scrivi in un messaggio nome, cognome")
            .await;
        citizen.writes(&format!("{name} Rossi")).await;
        citizen.hears(2, "Manca un recapito").await;
        let own = SharedContact::default();
        world.peer.share_contact(&citizen.id, own).await.unwrap();
        citizen
            .hears(3, "Rifiuti e decoro urbano (proposto da noi)")
            .await;
        citizen.writes("Confermo").await;
        citizen.hears(4, "Codice: SEG-").await;
        let phone = citizen.phone().await;
        let receipt = &phone.received().last().unwrap().content.text;
        assert_eq!(
            receipt.contains("collegata a quella aperta"),
            linked,
            "{receipt}"
        );
    }
    assert_eq!(rows(&world, "case").await, before + 2);
}

#[tokio::test]
async fn every_message_delivered_three_times_is_one_case_and_one_code() {
    let world = World::attach().await.unwrap();
    let before = rows(&world, "case").await;
    let dino = Telephone::with_number(&world, "Dino").await;
    let thrice = async |text: &str| {
        world.peer.write_times(&dino.id, text, 3).await.unwrap();
    };
    thrice("albero caduto che ostruisce il marciapiede in via Dante").await;
    dino.hears(1, "").await;
    if !dino
        .phone()
        .await
        .received()
        .last()
        .unwrap()
        .content
        .text
        .contains("Dove si trova")
    {
        dino.taps("Criticità ambientali").await;
        dino.hears(2, "Dove si trova?").await;
    }
    let said = dino.phone().await.received().count();
    thrice("via Dante 4, davanti alla farmacia").await;
    dino.hears(said + 1, "nome e cognome").await;
    thrice("Dino Bianchi").await;
    dino.hears(said + 2, "Controlla.").await;
    thrice("CONFERMO").await;
    dino.hears(said + 3, "Codice: SEG-").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    dino.hears(said + 3, "Codice: SEG-").await;
    assert_eq!(rows(&world, "case").await, before + 1);
}

#[tokio::test]
async fn danger_comes_first_and_notices_are_another_matter() {
    let world = World::attach().await.unwrap();
    let elsa = Telephone::with_number(&world, "Elsa").await;

    elsa.writes("aiuto, c'è un incendio in via Roma!").await;
    elsa.hears(1, "chiama subito il 112").await;
    elsa.writes("ANNULLA").await;
    elsa.hears(2, "").await;
    elsa.writes("ISCRIVIMI").await;
    elsa.hears(3, "Iscrizione confermata").await;
    elsa.writes("SEGNALA").await;
    elsa.hears(4, "Di che cosa si tratta?").await;
    elsa.writes("CANCELLAMI").await;
    elsa.hears(5, "non riceverai più avvisi").await;
    elsa.taps("Viabilità").await;
    elsa.hears(6, "Descrivi il problema").await;
}
