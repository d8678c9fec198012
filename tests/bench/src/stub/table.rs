//! DynamoDB, as far as a function under measure can tell: what is put can be got, and every condition holds.
//!
//! An update changes nothing here and is answered with what the row was. A query finds the rows whose partition key, or
//! whose attribute of the index's name, is one of the values asked for: in our tables an index is named for its key.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

/// The attributes that a query of ours looks rows up by.
const INDEXED: [&str; 5] = ["pk", "audience", "listing", "period", "wamid"];

/// Rows by table and key, and where to find them by an indexed attribute.
#[derive(Default)]
pub(super) struct Tables {
    rows: HashMap<Place, Value>,
    index: HashMap<(String, &'static str, String), HashSet<Place>>,
}

/// Where a row lives: its table, and its keys as they are written.
type Place = (String, String);

impl Tables {
    /// The answer to `operation`, if it is one of those that our functions use.
    pub(super) fn answer(&mut self, operation: &str, request: &Value) -> Option<Value> {
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

fn table_of(request: &Value) -> &str {
    request["TableName"].as_str().unwrap_or_default()
}

fn place(table: &str, item: &Value) -> Place {
    (table.to_owned(), format!("{}\n{}", item["pk"], item["sk"]))
}
