use super::*;

/// The table of Meta's codes as the reference has it: code, last code, class.
const REFERENCE: &[(i64, i64, Class)] = &[
    (0, 0, Class::Operator),
    (190, 190, Class::Operator),
    (3, 3, Class::Operator),
    (10, 10, Class::Operator),
    (200, 299, Class::Operator),
    (131_005, 131_005, Class::Operator),
    (1, 1, Class::Unclear),
    (2, 2, Class::Unclear),
    (4, 4, Class::Retry),
    (33, 33, Class::Operator),
    (100, 100, Class::Permanent),
    (368, 368, Class::Operator),
    (80007, 80007, Class::Retry),
    (130_403, 130_403, Class::Unreachable),
    (130_429, 130_429, Class::Retry),
    (130_472, 130_472, Class::Unreachable),
    (130_497, 130_497, Class::Operator),
    (131_000, 131_000, Class::Unclear),
    (131_008, 131_009, Class::Permanent),
    (131_016, 131_016, Class::Unclear),
    (131_021, 131_021, Class::Permanent),
    (131_026, 131_026, Class::Unreachable),
    (131_030, 131_031, Class::Operator),
    (131_036, 131_036, Class::Unclear),
    (131_037, 131_037, Class::Operator),
    (131_042, 131_042, Class::Operator),
    (131_044, 131_045, Class::Operator),
    (131_047, 131_047, Class::Permanent),
    (131_048, 131_049, Class::Wait),
    (131_050, 131_050, Class::Unreachable),
    (131_051, 131_053, Class::Permanent),
    (131_055, 131_055, Class::Permanent),
    (131_056, 131_056, Class::Retry),
    // Meta calls it safe to repeat and answers 500: the safe reading of both.
    (131_057, 131_057, Class::Unclear),
    (131_061, 131_062, Class::Permanent),
    (131_063, 131_064, Class::Operator),
    (132_000, 132_001, Class::Permanent),
    (132_005, 132_005, Class::Permanent),
    (132_007, 132_007, Class::Operator),
    (132_008, 132_008, Class::Permanent),
    (132_012, 132_012, Class::Permanent),
    (132_015, 132_015, Class::Wait),
    (132_016, 132_016, Class::Operator),
    (132_018, 132_018, Class::Permanent),
    (132_021, 132_021, Class::Permanent),
    (132_068, 132_069, Class::Operator),
    (133_000, 133_000, Class::Operator),
    (133_004, 133_004, Class::Retry),
    (133_005, 133_006, Class::Operator),
    (133_008, 133_010, Class::Operator),
    (133_015, 133_016, Class::Operator),
    (134_011, 134_011, Class::Operator),
    (134_100, 134_100, Class::Permanent),
    (134_101, 134_101, Class::Wait),
    (134_102, 134_102, Class::Permanent),
    (135_000, 135_000, Class::Permanent),
    (137_000, 137_000, Class::Permanent),
    (139_200, 139_200, Class::Operator),
    (147_001, 147_005, Class::Permanent),
    (2_388_019, 2_388_019, Class::Permanent),
    (2_388_039, 2_388_040, Class::Permanent),
    (2_388_047, 2_388_047, Class::Permanent),
    (2_388_072, 2_388_073, Class::Permanent),
    (2_388_293, 2_388_293, Class::Permanent),
    (2_388_299, 2_388_299, Class::Permanent),
    (2_494_100, 2_494_100, Class::Retry),
];

#[test]
fn every_code_of_the_reference_is_known_with_its_class() {
    for &(first, last, class) in REFERENCE {
        for code in first..=last {
            let row = known(code).unwrap_or_else(|| panic!("{code} is not in the table"));
            assert_eq!(row.class, class, "{code}");
        }
    }
}

#[test]
fn the_rows_are_in_order_and_none_overlaps_another() {
    for pair in CODES.windows(2) {
        assert!(
            pair[0].last < pair[1].first,
            "{} and {}",
            pair[0].last,
            pair[1].first
        );
    }
    assert!(
        CODES
            .iter()
            .all(|row| row.first <= row.last && !row.meaning.is_empty())
    );
}

#[test]
fn only_what_was_certainly_not_sent_is_tried_again() {
    for throttled in [4, 80007, 130_429, 131_056] {
        assert_eq!(class_of(throttled), Class::Retry);
    }
    for doubtful in [1, 2, 131_000, 131_016] {
        assert_eq!(class_of(doubtful), Class::Unclear);
    }
    assert_eq!(class_of(987_654), Class::Permanent, "an unknown code");
    assert_eq!(known(131_001), None);
}

#[test]
fn an_error_stops_what_it_is_about_and_nothing_more() {
    assert_eq!(stop_cause(190), Some(StopCause::Token));
    assert_eq!(stop_cause(250), Some(StopCause::Permission));
    assert_eq!(stop_cause(131_042), Some(StopCause::Payment));
    assert_eq!(stop_cause(131_031), Some(StopCause::Account));
    assert_eq!(stop_cause(368), Some(StopCause::Policy));
    assert_eq!(stop_cause(133_010), Some(StopCause::Number));
    assert_eq!(stop_cause(401), Some(StopCause::Token), "without a code");
    assert_eq!(stops(132_015), Stops::Template);
    for about_one_person in [130_497, 131_026, 131_030, 131_047, 131_050, 131_056] {
        assert_eq!(
            stops(about_one_person),
            Stops::Nothing,
            "{about_one_person}"
        );
    }
}

#[test]
fn what_an_error_says_in_particular_is_marked() {
    for (code, said) in [
        (4, Says::NumberRate),
        (80007, Says::NumberRate),
        (130_429, Says::NumberRate),
        (131_047, Says::WindowClosed),
        (131_049, Says::MarketingRested),
        (131_050, Says::MarketingStopped),
        (131_052, Says::MediaLost),
        (131_056, Says::PairRate),
        (131_026, Says::Nothing),
    ] {
        assert_eq!(says(code), said, "{code}");
    }
}

#[test]
fn whatever_stops_everything_is_for_an_operator() {
    for row in CODES {
        if matches!(row.stops, Stops::Everything(_)) {
            assert_eq!(row.class, Class::Operator, "{}", row.first);
        }
    }
}
