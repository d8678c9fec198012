//! The certificate of a notice: what became of each recipient, recomputed from the raw events and from nothing else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::delivery::{Counts, Delivery, Rung};

/// How many recipients a notice had and what became of them. Every recipient is in exactly one of `accepted`, `failed`,
/// `unclear`, `left` and `waiting`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Recipients selected.
    pub recipients: i64,
    /// Taken by WhatsApp once, and not failed later.
    pub accepted: i64,
    /// Of these, on the phone.
    pub delivered: i64,
    /// Of these, read.
    pub read: i64,
    /// Refused or failed, by Meta's code.
    pub failed: BTreeMap<i64, Failed>,
    /// Called, with no word from WhatsApp.
    pub unclear: i64,
    /// Not sent, because they had left.
    pub left: i64,
    /// Not called yet.
    pub waiting: i64,
    /// Taken by WhatsApp more than once: it must be zero.
    pub doubled: i64,
}

/// Recipients that one reason kept from getting a notice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// What Meta calls it.
    pub title: String,
    /// How many.
    pub recipients: i64,
}

impl Certificate {
    /// Takes in one delivery, by its events: what its row says is not asked.
    pub fn add(&mut self, delivery: &Delivery) {
        let delivery = Delivery::of(delivery.history.clone());
        self.recipients += 1;
        self.doubled += i64::from(delivery.wamids().len() > 1);
        match delivery.rung {
            Rung::Skipped => self.left += 1,
            Rung::Waiting => self.waiting += 1,
            Rung::Intended | Rung::Unclear | Rung::Unknown => self.unclear += 1,
            Rung::Refused | Rung::Failed => {
                let reason = delivery.reason;
                let failed = self
                    .failed
                    .entry(reason.as_ref().map_or(0, |reason| reason.code))
                    .or_default();
                failed.recipients += 1;
                if let Some(reason) = reason {
                    failed.title = reason.title;
                }
            }
            Rung::Accepted | Rung::Sent => self.accepted += 1,
            Rung::Delivered => {
                self.accepted += 1;
                self.delivered += 1;
            }
            Rung::Read | Rung::Played => {
                self.accepted += 1;
                self.delivered += 1;
                self.read += 1;
            }
        }
    }

    /// Recipients who were selected and have no delivery yet wait, too.
    pub fn complete(&mut self, recipients: i64) {
        let unseen = (recipients - self.recipients).max(0);
        self.recipients += unseen;
        self.waiting += unseen;
    }

    /// Whether the counts that are kept beside the rows say the same.
    pub fn agrees_with(&self, counts: &Counts) -> bool {
        let failed: i64 = self.failed.values().map(|failed| failed.recipients).sum();
        let still_accepted = counts.accepted() - counts.on(&[Rung::Failed]);
        self.accepted == still_accepted
            && self.delivered == counts.delivered()
            && self.read == counts.read()
            && failed == counts.failed()
            && self.unclear == counts.unclear()
            && self.left == counts.skipped()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Instant;
    use crate::delivery::{Next, Reason, Report};

    fn at(second: i64) -> Instant {
        Instant::from_second(1_795_000_000 + second).unwrap()
    }

    fn called() -> Delivery {
        match Delivery::attempt(None, true, at(0)) {
            Next::Call(delivery) => delivery,
            other => panic!("{other:?}"),
        }
    }

    fn said(rung: Rung, wamid: &str) -> Report {
        Report {
            wamid: wamid.parse().ok(),
            reason: (rung == Rung::Failed).then(|| Reason {
                code: 131_026,
                title: "Message undeliverable".to_owned(),
            }),
            ..Report::of(rung, at(1))
        }
    }

    #[test]
    fn everybody_is_in_one_place_and_the_counts_agree() {
        let Next::Skip(left) = Delivery::attempt(None, false, at(0)) else {
            panic!("who has left is passed over");
        };
        let deliveries = [
            called().merge(said(Rung::Accepted, "wamid.1")),
            called().merge(said(Rung::Read, "wamid.2")),
            called().merge(said(Rung::Failed, "wamid.3")),
            called().merge(Report::of(Rung::Unclear, at(1))),
            called().put_off(at(1)),
            left,
        ];

        let mut certificate = Certificate::default();
        let mut counts = Counts::default();
        for delivery in &deliveries {
            certificate.add(delivery);
            counts = counts.plus(&Counts::of(delivery));
        }
        certificate.complete(8);

        assert!(certificate.agrees_with(&counts));
        assert_eq!(certificate.recipients, 8);
        assert_eq!(
            (
                certificate.accepted,
                certificate.unclear,
                certificate.left,
                certificate.waiting
            ),
            (2, 1, 1, 3)
        );
        assert_eq!(certificate.failed[&131_026].recipients, 1);
        assert_eq!(certificate.doubled, 0);
    }

    #[test]
    fn a_message_taken_twice_does_not_hide() {
        let mut certificate = Certificate::default();

        certificate.add(
            &called()
                .merge(said(Rung::Sent, "wamid.1"))
                .merge(said(Rung::Sent, "wamid.2")),
        );

        assert_eq!(certificate.doubled, 1);
    }
}
