//! People, put into the store that the copies of `send` share.

use bench::Trouble;
use bench::events::{self, PEOPLE};
use domain::ids::PersonId;
use serde_json::json;
use support::Tables;

/// How many items one call writes.
const AT_ONCE: usize = 25;

/// Puts `people`, all of them subscribers, into `tables`.
pub(crate) async fn put_people(tables: &Tables, people: &[PersonId]) -> Result<(), Trouble> {
    let http = reqwest::Client::new();
    for some in people.chunks(AT_ONCE) {
        let puts = some
            .iter()
            .map(|person| Ok(json!({"PutRequest": {"Item": events::subscriber(person)?}})))
            .collect::<Result<Vec<_>, Trouble>>()?;
        let body = json!({"RequestItems": {PEOPLE: puts}});
        let answer = http
            .post(&tables.endpoint)
            .header("x-amz-target", "DynamoDB_20120810.BatchWriteItem")
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-date", "20261122T090000Z")
            // The store looks for a signature and does not check it.
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=test/20261122/eu-south-1/dynamodb/aws4_request, \
                 SignedHeaders=host;x-amz-date, Signature=00",
            )
            .body(body.to_string())
            .send()
            .await?;
        if !answer.status().is_success() {
            return Err(format!("the store: {}", answer.text().await?).into());
        }
    }
    Ok(())
}
