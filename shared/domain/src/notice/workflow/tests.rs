use proptest::prelude::*;

use super::*;
use crate::notice::draft::tests::{input, now};
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

fn any_move() -> impl Strategy<Value = (Move, Actor)> {
    let actors = [
        office(),
        desk(),
        head(),
        group(),
        actor("tutto", &Role::ALL),
        actor("ufficio.cultura", &Role::ALL),
    ];
    let moves = prop_oneof![
        Just(Move::TakeCharge),
        "[a-c]{1,2}".prop_map(|text| Move::Reword(Box::new(draft(&text)))),
        Just(Move::Forward),
        "[a-c]{1,2}".prop_map(|text| Move::Approve(Digest::of(
            &draft(&text),
            Audience::AllSubscribers,
            &rubano()
        ))),
        Just(Move::Approve(submitted().digest(&rubano()))),
        "[x ]{0,2}".prop_map(Move::Return),
        "[x ]{0,2}".prop_map(Move::Reject),
        "[a-c]{1,2}".prop_map(|text| Move::Resubmit(Box::new(draft(&text)))),
        Just(Move::Schedule),
        "[x ]{0,2}".prop_map(Move::Cancel),
        Just(Move::Start),
        Just(Move::Finish),
        "[x ]{0,2}".prop_map(Move::Stop),
        Just(Move::Resume),
    ];
    (moves, prop::sample::select(actors.to_vec()))
}

proptest! {
    #[test]
    fn only_approved_words_ever_leave_and_nothing_moves_after_the_end(
        moves in prop::collection::vec(any_move(), 0..25),
    ) {
        let mut request = submitted();
        for (step, by) in moves {
            let before = request.clone();
            let system = matches!(step, Move::Start | Move::Finish);
            let outcome = if system {
                request.advance(step, &rubano(), now())
            } else {
                request.apply(step, &by, &rubano(), now())
            };
            request = match outcome {
                Ok(applied) => {
                    prop_assert_eq!(applied.request.version, before.version + 1);
                    prop_assert!(!matches!(
                        before.state.name(),
                        StateName::Rejected | StateName::Cancelled
                    ));
                    // What went out stays in its place in the register.
                    if let Some(started_at) = before.state.started_at() {
                        prop_assert_eq!(applied.request.state.started_at(), Some(started_at));
                    }
                    if before.state.name() == StateName::Sent {
                        prop_assert_eq!(applied.request.state.name(), StateName::Stopped);
                    }
                    applied.request
                }
                Err(_) => before,
            };
            if let Some(endorsed) = request.state.endorsed() {
                prop_assert_eq!(&endorsed.approval.digest, &request.digest(&rubano()));
                prop_assert_ne!(&endorsed.approval.signed.by, &request.submitted.by);
            }
        }
    }

    #[test]
    fn a_request_reads_back_as_it_was_stored(moves in prop::collection::vec(any_move(), 0..12)) {
        let request = moves.into_iter().fold(submitted(), |request, (step, by)| {
            let before = request.clone();
            let system = matches!(step, Move::Start | Move::Finish);
            let outcome = if system {
                request.advance(step, &rubano(), now()).map(|applied| applied.request)
            } else {
                apply(request, step, &by)
            };
            outcome.unwrap_or(before)
        });
        let stored = serde_json::to_string(&request).unwrap();
        prop_assert_eq!(serde_json::from_str::<NoticeRequest>(&stored).unwrap(), request);
    }
}
