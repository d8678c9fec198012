//! Writing what came of something that was heard: all of it or nothing.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::builders::PutBuilder;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use domain::Instant;
use domain::contact::Identifier;
use domain::identity::{Identified, Owner};
use domain::ids::{PersonId, Wamid};
use domain::jobs::SayReply;
use domain::person::{Order, Person, Proof};

use super::{Conversations, Opening};
use crate::StoreError;
use crate::people::{AUDIENCE, MAKING, in_seconds};
use crate::table::{expiry, key, number, put, text, transact, unchanged, write};

/// Meta delivers again for up to seven days: what was heard is remembered for nine.
const REMEMBERED_DAYS: i64 = 9;

/// What came of something that was heard.
#[derive(Debug)]
pub struct Outcome {
    /// Who it speaks of, and what changes of them and of others.
    pub identified: Identified,
    /// The order that was obeyed, and its proof.
    pub proof: Option<(Order, Proof)>,
    /// What is to be said.
    pub replies: Vec<SayReply>,
    /// What nobody could read, as it came.
    pub kept: Option<String>,
    /// The message that was taken back.
    pub taken_back: Option<Wamid>,
    /// When to look again whether more has come of the segnalazione that somebody is making.
    pub look_at: Option<(PersonId, Instant)>,
    /// When somebody should look at the segnalazione that each of the people written here is making.
    pub due_at: BTreeMap<PersonId, Instant>,
    /// What else is written with it, all or nothing: the case that was opened.
    pub also: Vec<TransactWriteItem>,
}

impl Outcome {
    /// Nothing but what `identified` says.
    pub fn of(identified: Identified) -> Self {
        Self {
            identified,
            proof: None,
            replies: Vec::new(),
            kept: None,
            taken_back: None,
            look_at: None,
            due_at: BTreeMap::new(),
            also: Vec::new(),
        }
    }
}

impl Conversations {
    /// Writes what came of what was `heard`: the person and whoever was joined or lost a name, the names, the proof of what
    /// was asked, and the turn with its replies. `Stale` means that somebody wrote first: ask [`Conversations::arrival`]
    /// again.
    pub async fn commit(
        &self,
        heard: &str,
        opening: &Opening,
        outcome: &Outcome,
        now: Instant,
    ) -> Result<(), StoreError> {
        let identified = &outcome.identified;
        let person = &identified.person;
        let mut writes = vec![
            self.turn(heard, outcome, now)?,
            self.person_row(person, outcome, opening)?,
        ];
        for loser in &identified.losers {
            writes.push(self.person_row(loser, outcome, opening)?);
        }
        for joined in &identified.joined {
            let row = self
                .row(joined, opening)
                .item("joined_into", text(person.id.as_str()));
            writes.push(put(row)?);
        }
        for (name, owner) in &identified.owners {
            writes.push(self.name(name, owner, opening)?);
        }
        if let Some((order, proof)) = &outcome.proof {
            let sort = format!("proof#{}#{}", proof.at, proof.message);
            writes.push(put(Put::builder()
                .table_name(&self.people)
                .set_item(Some(key(person.id.as_str(), sort)))
                .item("asked", write(order)?)
                .item("proof", write(proof)?))?);
        }
        if let Some(original) = &outcome.taken_back {
            writes.push(self.black_out(original, now)?);
        }
        writes.extend(outcome.also.iter().cloned());
        transact(&self.dynamo, writes).await
    }

    fn turn(
        &self,
        heard: &str,
        outcome: &Outcome,
        now: Instant,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut turn = Put::builder()
            .table_name(&self.turns)
            .item("pk", text(heard))
            .item("replies", write(&outcome.replies)?)
            .item("expires_at", expiry(now, REMEMBERED_DAYS))
            .condition_expression("attribute_not_exists(pk)");
        if let Some(kept) = &outcome.kept {
            turn = turn.item("kept", text(kept));
        }
        if let Some(at) = &outcome.look_at {
            turn = turn.item("look_at", write(at)?);
        }
        put(turn)
    }

    /// What is kept of a message goes. Of a message that has not come yet the turn is made now: when it comes, it was heard.
    fn black_out(&self, original: &Wamid, now: Instant) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.turns)
            .key("pk", text(original.as_str()))
            .update_expression(
                "SET taken_back_at = if_not_exists(taken_back_at, :now), \
                 expires_at = if_not_exists(expires_at, :expiry) REMOVE kept",
            )
            .expression_attribute_values(":now", text(now.to_string()))
            .expression_attribute_values(":expiry", expiry(now, REMEMBERED_DAYS))
            .build()
            .map_err(|error| StoreError::DynamoDb(error.into()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn person_row(
        &self,
        person: &Person,
        outcome: &Outcome,
        opening: &Opening,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut row = self.row(&person.id, opening).item("person", write(person)?);
        if let Some(at) = outcome.due_at.get(&person.id) {
            // Only whoever is making a segnalazione is in this index.
            row = row
                .item("making", text(MAKING))
                .item("due_at", text(in_seconds(*at)));
        }
        if person.receives_notices() {
            row = row.item("audience", text(AUDIENCE));
        }
        put(row)
    }

    /// The row of a person, to be written if it is as it was read.
    fn row(&self, id: &PersonId, opening: &Opening) -> PutBuilder {
        let version = opening.versions.get(id).copied();
        let (condition, seen) = unchanged(version);
        let row = Put::builder()
            .table_name(&self.people)
            .set_item(Some(key(id.as_str(), "person")))
            .item("version", number(version.unwrap_or_default() + 1))
            .condition_expression(condition);
        match seen {
            Some(seen) => row.expression_attribute_values(":seen", seen),
            None => row,
        }
    }

    /// Whose a name is, if it is still whose it was. A name that was not looked for belongs to somebody who is written here
    /// too: whoever took it from them meanwhile has changed their row.
    fn name(
        &self,
        name: &Identifier,
        owner: &Owner,
        opening: &Opening,
    ) -> Result<TransactWriteItem, StoreError> {
        let row = Put::builder()
            .table_name(&self.people)
            .set_item(Some(key(name.key(), "id")));
        let row = match owner {
            Owner::Person(id) => row.item("person_id", text(id.as_str())),
            Owner::Nobody { since } => row.item("since", number(since.as_second())),
        };
        let row = match opening.stored.get(name) {
            None if opening.sought.contains(name) => {
                row.condition_expression("attribute_not_exists(pk)")
            }
            None => row,
            Some(Owner::Person(id)) => row
                .condition_expression("person_id = :was")
                .expression_attribute_values(":was", text(id.as_str())),
            Some(Owner::Nobody { since }) => row
                .condition_expression("since = :was")
                .expression_attribute_values(":was", number(since.as_second())),
        };
        put(row)
    }
}
