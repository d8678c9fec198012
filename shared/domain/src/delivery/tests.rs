use proptest::prelude::*;

use super::*;

fn at(second: i64) -> Instant {
    Instant::from_second(1_795_000_000 + second).unwrap()
}

fn intended() -> Delivery {
    match Delivery::attempt(None, true, at(0)) {
        Next::Call(delivery) => delivery,
        other => panic!("{other:?}"),
    }
}

fn report(rung: Rung, second: i64) -> Report {
    Report {
        wamid: "wamid.HBgM".parse().ok(),
        reason: (rung == Rung::Failed).then(|| Reason {
            code: 131_026,
            title: "Message undeliverable".to_owned(),
        }),
        pricing: matches!(rung, Rung::Sent | Rung::Delivered).then(|| Pricing {
            billable: true,
            category: "utility".to_owned(),
            kind: Some("regular".to_owned()),
            model: Some("PMP".to_owned()),
        }),
        ..Report::of(rung, at(second))
    }
}

#[test]
fn a_delivered_that_arrives_before_sent_is_not_lowered() {
    let delivery = intended()
        .merge(report(Rung::Delivered, 2))
        .merge(report(Rung::Sent, 1))
        .merge(report(Rung::Accepted, 0));

    assert_eq!(delivery.rung, Rung::Delivered);
    assert_eq!(delivery.at[&Rung::Sent], at(1));
}

#[test]
fn an_interrupted_call_is_never_made_again() {
    assert!(matches!(
        Delivery::attempt(Some(intended()), true, at(60)),
        Next::Doubt(doubt) if doubt.rung == Rung::Unclear
    ));
    for rung in Rung::ALL
        .into_iter()
        .filter(|r| !matches!(r, Rung::Waiting | Rung::Intended | Rung::Skipped))
    {
        let stored = intended().merge(report(rung, 0));
        assert_eq!(
            Delivery::attempt(Some(stored), true, at(60)),
            Next::Nothing,
            "{rung:?}"
        );
    }
}

#[test]
fn a_call_that_was_certainly_not_taken_may_be_made_again() {
    let waiting = intended().put_off(at(1));

    assert!(matches!(
        Delivery::attempt(Some(waiting), true, at(5)),
        Next::Call(delivery) if delivery.rung == Rung::Intended && delivery.attempts == 2
    ));
}

#[test]
fn who_has_left_is_passed_over_unless_a_call_may_have_been_made() {
    assert!(matches!(
        Delivery::attempt(None, false, at(0)),
        Next::Skip(_)
    ));
    assert!(matches!(
        Delivery::attempt(Some(intended().put_off(at(1))), false, at(5)),
        Next::Skip(_)
    ));
    assert!(matches!(
        Delivery::attempt(Some(intended()), false, at(5)),
        Next::Doubt(_)
    ));
    let accepted = intended().merge(report(Rung::Accepted, 1));
    assert_eq!(
        Delivery::attempt(Some(accepted), false, at(5)),
        Next::Nothing
    );
}

#[test]
fn a_doubt_of_another_hand_does_not_keep_a_refused_message_from_being_tried_again() {
    let Next::Doubt(doubted) = Delivery::attempt(Some(intended()), true, at(1)) else {
        panic!("an intent of another hand is doubted");
    };

    assert_eq!(doubted.put_off(at(2)).rung, Rung::Waiting);
    let sent = intended().merge(report(Rung::Sent, 1));
    assert_eq!(sent.put_off(at(2)).rung, Rung::Sent);
}

#[test]
fn a_late_word_of_an_earlier_call_does_not_open_the_one_under_way() {
    let Next::Call(second) = Delivery::attempt(Some(intended().put_off(at(1))), true, at(2)) else {
        panic!("it may be tried again");
    };

    assert_eq!(second.put_off_attempt(1, at(3)).rung, Rung::Intended);
}

#[test]
fn an_answer_that_failed_for_its_window_is_for_a_person_to_see() {
    let reply = SendId::Reply(crate::ids::ReplyId::to_message(
        &"wamid.HBgL".parse().unwrap(),
        0,
    ));
    let mut failed = report(Rung::Failed, 3);
    failed.reason = Some(Reason {
        code: WINDOW_CLOSED,
        title: "Re-engagement message".to_owned(),
    });

    assert_eq!(intended().merge(failed).needs_a_person(&reply), Some(at(3)));
    assert_eq!(
        intended()
            .merge(report(Rung::Failed, 3))
            .needs_a_person(&reply),
        None
    );
}

#[test]
fn clocks_that_disagree_do_not_open_a_call_that_is_under_way() {
    // The second attempt begins, by its own clock, before the first was put off.
    let Next::Call(again) = Delivery::attempt(Some(intended().put_off(at(10))), true, at(9)) else {
        panic!("it may be tried again");
    };

    assert_eq!(again.rung, Rung::Intended);
    assert!(matches!(
        Delivery::attempt(Some(again), true, at(11)),
        Next::Doubt(_)
    ));
}

#[test]
fn a_row_written_before_there_was_a_history_is_read_with_what_it_says() {
    let old = serde_json::json!({
        "rung": "delivered", "attempts": 1, "wamid": "wamid.HBgM",
        "at": {"intended": at(0), "accepted": at(1), "sent": at(2), "delivered": at(3)},
        "pricing": {"billable": true, "category": "utility"}
    });

    let row: Delivery = serde_json::from_value(old).unwrap();

    assert_eq!((row.rung, row.attempts), (Rung::Delivered, 1));
    assert_eq!(row.wamid, "wamid.HBgM".parse().ok());
    assert_eq!(row.at.len(), 4);
    assert_eq!(
        row.clone().merge(report(Rung::Sent, 2)).rung,
        Rung::Delivered
    );
    for (rung, attempts) in [
        ("waiting", 1),
        ("intended", 1),
        ("unclear", 1),
        ("skipped", 0),
    ] {
        let old = serde_json::json!({"rung": rung, "attempts": attempts, "at": {"intended": at(0), rung: at(1)}});
        let row: Delivery = serde_json::from_value(old).unwrap();
        assert_eq!(row.rung.key(), rung);
    }
}

#[test]
fn a_status_settles_what_was_unclear() {
    let unclear = intended().merge(Report::of(Rung::Unclear, at(30)));

    let settled = unclear.merge(report(Rung::Sent, 2));

    assert_eq!(settled.rung, Rung::Sent);
    assert_eq!(settled.wamid, "wamid.HBgM".parse().ok());
}

fn reports() -> impl Strategy<Value = Vec<Report>> {
    let reported = [
        Rung::Unclear,
        Rung::Unknown,
        Rung::Accepted,
        Rung::Sent,
        Rung::Failed,
        Rung::Delivered,
        Rung::Read,
        Rung::Played,
    ];
    prop::collection::vec(
        (prop::sample::select(reported.to_vec()), 0_i64..5)
            .prop_map(|(rung, second)| report(rung, second)),
        0..7,
    )
}

#[test]
fn what_was_priced_and_never_arrived_is_not_billed() {
    let sent = intended().merge(report(Rung::Sent, 1));
    assert!(Counts::of(&sent).billable.is_empty());

    let failed = sent.clone().merge(report(Rung::Failed, 2));
    assert!(Counts::of(&failed).billable.is_empty());
    let arrived = sent.merge(report(Rung::Delivered, 2));
    assert_eq!(Counts::of(&arrived).billable["utility"], 1);
}

proptest! {
    #[test]
    fn every_order_and_repetition_of_the_same_reports_ends_in_the_same_row(
        (reports, arrivals) in reports().prop_flat_map(|reports| {
            let repeated = [reports.clone(), reports.clone()].concat();
            (Just(reports), Just(repeated).prop_shuffle())
        }),
    ) {
        let once = reports.into_iter().fold(intended(), Delivery::merge);
        let many = arrivals.into_iter().fold(intended(), Delivery::merge);
        prop_assert_eq!(once, many);
    }

    #[test]
    fn a_row_never_goes_down(reports in reports()) {
        let mut row = intended();
        for report in reports {
            let next = row.clone().merge(report);
            prop_assert!(next.rung >= row.rung);
            row = next;
        }
    }

    #[test]
    fn the_changes_of_the_counts_add_up_to_the_counts(histories in prop::collection::vec(reports(), 0..6)) {
        let mut counts = Counts::default();
        let mut rows = Vec::new();
        for reports in histories {
            let mut row = intended();
            counts = counts.plus(&Counts::change(None, &row));
            for report in reports {
                let next = row.clone().merge(report);
                counts = counts.plus(&Counts::change(Some(&row), &next));
                row = next;
            }
            rows.push(row);
        }
        counts.rungs.retain(|_, n| *n != 0);
        counts.billable.retain(|_, n| *n != 0);
        let recounted = rows.iter().map(Counts::of).fold(Counts::default(), |sum, one| sum.plus(&one));
        prop_assert_eq!(counts, recounted);
    }

    #[test]
    fn a_row_reads_back_as_it_was_stored(reports in reports()) {
        let row = reports.into_iter().fold(intended(), Delivery::merge);
        let stored = serde_json::to_string(&row).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Delivery>(&stored).unwrap(), &row);
        prop_assert_eq!(Delivery::of(row.history.clone()), row);
    }
}
