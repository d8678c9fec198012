//! What Meta asks for a delivered message: dated configuration, never code.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Prices that hold from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// The first day, in the tenant's civil time.
    pub from: Date,
    /// Euro for one delivered message, by Meta's category (`utility`, `marketing`, `service`).
    pub euro: BTreeMap<String, Decimal>,
}

/// What `messages` of `category` cost on `day`, in euro, by the newest prices that hold by then; `None` without one.
pub fn cost(list: &[Prices], category: &str, messages: u64, day: Date) -> Option<Decimal> {
    let held = list.iter().filter(|prices| prices.from <= day);
    let prices = held.max_by_key(|prices| prices.from)?;
    prices
        .euro
        .get(category)?
        .checked_mul(Decimal::from(messages))
}

/// An amount as offices read it: `€ 1.234,50`.
pub fn in_euro(amount: Decimal) -> String {
    let cents = format!("{:.2}", amount.round_dp(2));
    let (whole, cents) = cents.split_once('.').unwrap_or((&cents, "00"));
    let (sign, digits) = match whole.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", whole),
    };
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    format!("€ {sign}{grouped},{cents}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Vec<Prices> {
        serde_json::from_value(serde_json::json!([
            {"from": "2026-01-01", "euro": {"utility": "0.025"}},
            {"from": "2026-10-01", "euro": {"utility": "0.03", "marketing": "0.0572"}},
        ]))
        .unwrap()
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn the_newest_prices_of_the_day_count() {
        let of = |category, date| cost(&list(), category, 1000, day(date)).map(in_euro);

        assert_eq!(of("utility", "2026-09-30").as_deref(), Some("€ 25,00"));
        assert_eq!(of("utility", "2026-10-01").as_deref(), Some("€ 30,00"));
        assert_eq!(of("marketing", "2026-09-30"), None);
        assert_eq!(of("utility", "2025-12-31"), None);
    }

    #[test]
    fn an_amount_is_written_as_in_italy() {
        for (amount, said) in [
            ("0", "€ 0,00"),
            ("999.995", "€ 1.000,00"),
            ("1234567.5", "€ 1.234.567,50"),
            ("-1234", "€ -1.234,00"),
        ] {
            assert_eq!(in_euro(amount.parse().unwrap()), said);
        }
    }
}
