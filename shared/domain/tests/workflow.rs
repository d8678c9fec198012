//! The workflow with everything that two people, the system and a deploy can do to one request, in every order.
//!
//! The request is stored as the functions store it, on the version that was read; each of the two works on what they have
//! read, which may be old. A record of its own, which looks at what is done and not at the request, says after every move
//! whether it was right: who wrote, who approved which words, who was against it. Where a rule is broken the shortest way to it
//! is told.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops")]

mod procedure;

use domain::editorial::{CheckId, Severity};
use domain::staff::Role;
use procedure::{Case, explore};

type Found = &'static [(CheckId, Severity)];

/// Nothing is found.
const CLEAN: Found = &[];
/// It takes a reason.
const LONG: Found = &[(CheckId::E04, Severity::Warn)];
/// It takes a second person.
const REPEATED: Found = &[(CheckId::E16, Severity::Block)];
/// It takes the secretary for the one and a reason for the other.
const ELECTORAL: Found = &[
    (CheckId::E20, Severity::Block),
    (CheckId::E04, Severity::Warn),
];
/// Of one a reason would be enough, and the other nobody may set aside.
const BROKEN: Found = &[
    (CheckId::E04, Severity::Warn),
    (CheckId::E02, Severity::Block),
];

/// Two who may do everything, with a request of a third.
const BOTH: Case = Case {
    actors: [("uno", &Role::ALL), ("due", &Role::ALL)],
    asked_by: "ufficio",
    is_before_the_group: false,
    quorum: 1,
    veto: true,
    silence: false,
    words: &[CLEAN, REPEATED, BROKEN],
    deploys: false,
    head_may_be_away: true,
    goes_out: true,
};

/// Two of the group, one of them at the desk as well, with what others have put before them.
const MEMBERS: Case = Case {
    actors: [
        ("uno", &[Role::OperatingGroup]),
        ("due", &[Role::OperatingGroup, Role::Operator]),
    ],
    is_before_the_group: true,
    quorum: 2,
    words: &[CLEAN, LONG],
    deploys: true,
    head_may_be_away: false,
    goes_out: false,
    ..BOTH
};

/// States of a request that was put before the group by others.
const BEFORE_THE_GROUP: usize = 10;
/// Every state of a request.
const ALL: usize = 12;

/// Explores `case`, which must not be smaller than it was when it was written: that many states of the request, and of the
/// whole.
fn find_nothing_wrong(case: Case, reached: usize, states: usize) {
    let explored = explore(case);
    assert_eq!(explored.reached.len(), reached, "{explored:?}");
    assert!(explored.states >= states, "{explored:?}");
    // Each state is come to in several ways, and whoever is late is told so in most of them.
    assert!(explored.moves > 3 * explored.states, "{explored:?}");
    assert!(explored.stale > explored.states, "{explored:?}");
}

#[test]
fn two_who_may_do_everything_send_nothing_without_each_other() {
    find_nothing_wrong(BOTH, ALL, 1_700);
}

#[test]
fn where_it_takes_two_one_is_enough_only_with_the_silence_of_the_others() {
    let case = Case {
        quorum: 2,
        veto: false,
        silence: true,
        words: &[CLEAN, BROKEN],
        ..BOTH
    };
    find_nothing_wrong(case, ALL, 1_700);
}

#[test]
fn a_template_that_changes_meanwhile_takes_every_approval_with_it() {
    let case = Case {
        words: &[CLEAN, LONG],
        deploys: true,
        // What was stopped does not go on with other words.
        goes_out: false,
        ..BOTH
    };
    find_nothing_wrong(case, ALL, 4_200);
}

#[test]
fn desk_and_head_send_nothing_but_by_the_silence_of_the_group() {
    let case = Case {
        actors: [
            ("sportello", &[Role::Operator]),
            ("capo", &[Role::SectorHead]),
        ],
        silence: true,
        goes_out: false,
        ..BOTH
    };
    find_nothing_wrong(case, ALL, 700);
}

#[test]
fn two_of_the_group_decide_by_quorum_by_majority_and_by_silence() {
    find_nothing_wrong(MEMBERS, BEFORE_THE_GROUP, 330);
    let majority = Case {
        quorum: 1,
        veto: false,
        ..MEMBERS
    };
    find_nothing_wrong(majority, BEFORE_THE_GROUP, 1_100);
    let silence = Case {
        veto: false,
        silence: true,
        ..MEMBERS
    };
    find_nothing_wrong(silence, BEFORE_THE_GROUP, 1_600);
}

#[test]
fn the_word_of_the_supplier_alone_is_enough_only_past_a_head_who_is_absent() {
    let case = Case {
        actors: [
            ("ditta", &[Role::Supplier]),
            ("sportello", &[Role::Operator, Role::SectorHead]),
        ],
        quorum: 2,
        goes_out: false,
        ..BOTH
    };
    find_nothing_wrong(case, ALL, 200);
}

#[test]
fn the_office_that_asked_approves_nothing_whatever_else_it_is() {
    let case = Case {
        actors: [
            (
                "ufficio",
                &[Role::Requester, Role::OperatingGroup, Role::Operator],
            ),
            ("membro", &[Role::OperatingGroup, Role::SectorHead]),
        ],
        veto: false,
        silence: true,
        ..BOTH
    };
    find_nothing_wrong(case, ALL, 1_500);
}

#[test]
fn what_takes_the_secretary_does_not_pass_without_and_each_finding_is_lifted_by_itself() {
    let case = Case {
        actors: [
            ("capo", &[Role::Requester, Role::Operator, Role::SectorHead]),
            ("segretario", &[Role::Secretary, Role::OperatingGroup]),
        ],
        words: &[ELECTORAL, CLEAN],
        ..BOTH
    };
    find_nothing_wrong(case, ALL, 4_000);
}
