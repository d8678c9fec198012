//! A person and their subscription to the notices.

use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::contact::{Contact, Identifier};
use crate::conversation::Reply;
use crate::ids::{PersonId, ReplyId, Wamid};
use crate::segnalazione::dialogue::Dialogue;

/// A person who has written to the number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Our id.
    pub id: PersonId,
    /// How to reach them.
    pub contact: Contact,
    /// Whether they receive notices.
    pub subscription: Subscription,
    /// When they last wrote, by WhatsApp's clock: the 24-hour window opens here (Meta, customer service window).
    pub last_heard_at: Option<Instant>,
    /// When the courteous answer was last given.
    pub courtesy_at: Option<Instant>,
    /// Whether they want marketing, by WhatsApp's own switch.
    #[serde(default)]
    pub marketing: Preference,
    /// Replies that missed their window: said first when they next write.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub unsaid: Vec<Reply>,
    /// When each part of the contact was last shown to be theirs.
    #[serde(skip_serializing_if = "Shown::is_empty", default)]
    pub shown: Shown,
    /// Since when nothing they are known by is theirs any more: their only number is somebody else's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unreachable_since: Option<Instant>,
    /// The segnalazione that they are making, if they are.
    #[serde(skip_serializing_if = "Dialogue::is_default", default)]
    pub dialogue: Dialogue,
}

/// When each part of a contact was last shown, by WhatsApp's clock. A part that is lost leaves its hour: what was shown
/// earlier must not come back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shown {
    #[serde(skip_serializing_if = "Option::is_none")]
    bsuid: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Instant>,
}

impl Shown {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// When the part that `identifier` is of was last shown.
    pub fn at(&self, identifier: &Identifier) -> Option<Instant> {
        match identifier {
            Identifier::Bsuid(_) => self.bsuid,
            Identifier::Parent(_) => self.parent,
            Identifier::Phone(_) => self.phone,
        }
    }

    /// When the number was last shown, or given up.
    pub(crate) fn phone(&self) -> Option<Instant> {
        self.phone
    }

    /// The number was shown, or given up, at `at`, if not later.
    pub(crate) fn note_phone(&mut self, at: Instant) {
        self.phone = self.phone.max(Some(at));
    }

    /// The later of each.
    pub(crate) fn absorb(&mut self, other: &Self) {
        self.bsuid = self.bsuid.max(other.bsuid);
        self.parent = self.parent.max(other.parent);
        self.phone = self.phone.max(other.phone);
    }

    /// It was shown at `at`, if not later.
    pub(crate) fn note(&mut self, identifier: &Identifier, at: Option<Instant>) {
        let part = match identifier {
            Identifier::Bsuid(_) => &mut self.bsuid,
            Identifier::Parent(_) => &mut self.parent,
            Identifier::Phone(_) => &mut self.phone,
        };
        *part = (*part).max(at);
    }
}

/// Whether somebody wants a category of messages, by WhatsApp's own switch. It is no subscription: it stops what it names
/// and nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Preference {
    /// They take them.
    Allowed {
        /// Since they said so, if they ever did.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        since: Option<Instant>,
    },
    /// They have stopped them.
    Stopped {
        /// When.
        at: Instant,
    },
}

impl Default for Preference {
    fn default() -> Self {
        Self::Allowed { since: None }
    }
}

impl Preference {
    fn said_at(self) -> Option<Instant> {
        match self {
            Self::Allowed { since } => since,
            Self::Stopped { at } => Some(at),
        }
    }

    /// Whichever was said later; of two in one second, the stop.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let stop = |one: Self| matches!(one, Self::Stopped { .. });
        if (other.said_at(), stop(other)) > (self.said_at(), stop(self)) {
            other
        } else {
            self
        }
    }
}

/// Whether a person receives notices. Orders set it, they never toggle it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Subscription {
    /// They never asked.
    Never,
    /// They asked to receive notices.
    Subscribed {
        /// The proof of asking.
        proof: Proof,
        /// When they last asked for it: a late, older order to leave must not undo this.
        last_asked: Instant,
    },
    /// They asked to stop.
    Left {
        /// The proof of asking.
        proof: Proof,
        /// When they last asked for it.
        last_asked: Instant,
    },
}

/// The proof that a person asked to subscribe or to leave. Kept 24 months after leaving.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// When they asked, by WhatsApp's clock.
    pub at: Instant,
    /// The message in which they asked.
    pub message: Wamid,
    /// Which wording of ours answered: key and version of the texts.
    pub wording: String,
    /// Version of the information notice (art. 13 GDPR) in force.
    pub informativa: String,
}

/// What a person asks of their subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Receive notices.
    Subscribe,
    /// Stop receiving them.
    Leave,
}

/// What came of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obeyed {
    /// The subscription changed.
    Changed,
    /// It was already so.
    AlreadySo,
    /// A later order has been heard already: WhatsApp delivers without order, and the last wish counts.
    Overtaken,
}

impl Person {
    /// A person of whom nothing is known but how they wrote.
    pub fn new(id: PersonId, contact: Contact) -> Self {
        Self {
            id,
            contact,
            subscription: Subscription::Never,
            last_heard_at: None,
            courtesy_at: None,
            marketing: Preference::default(),
            unsaid: Vec::new(),
            shown: Shown::default(),
            unreachable_since: None,
            dialogue: Dialogue::default(),
        }
    }

    /// Whether notices may go to them.
    pub fn receives_notices(&self) -> bool {
        matches!(self.subscription, Subscription::Subscribed { .. })
            && self.unreachable_since.is_none()
    }

    /// Whether notices of Meta's `category` may go to them: WhatsApp's own stop is of marketing and nothing else.
    pub fn receives(&self, category: &str) -> bool {
        let stopped = matches!(self.marketing, Preference::Stopped { .. });
        self.receives_notices() && !(stopped && category.eq_ignore_ascii_case("marketing"))
    }

    /// Keeps a reply that missed its window. At most [`UNSAID`] are kept: the ids of those that were dropped come back.
    pub fn leave_unsaid(&mut self, reply: Reply) -> Vec<ReplyId> {
        if self.unsaid.iter().all(|kept| kept.id != reply.id) {
            self.unsaid.push(reply);
        }
        let too_many = self.unsaid.len().saturating_sub(UNSAID);
        self.unsaid
            .drain(..too_many)
            .map(|reply| reply.id)
            .collect()
    }

    /// What is known of two rows that are one person. How they are reached is not of this: `identity` decides that. What
    /// was dropped of their unsaid replies comes back.
    pub(crate) fn absorb(&mut self, other: Self) -> Vec<ReplyId> {
        self.subscription =
            std::mem::replace(&mut self.subscription, Subscription::Never).and(other.subscription);
        self.marketing = self.marketing.and(other.marketing);
        self.last_heard_at = self.last_heard_at.max(other.last_heard_at);
        self.courtesy_at = self.courtesy_at.max(other.courtesy_at);
        self.dialogue = std::mem::take(&mut self.dialogue).and(other.dialogue);
        let unsaid = other.unsaid.into_iter();
        unsaid.flat_map(|reply| self.leave_unsaid(reply)).collect()
    }
}

/// How many unsaid replies are kept for one person.
pub const UNSAID: usize = 5;

impl Subscription {
    fn asked(&self) -> Option<(Instant, bool)> {
        match self {
            Self::Never => None,
            Self::Subscribed { last_asked, .. } => Some((*last_asked, false)),
            Self::Left { last_asked, .. } => Some((*last_asked, true)),
        }
    }

    /// The subscription of two rows that are one person: the later wish; of two in one second, leaving.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        if other.asked() > self.asked() {
            other
        } else {
            self
        }
    }

    /// What `order`, proved by `proof`, makes of this subscription, and what came of it. The order given last by the
    /// person wins, whatever the order of arrival; of two in one second, leaving wins.
    pub fn obey(self, order: Order, proof: Proof) -> (Self, Obeyed) {
        let asked = proof.at;
        let overtaken = match &self {
            Self::Never => false,
            Self::Subscribed { last_asked, .. } => asked < *last_asked,
            Self::Left { last_asked, .. } => {
                asked < *last_asked || (asked == *last_asked && order == Order::Subscribe)
            }
        };
        match (self, order) {
            (standing, _) if overtaken => (standing, Obeyed::Overtaken),
            (Self::Subscribed { proof, .. }, Order::Subscribe) => (
                Self::Subscribed {
                    proof,
                    last_asked: asked,
                },
                Obeyed::AlreadySo,
            ),
            (Self::Left { proof, .. }, Order::Leave) => (
                Self::Left {
                    proof,
                    last_asked: asked,
                },
                Obeyed::AlreadySo,
            ),
            (_, Order::Subscribe) => (
                Self::Subscribed {
                    proof,
                    last_asked: asked,
                },
                Obeyed::Changed,
            ),
            // Kept although there was nothing to leave: an older subscription may still be on its way.
            (Self::Never, Order::Leave) => (
                Self::Left {
                    proof,
                    last_asked: asked,
                },
                Obeyed::AlreadySo,
            ),
            (Self::Subscribed { .. }, Order::Leave) => (
                Self::Left {
                    proof,
                    last_asked: asked,
                },
                Obeyed::Changed,
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn proof(second: i64) -> Proof {
        Proof {
            at: Instant::from_second(1_790_000_000 + second).unwrap(),
            message: format!("wamid.{second}").parse().unwrap(),
            wording: "sub.confirm it-2026-11".to_owned(),
            informativa: "2026-01".to_owned(),
        }
    }

    fn obey(subscription: Subscription, (order, second): (Order, i64)) -> Subscription {
        subscription.obey(order, proof(second)).0
    }

    #[test]
    fn subscribing_twice_stays_subscribed_with_the_first_proof() {
        let once = obey(Subscription::Never, (Order::Subscribe, 1));

        let (twice, obeyed) = once.obey(Order::Subscribe, proof(2));

        assert_eq!(obeyed, Obeyed::AlreadySo);
        assert!(
            matches!(twice, Subscription::Subscribed { proof: first, .. } if first == proof(1))
        );
    }

    #[test]
    fn an_old_subscription_that_arrives_late_does_not_bring_back_who_left() {
        let left = obey(Subscription::Never, (Order::Leave, 10));

        assert_eq!(
            left.clone().obey(Order::Subscribe, proof(9)).1,
            Obeyed::Overtaken
        );
        assert_eq!(left.obey(Order::Subscribe, proof(11)).1, Obeyed::Changed);
    }

    fn orders() -> impl Strategy<Value = Vec<(Order, i64)>> {
        prop::collection::vec(
            (
                prop::sample::select(vec![Order::Subscribe, Order::Leave]),
                0_i64..8,
            ),
            1..7,
        )
    }

    proptest! {
        #[test]
        fn repeats_and_disorder_end_in_the_same_place(
            (orders, arrivals) in orders().prop_flat_map(|orders| {
                let repeated = [orders.clone(), orders.clone()].concat();
                (Just(orders), Just(repeated).prop_shuffle())
            }),
        ) {
            let as_asked = {
                let mut sorted = orders;
                sorted.sort_by_key(|(order, second)| (*second, *order == Order::Leave));
                sorted.into_iter().fold(Subscription::Never, obey)
            };
            let as_arrived = arrivals.into_iter().fold(Subscription::Never, obey);

            prop_assert_eq!(
                matches!(as_arrived, Subscription::Subscribed { .. }),
                matches!(as_asked, Subscription::Subscribed { .. })
            );
        }
    }
}
