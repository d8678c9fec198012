mod group;
mod orders;

use super::*;
use crate::editorial::{Finding, Severity};
use crate::notice::Digest;
use crate::notice::draft::Draft;
use crate::notice::draft::tests::{input, now};
use crate::notice::request::{Audience, Path};
use crate::notice::state::{HoldCause, StateName};
use crate::tenant::tests::rubano;

fn draft(text: &str) -> Draft {
    let mut input = input();
    input.text = Some(text.to_owned());
    Draft::check(&input, &rubano(), now()).unwrap()
}

fn actor(name: &str, roles: &[Role]) -> Actor {
    Actor {
        id: name.parse().unwrap(),
        roles: roles.to_vec(),
    }
}

fn office() -> Actor {
    actor("ufficio.cultura", &[Role::Requester])
}

fn desk() -> Actor {
    actor("sportello.uno", &[Role::Operator])
}

fn head() -> Actor {
    actor("capo.settore", &[Role::SectorHead])
}

fn group() -> Actor {
    actor("gruppo.uno", &[Role::OperatingGroup])
}

fn submitted() -> NoticeRequest {
    let id = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B".parse().unwrap();
    NoticeRequest::submit(
        id,
        draft("Mercatino sabato 12 dicembre 2026."),
        &office(),
        &rubano(),
        now(),
    )
    .unwrap()
    .request
}

fn apply(request: NoticeRequest, step: Move, by: &Actor) -> Result<NoticeRequest, NotAllowed> {
    request
        .apply(step, by, &rubano(), now())
        .map(|applied| applied.request)
}

fn forwarded() -> NoticeRequest {
    let taken = apply(submitted(), Move::TakeCharge, &desk()).unwrap();
    apply(taken, Move::Forward, &head()).unwrap()
}

fn approved() -> NoticeRequest {
    let request = forwarded();
    let digest = request.digest(&rubano());
    apply(request, Move::Approve(digest), &group()).unwrap()
}

fn sending() -> NoticeRequest {
    let scheduled = apply(approved(), Move::Schedule, &desk()).unwrap();
    let started = scheduled.advance(Move::Start, &rubano(), now());
    started.unwrap().request
}

#[test]
fn the_written_procedure_leads_to_a_scheduled_notice() {
    let scheduled = apply(approved(), Move::Schedule, &desk()).unwrap();

    let State::Scheduled { endorsed, send_at } = &scheduled.state else {
        panic!("{:?}", scheduled.state);
    };
    assert_eq!(send_at.to_string(), "2026-12-10T08:30:00Z");
    assert_eq!(endorsed.approval.digest, scheduled.digest(&rubano()));
    assert_eq!(endorsed.approval.signed.by, group().id);
}

#[test]
fn who_asked_cannot_approve_even_with_the_role() {
    let both = actor("ufficio.cultura", &[Role::Requester, Role::OperatingGroup]);
    let request = forwarded();
    let digest = request.digest(&rubano());

    assert_eq!(
        apply(request, Move::Approve(digest), &both),
        Err(NotAllowed::OwnRequest)
    );
}

#[test]
fn who_wrote_the_words_cannot_approve_them_either() {
    let both = actor("sportello.due", &[Role::Operator, Role::OperatingGroup]);
    let reworded = apply(
        forwarded(),
        Move::Reword(Box::new(draft("Altre parole."))),
        &both,
    )
    .unwrap();
    let digest = reworded.digest(&rubano());

    let own = apply(reworded.clone(), Move::Approve(digest.clone()), &both);

    assert_eq!(own, Err(NotAllowed::OwnRequest));
    assert!(apply(reworded, Move::Approve(digest), &group()).is_ok());
}

#[test]
fn words_that_changed_while_they_were_read_are_not_approved() {
    let request = forwarded();
    let read = request.digest(&rubano());
    let reworded = apply(
        request,
        Move::Reword(Box::new(draft("Altre parole."))),
        &desk(),
    )
    .unwrap();

    assert_eq!(
        apply(reworded, Move::Approve(read), &group()),
        Err(NotAllowed::OtherWords)
    );
}

#[test]
fn a_change_after_the_approval_voids_it() {
    for approved in [
        approved(),
        apply(approved(), Move::Schedule, &desk()).unwrap(),
    ] {
        let reworded = apply(
            approved,
            Move::Reword(Box::new(draft("Altre parole."))),
            &desk(),
        )
        .unwrap();

        assert_eq!(reworded.state.name(), StateName::Forwarded);
        assert!(apply(reworded, Move::Schedule, &desk()).is_err());
    }
}

#[test]
fn a_template_changed_by_a_deploy_does_not_go_out_under_an_old_approval() {
    let scheduled = apply(approved(), Move::Schedule, &desk()).unwrap();
    let mut redeployed = rubano();
    redeployed.notice_template.body = redeployed.notice_template.body.replace("Tutte", "Altre");

    let outcome = scheduled.advance(Move::Start, &redeployed, now());

    assert_eq!(outcome, Err(NotAllowed::OtherWords));
}

#[test]
fn a_reason_is_compulsory_where_somebody_is_told_no() {
    for step in [
        Move::Return(" ".to_owned()),
        Move::Reject(String::new()),
        Move::Cancel("\n".to_owned()),
    ] {
        assert_eq!(
            apply(forwarded(), step, &head()),
            Err(NotAllowed::ReasonMissing)
        );
    }
    assert_eq!(
        apply(sending(), Move::Stop(" ".to_owned()), &head()),
        Err(NotAllowed::ReasonMissing)
    );
}

#[test]
fn a_notice_that_is_stopped_goes_back_to_where_it_was() {
    let sent = sending()
        .advance(Move::Finish, &rubano(), now())
        .unwrap()
        .request;
    for going_out in [sending(), sent] {
        let stop = Move::Stop("Il ponte è già riaperto.".to_owned());
        let stopped = apply(going_out.clone(), stop, &desk()).unwrap();

        assert_eq!(stopped.state.name(), StateName::Stopped);
        assert_eq!(stopped.state.endorsed(), going_out.state.endorsed());
        assert!(
            stopped
                .clone()
                .advance(Move::Finish, &rubano(), now())
                .is_err()
        );
        let resumed = apply(stopped, Move::Resume, &head()).unwrap();
        assert_eq!(resumed.state, going_out.state);
    }
}

#[test]
fn the_desk_may_stop_and_takes_another_to_go_on() {
    let stop = Move::Stop("Un errore nel testo.".to_owned());
    let stopped = apply(sending(), stop.clone(), &desk()).unwrap();

    assert!(apply(stopped.clone(), Move::Resume, &desk()).is_err());
    assert!(apply(sending(), stop, &office()).is_err());
    assert!(apply(stopped, Move::Resume, &group()).is_ok());
}

#[test]
fn a_stopped_notice_does_not_go_on_under_a_template_that_nobody_approved() {
    let stop = Move::Stop("Un errore nel modello.".to_owned());
    let stopped = apply(sending(), stop, &desk()).unwrap();
    let mut redeployed = rubano();
    redeployed.notice_template.body = redeployed.notice_template.body.replace("Tutte", "Altre");

    let outcome = stopped.apply(Move::Resume, &head(), &redeployed, now());

    assert_eq!(outcome, Err(NotAllowed::OtherWords));
}

#[test]
fn until_when_a_notice_is_of_use_is_part_of_what_is_approved_only_where_it_is_said() {
    let without = draft("Mercatino sabato 12 dicembre 2026.");
    let mut with = without.clone();
    with.useful_until = "2026-12-12T18:00".parse().ok();
    let of = |draft: &Draft| Digest::of(draft, Audience::AllSubscribers, &rubano());

    insta::assert_snapshot!(of(&without).as_str(), @"1454611fe599137a69ae3879e898df12559e3b84e4384f4742d745ff84f6369d");
    assert_ne!(of(&without), of(&with));
}

#[test]
fn the_wrong_role_is_told_which_role_it_takes() {
    assert_eq!(
        apply(submitted(), Move::TakeCharge, &office()),
        Err(NotAllowed::NotYours {
            needs: &[Role::Operator]
        })
    );
    assert!(apply(forwarded(), Move::Start, &group()).is_err());
}

#[test]
fn an_hour_that_has_passed_meanwhile_cannot_be_scheduled() {
    let late = "2026-12-11T00:00:00Z".parse().unwrap();

    let outcome = approved().apply(Move::Schedule, &desk(), &rubano(), late);

    assert_eq!(outcome, Err(NotAllowed::TooLate));
}

#[test]
fn a_returned_request_comes_back_with_new_words() {
    let returned = apply(
        forwarded(),
        Move::Return("Manca l'ora.".to_owned()),
        &group(),
    )
    .unwrap();
    let again = apply(
        returned,
        Move::Resubmit(Box::new(draft("Alle 9:30."))),
        &office(),
    )
    .unwrap();

    assert_eq!(again.state, State::Submitted);
    assert_eq!(again.draft.text, "Alle 9:30.");
}

fn secretary() -> Actor {
    actor("segretario", &[Role::Secretary])
}

fn supplier() -> Actor {
    actor("fornitore", &[Role::Supplier])
}

fn finding(check: CheckId, severity: Severity) -> Finding {
    Finding {
        check,
        severity,
        words: ("check.e01", Vec::new()),
        suggestion: None,
    }
}

/// Makes a move where the checks found `findings`.
fn apply_with(
    request: NoticeRequest,
    step: Move,
    by: &Actor,
    findings: &[Finding],
) -> Result<NoticeRequest, NotAllowed> {
    let tenant = rubano();
    let around = Around {
        findings,
        ..Around::plain(&tenant, now())
    };
    request
        .apply_in(step, by, &around)
        .map(|applied| applied.request)
}

fn taken() -> NoticeRequest {
    apply(submitted(), Move::TakeCharge, &desk()).unwrap()
}

#[test]
fn a_warning_is_passed_over_with_a_reason_and_a_fault_not_at_all() {
    let long = [finding(CheckId::E04, Severity::Warn)];
    let dead = [finding(CheckId::E02, Severity::Block)];
    let reason = "Il testo è quello dell'ordinanza.".to_owned();

    let held_up = apply_with(taken(), Move::Forward, &head(), &long);
    assert_eq!(held_up, Err(NotAllowed::InTheWay(vec![CheckId::E04])));
    let silent = apply_with(
        taken(),
        Move::Waive(CheckId::E04, " ".into()),
        &desk(),
        &long,
    );
    assert_eq!(silent, Err(NotAllowed::ReasonMissing));
    let waived = apply_with(
        taken(),
        Move::Waive(CheckId::E04, reason.clone()),
        &desk(),
        &long,
    );
    assert!(apply_with(waived.unwrap(), Move::Forward, &head(), &long).is_ok());

    let refused = apply_with(taken(), Move::Waive(CheckId::E02, reason), &desk(), &dead);
    assert_eq!(refused, Err(NotAllowed::NotWaivable(CheckId::E02)));
}

#[test]
fn a_repetition_takes_a_second_person_and_new_words_take_both_decisions_back() {
    let again = [finding(CheckId::E16, Severity::Block)];
    let waive = Move::Waive(CheckId::E16, "È il promemoria del giorno prima.".into());
    let waived = apply_with(taken(), waive, &desk(), &again).unwrap();

    let alone = apply_with(waived.clone(), Move::Forward, &head(), &again);
    assert_eq!(alone, Err(NotAllowed::InTheWay(vec![CheckId::E16])));
    let same = apply_with(waived.clone(), Move::Second(CheckId::E16), &desk(), &again);
    assert_eq!(same, Err(NotAllowed::SamePerson));
    let seconded = apply_with(waived, Move::Second(CheckId::E16), &head(), &again).unwrap();
    assert!(apply_with(seconded.clone(), Move::Forward, &head(), &again).is_ok());

    let reworded = apply_with(
        seconded,
        Move::Reword(Box::new(draft("Altre parole."))),
        &desk(),
        &again,
    );
    let outcome = apply_with(reworded.unwrap(), Move::Forward, &head(), &again);
    assert_eq!(outcome, Err(NotAllowed::InTheWay(vec![CheckId::E16])));
}

#[test]
fn who_has_passed_over_a_warning_has_not_passed_over_the_fault_that_it_becomes() {
    let of = |severity| [finding(CheckId::E02, severity)];
    let waive = Move::Waive(CheckId::E02, "La pagina risponde lentamente.".into());
    let waived = apply_with(taken(), waive, &desk(), &of(Severity::Warn)).unwrap();
    let forward = |severity| apply_with(waived.clone(), Move::Forward, &head(), &of(severity));

    assert!(forward(Severity::Warn).is_ok());
    let in_the_way = NotAllowed::InTheWay(vec![CheckId::E02]);
    assert_eq!(forward(Severity::Block), Err(in_the_way));
}

#[test]
fn in_an_electoral_period_it_takes_the_secretary() {
    let electoral = [finding(CheckId::E20, Severity::Block)];
    let waive = Move::Waive(CheckId::E20, "È indispensabile e impersonale.".into());

    let by_the_desk = apply_with(taken(), waive.clone(), &desk(), &electoral).unwrap();
    assert!(apply_with(by_the_desk, Move::Forward, &head(), &electoral).is_err());
    let by_the_secretary = apply_with(taken(), waive, &secretary(), &electoral).unwrap();
    assert!(apply_with(by_the_secretary, Move::Forward, &head(), &electoral).is_ok());
}

#[test]
fn only_an_emergency_breaks_quiet_hours_and_it_takes_two() {
    let at_night = [finding(CheckId::E17, Severity::Block)];
    let waive = Move::Waive(CheckId::E17, "Rottura dell'argine.".into());
    let ordinary = apply_with(taken(), waive.clone(), &desk(), &at_night);
    assert_eq!(ordinary, Err(NotAllowed::NotWaivable(CheckId::E17)));

    let mut emergency = taken();
    emergency.draft.kind = crate::notice::Kind::Emergenza;
    let waived = apply_with(emergency, waive, &desk(), &at_night).unwrap();
    assert!(apply_with(waived.clone(), Move::Forward, &head(), &at_night).is_err());
    let seconded = apply_with(waived, Move::Second(CheckId::E17), &group(), &at_night).unwrap();
    assert!(apply_with(seconded, Move::Forward, &head(), &at_night).is_ok());
}

#[test]
fn the_alternative_path_opens_only_while_the_head_is_absent() {
    let tenant = rubano();
    let there = taken().apply(Move::ForwardDirectly, &desk(), &tenant, now());
    assert_eq!(there.map(|_| ()), Err(NotAllowed::HeadIsPresent));

    let around = Around {
        head_is_absent: true,
        ..Around::plain(&tenant, now())
    };
    let direct = taken().apply_in(Move::ForwardDirectly, &desk(), &around);
    let direct = direct.unwrap().request;
    let digest = direct.digest(&tenant);
    let approved = apply(direct, Move::Approve(digest), &supplier()).unwrap();

    let endorsed = approved.state.endorsed().unwrap();
    assert_eq!(endorsed.path, Path::Alternative);
    assert_eq!(endorsed.approval.signed.by, supplier().id);
}

#[test]
fn a_deputy_signs_for_whoever_is_absent() {
    let tenant = rubano();
    let around = Around {
        instead_of: "sportello.due".parse().ok(),
        ..Around::plain(&tenant, now())
    };
    let applied = submitted()
        .apply_in(Move::TakeCharge, &desk(), &around)
        .unwrap();

    assert_eq!(applied.entry.instead_of, "sportello.due".parse().ok());
    let State::TakenInCharge { taken } = applied.request.state else {
        panic!("{:?}", applied.request.state);
    };
    assert_eq!(taken.instead_of, "sportello.due".parse().ok());
}
