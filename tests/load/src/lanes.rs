//! Three queues and the copies of `send` that read them, as Lambda would: replies in batches of up to ten, those of one
//! person in order; notices one message at a time. What a copy gives back comes again after a while, and what it holds asks
//! again when its time has come.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bench::Trouble;
use bench::events;
use bench::process::Process;
use bench::stub::Stub;
use domain::ids::PersonId;

/// How many replies one event brings.
const REPLIES_AT_ONCE: usize = 10;
/// After how long a message that was given back comes again.
const VISIBLE_AGAIN: Duration = Duration::from_secs(1);
/// How often an empty queue is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Which queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Lane {
    /// Answers.
    Replies,
    /// Notices of an emergency.
    Urgent,
    /// All other notices.
    Ordinary,
    /// What was held, of whichever of the three. Whoever has nothing to do reads it.
    Held,
}

impl Lane {
    /// Those in which messages begin, the first first.
    pub(crate) const ALL: [Self; 3] = [Self::Replies, Self::Urgent, Self::Ordinary];

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Replies => "replies",
            Self::Urgent => "urgent",
            Self::Ordinary => "ordinary",
            Self::Held => "held",
        }
    }
}

/// A message of a queue.
#[derive(Debug, Clone)]
pub(crate) enum Job {
    /// A reply to this person, to the message of this number.
    Reply(PersonId, u64),
    /// A notice to these.
    Notice(Vec<PersonId>),
    /// What was held, as it was written.
    Held(String),
}

impl Job {
    /// Whose turn it is, where the order matters.
    fn person(&self) -> Option<&PersonId> {
        match self {
            Self::Reply(person, _) => Some(person),
            Self::Notice(_) | Self::Held(_) => None,
        }
    }
}

/// The three queues.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lanes(Arc<Mutex<Queues>>);

#[derive(Debug, Default)]
struct Queues {
    waiting: HashMap<Lane, VecDeque<(Instant, Job)>>,
    under_way: HashMap<Lane, usize>,
    answered: HashSet<PersonId>,
    expected: HashMap<String, (Lane, Instant)>,
    empty_since: HashMap<Lane, Instant>,
    came_back: usize,
    held: usize,
    ordinal: u64,
    closed: bool,
}

/// What one event brings.
struct Taken {
    ordinal: u64,
    jobs: Vec<Job>,
}

impl Lanes {
    /// Puts `job` into the queue of `lane`.
    pub(crate) fn put(&self, lane: Lane, job: Job) -> Result<(), Trouble> {
        let now = Instant::now();
        let mut queues = self.queues();
        match &job {
            Job::Reply(_, message) => {
                let id = events::reply_id(*message)?.to_string();
                queues.expected.insert(id, (lane, now));
            }
            Job::Notice(people) => {
                for person in people {
                    let id = events::notice_id(person)?.to_string();
                    queues.expected.insert(id, (lane, now));
                }
            }
            Job::Held(_) => {}
        }
        let waiting = queues.waiting.entry(lane).or_default();
        waiting.push_back((now, job));
        Ok(())
    }

    /// Takes what `stub` was given to hold.
    pub(crate) fn hold_what(&self, stub: &Stub) {
        let held = stub.take_held();
        let now = Instant::now();
        let mut queues = self.queues();
        queues.held += held.len();
        let waiting = queues.waiting.entry(Lane::Held).or_default();
        for held in held {
            waiting.push_back((now + held.delay, Job::Held(held.body)));
        }
        // The queue gives what is due, whatever else was there before it.
        waiting.make_contiguous().sort_by_key(|(from, _)| *from);
    }

    /// How many messages were held.
    pub(crate) fn held(&self) -> usize {
        self.queues().held
    }

    /// Nothing more will be put: who finds the queues empty may go.
    pub(crate) fn close(&self) {
        self.queues().closed = true;
    }

    /// What was put: for each id its lane, and since when it waited.
    pub(crate) fn expected(&self) -> HashMap<String, (Lane, Instant)> {
        self.queues().expected.clone()
    }

    /// Since when nothing waits in `lane`.
    pub(crate) fn empty_since(&self, lane: Lane) -> Option<Instant> {
        self.queues().empty_since.get(&lane).copied()
    }

    /// How many messages were given back.
    pub(crate) fn came_back(&self) -> usize {
        self.queues().came_back
    }

    /// Has `process` read its `own` queue, and what is held, until there is nothing more to do in it, or `until`.
    pub(crate) async fn read_by(
        self,
        own: Lane,
        mut process: Process,
        stub: Stub,
        until: Instant,
    ) -> Result<(), Trouble> {
        while Instant::now() < until {
            let taken = self.take(own).map(|taken| (own, taken));
            let taken = taken.or_else(|| {
                self.hold_what(&stub);
                Some((Lane::Held, self.take(Lane::Held)?))
            });
            let Some((lane, taken)) = taken else {
                if self.is_over(own) && self.is_over(Lane::Held) {
                    break;
                }
                tokio::time::sleep(LOOK_EVERY).await;
                continue;
            };
            let event = event_of(lane, &taken)?;
            let (answer, _) = process.call(event).await?;
            let answer: serde_json::Value = serde_json::from_slice(&answer)?;
            let failures = answer["batchItemFailures"].as_array();
            let back = failures
                .into_iter()
                .flatten()
                .filter_map(|failure| failure["itemIdentifier"].as_str())
                .filter_map(|id| taken.jobs.get(events::position_of(id)?).cloned())
                .collect();
            self.done(lane, &taken.jobs, back);
        }
        process.end().await
    }

    fn take(&self, lane: Lane) -> Option<Taken> {
        let now = Instant::now();
        let mut queues = self.queues();
        let Queues {
            waiting, answered, ..
        } = &mut *queues;
        let waiting = waiting.entry(lane).or_default();
        let at_once = match lane {
            Lane::Replies => REPLIES_AT_ONCE,
            Lane::Urgent | Lane::Ordinary | Lane::Held => 1,
        };
        let (mut jobs, mut others) = (Vec::new(), VecDeque::new());
        while let Some((since, job)) = waiting.pop_front() {
            // A group of which messages are under way keeps its others.
            let free = job.person().is_none_or(|it| !answered.contains(it));
            if free && since <= now && jobs.len() < at_once {
                jobs.push(job);
            } else {
                others.push_back((since, job));
            }
        }
        *waiting = others;
        answered.extend(jobs.iter().filter_map(Job::person).cloned());
        let empty = waiting.is_empty();
        if jobs.is_empty() {
            return None;
        }
        if empty {
            queues.empty_since.insert(lane, now);
        }
        *queues.under_way.entry(lane).or_default() += 1;
        queues.ordinal += 1;
        let ordinal = queues.ordinal;
        Some(Taken { ordinal, jobs })
    }

    fn done(&self, lane: Lane, done: &[Job], back: Vec<Job>) {
        let again = Instant::now() + VISIBLE_AGAIN;
        let mut queues = self.queues();
        for person in done.iter().filter_map(Job::person) {
            queues.answered.remove(person);
        }
        queues.came_back += back.len();
        let waiting = queues.waiting.entry(lane).or_default();
        for job in back {
            waiting.push_back((again, job));
        }
        *queues.under_way.entry(lane).or_default() -= 1;
    }

    fn is_over(&self, lane: Lane) -> bool {
        let queues = self.queues();
        let idle = queues.under_way.get(&lane).is_none_or(|many| *many == 0);
        let empty = queues.waiting.get(&lane).is_none_or(VecDeque::is_empty);
        queues.closed && idle && empty
    }

    fn queues(&self) -> MutexGuard<'_, Queues> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn event_of(lane: Lane, taken: &Taken) -> Result<String, Trouble> {
    let notices = || {
        let people = taken.jobs.iter().filter_map(|job| match job {
            Job::Notice(people) => Some(people.clone()),
            Job::Reply(..) | Job::Held(_) => None,
        });
        people.collect()
    };
    match lane {
        Lane::Replies => {
            let replies = taken.jobs.iter().filter_map(|job| match job {
                Job::Reply(person, message) => Some((person.clone(), *message)),
                Job::Notice(_) | Job::Held(_) => None,
            });
            let replies: Vec<_> = replies.collect();
            events::replies_to(taken.ordinal, &replies)
        }
        Lane::Urgent => events::notices_to("urgent", taken.ordinal, notices()),
        Lane::Ordinary => events::notices_to("notices", taken.ordinal, notices()),
        Lane::Held => {
            let body = taken.jobs.iter().find_map(|job| match job {
                Job::Held(body) => Some(body.clone()),
                Job::Reply(..) | Job::Notice(_) => None,
            });
            Ok(events::held(taken.ordinal, body.unwrap_or_default()))
        }
    }
}
