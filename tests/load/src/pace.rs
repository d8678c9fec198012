//! The proof of the pace: several copies of `send` at once, three lanes busy, one real conditional store between them; and
//! the stub Graph API, by whose clock they are judged.
//!
//! An ordinary notice has more work than there is time for; replies come all the while; after some seconds an emergency goes
//! to many at once. Nothing limits their CPU: here the pace is what must hold.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

use bench::Trouble;
use bench::events;
use bench::process::Process;
use bench::stub::Stub;
use domain::ids::PersonId;
use support::Tables;

use crate::arguments::Arguments;
use crate::certificate::Certificate;
use crate::graph::{Graph, Record};
use crate::judge::{self, Waits};
use crate::lanes::{Job, Lane, Lanes};
use crate::store;
use crate::throughput::sender;

/// Which lane each copy of `send` reads: five copies.
const READERS: [Lane; 5] = [
    Lane::Replies,
    Lane::Urgent,
    Lane::Ordinary,
    Lane::Ordinary,
    Lane::Ordinary,
];
/// After how long the stub answers here.
const LATENCY: Duration = Duration::from_millis(100);
/// To how many people one message of the queue goes.
const RECIPIENTS: u64 = 50;
/// What is left over when the time is up gets this long to leave.
const GRACE: Duration = Duration::from_secs(30);

/// What the stub's clock says.
#[derive(Debug)]
pub(crate) struct Paced {
    /// When the first call arrived.
    pub(crate) began: Instant,
    /// Until when there was work.
    pub(crate) busy_until: Instant,
    /// All calls, sorted.
    pub(crate) times: Vec<Instant>,
    /// The same by lane.
    pub(crate) by_lane: BTreeMap<Lane, Vec<Instant>>,
    /// How long they waited, from the queue to the stub.
    pub(crate) waits: BTreeMap<Lane, Waits>,
    /// The largest number of calls in any second.
    pub(crate) max_per_s: usize,
    /// The used share of the allowance while there was work.
    pub(crate) used: f64,
    /// Messages that came back to their queue.
    pub(crate) came_back: usize,
    /// Messages that were held for a while.
    pub(crate) held: usize,
    /// Connections opened by all copies.
    pub(crate) connections: u32,
    /// Messages that did not arrive.
    pub(crate) lost: usize,
    /// Messages that arrived more than once.
    pub(crate) doubled: usize,
    /// Calls that the pair rule did not allow.
    pub(crate) too_many_for_one: usize,
}

/// Runs it.
pub(crate) async fn proof(
    arguments: &Arguments,
    certificate: &Certificate,
) -> Result<Paced, Trouble> {
    let room = Room::open(certificate.clone()).await?;
    let lanes = Lanes::default();

    let total = arguments.rate * arguments.seconds;
    let (replies, urgent) = (total / 8, total / 5);
    let mut ordinary = people(0..total - replies - urgent)?;
    let mut urgent = people(100_000..100_000 + urgent)?;
    let answered = people(200_000..200_000 + replies)?;
    for people in [&ordinary, &urgent, &answered] {
        store::put_people(&room.tables, people).await?;
    }
    for batch in batches(&mut ordinary) {
        lanes.put(Lane::Ordinary, batch)?;
    }

    let until = Instant::now() + Duration::from_secs(arguments.seconds) + GRACE;
    let copies = room.copies(arguments, &READERS, &lanes, until).await?;

    // Replies at uneven times; the emergency when a third of the time has gone.
    let every = Duration::from_secs(arguments.seconds) / u32::try_from(replies)?;
    let mut chance = fastrand::Rng::with_seed(1);
    let began = Instant::now();
    for (position, person) in (0_u64..).zip(answered) {
        let due = every * u32::try_from(position)? + every.mul_f64(chance.f64());
        tokio::time::sleep_until((began + due).into()).await;
        if began.elapsed() > Duration::from_secs(arguments.seconds) / 3 {
            for batch in batches(&mut urgent) {
                lanes.put(Lane::Urgent, batch)?;
            }
        }
        lanes.put(Lane::Replies, Job::Reply(person, position))?;
    }
    lanes.close();
    for copy in copies {
        copy.await??;
    }
    judged(arguments, &lanes, &room.graph.seen())
}

/// What all copies share: the store, the services that answer at once, the Graph API.
pub(crate) struct Room {
    /// The store.
    pub(crate) tables: Tables,
    /// The Graph API.
    pub(crate) graph: Graph,
    stub: Stub,
    certificate: Certificate,
}

impl Room {
    /// Opens it.
    pub(crate) async fn open(certificate: Certificate) -> Result<Self, Trouble> {
        Ok(Self {
            graph: Graph::open(&certificate, LATENCY)?,
            tables: Tables::start().await,
            stub: Stub::open().await?,
            certificate,
        })
    }

    /// Starts a copy of `send` for each of `readers`, and has it read.
    pub(crate) async fn copies(
        &self,
        arguments: &Arguments,
        readers: &[Lane],
        lanes: &Lanes,
        until: Instant,
    ) -> Result<Vec<tokio::task::JoinHandle<Result<(), Trouble>>>, Trouble> {
        let mut processes = Vec::new();
        for (number, lane) in readers.iter().enumerate() {
            let name = format!("send-{number}-{}", lane.name());
            let rate = u32::try_from(arguments.rate)?;
            let mut program = sender(
                arguments,
                name,
                &self.stub,
                &self.graph.url,
                &self.certificate,
                rate,
            )?;
            let store = ("AWS_ENDPOINT_URL_DYNAMODB", self.tables.endpoint.clone());
            program.variables.push(store);
            processes.push((*lane, Process::start(&program, &arguments.output).await?));
        }
        let read = |(lane, process)| {
            let reading = lanes
                .clone()
                .read_by(lane, process, self.stub.clone(), until);
            tokio::spawn(reading)
        };
        Ok(processes.into_iter().map(read).collect())
    }
}

pub(crate) fn people(numbers: std::ops::Range<u64>) -> Result<Vec<PersonId>, Trouble> {
    numbers.map(events::person).collect()
}

/// `people` as messages of a queue; none stays.
fn batches(people: &mut Vec<PersonId>) -> Vec<Job> {
    let people = std::mem::take(people);
    let size = usize::try_from(RECIPIENTS).unwrap_or(usize::MAX);
    people
        .chunks(size)
        .map(|batch| Job::Notice(batch.to_vec()))
        .collect()
}

fn judged(arguments: &Arguments, lanes: &Lanes, record: &Record) -> Result<Paced, Trouble> {
    let expected = lanes.expected();
    let mut times: Vec<_> = record.calls.iter().map(|call| call.at).collect();
    times.sort_unstable();
    let began = *times.first().ok_or("no call arrived")?;
    // If the ordinary lane still had work when the time was up, there was work until the end.
    let busy_until = lanes
        .empty_since(Lane::Ordinary)
        .unwrap_or_else(Instant::now);

    let mut by_lane: BTreeMap<Lane, Vec<Instant>> = BTreeMap::new();
    let mut waits: BTreeMap<Lane, Vec<Duration>> = BTreeMap::new();
    let mut by_person: HashMap<&str, Vec<Instant>> = HashMap::new();
    for call in &record.calls {
        by_person.entry(&call.to).or_default().push(call.at);
        if let Some((lane, since)) = expected.get(&call.id) {
            by_lane.entry(*lane).or_default().push(call.at);
            let wait = call.at.duration_since(*since);
            waits.entry(*lane).or_default().push(wait);
        }
    }
    for times in by_lane.values_mut().chain(by_person.values_mut()) {
        times.sort_unstable();
    }
    let ids: HashSet<String> = expected.into_keys().collect();
    let (lost, doubled) = record.lost_and_doubled(&ids);
    let too_many = by_person
        .values()
        .map(|times| judge::too_many_for_one(times));
    Ok(Paced {
        began,
        busy_until,
        max_per_s: judge::most_in_a_second(&times),
        used: judge::used(&times, busy_until, arguments.rate).unwrap_or_default(),
        times,
        by_lane,
        waits: waits
            .into_iter()
            .map(|(lane, waits)| (lane, Waits::of(waits)))
            .collect(),
        came_back: lanes.came_back(),
        held: lanes.held(),
        connections: record.connections,
        lost,
        doubled,
        too_many_for_one: too_many.sum(),
    })
}
