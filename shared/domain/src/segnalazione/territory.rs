//! The territory of a comune, or a part of it, as published boundaries draw it; and whether a point is in it.

use geo::{
    BooleanOps, Coord, Distance, Euclidean, Haversine, Intersects, Line, LineString, LinesIter,
    MultiPolygon, Polygon, Winding, coord, unary_union,
};
use geojson::{GeoJson, Geometry, GeometryValue, PolygonType, Position};
use serde::{Deserialize, Serialize};

use super::place::{Point, are_degrees};

#[cfg(test)]
mod tests;

/// Where a point is with respect to a territory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whereabouts {
    /// In it.
    Inside,
    /// So near to the boundary, on either side, that the published line does not decide: a person does.
    Border,
    /// Not in it.
    Outside,
}

/// Why a text is not a territory.
#[derive(Debug, thiserror::Error)]
pub enum NotATerritory {
    /// More than [`Territory::MOST_BYTES`].
    #[error("more than {} bytes", Territory::MOST_BYTES)]
    TooLarge,
    /// Not `GeoJSON` (RFC 7946).
    #[error("not GeoJSON: {0}")]
    NotGeoJson(#[from] serde_json::Error),
    /// A geometry that is neither a polygon nor several, or a feature without any.
    #[error("something in it is no polygon")]
    NotPolygons,
    /// A position that is not degrees of longitude and latitude.
    #[error("a position that is not degrees of longitude and latitude")]
    OffTheEarth,
    /// A ring that does not end where it begins, or that goes around nothing.
    #[error("a ring that is not closed, or that goes around nothing")]
    NotARing,
    /// No polygon at all.
    #[error("there is no polygon in it")]
    Empty,
}

/// A territory: its parts and holes, and how far from its boundary a point is still doubtful.
#[derive(Debug, Clone, PartialEq)]
pub struct Territory {
    land: MultiPolygon,
    border_metres: f64,
}

impl Territory {
    /// The longest text that is read: some fifty times the longest boundary of a comune.
    pub const MOST_BYTES: usize = 2_000_000;

    /// The territory of a `GeoJSON` text: a geometry, a feature, or several features that are one territory together.
    ///
    /// Within `border_metres` of the boundary a point is on the border.
    pub fn read(geojson: &str, border_metres: u32) -> Result<Self, NotATerritory> {
        if geojson.len() > Self::MOST_BYTES {
            return Err(NotATerritory::TooLarge);
        }
        let geometries = match serde_json::from_str(geojson)? {
            GeoJson::Geometry(geometry) => vec![Some(geometry)],
            GeoJson::Feature(feature) => vec![feature.geometry],
            GeoJson::FeatureCollection(collection) => collection
                .into_iter()
                .map(|feature| feature.geometry)
                .collect(),
        };
        let mut parts = Vec::new();
        for geometry in geometries {
            for rings in polygons(geometry)? {
                // Alone first: whichever way its rings turn, and even if one crosses itself, it comes out well formed.
                parts.push(polygon(&rings)?.union(&MultiPolygon::empty()));
            }
        }
        // United, so that a line between two parts is no boundary of the whole.
        let land = unary_union(&parts);
        if land.0.is_empty() {
            return Err(NotATerritory::Empty);
        }
        Ok(Self {
            land,
            border_metres: f64::from(border_metres),
        })
    }

    /// Where `point` is.
    pub fn whereabouts(&self, point: Point) -> Whereabouts {
        if self.metres_to_boundary(point) <= self.border_metres {
            Whereabouts::Border
        } else if self.contains(point) {
            Whereabouts::Inside
        } else {
            Whereabouts::Outside
        }
    }

    /// Whether `point` is in the territory as it is drawn, without any border.
    pub fn contains(&self, point: Point) -> bool {
        self.land.intersects(&coord_of(point))
    }

    /// Metres from `point` to the nearest boundary, also of a hole.
    ///
    /// On a plane around the point (equirectangular): there the sides of a polygon stay as straight as RFC 7946 means
    /// them, and over some hundred metres the plane is right to the centimetre.
    fn metres_to_boundary(&self, point: Point) -> f64 {
        let here = coord_of(point);
        let metres = |degrees: f64| degrees.to_radians() * Haversine.radius();
        let narrower = here.y.to_radians().cos();
        let from_here = |there: Coord| {
            coord! { x: metres(there.x - here.x) * narrower, y: metres(there.y - here.y) }
        };
        self.land
            .lines_iter()
            .map(|side| Line::new(from_here(side.start), from_here(side.end)))
            .map(|side| Euclidean.distance(Coord::zero(), &side))
            .fold(f64::INFINITY, f64::min)
    }
}

fn coord_of(point: Point) -> Coord {
    coord! { x: point.lon(), y: point.lat() }
}

fn polygons(geometry: Option<Geometry>) -> Result<Vec<PolygonType>, NotATerritory> {
    match geometry.map(|geometry| geometry.value) {
        Some(GeometryValue::Polygon { coordinates }) => Ok(vec![coordinates]),
        Some(GeometryValue::MultiPolygon { coordinates }) => Ok(coordinates),
        _ => Err(NotATerritory::NotPolygons),
    }
}

/// The first ring is the outline, the others are holes (RFC 7946, 3.1.6).
fn polygon(rings: &PolygonType) -> Result<Polygon, NotATerritory> {
    let (outline, holes) = rings.split_first().ok_or(NotATerritory::Empty)?;
    let holes = holes
        .iter()
        .map(|hole| ring(hole))
        .collect::<Result<_, _>>()?;
    Ok(Polygon::new(ring(outline)?, holes))
}

fn ring(positions: &[Position]) -> Result<LineString, NotATerritory> {
    let coord = |position: &Position| match *position.as_slice() {
        // After longitude and latitude there may be a height.
        [x, y, ..] if are_degrees(y, x) => Ok(coord! { x: x, y: y }),
        _ => Err(NotATerritory::OffTheEarth),
    };
    let ring: LineString = positions.iter().map(coord).collect::<Result<_, _>>()?;
    // Only what is closed and has an area turns either way.
    if ring.winding_order().is_none() {
        return Err(NotATerritory::NotARing);
    }
    Ok(ring)
}
