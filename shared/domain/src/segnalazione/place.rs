//! Where a segnalazione is: a position sent on WhatsApp or an address as typed (Montanaro, art. 4: where the problem is).

use geo::{Distance, Haversine};
use serde::{Deserialize, Serialize};

/// What cannot be a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAPlace {
    /// Not WGS84 degrees.
    #[error("not degrees of latitude and longitude")]
    OffTheEarth,
    /// 0° N 0° E, in the Gulf of Guinea: what devices send that do not know where they are.
    #[error("0,0 is what a device sends that does not know where it is")]
    Unset,
    /// Neither letters nor digits.
    #[error("neither letters nor digits")]
    SaysNothing,
    /// More than [`OneLine::LONGEST`] characters.
    #[error("more than {} characters", OneLine::LONGEST)]
    TooLong,
}

/// Whether these are WGS84 degrees; never of what is not a number.
pub(super) fn are_degrees(lat: f64, lon: f64) -> bool {
    (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)
}

/// A point of the Earth (WGS84).
///
/// It tells where somebody was, so `Debug` shows it to about a kilometre. It is kept in ten-millionths of a degree, a
/// centimetre: whole numbers come out of every store as they went in.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Degrees", into = "Degrees")]
pub struct Point {
    lat: i32,
    lon: i32,
}

/// A point as it is written.
#[derive(Serialize, Deserialize)]
struct Degrees {
    lat: f64,
    lon: f64,
}

/// Units of a point in one degree.
const DEGREE: i32 = 10_000_000;

/// Side of the grid of [`Point::coarse`]: a thousandth of a degree.
const COARSE: i32 = DEGREE / 1000;

impl Point {
    /// The point at `lat` degrees north and `lon` degrees east.
    pub fn new(lat: f64, lon: f64) -> Result<Self, NotAPlace> {
        if !are_degrees(lat, lon) {
            return Err(NotAPlace::OffTheEarth);
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "180 degrees are 1.8 thousand million units, and an i32 holds 2.1"
        )]
        let units = |degrees: f64| (degrees * f64::from(DEGREE)).round() as i32;
        let point = Self {
            lat: units(lat),
            lon: units(lon),
        };
        if (point.lat, point.lon) == (0, 0) {
            return Err(NotAPlace::Unset);
        }
        Ok(point)
    }

    /// Degrees north.
    pub fn lat(self) -> f64 {
        f64::from(self.lat) / f64::from(DEGREE)
    }

    /// Degrees east.
    pub fn lon(self) -> f64 {
        f64::from(self.lon) / f64::from(DEGREE)
    }

    /// Metres to `other` over the ground (haversine; the Earth is no sphere, which in Italy is worth 3 metres in a thousand).
    pub fn metres_to(self, other: Self) -> f64 {
        let point = |p: Self| geo::Point::new(p.lon(), p.lat());
        Haversine.distance(point(self), point(other))
    }

    /// The middle of the cell that it falls in, for open data: cells are a thousandth of a degree, in Italy 111 metres north
    /// to south and 76 to 91 east to west. All points of a cell give the same one, so it tells nothing else of them.
    #[must_use]
    pub fn coarse(self) -> Self {
        let (row, column) = self.cell(COARSE, COARSE);
        // The pole and the antimeridian are the edge of the last cell, not the first of another.
        let middle = |index: i32, limit: i32| (index * COARSE + COARSE / 2).min(limit - COARSE / 2);
        Self {
            lat: middle(row, 90 * DEGREE),
            lon: middle(column, 180 * DEGREE),
        }
    }

    /// Row and column in a grid of cells so many ten-millionths of a degree high and wide, counted from 0° N 0° E.
    pub(super) fn cell(self, height: i32, width: i32) -> (i32, i32) {
        (self.lat.div_euclid(height), self.lon.div_euclid(width))
    }
}

impl TryFrom<Degrees> for Point {
    type Error = NotAPlace;

    fn try_from(degrees: Degrees) -> Result<Self, NotAPlace> {
        Self::new(degrees.lat, degrees.lon)
    }
}

impl From<Point> for Degrees {
    fn from(point: Point) -> Self {
        Self {
            lat: point.lat(),
            lon: point.lon(),
        }
    }
}

impl std::fmt::Debug for Point {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Point(~{:.2}, ~{:.2})", self.lat(), self.lon())
    }
}

/// One line about a place in somebody's words, with at least a letter or a digit. Personal data: `Debug` shows its length.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OneLine(String);

impl OneLine {
    /// How many characters it has at most.
    pub const LONGEST: usize = 200;

    /// The line as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for OneLine {
    type Error = NotAPlace;

    /// People type an address on two lines, and places come with their address on three: all white space is one space.
    fn try_from(text: String) -> Result<Self, NotAPlace> {
        let words: Vec<&str> = text
            .split(|c: char| c.is_whitespace() || c.is_control())
            .filter(|word| !word.is_empty())
            .collect();
        let line = words.join(" ");
        if !line.contains(char::is_alphanumeric) {
            return Err(NotAPlace::SaysNothing);
        }
        if line.chars().count() > Self::LONGEST {
            return Err(NotAPlace::TooLong);
        }
        Ok(Self(line))
    }
}

impl std::str::FromStr for OneLine {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        Self::try_from(text.to_owned())
    }
}

impl From<OneLine> for String {
    fn from(line: OneLine) -> Self {
        line.0
    }
}

impl std::fmt::Debug for OneLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OneLine({} characters)", self.0.chars().count())
    }
}

/// A place, as it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    /// A position sent on WhatsApp: their own, or that of a place they picked.
    Position {
        /// Where.
        point: Point,
        /// The name of the place they picked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<OneLine>,
        /// Its address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<OneLine>,
    },
    /// An address as typed. Nobody looks it up on a map: that would tell a third party what citizens write.
    Address {
        /// Their words.
        text: OneLine,
    },
}

impl Place {
    /// Where it is, of a position.
    pub fn point(&self) -> Option<Point> {
        match self {
            Self::Position { point, .. } => Some(*point),
            Self::Address { .. } => None,
        }
    }

    /// The place in one line for people: in words if there are any, or else in degrees to about a metre.
    pub fn label(&self) -> String {
        match self {
            Self::Address { text } => text.as_str().to_owned(),
            Self::Position {
                point,
                name: None,
                address: None,
            } => format!("{:.5}, {:.5}", point.lat(), point.lon()),
            Self::Position { name, address, .. } => {
                let words: Vec<&str> = [name, address]
                    .into_iter()
                    .flatten()
                    .map(OneLine::as_str)
                    .collect();
                words.join(", ")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn point(lat: f64, lon: f64) -> Point {
        Point::new(lat, lon).unwrap()
    }

    fn position(name: Option<&str>, address: Option<&str>) -> Place {
        let line = |text: Option<&str>| text.map(|text| text.parse().unwrap());
        Place::Position {
            point: point(45.2345, 7.85),
            name: line(name),
            address: line(address),
        }
    }

    #[test]
    fn a_position_of_0_0_is_no_place() {
        assert_eq!(Point::new(0.0, 0.0), Err(NotAPlace::Unset));
        assert_eq!(Point::new(-0.0, 0.000_000_01), Err(NotAPlace::Unset));
        assert!(Point::new(0.0, 7.85).is_ok());
        let sent = r#"{"kind": "position", "point": {"lat": 0, "lon": 0}}"#;
        assert!(serde_json::from_str::<Place>(sent).is_err());
    }

    #[test]
    fn what_is_not_on_the_earth_is_no_place() {
        for (lat, lon) in [
            (90.000_001, 7.85),
            (-91.0, 7.85),
            (45.2, 180.1),
            (45.2, -181.0),
            (f64::NAN, 7.85),
            (45.2, f64::INFINITY),
        ] {
            assert_eq!(
                Point::new(lat, lon),
                Err(NotAPlace::OffTheEarth),
                "{lat} {lon}"
            );
        }
    }

    #[test]
    fn metres_are_those_of_the_ground() {
        let here = point(45.2345, 7.85);

        // A thousandth of a degree: 111.1 metres to the north and 78.6 to the east, by the ellipsoid.
        assert!((here.metres_to(point(45.2355, 7.85)) - 111.1).abs() < 0.4);
        assert!((here.metres_to(point(45.2345, 7.851)) - 78.6).abs() < 0.4);
    }

    #[test]
    fn a_label_is_what_a_person_would_say_and_degrees_at_the_worst() {
        let address = "Via Roma 12\n davanti  alla scuola".parse().unwrap();
        assert_eq!(
            Place::Address { text: address }.label(),
            "Via Roma 12 davanti alla scuola"
        );
        for (place, label) in [
            (position(None, None), "45.23450, 7.85000"),
            (position(Some("Municipio"), None), "Municipio"),
            (position(None, Some("Via Roma 12")), "Via Roma 12"),
            (
                position(Some("Municipio"), Some("Via Roma 12")),
                "Municipio, Via Roma 12",
            ),
        ] {
            assert_eq!(place.label(), label);
        }
    }

    #[test]
    fn an_address_is_a_line_that_says_something() {
        for (text, problem) in [
            (String::new(), NotAPlace::SaysNothing),
            (" \n ".to_owned(), NotAPlace::SaysNothing),
            ("👍 !".to_owned(), NotAPlace::SaysNothing),
            ("ò".repeat(201), NotAPlace::TooLong),
        ] {
            assert_eq!(text.parse::<OneLine>(), Err(problem), "{text:?}");
        }
        assert!("ò".repeat(200).parse::<OneLine>().is_ok());
    }

    #[test]
    fn a_place_does_not_show_itself() {
        let shown = format!("{:?}", position(Some("Municipio"), Some("Via Roma 12")));

        assert_eq!(
            shown,
            "Position { point: Point(~45.23, ~7.85), name: Some(OneLine(9 characters)), \
             address: Some(OneLine(11 characters)) }"
        );
    }

    #[test]
    fn a_place_is_written_by_its_kind() {
        let address = Place::Address {
            text: "Via Roma 12".parse().unwrap(),
        };
        for (place, written) in [
            (
                position(Some("Municipio"), None),
                r#"{"kind":"position","point":{"lat":45.2345,"lon":7.85},"name":"Municipio"}"#,
            ),
            (address, r#"{"kind":"address","text":"Via Roma 12"}"#),
        ] {
            assert_eq!(serde_json::to_string(&place).unwrap(), written);
            assert_eq!(serde_json::from_str::<Place>(written).unwrap(), place);
        }
    }

    fn degrees() -> impl Strategy<Value = (f64, f64)> {
        let lat = prop_oneof![-90.0..=90.0, Just(90.0), Just(-90.0)];
        let lon = prop_oneof![-180.0..=180.0, Just(180.0), Just(-180.0)];
        (lat, lon)
    }

    proptest! {
        #[test]
        fn a_point_is_read_as_it_was_written((lat, lon) in degrees()) {
            let point = point(lat, lon);
            let written = serde_json::to_string(&point).unwrap();

            prop_assert_eq!(serde_json::from_str::<Point>(&written).unwrap(), point);
            prop_assert!((point.lat() - lat).abs() < 1e-7 && (point.lon() - lon).abs() < 1e-7);
        }

        #[test]
        fn a_coarse_point_is_a_point_within_a_hundred_metres_and_stays_itself((lat, lon) in degrees()) {
            let exact = point(lat, lon);
            let coarse = exact.coarse();

            prop_assert!(exact.metres_to(coarse) < 100.0);
            prop_assert!(are_degrees(coarse.lat(), coarse.lon()));
            prop_assert_eq!(coarse.coarse(), coarse);
        }

        #[test]
        fn all_points_of_a_cell_have_one_coarse_point(
            row in 35_000_i32..47_100,
            column in 6_000_i32..18_500,
            north in 0.0..0.000_999,
            east in 0.0..0.000_999,
        ) {
            let (south, west) = (f64::from(row) / 1000.0, f64::from(column) / 1000.0);
            let coarse = point(south + north, west + east).coarse();

            prop_assert_eq!(coarse, point(south + 0.0005, west + 0.0005));
        }
    }
}
