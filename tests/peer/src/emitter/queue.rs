//! The updates on their way out: when each is due, and which must wait for another. Updates of one lane (a citizen's
//! messages, a message's statuses) go one after the other; those without a lane overtake as they like.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use super::{Update, envelope};

/// Updates that are seldom larger: a status with everything.
const LARGE: usize = 2_000;

/// How much goes together, and how much at once.
pub(super) struct Limits {
    pub(super) batch: usize,
    /// The largest body of several updates.
    pub(super) bytes: usize,
    /// How long an update waits for company.
    pub(super) wait: Duration,
    pub(super) concurrency: usize,
}

#[derive(Default)]
pub(super) struct Queue {
    waiting: BinaryHeap<Reverse<Waiting>>,
    /// Due, but behind an update of the same lane that is under way; by lane, in their order.
    parked: HashMap<String, VecDeque<Waiting>>,
    parked_count: usize,
    busy: HashSet<String>,
    /// How many of a lane can go at once when it is free again.
    batch: usize,
    posts: usize,
    under_way: usize,
    sequence: u64,
    /// Goes up at every reset: posts of an earlier age are no longer counted.
    age: u64,
}

/// Ordered by due time, then by arrival; `rank` is unique.
struct Waiting {
    due: Instant,
    rank: u64,
    update: Update,
    /// Known once it was needed.
    size: Option<usize>,
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.due, self.rank).cmp(&(other.due, other.rank))
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Waiting {}

/// What the pump should do.
pub(super) enum Next {
    Post(Post),
    SleepUntil(Instant),
    WaitForNews,
}

/// Updates that share a body.
pub(super) struct Post {
    pub(super) updates: Vec<Update>,
    pub(super) age: u64,
}

impl Queue {
    pub(super) fn push(&mut self, due: Instant, update: Update) {
        self.sequence += 1;
        self.waiting.push(Reverse(Waiting {
            due,
            rank: self.sequence,
            update,
            size: None,
        }));
    }

    pub(super) fn next(&mut self, now: Instant, limits: &Limits) -> Next {
        self.batch = limits.batch;
        if self.posts >= limits.concurrency {
            return Next::WaitForNews;
        }
        // The common case of a batch that still has room and time, without touching any of them.
        if self.waiting.len() < limits.batch
            && let Some(Reverse(first)) = self.waiting.peek()
            && limits.bytes > self.waiting.len() * LARGE
            && now < first.due + limits.wait
        {
            return Next::SleepUntil(first.due + limits.wait);
        }
        let mut ready = Vec::new();
        let mut bytes = 0;
        let mut full = false;
        while !full
            && ready.len() < limits.batch
            && let Some(Reverse(first)) = self.waiting.peek()
            && first.due <= now
            && let Some(Reverse(mut first)) = self.waiting.pop()
        {
            match first.update.lane.clone() {
                Some(lane) if self.busy.contains(&lane) => {
                    self.parked_count += 1;
                    self.parked.entry(lane).or_default().push_back(first);
                }
                // Only company can be too much: an update alone goes whatever its size.
                _ if limits.batch > 1 => {
                    bytes += *first
                        .size
                        .get_or_insert_with(|| envelope::size(&first.update));
                    full = bytes > limits.bytes && !ready.is_empty();
                    if full {
                        self.waiting.push(Reverse(first));
                    } else {
                        ready.push(first);
                    }
                }
                _ => ready.push(first),
            }
        }
        let Some(oldest) = ready.iter().map(|waiting| waiting.due).min() else {
            return self
                .waiting
                .peek()
                .map_or(Next::WaitForNews, |Reverse(first)| {
                    Next::SleepUntil(first.due)
                });
        };
        if !full && ready.len() < limits.batch && now < oldest + limits.wait {
            let until = self
                .waiting
                .peek()
                .map_or(oldest + limits.wait, |Reverse(first)| {
                    first.due.min(oldest + limits.wait)
                });
            self.waiting.extend(ready.into_iter().map(Reverse));
            return Next::SleepUntil(until);
        }
        self.busy.extend(
            ready
                .iter()
                .filter_map(|waiting| waiting.update.lane.clone()),
        );
        self.posts += 1;
        self.under_way += ready.len();
        Next::Post(Post {
            updates: ready.into_iter().map(|waiting| waiting.update).collect(),
            age: self.age,
        })
    }

    /// A post is over, for better or worse: its lanes are free again.
    pub(super) fn finished(&mut self, age: u64, count: usize, lanes: &HashSet<String>) {
        if age != self.age {
            return;
        }
        self.posts -= 1;
        self.under_way -= count;
        for lane in lanes {
            self.busy.remove(lane);
            let Some(parked) = self.parked.get_mut(lane) else {
                continue;
            };
            let free = parked.len().min(self.batch.max(1));
            self.parked_count -= free;
            self.waiting.extend(parked.drain(..free).map(Reverse));
            if parked.is_empty() {
                self.parked.remove(lane);
            }
        }
    }

    pub(super) fn pending(&self) -> usize {
        self.waiting.len() + self.parked_count + self.under_way
    }

    pub(super) fn is_of_this_age(&self, age: u64) -> bool {
        age == self.age
    }

    /// Forgets everything; what is under way is no longer retried.
    pub(super) fn clear(&mut self) {
        *self = Self {
            age: self.age + 1,
            sequence: self.sequence,
            ..Self::default()
        };
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::emitter::About;

    fn update(lane: Option<&str>) -> Update {
        Update {
            field: "messages".into(),
            value: Value::Null,
            at: None,
            about: About::Status {
                wamid: String::new(),
                status: "sent",
            },
            lane: lane.map(str::to_owned),
            done: None,
        }
    }

    fn posted(queue: &mut Queue, now: Instant, batch: usize) -> Option<usize> {
        let limits = Limits {
            batch,
            bytes: 1_000,
            wait: Duration::from_millis(50),
            concurrency: 4,
        };
        match queue.next(now, &limits) {
            Next::Post(post) => Some(post.updates.len()),
            Next::SleepUntil(_) | Next::WaitForNews => None,
        }
    }

    #[test]
    fn updates_of_one_lane_go_one_after_the_other() {
        let now = Instant::now();
        let mut queue = Queue::default();
        queue.push(now, update(Some("anna")));
        queue.push(now, update(Some("anna")));
        queue.push(now, update(Some("bruno")));

        assert_eq!(posted(&mut queue, now, 1), Some(1));
        assert_eq!(posted(&mut queue, now, 1), Some(1));
        assert_eq!(posted(&mut queue, now, 1), None);
        queue.finished(0, 1, &HashSet::from(["anna".to_owned()]));

        assert_eq!(posted(&mut queue, now, 1), Some(1));
        assert_eq!(queue.pending(), 2);
    }

    #[test]
    fn a_batch_waits_for_company_but_not_for_long() {
        let now = Instant::now();
        let mut queue = Queue::default();
        queue.push(now, update(None));
        queue.push(now, update(None));

        assert_eq!(posted(&mut queue, now, 3), None);
        assert_eq!(
            posted(&mut queue, now + Duration::from_millis(50), 3),
            Some(2)
        );
    }

    #[test]
    fn after_a_reset_old_posts_are_not_counted() {
        let now = Instant::now();
        let mut queue = Queue::default();
        queue.push(now, update(None));
        posted(&mut queue, now, 1);

        queue.clear();
        queue.finished(0, 1, &HashSet::new());

        assert_eq!(queue.pending(), 0);
        assert!(!queue.is_of_this_age(0));
    }

    #[test]
    fn a_batch_ends_where_the_body_would_be_too_large() {
        let now = Instant::now();
        let mut queue = Queue::default();
        for _ in 0..3 {
            queue.push(
                now,
                Update {
                    value: Value::from("a".repeat(300)),
                    ..update(None)
                },
            );
        }

        assert_eq!(posted(&mut queue, now, 3), Some(2));
    }

    #[test]
    fn what_waits_behind_its_lane_is_freed_with_it() {
        let now = Instant::now();
        let mut queue = Queue::default();
        for _ in 0..3 {
            queue.push(now, update(Some("anna")));
        }

        for left in [3, 2, 1] {
            assert_eq!(queue.pending(), left);
            assert_eq!(posted(&mut queue, now, 1), Some(1));
            assert_eq!(posted(&mut queue, now, 1), None);
            queue.finished(0, 1, &HashSet::from(["anna".to_owned()]));
        }
        assert_eq!(queue.pending(), 0);
    }
}
