use jiff::ToSpan;
use proptest::prelude::*;

use super::*;
use crate::notice::draft::tests::now;
use crate::notice::tests::{actor, at, request};
use crate::notice::{Around, Move, Signed, Waiver};
use crate::staff::Role;
use crate::tenant::tests::rubano;

/// A notice that is to leave at `send_at`, approved when it was asked for.
fn scheduled(send_at: Instant) -> NoticeRequest {
    let tenant = rubano();
    let move_on = |request: NoticeRequest, step, name, role| {
        let by = actor(name, &[role]);
        request.apply(step, &by, &tenant, now()).unwrap().request
    };
    let taken = move_on(request(), Move::TakeCharge, "sportello.uno", Role::Operator);
    let forwarded = move_on(taken, Move::Forward, "capo.settore", Role::SectorHead);
    let digest = forwarded.digest(&tenant);
    let approved = move_on(
        forwarded,
        Move::Approve(digest),
        "gruppo.uno",
        Role::OperatingGroup,
    );
    let mut scheduled = move_on(approved, Move::Schedule, "sportello.uno", Role::Operator);
    if let State::Scheduled { send_at: hour, .. } = &mut scheduled.state {
        *hour = send_at;
    }
    scheduled
}

fn with_two_who_agree(mut request: NoticeRequest) -> NoticeRequest {
    let signed = |name: &str| Signed {
        by: name.parse().unwrap(),
        at: now(),
        instead_of: None,
    };
    request.draft.kind = Kind::Emergenza;
    request.waivers.push(Waiver {
        check: CheckId::E17,
        reason: "Rottura dell'argine.".to_owned(),
        signed: signed("sportello.uno"),
        second: Some(signed("capo.settore")),
        by_secretary: false,
    });
    request
}

fn page(digest: &str, status: u16) -> LinkReport {
    LinkReport {
        final_url: "https://www.rubano.it/notizie/mercatino".to_owned(),
        status,
        redirects: 0,
        title: None,
        published: None,
        digest: digest.to_owned(),
        checked_at: now(),
    }
}

#[test]
fn it_goes_at_its_hour_and_is_held_when_the_system_comes_too_late() {
    let hour = at("2026-11-24T09:30:00+01:00");
    let request = scheduled(hour);

    assert_eq!(at_its_hour(&request, &rubano(), hour, None), AtItsHour::Go);
    let late = at("2026-11-24T10:31:00+01:00");
    assert_eq!(
        at_its_hour(&request, &rubano(), late, None),
        AtItsHour::Hold(HoldCause::Late)
    );
}

#[test]
fn a_page_that_says_something_else_or_is_gone_holds_the_notice() {
    let hour = at("2026-11-24T09:30:00+01:00");
    let mut request = scheduled(hour);
    request.page = Some(page("uno", 200));
    let outcome = |page| at_its_hour(&request, &rubano(), hour, Some(&page));

    assert_eq!(outcome(page("uno", 200)), AtItsHour::Go);
    for changed in [page("due", 200), page("uno", 404)] {
        assert_eq!(outcome(changed), AtItsHour::Hold(HoldCause::PageChanged));
    }
}

#[test]
fn a_notice_held_for_its_page_goes_once_somebody_has_read_it_beside_the_new_page() {
    let hour = at("2026-11-24T09:30:00+01:00");
    let tenant = rubano();
    let mut request = scheduled(hour);
    request.page = Some(page("uno", 200));
    let new = page("due", 200);
    let held = request
        .advance(Move::Hold(HoldCause::PageChanged), &tenant, hour)
        .unwrap()
        .request;
    let digest = held.digest(&tenant);
    let around = Around {
        page: Some(&new),
        ..Around::plain(&tenant, hour)
    };
    let by = actor("capo.settore", &[Role::SectorHead]);

    let released = held
        .apply_in(Move::Release(digest), &by, &around)
        .unwrap()
        .request;

    assert_eq!(
        at_its_hour(&released, &tenant, hour, Some(&new)),
        AtItsHour::Go
    );
}

#[test]
fn an_approval_that_is_too_old_is_asked_for_again() {
    let hour = at("2026-12-14T09:30:00+01:00");

    assert_eq!(
        at_its_hour(&scheduled(hour), &rubano(), hour, None),
        AtItsHour::Expire
    );
}

#[test]
fn in_an_electoral_period_only_what_the_secretary_lets_through_leaves() {
    let hour = at("2026-11-24T09:30:00+01:00");
    let mut tenant = rubano();
    tenant.sending.electoral =
        serde_json::from_value(serde_json::json!([{"from": "2026-11-20", "to": "2026-11-30"}]))
            .unwrap();
    let mut request = scheduled(hour);
    let mut service = request.clone();
    service.draft.kind = Kind::PubblicaUtilita;
    assert_eq!(at_its_hour(&service, &tenant, hour, None), AtItsHour::Go);
    assert_eq!(
        at_its_hour(&request, &tenant, hour, None),
        AtItsHour::Hold(HoldCause::ForbiddenHour)
    );

    request.waivers = with_two_who_agree(request.clone()).waivers;
    request.waivers[0].check = CheckId::E20;
    request.waivers[0].by_secretary = true;
    assert_eq!(at_its_hour(&request, &tenant, hour, None), AtItsHour::Go);
}

#[test]
fn in_a_simulated_year_nothing_leaves_at_a_forbidden_hour_but_what_two_people_let_through() {
    let mut tenant = rubano();
    // An approval as long as the year, and every quarter of an hour the notice's own.
    tenant.sending.approval_valid_days = 500;
    let ordinary = scheduled(at("2026-11-24T09:30:00+01:00"));
    let emergency = with_two_who_agree(ordinary.clone());
    let mut hour = at("2026-12-01T00:00:00+01:00");
    let end = at("2027-12-01T00:00:00+01:00");
    let mut left = 0;
    while hour < end {
        let set = |mut request: NoticeRequest| {
            if let State::Scheduled { send_at, .. } = &mut request.state {
                *send_at = hour;
            }
            request
        };
        let civil = tenant.time_zone.civil(hour);
        let forbidden = civil.hour() < 8
            || civil.hour() >= 20
            || civil.weekday() == jiff::civil::Weekday::Sunday
            || crate::calendar::holidays::is_holiday(civil.date());
        let expected = if forbidden {
            AtItsHour::Hold(HoldCause::ForbiddenHour)
        } else {
            left += 1;
            AtItsHour::Go
        };
        assert_eq!(
            at_its_hour(&set(ordinary.clone()), &tenant, hour, None),
            expected,
            "{civil}"
        );
        assert_eq!(
            at_its_hour(&set(emergency.clone()), &tenant, hour, None),
            AtItsHour::Go
        );
        hour += 15.minutes();
    }
    assert!(left > 10_000, "{left}");
}

proptest! {
    #[test]
    fn what_goes_is_in_time_and_approved_not_long_ago(minutes in 0..40_000_i64, late in 0..10_000_i64) {
        let send_at = now() + minutes.minutes();
        let now = send_at + late.minutes();
        let tenant = rubano();
        let request = scheduled(send_at);
        if at_its_hour(&request, &tenant, now, None) == AtItsHour::Go {
            prop_assert!(late <= i64::from(tenant.sending.tolerance_minutes));
            prop_assert!(minutes + late < 24 * 60 * i64::from(tenant.sending.approval_valid_days) + 60);
        }
    }
}
