//! The updates on their way out: when each is due, and which must wait for another. Updates of one lane (a citizen's
//! messages, a message's statuses) go one after the other; those without a lane overtake as they like.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::time::Duration;

use tokio::time::Instant;

use super::Update;

#[derive(Default)]
pub(super) struct Queue {
    waiting: BinaryHeap<Reverse<Waiting>>,
    /// Due, but behind an update of the same lane that is under way.
    parked: Vec<Waiting>,
    busy: HashSet<String>,
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
        }));
    }

    pub(super) fn next(
        &mut self,
        now: Instant,
        batch: usize,
        batch_wait: Duration,
        concurrency: usize,
    ) -> Next {
        if self.posts >= concurrency.max(1) {
            return Next::WaitForNews;
        }
        let mut ready = Vec::new();
        while ready.len() < batch.max(1)
            && let Some(Reverse(first)) = self.waiting.peek()
            && first.due <= now
            && let Some(Reverse(first)) = self.waiting.pop()
        {
            if first
                .update
                .lane
                .as_ref()
                .is_some_and(|lane| self.busy.contains(lane))
            {
                self.parked.push(first);
            } else {
                ready.push(first);
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
        if ready.len() < batch && now < oldest + batch_wait {
            let until = self
                .waiting
                .peek()
                .map_or(oldest + batch_wait, |Reverse(first)| {
                    first.due.min(oldest + batch_wait)
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
        }
        let (free, parked) = std::mem::take(&mut self.parked)
            .into_iter()
            .partition(|waiting| {
                waiting
                    .update
                    .lane
                    .as_ref()
                    .is_some_and(|lane| lanes.contains(lane))
            });
        self.parked = parked;
        self.waiting.extend(Vec::into_iter(free).map(Reverse));
    }

    pub(super) fn pending(&self) -> usize {
        self.waiting.len() + self.parked.len() + self.under_way
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
            field: "messages",
            value: Value::Null,
            about: About::Status {
                wamid: String::new(),
                status: "sent",
            },
            lane: lane.map(str::to_owned),
            done: None,
        }
    }

    fn posted(queue: &mut Queue, now: Instant, batch: usize) -> Option<usize> {
        match queue.next(now, batch, Duration::from_millis(50), 4) {
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
}
