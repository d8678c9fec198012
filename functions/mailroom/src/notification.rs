//! What S3 says in the queue: which file is there since when (S3 user guide, "Event message structure").

use domain::Instant;
use percent_encoding::percent_decode_str;
use serde::Deserialize;

/// A message of S3. One that it sends to try the queue has no records.
#[derive(Debug, Deserialize)]
pub(crate) struct Notification {
    #[serde(rename = "Records", default)]
    records: Vec<Record>,
    #[serde(rename = "Event", default)]
    event: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_time: Instant,
    s3: Place,
}

#[derive(Debug, Deserialize)]
struct Place {
    object: Object,
}

#[derive(Debug, Deserialize)]
struct Object {
    key: String,
}

/// A file that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrived {
    /// Its name.
    pub(crate) key: String,
    /// When.
    pub(crate) at: Instant,
}

impl Notification {
    /// What `body` says; `None` if it is nothing of S3's.
    pub(crate) fn read(body: &str) -> Option<Vec<Arrived>> {
        let notification: Self = serde_json::from_str(body).ok()?;
        let is_ours = !notification.records.is_empty() || notification.event == "s3:TestEvent";
        let arrived = notification.records.into_iter().map(|record| Arrived {
            key: decoded(&record.s3.object.key),
            at: record.event_time,
        });
        is_ours.then(|| arrived.collect())
    }
}

/// S3 writes names as forms do: "+" is a space.
fn decoded(key: &str) -> String {
    let spaced = key.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_s3_writes_it() {
        let body = r#"{"Records": [{"eventTime": "2026-11-24T09:00:00.123Z", "s3": {"object": {"key": "inbox/a+b%2Bc"}}}]}"#;
        let arrived = Notification::read(body).unwrap();

        assert_eq!(arrived[0].key, "inbox/a b+c");
    }

    #[test]
    fn a_trial_of_the_queue_is_no_mail_and_anything_else_is_not_ours() {
        let trial = r#"{"Service": "Amazon S3", "Event": "s3:TestEvent"}"#;

        assert_eq!(Notification::read(trial), Some(vec![]));
        assert_eq!(Notification::read("{}"), None);
        assert_eq!(Notification::read("ciao"), None);
    }
}
