use geo::{Closest, Destination, HaversineClosestPoint, MultiLineString};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::Whereabouts::{Border, Inside, Outside};
use super::*;

const MONTANARO: &str = include_str!("../../../../../infra/tenants/boundaries/montanaro.geojson");
const RUBANO: &str = include_str!("../../../../../infra/tenants/boundaries/rubano.geojson");

fn point(lat: f64, lon: f64) -> Point {
    Point::new(lat, lon).unwrap()
}

/// A ring around a rectangle, between these degrees.
fn around(south: f64, west: f64, north: f64, east: f64) -> Value {
    json!([
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south]
    ])
}

/// Two kilometres and more each way, with its middle at 45.01, 8.01.
fn square() -> Value {
    around(45.0, 8.0, 45.02, 8.02)
}

fn polygon_of(rings: &[Value]) -> Value {
    json!({"type": "Polygon", "coordinates": rings})
}

fn feature(geometry: &Value) -> Value {
    json!({"type": "Feature", "properties": {}, "geometry": geometry})
}

fn territory(geojson: &Value) -> Territory {
    Territory::read(&geojson.to_string(), 150).unwrap()
}

fn refused(geojson: &Value) -> NotATerritory {
    Territory::read(&geojson.to_string(), 150).unwrap_err()
}

#[test]
fn each_comune_holds_its_own_centre_and_not_its_neighbours_square() {
    let far = (41.9028, 12.4964);
    for (boundaries, own, neighbour) in [
        (MONTANARO, (45.2345, 7.8500), (45.1903, 7.8876)),
        (RUBANO, (45.4356, 11.8017), (45.4077, 11.8734)),
    ] {
        let comune = Territory::read(boundaries, 150).unwrap();
        let at = |(lat, lon)| comune.whereabouts(point(lat, lon));

        assert_eq!(
            [at(own), at(neighbour), at(far)],
            [Inside, Outside, Outside]
        );
    }
}

#[test]
fn near_the_boundary_a_point_is_on_the_border_on_either_side() {
    let square = territory(&polygon_of(&[square()]));

    // The southern side: a thousandth of a degree is 111 metres.
    for (lat, whereabouts) in [
        (45.0014, Inside),
        (45.0013, Border),
        (45.0, Border),
        (44.9987, Border),
        (44.9986, Outside),
    ] {
        assert_eq!(square.whereabouts(point(lat, 8.01)), whereabouts, "{lat}");
    }
    // The eastern side: a thousandth of a degree is 79 metres.
    for (lon, whereabouts) in [
        (8.0180, Inside),
        (8.0182, Border),
        (8.0218, Border),
        (8.0220, Outside),
    ] {
        assert_eq!(square.whereabouts(point(45.01, lon)), whereabouts, "{lon}");
    }
}

#[test]
fn around_a_corner_the_border_is_round() {
    let square = territory(&polygon_of(&[square()]));

    assert_eq!(square.whereabouts(point(45.0, 8.0)), Border);
    // 111 metres south and 79 west are 136 from the corner; 133 and 95 are 163.
    assert_eq!(square.whereabouts(point(44.999, 7.999)), Border);
    assert_eq!(square.whereabouts(point(44.9988, 7.9988)), Outside);
}

#[test]
fn an_enclave_is_outside_and_has_a_border_of_its_own() {
    let enclave = around(45.006, 8.006, 45.014, 8.014);
    let land = territory(&polygon_of(&[square(), enclave]));

    assert_eq!(land.whereabouts(point(45.01, 8.01)), Outside);
    assert!(!land.contains(point(45.01, 8.01)));
    assert_eq!(land.whereabouts(point(45.007, 8.01)), Border);
    assert_eq!(land.whereabouts(point(45.005, 8.01)), Border);
    assert_eq!(land.whereabouts(point(45.003, 8.01)), Inside);
}

#[test]
fn a_territory_of_two_parts_is_in_both_and_not_between() {
    let island = around(45.0, 8.1, 45.02, 8.12);
    let parts = json!({"type": "MultiPolygon", "coordinates": [[square()], [island]]});
    let land = territory(&parts);
    let at = |lon| land.whereabouts(point(45.01, lon));

    assert_eq!([at(8.01), at(8.06), at(8.11)], [Inside, Outside, Inside]);
}

#[test]
fn features_are_one_territory_with_no_border_between_them() {
    let beside = polygon_of(&[around(45.0, 8.02, 45.02, 8.04)]);
    let over = polygon_of(&[around(45.0, 8.03, 45.02, 8.06)]);
    let features = [polygon_of(&[square()]), beside, over].map(|geometry| feature(&geometry));
    let land = territory(&json!({"type": "FeatureCollection", "features": features}));
    let at = |lon| land.whereabouts(point(45.01, lon));

    assert_eq!([8.01, 8.02, 8.03, 8.04, 8.05].map(at), [Inside; 5]);
    assert_eq!([at(8.06), at(8.07)], [Border, Outside]);
}

#[test]
fn a_geometry_a_feature_and_a_collection_of_it_are_one_territory() {
    let geometry = polygon_of(&[square()]);
    let collection = json!({"type": "FeatureCollection", "features": [feature(&geometry)]});

    assert_eq!(territory(&geometry), territory(&feature(&geometry)));
    assert_eq!(territory(&geometry), territory(&collection));
}

#[test]
fn which_way_a_ring_turns_and_whether_it_crosses_itself_loses_no_land() {
    let enclave = around(45.006, 8.006, 45.014, 8.014);
    let turned = |ring: &Value| {
        let positions = ring.as_array().unwrap().iter().rev();
        Value::from(positions.cloned().collect::<Vec<_>>())
    };
    for rings in [
        [square(), turned(&enclave)],
        [turned(&square()), enclave.clone()],
    ] {
        let land = territory(&polygon_of(&rings));
        assert!(land.contains(point(45.003, 8.01)) && !land.contains(point(45.01, 8.01)));
    }
    let crossing = json!([
        [8.0, 45.0],
        [8.02, 45.02],
        [8.02, 45.0],
        [8.0, 45.02],
        [8.0, 45.0]
    ]);
    let land = territory(&polygon_of(&[crossing]));
    assert!(land.contains(point(45.01, 8.003)) && land.contains(point(45.01, 8.017)));
}

#[test]
fn a_height_is_no_hindrance() {
    let ring = json!([
        [8.0, 45.0, 200.0],
        [8.02, 45.0, 200.0],
        [8.02, 45.02, 210.0],
        [8.0, 45.0, 200.0]
    ]);

    assert!(territory(&polygon_of(&[ring])).contains(point(45.005, 8.015)));
}

#[test]
fn without_a_polygon_there_is_no_territory() {
    for nothing in [
        json!({"type": "FeatureCollection", "features": []}),
        json!({"type": "MultiPolygon", "coordinates": []}),
        polygon_of(&[]),
    ] {
        assert!(
            matches!(refused(&nothing), NotATerritory::Empty),
            "{nothing}"
        );
    }
    for other in [
        json!({"type": "Point", "coordinates": [8.0, 45.0]}),
        json!({"type": "LineString", "coordinates": square()}),
        json!({"type": "GeometryCollection", "geometries": [polygon_of(&[square()])]}),
        feature(&Value::Null),
    ] {
        assert!(
            matches!(refused(&other), NotATerritory::NotPolygons),
            "{other}"
        );
    }
}

#[test]
fn what_is_no_ring_is_refused() {
    for ring in [
        json!([]),
        json!([[8.0, 45.0], [8.02, 45.0], [8.0, 45.0]]),
        json!([[8.0, 45.0], [8.02, 45.0], [8.02, 45.02], [8.0, 45.02]]),
        json!([[8.0, 45.0], [8.25, 45.25], [8.5, 45.5], [8.0, 45.0]]),
    ] {
        let with_hole = polygon_of(&[square(), ring.clone()]);
        for geojson in [polygon_of(&[ring]), with_hole] {
            assert!(
                matches!(refused(&geojson), NotATerritory::NotARing),
                "{geojson}"
            );
        }
    }
}

#[test]
fn positions_that_are_not_degrees_are_refused() {
    // Metres of a national grid, which an office may well export.
    let metres = json!([
        [394_000.0, 5_009_000.0],
        [396_000.0, 5_009_000.0],
        [396_000.0, 5_011_000.0],
        [394_000.0, 5_009_000.0]
    ]);

    assert!(matches!(
        refused(&polygon_of(&[metres])),
        NotATerritory::OffTheEarth
    ));
}

#[test]
fn what_is_not_geojson_is_refused_and_so_is_what_is_too_large() {
    for text in ["", "{}", "null", "POLYGON((8 45, 9 45, 9 46, 8 45))"] {
        let why = Territory::read(text, 150).unwrap_err();
        assert!(matches!(why, NotATerritory::NotGeoJson(_)), "{text:?}");
    }
    let large = " ".repeat(Territory::MOST_BYTES + 1);
    assert!(matches!(
        Territory::read(&large, 150),
        Err(NotATerritory::TooLarge)
    ));
}

/// Metres from `point` to the boundary of `land` over the sphere, by great circles: another way than the territory's own.
fn metres_over_the_sphere(land: &Territory, point: geo::Point) -> f64 {
    let rings = land.land.iter().flat_map(|part| {
        let holes = part.interiors().iter().cloned();
        std::iter::once(part.exterior().clone()).chain(holes)
    });
    let boundary: MultiLineString = rings.collect();
    match boundary.haversine_closest_point(&point) {
        Closest::SinglePoint(nearest) | Closest::Intersection(nearest) => {
            Haversine.distance(point, nearest)
        }
        Closest::Indeterminate => f64::NAN,
    }
}

proptest! {
    #[test]
    fn a_point_is_on_the_border_exactly_when_the_boundary_is_that_near(
        corner in 0_usize..200,
        bearing in 0.0..360.0,
        metres in 0.0..400.0,
        border in 50_u32..250,
    ) {
        for boundaries in [MONTANARO, RUBANO] {
            let land = Territory::read(boundaries, border).unwrap();
            let corners = &land.land.0[0].exterior().0;
            let from = geo::Point(corners[corner % corners.len()]);
            let there = Haversine.destination(from, bearing, metres);
            let away = metres_over_the_sphere(&land, there);
            // Of two ways to measure, a hair's breadth decides nothing.
            prop_assume!((away - f64::from(border)).abs() > 0.1);

            let whereabouts = land.whereabouts(point(there.y(), there.x()));
            prop_assert_eq!(whereabouts == Border, away < f64::from(border), "{} metres", away);
        }
    }

    #[test]
    fn whatever_is_drawn_is_read_or_refused(
        rings in prop::collection::vec(prop::collection::vec((0_i32..6, 0_i32..6), 3..9), 1..4),
    ) {
        let drawn: Vec<Value> = rings
            .iter()
            .map(|corners| {
                let closed = corners.iter().chain(corners.first());
                closed.map(|(x, y)| json!([8.0 + f64::from(*x) / 100.0, 45.0 + f64::from(*y) / 100.0])).collect()
            })
            .collect();
        if let Ok(land) = Territory::read(&polygon_of(&drawn).to_string(), 150) {
            prop_assert_eq!(land.whereabouts(point(46.0, 9.0)), Outside);
        }
    }
}
