//! What the conversation keeps: people, how they are known, and the messages already heard with what was answered.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{KeysAndAttributes, Put, TransactWriteItem};
use domain::Instant;
use domain::contact::Contact;
use domain::conversation::Turn;
use domain::ids::{PersonId, Wamid};
use domain::jobs::SayReply;
use domain::person::Person;

use crate::StoreError;
use crate::people::AUDIENCE;
use crate::table::{
    self, Item, dynamo, expiry, key, number, put, read, string, text, transact, unchanged, write,
};

/// Meta delivers again for up to seven days: a message is remembered for nine.
const REMEMBERED_DAYS: i64 = 9;

/// The tables of people and of turns.
#[derive(Debug, Clone)]
pub struct Conversations {
    dynamo: Client,
    people: String,
    turns: String,
}

/// What is known when a message arrives.
#[derive(Debug)]
pub enum Arrival {
    /// It was heard before: what was answered then is to be sent again, with the same ids.
    HeardBefore(Vec<SayReply>),
    /// It is new.
    New(Box<Opening>),
}

/// A new message's sender, as stored.
#[derive(Debug)]
pub struct Opening {
    /// The person, if they ever wrote before.
    pub person: Option<Person>,
    /// What of the sender's contact belongs to this person. Where WhatsApp shows a number and an id that belong to two
    /// people of ours, the id decides and the number is left out: two people are never joined by a guess.
    pub contact: Contact,
    version: Option<u64>,
    /// The identifiers that still have to be written.
    unwritten: Vec<String>,
}

impl Conversations {
    /// The tables `people` and `turns`.
    pub fn new(aws: &SdkConfig, people: impl Into<String>, turns: impl Into<String>) -> Self {
        Self {
            dynamo: Client::new(aws),
            people: people.into(),
            turns: turns.into(),
        }
    }

    /// What is known of `message` and of who wrote it.
    pub async fn arrival(&self, message: &Wamid, contact: &Contact) -> Result<Arrival, StoreError> {
        let names = names(contact);
        let (heard, known) = self.look_up(message, &names).await?;
        if let Some(mut turn) = heard {
            return Ok(Arrival::HeardBefore(read(&mut turn, "replies")?));
        }

        let by = |name: Option<&String>| name.and_then(|name| known.get(name)).cloned();
        let bsuid = contact
            .bsuid()
            .map(|bsuid| format!("bsuid#{}", bsuid.as_str()));
        let phone = contact
            .phone()
            .map(|phone| format!("phone#{}", phone.digits()));
        let (by_bsuid, by_phone) = (by(bsuid.as_ref()), by(phone.as_ref()));
        let contact = match (&by_bsuid, &by_phone) {
            (Some(one), Some(other)) if one != other => {
                tracing::warn!(person.id = %one, other.person.id = %other, "a number and an id of two people came together");
                Contact::new(None, contact.bsuid().cloned()).unwrap_or_else(|| contact.clone())
            }
            _ => contact.clone(),
        };
        let unwritten = self::names(&contact)
            .into_iter()
            .filter(|name| !known.contains_key(name))
            .collect();
        let Some(id) = by_bsuid.or(by_phone) else {
            return Ok(Arrival::New(Box::new(Opening {
                person: None,
                contact,
                version: None,
                unwritten,
            })));
        };
        let (person, version) = self.person(&id).await?;
        Ok(Arrival::New(Box::new(Opening {
            person: Some(person),
            contact,
            version: Some(version),
            unwritten,
        })))
    }

    async fn look_up(
        &self,
        message: &Wamid,
        names: &[String],
    ) -> Result<(Option<Item>, HashMap<String, PersonId>), StoreError> {
        let wanted = |keys: Vec<Item>| {
            KeysAndAttributes::builder()
                .set_keys(Some(keys))
                .consistent_read(true)
                .build()
                .map_err(|error| StoreError::DynamoDb(error.into()))
        };
        let turn = HashMap::from([("pk".to_owned(), text(message.as_str()))]);
        let answer = self
            .dynamo
            .batch_get_item()
            .request_items(&self.turns, wanted(vec![turn])?)
            .request_items(
                &self.people,
                wanted(names.iter().map(|name| key(name, "id")).collect())?,
            )
            .send()
            .await
            .map_err(dynamo)?;
        if answer
            .unprocessed_keys()
            .is_some_and(|keys| !keys.is_empty())
        {
            return Err(StoreError::DynamoDb("keys were left unprocessed".into()));
        }
        let mut tables = answer.responses.unwrap_or_default();
        let heard = tables.remove(&self.turns).and_then(|mut items| items.pop());
        let known = tables.remove(&self.people).unwrap_or_default();
        let known = known
            .iter()
            .filter_map(|item| {
                Some((
                    string(item, "pk")?.to_owned(),
                    string(item, "person_id")?.parse().ok()?,
                ))
            })
            .collect();
        Ok((heard, known))
    }

    async fn person(&self, id: &PersonId) -> Result<(Person, u64), StoreError> {
        let answer = self
            .dynamo
            .get_item()
            .table_name(&self.people)
            .set_key(Some(key(id.as_str(), "person")))
            .consistent_read(true)
            .send()
            .await
            .map_err(dynamo)?;
        // The identifier is written with the person, in one transaction.
        let mut item = answer
            .item
            .ok_or_else(|| StoreError::DynamoDb("an identifier of nobody".into()))?;
        let version = version_of(&item);
        Ok((read(&mut item, "person")?, version))
    }

    /// Writes what came of `message`, all or nothing: the person, how they are known, the proof of what they asked, and
    /// the message with its replies. `Stale` means that somebody wrote first: ask [`Conversations::arrival`] again.
    pub async fn commit(
        &self,
        message: &Wamid,
        opening: &Opening,
        turn: &Turn,
        replies: &[SayReply],
        now: Instant,
    ) -> Result<(), StoreError> {
        let mut writes = vec![
            self.heard(message, replies, now)?,
            self.person_row(&turn.next, opening.version)?,
        ];
        for name in &opening.unwritten {
            writes.push(put(Put::builder()
                .table_name(&self.people)
                .set_item(Some(key(name, "id")))
                .item("person_id", text(turn.next.id.as_str()))
                .condition_expression("attribute_not_exists(pk)"))?);
        }
        if let Some((order, proof)) = &turn.proof {
            let sort = format!("proof#{}#{}", proof.at, proof.message);
            writes.push(put(Put::builder()
                .table_name(&self.people)
                .set_item(Some(key(turn.next.id.as_str(), sort)))
                .item("asked", write(order)?)
                .item("proof", write(proof)?))?);
        }
        transact(&self.dynamo, writes).await
    }

    fn heard(
        &self,
        message: &Wamid,
        replies: &[SayReply],
        now: Instant,
    ) -> Result<TransactWriteItem, StoreError> {
        put(Put::builder()
            .table_name(&self.turns)
            .item("pk", text(message.as_str()))
            .item("replies", write(&replies)?)
            .item("expires_at", expiry(now, REMEMBERED_DAYS))
            .condition_expression("attribute_not_exists(pk)"))
    }

    fn person_row(
        &self,
        person: &Person,
        version: Option<u64>,
    ) -> Result<TransactWriteItem, StoreError> {
        let (condition, seen) = unchanged(version);
        let mut row = Put::builder()
            .table_name(&self.people)
            .set_item(Some(key(person.id.as_str(), "person")))
            .item("version", number(version.unwrap_or_default() + 1))
            .item("person", write(person)?)
            .condition_expression(condition);
        if person.receives_notices() {
            row = row.item("audience", text(AUDIENCE));
        }
        if let Some(seen) = seen {
            row = row.expression_attribute_values(":seen", seen);
        }
        put(row)
    }
}

fn version_of(item: &Item) -> u64 {
    table::integer(item, "version")
        .and_then(|version| u64::try_from(version).ok())
        .unwrap_or_default()
}

/// The keys of the rows that say whose an identifier is.
fn names(contact: &Contact) -> Vec<String> {
    let bsuid = contact
        .bsuid()
        .map(|bsuid| format!("bsuid#{}", bsuid.as_str()));
    let phone = contact
        .phone()
        .map(|phone| format!("phone#{}", phone.digits()));
    bsuid.into_iter().chain(phone).collect()
}
