//! How the group decides, how long that holds, and what becomes of it at the hour.

use super::*;

fn of_the_group(quorum: u32, veto: bool) -> Tenant {
    let mut tenant = rubano();
    tenant.procedure.quorum = quorum;
    tenant.procedure.veto = veto;
    tenant
}

fn a_page() -> crate::editorial::LinkReport {
    crate::editorial::LinkReport {
        final_url: "https://www.rubano.it/notizie/mercatino-di-natale".to_owned(),
        status: 200,
        redirects: 0,
        title: None,
        published: None,
        digest: "0".repeat(64),
        checked_at: now(),
    }
}

fn member(n: u8) -> Actor {
    actor(&format!("gruppo.{n}"), &[Role::OperatingGroup])
}

#[test]
fn the_quorum_counts_different_people_and_other_words_start_it_anew() {
    let tenant = of_the_group(2, true);
    let approve = |request: NoticeRequest, n| {
        let digest = request.digest(&tenant);
        request.apply(Move::Approve(digest), &member(n), &tenant, now())
    };
    let once = approve(forwarded(), 1).unwrap().request;
    assert_eq!(once.state.name(), StateName::Forwarded);
    assert_eq!(
        approve(once.clone(), 1).map(|_| ()),
        Err(NotAllowed::AlreadyApproved)
    );
    let twice = approve(once.clone(), 2).unwrap().request;
    assert_eq!(twice.state.name(), StateName::Approved);

    let reworded = apply(
        once,
        Move::Reword(Box::new(draft("Altre parole."))),
        &desk(),
    )
    .unwrap();
    let one_again = approve(reworded, 2).unwrap().request;
    assert_eq!(one_again.state.name(), StateName::Forwarded);
}

#[test]
fn one_objection_sends_it_back_or_where_there_is_no_veto_has_to_be_outvoted() {
    let against = Move::Object("Non è di interesse generale.".into());
    let back = apply(forwarded(), against.clone(), &member(1)).unwrap();
    assert_eq!(back.state.name(), StateName::Returned);

    let tenant = of_the_group(1, false);
    let mut request = forwarded()
        .apply(against, &member(1), &tenant, now())
        .unwrap()
        .request;
    for n in [2, 3] {
        assert_eq!(request.state.name(), StateName::Forwarded);
        let digest = request.digest(&tenant);
        request = request
            .apply(Move::Approve(digest), &member(n), &tenant, now())
            .unwrap()
            .request;
    }
    assert_eq!(request.state.name(), StateName::Approved);
}

#[test]
fn silence_approves_only_where_the_comune_says_so_and_nobody_objected() {
    assert!(
        forwarded()
            .advance(Move::Silence, &rubano(), now())
            .is_err()
    );

    let mut tenant = of_the_group(1, false);
    tenant.procedure.silence_working_days = Some(1);
    assert!(
        forwarded().advance(Move::Silence, &tenant, now()).is_err(),
        "words that no check has seen"
    );
    let silent = forwarded_and_checked()
        .advance(Move::Silence, &tenant, now())
        .unwrap()
        .request;
    let endorsed = silent.state.endorsed().unwrap();
    assert!(endorsed.approval.by_silence);
    assert_eq!(endorsed.approval.signed.by, head().id);

    let against = Move::Object("Non è di interesse generale.".into());
    let contested = forwarded_and_checked()
        .apply(against, &member(1), &tenant, now())
        .unwrap()
        .request;
    assert!(contested.advance(Move::Silence, &tenant, now()).is_err());
}

/// What was forwarded, with the page that the checks saw.
fn forwarded_and_checked() -> NoticeRequest {
    let mut request = forwarded();
    request.page = Some(a_page());
    request
}

fn after_a_deploy(mut tenant: Tenant) -> Tenant {
    let body = &mut tenant.notice_template.body;
    *body = body.replace("Tutte", "Altre");
    tenant
}

#[test]
fn silence_does_not_pass_over_what_a_check_found_after_one_of_its_findings_was_set_aside() {
    let mut tenant = of_the_group(1, true);
    tenant.procedure.silence_working_days = Some(1);
    let page = a_page();
    let around = Around {
        findings: &[
            finding(CheckId::E04, Severity::Warn),
            finding(CheckId::E02, Severity::Block),
        ],
        page: Some(&page),
        ..Around::plain(&tenant, now())
    };
    let other = Move::Reword(Box::new(draft("Altre parole.")));
    let reworded = apply(forwarded_and_checked(), other, &desk()).unwrap();
    let waive = Move::Waive(CheckId::E04, "È il testo dell'ordinanza.".into());
    let waived = reworded.apply_in(waive, &desk(), &around).unwrap().request;

    let outcome = waived.advance(Move::Silence, &tenant, now());

    assert_eq!(outcome, Err(NotAllowed::OtherWords));
}

#[test]
fn silence_on_the_old_template_says_nothing_of_the_new_one() {
    let mut tenant = of_the_group(1, true);
    tenant.procedure.silence_working_days = Some(1);

    let outcome =
        forwarded_and_checked().advance(Move::Silence, &after_a_deploy(tenant.clone()), now());

    assert_eq!(outcome, Err(NotAllowed::OtherWords));
    let same = forwarded_and_checked().advance(Move::Silence, &tenant, now());
    assert!(same.is_ok());
}

#[test]
fn who_approved_under_the_old_template_is_not_counted_under_the_new_one() {
    let before = of_the_group(2, true);
    let after = after_a_deploy(before.clone());
    let approve = |request: NoticeRequest, n, tenant: &Tenant| {
        let digest = request.digest(tenant);
        let applied = request.apply(Move::Approve(digest), &member(n), tenant, now());
        applied.unwrap().request
    };
    let once = approve(forwarded(), 1, &before);

    let by_another = approve(once.clone(), 2, &after);
    assert_eq!(by_another.state.name(), StateName::Forwarded);
    let by_both = approve(by_another, 1, &after);
    assert_eq!(by_both.state.name(), StateName::Approved);
    let again = approve(once, 1, &after);
    assert_eq!(again.state.name(), StateName::Forwarded);
}

#[test]
fn an_approval_that_has_grown_old_is_asked_for_again() {
    for old in [
        approved(),
        apply(approved(), Move::Schedule, &desk()).unwrap(),
    ] {
        let expired = old.advance(Move::Expire, &rubano(), now()).unwrap().request;

        assert_eq!(expired.state.name(), StateName::Forwarded);
        assert!(apply(expired, Move::Schedule, &desk()).is_err());
    }
}

#[test]
fn what_was_held_at_its_hour_goes_out_when_somebody_reads_it_again() {
    let scheduled = apply(approved(), Move::Schedule, &desk()).unwrap();
    let held = scheduled.advance(Move::Hold(HoldCause::Late), &rubano(), now());
    let held = held.unwrap().request;
    assert!(held.clone().advance(Move::Start, &rubano(), now()).is_err());

    let digest = held.digest(&rubano());
    let released = apply(held.clone(), Move::Release(digest.clone()), &head()).unwrap();
    assert_eq!(released.state.name(), StateName::Scheduled);
    let other = apply(
        held.clone(),
        Move::Release(Digest::quoted("altro")),
        &head(),
    );
    assert_eq!(other, Err(NotAllowed::OtherWords));
    let reworded = apply(
        held,
        Move::Reword(Box::new(draft("Altre parole."))),
        &desk(),
    )
    .unwrap();
    assert_eq!(reworded.state.name(), StateName::Forwarded);
}

#[test]
fn silence_says_nothing_where_the_supplier_alone_was_asked() {
    let mut tenant = of_the_group(1, true);
    tenant.procedure.silence_working_days = Some(1);
    let page = a_page();
    let around = Around {
        head_is_absent: true,
        page: Some(&page),
        ..Around::plain(&tenant, now())
    };
    let direct = taken().apply_in(Move::ForwardDirectly, &desk(), &around);

    let outcome = direct
        .unwrap()
        .request
        .advance(Move::Silence, &tenant, now());

    assert_eq!(outcome, Err(NotAllowed::NotAsked));
}

#[test]
fn whoever_sets_a_check_aside_does_not_change_which_page_was_let_through() {
    let tenant = rubano();
    let page = |digest: &str| crate::editorial::LinkReport {
        digest: digest.to_owned(),
        ..a_page()
    };
    let (old, new) = (page("vecchia"), page("nuova"));
    let look = |page, findings| Around {
        page: Some(page),
        findings,
        ..Around::plain(&tenant, now())
    };
    let long = [finding(CheckId::E04, Severity::Warn)];
    let forwarded = taken().apply_in(Move::Forward, &head(), &look(&old, &[]));

    let waive = Move::Waive(CheckId::E04, "Va bene così.".into());
    let waived = forwarded
        .unwrap()
        .request
        .apply_in(waive, &group(), &look(&new, &long));

    assert_eq!(waived.unwrap().request.page, Some(old));
}
