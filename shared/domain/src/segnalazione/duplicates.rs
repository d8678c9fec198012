//! Which open segnalazione is of the same problem as a new one. It is only proposed: a person decides, and each citizen keeps
//! their own receipt and registration.

use super::categories::CategoryCode;
use super::place::Point;
use super::settings::DuplicateRule;
use crate::Instant;

/// A segnalazione, as far as it can be of the same problem as another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting<Id> {
    /// Which it is.
    pub id: Id,
    /// What it is about.
    pub category: CategoryCode,
    /// Where it is. An address has no point, and is like no other: nobody guesses where it is.
    pub point: Option<Point>,
    /// When it was opened.
    pub at: Instant,
}

/// Seconds of a day of the rule, which is no day of the calendar.
const DAY: i64 = 24 * 60 * 60;

/// The one among `open` that is of the same problem as `new`: of its category, no farther than the rule says, opened before it
/// and by no more days. The nearest wins, then the older.
pub fn same_problem<Id: PartialEq>(
    new: &Sighting<Id>,
    open: impl IntoIterator<Item = Sighting<Id>>,
    rule: DuplicateRule,
) -> Option<Sighting<Id>> {
    let here = new.point?;
    let ages = 0..=rule.days.saturating_mul(DAY);
    open.into_iter()
        .filter(|old| old.id != new.id && old.category == new.category)
        .filter(|old| ages.contains(&new.at.duration_since(old.at).as_secs()))
        .filter_map(|old| Some((here.metres_to(old.point?), old)))
        .filter(|(metres, _)| *metres <= f64::from(rule.metres))
        .min_by(|(a, one), (b, other)| a.total_cmp(b).then(one.at.cmp(&other.at)))
        .map(|(_, old)| old)
}

/// A cell of the fixed grid under which open segnalazioni are looked up: 5 ten-thousandths of a degree north to south, 7 east
/// to west, counted from 0° N 0° E. Each side is longer than [`Cell::REACH`], as far north as 50°.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    row: i32,
    column: i32,
}

impl Cell {
    /// The metres around a point that its cell and the eight around it always cover: a rule that reaches farther would miss.
    pub const REACH: u32 = 50;

    /// The cell that `point` falls in.
    pub fn of(point: Point) -> Self {
        let (row, column) = point.cell(5_000, 7_000);
        Self { row, column }
    }
}

/// Its key in the store, such as `90469,11214`.
impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{},{}", self.row, self.column)
    }
}

/// The cell of `point` and the eight around it: all that is within [`Cell::REACH`] is in one of them.
pub fn cells_around(point: Point) -> [Cell; 9] {
    let Cell { row, column } = Cell::of(point);
    [
        (0, 0),
        (1, 0),
        (1, 1),
        (0, 1),
        (-1, 1),
        (-1, 0),
        (-1, -1),
        (0, -1),
        (1, -1),
    ]
    .map(|(north, east)| Cell {
        row: row + north,
        column: column + east,
    })
}

#[cfg(test)]
mod tests {
    use geo::{Destination, Haversine};
    use proptest::prelude::*;

    use super::*;

    const NOON: &str = "2026-10-01T12:00:00Z";

    fn sighting(id: &'static str, metres_east: f64, at: &str) -> Sighting<&'static str> {
        Sighting {
            id,
            category: "strade".parse().unwrap(),
            point: Some(moved(45.2345, 7.85, 90.0, metres_east)),
            at: at.parse().unwrap(),
        }
    }

    fn moved(lat: f64, lon: f64, bearing: f64, metres: f64) -> Point {
        let there = Haversine.destination(geo::Point::new(lon, lat), bearing, metres);
        Point::new(there.y(), there.x()).unwrap()
    }

    /// The id of what is found for a new one at noon of 1 October 2026.
    fn found(open: Vec<Sighting<&'static str>>) -> Option<&'static str> {
        let new = sighting("new", 0.0, NOON);
        same_problem(&new, open, DuplicateRule::default()).map(|old| old.id)
    }

    #[test]
    fn the_nearest_wins_and_then_the_older() {
        let day_before = "2026-09-30T12:00:00Z";
        let near = sighting("near", 10.0, day_before);
        let far = sighting("far", 40.0, "2026-09-10T12:00:00Z");
        let older = sighting("older", 10.0, "2026-09-20T12:00:00Z");

        assert_eq!(found(vec![far.clone(), near.clone()]), Some("near"));
        assert_eq!(found(vec![near, older, far]), Some("older"));
        assert_eq!(found(vec![]), None);
    }

    #[test]
    fn what_is_far_is_another_problem() {
        assert_eq!(found(vec![sighting("far", 51.0, NOON)]), None);
        assert_eq!(found(vec![sighting("near", 49.9, NOON)]), Some("near"));
    }

    #[test]
    fn what_is_of_another_time_is_another_problem() {
        for (at, is_same) in [
            ("2026-09-01T12:00:00Z", true),
            ("2026-09-01T11:59:59Z", false),
            ("2026-10-01T12:00:01Z", false),
        ] {
            assert_eq!(
                found(vec![sighting("old", 0.0, at)]).is_some(),
                is_same,
                "{at}"
            );
        }
    }

    #[test]
    fn another_category_is_another_problem() {
        let mut old = sighting("old", 0.0, NOON);
        old.category = "verde".parse().unwrap();

        assert_eq!(found(vec![old]), None);
    }

    #[test]
    fn an_address_is_never_taken_for_a_place_on_the_map() {
        let mut address = sighting("address", 0.0, NOON);
        address.point = None;

        assert_eq!(found(vec![address.clone()]), None);
        let open = vec![sighting("old", 0.0, NOON)];
        assert_eq!(same_problem(&address, open, DuplicateRule::default()), None);
    }

    #[test]
    fn nothing_is_a_duplicate_of_itself() {
        assert_eq!(found(vec![sighting("new", 0.0, NOON)]), None);
    }

    #[test]
    fn a_cell_has_one_key_and_nine_cells_have_nine() {
        let here = Point::new(45.2345, 7.85).unwrap();
        let keys: std::collections::BTreeSet<String> =
            cells_around(here).iter().map(Cell::to_string).collect();

        assert_eq!(Cell::of(here).to_string(), "90469,11214");
        assert_eq!(keys.len(), 9);
    }

    proptest! {
        #[test]
        fn what_is_within_reach_is_in_one_of_the_nine_cells(
            lat in 35.0..47.2,
            lon in 6.0..19.0,
            bearing in 0.0..360.0,
            metres in 0.0..=f64::from(Cell::REACH),
        ) {
            let here = Point::new(lat, lon).unwrap();
            let there = moved(lat, lon, bearing, metres);

            prop_assert!(cells_around(here).contains(&Cell::of(there)));
            prop_assert!(cells_around(there).contains(&Cell::of(here)));
        }
    }
}
