//! The send protocol without anything around it: one message in a queue that may hand it out twice, hands that die at any
//! step, a store that tells who wrote first, and a Meta that takes the message, refuses it, or does not say.
//!
//! Small cases are tried in every order of steps there is, larger ones in orders drawn from a seed: together a million
//! deliveries and more. The rules are the real ones, `Delivery::attempt`, `put_off` and `merge`; the steps are those of
//! `functions/send`, one after the other as docs/sending.md tells them.

mod protocol;

use protocol::{Case, every_order, some_order};

/// Deliveries tried in an order drawn by chance.
const DRAWN: u64 = 300_000;
const SEED: u64 = 20_261_124;

#[test]
fn one_hand_that_dies_anywhere_sends_once_or_leaves_a_row_that_says_so() {
    let tried = every_order(Case {
        crashes: 2,
        receives: 3,
        refusals: 1,
        statuses: 2,
        ..Case::default()
    });
    assert!(tried > 10_000, "{tried}");
}

#[test]
fn two_hands_with_the_same_message_send_once_in_whatever_order_they_work() {
    let tried = every_order(Case {
        crashes: 1,
        receives: 2,
        twice: 1,
        refusals: 1,
        statuses: 1,
        ..Case::default()
    });
    assert!(tried > 800_000, "{tried}");
}

#[test]
fn a_write_whose_answer_was_lost_is_known_again_by_the_hand_that_made_it() {
    let tried = every_order(Case {
        crashes: 1,
        receives: 2,
        twice: 1,
        unheard: 1,
        statuses: 1,
        ..Case::default()
    });
    assert!(tried > 250_000, "{tried}");
}

#[test]
fn who_leaves_meanwhile_gets_nothing_more() {
    let tried = every_order(Case {
        crashes: 1,
        receives: 2,
        refusals: 1,
        statuses: 1,
        leaves: true,
        ..Case::default()
    });
    assert!(tried > 1_000, "{tried}");
}

#[test]
fn orders_drawn_by_chance_with_more_deaths_repeats_and_refusals_end_well_too() {
    let large = Case {
        crashes: 4,
        receives: 6,
        twice: 2,
        refusals: 3,
        unheard: 2,
        statuses: 3,
        repeats: 3,
        leaves: true,
    };
    // Two at a time: they share nothing.
    std::thread::scope(|scope| {
        for half in 0..2 {
            scope.spawn(move || {
                for n in (half..DRAWN).step_by(2) {
                    some_order(large, SEED + n);
                }
            });
        }
    });
}
