//! Queue, store, Meta and clock, and the steps that can come next.

use domain::Instant;
use domain::delivery::{Delivery, Next, Report, Rung};

use super::hand::{Hand, Outcome, Seen, Then};

/// How much may happen.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Case {
    /// Hands that die.
    pub(crate) crashes: u32,
    /// How often the queue hands the message out before the world calms down.
    pub(crate) receives: u32,
    /// Of these, how often while another hand still has it.
    pub(crate) twice: u32,
    /// Answers of Meta that leave the message certainly unsent.
    pub(crate) refusals: u32,
    /// Writes that are made and whose answer is lost, so that the store's own client tries again.
    pub(crate) unheard: u32,
    /// Statuses of a message that Meta took.
    pub(crate) statuses: usize,
    /// Repeats of statuses.
    pub(crate) repeats: u32,
    /// The person may leave.
    pub(crate) leaves: bool,
}

/// What can happen next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Receive(usize),
    /// The hand does what is next.
    Go(usize),
    /// The same, and the answer of the store is lost.
    GoUnheard(usize),
    Answer(usize, Answer),
    Crash(usize),
    Status(usize),
    Repeat(usize),
    Settle,
    Leave,
}

/// What comes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Taken,
    /// Taken, but nobody is told: a time-out, a reset, a 5xx.
    TakenUnheard,
    /// Not taken, and nobody is told either.
    Lost,
    /// Not taken, try again.
    Retry,
    /// Not taken, for good.
    Refused,
}

/// The world around one delivery.
#[derive(Debug, Clone)]
pub(crate) struct World {
    left: Case,
    clock: i64,
    hands: [Hand; 2],
    row: Seen,
    /// The message is in its queue, or with a hand.
    queued: bool,
    wanted: bool,
    taken: u32,
    /// Statuses that are still to come.
    to_come: Vec<Rung>,
    reminders: u32,
    /// Whoever has the message last is dead or has left it: it comes back when all others who had it are dead as well,
    /// since it stays invisible for longer than a function lives.
    came_back: bool,
    /// What Meta said, in the order in which it was merged.
    said: Vec<Report>,
}

const STATUSES: [Rung; 3] = [Rung::Sent, Rung::Delivered, Rung::Read];

impl World {
    pub(crate) fn new(case: Case) -> Self {
        Self {
            left: case,
            clock: 0,
            hands: [Hand::Idle, Hand::Idle],
            row: None,
            queued: true,
            wanted: true,
            taken: 0,
            to_come: Vec::new(),
            reminders: 0,
            came_back: false,
            said: Vec::new(),
        }
    }

    /// Everything that can happen next.
    pub(crate) fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let busy = self
            .hands
            .iter()
            .filter(|hand| **hand != Hand::Idle)
            .count();
        for (n, hand) in self.hands.iter().enumerate() {
            match hand {
                Hand::Idle => {
                    let free = busy == 0 || self.left.twice > 0 && !self.came_back;
                    // The second hand only beside the first: which is called which makes no difference.
                    if self.queued && self.left.receives > 0 && free && (n == 0 || busy > 0) {
                        steps.push(Step::Receive(n));
                    }
                    continue;
                }
                Hand::Calls { .. } => {
                    let mut answers = vec![
                        Answer::Taken,
                        Answer::TakenUnheard,
                        Answer::Lost,
                        Answer::Refused,
                    ];
                    if self.left.refusals > 0 {
                        answers.push(Answer::Retry);
                    }
                    steps.extend(answers.into_iter().map(|answer| Step::Answer(n, answer)));
                }
                _ => steps.push(Step::Go(n)),
            }
            if matches!(hand, Hand::Writes { .. }) && self.left.unheard > 0 {
                steps.push(Step::GoUnheard(n));
            }
            if self.left.crashes > 0 {
                steps.push(Step::Crash(n));
            }
        }
        for n in 0..self.to_come.len() {
            steps.push(Step::Status(n));
            if self.left.repeats > 0 {
                steps.push(Step::Repeat(n));
            }
        }
        // The term is longer than a call may take.
        let calling = |hand: &Hand| {
            matches!(
                hand,
                Hand::Calls { .. } | Hand::Reminds { .. } | Hand::Records { .. }
            )
        };
        if self.reminders > 0 && !self.hands.iter().any(calling) {
            steps.push(Step::Settle);
        }
        // Without a step of anybody else it would change nothing.
        if self.left.leaves && self.wanted && !steps.is_empty() {
            steps.push(Step::Leave);
        }
        steps
    }

    /// Lets `step` happen; `told` is what happened up to it.
    pub(crate) fn make(&mut self, step: Step, told: &[Step]) {
        self.clock += 1;
        match step {
            Step::Receive(n) => {
                self.left.receives -= 1;
                self.came_back = false;
                if self.hands.iter().any(|hand| *hand != Hand::Idle) {
                    self.left.twice -= 1;
                }
                self.hands[n] = Hand::Looks;
            }
            Step::Go(n) => self.go(n),
            Step::GoUnheard(n) => {
                self.left.unheard -= 1;
                if let Hand::Writes { seen, next, .. } = &self.hands[n] {
                    let (seen, next) = (seen.clone(), next.clone());
                    self.write(seen.as_ref(), &next);
                }
                // The client of the store tries the same write again.
                self.go(n);
            }
            Step::Answer(n, answer) => self.answer(n, answer),
            Step::Crash(n) => {
                self.left.crashes -= 1;
                self.came_back = true;
                self.hands[n] = Hand::Idle;
            }
            Step::Status(n) => {
                let rung = self.to_come.remove(n);
                self.status(rung);
            }
            Step::Repeat(n) => {
                self.left.repeats -= 1;
                self.status(self.to_come[n]);
            }
            Step::Settle => {
                self.reminders -= 1;
                let doubtful = |row: &Delivery| matches!(row.rung, Rung::Intended | Rung::Unclear);
                if self.row.as_ref().is_some_and(|(_, row)| doubtful(row)) {
                    let report = Report::of(Rung::Unknown, self.now());
                    self.change(|row| row.merge(report));
                }
            }
            Step::Leave => self.wanted = false,
        }
        assert!(self.taken <= 1, "sent twice after {told:?}");
    }

    /// The world calms down: nobody dies any more, everything arrives, every reminder rings. Then the row must be right.
    pub(crate) fn close(mut self, told: &[Step]) {
        self.left = Case {
            receives: 4,
            ..Case::default()
        };
        while let Some(step) = self.steps().first().copied() {
            self.make(step, told);
        }
        let Some((_, row)) = &self.row else {
            unreachable!("nothing is known of it after {told:?}");
        };
        assert!(
            !self.queued,
            "the message is still there after {told:?}: {row:?}"
        );
        let told = || format!("{:?} after {told:?}", row.history);
        match row.rung {
            Rung::Waiting | Rung::Intended | Rung::Unclear => {
                unreachable!("still open: {}", told())
            }
            Rung::Unknown => {}
            Rung::Refused | Rung::Skipped => assert_eq!(self.taken, 0, "{}", told()),
            _ => assert_eq!(self.taken, 1, "{}", told()),
        }
        // The row is what was said, in whatever order it was heard.
        if let Some(highest) = self.said.iter().map(|report| report.rung).max() {
            assert_eq!(row.rung, highest, "{}", told());
        }
        let mut said = self.said.clone();
        said.sort();
        let folded = said.iter().cloned().fold(row.clone(), Delivery::merge);
        assert_eq!(folded, *row, "{}", told());
        for report in &said {
            let latest = said.iter().filter(|other| other.rung == report.rung);
            assert_eq!(
                row.at.get(&report.rung),
                latest.map(|other| &other.at).max()
            );
        }
    }

    fn now(&self) -> Instant {
        Instant::UNIX_EPOCH + jiff::SignedDuration::from_secs(1_795_000_000 + self.clock)
    }

    /// Stores `next` if nobody wrote since `seen`.
    fn write(
        &mut self,
        seen: Option<&(u64, Delivery)>,
        next: &Delivery,
    ) -> Option<(u64, Delivery)> {
        let version = |seen: Option<&(u64, Delivery)>| seen.map(|(version, _)| *version);
        if version(seen) != version(self.row.as_ref()) {
            return None;
        }
        let written = (version(seen).unwrap_or_default() + 1, next.clone());
        self.row = Some(written.clone());
        Some(written)
    }

    /// A change that is tried until nobody else writes in between.
    fn change(&mut self, change: impl FnOnce(Delivery) -> Delivery) {
        if let Some((version, row)) = self.row.take() {
            self.row = Some((version + 1, change(row)));
        }
    }

    fn status(&mut self, rung: Rung) {
        let report = Report {
            wamid: "wamid.one".parse().ok(),
            ..Report::of(rung, self.now())
        };
        self.said.push(report.clone());
        self.change(|row| row.merge(report));
    }

    fn answer(&mut self, n: usize, answer: Answer) {
        let Hand::Calls { intent } = self.hands[n].clone() else {
            return;
        };
        if matches!(answer, Answer::Taken | Answer::TakenUnheard) {
            self.taken += 1;
            self.to_come = STATUSES[..self.left.statuses.min(3)].to_vec();
        }
        let report = Report::of(Rung::Accepted, self.now());
        self.hands[n] = match answer {
            Answer::Taken => Hand::Records {
                intent,
                outcome: Outcome::Said(Report {
                    wamid: "wamid.one".parse().ok(),
                    ..report
                }),
            },
            Answer::TakenUnheard | Answer::Lost => Hand::Reminds { intent },
            Answer::Retry => {
                self.left.refusals -= 1;
                Hand::Records {
                    intent,
                    outcome: Outcome::PutOff,
                }
            }
            Answer::Refused => Hand::Records {
                intent,
                outcome: Outcome::Said(Report::of(Rung::Refused, self.now())),
            },
        };
    }

    /// The next step of a hand that needs no choice.
    fn go(&mut self, n: usize) {
        let now = self.now();
        self.hands[n] = match std::mem::replace(&mut self.hands[n], Hand::Idle) {
            Hand::Idle | Hand::Calls { .. } => Hand::Idle,
            Hand::Looks => self.look(n),
            Hand::Doubts { seen, next } => {
                // Before it is written: once the row says `unclear`, nobody would remind again.
                self.reminders += 1;
                Hand::Writes {
                    seen,
                    next,
                    at: now,
                    then: Then::ComeBack,
                }
            }
            Hand::Writes {
                seen,
                next,
                at,
                then,
            } => match (self.write(seen.as_ref(), &next), then) {
                (Some(intent), Then::Call) => Hand::Calls { intent },
                (Some(_), Then::End) => Hand::Ends { gone: true },
                // Perhaps it is its own intent, of which nobody told it that it was written.
                (None, Then::Call) if self.is_own(n, at) => match self.row.clone() {
                    Some(intent) => Hand::Calls { intent },
                    None => Hand::Idle,
                },
                // Another hand has it, or may have it, and may die: the message must not be gone.
                (Some(_), Then::ComeBack) | (None, _) => Hand::Ends { gone: false },
            },
            Hand::Reminds { intent } => {
                self.reminders += 1;
                Hand::Records {
                    intent,
                    outcome: Outcome::Said(Report::of(Rung::Unclear, now)),
                }
            }
            Hand::Records { intent, outcome } => {
                let gone = outcome != Outcome::PutOff;
                let next = |row: Delivery| match &outcome {
                    Outcome::Said(report) => row.merge(report.clone()),
                    Outcome::PutOff => row.put_off(now),
                };
                if let Outcome::Said(report) = &outcome
                    && report.rung > Rung::Unknown
                {
                    self.said.push(report.clone());
                }
                if self.write(Some(&intent), &next(intent.1.clone())).is_none() {
                    self.change(next);
                }
                if gone {
                    Hand::Ends { gone }
                } else {
                    // Tried again after a pause.
                    Hand::Looks
                }
            }
            Hand::Ends { gone } => {
                self.queued &= !gone;
                self.came_back |= !gone;
                Hand::Idle
            }
        };
    }

    fn look(&self, n: usize) -> Hand {
        let (seen, at) = (self.row.clone(), self.now());
        let stored = seen.as_ref().map(|(_, row)| row.clone());
        match Delivery::attempt_by(stored, self.wanted, at, own(n)) {
            Next::Nothing => Hand::Ends { gone: true },
            Next::Doubt(next) => Hand::Doubts { seen, next },
            Next::Skip(next) => Hand::Writes {
                seen,
                next,
                at,
                then: Then::End,
            },
            Next::Call(next) => Hand::Writes {
                seen,
                next,
                at,
                then: Then::Call,
            },
        }
    }

    fn is_own(&self, n: usize, at: Instant) -> bool {
        self.row
            .as_ref()
            .is_some_and(|(_, row)| row.is_intended_by(own(n), at))
    }
}

/// How a hand signs its intents.
fn own(n: usize) -> u32 {
    u32::try_from(n).unwrap_or_default() + 1
}
