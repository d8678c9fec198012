//! What the tables, queues and files of the deployed system really hold, read behind its back.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs::types::QueueAttributeName as Number;
use domain::ids::NoticeId;

use crate::{Result, Trouble, World, poll};

type Item = HashMap<String, AttributeValue>;

impl World {
    /// Every item of the table with the output `table`.
    pub async fn items(&self, table: &str) -> Result<Vec<Item>> {
        let dynamo = aws_sdk_dynamodb::Client::new(&self.stage.sdk);
        let mut items = Vec::new();
        let mut pages = dynamo
            .scan()
            .table_name(self.output(table)?)
            .consistent_read(true)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| Trouble(format!("{table}: {error:?}")))?;
            items.extend(page.items.unwrap_or_default());
        }
        Ok(items)
    }

    /// Ids of the people whose subscription is `state`, in the order in which a dispatch reads them.
    pub async fn people_who_are(&self, state: &str) -> Result<Vec<String>> {
        let mut people: Vec<String> = self
            .items("PeopleTable")
            .await?
            .iter()
            .filter(|item| subscription(item).is_some_and(|subscription| subscription == state))
            .filter_map(|item| Some(item.get("pk")?.as_s().ok()?.clone()))
            .collect();
        people.sort();
        Ok(people)
    }

    /// The person's phone number or BSUID.
    pub async fn address_of(&self, person: &str) -> Result<String> {
        let items = self.items("PeopleTable").await?;
        let row = items
            .iter()
            .find(|item| text(item, "pk") == Some(person) && text(item, "sk") == Some("person"));
        let contact =
            row.and_then(|item| item.get("person")?.as_m().ok()?.get("contact")?.as_m().ok());
        contact
            .and_then(|contact| contact.get("phone").or(contact.get("bsuid")))
            .and_then(|address| address.as_s().ok().cloned())
            .ok_or_else(|| Trouble(format!("{person} has no address")))
    }

    /// How many deliveries of `notice` stand on each rung, counted row by row.
    pub async fn rungs(&self, notice: &NoticeId) -> Result<HashMap<String, usize>> {
        let mut rungs = HashMap::new();
        for item in self.items("DeliveriesTable").await? {
            let rung = item
                .get("delivery")
                .and_then(|row| row.as_m().ok()?.get("rung")?.as_s().ok());
            if let (Some(pk), Some(rung)) = (text(&item, "pk"), rung)
                && pk == notice.as_str()
            {
                *rungs.entry(rung.clone()).or_default() += 1;
            }
        }
        Ok(rungs)
    }

    /// The messages that wait in the queue with the output `queue`: body and reason. They are given back at once.
    pub async fn waiting(&self, queue: &str) -> Result<Vec<(String, Option<String>)>> {
        let sqs = aws_sdk_sqs::Client::new(&self.stage.sdk);
        let answer = sqs
            .receive_message()
            .queue_url(self.output(queue)?)
            .max_number_of_messages(10)
            .visibility_timeout(0)
            .message_attribute_names("All")
            .send()
            .await
            .map_err(|error| Trouble(format!("{queue}: {error:?}")))?;
        let messages = answer
            .messages
            .unwrap_or_default()
            .into_iter()
            .map(|message| {
                let reason = message
                    .message_attributes
                    .and_then(|mut all| all.remove("reason"));
                (
                    message.body.unwrap_or_default(),
                    reason.and_then(|reason| reason.string_value),
                )
            });
        Ok(messages.collect())
    }

    /// How many messages a queue holds, visible or in flight. Delayed ones are reminders for later.
    pub async fn depth(&self, queue: &str) -> Result<i64> {
        self.count(
            queue,
            vec![
                Number::ApproximateNumberOfMessages,
                Number::ApproximateNumberOfMessagesNotVisible,
            ],
        )
        .await
    }

    /// The same with those that are to be seen later.
    pub async fn depth_with_delayed(&self, queue: &str) -> Result<i64> {
        let later = Number::ApproximateNumberOfMessagesDelayed;
        Ok(self.depth(queue).await? + self.count(queue, vec![later]).await?)
    }

    async fn count(&self, queue: &str, numbers: Vec<Number>) -> Result<i64> {
        let sqs = aws_sdk_sqs::Client::new(&self.stage.sdk);
        let answer = sqs
            .get_queue_attributes()
            .queue_url(self.output(queue)?)
            .set_attribute_names(Some(numbers))
            .send()
            .await
            .map_err(|error| Trouble(format!("{queue}: {error:?}")))?;
        let counts = answer.attributes.unwrap_or_default();
        Ok(counts
            .values()
            .filter_map(|count| count.parse::<i64>().ok())
            .sum())
    }

    /// Puts `body` into the queue with the output `queue`, with a group if it is a FIFO queue.
    pub async fn enqueue(&self, queue: &str, body: &str, group: Option<&str>) -> Result<()> {
        let sqs = aws_sdk_sqs::Client::new(&self.stage.sdk);
        sqs.send_message()
            .queue_url(self.output(queue)?)
            .message_body(body)
            .set_message_group_id(group.map(str::to_owned))
            .set_message_deduplication_id(group.map(|group| format!("{group}-{}", body.len())))
            .send()
            .await
            .map_err(|error| Trouble(format!("{queue}: {error:?}")))?;
        Ok(())
    }

    /// Hands in an e-mail as SES does: `message`, headers and all, becomes the object `inbox/<name>`.
    pub async fn receive_mail(&self, name: &str, message: &[u8]) -> Result<()> {
        let s3 = aws_sdk_s3::Client::new(&self.stage.sdk);
        s3.put_object()
            .bucket(self.output("InboxBucket")?)
            .key(format!("inbox/{name}"))
            .body(message.to_vec().into())
            .send()
            .await
            .map_err(|error| Trouble(format!("{name}: {error:?}")))?;
        Ok(())
    }

    /// Waits for an e-mail to `to` whose subject contains `words`, for at most `seconds`.
    pub async fn mail_to(&self, to: &str, words: &str, seconds: u64) -> Result<local::Mail> {
        poll(&format!("mail to {to}"), seconds, async || {
            let mails = self.stage.mails().await?.into_iter();
            Ok(mails.rev().find(|mail| {
                mail.to.iter().any(|address| address == to) && mail.subject.contains(words)
            }))
        })
        .await
    }

    /// Lets the clock of the procedure tick now.
    pub async fn tick(&self) -> Result<()> {
        self.enqueue("TicksQueueUrl", r#"{"type":"look"}"#, None)
            .await
    }

    /// The bytes of a file of the reports bucket.
    pub async fn report_file(&self, key: &str) -> Result<Vec<u8>> {
        let s3 = aws_sdk_s3::Client::new(&self.stage.sdk);
        let object = s3
            .get_object()
            .bucket(self.output("ReportsBucket")?)
            .key(key)
            .send()
            .await;
        let object = object.map_err(|error| Trouble(format!("{key}: {error:?}")))?;
        let bytes = object
            .body
            .collect()
            .await
            .map_err(|error| Trouble(format!("{key}: {error}")))?;
        Ok(bytes.to_vec())
    }
}

fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)
        .and_then(|value| value.as_s().ok())
        .map(String::as_str)
}

fn subscription(item: &Item) -> Option<&str> {
    let person = item.get("person")?.as_m().ok()?;
    let subscription = person.get("subscription")?.as_m().ok()?;
    subscription.get("state")?.as_s().ok().map(String::as_str)
}
