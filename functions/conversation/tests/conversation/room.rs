//! A listener at work: its tables, its queues, and what citizens write to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use cloud::conversations::{Arrival, Conversations};
use conversation::{Config, Listener};
use domain::contact::Contact;
use domain::person::Person;
use domain::segnalazione::service::Service;
use serde_json::{Value, json};
use support::{SdkConfig, Tables, aws_at, montanaro, rubano};
use tokio::sync::Barrier;

use support::services::Services;

pub(crate) const NUMBER: &str = "390000000001";
pub(crate) const BSUID: &str = "IT.8Kd02LmQ";

pub(crate) struct Room {
    pub(crate) listener: Listener,
    pub(crate) services: Services,
    pub(crate) tables: Tables,
    service: Option<Service>,
}

impl Room {
    pub(crate) async fn open() -> Self {
        Self::of(None).await
    }

    /// The room of a comune that takes segnalazioni.
    pub(crate) async fn of_montanaro() -> Self {
        Self::of(Some(montanaro())).await
    }

    async fn of(service: Option<Service>) -> Self {
        let tables = Tables::start().await;
        let services = Services::start(&tables.endpoint, &Value::Null).await;
        Self {
            listener: listener(&services.aws, service.clone()),
            services,
            tables,
            service,
        }
    }

    /// A listener of the same room whose first `hands` hearings meet: none goes on before all of them have looked up who
    /// is writing.
    pub(crate) async fn where_hearings_meet(&self, hands: usize) -> Listener {
        let (aws, client) = (self.services.aws.clone(), reqwest::Client::new());
        let (looks, barrier) = (Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(hands)));
        let door = Router::new().fallback(move |mut headers: HeaderMap, body: Bytes| {
            let (aws, client) = (aws.clone(), client.clone());
            let (looks, barrier) = (looks.clone(), barrier.clone());
            async move {
                let target = headers["x-amz-target"].to_str().unwrap().to_owned();
                headers.remove("content-length");
                let call = client.post(aws.endpoint_url().unwrap()).headers(headers);
                let answer = call.body(body).send().await.unwrap();
                let status = StatusCode::from_u16(answer.status().as_u16()).unwrap();
                let found = (
                    status,
                    answer.headers().clone(),
                    answer.bytes().await.unwrap(),
                );
                if target.ends_with("BatchGetItem") && looks.fetch_add(1, Ordering::SeqCst) < hands
                {
                    barrier.wait().await;
                }
                found
            }
        });
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", socket.local_addr().unwrap());
        tokio::spawn(async { axum::serve(socket, door).await });
        listener(&aws_at(&endpoint), self.service.clone())
    }

    /// What was said, reply by reply, as the queue got it.
    pub(crate) fn replies(&self) -> Vec<Value> {
        self.services.queued("replies.fifo")
    }

    /// Which phrases were said.
    pub(crate) fn phrases(&self) -> Vec<String> {
        let replies = self.replies().into_iter();
        replies
            .map(|reply| {
                reply["body"]["reply"]["phrase"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    }

    /// The person known by these, if any.
    pub(crate) async fn person(&self, phone: Option<&str>, bsuid: Option<&str>) -> Option<Person> {
        let store = Conversations::new(&self.tables.aws, Tables::PEOPLE, Tables::TURNS);
        let contact = Contact::new(
            phone.map(|phone| phone.parse().unwrap()),
            bsuid.map(|bsuid| bsuid.parse().unwrap()),
        );
        let names = contact.unwrap().identifiers().collect();
        match store.arrival("wamid.never", &names, None).await.unwrap() {
            Arrival::New(opening) => opening.known.people.into_values().next(),
            Arrival::HeardBefore(_) => panic!("nobody wrote that message"),
        }
    }

    /// The turn kept under `key`, as its attributes.
    pub(crate) async fn turn(&self, key: &str) -> Option<Value> {
        let dynamo = Client::new(&self.tables.aws);
        let answer = dynamo.scan().table_name(Tables::TURNS).send().await;
        let mut rows = answer.unwrap().items.unwrap_or_default().into_iter();
        let found = rows.find(|row| row["pk"].as_s().unwrap() == key)?;
        let members = found
            .iter()
            .map(|(name, value)| (name.clone(), plain(value)));
        Some(Value::Object(members.collect()))
    }

    /// The rows of people whose sort key begins with `kind`, as their attributes.
    pub(crate) async fn rows(&self, kind: &str) -> Vec<Value> {
        let dynamo = Client::new(&self.tables.aws);
        let answer = dynamo.scan().table_name(Tables::PEOPLE).send().await;
        let rows = answer.unwrap().items.unwrap_or_default().into_iter();
        let mut rows: Vec<Value> = rows
            .map(|item| {
                let members = item.into_iter().map(|(name, value)| (name, plain(&value)));
                Value::Object(members.collect())
            })
            .filter(|row| row["sk"].as_str().unwrap().starts_with(kind))
            .collect();
        rows.sort_by_key(|row| (row["pk"].to_string(), row["sk"].to_string()));
        rows
    }
}

fn listener(aws: &SdkConfig, service: Option<Service>) -> Listener {
    let config = Config {
        people_table: Tables::PEOPLE.to_owned(),
        turns_table: Tables::TURNS.to_owned(),
        cases_table: Tables::CASES.to_owned(),
        pauses_queue_url: "http://sqs.test/1/pauses".to_owned(),
        replies_queue_url: "http://sqs.test/1/replies.fifo".to_owned(),
        dead_letters_url: "http://sqs.test/1/inbound-dead.fifo".to_owned(),
        pauses_dead_letters_url: "http://sqs.test/1/pauses-dead".to_owned(),
        tenant: rubano(),
        service,
    };
    Listener::new(config, aws)
}

fn plain(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.as_str().into(),
        AttributeValue::M(members) => {
            let members = members.iter();
            Value::Object(
                members
                    .map(|(name, value)| (name.clone(), plain(value)))
                    .collect(),
            )
        }
        _ => Value::Null,
    }
}

/// The message number `n` as `webhook` queues it: written in the `n`th second, with these `words`, by somebody known so.
pub(crate) fn written(n: u32, words: &str, phone: Option<&str>, bsuid: Option<&str>) -> String {
    let mut message = json!({
        "id": format!("wamid.{n}"),
        "timestamp": (1_795_000_000 + n).to_string(),
        "type": "text",
        "text": {"body": words},
    });
    let mut contact = json!({"profile": {"name": "Anna"}});
    if let Some(phone) = phone {
        message["from"] = phone.into();
        contact["wa_id"] = phone.into();
    }
    if let Some(bsuid) = bsuid {
        message["from_user_id"] = bsuid.into();
        contact["user_id"] = bsuid.into();
    }
    json!({"phone_number_id": "106500000000001", "contact": contact, "message": message})
        .to_string()
}

/// The message number `n` of Anna, who shows both her number and her id.
pub(crate) fn anna(n: u32, words: &str) -> (&'static str, String) {
    ("anna", written(n, words, Some(NUMBER), Some(BSUID)))
}
