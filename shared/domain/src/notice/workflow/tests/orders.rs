//! Moves by whoever tries them, in orders drawn by chance.

use proptest::prelude::*;

use super::*;

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
        Just(Move::ForwardDirectly),
        "[x ]{0,2}".prop_map(Move::Object),
        "[x ]{0,2}".prop_map(|why| Move::Waive(CheckId::E16, why)),
        Just(Move::Second(CheckId::E16)),
        Just(Move::Silence),
        Just(Move::Expire),
        prop::sample::select(HoldCause::ALL.to_vec()).prop_map(Move::Hold),
        Just(Move::Release(submitted().digest(&rubano()))),
    ];
    (moves, prop::sample::select(actors.to_vec()))
}

fn is_of_the_system(step: &Move) -> bool {
    use Move as M;
    matches!(
        step,
        M::Start | M::Finish | M::Silence | M::Expire | M::Hold(_)
    )
}

proptest! {
    #[test]
    fn only_approved_words_ever_leave_and_nothing_moves_after_the_end(
        moves in prop::collection::vec(any_move(), 0..25),
    ) {
        let mut request = submitted();
        for (step, by) in moves {
            let before = request.clone();
            let outcome = if is_of_the_system(&step) {
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
            let outcome = if is_of_the_system(&step) {
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
