//! The model: all that can become of one request in the hands of two people, the system and a deploy.

mod case;
mod ghost;
mod world;

use std::collections::{BTreeSet, HashMap, VecDeque};

use domain::notice::StateName;

pub(crate) use case::Case;
use case::Setting;
use world::{Outcome, Step, World};

/// What was explored.
#[derive(Debug, Default)]
pub(crate) struct Explored {
    /// Different states of the world.
    pub(crate) states: usize,
    /// Moves that were made.
    pub(crate) moves: usize,
    /// Moves that came too late.
    pub(crate) stale: usize,
    /// The states of the request.
    pub(crate) reached: BTreeSet<&'static str>,
}

/// How a state was first come to, and where it leads.
struct Place {
    from: usize,
    step: Option<Step>,
    state: StateName,
    leads_to: Vec<usize>,
}

/// Goes wherever the steps of `case` lead, the shortest way first, and looks at everything there.
pub(crate) fn explore(case: Case) -> Explored {
    let setting = Setting::of(case);
    let mut explored = Explored::default();
    let first = World::new(&setting).unwrap();
    let mut known = HashMap::from([(first.key(&setting), 0)]);
    let mut places = vec![Place {
        from: 0,
        step: None,
        state: first.state(),
        leads_to: Vec::new(),
    }];
    let mut queue = VecDeque::from([(0, first)]);
    while let Some((place, world)) = queue.pop_front() {
        explored.reached.insert(world.state().key());
        let closed = world.is_closed(&setting);
        assert!(closed.is_ok(), "{closed:?}{}", told(&places, place, None));
        for step in world.steps(&setting) {
            let outcome = world.make(step, &setting);
            let wrong = outcome.as_ref().err();
            assert!(
                wrong.is_none(),
                "{wrong:?}{}",
                told(&places, place, Some(step))
            );
            match outcome {
                Ok(Outcome::Moved(next)) => {
                    explored.moves += 1;
                    let to = *known.entry(next.key(&setting)).or_insert_with(|| {
                        places.push(Place {
                            from: place,
                            step: Some(step),
                            state: next.state(),
                            leads_to: Vec::new(),
                        });
                        queue.push_back((places.len() - 1, *next));
                        places.len() - 1
                    });
                    places[place].leads_to.push(to);
                }
                Ok(Outcome::Stale) => explored.stale += 1,
                Ok(Outcome::Refused) | Err(_) => {}
            }
        }
    }
    explored.states = places.len();
    // Rejected and cancelled it has ended; sent or stopped it has gone out, or will when the staff says so.
    let ends = [StateName::Rejected, StateName::Cancelled];
    let out = [StateName::Sent, StateName::Stopped];
    nothing_is_lost(&places, &|state| {
        ends.contains(&state) || out.contains(&state)
    });
    if case.goes_out {
        nothing_is_lost(&places, &|state| state == StateName::Sent);
    }
    explored
}

/// From everywhere where it has not ended there is a way to where `is_end` says.
fn nothing_is_lost(places: &[Place], is_end: &dyn Fn(StateName) -> bool) {
    let mut leads_here = vec![Vec::new(); places.len()];
    for (place, at) in places.iter().enumerate() {
        for to in &at.leads_to {
            leads_here[*to].push(place);
        }
    }
    let mut finds: Vec<bool> = places.iter().map(|at| is_end(at.state)).collect();
    let mut ends: Vec<usize> = (0..places.len()).filter(|place| finds[*place]).collect();
    while let Some(end) = ends.pop() {
        for place in &leads_here[end] {
            if !std::mem::replace(&mut finds[*place], true) {
                ends.push(*place);
            }
        }
    }
    let has_ended = |at: &Place| matches!(at.state, StateName::Rejected | StateName::Cancelled);
    let lost = (0..places.len()).find(|place| !finds[*place] && !has_ended(&places[*place]));
    assert!(
        lost.is_none(),
        "no way on from here{}",
        told(places, lost.unwrap_or_default(), None)
    );
}

/// The steps that lead to `place`, then `step`.
fn told(places: &[Place], place: usize, step: Option<Step>) -> String {
    let mut steps: Vec<Step> = step.into_iter().collect();
    let mut at = &places[place];
    while let Some(step) = at.step {
        steps.push(step);
        at = &places[at.from];
    }
    steps.reverse();
    let lines: Vec<_> = steps.iter().map(|step| format!("  {step:?}")).collect();
    format!("\n{}", lines.join("\n"))
}
