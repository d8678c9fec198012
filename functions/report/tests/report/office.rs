//! A comune with a register, a bucket, and a queue for what cannot be handled.

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use cloud::deliveries::Deliveries;
use cloud::notices::Notices;
use cloud::queue::DeadLetters;
use domain::Instant;
use domain::delivery::{Delivery, Next, Pricing, Report, Rung};
use domain::ids::{NoticeId, PersonId, SendId};
use domain::notice::{Applied, Draft, DraftInput, Move, NoticeRequest};
use domain::register::DispatchProgress;
use domain::report::Manifest;
use domain::staff::{Actor, Role};
use report::Accountant;
use support::{Stub, Tables, rubano};

use crate::bucket::Bucket;

/// A comune, with the function at work in it.
pub(crate) struct Office {
    accountant: Accountant,
    pub(crate) bucket: Bucket,
    /// The dead-letter queue.
    pub(crate) dead: Stub,
}

impl Office {
    pub(crate) async fn open() -> Self {
        let tables = Tables::start().await;
        let (bucket, files) = Bucket::start().await;
        let dead = Stub::start(200, "application/x-amz-json-1.0", r#"{"MessageId":"1"}"#).await;
        let accountant = Accountant {
            notices: Notices::new(&tables.aws, Tables::NOTICES, rubano().time_zone),
            deliveries: Deliveries::new(&tables.aws, Tables::DELIVERIES),
            files,
            dead: DeadLetters::new(&dead.aws, format!("{}/dead", dead.endpoint)),
            tenant: rubano(),
        };
        Self {
            accountant,
            bucket,
            dead,
        }
    }

    pub(crate) async fn handle(&self, event: &str, now: &str) -> SqsBatchResponse {
        let event: SqsEvent = serde_json::from_str(event).unwrap();
        self.accountant.make_all(event, at(now)).await
    }

    /// A notice that began to go out at `hour`, to person A, who got it, and to person B, who had left.
    pub(crate) async fn notice(&self, id: &str, hour: &str) -> NoticeId {
        let hour = at(hour);
        let scheduled = self.scheduled(id).await;
        let started = scheduled.advance(Move::Start, &rubano(), hour).unwrap();
        let started = self.save(started).await;
        let sent = started.advance(Move::Finish, &rubano(), hour).unwrap();
        let notice = self.save(sent).await.id;

        let notices = &self.accountant.notices;
        let (_, seen) = notices.progress(&notice).await.unwrap();
        let progress = DispatchProgress {
            recipients: 2,
            complete: true,
            ..DispatchProgress::default()
        };
        notices
            .save_progress(&notice, &progress, seen)
            .await
            .unwrap();

        let Next::Call(intended) = Delivery::attempt(None, true, hour) else {
            panic!("who wants it is called");
        };
        let delivered = intended.merge(Report {
            pricing: Some(Pricing {
                billable: true,
                category: "utility".to_owned(),
                kind: None,
                model: None,
            }),
            ..Report::of(Rung::Delivered, hour)
        });
        self.delivery(&notice, 'A', &delivered, hour).await;
        let Next::Skip(skipped) = Delivery::attempt(None, false, hour) else {
            panic!("who has left is skipped");
        };
        self.delivery(&notice, 'B', &skipped, hour).await;
        notice
    }

    async fn scheduled(&self, id: &str) -> NoticeRequest {
        let (tenant, asked) = (rubano(), at("2026-10-01T08:00:00Z"));
        let draft = DraftInput {
            title: Some("Mercatino di Natale".to_owned()),
            text: Some("Sabato mercatino in piazza.".to_owned()),
            link: Some("https://www.rubano.it/notizie/mercatino".to_owned()),
            wanted_at: Some("2027-01-10T09:30".to_owned()),
            useful_until: None,
            office: Some("Ufficio cultura".to_owned()),
            kind: Some("evento".to_owned()),
            ..DraftInput::default()
        };
        let draft = Draft::check(&draft, &tenant, asked).unwrap();
        let office = actor("ufficio.cultura", Role::Requester);
        let submitted =
            NoticeRequest::submit(id.parse().unwrap(), draft, &office, &tenant, asked).unwrap();
        let digest = submitted.request.digest(&tenant);
        let steps = [
            (Move::TakeCharge, actor("sportello.uno", Role::Operator)),
            (Move::Forward, actor("capo.settore", Role::SectorHead)),
            (
                Move::Approve(digest),
                actor("gruppo.uno", Role::OperatingGroup),
            ),
            (Move::Schedule, actor("sportello.uno", Role::Operator)),
        ];

        let mut request = self.save(submitted).await;
        for (step, by) in steps {
            request = self
                .save(request.apply(step, &by, &tenant, asked).unwrap())
                .await;
        }
        request
    }

    async fn save(&self, applied: Applied) -> NoticeRequest {
        self.accountant.notices.save(&applied).await.unwrap();
        applied.request
    }

    async fn delivery(&self, notice: &NoticeId, to: char, delivery: &Delivery, now: Instant) {
        let id = send(notice, &person(to));
        self.accountant
            .deliveries
            .write(&id, None, delivery, now)
            .await
            .unwrap();
    }

    /// `person` reads the notice.
    pub(crate) async fn read(&self, notice: &NoticeId, person: &PersonId, hour: &str) {
        let report = Report::of(Rung::Read, at(hour));
        let id = send(notice, person);
        self.accountant
            .deliveries
            .merge(&id, &report, at(hour))
            .await
            .unwrap();
    }

    pub(crate) fn manifest(&self, folder: &str) -> Manifest {
        serde_json::from_str(&self.bucket.text(&format!("{folder}/manifest.json"))).unwrap()
    }
}

pub(crate) fn at(instant: &str) -> Instant {
    instant.parse().unwrap()
}

fn actor(id: &str, role: Role) -> Actor {
    Actor {
        id: id.parse().unwrap(),
        roles: vec![role],
    }
}

pub(crate) fn person(letter: char) -> PersonId {
    format!("p_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2{letter}")
        .parse()
        .unwrap()
}

fn send(notice: &NoticeId, person: &PersonId) -> SendId {
    SendId::Notice {
        notice: notice.clone(),
        person: person.clone(),
    }
}
