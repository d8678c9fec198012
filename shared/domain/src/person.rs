//! A person and their subscription to the notices.

use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::contact::Contact;
use crate::ids::{PersonId, Wamid};

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
        }
    }

    /// Whether notices may go to them.
    pub fn receives_notices(&self) -> bool {
        matches!(self.subscription, Subscription::Subscribed { .. })
    }
}

impl Subscription {
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
