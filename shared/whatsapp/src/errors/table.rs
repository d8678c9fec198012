//! The table: Meta's codes, in their order.
//!
//! `130497` stops nothing else: it is about the country of one person, and a citizen with a foreign number must not stop a
//! notice to all. Statuses of HTTP stand for an answer in which no code can be read.

use domain::platform::StopCause::{Account, Number, Payment, Permission, Policy, Token};

use super::Class::{Operator, Permanent, Retry, Unclear, Unreachable, Wait};
use super::Says::{
    MarketingRested, MarketingStopped, MediaLost, NumberRate, PairRate, WindowClosed,
};
use super::Stops::{Everything, Template};
use super::{Class, Code, Says, Stops};

const fn codes(first: i64, last: i64, http: u16, class: Class, meaning: &'static str) -> Code {
    Code {
        first,
        last,
        http,
        class,
        stops: Stops::Nothing,
        says: Says::Nothing,
        meaning,
    }
}

const fn code(code: i64, http: u16, class: Class, meaning: &'static str) -> Code {
    codes(code, code, http, class, meaning)
}

impl Code {
    const fn stops(self, stops: Stops) -> Self {
        Self { stops, ..self }
    }

    const fn says(self, says: Says) -> Self {
        Self { says, ..self }
    }
}

/// Every code that is known, in order.
pub const CODES: &[Code] = &[
    code(0, 401, Operator, "the token is not valid").stops(Everything(Token)),
    code(1, 400, Unclear, "an unknown or a server error"),
    code(2, 503, Unclear, "the service is down"),
    code(3, 403, Operator, "a permission is missing").stops(Everything(Permission)),
    code(4, 400, Retry, "too many calls of the app").says(NumberRate),
    code(10, 403, Operator, "a permission is missing").stops(Everything(Permission)),
    code(33, 400, Operator, "the number was deleted").stops(Everything(Number)),
    code(100, 400, Permanent, "a bad parameter"),
    code(190, 401, Operator, "the token has expired").stops(Everything(Token)),
    codes(200, 299, 403, Operator, "a permission is missing").stops(Everything(Permission)),
    code(
        368,
        403,
        Operator,
        "blocked for a while for a breach of policy",
    )
    .stops(Everything(Policy)),
    code(400, 400, Permanent, "refused without a code"),
    code(401, 401, Operator, "refused without a code: unauthorised").stops(Everything(Token)),
    code(402, 402, Permanent, "refused without a code"),
    code(403, 403, Operator, "refused without a code: forbidden").stops(Everything(Permission)),
    codes(404, 407, 404, Permanent, "refused without a code"),
    codes(409, 428, 409, Permanent, "refused without a code"),
    code(429, 429, Retry, "refused without a code: too many calls").says(NumberRate),
    codes(430, 498, 430, Permanent, "refused without a code"),
    code(80_007, 400, Retry, "the rate limit of the account").says(NumberRate),
    code(130_403, 400, Unreachable, "blocked by us"),
    code(130_429, 400, Retry, "the rate limit of the number").says(NumberRate),
    code(
        130_472,
        400,
        Unreachable,
        "part of an experiment of Meta's: not for this message",
    ),
    code(
        130_497,
        403,
        Operator,
        "this account may not write to that country",
    ),
    code(131_000, 500, Unclear, "an unknown error"),
    code(131_005, 403, Operator, "a permission is missing").stops(Everything(Permission)),
    codes(
        131_008,
        131_009,
        400,
        Permanent,
        "a parameter is missing or not valid",
    ),
    code(131_016, 500, Unclear, "the service is not available"),
    code(131_021, 400, Permanent, "to the number itself"),
    code(
        131_026,
        400,
        Unreachable,
        "cannot be delivered: not on WhatsApp, terms not accepted, a very old telephone",
    ),
    code(
        131_030,
        400,
        Operator,
        "not among the numbers that a test number may write to",
    ),
    code(131_031, 403, Operator, "the account is locked").stops(Everything(Account)),
    code(131_036, 0, Unclear, "the telephone could not read it"),
    code(131_037, 400, Operator, "the display name is not approved").stops(Everything(Number)),
    code(131_042, 400, Operator, "a payment problem").stops(Everything(Payment)),
    code(131_044, 400, Operator, "a payment problem of calls").stops(Everything(Payment)),
    code(131_045, 500, Operator, "the number is not registered").stops(Everything(Number)),
    code(
        131_047,
        400,
        Permanent,
        "more than 24 hours since they wrote",
    )
    .says(WindowClosed),
    code(131_048, 400, Wait, "too many were blocked or reported"),
    code(131_049, 400, Wait, "not delivered, for they get too many").says(MarketingRested),
    code(131_050, 400, Unreachable, "they want no marketing").says(MarketingStopped),
    code(131_051, 400, Permanent, "a type that is not supported"),
    code(
        131_052,
        400,
        Permanent,
        "a file of theirs could not be fetched",
    )
    .says(MediaLost),
    code(131_053, 400, Permanent, "a file of ours could not be used"),
    code(
        131_055,
        400,
        Permanent,
        "not allowed by this way of sending",
    ),
    code(131_056, 400, Retry, "too many to one person").says(PairRate),
    code(131_057, 500, Unclear, "the account is being maintained"),
    code(
        131_061,
        400,
        Permanent,
        "not available by this way of sending",
    ),
    code(131_062, 400, Permanent, "a BSUID cannot get this message"),
    code(
        131_063,
        400,
        Operator,
        "marketing templates are switched off here",
    )
    .stops(Template),
    code(
        131_064,
        400,
        Operator,
        "limited for templates of a wrong category",
    )
    .stops(Everything(Policy)),
    code(132_000, 400, Permanent, "not as many parameters as gaps"),
    code(132_001, 404, Permanent, "no such template, or not approved").stops(Template),
    code(132_005, 400, Permanent, "the filled text is too long"),
    code(132_007, 400, Operator, "the template is against the policy").stops(Template),
    code(
        132_008,
        400,
        Permanent,
        "a parameter of the template is not valid",
    ),
    code(
        132_012,
        400,
        Permanent,
        "a parameter of the template is of another kind",
    ),
    code(132_015, 400, Wait, "the template is paused").stops(Template),
    code(132_016, 400, Operator, "the template is disabled").stops(Template),
    code(
        132_018,
        400,
        Permanent,
        "characters that a parameter cannot hold",
    ),
    code(
        132_021,
        400,
        Permanent,
        "a template of Direct Send is not right",
    )
    .stops(Template),
    codes(
        132_068,
        132_069,
        400,
        Operator,
        "the form is blocked or throttled",
    ),
    code(
        133_000,
        500,
        Operator,
        "the number is not quite deregistered",
    )
    .stops(Everything(Number)),
    code(133_004, 503, Retry, "the registration server is down"),
    codes(
        133_005,
        133_006,
        400,
        Operator,
        "the PIN or the registration of the number",
    )
    .stops(Everything(Number)),
    codes(
        133_008,
        133_010,
        400,
        Operator,
        "the PIN or the registration of the number",
    )
    .stops(Everything(Number)),
    code(
        133_015,
        400,
        Operator,
        "the number was deleted a moment ago",
    )
    .stops(Everything(Number)),
    code(133_016, 400, Operator, "registered too often"),
    code(
        134_011,
        400,
        Operator,
        "the terms of payment are not accepted",
    )
    .stops(Everything(Payment)),
    code(134_100, 400, Permanent, "not a marketing message"),
    code(
        134_101,
        400,
        Wait,
        "the template is being copied: ten minutes",
    ),
    code(
        134_102,
        400,
        Permanent,
        "not enrolled in marketing messages",
    ),
    code(135_000, 400, Permanent, "a generic error"),
    code(137_000, 400, Permanent, "the identity key is another"),
    code(139_200, 400, Operator, "not admitted to Direct Send"),
    codes(147_001, 147_005, 400, Permanent, "about usernames"),
    code(2_388_019, 400, Permanent, "about the making of templates"),
    codes(
        2_388_039,
        2_388_040,
        400,
        Permanent,
        "about the making of templates",
    ),
    code(2_388_047, 400, Permanent, "about the making of templates"),
    codes(
        2_388_072,
        2_388_073,
        400,
        Permanent,
        "about the making of templates",
    ),
    code(2_388_293, 400, Permanent, "about the making of templates"),
    code(2_388_299, 400, Permanent, "about the making of templates"),
    code(2_494_100, 400, Retry, "the number is being maintained"),
];
