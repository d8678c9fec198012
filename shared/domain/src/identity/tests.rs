//! Whose a name is, whatever the order in which it is told.

use proptest::prelude::*;

use super::*;
use crate::contact::{Bsuid, Phone};
use crate::ids::Wamid;
use crate::person::{Order, Proof, Subscription};

/// All that the tables know.
#[derive(Debug, Clone, Default)]
struct World {
    owners: BTreeMap<Identifier, Owner>,
    people: BTreeMap<PersonId, Person>,
    aliases: BTreeMap<PersonId, PersonId>,
    made: u32,
}

fn at(second: i64) -> Instant {
    Instant::from_second(1_795_000_000 + second).unwrap()
}

fn bsuid(n: u32) -> Bsuid {
    format!("IT.user{n}").parse().unwrap()
}

fn phone(n: u32) -> Phone {
    format!("3900000000{n:02}").parse().unwrap()
}

fn seen(id: Option<u32>, number: Option<u32>) -> Contact {
    Contact::new(number.map(phone), id.map(bsuid)).unwrap()
}

impl World {
    fn known(&self, names: impl Iterator<Item = Identifier>) -> Known {
        let mut known = Known::default();
        for name in names {
            let Some(owner) = self.owners.get(&name) else {
                continue;
            };
            let owner = match owner {
                Owner::Person(id) => {
                    let mut id = id;
                    while let Some(next) = self.aliases.get(id) {
                        id = next;
                    }
                    known.people.insert(id.clone(), self.people[id].clone());
                    Owner::Person(id.clone())
                }
                nobody @ Owner::Nobody { .. } => nobody.clone(),
            };
            known.owners.insert(name, owner);
        }
        known
    }

    fn fresh(&mut self) -> PersonId {
        self.made += 1;
        format!("p_{:026}", self.made).parse().unwrap()
    }

    fn write(&mut self, identified: Identified) -> PersonId {
        let id = identified.person.id.clone();
        for joined in identified.joined {
            self.people.remove(&joined);
            self.aliases.insert(joined, id.clone());
        }
        self.owners.extend(identified.owners);
        for person in identified.losers.into_iter().chain([identified.person]) {
            self.people.insert(person.id.clone(), person);
        }
        id
    }

    fn see(&mut self, contact: &Contact, second: i64) -> PersonId {
        let fresh = self.fresh();
        let known = self.known(contact.identifiers());
        self.write(recognise(contact, at(second), known, fresh))
    }

    fn rotate(&mut self, previous: &Contact, current: &Contact, second: i64) -> Option<PersonId> {
        let fresh = self.fresh();
        let names = previous.identifiers().chain(current.identifiers());
        let known = self.known(names);
        let rotation = Rotation {
            previous: previous.clone(),
            current: current.clone(),
            at: at(second),
        };
        rotate(&rotation, known, fresh).map(|identified| self.write(identified))
    }

    fn person(&self, name: &Identifier) -> Option<&Person> {
        let known = self.known([name.clone()].into_iter());
        let Owner::Person(id) = known.owners.get(name)? else {
            return None;
        };
        let person = &self.people[id];
        let theirs = person.contact.identifiers().any(|own| own == *name);
        (theirs || matches!(name, Identifier::Bsuid(_))).then_some(person)
    }

    fn of_id(&self, n: u32) -> Option<&Person> {
        self.person(&Identifier::Bsuid(bsuid(n)))
    }

    fn of_number(&self, n: u32) -> Option<&Person> {
        self.person(&Identifier::Phone(phone(n)))
    }

    fn order(&mut self, id: &PersonId, order: Order, second: i64) {
        let person = self.people.get_mut(id).unwrap();
        let proof = Proof {
            at: at(second),
            message: Wamid::try_from(format!("wamid.{second}")).unwrap(),
            wording: "sub.confirm it-2026-11".to_owned(),
            informativa: "2026-01".to_owned(),
        };
        let subscription = std::mem::replace(&mut person.subscription, Subscription::Never);
        person.subscription = subscription.obey(order, proof).0;
        person.last_heard_at = person.last_heard_at.max(Some(at(second)));
    }

    /// The names, in the sets that belong to one person each.
    fn partition(&self) -> BTreeSet<BTreeSet<Identifier>> {
        let mut sets: BTreeMap<&PersonId, BTreeSet<Identifier>> = BTreeMap::new();
        for name in self.owners.keys() {
            if let Some(person) = self.person(name) {
                sets.entry(&person.id).or_default().insert(name.clone());
            }
        }
        // A name that is nobody's and a name that is its only owner's tie nothing to anything.
        sets.into_values().filter(|set| set.len() > 1).collect()
    }
}

#[test]
fn a_number_known_alone_and_an_id_that_comes_with_it_are_one_person() {
    let mut world = World::default();
    let by_number = world.see(&seen(None, Some(1)), 1);
    world.order(&by_number, Order::Subscribe, 1);

    let by_both = world.see(&seen(Some(1), Some(1)), 2);
    let by_id = world.see(&seen(Some(1), None), 3);

    assert_eq!((&by_both, &by_id), (&by_number, &by_number));
    assert_eq!(world.of_id(1).unwrap().contact, seen(Some(1), Some(1)));
}

#[test]
fn two_people_known_alone_are_joined_when_one_webhook_shows_both() {
    let mut world = World::default();
    let by_number = world.see(&seen(None, Some(1)), 1);
    world.order(&by_number, Order::Leave, 4);
    let by_id = world.see(&seen(Some(1), None), 2);
    world.order(&by_id, Order::Subscribe, 2);
    assert_ne!(by_number, by_id);

    let both = world.see(&seen(Some(1), Some(1)), 5);

    assert_eq!(both, by_id);
    assert_eq!(world.aliases[&by_number], both);
    assert!(!world.people[&both].receives_notices(), "the later wish");
}

#[test]
fn a_number_that_comes_with_another_id_is_another_persons_and_brings_nothing_along() {
    let mut world = World::default();
    let first = world.see(&seen(Some(1), Some(1)), 1);
    world.order(&first, Order::Subscribe, 1);

    let second = world.see(&seen(Some(2), Some(1)), 5);

    assert_ne!(first, second);
    assert_eq!(world.people[&second].subscription, Subscription::Never);
    assert_eq!(world.people[&first].contact, seen(Some(1), None));
    assert!(world.people[&first].receives_notices(), "reached by id");
    // A message of the first that was on its way does not take the number back.
    assert_eq!(world.see(&seen(Some(1), Some(1)), 3), first);
    assert_eq!(world.of_number(1).unwrap().id, second);
}

#[test]
fn an_old_message_fills_a_gap_and_takes_nothing_back() {
    let mut world = World::default();
    let person = world.see(&seen(Some(1), None), 5);

    world.see(&seen(Some(1), Some(1)), 3);
    assert_eq!(world.people[&person].contact, seen(Some(1), Some(1)));
    world.see(&seen(Some(1), Some(2)), 2);
    assert_eq!(world.people[&person].contact, seen(Some(1), Some(1)));
    assert!(world.of_number(2).is_none());
}

#[test]
fn whoever_has_a_new_id_is_found_by_both_and_loses_the_number_that_went_with_the_old() {
    let mut world = World::default();
    let person = world.see(&seen(Some(1), Some(1)), 1);
    world.order(&person, Order::Subscribe, 1);

    for _ in 0..2 {
        let rotated = world.rotate(&seen(Some(1), None), &seen(Some(2), None), 5);
        assert_eq!(rotated.as_ref(), Some(&person));
        assert_eq!(world.people[&person].contact, seen(Some(2), None));
        assert!(world.people[&person].receives_notices());
    }
    assert_eq!(
        world.see(&seen(Some(1), None), 4),
        person,
        "on its way before"
    );
    assert_eq!(world.people[&person].contact, seen(Some(2), None));
    let stranger = world.see(&seen(Some(9), Some(1)), 6);
    assert_ne!(stranger, person);
    assert_eq!(world.see(&seen(Some(2), Some(3)), 7), person);
    assert_eq!(world.people[&person].contact, seen(Some(2), Some(3)));
}

#[test]
fn a_new_id_that_wrote_before_we_heard_of_the_change_is_joined() {
    let mut world = World::default();
    let before = world.see(&seen(Some(1), Some(1)), 1);
    world.order(&before, Order::Leave, 1);
    let after = world.see(&seen(Some(2), Some(2)), 7);

    let person = world.rotate(&seen(Some(1), None), &seen(Some(2), None), 5);

    assert_eq!(person.as_ref(), Some(&before));
    assert_eq!(world.aliases[&after], before);
    assert_eq!(world.people[&before].contact, seen(Some(2), Some(2)));
    assert!(matches!(
        world.people[&before].subscription,
        Subscription::Left { .. }
    ));
}

#[test]
fn a_change_of_ids_that_nobody_had_makes_one_person_with_both() {
    let mut world = World::default();

    let person = world
        .rotate(&seen(Some(1), None), &seen(Some(2), None), 5)
        .unwrap();

    assert_eq!(world.see(&seen(Some(1), None), 1), person);
    assert_eq!(world.see(&seen(Some(2), None), 9), person);
}

#[test]
fn a_number_changed_for_one_that_another_had_does_not_make_them_one() {
    let mut world = World::default();
    let mover = world.see(&seen(None, Some(1)), 1);
    let earlier = world.see(&seen(None, Some(2)), 2);
    world.order(&earlier, Order::Subscribe, 2);

    let person = world.rotate(&seen(None, Some(1)), &seen(None, Some(2)), 5);

    assert_eq!(person.as_ref(), Some(&mover));
    assert_eq!(world.of_number(2).unwrap().id, mover);
    assert_eq!(
        world.of_number(2).unwrap().subscription,
        Subscription::Never
    );
    assert!(
        !world.people[&earlier].receives_notices(),
        "their number is not theirs"
    );
}

#[test]
fn a_number_changed_for_one_that_has_written_since_is_the_same_person() {
    let mut world = World::default();
    let mover = world.see(&seen(None, Some(1)), 1);
    world.order(&mover, Order::Subscribe, 1);
    let since = world.see(&seen(None, Some(2)), 6);
    world.order(&since, Order::Leave, 6);

    world.rotate(&seen(None, Some(1)), &seen(None, Some(2)), 5);

    assert_eq!(world.aliases[&since], mover);
    assert!(
        !world.people[&mover].receives_notices(),
        "leaving is not lost"
    );
}

#[derive(Debug, Clone)]
enum Event {
    Seen(Contact, i64),
    Rotated(u32, u32, i64),
}

impl Event {
    fn happen(&self, world: &mut World) -> Option<PersonId> {
        match self {
            Self::Seen(contact, second) => Some(world.see(contact, *second)),
            Self::Rotated(old, new, second) => {
                world.rotate(&seen(Some(*old), None), &seen(Some(*new), None), *second)
            }
        }
    }

    /// Whether it shows two names at once.
    fn is_proof(&self) -> bool {
        !matches!(self, Self::Seen(contact, _) if contact.identifiers().count() < 2)
    }
}

/// Events of few people with few numbers, each at its own second. An id is changed for one that comes after it.
fn events() -> impl Strategy<Value = Vec<Event>> {
    let kind = prop_oneof![
        3 => (0_u32..4, 0_u32..3).prop_map(|(id, number)| (Some(id), Some(number), None)),
        1 => (0_u32..4).prop_map(|id| (Some(id), None, None)),
        1 => (0_u32..3).prop_map(|number| (None, Some(number), None)),
        1 => (0_u32..3).prop_map(|id| (Some(id), None, Some(id + 1))),
    ];
    prop::collection::vec(kind, 1..7).prop_map(|kinds| {
        (1..)
            .zip(kinds)
            .map(|(second, (id, number, new))| match (id, new) {
                (Some(old), Some(new)) => Event::Rotated(old, new, second),
                _ => Event::Seen(seen(id, number), second),
            })
            .collect()
    })
}

fn shuffled() -> impl Strategy<Value = (Vec<Event>, Vec<Event>)> {
    events().prop_flat_map(|events| {
        let twice = [events.clone(), events.clone()].concat();
        (Just(events), Just(twice).prop_shuffle())
    })
}

proptest! {
    #[test]
    fn every_order_and_repetition_leaves_the_same_names_to_the_same_people((events, arrivals) in shuffled()) {
        let (mut one, mut other) = (World::default(), World::default());
        for event in &events {
            event.happen(&mut one);
        }
        for event in &arrivals {
            event.happen(&mut other);
        }
        prop_assert_eq!(one.partition(), other.partition());
    }

    #[test]
    fn nobody_is_joined_and_no_name_tied_without_a_proof((_, arrivals) in shuffled()) {
        let mut world = World::default();
        for event in &arrivals {
            let before = world.clone();
            event.happen(&mut world);
            if !event.is_proof() {
                prop_assert_eq!(&before.aliases, &world.aliases);
                prop_assert!(world.partition().is_subset(&before.partition()) || world.partition() == before.partition());
            }
        }
    }

    #[test]
    fn whoever_left_is_never_brought_back_by_a_join((_, arrivals) in shuffled(), leaves in prop::collection::vec(any::<bool>(), 14)) {
        let mut world = World::default();
        for ((second, event), leave) in (100..).zip(&arrivals).zip(leaves) {
            let before = world.clone();
            let Some(id) = event.happen(&mut world) else { continue };
            for (alias, into) in &world.aliases {
                if before.aliases.contains_key(alias) {
                    continue;
                }
                let old = [alias, into].map(|id| before.people.get(id).map(|person| &person.subscription));
                let asked = old.iter().flatten().filter_map(|subscription| match subscription {
                    Subscription::Never => None,
                    Subscription::Subscribed { last_asked, .. } => Some((*last_asked, false)),
                    Subscription::Left { last_asked, .. } => Some((*last_asked, true)),
                });
                if let Some((_, left)) = asked.max() {
                    prop_assert_eq!(matches!(world.people[into].subscription, Subscription::Left { .. }), left);
                }
            }
            world.order(&id, if leave { Order::Leave } else { Order::Subscribe }, second);
        }
    }

    #[test]
    fn a_name_that_is_somebodys_is_on_their_contact((_, arrivals) in shuffled()) {
        let mut world = World::default();
        for event in &arrivals {
            event.happen(&mut world);
            for (name, owner) in &world.owners {
                if let (Owner::Person(_), Identifier::Phone(_)) = (owner, name) {
                    prop_assert!(world.person(name).is_some(), "{name:?}");
                }
            }
            for person in world.people.values() {
                for name in person.contact.identifiers() {
                    prop_assert_eq!(&world.person(&name).unwrap().id, &person.id);
                }
            }
        }
    }
}
