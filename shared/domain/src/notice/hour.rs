//! What becomes of a scheduled notice when its hour has come.

use crate::Instant;
use crate::editorial::{CheckId, LinkReport, is_barred_by_elections};
use crate::tenant::Tenant;

use super::draft::Kind;
use super::request::NoticeRequest;
use super::state::{HoldCause, State};

/// What is to be done at the hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtItsHour {
    /// It goes out.
    Go,
    /// Somebody has to look at it first.
    Hold(HoldCause),
    /// Its approval has grown too old: it is asked for again.
    Expire,
}

/// What becomes of `request`, which is scheduled, at `now`. `page` is the page as it is now; `None` where nobody looked.
///
/// The page is compared by what it says (its digest), not by its address: a page that was corrected after the approval may
/// contradict the notice.
pub fn at_its_hour(
    request: &NoticeRequest,
    tenant: &Tenant,
    now: Instant,
    page: Option<&LinkReport>,
) -> AtItsHour {
    let State::Scheduled { endorsed, send_at } = &request.state else {
        return AtItsHour::Go;
    };
    // A deploy has changed the template since: nobody has approved these words.
    if endorsed.approval.digest != request.digest(tenant) {
        return AtItsHour::Hold(HoldCause::WordsChanged);
    }
    let rules = &tenant.sending;
    if now >= rules.approval_ends(endorsed.approval.since(), &tenant.time_zone) {
        return AtItsHour::Expire;
    }
    if rules.is_late(*send_at, now) {
        return AtItsHour::Hold(HoldCause::Late);
    }
    let civil = tenant.time_zone.civil(now);
    if rules.check_hour(civil).is_err() && !may_break_the_quiet(request) {
        return AtItsHour::Hold(HoldCause::ForbiddenHour);
    }
    let barred = rules.is_electoral(civil.date()) && is_barred_by_elections(&request.draft, tenant);
    if barred && !is_set_aside(request, CheckId::E20) {
        return AtItsHour::Hold(HoldCause::ForbiddenHour);
    }
    match (page, &request.page) {
        (Some(page), _) if page.status != 200 => AtItsHour::Hold(HoldCause::PageChanged),
        (Some(page), Some(approved)) if page.digest != approved.digest => {
            AtItsHour::Hold(HoldCause::PageChanged)
        }
        _ => AtItsHour::Go,
    }
}

/// An emergency, for which two people have said that it cannot wait.
fn may_break_the_quiet(request: &NoticeRequest) -> bool {
    request.draft.kind == Kind::Emergenza
        && request
            .waivers
            .iter()
            .any(|waiver| waiver.check == CheckId::E17 && waiver.second.is_some())
}

fn is_set_aside(request: &NoticeRequest, check: CheckId) -> bool {
    request
        .waivers
        .iter()
        .any(|waiver| waiver.check == check && waiver.by_secretary)
}

#[cfg(test)]
mod tests;
