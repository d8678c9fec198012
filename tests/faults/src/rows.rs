//! The delivery rows, read behind the system's back. They do not say who received what, the phones do; they say why
//! somebody did not.

use std::collections::HashMap;

use domain::delivery::{Delivery, Rung};
use rehearsal::{Result, World};

/// Every delivery by its keys: notice and person, or reply and `reply`.
#[derive(Debug, Default)]
pub(crate) struct Rows(HashMap<(String, String), Delivery>);

impl Rows {
    /// All of them, as they are now.
    pub(crate) async fn read(world: &World) -> Result<Self> {
        let mut rows = HashMap::new();
        for item in world.items("DeliveriesTable").await? {
            let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned();
            if let (Some(pk), Some(sk), Some(delivery)) =
                (text("pk"), text("sk"), item.get("delivery"))
            {
                rows.insert((pk, sk), delivery_in(delivery)?);
            }
        }
        Ok(Self(rows))
    }

    /// The row of one delivery.
    pub(crate) fn get(&self, pk: &str, sk: &str) -> Option<&Delivery> {
        self.0.get(&(pk.to_owned(), sk.to_owned()))
    }

    /// Rows of which nobody can say yet what comes of them.
    pub(crate) fn open(&self) -> impl Iterator<Item = (&(String, String), &Delivery)> {
        self.0
            .iter()
            .filter(|(_, row)| matches!(row.rung, Rung::Waiting | Rung::Intended | Rung::Unclear))
    }

    /// Keys of the rows that nothing settled.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = &(String, String)> {
        let unknown = |row: &Delivery| row.rung == Rung::Unknown;
        self.0
            .iter()
            .filter(move |(_, row)| unknown(row))
            .map(|(keys, _)| keys)
    }

    /// Rows that were in doubt at some time.
    pub(crate) fn once_unclear(&self) -> impl Iterator<Item = &Delivery> {
        self.0.values().filter(|row| {
            let doubts = [Rung::Unclear, Rung::Unknown];
            doubts.contains(&row.rung) || doubts.iter().any(|doubt| row.at.contains_key(doubt))
        })
    }

    /// How many rows of `notice` stand on each rung.
    pub(crate) fn of_notice(&self, notice: &str) -> HashMap<&'static str, i64> {
        let mut rungs = HashMap::new();
        for ((pk, _), row) in &self.0 {
            if pk == notice {
                *rungs.entry(row.rung.key()).or_default() += 1;
            }
        }
        rungs
    }
}

fn delivery_in(value: &aws_sdk_dynamodb::types::AttributeValue) -> Result<Delivery> {
    Ok(serde_json::from_value(plain(value))?)
}

/// An attribute as JSON.
fn plain(value: &aws_sdk_dynamodb::types::AttributeValue) -> serde_json::Value {
    use aws_sdk_dynamodb::types::AttributeValue as A;
    match value {
        A::S(text) => text.clone().into(),
        A::N(number) => serde_json::from_str(number).unwrap_or_default(),
        A::Bool(yes) => (*yes).into(),
        A::M(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), plain(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        A::L(items) => items.iter().map(plain).collect(),
        _ => serde_json::Value::Null,
    }
}

/// Whether the row says why nothing is on the phone: refused, failed, left, or listed for a person.
pub(crate) fn says_why(row: &Delivery) -> bool {
    matches!(
        row.rung,
        Rung::Skipped | Rung::Refused | Rung::Failed | Rung::Unknown
    )
}
