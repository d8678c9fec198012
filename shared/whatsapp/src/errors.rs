//! Meta's error codes by what to do about them (Meta, Cloud API error codes; Graph API error handling).

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Certainly not sent: try again after a while.
    Retry,
    /// It may have been sent: never again without knowing.
    Unclear,
    /// This message will never be taken.
    Permanent,
    /// Not now, not for hours.
    Wait,
    /// This person cannot or will not be reached.
    Unreachable,
    /// Somebody of ours must act: credentials, billing, policy.
    Operator,
}

/// What to do about Meta's error `code`. A code we do not know will not get better by repeating.
pub fn class_of(code: i64) -> Class {
    match code {
        4 | 80007 | 130_429 | 131_056 | 131_057 | 133_004 | 2_494_100 => Class::Retry,
        1 | 2 | 131_000 | 131_016 | 131_036 => Class::Unclear,
        131_048 | 131_049 | 132_015 | 134_101 => Class::Wait,
        130_403 | 130_472 | 131_026 | 131_050 => Class::Unreachable,
        0
        | 3
        | 10
        | 33
        | 190
        | 200..=299
        | 368
        | 130_497
        | 131_005
        | 131_030
        | 131_031
        | 131_037
        | 131_042
        | 131_044
        | 131_045
        | 131_063
        | 131_064
        | 132_007
        | 132_016
        | 132_068
        | 132_069
        | 133_000
        | 133_005
        | 133_006
        | 133_008
        | 133_009
        | 133_010
        | 133_015
        | 133_016
        | 134_011
        | 139_200 => Class::Operator,
        _ => Class::Permanent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_certainly_not_sent_is_tried_again() {
        for throttled in [4, 80007, 130_429, 131_056] {
            assert_eq!(class_of(throttled), Class::Retry);
        }
        for doubtful in [1, 2, 131_000, 131_016] {
            assert_eq!(class_of(doubtful), Class::Unclear);
        }
        assert_eq!(class_of(131_026), Class::Unreachable);
        assert_eq!(class_of(132_018), Class::Permanent);
        assert_eq!(class_of(190), Class::Operator);
        assert_eq!(class_of(987_654), Class::Permanent, "an unknown code");
    }
}
