//! What sending reads and writes, for many people at once: a share of a notice costs one read and two writes, however many
//! people are in it.

use std::collections::{BTreeMap, HashMap};

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{KeysAndAttributes, TransactWriteItem, Update};
use domain::Instant;
use domain::delivery::{Counts, Delivery};
use domain::ids::{NoticeId, PersonId, SendId};
use domain::pace::Pair;
use domain::person::Person;

use crate::StoreError;
use crate::deliveries::{Deliveries, Seen, row_key};
use crate::table::{Item, dynamo, integer, key, number, read, text, transact_or_say_which};

/// The tables that sending works on.
#[derive(Debug, Clone)]
pub struct Outbox {
    dynamo: Client,
    people: String,
    pace: String,
    deliveries: Deliveries,
    deliveries_table: String,
}

/// One thing to one person, as it is stored at this moment.
#[derive(Debug, Clone)]
pub struct Addressee {
    /// The person; `None` if there is no such person (any more).
    pub person: Option<Person>,
    /// Who they turned out to be: a person who was joined into another is nobody by this id.
    pub joined_into: Option<PersonId>,
    /// The delivery, if anything was done about it before.
    pub seen: Option<Seen>,
    /// How much was sent to the person lately.
    pub pair: SeenPair,
}

/// What was read of the messages to one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenPair {
    /// The time used up.
    pub pair: Pair,
    exists: bool,
}

/// A row that is to change.
#[derive(Debug)]
pub struct Change<'a> {
    /// Which delivery.
    pub id: &'a SendId,
    /// The row as it was read.
    pub seen: Option<&'a Seen>,
    /// The row as it is to be.
    pub next: &'a Delivery,
    /// The time of the person that this uses up, where a call is to follow.
    pub booking: Option<Booking<'a>>,
}

/// The use of a person's time.
#[derive(Debug)]
pub struct Booking<'a> {
    /// Whose.
    pub person: &'a PersonId,
    /// As it was read.
    pub before: SeenPair,
    /// As it will be.
    pub after: Pair,
    /// Whether it opens a conversation: it counts among the people reached in 24 hours.
    pub opens: bool,
}

/// What became of a change.
#[derive(Debug, Clone)]
pub enum Written {
    /// It is stored.
    Done(Seen),
    /// Somebody wrote first: the row is theirs, or it is what we wrote a moment ago without being told.
    OtherHand,
    /// Somebody else sends to the same person at this moment: look again.
    PersonBusy,
}

/// Most people in one look: three keys each, of a hundred that one call takes.
pub const MOST_AT_ONCE: usize = 33;
const ROUNDS: usize = 6;

impl Outbox {
    /// The tables `people`, `deliveries` and `pace`.
    pub fn new(
        aws: &SdkConfig,
        people: impl Into<String>,
        deliveries: impl Into<String>,
        pace: impl Into<String>,
    ) -> Self {
        let deliveries_table = deliveries.into();
        Self {
            dynamo: Client::new(aws),
            people: people.into(),
            pace: pace.into(),
            deliveries: Deliveries::new(aws, &deliveries_table),
            deliveries_table,
        }
    }

    /// What is stored of each thing to each person, at most [`MOST_AT_ONCE`] of them, as it is at this moment: an opt-out
    /// that was written is seen.
    pub async fn look(&self, wanted: &[(SendId, PersonId)]) -> Result<Vec<Addressee>, StoreError> {
        let people = wanted
            .iter()
            .map(|(_, person)| key(person.as_str(), "person"));
        let rows = wanted.iter().map(|(id, _)| row_key(id));
        let pairs = wanted.iter().map(|(_, person)| pair_key(person));
        let mut left = HashMap::from([
            (self.people.clone(), keys(people.collect())?),
            (self.deliveries_table.clone(), keys(rows.collect())?),
            (self.pace.clone(), keys(pairs.collect())?),
        ]);
        let mut found: HashMap<(String, String, String), Item> = HashMap::new();
        for _ in 0..ROUNDS {
            let answer = self
                .dynamo
                .batch_get_item()
                .set_request_items(Some(left))
                .send()
                .await
                .map_err(dynamo)?;
            for (table, items) in answer.responses.unwrap_or_default() {
                for item in items {
                    found.insert(name_of(&table, &item), item);
                }
            }
            left = answer.unprocessed_keys.unwrap_or_default();
            if left.is_empty() {
                break;
            }
        }
        if !left.is_empty() {
            return Err(StoreError::DynamoDb("keys were left unprocessed".into()));
        }
        wanted
            .iter()
            .map(|(id, person)| {
                let mut take = |table: &str, key: &Item| found.remove(&name_of(table, key));
                let stored = take(&self.people, &key(person.as_str(), "person"));
                let row = take(&self.deliveries_table, &row_key(id));
                let pair = take(&self.pace, &pair_key(person));
                let joined_into: Option<PersonId> = stored
                    .as_ref()
                    .and_then(|item| crate::table::string(item, "joined_into")?.parse().ok());
                Ok(Addressee {
                    person: stored
                        .filter(|_| joined_into.is_none())
                        .map(|mut item| read(&mut item, "person"))
                        .transpose()?,
                    joined_into,
                    seen: row.map(crate::deliveries::seen).transpose()?,
                    pair: SeenPair {
                        exists: pair.is_some(),
                        pair: Pair {
                            used_until_ms: pair
                                .and_then(|item| integer(&item, "used_until_ms"))
                                .unwrap_or_default(),
                        },
                    },
                })
            })
            .collect()
    }

    /// Writes `changes`, each row with its counts and the person's time, all together. Where somebody wrote first, the
    /// others are written without them.
    pub async fn write(
        &self,
        changes: &[Change<'_>],
        now: Instant,
    ) -> Result<Vec<Written>, StoreError> {
        let mut outcome: Vec<Option<Written>> = changes.iter().map(|_| None).collect();
        loop {
            let open: Vec<usize> = (0..changes.len())
                .filter(|place| outcome[*place].is_none())
                .collect();
            if open.is_empty() {
                break;
            }
            let mut writes: Vec<TransactWriteItem> = Vec::with_capacity(2 * open.len() + 1);
            // Whose write stands where, and whether it is of the row or of the person's time.
            let mut places = Vec::with_capacity(writes.capacity());
            let mut counts: BTreeMap<&NoticeId, (Counts, &PersonId)> = BTreeMap::new();
            for place in &open {
                let change = &changes[*place];
                let version = change.seen.map(Seen::version);
                writes.push(self.deliveries.row(change.id, version, change.next, now)?);
                places.push((*place, Written::OtherHand));
                if let Some(booking) = &change.booking {
                    writes.push(self.booking(booking, now)?);
                    places.push((*place, Written::PersonBusy));
                }
                if let SendId::Notice { notice, person } = change.id {
                    let before = change.seen.map(|seen| &seen.delivery);
                    let difference = Counts::change(before, change.next);
                    let (sum, _) = counts.entry(notice).or_insert((Counts::default(), person));
                    *sum = std::mem::take(sum).plus(&difference);
                }
            }
            for (notice, (mut change, person)) in counts {
                change.drop_zeroes();
                if !change.is_empty() {
                    writes.push(self.deliveries.count(notice, person, &change)?);
                }
            }
            let refused = transact_or_say_which(&self.dynamo, writes).await?;
            if refused.is_empty() {
                for place in open {
                    let change = &changes[place];
                    outcome[place] = Some(Written::Done(Seen::after(change.seen, change.next)));
                }
                break;
            }
            for place in refused {
                let (place, why) = places.get(place).cloned().ok_or(StoreError::Stale)?;
                outcome[place].get_or_insert(why);
            }
        }
        Ok(outcome.into_iter().flatten().collect())
    }

    fn booking(
        &self,
        booking: &Booking<'_>,
        now: Instant,
    ) -> Result<TransactWriteItem, StoreError> {
        let after = booking.after.used_until_ms;
        let mut update = Update::builder()
            .table_name(&self.pace)
            .set_key(Some(pair_key(booking.person)))
            .expression_attribute_values(":after", number(after))
            .expression_attribute_values(":expiry", number(after / 1000 + 86_400));
        let mut set = "SET used_until_ms = :after, expires_at = :expiry".to_owned();
        if booking.opens {
            set.push_str(", reached_at = :now");
            update = update.expression_attribute_values(":now", number(now.as_second()));
        }
        update = if booking.before.exists {
            update
                .condition_expression("used_until_ms = :before")
                .expression_attribute_values(":before", number(booking.before.pair.used_until_ms))
        } else {
            update.condition_expression("attribute_not_exists(pk)")
        };
        let update = update
            .update_expression(set)
            .build()
            .map_err(|error| StoreError::DynamoDb(error.into()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

fn keys(keys: Vec<Item>) -> Result<KeysAndAttributes, StoreError> {
    KeysAndAttributes::builder()
        .set_keys(Some(keys))
        .consistent_read(true)
        .build()
        .map_err(|error| StoreError::DynamoDb(error.into()))
}

/// The key of what is known of the messages to one person; in the same table as the slots of the number.
pub(crate) fn pair_key(person: &PersonId) -> Item {
    Item::from([("pk".to_owned(), text(format!("pair#{person}")))])
}

fn name_of(table: &str, item: &Item) -> (String, String, String) {
    let part = |name: &str| {
        crate::table::string(item, name)
            .unwrap_or_default()
            .to_owned()
    };
    (table.to_owned(), part("pk"), part("sk"))
}
