use super::*;
use crate::notice::tests::{actor, at, request};
use crate::notice::{Move, Signed};
use crate::staff::Role;
use crate::tenant::tests::rubano;

/// What the office asked for at `asked`.
fn asked(asked: &str) -> NoticeRequest {
    let mut request = request();
    request.submitted.at = at(asked);
    request.moved_at = None;
    request
}

fn forwarded(hour: &str) -> NoticeRequest {
    let taken = Signed {
        by: "sportello.uno".parse().unwrap(),
        at: at(hour),
        instead_of: None,
    };
    let mut request = asked(hour);
    request.state = State::TakenInCharge { taken };
    let head = actor("capo.settore", &[Role::SectorHead]);
    request
        .apply(Move::Forward, &head, &rubano(), at(hour))
        .unwrap()
        .request
}

#[test]
fn what_arrives_on_friday_night_is_due_on_monday_evening() {
    let request = asked("2026-11-20T23:00:00+01:00");
    let at_hour = |hour: &str| due(&request, &rubano(), at(hour));

    assert_eq!(at_hour("2026-11-22T12:00:00+01:00"), None);
    let monday = Some(Due::Remind(Phase::TakeCharge));
    assert_eq!(at_hour("2026-11-23T08:30:00+01:00"), monday);
    assert_eq!(at_hour("2026-11-23T17:30:00+01:00"), monday);
    let late = Some(Due::Escalate(Phase::TakeCharge));
    assert_eq!(at_hour("2026-11-23T17:30:01+01:00"), late);
}

#[test]
fn saint_francis_is_no_working_day() {
    let request = asked("2027-10-01T10:00:00+02:00");

    assert_eq!(
        due(&request, &rubano(), at("2027-10-04T18:00:00+02:00")),
        None
    );
    assert_eq!(
        due(&request, &rubano(), at("2027-10-05T09:00:00+02:00")),
        Some(Due::Remind(Phase::TakeCharge))
    );
}

#[test]
fn the_silence_of_the_group_counts_from_the_words_as_they_stand() {
    let mut tenant = rubano();
    tenant.procedure.silence_working_days = Some(1);
    let mut request = forwarded("2026-11-23T10:00:00+01:00");
    request.page = Some(crate::editorial::LinkReport {
        final_url: "https://www.rubano.it/notizie/mercatino-di-natale".to_owned(),
        status: 200,
        redirects: 0,
        title: None,
        published: None,
        digest: "0".repeat(64),
        checked_at: at("2026-11-23T10:00:00+01:00"),
    });
    let evening = at("2026-11-24T18:00:00+01:00");
    assert_eq!(due(&request, &rubano(), evening), None);
    assert_eq!(due(&request, &tenant, evening), Some(Due::Silence));

    let desk = actor("sportello.uno", &[Role::Operator]);
    let mut other = request.draft.clone();
    other.text = "Altre parole.".to_owned();
    let morning = at("2026-11-24T09:00:00+01:00");
    let reworded = request
        .apply(Move::Reword(Box::new(other)), &desk, &tenant, morning)
        .unwrap()
        .request;
    assert_eq!(due(&reworded, &tenant, evening), None);
}

#[test]
fn an_hour_that_comes_near_is_told_of_after_half_of_the_time_that_is_left() {
    let mut request = asked("2026-11-23T09:30:00+01:00");
    let hour = |request: &NoticeRequest, now: &str| hour_at_risk(request, &rubano(), at(now));

    // It is wanted on 10 December at 9:30.
    assert_eq!(hour(&request, "2026-12-09T09:29:00+01:00"), None);
    assert_eq!(
        hour(&request, "2026-12-09T09:30:00+01:00"),
        Some(Hour::Near)
    );
    assert_eq!(
        hour(&request, "2026-12-10T09:30:00+01:00"),
        Some(Hour::Past)
    );

    request.moved_at = Some(at("2026-12-10T07:30:00+01:00"));
    assert_eq!(hour(&request, "2026-12-10T08:29:00+01:00"), None);
    assert_eq!(
        hour(&request, "2026-12-10T08:30:00+01:00"),
        Some(Hour::Near)
    );
}

#[test]
fn a_notice_that_is_scheduled_or_over_is_in_no_danger() {
    let mut request = asked("2026-11-23T09:30:00+01:00");
    let eve = at("2026-12-10T09:00:00+01:00");
    assert_eq!(hour_at_risk(&request, &rubano(), eve), Some(Hour::Near));

    request.state = State::Rejected {
        rejected: request.submitted.clone(),
        reason: "Non è di interesse generale.".to_owned(),
    };
    assert_eq!(hour_at_risk(&request, &rubano(), eve), None);
}
