//! A sender at work: its tables, its AWS, the peer in the place of Meta, and the people it writes to.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use cloud::clock;
use cloud::conversations::{Arrival, Conversations, Outcome};
use cloud::deliveries::{Deliveries, Seen};
use cloud::pace::Pace;
use cloud::platform::PlatformState;
use domain::contact::Contact;
use domain::conversation::{Reply, Said};
use domain::delivery::{Counts, Rung};
use domain::identity::{Identified, Owner};
use domain::ids::{NoticeId, PersonId, ReplyId, SendId};
use domain::jobs::{Held, NoticeBatch, SayReply};
use domain::person::{Person, Proof, Subscription};
use domain::platform::Platform;
use domain::tenant::{NoticeTemplate, Tenant};
use peer::{NewPhone, Peer, PeerConfig, Sent};
use send::{Config, Sender};
use serde_json::{Value, json};
use support::Tables;

use support::services::Services;

pub(crate) const NOTICE: &str = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B";
pub(crate) const ANNA: &str = "p_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2C";
pub(crate) const BRUNO: &str = "p_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2D";

pub(crate) struct Office {
    pub(crate) sender: Desk,
    pub(crate) services: Services,
    pub(crate) peer: Peer,
    pub(crate) deliveries: Deliveries,
    tables: Tables,
}

/// A sender with as much time as Lambda gives it.
pub(crate) struct Desk(Sender);

impl Desk {
    pub(crate) async fn send_all(&self, event: SqsEvent) -> SqsBatchResponse {
        let deadline = SystemTime::now() + Duration::from_mins(1);
        self.0.send_all(event, deadline).await
    }
}

impl Office {
    /// An office where Anna, by her number, and Bruno, by his id alone, are subscribed; both wrote just now.
    pub(crate) async fn open() -> Self {
        let tables = Tables::start().await;
        let avviso = serde_json::from_str(include_str!(
            "../../../../infra/whatsapp/esempio/avviso.json"
        ));
        let peer = Peer::start(PeerConfig {
            templates: vec![avviso.unwrap(), risposta()],
            ..PeerConfig::default()
        });
        let peer = peer.await.unwrap();
        let secret =
            json!({"app_secrets": ["x"], "verify_token": "y", "access_token": "access-token"});
        let services = Services::start(&tables.endpoint, &secret).await;
        let office = Self {
            sender: Desk(sender(&services, &peer, support::rubano())),
            services,
            deliveries: Deliveries::new(&tables.aws, Tables::DELIVERIES),
            peer,
            tables,
        };
        let anna = NewPhone::named("Anna").with_number("+390000000001");
        let bruno = NewPhone {
            bsuid: Some("IT.9Pq31Zr".to_owned()),
            ..NewPhone::named("Bruno")
        };
        for phone in [anna, bruno] {
            let phone = office.peer.control().add_phone(&phone).await.unwrap();
            let control = office.peer.control();
            control.write(&phone.id, "ISCRIVIMI").await.unwrap();
        }
        office.subscribe(ANNA, anna_contact()).await;
        office.subscribe(BRUNO, bruno_contact()).await;
        office
    }

    /// The same office with the secret as the template makes it, before anybody has put the real one.
    pub(crate) async fn sender_without_a_secret(&self) -> Desk {
        let placeholder = json!({"password": "generated"});
        let services = Services::start(&self.tables.endpoint, &placeholder).await;
        Desk(sender(&services, &self.peer, support::rubano()))
    }

    pub(crate) async fn subscribe(&self, id: &str, contact: Contact) {
        let (proof, last_asked) = (proof(), clock::now());
        self.write(id, contact, Subscription::Subscribed { proof, last_asked })
            .await;
    }

    pub(crate) async fn leave(&self, id: &str, contact: Contact) {
        let (proof, last_asked) = (proof(), clock::now());
        self.write(id, contact, Subscription::Left { proof, last_asked })
            .await;
    }

    async fn write(&self, id: &str, contact: Contact, subscription: Subscription) {
        self.put(Person {
            subscription,
            last_heard_at: Some(clock::now()),
            ..Person::new(id.parse().unwrap(), contact)
        })
        .await;
    }

    /// Writes a person as the conversation does, over whatever was there.
    async fn put(&self, person: Person) {
        let store = Conversations::new(&self.tables.aws, Tables::PEOPLE, Tables::TURNS);
        let message = format!("wamid.{}", clock::new_person());
        let nobody = BTreeSet::new();
        let arrival = store
            .arrival(&message, &nobody, Some(&person.id))
            .await
            .unwrap();
        let Arrival::New(opening) = arrival else {
            panic!("a message that nobody heard");
        };
        let mut identified = Identified::only(person);
        let id = identified.person.id.clone();
        let names = identified.person.contact.identifiers();
        let owners = names.map(|name| (name, Owner::Person(id.clone())));
        identified.owners = owners.collect();
        let outcome = Outcome::of(identified);
        let written = store.commit(&message, &opening, &outcome, clock::now());
        written.await.unwrap();
    }

    /// Makes Bruno's row that of somebody who turned out to be Anna.
    pub(crate) async fn bruno_turns_out_to_be_anna(&self) {
        let store = Conversations::new(&self.tables.aws, Tables::PEOPLE, Tables::TURNS);
        let (anna, bruno) = (ANNA.parse().unwrap(), BRUNO.parse().unwrap());
        let message = format!("wamid.{}", clock::new_person());
        let names: BTreeSet<_> = bruno_contact().identifiers().collect();
        let arrival = store.arrival(&message, &names, Some(&anna)).await.unwrap();
        let Arrival::New(opening) = arrival else {
            panic!("a message that nobody heard");
        };
        let person = opening.known.people[&anna].clone();
        let mut identified = Identified::only(person);
        identified.joined.insert(bruno);
        let outcome = Outcome::of(identified);
        let written = store.commit(&message, &opening, &outcome, clock::now());
        written.await.unwrap();
    }

    /// What the peer took that carries the id `send`: what really went to a citizen.
    pub(crate) async fn gone_out(&self, send: &SendId) -> Vec<Sent> {
        let record = self.peer.control().record().await.unwrap();
        record.with_opaque(&send.to_string()).cloned().collect()
    }

    /// How often Meta was called.
    pub(crate) async fn calls(&self) -> u64 {
        let record = self.peer.control().record().await.unwrap();
        record.counters.requests
    }

    pub(crate) async fn row(&self, send: &SendId) -> Seen {
        self.deliveries.get(send).await.unwrap().unwrap()
    }

    /// The same office, whose comune has a template for answers that come late.
    pub(crate) fn sender_with_a_reply_template(&self) -> Desk {
        let template = NoticeTemplate {
            name: "risposta".to_owned(),
            language: "it".to_owned(),
            category: "utility".to_owned(),
            body: "Il Comune di Esempio risponde: {{testo}} Grazie.".to_owned(),
        };
        let tenant = Tenant {
            reply_template: Some(template),
            ..support::rubano()
        };
        Desk(sender(&self.services, &self.peer, tenant))
    }

    /// The same office, whose comune sends nothing on this day, nor for years.
    pub(crate) fn sender_at_rest(&self) -> Desk {
        let mut tenant = support::rubano();
        tenant.sending.no_send_days =
            serde_json::from_value(json!([{"from": "2020-01-01", "to": "2099-12-31"}])).unwrap();
        Desk(sender(&self.services, &self.peer, tenant))
    }

    /// Makes it so that Anna last wrote so many seconds ago, for the peer too.
    pub(crate) async fn anna_last_wrote(&self, seconds: i64) {
        let (proof, last_asked) = (proof(), clock::now());
        let wrote = domain::Instant::from_second(clock::now().as_second() - seconds).unwrap();
        self.put(Person {
            subscription: Subscription::Subscribed { proof, last_asked },
            last_heard_at: Some(wrote),
            ..Person::new(ANNA.parse().unwrap(), anna_contact())
        })
        .await;
    }

    /// The slots of a number that may send `per_second` messages.
    pub(crate) fn slow_pace(&self, per_second: u32) -> Pace {
        Pace::new(&self.tables.aws, Tables::PACE, per_second)
    }

    /// What is held, as it waits: the job, and after how many seconds it asks again.
    pub(crate) fn held(&self) -> Vec<(Held, i64)> {
        let queued = self.services.queued("held").into_iter();
        queued
            .map(|message| {
                let held = serde_json::from_value(message["body"].clone()).unwrap();
                (held, message["delay"].as_i64().unwrap())
            })
            .collect()
    }

    /// The state of the platform.
    pub(crate) async fn platform(&self) -> Platform {
        PlatformState::new(&self.tables.aws, Tables::PLATFORM)
            .now()
            .await
            .unwrap()
    }

    /// Changes the state of the platform.
    pub(crate) async fn change_platform(&self, change: impl Fn(&mut Platform)) {
        PlatformState::new(&self.tables.aws, Tables::PLATFORM)
            .change(change)
            .await
            .unwrap();
    }

    pub(crate) async fn rung(&self, send: &SendId) -> Rung {
        self.row(send).await.delivery.rung
    }

    /// The counts of the notice, after a check that they are those of the rows.
    pub(crate) async fn counts(&self) -> Counts {
        let mut rows = Counts::default();
        for person in [ANNA, BRUNO] {
            if let Some(seen) = self.deliveries.get(&notice_to(person)).await.unwrap() {
                rows = rows.plus(&Counts::of(&seen.delivery));
            }
        }
        let notice: NoticeId = NOTICE.parse().unwrap();
        let counts = self.deliveries.counts(&notice).await.unwrap();
        assert_eq!(counts, rows, "the counts are those of the rows");
        counts
    }

    /// The reminders to settle what is unclear: of what, and after how long.
    pub(crate) fn reminders(&self) -> Vec<(String, i64)> {
        let queued = self.services.queued("statuses").into_iter();
        queued
            .map(|message| {
                (
                    message["body"]["settle"].as_str().unwrap().to_owned(),
                    message["delay"].as_i64().unwrap(),
                )
            })
            .collect()
    }
}

fn sender(services: &Services, peer: &Peer, tenant: Tenant) -> Sender {
    let queue = |name: &str| format!("http://sqs.test/1/{name}");
    let config = Config {
        people_table: Tables::PEOPLE.to_owned(),
        deliveries_table: Tables::DELIVERIES.to_owned(),
        pace_table: Tables::PACE.to_owned(),
        platform_table: Tables::PLATFORM.to_owned(),
        pace_per_second: 80,
        unclear_term_seconds: 900,
        statuses_queue_url: queue("statuses"),
        held_queue_url: queue("held"),
        inbound_queue_url: queue("inbound.fifo"),
        whatsapp_secret_arn: "arn:aws:secretsmanager:eu-south-1:1:secret:w".to_owned(),
        graph_url: peer.url(),
        phone_number_id: "106500000000001".to_owned(),
        replies_dead_letters_url: queue("replies-dead.fifo"),
        notices_dead_letters_url: queue("notices-dead"),
        urgent_dead_letters_url: queue("urgent-dead"),
        held_dead_letters_url: queue("held-dead"),
        tenant,
    };
    Sender::new(config, &services.aws).unwrap()
}

pub(crate) fn anna_contact() -> Contact {
    Contact::new("390000000001".parse().ok(), "IT.8Kd02LmQ".parse().ok()).unwrap()
}

pub(crate) fn bruno_contact() -> Contact {
    Contact::new(None, "IT.9Pq31Zr".parse().ok()).unwrap()
}

/// The template for answers that come late, as submitted to Meta.
fn risposta() -> Value {
    json!({
        "name": "risposta", "language": "it", "category": "UTILITY", "parameter_format": "named",
        "components": [{
            "type": "body",
            "text": "Il Comune di Esempio risponde: {{testo}} Grazie.",
            "example": {"body_text_named_params": [{"param_name": "testo", "example": "Fatto."}]},
        }],
    })
}

fn proof() -> Proof {
    Proof {
        at: clock::now(),
        message: "wamid.proof".parse().unwrap(),
        wording: "sub.confirm it-2026-11".to_owned(),
        informativa: "2026-01".to_owned(),
    }
}

pub(crate) fn notice_to(person: &str) -> SendId {
    SendId::Notice {
        notice: NOTICE.parse().unwrap(),
        person: person.parse().unwrap(),
    }
}

/// The reply to Anna's message number `n`.
pub(crate) fn reply_id(n: u32) -> ReplyId {
    ReplyId::to_message(&format!("wamid.{n}").parse().unwrap(), 0)
}

/// A queue message that says something to Anna, who wrote `seconds` ago.
pub(crate) fn reply(n: u32, seconds: i64) -> String {
    let wrote = clock::now().as_second() - seconds;
    let job = SayReply {
        person: ANNA.parse().unwrap(),
        window_opened_at: domain::Instant::from_second(wrote).unwrap(),
        reply: Reply {
            id: reply_id(n),
            phrase: "sub.confirm".to_owned(),
            said: Said::Text("Iscrizione confermata.".to_owned()),
        },
    };
    serde_json::to_string(&job).unwrap()
}

/// A queue message that sends the notice to `people`.
pub(crate) fn notice(people: &[&str]) -> String {
    let recipients: Vec<PersonId> = people.iter().map(|id| id.parse().unwrap()).collect();
    let job = NoticeBatch {
        notice: NOTICE.parse().unwrap(),
        template: "avviso".to_owned(),
        language: "it".to_owned(),
        text: "sabato 12 dicembre mercatino di Natale in piazza.".to_owned(),
        link: "https://www.rubano.it/notizie/mercatino-di-natale".to_owned(),
        recipients,
    };
    serde_json::to_string(&job).unwrap()
}

/// Why each of these dead letters was put away.
pub(crate) fn reasons(dead: &[Value]) -> Vec<&str> {
    dead.iter()
        .map(|message| message["reason"].as_str().unwrap())
        .collect()
}
