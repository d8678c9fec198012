//! The pace of the number. All lanes and all instances take their allowance from one counter per second, so that together
//! they never pass the rate that WhatsApp grants the number.
//!
//! Ordinary notices leave a fifth of each second to replies and urgent notices for its first half; what is still unused
//! then is theirs. So the others go first, and nothing is wasted.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use domain::Instant;

use crate::StoreError;
use crate::clock;
use crate::table::{number, stale_if_condition_failed, text};

/// Which messages go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Replies and urgent notices.
    First,
    /// Ordinary notices.
    Ordinary,
}

/// The allowance of the number, shared by all.
#[derive(Debug, Clone)]
pub struct Pace {
    dynamo: Client,
    table: String,
    per_second: u32,
}

/// What is wanted for a second, and when to try again if it is not granted.
#[derive(Debug, PartialEq, Eq)]
struct Bid {
    second: i64,
    /// Most that may have been taken in this second, ours included.
    ceiling: u32,
    /// How long to wait before the next bid.
    otherwise: Duration,
}

impl Pace {
    /// `per_second` messages in each second, counted in `table`.
    pub fn new(aws: &SdkConfig, table: impl Into<String>, per_second: u32) -> Self {
        Self {
            dynamo: Client::new(aws),
            table: table.into(),
            per_second,
        }
    }

    /// Waits until some of `wanted` messages may leave, and returns how many: at least one.
    pub async fn take(&self, lane: Lane, wanted: u32) -> Result<u32, StoreError> {
        // A small share at a time: one instance must not keep a whole second from the others.
        let full = wanted.clamp(1, (self.per_second / 8).max(1));
        let mut share = full;
        loop {
            let bid = bid(clock::now(), lane, self.per_second);
            if bid.ceiling >= share && self.granted(&bid, share).await? {
                return Ok(share);
            }
            if share > 1 {
                // Perhaps less is left of this second: nothing of it is to be wasted.
                share /= 2;
            } else {
                tokio::time::sleep(bid.otherwise).await;
                share = full;
            }
        }
    }

    async fn granted(&self, bid: &Bid, share: u32) -> Result<bool, StoreError> {
        let answer = self
            .dynamo
            .update_item()
            .table_name(&self.table)
            .key("pk", text(format!("second#{}", bid.second)))
            .update_expression("ADD taken :share SET expires_at = :expiry")
            .condition_expression("attribute_not_exists(taken) OR taken <= :left")
            .expression_attribute_values(":share", number(share))
            .expression_attribute_values(":left", number(bid.ceiling - share))
            .expression_attribute_values(":expiry", number(bid.second + 3600))
            .send()
            .await
            .map_err(stale_if_condition_failed);
        match answer {
            Ok(_) => Ok(true),
            Err(StoreError::Stale) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn bid(now: Instant, lane: Lane, per_second: u32) -> Bid {
    let millisecond = now.as_millisecond().rem_euclid(1000).unsigned_abs();
    let second = now.as_millisecond().div_euclid(1000);
    let first_half = millisecond < 500;
    let (ceiling, wait) = match lane {
        Lane::Ordinary if first_half => (per_second - per_second / 5, 500 - millisecond),
        Lane::Ordinary | Lane::First => (per_second, 1000 - millisecond),
    };
    Bid {
        second,
        ceiling,
        otherwise: Duration::from_millis(wait),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millisecond: i64) -> Instant {
        Instant::from_millisecond(1_795_000_000_000 + millisecond).unwrap()
    }

    #[test]
    fn ordinary_notices_leave_room_in_the_first_half_of_a_second_and_use_it_in_the_second() {
        let early = bid(at(100), Lane::Ordinary, 80);
        let late = bid(at(700), Lane::Ordinary, 80);

        assert_eq!(
            (early.ceiling, early.otherwise),
            (64, Duration::from_millis(400))
        );
        assert_eq!(
            (late.ceiling, late.otherwise),
            (80, Duration::from_millis(300))
        );
        assert_eq!(bid(at(100), Lane::First, 80).ceiling, 80);
    }

    #[test]
    fn even_the_slowest_number_sends() {
        assert_eq!(bid(at(0), Lane::Ordinary, 1).ceiling, 1);
    }
}
