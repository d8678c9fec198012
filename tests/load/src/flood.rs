//! One citizen in a flood: more replies at once than Meta lets anybody get, and others who write meanwhile.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bench::Trouble;
use bench::events;

use crate::arguments::Arguments;
use crate::certificate::Certificate;
use crate::judge;
use crate::lanes::{Job, Lane, Lanes};
use crate::pace::{Room, people};
use crate::store;

/// How many replies one citizen would get.
const FLOOD: u64 = 70;
/// How many others get one each.
const OTHERS: u64 = 40;
/// For how long it is watched: long enough for the bucket to give one or two more.
const WATCHED: Duration = Duration::from_secs(15);

/// What came of it.
#[derive(Debug)]
pub(crate) struct Flood {
    /// Replies to the one.
    pub(crate) to_one: usize,
    /// Of how many.
    pub(crate) of: u64,
    /// How many of these the pair rule did not allow.
    pub(crate) too_many: usize,
    /// How many of the others got theirs.
    pub(crate) others: usize,
    /// Of how many.
    pub(crate) of_others: u64,
    /// The longest that any of the others waited.
    pub(crate) longest_wait: Duration,
    /// Messages that arrived more than once.
    pub(crate) doubled: usize,
}

/// Runs it.
pub(crate) async fn flood(
    arguments: &Arguments,
    certificate: &Certificate,
) -> Result<Flood, Trouble> {
    let room = Room::open(certificate.clone()).await?;
    let lanes = Lanes::default();
    let one = events::person(300_000)?;
    let others = people(400_000..400_000 + OTHERS)?;
    store::put_people(&room.tables, std::slice::from_ref(&one)).await?;
    store::put_people(&room.tables, &others).await?;

    for message in 0..FLOOD {
        lanes.put(Lane::Replies, Job::Reply(one.clone(), message))?;
    }
    let until = Instant::now() + WATCHED;
    let copies = room
        .copies(arguments, &[Lane::Replies, Lane::Replies], &lanes, until)
        .await?;
    for (message, other) in (FLOOD..).zip(others) {
        lanes.put(Lane::Replies, Job::Reply(other, message))?;
        tokio::time::sleep(WATCHED / 2 / u32::try_from(OTHERS)?).await;
    }
    lanes.close();
    for copy in copies {
        copy.await??;
    }
    // Until the time is up: a message that was held may still come.
    tokio::time::sleep_until(until.into()).await;

    let expected = lanes.expected();
    let record = room.graph.seen();
    let mut by_person: HashMap<&str, Vec<Instant>> = HashMap::new();
    for call in &record.calls {
        by_person.entry(&call.to).or_default().push(call.at);
    }
    let flooded = by_person.values().max_by_key(|times| times.len());
    let to_one = flooded.map_or(0, Vec::len);
    let mut times = flooded.cloned().unwrap_or_default();
    times.sort_unstable();
    let waits = record.calls.iter().filter_map(|call| {
        let alone = by_person.get(call.to.as_str())?.len() == 1;
        let (_, since) = expected.get(&call.id)?;
        alone.then(|| call.at.duration_since(*since))
    });
    Ok(Flood {
        to_one,
        of: FLOOD,
        too_many: judge::too_many_for_one(&times),
        others: by_person.len().saturating_sub(1),
        of_others: OTHERS,
        longest_wait: waits.max().unwrap_or_default(),
        doubled: record.lost_and_doubled(&std::collections::HashSet::new()).1,
    })
}
