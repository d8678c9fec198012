//! What the functions under measure are asked: one event each, as AWS and Meta would bring it, fresh at every call; with the
//! rows that must already be in the tables. Messages are made by the code that makes them in earnest, so that they cannot
//! fall behind it.

use std::time::{SystemTime, UNIX_EPOCH};

use domain::Instant;
use domain::contact::{Contact, Identifier};
use domain::delivery::{Delivery, Next, Report, Rung};
use domain::ids::{NoticeId, PersonId, ReplyId, SendId, Wamid};
use domain::jobs::NoticeBatch;
use domain::person::{Person, Proof, Subscription};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::{Value, json};
use whatsapp::QueuedStatus;

use crate::Trouble;
use crate::stub::HELD;

/// The app secret that Meta signs with.
pub const APP_SECRET: &str = "an-app-secret-for-the-bench-only";
/// The word that Meta's handshake must bring.
pub const VERIFY_TOKEN: &str = "a-verify-token-for-the-bench-only";
/// The token for the Graph API.
pub const ACCESS_TOKEN: &str = "an-access-token-for-the-bench-only";
/// The comune's number, as WhatsApp names it.
pub const PHONE_NUMBER_ID: &str = "106500000000001";
/// The table of people.
pub const PEOPLE: &str = "people";
/// The table of deliveries.
pub const DELIVERIES: &str = "deliveries";
/// The table of the pace.
pub const PACE: &str = "pace";
/// The table of what Meta says of number, account and templates.
pub const PLATFORM: &str = "platform";

/// To how many people a batch of a notice goes, and how many statuses come at once.
const MANY: u64 = 10;

/// How many updates the largest body of Meta's brings.
const THOUSAND: u64 = 1000;

/// An event, and the rows that it finds.
pub struct Asked {
    /// The event, as the Runtime API hands it over.
    pub event: String,
    /// The rows: table and item.
    pub rows: Vec<(&'static str, Value)>,
}

/// For `webhook`, the floor and Python: one text message of one citizen, signed, through an HTTP API.
pub fn webhook(ordinal: u64) -> Result<Asked, Trouble> {
    let body = one_text_message(ordinal, "Buongiorno, c\\u2019\\u00e8 il mercato 1\\/12?");
    Ok(posted(ordinal, &body))
}

/// For `webhook`: a thousand text messages of a thousand citizens in one signed body of 3 MB.
pub fn webhook_1000(ordinal: u64) -> Result<Asked, Trouble> {
    let sentence = "Buongiorno, in via Roma c\\u2019\\u00e8 una buca davanti al civico 12. ";
    let text = sentence.repeat(36);
    let changes: Vec<String> = (0..THOUSAND)
        .map(|position| one_change(ordinal * THOUSAND + position, &text))
        .collect();
    Ok(posted(ordinal, &body_of(&changes)))
}

/// The event of an HTTP API for Meta's call with `body`.
fn posted(ordinal: u64, body: &str) -> Asked {
    let signature = whatsapp::sign(body.as_bytes(), &SecretString::from(APP_SECRET));
    let event = json!({
        "version": "2.0",
        "routeKey": "POST /webhook",
        "rawPath": "/webhook",
        "rawQueryString": "",
        "headers": {
            "accept": "*/*",
            "accept-encoding": "deflate, gzip",
            "content-length": body.len().to_string(),
            "content-type": "application/json",
            "host": "a1b2c3d4e5.execute-api.eu-south-1.amazonaws.com",
            "user-agent": "facebookexternalua",
            "x-amzn-trace-id": "Root=1-6921a000-000000000000000000000000",
            "x-forwarded-for": "192.0.2.10",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
            "x-hub-signature": "sha1=0000000000000000000000000000000000000000",
            "x-hub-signature-256": signature,
        },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "a1b2c3d4e5",
            "domainName": "a1b2c3d4e5.execute-api.eu-south-1.amazonaws.com",
            "domainPrefix": "a1b2c3d4e5",
            "http": {
                "method": "POST",
                "path": "/webhook",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.10",
                "userAgent": "facebookexternalua",
            },
            "requestId": format!("bench{ordinal:011}="),
            "routeKey": "POST /webhook",
            "stage": "$default",
            "time": "22/Nov/2026:09:00:00 +0000",
            "timeEpoch": seconds() * 1000,
        },
        "body": body,
        "isBase64Encoded": false,
    });
    Asked {
        event: event.to_string(),
        rows: Vec::new(),
    }
}

/// For `conversation`: ISCRIVIMI, from somebody who never wrote before.
pub fn conversation(ordinal: u64) -> Result<Asked, Trouble> {
    let split = whatsapp::split(one_text_message(ordinal, "ISCRIVIMI").as_bytes())?;
    let records = split.inbound.into_iter().map(|message| {
        let order = json!({
            "MessageGroupId": message.group,
            "MessageDeduplicationId": message.deduplication,
            "SequenceNumber": "18870000000000000001",
        });
        (message.body, order)
    });
    Ok(Asked {
        event: from_queue("inbound.fifo", ordinal, records),
        rows: Vec::new(),
    })
}

/// For `send`: a notice for ten subscribers.
pub fn send(ordinal: u64) -> Result<Asked, Trouble> {
    let recipients = people(ordinal)?;
    let rows = recipients
        .iter()
        .map(|id| Ok((PEOPLE, subscriber(id)?)))
        .collect::<Result<_, Trouble>>()?;
    Ok(Asked {
        event: notices_to("notices", ordinal, vec![recipients])?,
        rows,
    })
}

/// For `send`: a notice for the recipients of each of `batches`, from the queue `name`.
pub fn notices_to(
    name: &str,
    ordinal: u64,
    batches: Vec<Vec<PersonId>>,
) -> Result<String, Trouble> {
    let records = batches.into_iter().map(|recipients| {
        let batch = NoticeBatch {
            notice: notice()?,
            template: "avviso".to_owned(),
            language: "it".to_owned(),
            text: "Domani il mercato è in piazza della Repubblica.".to_owned(),
            link: "https://www.rubano.it/notizie/mercato".to_owned(),
            recipients,
        };
        Ok((serde_json::to_string(&batch)?, json!({})))
    });
    let records = records.collect::<Result<Vec<_>, Trouble>>()?;
    Ok(from_queue(name, ordinal, records))
}

/// For `send`: a message that was held.
pub fn held(ordinal: u64, body: String) -> String {
    from_queue(HELD, ordinal, [(body, json!({}))])
}

/// The id that a message of the notice to `person` carries.
pub fn notice_id(person: &PersonId) -> Result<SendId, Trouble> {
    Ok(SendId::Notice {
        notice: notice()?,
        person: person.clone(),
    })
}

/// The id of the reply to the message of that number.
pub fn reply_id(message: u64) -> Result<ReplyId, Trouble> {
    Ok(ReplyId::to_message(
        &wamid(&format!("{message:020}")).parse()?,
        0,
    ))
}

/// For `send`: replies, each to one person, each to the message of that number.
pub fn replies_to(ordinal: u64, replies: &[(PersonId, u64)]) -> Result<String, Trouble> {
    let records = replies.iter().map(|(person, message)| {
        let id = reply_id(*message)?;
        let job = json!({
            "person": person,
            "window_opened_at": now()?,
            "reply": {"id": id, "phrase": "courtesy", "text": "Il Comune non legge questo numero."},
        });
        let order = json!({
            "MessageGroupId": person,
            "MessageDeduplicationId": id,
            "SequenceNumber": format!("{message:020}"),
        });
        Ok((job.to_string(), order))
    });
    let records = records.collect::<Result<Vec<_>, Trouble>>()?;
    Ok(from_queue("replies.fifo", ordinal, records))
}

/// For `delivery`: ten messages of a notice, accepted before, are delivered.
pub fn delivery(ordinal: u64) -> Result<Asked, Trouble> {
    let mut rows = Vec::new();
    let mut records = Vec::new();
    for person in people(ordinal)? {
        let wamid = wamid(person.as_str());
        rows.push((DELIVERIES, accepted(&person, &wamid.parse()?)?));
        let send = SendId::Notice {
            notice: notice()?,
            person,
        };
        let status = json!({
            "id": wamid,
            "status": "delivered",
            "timestamp": seconds().to_string(),
            "recipient_id": "390000000000",
            "recipient_user_id": "IT.Bench",
            "biz_opaque_callback_data": send,
            "pricing": {"billable": true, "pricing_model": "PMP", "type": "regular", "category": "utility"},
        });
        let queued = QueuedStatus {
            phone_number_id: PHONE_NUMBER_ID.to_owned(),
            status: serde_json::value::to_raw_value(&status)?,
        };
        records.push((serde_json::to_string(&queued)?, json!({})));
    }
    Ok(Asked {
        event: from_queue("statuses", ordinal, records),
        rows,
    })
}

/// What Lambda makes of messages of the queue `name`: body, and what only some queues say of a message.
fn from_queue(
    name: &str,
    ordinal: u64,
    messages: impl IntoIterator<Item = (String, Value)>,
) -> String {
    let records: Vec<Value> = messages
        .into_iter()
        .enumerate()
        .map(|(position, (body, mut attributes))| {
            let sent = (seconds() * 1000).to_string();
            attributes["ApproximateReceiveCount"] = "1".into();
            attributes["SentTimestamp"] = sent.clone().into();
            attributes["SenderId"] = "AIDBENCH".into();
            attributes["ApproximateFirstReceiveTimestamp"] = sent.into();
            json!({
                "messageId": format!("00000000-0000-4000-8000-{ordinal:09}{position:03}"),
                "receiptHandle": "a-receipt-handle-for-the-bench-only",
                "md5OfBody": crate::stub::digest(&body),
                "body": body,
                "attributes": attributes,
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": format!("arn:aws:sqs:eu-south-1:000000000000:{name}"),
                "awsRegion": "eu-south-1",
            })
        })
        .collect();
    json!({"Records": records}).to_string()
}

/// The place in its event of the message with this id of ours.
pub fn position_of(message_id: &str) -> Option<usize> {
    message_id
        .get(message_id.len().checked_sub(3)?..)?
        .parse()
        .ok()
}

fn notice() -> Result<NoticeId, Trouble> {
    Ok(format!("avv_{:026}", 1).parse()?)
}

/// Ten people of whom no other event speaks: two messages to one person would have to wait for each other.
fn people(ordinal: u64) -> Result<Vec<PersonId>, Trouble> {
    (0..MANY)
        .map(|position| person(ordinal * MANY + position))
        .collect()
}

/// The person of that number.
pub fn person(number: u64) -> Result<PersonId, Trouble> {
    Ok(format!("p_{number:026}").parse()?)
}

/// The row of somebody who receives notices.
pub fn subscriber(id: &PersonId) -> Result<Value, Trouble> {
    let asked = now()?;
    let number = format!("39{}", &id.as_str()[18..]);
    let mut person = Person::new(
        id.clone(),
        Contact::from(Identifier::Phone(number.parse()?)),
    );
    person.subscription = Subscription::Subscribed {
        proof: Proof {
            at: asked,
            message: wamid("subscription").parse()?,
            wording: "sub.confirm it-2026-11".to_owned(),
            informativa: "2026-01".to_owned(),
        },
        last_asked: asked,
    };
    Ok(json!({
        "pk": {"S": id},
        "sk": {"S": "person"},
        "version": {"N": "1"},
        "person": attribute(&person)?,
        "audience": {"S": "notices"},
    }))
}

/// The row of a message of the notice to `person` that WhatsApp took as `wamid`.
fn accepted(person: &PersonId, wamid: &Wamid) -> Result<Value, Trouble> {
    let Next::Call(intended) = Delivery::attempt(None, true, now()?) else {
        return Err("a delivery that nobody began is not to be made".into());
    };
    let delivery = intended.merge(Report {
        wamid: Some(wamid.clone()),
        ..Report::of(Rung::Accepted, now()?)
    });
    Ok(json!({
        "pk": {"S": notice()?},
        "sk": {"S": person},
        "version": {"N": "2"},
        "delivery": attribute(&delivery)?,
        "wamid": {"S": wamid},
        "expires_at": {"N": (seconds() + 90 * 86_400).to_string()},
    }))
}

/// `value` as DynamoDB writes it.
fn attribute(value: &impl Serialize) -> Result<Value, Trouble> {
    fn written(value: Value) -> Value {
        match value {
            Value::Null => json!({"NULL": true}),
            Value::Bool(bool) => json!({"BOOL": bool}),
            Value::Number(number) => json!({"N": number.to_string()}),
            Value::String(text) => json!({"S": text}),
            Value::Array(values) => {
                json!({"L": values.into_iter().map(written).collect::<Vec<_>>()})
            }
            Value::Object(fields) => {
                let fields = fields
                    .into_iter()
                    .map(|(name, value)| (name, written(value)));
                json!({"M": fields.collect::<serde_json::Map<_, _>>()})
            }
        }
    }
    Ok(written(serde_json::to_value(value)?))
}

/// Meta's body for one text message.
fn one_text_message(ordinal: u64, escaped_text: &str) -> String {
    body_of(&[one_change(ordinal, escaped_text)])
}

/// Meta's body of these changes.
fn body_of(changes: &[String]) -> String {
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"203300000000001","changes":[{}]}}]}}"#,
        changes.join(","),
    )
}

/// One text message in Meta's body: compact, with `/` and all that is not ASCII escaped, as Meta writes it.
fn one_change(ordinal: u64, escaped_text: &str) -> String {
    format!(
        concat!(
            r#"{{"value":{{"messaging_product":"whatsapp","metadata":{{"display_phone_number":"390490000000","#,
            r#""phone_number_id":"{number}"}},"contacts":[{{"profile":{{"name":"Citt\u00e0 {ordinal}"}},"#,
            r#""wa_id":"39{ordinal:09}","user_id":"IT.Bench{ordinal:09}"}}],"messages":[{{"from":"39{ordinal:09}","#,
            r#""from_user_id":"IT.Bench{ordinal:09}","id":"{wamid}","timestamp":"{seconds}","#,
            r#""text":{{"body":"{text}"}},"type":"text"}}]}},"field":"messages"}}"#,
        ),
        number = PHONE_NUMBER_ID,
        ordinal = ordinal,
        wamid = wamid(&format!("{ordinal:020}")),
        seconds = seconds(),
        text = escaped_text,
    )
}

/// An id of a message, of the length that WhatsApp's have.
fn wamid(unique: &str) -> String {
    format!("wamid.HBgMMzkwMDAwMDAwMDAwFQIAEhgg{unique}")
}

fn now() -> Result<Instant, Trouble> {
    Ok(Instant::from_second(i64::try_from(seconds())?)?)
}

/// The time in seconds since 1970.
fn seconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map(|since| since.as_secs()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use domain::jobs::NoticeBatch;
    use whatsapp::{Inbound, StatusUpdate};

    use super::*;

    fn bodies(asked: &Asked) -> Vec<String> {
        let event: Value = serde_json::from_str(&asked.event).unwrap();
        let records = event["Records"].as_array().unwrap();
        records
            .iter()
            .map(|record| record["body"].as_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn what_a_function_is_asked_it_can_read() {
        let [message] = &bodies(&conversation(7).unwrap())[..] else {
            panic!("one message")
        };
        let [batch] = &bodies(&send(7).unwrap())[..] else {
            panic!("one batch")
        };
        let statuses = bodies(&delivery(7).unwrap());

        assert!(Inbound::read(message).is_ok());
        assert_eq!(
            serde_json::from_str::<NoticeBatch>(batch)
                .unwrap()
                .recipients
                .len(),
            10
        );
        assert_eq!(statuses.len(), 10);
        for status in statuses {
            let status = StatusUpdate::read(&status).unwrap().unwrap();
            assert!(status.send.is_some());
        }
    }

    #[test]
    fn the_largest_body_holds_a_thousand_messages_in_three_megabytes() {
        let event: Value = serde_json::from_str(&webhook_1000(7).unwrap().event).unwrap();
        let body = event["body"].as_str().unwrap();

        assert_eq!(
            whatsapp::split(body.as_bytes()).unwrap().inbound.len(),
            1000
        );
        assert!(
            (2_900_000..3_200_000).contains(&body.len()),
            "{}",
            body.len()
        );
    }

    #[test]
    fn no_two_events_speak_of_the_same_people() {
        let one = send(7).unwrap();
        let next = send(8).unwrap();

        assert!(one.rows.iter().all(|row| !next.rows.contains(row)));
    }
}
