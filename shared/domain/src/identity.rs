//! Who somebody is: which of our people a webhook speaks of, and which names are whose after it.
//!
//! Meta shows up to three names of a person at once: the BSUID, the BSUID of a parent business, the number. A BSUID is one
//! person's for good. A number is not: it is given up, and given to somebody else. So the names have a rank, BSUID before
//! parent before number, and a weaker name follows the stronger one that it was *last* shown with:
//!
//! - each person shows at most one parent and one number, the one shown last;
//! - each parent and each number belongs to at most one person, the one it was shown with last;
//! - what arrives late, and is older than what is known of either side, changes neither.
//!
//! Two rows of ours become one person only by proof: one webhook that shows two names of which one was known alone, an answer
//! to our asking for the number, or Meta's word that an id was changed for another. Whatever else looks like one person stays
//! two. Because the hours decide, and not the order of arrival, every order and repetition of the same events leaves the same
//! names to the same people.

use std::collections::{BTreeMap, BTreeSet};

use crate::Instant;
use crate::contact::{Contact, Identifier};
use crate::ids::{PersonId, ReplyId};
use crate::person::Person;

/// Whose a name is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// This person's.
    Person(PersonId),
    /// Nobody's any more: whoever had it has another. Nothing shown before this hour gives it to anybody.
    Nobody {
        /// When it was last shown with somebody.
        since: Instant,
    },
}

/// What is known of the names that an event shows, and of the people who have them.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Whose each name is. A person who was joined into another is that other.
    pub owners: BTreeMap<Identifier, Owner>,
    /// Those people.
    pub people: BTreeMap<PersonId, Person>,
}

/// Who an event speaks of, and what changes by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identified {
    /// The person, as they are known now.
    pub person: Person,
    /// Whose each name is that changed hands or was new.
    pub owners: BTreeMap<Identifier, Owner>,
    /// People who turned out to be this person: whoever finds them is to go on to `person`.
    pub joined: BTreeSet<PersonId>,
    /// People who lost a name to this person, as they are now.
    pub losers: Vec<Person>,
    /// Unsaid replies that were dropped because there were too many.
    pub dropped: Vec<ReplyId>,
}

impl Identified {
    /// `person`, of whom no name changes.
    pub fn only(person: Person) -> Self {
        Self {
            person,
            owners: BTreeMap::new(),
            joined: BTreeSet::new(),
            losers: Vec::new(),
            dropped: Vec::new(),
        }
    }
}

/// Meta's word that somebody has other names now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// What they were known by.
    pub previous: Contact,
    /// What they are known by.
    pub current: Contact,
    /// Since when.
    pub at: Instant,
}

/// Who is shown as `seen` at `at`. If it is nobody we know, they are `fresh`.
pub fn recognise(seen: &Contact, at: Instant, known: Known, fresh: PersonId) -> Identified {
    let names: Vec<Identifier> = seen.identifiers().collect();
    let mut ledger = Ledger::new(known, fresh, seen, at);
    let mut owners = names.iter().enumerate();
    let anchor = owners.find_map(|(rank, name)| {
        if rank == 0 {
            ledger.owner(name)
        } else {
            ledger
                .owner_by_then(name)
                .filter(|id| ledger.is_only(id, name))
        }
    });
    if let Some(anchor) = anchor {
        ledger.is_about(&anchor);
    }
    let mut names = names.iter();
    if let Some(strongest) = names.next() {
        ledger.take(strongest);
    }
    for name in names {
        ledger.link(name, Freely::Always);
    }
    ledger.close()
}

/// Who has other names by `rotation`. If nobody is known by either, they are `fresh`, and known by both. `None` if it is older
/// than all that is known of those names.
pub fn rotate(rotation: &Rotation, known: Known, fresh: PersonId) -> Option<Identified> {
    let mut ledger = Ledger::new(known, fresh, &rotation.current, rotation.at);
    let was = rotation.previous.identifiers().next();
    let is = rotation.current.bsuid().cloned().map(Identifier::Bsuid);
    let former = was.as_ref().and_then(|name| ledger.owner_by_then(name));
    let latter = is.as_ref().and_then(|name| ledger.owner(name));
    // A number for a number: if nobody has the old one, whoever has the new one is who they are.
    let weaker = rotation.current.identifiers().next();
    let anchor = former.or_else(|| latter.clone());
    if let Some(anchor) = anchor.or_else(|| ledger.owner(&weaker?)) {
        ledger.is_about(&anchor);
    }
    if let Some(id) = rotation.previous.bsuid() {
        // It stays theirs: what was written before may still arrive.
        ledger.own(&Identifier::Bsuid(id.clone()));
    }
    if let Some(name) = &is {
        if let Some(latter) = latter {
            ledger.join(&latter);
        }
        ledger.take(name);
    }
    ledger.give_up_number(rotation.current.phone());
    for name in rotation.current.identifiers() {
        if !matches!(name, Identifier::Bsuid(_)) {
            ledger.link(&name, Freely::IfHeardSince);
        }
    }
    (!ledger.is_of_nobody()).then(|| ledger.close())
}

/// When somebody who is known by nothing but the linked name is this person.
#[derive(Clone, Copy, PartialEq)]
enum Freely {
    /// Always: the event shows both names.
    Always,
    /// If they have written since the event: before it, the name may have been another's.
    IfHeardSince,
}

/// What is known, while an event that happened `at` is entered.
struct Ledger {
    at: Instant,
    owners: BTreeMap<Identifier, Owner>,
    people: BTreeMap<PersonId, Person>,
    /// The person the event speaks of, but for their contact.
    me: Person,
    /// Their contact, once anything is theirs.
    contact: Option<Contact>,
    is_fresh: bool,
    moved: BTreeSet<Identifier>,
    joined: BTreeSet<PersonId>,
    losers: BTreeSet<PersonId>,
    dropped: Vec<ReplyId>,
}

impl Ledger {
    fn new(known: Known, fresh: PersonId, seen: &Contact, at: Instant) -> Self {
        Self {
            at,
            owners: known.owners,
            people: known.people,
            me: Person::new(fresh, seen.clone()),
            contact: None,
            is_fresh: true,
            moved: BTreeSet::new(),
            joined: BTreeSet::new(),
            losers: BTreeSet::new(),
            dropped: Vec::new(),
        }
    }

    fn is_about(&mut self, id: &PersonId) {
        if let Some(person) = self.people.remove(id) {
            self.contact = Some(person.contact.clone());
            self.me = person;
            self.is_fresh = false;
        }
    }

    /// Whose `name` is. A number or a parent that a person does not show any more is not theirs, whatever an old row says.
    fn owner(&self, name: &Identifier) -> Option<PersonId> {
        let Some(Owner::Person(id)) = self.owners.get(name) else {
            return None;
        };
        let contact = if *id == self.me.id {
            self.contact.as_ref()
        } else {
            self.people.get(id).map(|person| &person.contact)
        }?;
        let is_theirs =
            matches!(name, Identifier::Bsuid(_)) || contact.identifiers().any(|own| own == *name);
        is_theirs.then(|| id.clone())
    }

    /// Whose `name` is, if nothing later than the event says so.
    fn owner_by_then(&self, name: &Identifier) -> Option<PersonId> {
        let later = !matches!(name, Identifier::Bsuid(_)) && self.shown(name) > Some(self.at);
        self.owner(name).filter(|_| !later)
    }

    /// When `name` was last shown with a stronger one.
    fn shown(&self, name: &Identifier) -> Option<Instant> {
        match (self.owner(name), self.owners.get(name)) {
            (Some(id), _) if id == self.me.id => self.me.shown.at(name),
            (Some(id), _) => self
                .people
                .get(&id)
                .and_then(|person| person.shown.at(name)),
            (None, Some(Owner::Nobody { since })) => Some(*since),
            (None, _) => None,
        }
    }

    /// Whether somebody is known by nothing stronger than `name`.
    fn is_only(&self, id: &PersonId, name: &Identifier) -> bool {
        let person = self.people.get(id);
        person.is_some_and(|person| person.contact.identifiers().next().as_ref() == Some(name))
    }

    /// The name of the kind of `name` that they show.
    fn own_like(&self, name: &Identifier) -> Option<Identifier> {
        let mut names = self.contact.as_ref()?.identifiers();
        names.find(|own| std::mem::discriminant(own) == std::mem::discriminant(name))
    }

    fn own(&mut self, name: &Identifier) {
        let owner = Owner::Person(self.me.id.clone());
        if self.owners.get(name) != Some(&owner) {
            self.owners.insert(name.clone(), owner);
            self.moved.insert(name.clone());
        }
    }

    fn is_nobodys(&mut self, name: &Identifier, since: Instant) {
        self.owners.insert(name.clone(), Owner::Nobody { since });
        self.moved.insert(name.clone());
    }

    fn show(&mut self, name: &Identifier) {
        self.contact = match self.contact.take() {
            Some(contact) => Some(contact.with(name)),
            None => Some(Contact::from(name.clone())),
        };
    }

    fn hide(&mut self, name: &Identifier) {
        let since = self.me.shown.at(name).unwrap_or(self.at);
        self.contact = self.contact.take().and_then(|own| own.without(name));
        self.is_nobodys(name, since);
    }

    /// The strongest name of the event is theirs.
    fn take(&mut self, name: &Identifier) {
        if let Identifier::Bsuid(_) = name {
            self.own(name);
            if self.own_like(name).is_none() || self.me.shown.at(name) <= Some(self.at) {
                self.show(name);
                self.me.shown.note(name, Some(self.at));
            }
        } else if self.owner(name).is_none() {
            // Shown with nothing stronger, it says nothing of who else may have had it.
            let since = self.shown(name);
            self.own(name);
            self.show(name);
            self.me.shown.note(name, since);
        }
    }

    /// The event shows `name` with a stronger one of theirs.
    fn link(&mut self, name: &Identifier, freely: Freely) {
        let at = Some(self.at);
        let owner = self.owner(name);
        if owner.as_ref() == Some(&self.me.id) {
            return self.me.shown.note(name, at);
        }
        let there = self.shown(name);
        if self.me.shown.at(name) > at {
            // It was theirs then, and is not any more: nor is it of whoever had it before.
            if there < at {
                self.outlive(name, owner);
            }
            return;
        }
        let mine = self.own_like(name);
        if let Some(mine) = &mine {
            self.hide(mine);
        }
        self.me.shown.note(name, at);
        if there > at {
            return;
        }
        if let Some(owner) = owner {
            let heard = self
                .people
                .get(&owner)
                .and_then(|person| person.last_heard_at);
            let is_me = self.is_only(&owner, name) && (freely == Freely::Always || heard >= at);
            if is_me {
                self.join(&owner);
            } else {
                self.take_from(&owner, name);
            }
        }
        self.own(name);
        self.show(name);
    }

    fn outlive(&mut self, name: &Identifier, owner: Option<PersonId>) {
        let since = self.at;
        match owner {
            Some(owner) if self.is_only(&owner, name) => {
                if let Some(person) = self.people.get_mut(&owner) {
                    person.shown.note(name, Some(since));
                    self.losers.insert(owner);
                }
            }
            Some(owner) => {
                self.take_from(&owner, name);
                self.is_nobodys(name, since);
            }
            None => self.is_nobodys(name, since),
        }
    }

    fn take_from(&mut self, owner: &PersonId, name: &Identifier) {
        if let Some(person) = self.people.get_mut(owner) {
            match person.contact.without(name) {
                Some(rest) => person.contact = rest,
                None => person.unreachable_since = Some(self.at),
            }
            self.losers.insert(owner.clone());
        }
    }

    /// `id` is the same person.
    fn join(&mut self, id: &PersonId) {
        let Some(other) = self.people.remove(id) else {
            return;
        };
        self.losers.remove(id);
        self.joined.insert(id.clone());
        self.hide_what_they_outlived(&other);
        for name in other.contact.identifiers() {
            let shown = other.shown.at(&name);
            let mine = self.own_like(&name);
            let is_later = match mine {
                Some(_) => shown > self.me.shown.at(&name),
                None => shown >= self.me.shown.at(&name),
            };
            let is_bsuid = matches!(name, Identifier::Bsuid(_));
            if is_later {
                if let Some(mine) = mine.filter(|_| !is_bsuid) {
                    self.hide(&mine);
                }
                self.show(&name);
            }
            if is_later || is_bsuid {
                self.own(&name);
            } else {
                self.is_nobodys(&name, shown.unwrap_or(self.at));
            }
            self.me.shown.note(&name, shown);
        }
        let theirs = Owner::Person(id.clone());
        let aliases: Vec<Identifier> = self
            .owners
            .iter()
            .filter(|(name, owner)| **owner == theirs && matches!(name, Identifier::Bsuid(_)))
            .map(|(name, _)| name.clone())
            .collect();
        for name in &aliases {
            self.own(name);
        }
        self.me.shown.absorb(&other.shown);
        self.dropped.extend(self.me.absorb(other));
    }

    /// What `other` had later, and has no more, was theirs after what I show: I show it no more either.
    fn hide_what_they_outlived(&mut self, other: &Person) {
        let own = self.contact.iter().flat_map(Contact::identifiers);
        let outlived: Vec<Identifier> = own
            .filter(|name| !matches!(name, Identifier::Bsuid(_)))
            .filter(|name| {
                let mut theirs = other.contact.identifiers();
                let is_like =
                    |own: &Identifier| std::mem::discriminant(own) == std::mem::discriminant(name);
                !theirs.any(|own| is_like(&own)) && other.shown.at(name) > self.me.shown.at(name)
            })
            .collect();
        for name in &outlived {
            self.hide(name);
        }
    }

    /// Ids change with the number: the one they had will be somebody else's.
    fn give_up_number(&mut self, current: Option<&crate::contact::Phone>) {
        let own = self.contact.as_ref().and_then(Contact::phone).cloned();
        let shown = self.me.shown.phone();
        if own.as_ref() == current && own.is_some() || shown > Some(self.at) {
            return;
        }
        if let Some(phone) = own {
            self.hide(&Identifier::Phone(phone));
        }
        self.me.shown.note_phone(self.at);
    }

    fn is_of_nobody(&self) -> bool {
        self.is_fresh && self.contact.is_none()
    }

    fn close(self) -> Identified {
        let Self {
            owners,
            mut people,
            mut me,
            contact,
            moved,
            joined,
            losers,
            ..
        } = self;
        match contact {
            Some(contact) => {
                me.contact = contact;
                me.unreachable_since = None;
            }
            None => me.unreachable_since = Some(self.at),
        }
        let owners = owners.into_iter().filter(|(name, _)| moved.contains(name));
        Identified {
            person: me,
            owners: owners.collect(),
            joined,
            losers: losers.iter().filter_map(|id| people.remove(id)).collect(),
            dropped: self.dropped,
        }
    }
}

#[cfg(test)]
mod tests;
