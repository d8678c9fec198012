//! Service messages: what is said in free text within the window. Since October 2026 they are billed, but for the first
//! thousand delivered per number and calendar month (Meta, pricing on non-template messages). What the webhook says of the
//! free ones is not known for certain, so they are counted here.

use serde::{Deserialize, Serialize};

use super::Delivery;
use crate::ids::SendId;
use crate::tenant::Zone;

/// How many delivered service messages of a number are free in a calendar month.
pub const FREE_PER_MONTH: i64 = 1000;

/// A calendar month in the tenant's civil time, which is that of the WhatsApp account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Month {
    /// The year.
    pub year: i16,
    /// The month, from 1.
    pub month: i8,
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl Month {
    /// The month of `instant`.
    pub fn of(instant: crate::Instant, zone: &Zone) -> Self {
        let date = zone.civil(instant).date();
        Self {
            year: date.year(),
            month: date.month(),
        }
    }

    /// The month in which the delivery `id` counts as a service message: none if it is not one, or was not delivered.
    pub fn of_service(id: &SendId, delivery: &Delivery, zone: &Zone) -> Option<Self> {
        let is_service = match &delivery.pricing {
            Some(pricing) => pricing.category == "service",
            // A status without a price: replies are free text.
            None => matches!(id, SendId::Reply(_)),
        };
        let arrived = delivery.arrived_at()?;
        is_service.then(|| Self::of(arrived, zone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Instant;
    use crate::delivery::{Next, Pricing, Report, Rung};
    use crate::ids::ReplyId;

    fn reply() -> SendId {
        SendId::Reply(ReplyId::to_message(&"wamid.HBgL".parse().unwrap(), 0))
    }

    fn delivered(at: &str, category: Option<&str>) -> Delivery {
        let at: Instant = at.parse().unwrap();
        let Next::Call(delivery) = Delivery::attempt(None, true, at) else {
            panic!("a first attempt calls");
        };
        delivery.merge(Report {
            pricing: category.map(|category| Pricing {
                billable: true,
                category: category.to_owned(),
                kind: None,
                model: None,
            }),
            ..Report::of(Rung::Delivered, at)
        })
    }

    #[test]
    fn a_delivered_reply_counts_in_its_month_by_the_clocks_of_italy() {
        let rome = Zone::try_from("Europe/Rome".to_owned()).unwrap();

        let eve = delivered("2026-11-30T23:30:00Z", Some("service"));

        let month = Month::of_service(&reply(), &eve, &rome).unwrap();
        assert_eq!(month.to_string(), "2026-12");
    }

    #[test]
    fn what_is_not_delivered_or_not_free_text_does_not_count() {
        let rome = Zone::try_from("Europe/Rome".to_owned()).unwrap();
        let at: Instant = "2026-11-30T12:00:00Z".parse().unwrap();
        let Next::Call(called) = Delivery::attempt(None, true, at) else {
            panic!("a first attempt calls");
        };

        assert_eq!(Month::of_service(&reply(), &called, &rome), None);
        let twin = delivered("2026-11-30T12:00:00Z", Some("utility"));
        assert_eq!(Month::of_service(&reply(), &twin, &rome), None);
        let unpriced = delivered("2026-11-30T12:00:00Z", None);
        assert!(Month::of_service(&reply(), &unpriced, &rome).is_some());
    }
}
