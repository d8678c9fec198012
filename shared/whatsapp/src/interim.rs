//! To be replaced.

use domain::platform::StopCause;

/// x
pub fn stop_cause(code: i64) -> Option<StopCause> {
    Some(match code {
        0 | 190 => StopCause::Token,
        3 | 10 | 200..=299 | 131_005 => StopCause::Permission,
        131_042 | 131_044 | 134_011 => StopCause::Payment,
        131_031 => StopCause::Account,
        368 | 130_497 | 131_064 => StopCause::Policy,
        33 | 131_037 | 131_045 | 133_000 | 133_005 | 133_006 | 133_008..=133_010 | 133_015 => {
            StopCause::Number
        }
        _ => return None,
    })
}

/// x
pub fn as_parameter(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
