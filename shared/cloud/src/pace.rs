//! The pace of the number, kept in one item: when its next free slot is. All lanes and all instances book their slots there,
//! and each message leaves in its slot (docs/decisions/0012). The arithmetic is `domain`'s.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use domain::pace::{LATE, Lane, Rate};
use tokio::time::{Instant, sleep, sleep_until};

use crate::StoreError;
use crate::clock;
use crate::table::{dynamo, integer, number, text};

/// How long a call to DynamoDB is taken to last at first. Slots are booked no earlier than the answer can be here.
const FIRST_GUESS: Duration = Duration::from_millis(15);
/// However slow calls are, nobody books further ahead because of it.
const LONGEST_CALL: Duration = Duration::from_millis(400);

/// The slots of the number, shared by all.
#[derive(Debug)]
pub struct Pace {
    dynamo: Client,
    table: String,
    rate: Rate,
    /// How long a booking takes, in microseconds, as seen lately.
    call_us: AtomicU64,
}

/// Slots that are ours.
#[derive(Debug)]
pub struct Slots {
    next: Instant,
    spacing: Duration,
    left: u32,
}

impl Iterator for Slots {
    type Item = Slot;

    fn next(&mut self) -> Option<Slot> {
        self.left = self.left.checked_sub(1)?;
        let slot = Slot(self.next);
        self.next += self.spacing;
        Some(slot)
    }
}

/// The moment in which one message may leave.
#[derive(Debug, Clone, Copy)]
pub struct Slot(Instant);

impl Slot {
    /// Waits for it. Whether it can still be used: a process that was held up has missed it.
    pub async fn arrives(self) -> bool {
        sleep_until(self.0).await;
        self.0.elapsed() <= LATE
    }
}

/// What became of an attempt to book.
enum Booked {
    /// From this instant on, in microseconds since 1970.
    From(u64),
    /// The queue of slots is empty, or longer than this lane may look.
    NotNow { queue_ends_us: u64 },
}

impl Pace {
    /// `per_second` messages in any second, booked in `table`.
    pub fn new(aws: &SdkConfig, table: impl Into<String>, per_second: u32) -> Self {
        Self {
            dynamo: Client::new(aws),
            table: table.into(),
            rate: Rate::new(per_second),
            call_us: AtomicU64::new(micros(FIRST_GUESS)),
        }
    }

    /// How many of `wanted` messages are sent together.
    pub fn share(&self, wanted: usize) -> usize {
        self.rate.share(u32::try_from(wanted).unwrap_or(u32::MAX)) as usize
    }

    /// Waits until some of `wanted` messages may leave, and books their slots: at least one, and none before `ready_in`, when
    /// what has to be written first will be written.
    pub async fn book(
        &self,
        lane: Lane,
        wanted: u32,
        ready_in: Duration,
    ) -> Result<Slots, StoreError> {
        let began = Instant::now();
        let ready_in = micros(ready_in.min(LONGEST_CALL));
        let share = self.rate.share(wanted);
        let length = u64::from(share) * self.rate.spacing_us();
        loop {
            let earliest = now_us() + self.call_us.load(Ordering::Relaxed) + ready_in;
            let horizon = now_us().max(earliest) + micros(lane.horizon(began.elapsed()));
            let mut booked = self.timed(self.append(earliest, horizon, length)).await?;
            if let Booked::NotNow { queue_ends_us } = booked
                && queue_ends_us <= earliest
            {
                booked = self.timed(self.begin(earliest, length)).await?;
            }
            match booked {
                Booked::From(start) => {
                    if let Some(slots) = self.usable(start, share) {
                        return Ok(slots);
                    }
                }
                Booked::NotNow { queue_ends_us } => {
                    let until = queue_ends_us.saturating_sub(micros(lane.horizon(began.elapsed())));
                    sleep(Duration::from_micros(
                        until.saturating_sub(now_us()).max(2_000),
                    ))
                    .await;
                }
            }
        }
    }

    /// Books behind what is booked already.
    async fn append(&self, earliest: u64, horizon: u64, length: u64) -> Result<Booked, StoreError> {
        let answer = self
            .dynamo
            .update_item()
            .table_name(&self.table)
            .key("pk", text("slots"))
            .update_expression("ADD ends :length")
            .condition_expression("ends > :earliest AND ends <= :horizon")
            .expression_attribute_values(":length", number(length))
            .expression_attribute_values(":earliest", number(earliest))
            .expression_attribute_values(":horizon", number(horizon))
            .return_values(ReturnValue::UpdatedNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match answer {
            Ok(answer) => {
                let ends = answer
                    .attributes
                    .as_ref()
                    .and_then(|item| integer(item, "ends"))
                    .and_then(|ends| u64::try_from(ends).ok());
                // Without an answer the slots are lost, which costs a moment and harms nobody.
                Ok(ends.map_or(Booked::NotNow { queue_ends_us: 0 }, |ends| {
                    Booked::From(ends - length)
                }))
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                    let ends = refused
                        .item()
                        .and_then(|item| integer(item, "ends"))
                        .and_then(|ends| u64::try_from(ends).ok());
                    Ok(Booked::NotNow {
                        queue_ends_us: ends.unwrap_or_default(),
                    })
                }
                _ => Err(dynamo(error)),
            },
        }
    }

    /// Books from `earliest` on, if nothing is booked beyond it.
    async fn begin(&self, earliest: u64, length: u64) -> Result<Booked, StoreError> {
        let answer = self
            .dynamo
            .update_item()
            .table_name(&self.table)
            .key("pk", text("slots"))
            .update_expression("SET ends = :ends")
            .condition_expression("attribute_not_exists(ends) OR ends <= :earliest")
            .expression_attribute_values(":ends", number(earliest + length))
            .expression_attribute_values(":earliest", number(earliest))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Booked::From(earliest)),
            Err(error) => match error.as_service_error() {
                // Somebody else has begun: behind them, in a moment.
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(Booked::NotNow {
                    queue_ends_us: earliest,
                }),
                _ => Err(dynamo(error)),
            },
        }
    }

    /// The slots that start at `start`, without those that are over already; `None` if none is left.
    fn usable(&self, start: u64, share: u32) -> Option<Slots> {
        let spacing = self.rate.spacing_us();
        let (now, here) = (now_us(), Instant::now());
        let over = now
            .saturating_sub(micros(LATE))
            .saturating_sub(start)
            .div_ceil(spacing);
        let left = share.checked_sub(u32::try_from(over).unwrap_or(u32::MAX))?;
        let first = start + over * spacing;
        (left > 0).then(|| Slots {
            next: here + Duration::from_micros(first.saturating_sub(now)),
            spacing: Duration::from_micros(spacing),
            left,
        })
    }

    async fn timed<T>(&self, call: impl Future<Output = T>) -> T {
        let began = Instant::now();
        let outcome = call.await;
        let seen = micros(began.elapsed().min(LONGEST_CALL));
        let before = self.call_us.load(Ordering::Relaxed);
        // Up at once, down slowly: a slot that is missed is lost.
        let guess = seen.max((before * 3 + seen) / 4);
        self.call_us.store(guess, Ordering::Relaxed);
        outcome
    }
}

fn now_us() -> u64 {
    u64::try_from(clock::now().as_microsecond()).unwrap_or_default()
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
