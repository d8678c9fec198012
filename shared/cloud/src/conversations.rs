//! What the conversation keeps: people, whose each name is, and what was heard already with what was answered.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use domain::Instant;
use domain::contact::Identifier;
use domain::identity::{Known, Owner};
use domain::ids::PersonId;
use domain::jobs::SayReply;
use domain::person::Person;

use crate::StoreError;
use crate::table::{self, Item, dynamo, key, read, string, text};

mod writes;

pub use writes::Outcome;

/// How many joined rows are followed before giving up: each is a person who turned out to be another.
const FOLLOWED: usize = 8;

/// The tables of people and of turns.
#[derive(Debug, Clone)]
pub struct Conversations {
    dynamo: Client,
    people: String,
    turns: String,
}

/// What is known when something arrives.
#[derive(Debug)]
pub enum Arrival {
    /// It was heard before: what was answered then is to be sent again, with the same ids.
    HeardBefore(Emitted),
    /// It is new.
    New(Box<Opening>),
}

/// What goes out of a turn, the same each time that it is asked for.
#[derive(Debug, Default)]
pub struct Emitted {
    /// What is said.
    pub replies: Vec<SayReply>,
    /// When to look again at the segnalazione that somebody is making.
    pub look_at: Option<(PersonId, Instant)>,
}

/// What is known of the people that something new speaks of. Who was joined into another is that other.
#[derive(Debug, Default)]
pub struct Opening {
    /// Whose the names are, and the people who have them.
    pub known: Known,
    /// The person who was asked for by id.
    pub person: Option<PersonId>,
    versions: BTreeMap<PersonId, u64>,
    /// The names as they are stored: on this they may be written.
    stored: BTreeMap<Identifier, Owner>,
    /// The names that were looked for.
    sought: BTreeSet<Identifier>,
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

    /// What is known of what arrives under the key `heard`, of the people behind `names`, and of `person`.
    pub async fn arrival(
        &self,
        heard: &str,
        names: &BTreeSet<Identifier>,
        person: Option<&PersonId>,
    ) -> Result<Arrival, StoreError> {
        let turn = HashMap::from([("pk".to_owned(), text(heard))]);
        let rows = names.iter().map(|name| key(name.key(), "id")).collect();
        let mut tables = self
            .get(HashMap::from([
                (self.turns.clone(), vec![turn]),
                (self.people.clone(), rows),
            ]))
            .await?;
        if let Some(mut turn) = tables.remove(&self.turns).and_then(|mut rows| rows.pop()) {
            // A message that was taken back before it came has no replies: it is not heard.
            let mut emitted = Emitted::default();
            if turn.contains_key("replies") {
                emitted.replies = read(&mut turn, "replies")?;
            }
            if turn.contains_key("look_at") {
                emitted.look_at = Some(read(&mut turn, "look_at")?);
            }
            return Ok(Arrival::HeardBefore(emitted));
        }
        let rows = tables.remove(&self.people).unwrap_or_default();
        let stored: BTreeMap<Identifier, Owner> = names
            .iter()
            .filter_map(|name| {
                let key = name.key();
                let row = rows.iter().find(|row| string(row, "pk") == Some(&key))?;
                Some((name.clone(), owner(row)?))
            })
            .collect();
        let mut opening = self.people_of(&stored, person).await?;
        opening.stored = stored;
        opening.sought.clone_from(names);
        Ok(Arrival::New(Box::new(opening)))
    }

    /// The people who own the names in `stored`, and `person`, each by their last id.
    async fn people_of(
        &self,
        stored: &BTreeMap<Identifier, Owner>,
        person: Option<&PersonId>,
    ) -> Result<Opening, StoreError> {
        let mut opening = Opening::default();
        let owners = stored.values().filter_map(|owner| match owner {
            Owner::Person(id) => Some(id),
            Owner::Nobody { .. } => None,
        });
        let mut wanted: BTreeSet<PersonId> = owners.chain(person).cloned().collect();
        let mut joined: BTreeMap<PersonId, PersonId> = BTreeMap::new();
        for _ in 0..FOLLOWED {
            wanted.retain(|id| !opening.known.people.contains_key(id));
            if wanted.is_empty() {
                break;
            }
            let keys = wanted.iter().map(|id| key(id.as_str(), "person")).collect();
            let mut tables = self
                .get(HashMap::from([(self.people.clone(), keys)]))
                .await?;
            wanted.clear();
            for mut row in tables.remove(&self.people).unwrap_or_default() {
                let Some(id) = string(&row, "pk").and_then(|id| id.parse::<PersonId>().ok()) else {
                    continue;
                };
                if let Some(into) = string(&row, "joined_into").and_then(|id| id.parse().ok()) {
                    let into: PersonId = into;
                    wanted.insert(into.clone());
                    joined.insert(id, into);
                } else {
                    opening.versions.insert(id.clone(), version_of(&row));
                    let person: Person = read(&mut row, "person")?;
                    opening.known.people.insert(id, person);
                }
            }
        }
        let last = |id: &PersonId| {
            let mut id = id;
            for _ in 0..FOLLOWED {
                match joined.get(id) {
                    Some(into) => id = into,
                    None => break,
                }
            }
            // A name is written with its person, in one transaction.
            if opening.known.people.contains_key(id) {
                Ok(id.clone())
            } else {
                Err(StoreError::DynamoDb("a name of nobody".into()))
            }
        };
        let mut owners = BTreeMap::new();
        for (name, owner) in stored {
            let owner = match owner {
                Owner::Person(id) => Owner::Person(last(id)?),
                nobody @ Owner::Nobody { .. } => nobody.clone(),
            };
            owners.insert(name.clone(), owner);
        }
        let person = person.and_then(|id| last(id).ok());
        opening.known.owners = owners;
        opening.person = person;
        Ok(opening)
    }

    async fn get(
        &self,
        keys: HashMap<String, Vec<Item>>,
    ) -> Result<HashMap<String, Vec<Item>>, StoreError> {
        let mut call = self.dynamo.batch_get_item();
        for (table, keys) in keys {
            if keys.is_empty() {
                continue;
            }
            let wanted = KeysAndAttributes::builder()
                .set_keys(Some(keys))
                .consistent_read(true)
                .build()
                .map_err(|error| StoreError::DynamoDb(error.into()))?;
            call = call.request_items(table, wanted);
        }
        let answer = call.send().await.map_err(dynamo)?;
        if answer
            .unprocessed_keys()
            .is_some_and(|keys| !keys.is_empty())
        {
            return Err(StoreError::DynamoDb("keys were left unprocessed".into()));
        }
        Ok(answer.responses.unwrap_or_default())
    }
}

fn version_of(item: &Item) -> u64 {
    table::integer(item, "version")
        .and_then(|version| u64::try_from(version).ok())
        .unwrap_or_default()
}

/// Whose the name in `row` is.
fn owner(row: &Item) -> Option<Owner> {
    match string(row, "person_id") {
        Some(id) => id.parse().ok().map(Owner::Person),
        None => table::integer(row, "since")
            .and_then(|since| Instant::from_second(since).ok())
            .map(|since| Owner::Nobody { since }),
    }
}
