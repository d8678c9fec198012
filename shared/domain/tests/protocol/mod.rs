//! The model: what there is besides the rules.

mod hand;
mod world;

pub(crate) use world::Case;
use world::World;

/// Tries `case` in every order of its steps; how many deliveries that were.
pub(crate) fn every_order(case: Case) -> u64 {
    fn onwards(world: &World, told: &mut Vec<world::Step>) -> u64 {
        let steps = world.steps();
        if steps.is_empty() {
            world.clone().close(told);
            return 1;
        }
        let mut tried = 0;
        for step in steps {
            let mut next = world.clone();
            told.push(step);
            next.make(step, told);
            tried += onwards(&next, told);
            told.pop();
        }
        tried
    }
    onwards(&World::new(case), &mut Vec::new())
}

/// Tries `case` in the one order that `seed` draws.
pub(crate) fn some_order(case: Case, seed: u64) {
    let mut random = seed;
    let mut world = World::new(case);
    let mut told = Vec::new();
    loop {
        let steps = world.steps();
        if steps.is_empty() {
            return world.close(&told);
        }
        let step =
            steps[usize::try_from(next(&mut random) % steps.len() as u64).unwrap_or_default()];
        told.push(step);
        world.make(step, &told);
    }
}

/// The next number of the sequence `SplitMix64`.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
