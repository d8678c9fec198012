//! A dispatcher at work: its tables, its queues, its audience, and a notice whose hour has come.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::types::AttributeValue;
use cloud::clock;
use cloud::conversations::{Arrival, Conversations, Outcome};
use cloud::notices::Notices;
use cloud::people::People;
use cloud::platform::PlatformState;
use cloud::reach::Reach;
use dispatch::{Config, Dispatcher};
use domain::Instant;
use domain::contact::Contact;
use domain::identity::Identified;
use domain::ids::NoticeId;
use domain::notice::{Applied, Draft, DraftInput, Move, NoticeRequest, StateName};
use domain::person::{Person, Proof, Subscription};
use domain::staff::{Actor, Role};
use domain::tenant::Tenant;
use serde_json::{Value, json};
use support::{Stub, Tables, rubano};

use support::batches::batch;
use support::services::Services;

pub(crate) const NOTICE: &str = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B";

pub(crate) struct Office {
    dispatcher: Dispatcher,
    pub(crate) services: Services,
    pub(crate) notices: Notices,
    pub(crate) people: People,
    pub(crate) platform: PlatformState,
    pub(crate) reach: Reach,
    tables: Tables,
    site: Stub,
}

/// A page of the comune's site.
const PAGE: &str = "<html lang=\"it\"><head><title>Avviso</title></head><body><main>Tutto sull'avviso.</main></body></html>";

impl Office {
    /// An office with `subscribers`, and a few who have left.
    pub(crate) async fn with(subscribers: usize) -> Self {
        let tables = Tables::start().await;
        let services = Services::start(&tables.endpoint, &Value::Null).await;
        let site = Stub::start(200, "text/html; charset=utf-8", PAGE).await;
        let office = Self {
            dispatcher: dispatcher(&services, &site.endpoint, rubano()),
            site,
            services,
            notices: Notices::new(&tables.aws, Tables::NOTICES, rubano().time_zone),
            people: People::new(&tables.aws, Tables::PEOPLE),
            platform: PlatformState::new(&tables.aws, Tables::PLATFORM),
            reach: Reach::new(&tables.aws, Tables::PLATFORM, Tables::PACE),
            tables,
        };
        for n in 0..subscribers + 3 {
            office.person(n, n < subscribers).await;
        }
        office
    }

    async fn person(&self, n: usize, subscribed: bool) {
        let store = Conversations::new(&self.tables.aws, Tables::PEOPLE, Tables::TURNS);
        let contact = Contact::new(format!("39000{n:07}").parse().ok(), None).unwrap();
        let message = format!("wamid.{n}");
        let last_asked = clock::now();
        let proof = Proof {
            at: last_asked,
            message: message.parse().unwrap(),
            wording: "sub.confirm it-2026-11".to_owned(),
            informativa: "2026-01".to_owned(),
        };
        let subscription = if subscribed {
            Subscription::Subscribed { proof, last_asked }
        } else {
            Subscription::Left { proof, last_asked }
        };
        let person = Person {
            subscription,
            ..Person::new(clock::new_person(), contact)
        };
        let nobody = BTreeSet::new();
        let arrival = store
            .arrival(&message, &nobody, Some(&person.id))
            .await
            .unwrap();
        let Arrival::New(opening) = arrival else {
            panic!("a message that nobody heard");
        };
        let outcome = Outcome::of(Identified::only(person));
        let written = store.commit(&message, &opening, &outcome, last_asked);
        written.await.unwrap();
    }

    /// A notice of this `kind`, approved, for the hour `send_at`.
    pub(crate) async fn approved(&self, kind: &str, send_at: Instant) -> NoticeRequest {
        let submitted = submitted(kind, send_at);
        let digest = submitted.request.digest(&rubano());
        let mut request = self.save(submitted).await;
        for (step, role) in [
            (Move::TakeCharge, Role::Operator),
            (Move::Forward, Role::SectorHead),
            (Move::Approve(digest), Role::OperatingGroup),
        ] {
            request = self.make(request, step, role).await;
        }
        request
    }

    /// The same, scheduled.
    pub(crate) async fn scheduled(&self, kind: &str, send_at: Instant) -> NoticeRequest {
        let approved = self.approved(kind, send_at).await;
        self.make(approved, Move::Schedule, Role::Operator).await
    }

    /// The request after `step`, made a day before its hour.
    pub(crate) async fn make(
        &self,
        request: NoticeRequest,
        step: Move,
        role: Role,
    ) -> NoticeRequest {
        let before = a_day_before(request.draft.send_at(&rubano()).unwrap());
        let applied = request.apply(step, &actor(role), &rubano(), before);
        self.save(applied.unwrap()).await
    }

    pub(crate) async fn save(&self, applied: Applied) -> NoticeRequest {
        self.notices.save(&applied).await.unwrap();
        applied.request
    }

    /// The schedule made for `send_at` rings, with plenty of time to work.
    pub(crate) async fn ring(&self, send_at: Instant) -> SqsBatchResponse {
        self.dispatch(ringing(send_at), 300).await
    }

    /// The batch is handled with so many `seconds` to work.
    pub(crate) async fn dispatch(&self, event: SqsEvent, seconds: u64) -> SqsBatchResponse {
        let deadline = SystemTime::now() + Duration::from_secs(seconds);
        self.dispatcher.dispatch_all(event, deadline).await
    }

    /// The same office of a comune that may write first to `people` in 24 hours, with a number of `pace` messages a second.
    pub(crate) fn limited_to(self, people: u32, pace: u32) -> Self {
        let mut tenant = rubano();
        tenant.people_per_day = Some(people);
        Self {
            dispatcher: dispatcher_at(&self.services, &self.site.endpoint, tenant, pace),
            ..self
        }
    }

    /// The same office of a comune that sends nothing on this day, nor for years.
    pub(crate) fn resting(self) -> Self {
        let mut tenant = rubano();
        tenant.sending.no_send_days =
            serde_json::from_value(json!([{"from": "2020-01-01", "to": "2099-12-31"}])).unwrap();
        Self {
            dispatcher: dispatcher(&self.services, &self.site.endpoint, tenant),
            ..self
        }
    }

    /// The request after `step` of the staff, which sending is told of.
    pub(crate) async fn tell(&self, step: Move) -> NoticeRequest {
        let request = self.notices.get(&id()).await.unwrap().unwrap();
        let head = actor(Role::SectorHead);
        let applied = request.apply(step, &head, &rubano(), clock::now()).unwrap();
        self.notices
            .save_and_tell(&applied, &self.platform)
            .await
            .unwrap();
        applied.request
    }

    /// `send` has written first to the first `people` of the audience, `seconds` ago.
    pub(crate) async fn reached(&self, people: usize, seconds: i64) {
        let dynamo = aws_sdk_dynamodb::Client::new(&self.tables.aws);
        let at = (clock::now().as_second() - seconds).to_string();
        for person in &self.audience().await[..people] {
            dynamo
                .put_item()
                .table_name(Tables::PACE)
                .item("pk", AttributeValue::S(format!("pair#{person}")))
                .item("reached_at", AttributeValue::N(at.clone()))
                .send()
                .await
                .unwrap();
        }
    }

    /// A dispatcher after a deploy that gave the comune another template.
    pub(crate) fn after_a_deploy(self) -> Self {
        let mut tenant = rubano();
        tenant.notice_template.name = "avviso_nuovo".into();
        Self {
            dispatcher: dispatcher(&self.services, &self.site.endpoint, tenant),
            ..self
        }
    }

    pub(crate) async fn state(&self) -> StateName {
        let request = self.notices.get(&id()).await.unwrap().unwrap();
        request.state.name()
    }

    /// How many people each batch of the queue `lane` has.
    pub(crate) fn sizes(&self, lane: &str) -> Vec<usize> {
        let batches = self.services.queued(lane).into_iter();
        batches
            .map(|batch| batch["body"]["recipients"].as_array().unwrap().len())
            .collect()
    }

    /// In how many batches of the queue `notices` each person is.
    pub(crate) fn told(&self) -> BTreeMap<String, usize> {
        let mut told = BTreeMap::new();
        for batch in self.services.queued("notices") {
            for person in batch["body"]["recipients"].as_array().unwrap() {
                *told.entry(person.as_str().unwrap().to_owned()).or_default() += 1;
            }
        }
        told
    }

    /// The whole audience, as the table has it.
    pub(crate) async fn audience(&self) -> Vec<String> {
        let page = self.people.audience(None, 10_000).await.unwrap();
        let people = page.people.into_iter();
        people.map(String::from).collect()
    }
}

/// The queue message of the schedule made for `send_at`.
pub(crate) fn ringing(send_at: Instant) -> SqsEvent {
    let job = json!({"notice": NOTICE, "send_at": send_at});
    batch("dispatches", &[("", job.to_string())])
}

fn dispatcher(services: &Services, site: &str, tenant: Tenant) -> Dispatcher {
    dispatcher_at(services, site, tenant, 10)
}

fn dispatcher_at(services: &Services, site: &str, tenant: Tenant, pace: u32) -> Dispatcher {
    let queue = |name: &str| format!("http://sqs.test/1/{name}");
    let config = Config {
        notices_table: Tables::NOTICES.to_owned(),
        people_table: Tables::PEOPLE.to_owned(),
        pace_table: Tables::PACE.to_owned(),
        platform_table: Tables::PLATFORM.to_owned(),
        pace_per_second: pace,
        notices_queue_url: queue("notices"),
        urgent_queue_url: queue("urgent"),
        dispatches_queue_url: queue("dispatches"),
        dead_letters_url: queue("dispatches-dead"),
        procedure_table: Tables::PROCEDURE.to_owned(),
        mails_queue_url: queue("mails"),
        news_root: Some(site.to_owned()),
        tenant,
    };
    Dispatcher::new(config, &services.aws).unwrap()
}

fn submitted(kind: &str, send_at: Instant) -> Applied {
    let tenant = rubano();
    let asked = a_day_before(send_at);
    let draft = Draft::check(&input(kind, send_at), &tenant, asked).unwrap();
    NoticeRequest::submit(id(), draft, &actor(Role::Requester), &tenant, asked).unwrap()
}

/// The same words for another hour.
pub(crate) fn at_another_hour(send_at: Instant) -> Draft {
    let input = input("evento", send_at);
    Draft::check(&input, &rubano(), a_day_before(send_at)).unwrap()
}

fn input(kind: &str, send_at: Instant) -> DraftInput {
    let civil = send_at.to_zoned(rubano().time_zone.rules().clone());
    DraftInput {
        title: Some("Mercatino di Natale".to_owned()),
        text: Some("sabato 12 dicembre mercatino di Natale in piazza.".to_owned()),
        link: Some("https://www.rubano.it/notizie/mercatino-di-natale".to_owned()),
        wanted_at: Some(civil.datetime().to_string()),
        useful_until: None,
        office: Some("Cultura".to_owned()),
        kind: Some(kind.to_owned()),
        ..DraftInput::default()
    }
}

pub(crate) fn id() -> NoticeId {
    NOTICE.parse().unwrap()
}

/// The whole second that is so many seconds from now.
pub(crate) fn in_seconds(seconds: i64) -> Instant {
    Instant::from_second(clock::now().as_second() + seconds).unwrap()
}

fn a_day_before(hour: Instant) -> Instant {
    Instant::from_second(hour.as_second() - 86_400).unwrap()
}

fn actor(role: Role) -> Actor {
    Actor {
        id: format!("conto.{role:?}").to_lowercase().parse().unwrap(),
        roles: vec![role],
    }
}
