//! Segnalazioni that were confirmed: the case, what was presented, the number of the year, and where open ones are.
//!
//! | pk | sk | what |
//! | --- | --- | --- |
//! | `SEG-2026-000123` | `case` | where it stands, with its version |
//! | `SEG-2026-000123` | `content` | what was presented: written once |
//! | `SEG-2026-000123` | `supplement#<instant>#<message>` | what the citizen added afterwards |
//! | `number#2026` | `number` | the last number of the year |
//! | `cell#<category>#<cell>` | `open` | the open ones of a category in a cell of the map: an attribute for each, named as it |

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{KeysAndAttributes, Put, TransactWriteItem, Update};
use domain::Instant;
use domain::segnalazione::content::Content;
use domain::segnalazione::dialogue::{Filed, Supplement};
use domain::segnalazione::duplicates::{Cell, Sighting, cells_around};
use domain::segnalazione::life::{Case, Codice};
use domain::segnalazione::place::Point;
use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::table::{Item, dynamo, integer, key, number, put, read, string, text, unchanged, write};

/// The table of segnalazioni.
#[derive(Debug, Clone)]
pub struct Cases {
    dynamo: Client,
    table: String,
}

/// What has to be known before a segnalazione gets its codice.
#[derive(Debug)]
pub struct Desk {
    /// The next codice.
    pub codice: Codice,
    /// The open ones of its category around it.
    pub around: Vec<Sighting<Codice>>,
    /// The last number, if there was one this year.
    last: Option<u64>,
}

/// An open segnalazione in a cell.
#[derive(Debug, Serialize, Deserialize)]
struct Spot {
    point: Point,
    at: Instant,
}

impl Cases {
    /// The table `table`.
    pub fn new(aws: &SdkConfig, table: impl Into<String>) -> Self {
        Self {
            dynamo: Client::new(aws),
            table: table.into(),
        }
    }

    /// What has to be known before `filed`, presented in `year`, gets its codice.
    pub async fn desk(&self, filed: &Filed, year: u16) -> Result<Desk, StoreError> {
        let mut keys = vec![number_key(year)];
        let given = &filed.draft.given;
        let category = given.category.as_ref().map(|chosen| &chosen.code);
        let point = given.place.as_ref().and_then(|place| place.place.point());
        if let (Some(category), Some(point)) = (category, point) {
            let cells = cells_around(point);
            keys.extend(cells.map(|cell| cell_key(category.as_str(), cell)));
        }
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(true)
            .build()
            .map_err(|error| StoreError::DynamoDb(error.into()))?;
        let call = self.dynamo.batch_get_item();
        let answer = call.request_items(&self.table, wanted).send().await;
        let answer = answer.map_err(dynamo)?;
        if answer
            .unprocessed_keys()
            .is_some_and(|keys| !keys.is_empty())
        {
            return Err(StoreError::DynamoDb("keys were left unprocessed".into()));
        }
        let mut tables = answer.responses.unwrap_or_default();
        let mut last = None;
        let mut around = Vec::new();
        for mut row in tables.remove(&self.table).unwrap_or_default() {
            if string(&row, "sk") == Some("number") {
                last = integer(&row, "version").and_then(|last| u64::try_from(last).ok());
            } else if let Some(category) = category {
                let open: Vec<String> = row.keys().cloned().collect();
                for name in open {
                    let Ok(id) = name.parse::<Codice>() else {
                        continue;
                    };
                    let spot: Spot = read(&mut row, &name)?;
                    around.push(Sighting {
                        id,
                        category: category.clone(),
                        point: Some(spot.point),
                        at: spot.at,
                    });
                }
            }
        }
        let next = u32::try_from(last.unwrap_or_default() + 1).unwrap_or(u32::MAX);
        let codice = Codice::new(year, next).map_err(|error| StoreError::DynamoDb(error.into()))?;
        Ok(Desk {
            codice,
            around,
            last,
        })
    }

    /// What is written of a segnalazione as it is opened, all in one transaction with the turn that confirmed it: if another
    /// took the number meanwhile, nothing is written.
    pub fn open(
        &self,
        desk: &Desk,
        case: &Case,
        content: &Content,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let codice = case.codice.to_string();
        let row = |sk: &str| {
            Put::builder()
                .table_name(&self.table)
                .set_item(Some(key(&codice, sk)))
                .condition_expression("attribute_not_exists(pk)")
        };
        let (condition, seen) = unchanged(desk.last);
        let counter = Put::builder()
            .table_name(&self.table)
            .set_item(Some(number_key(case.codice.year())))
            .item("version", number(case.codice.number()))
            .condition_expression(condition);
        let counter = match seen {
            Some(seen) => counter.expression_attribute_values(":seen", seen),
            None => counter,
        };
        let mut writes = vec![
            put(counter)?,
            put(row("case")
                .item("version", number(case.version))
                .item("case", write(case)?))?,
            put(row("content").item("content", write(content)?))?,
        ];
        if let Some(point) = content.place.place.point() {
            let spot = Spot {
                point,
                at: case.presented_at,
            };
            let cell = cell_key(case.category.as_str(), Cell::of(point));
            writes.push(self.mark(cell, &codice, &spot)?);
        }
        Ok(writes)
    }

    /// Marks an open one in its cell, beside the others.
    fn mark(&self, cell: Item, codice: &str, spot: &Spot) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(cell))
            .update_expression("SET #codice = :spot")
            .expression_attribute_names("#codice", codice)
            .expression_attribute_values(":spot", write(spot)?)
            .build()
            .map_err(|error| StoreError::DynamoDb(error.into()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// What a citizen added at `at`: it is kept beside what was presented, which does not change.
    pub fn supplement(
        &self,
        supplement: &Supplement,
        at: Instant,
    ) -> Result<TransactWriteItem, StoreError> {
        let sort = format!("supplement#{at}#{}", supplement.message);
        put(Put::builder()
            .table_name(&self.table)
            .set_item(Some(key(supplement.codice.to_string(), sort)))
            .item("given", write(&supplement.given)?)
            .condition_expression("attribute_not_exists(pk)"))
    }

    /// The case of `codice` and what was presented.
    pub async fn get(&self, codice: Codice) -> Result<Option<(Case, Content)>, StoreError> {
        let answer = self
            .dynamo
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :codice")
            .expression_attribute_values(":codice", text(codice.to_string()))
            .consistent_read(true)
            .send()
            .await
            .map_err(dynamo)?;
        let (mut case, mut content) = (None, None);
        for mut row in answer.items.unwrap_or_default() {
            match string(&row, "sk") {
                Some("case") => case = Some(read(&mut row, "case")?),
                Some("content") => content = Some(read(&mut row, "content")?),
                _ => {}
            }
        }
        Ok(case.zip(content))
    }
}

fn number_key(year: u16) -> Item {
    key(format!("number#{year}"), "number")
}

fn cell_key(category: &str, cell: Cell) -> Item {
    key(format!("cell#{category}#{cell}"), "open")
}
