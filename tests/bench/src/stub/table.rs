//! DynamoDB, as far as a function under measure can tell: what is put can be got, and every condition holds.
//!
//! But for the tables whose one row many write at once and read the answer of: the pace and the state of the platform. Their
//! items are kept by a real store in this process, conditions and all.
//!
//! An update elsewhere changes nothing and is answered with what the row was. A query finds the rows whose partition key, or
//! whose attribute of the index's name, is one of the values asked for: in our tables an index is named for its key.

use std::collections::{HashMap, HashSet};

use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::events::{PACE, PLATFORM};

/// The attributes that a query of ours looks rows up by.
const INDEXED: [&str; 5] = ["pk", "audience", "listing", "period", "wamid"];

/// The tables of which every word is taken in earnest.
const EXACT: [&str; 2] = [PACE, PLATFORM];

/// Rows by table and key, and where to find them by an indexed attribute.
#[derive(Default)]
pub(super) struct Tables {
    exact: Option<Database>,
    rows: HashMap<Place, Value>,
    index: HashMap<(String, &'static str, String), HashSet<Place>>,
}

/// Where a row lives: its table, and its keys as they are written.
type Place = (String, String);

impl Tables {
    /// The answer to `operation`, if it is one of those that our functions use; or DynamoDB's own refusal.
    pub(super) fn answer(
        &mut self,
        operation: &str,
        request: &Value,
    ) -> Option<Result<Value, Value>> {
        let exact = EXACT.contains(&table_of(request));
        // What a transaction has put is here.
        let here = operation == "GetItem" && self.get(table_of(request), &request["Key"]).is_some();
        if exact
            && !here
            && let Some(answer) = self.exactly(operation, request)
        {
            return Some(answer);
        }
        self.roughly(operation, request).map(Ok)
    }

    /// What a real store says to an operation on one item.
    fn exactly(&mut self, operation: &str, request: &Value) -> Option<Result<Value, Value>> {
        if self.exact.is_none() {
            self.exact = Some(opened().ok()?);
        }
        let database = self.exact.as_ref()?;
        match operation {
            "GetItem" => Some(asked(request, |it| database.get_item(it))),
            "PutItem" => Some(asked(request, |it| database.put_item(it))),
            "UpdateItem" => Some(asked(request, |it| database.update_item(it))),
            "DeleteItem" => Some(asked(request, |it| database.delete_item(it))),
            _ => None,
        }
    }

    fn roughly(&mut self, operation: &str, request: &Value) -> Option<Value> {
        match operation {
            "GetItem" => Some(match self.get(table_of(request), &request["Key"]) {
                Some(item) => json!({"Item": item}),
                None => json!({}),
            }),
            "BatchGetItem" => Some(self.get_batch(request)),
            "PutItem" => {
                self.take(request);
                Some(json!({}))
            }
            "UpdateItem" => Some(self.update(request)),
            "DeleteItem" => Some(json!({})),
            "BatchWriteItem" => Some(self.take_batch(request)),
            "TransactWriteItems" => {
                let writes = request["TransactItems"].as_array().into_iter().flatten();
                for put in writes.filter_map(|write| write.get("Put")) {
                    self.take(put);
                }
                Some(json!({}))
            }
            "Query" => Some(self.query(request)),
            _ => None,
        }
    }

    fn get(&self, table: &str, key: &Value) -> Option<&Value> {
        self.rows.get(&place(table, key))
    }

    fn get_batch(&self, request: &Value) -> Value {
        let tables = request["RequestItems"].as_object().into_iter().flatten();
        let found: HashMap<&String, Vec<&Value>> = tables
            .map(|(table, asked)| {
                let keys = asked["Keys"].as_array().into_iter().flatten();
                let items = keys.filter_map(|key| self.get(table, key)).collect();
                (table, items)
            })
            .collect();
        json!({"Responses": found, "UnprocessedKeys": {}})
    }

    fn take(&mut self, put: &Value) {
        self.put(table_of(put), &put["Item"]);
    }

    fn take_batch(&mut self, request: &Value) -> Value {
        for (table, writes) in request["RequestItems"].as_object().into_iter().flatten() {
            let puts = writes.as_array().into_iter().flatten();
            for put in puts.filter_map(|write| write.get("PutRequest")) {
                self.put(table, &put["Item"]);
            }
        }
        json!({"UnprocessedItems": {}})
    }

    /// Puts `item` into `table`.
    pub(super) fn put(&mut self, table: &str, item: &Value) {
        let place = place(table, item);
        for attribute in INDEXED {
            if let Some(value) = item.get(attribute) {
                let entry = (place.0.clone(), attribute, value.to_string());
                self.index.entry(entry).or_default().insert(place.clone());
            }
        }
        self.rows.insert(place, item.clone());
    }

    fn update(&self, request: &Value) -> Value {
        let was = self.get(table_of(request), &request["Key"]);
        match (was, request["ReturnValues"].as_str()) {
            (Some(item), Some(asked)) if asked != "NONE" => json!({"Attributes": item}),
            _ => json!({}),
        }
    }

    fn query(&self, request: &Value) -> Value {
        let table = table_of(request);
        let index = request["IndexName"].as_str().unwrap_or("pk");
        let attribute = INDEXED.iter().find(|it| **it == index);
        let values = request["ExpressionAttributeValues"].as_object();
        let asked = values.into_iter().flat_map(|values| values.values());
        let items: Vec<&Value> = attribute
            .into_iter()
            .flat_map(|attribute| {
                asked.clone().filter_map(|value| {
                    let entry = (table.to_owned(), *attribute, value.to_string());
                    self.index.get(&entry)
                })
            })
            .flatten()
            .filter_map(|place| self.rows.get(place))
            .collect();
        json!({"Count": items.len(), "ScannedCount": items.len(), "Items": items})
    }
}

/// A store with the exact tables.
fn opened() -> Result<Database, Box<dyn std::error::Error>> {
    let database = Database::memory()?;
    for table in EXACT {
        let request = json!({
            "TableName": table,
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        });
        database.create_table(serde_json::from_value(request)?)?;
    }
    Ok(database)
}

/// The JSON of what a real store answers to `request`.
fn asked<Request: DeserializeOwned, Answer: Serialize>(
    request: &Value,
    work: impl FnOnce(Request) -> dynoxide::Result<Answer>,
) -> Result<Value, Value> {
    let refusal =
        |error: &DynoxideError| serde_json::from_str::<Value>(&error.to_json()).unwrap_or_default();
    let unreadable = |error: serde_json::Error| json!({"__type": "com.amazon.coral.service#SerializationException", "Message": error.to_string()});
    let request = Request::deserialize(request).map_err(unreadable)?;
    let answer = work(request).map_err(|error| refusal(&error))?;
    serde_json::to_value(&answer).map_err(unreadable)
}

fn table_of(request: &Value) -> &str {
    request["TableName"].as_str().unwrap_or_default()
}

fn place(table: &str, item: &Value) -> Place {
    (table.to_owned(), format!("{}\n{}", item["pk"], item["sk"]))
}
