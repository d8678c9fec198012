//! How many deliveries of a notice stand where. Counts change with their rows, by the difference that a change makes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Delivery, Rung};

/// How many deliveries of a notice stand on each rung, and how many are billed in each category.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Deliveries by the rung on which they stand.
    pub rungs: BTreeMap<Rung, i64>,
    /// Billed deliveries by Meta's category.
    pub billable: BTreeMap<String, i64>,
}

impl Counts {
    /// What one delivery counts for.
    pub fn of(delivery: &Delivery) -> Self {
        // The price comes with *sent*; Meta bills what arrives (pricing: "delivered").
        let arrived = delivery.arrived_at().is_some();
        let billed = delivery
            .pricing
            .iter()
            .filter(|pricing| pricing.billable && arrived);
        Self {
            rungs: BTreeMap::from([(delivery.rung, 1)]),
            billable: billed
                .map(|pricing| (pricing.category.clone(), 1))
                .collect(),
        }
    }

    /// What changes in the counts when `before` becomes `after`. Zeroes are left out.
    pub fn change(before: Option<&Delivery>, after: &Delivery) -> Self {
        let mut change = Self::of(after);
        if let Some(before) = before.map(Self::of) {
            for (rung, n) in before.rungs {
                *change.rungs.entry(rung).or_default() -= n;
            }
            for (category, n) in before.billable {
                *change.billable.entry(category).or_default() -= n;
            }
        }
        change.drop_zeroes();
        change
    }

    /// Leaves out what is zero.
    pub fn drop_zeroes(&mut self) {
        self.rungs.retain(|_, n| *n != 0);
        self.billable.retain(|_, n| *n != 0);
    }

    /// Whether there is nothing in them.
    pub fn is_empty(&self) -> bool {
        self.rungs.is_empty() && self.billable.is_empty()
    }

    /// These counts and `others` together.
    #[must_use]
    pub fn plus(mut self, others: &Self) -> Self {
        for (rung, n) in &others.rungs {
            *self.rungs.entry(*rung).or_default() += n;
        }
        for (category, n) in &others.billable {
            *self.billable.entry(category.clone()).or_default() += n;
        }
        self
    }

    /// Deliveries on any of `rungs`.
    pub fn on(&self, rungs: &[Rung]) -> i64 {
        rungs.iter().filter_map(|rung| self.rungs.get(rung)).sum()
    }

    /// Taken by WhatsApp, whatever became of them.
    pub fn accepted(&self) -> i64 {
        self.on(&[
            Rung::Accepted,
            Rung::Sent,
            Rung::Failed,
            Rung::Delivered,
            Rung::Read,
            Rung::Played,
        ])
    }

    /// Left WhatsApp's servers.
    pub fn sent(&self) -> i64 {
        self.on(&[Rung::Sent, Rung::Delivered, Rung::Read, Rung::Played])
    }

    /// On the phone.
    pub fn delivered(&self) -> i64 {
        self.on(&[Rung::Delivered, Rung::Read, Rung::Played])
    }

    /// Read.
    pub fn read(&self) -> i64 {
        self.on(&[Rung::Read, Rung::Played])
    }

    /// Refused at the call or failed later.
    pub fn failed(&self) -> i64 {
        self.on(&[Rung::Refused, Rung::Failed])
    }

    /// Not sent because the person had left.
    pub fn skipped(&self) -> i64 {
        self.on(&[Rung::Skipped])
    }

    /// Called, with no word from WhatsApp.
    pub fn unclear(&self) -> i64 {
        self.on(&[Rung::Intended, Rung::Unclear, Rung::Unknown])
    }
}
