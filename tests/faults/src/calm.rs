//! After the storm: waiting until nothing is under way, sending the dead letters back once, and waiting until every row is
//! settled or listed.

use std::time::{Duration, Instant};

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::MessageSystemAttributeName as Attribute;
use rehearsal::{Result, Trouble, World};

use crate::rows::Rows;

/// A queue of the stack and its dead letters, by the names of the outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Queue {
    pub(crate) name: String,
    url: String,
    dead: String,
}

/// Every queue that has dead letters.
pub(crate) fn queues(world: &World) -> Vec<Queue> {
    let outputs = &world.stage.file.outputs;
    outputs
        .keys()
        .filter_map(|output| {
            let name = output.strip_suffix("DeadLettersUrl")?;
            let url = format!("{name}QueueUrl");
            outputs.contains_key(&url).then(|| Queue {
                name: name.to_lowercase(),
                url,
                dead: output.clone(),
            })
        })
        .collect()
}

/// How many messages each queue holds, those under way included; empty ones are left out.
pub(crate) async fn depths(world: &World, queues: &[Queue]) -> Result<Vec<(String, i64)>> {
    let mut depths = Vec::new();
    for queue in queues {
        // In the queue of statuses the delayed ones are reminders, which ring in the calm.
        let depth = match queue.name.as_str() {
            "statuses" => world.depth(&queue.url).await?,
            _ => world.depth_with_delayed(&queue.url).await?,
        };
        if depth > 0 {
            depths.push((queue.name.clone(), depth));
        }
    }
    Ok(depths)
}

/// Waits until every message of citizens has been heard; answers may still be under way.
pub(crate) async fn wait_until_heard(world: &World, patience: Duration) -> Result<()> {
    let started = Instant::now();
    while world.depth("InboundQueueUrl").await? > 0 || !world.peer.idle().await? {
        if started.elapsed() > patience {
            return Err(Trouble(format!(
                "after {patience:?} not everybody has been heard"
            )));
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

/// Waits until nothing has been under way for a few looks.
pub(crate) async fn wait_until_still(
    world: &World,
    queues: &[Queue],
    patience: Duration,
) -> Result<()> {
    let started = Instant::now();
    let mut still = 0;
    while still < 4 {
        let moving = depths(world, queues).await?;
        let quiet = moving.is_empty() && world.peer.idle().await?;
        still = if quiet { still + 1 } else { 0 };
        if started.elapsed() > patience {
            return Err(Trouble(format!(
                "after {patience:?} there is still {moving:?} under way"
            )));
        }
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    Ok(())
}

/// Sends every dead letter back to its queue, as `infra/redrive --send` does; queue and reason of each.
pub(crate) async fn redrive(world: &World, queues: &[Queue]) -> Result<Vec<(String, String)>> {
    let sqs = Client::new(&world.stage.sdk);
    let mut sent = Vec::new();
    for queue in queues {
        let (url, dead) = (world.output(&queue.url)?, world.output(&queue.dead)?);
        let trouble =
            |what: &str, error: &dyn std::fmt::Debug| Trouble(format!("{what}: {error:?}"));
        loop {
            let letters = sqs
                .receive_message()
                .queue_url(&dead)
                .max_number_of_messages(10)
                .message_system_attribute_names(Attribute::All)
                .message_attribute_names("All")
                .send()
                .await
                .map_err(|error| trouble(&dead, &error))?
                .messages
                .unwrap_or_default();
            if letters.is_empty() {
                break;
            }
            for letter in letters {
                let system = letter.attributes.unwrap_or_default();
                let group = system.get(&Attribute::MessageGroupId).cloned();
                let reason = letter
                    .message_attributes
                    .and_then(|mut all| all.remove("reason")?.string_value);
                sqs.send_message()
                    .queue_url(&url)
                    .set_message_body(letter.body)
                    .set_message_deduplication_id(group.as_ref().and(letter.message_id))
                    .set_message_group_id(group)
                    .send()
                    .await
                    .map_err(|error| trouble(&url, &error))?;
                sqs.delete_message()
                    .queue_url(&dead)
                    .set_receipt_handle(letter.receipt_handle)
                    .send()
                    .await
                    .map_err(|error| trouble(&dead, &error))?;
                let reason = reason.unwrap_or_else(|| "tried too often".to_owned());
                sent.push((queue.name.clone(), reason));
            }
        }
    }
    Ok(sent)
}

/// Waits until no row is in doubt any more, for at most `patience`; the rows then.
pub(crate) async fn wait_until_settled(world: &World, patience: Duration) -> Result<Rows> {
    let started = Instant::now();
    loop {
        let rows = Rows::read(world).await?;
        if rows.open().next().is_none() || started.elapsed() > patience {
            return Ok(rows);
        }
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
}
