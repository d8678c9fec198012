//! Refusals that have to do with the roster.

use axum::http::StatusCode;
use domain::roster::{InvalidRoster, NotAppointed, NotChanged};
use domain::texts;

use super::Problem;

impl Problem {
    /// The account has no appointment that holds.
    pub fn not_appointed(why: NotAppointed) -> Self {
        Self::said(StatusCode::FORBIDDEN, "not-appointed", why.words())
    }

    /// The version of the roster that was read is not the present one.
    pub fn roster_changed() -> Self {
        Self::said(
            StatusCode::PRECONDITION_FAILED,
            "stale",
            "problem.roster_changed",
        )
    }

    /// A change of one operator that cannot be made.
    pub fn roster_unchanged(why: NotChanged) -> Self {
        match why {
            NotChanged::UnknownOperator => Self::not_found(),
            NotChanged::NotAbsent => {
                Self::said(StatusCode::CONFLICT, "not-absent", "problem.not_absent")
            }
            NotChanged::AlreadyOver => Self::said(
                StatusCode::CONFLICT,
                "appointment-over",
                "problem.appointment_over",
            ),
            NotChanged::TooMany(limit) => Self::field(
                "operator",
                "roster.too_many",
                &[("limite", &limit.to_string())],
            ),
        }
    }
}

impl From<InvalidRoster> for Problem {
    fn from(invalid: InvalidRoster) -> Self {
        let words = texts::italian();
        let problem = Self::said(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "problem.invalid",
        );
        invalid.0.into_iter().fold(problem, |problem, fault| {
            let (key, values) = fault.wrong.words();
            let values: Vec<(&str, &str)> = values
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            problem.with_error(&fault.field, words.staff(key, &values))
        })
    }
}
