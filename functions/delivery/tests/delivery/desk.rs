//! A recorder at work: its table, its dead letters, and a notice on its way to Anna.

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use cloud::clock;
use cloud::deliveries::{Deliveries, Merged};
use cloud::platform::PlatformState;
use delivery::{Config, Recorder};
use domain::Instant;
use domain::delivery::{Counts, Delivery, Next, Report, Rung};
use domain::ids::{NoticeId, SendId};
use serde_json::{Value, json};
use support::Tables;

use support::batches::{batch, sample};
use support::services::Services;

pub(crate) const NOTICE: &str = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B";
pub(crate) const ANNA: &str = "p_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2C";
pub(crate) const WAMID: &str = "wamid.HBgMprova";

pub(crate) struct Desk {
    recorder: Recorder,
    pub(crate) services: Services,
    pub(crate) deliveries: Deliveries,
    pub(crate) platform: PlatformState,
}

impl Desk {
    /// A desk without any delivery.
    pub(crate) async fn empty() -> Self {
        let tables = Tables::start().await;
        let services = Services::start(&tables.endpoint, &Value::Null).await;
        let config = Config {
            deliveries_table: Tables::DELIVERIES.to_owned(),
            platform_table: Tables::PLATFORM.to_owned(),
            inbound_queue_url: "http://sqs.test/1/inbound.fifo".to_owned(),
            phone_number_id: "106500000000001".to_owned(),
            tenant: support::rubano(),
            dead_letters_url: "http://sqs.test/1/statuses-dead".to_owned(),
        };
        Self {
            recorder: Recorder::new(config, &services.aws),
            services,
            deliveries: Deliveries::new(&tables.aws, Tables::DELIVERIES),
            platform: PlatformState::new(&tables.aws, Tables::PLATFORM),
        }
    }

    /// A desk where the notice to Anna is about to be called: its intent is written, no answer is known.
    pub(crate) async fn intended() -> Self {
        let desk = Self::empty().await;
        let Next::Call(intent) = Delivery::attempt(None, true, at(0)) else {
            panic!("the first attempt is a call");
        };
        let anna = to_anna();
        let written = desk.deliveries.write(&anna, None, &intent, at(0));
        written.await.unwrap();
        desk
    }

    /// A desk where WhatsApp has taken the notice to Anna.
    pub(crate) async fn accepted() -> Self {
        let desk = Self::intended().await;
        desk.answered(Rung::Accepted).await;
        desk
    }

    /// The outcome of our own call is written.
    pub(crate) async fn answered(&self, rung: Rung) -> Merged {
        let outcome = Report {
            wamid: (rung == Rung::Accepted).then(|| WAMID.parse().unwrap()),
            ..Report::of(rung, at(1))
        };
        let anna = to_anna();
        let merged = self.deliveries.merge(&anna, &outcome, at(1));
        merged.await.unwrap()
    }

    pub(crate) async fn record(&self, event: SqsEvent) -> SqsBatchResponse {
        self.recorder.record_all(event).await
    }

    /// Records the file of `events/`; nothing of it comes back.
    pub(crate) async fn record_file(&self, file: &str) {
        let answer = self.record(sample(file)).await;
        assert!(answer.batch_item_failures.is_empty(), "{file}");
    }

    pub(crate) async fn row(&self) -> Delivery {
        let seen = self.deliveries.get(&to_anna()).await.unwrap();
        seen.unwrap().delivery
    }

    /// The counts of the notice, after a check that they are those of the only row.
    pub(crate) async fn counts(&self) -> Counts {
        let notice: NoticeId = NOTICE.parse().unwrap();
        let counts = self.deliveries.counts(&notice).await.unwrap();
        assert_eq!(
            counts,
            Counts::of(&self.row().await),
            "the counts are those of the rows"
        );
        counts
    }

    /// The reasons of the dead letters.
    pub(crate) fn dead(&self) -> Vec<String> {
        let dead = self.services.queued("statuses-dead").into_iter();
        dead.map(|dead| dead["reason"].as_str().unwrap().to_owned())
            .collect()
    }
}

pub(crate) fn to_anna() -> SendId {
    SendId::Notice {
        notice: NOTICE.parse().unwrap(),
        person: ANNA.parse().unwrap(),
    }
}

pub(crate) fn at(second: i64) -> Instant {
    Instant::from_second(1_795_000_000 + second).unwrap()
}

/// A batch with one change of the account's `field`, as `webhook` queues it.
pub(crate) fn change(field: &str, second: i64, value: &Value) -> SqsEvent {
    let body =
        json!({"field": field, "waba_id": "2033", "time": at(second).as_second(), "value": value});
    batch("statuses", &[("", body.to_string())])
}

/// A batch with one status of our notice to Anna, or of another thing of ours.
pub(crate) fn status_of(send: &SendId, status: &Value) -> SqsEvent {
    let mut status = status.clone();
    status["id"] = WAMID.into();
    status["biz_opaque_callback_data"] = send.to_string().into();
    let body = json!({"phone_number_id": "106500000000001", "status": status});
    batch("statuses", &[("", body.to_string())])
}

/// A batch with one status `state` of the message `wamid`, as `webhook` queues it, without an id of ours.
pub(crate) fn without_our_id(state: &str, wamid: &str) -> SqsEvent {
    let status =
        json!({"id": wamid, "status": state, "timestamp": clock::now().as_second().to_string()});
    let body = json!({"phone_number_id": "106500000000001", "status": status});
    batch("statuses", &[("", body.to_string())])
}
