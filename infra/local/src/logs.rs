//! What the functions write, from `CloudWatch` Logs.

use serde_json::{Value, json};

use crate::StageError;
use crate::control::Control;

pub(crate) async fn lines_of(control: &Control, group: &str) -> Result<Vec<String>, StageError> {
    let mut events: Vec<(i64, String)> = Vec::new();
    let mut request = json!({"logGroupName": group});
    loop {
        let page = control
            .json("logs", "Logs_20140328.FilterLogEvents", &request)
            .await?;
        for event in page["events"].as_array().into_iter().flatten() {
            if let Some(message) = event["message"]
                .as_str()
                .filter(|message| !of_the_platform(message))
            {
                events.push((
                    event["timestamp"].as_i64().unwrap_or_default(),
                    message.to_owned(),
                ));
            }
        }
        match &page["nextToken"] {
            Value::String(token) => request["nextToken"] = json!(token),
            _ => break,
        }
    }
    events.sort_by_key(|(instant, _)| *instant);
    Ok(events.into_iter().map(|(_, message)| message).collect())
}

fn of_the_platform(message: &str) -> bool {
    ["START RequestId", "END RequestId", "REPORT RequestId"]
        .iter()
        .any(|prefix| message.starts_with(prefix))
}
