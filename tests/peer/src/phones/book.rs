//! The phones by every name they have: the peer's own, the number, the BSUID. A run with tens of thousands of citizens
//! looks one up several times per message, so nothing here walks the list.

use std::collections::HashMap;

use super::Phone;

/// All phones, in the order in which they were added.
#[derive(Default)]
pub(crate) struct Book {
    phones: Vec<Phone>,
    by_id: HashMap<String, usize>,
    by_number: HashMap<String, usize>,
    by_bsuid: HashMap<String, usize>,
    /// Which number the next phone of the same name gets.
    namesakes: HashMap<String, u32>,
}

impl Book {
    /// Every phone.
    pub(crate) fn all(&self) -> &[Phone] {
        &self.phones
    }

    /// The phone with this id.
    pub(crate) fn get(&self, id: &str) -> Option<&Phone> {
        self.phones.get(*self.by_id.get(id)?)
    }

    /// The phone with this id, to be changed; numbers and BSUIDs change by [`Book::readdress`] alone.
    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Phone> {
        self.phones.get_mut(*self.by_id.get(id)?)
    }

    /// The phone with this number.
    pub(crate) fn with_number(&self, number: &str) -> Option<&Phone> {
        self.phones.get(*self.by_number.get(number)?)
    }

    /// The phone with this BSUID.
    pub(crate) fn with_bsuid(&self, bsuid: &str) -> Option<&Phone> {
        self.phones.get(*self.by_bsuid.get(bsuid)?)
    }

    /// Adds a phone, unless one of its names is another's.
    pub(crate) fn add(&mut self, phone: Phone) -> bool {
        let taken = self.by_id.contains_key(&phone.id)
            || self.by_bsuid.contains_key(&phone.bsuid)
            || phone
                .phone
                .as_ref()
                .is_some_and(|number| self.by_number.contains_key(number));
        if taken {
            return false;
        }
        let place = self.phones.len();
        self.by_id.insert(phone.id.clone(), place);
        self.by_bsuid.insert(phone.bsuid.clone(), place);
        if let Some(number) = &phone.phone {
            self.by_number.insert(number.clone(), place);
        }
        self.phones.push(phone);
        true
    }

    /// Gives the phone another number and another BSUID; the old ones are nobody's from now on. Says whether they were
    /// free.
    pub(crate) fn readdress(&mut self, id: &str, number: Option<String>, bsuid: String) -> bool {
        let Some(&place) = self.by_id.get(id) else {
            return false;
        };
        let others = |found: Option<&usize>| found.is_some_and(|other| *other != place);
        if others(self.by_bsuid.get(&bsuid))
            || others(
                number
                    .as_ref()
                    .and_then(|number| self.by_number.get(number)),
            )
        {
            return false;
        }
        let phone = &mut self.phones[place];
        self.by_bsuid.remove(&phone.bsuid);
        if let Some(old) = &phone.phone {
            self.by_number.remove(old);
        }
        self.by_bsuid.insert(bsuid.clone(), place);
        if let Some(number) = &number {
            self.by_number.insert(number.clone(), place);
        }
        phone.bsuid = bsuid;
        phone.phone = number;
        true
    }

    /// An id that nobody has: `slug`, or `slug-2`, `slug-3`…
    pub(crate) fn free_id(&mut self, slug: &str) -> String {
        let slug = if slug.is_empty() { "phone" } else { slug };
        if !self.by_id.contains_key(slug) {
            return slug.to_owned();
        }
        let next = self.namesakes.entry(slug.to_owned()).or_insert(1);
        loop {
            *next += 1;
            let id = format!("{slug}-{next}");
            if !self.by_id.contains_key(&id) {
                return id;
            }
        }
    }

    /// Forgets them all.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phones::Behaviour;

    fn phone(id: &str, number: Option<&str>) -> Phone {
        Phone {
            id: id.to_owned(),
            name: "Anna".to_owned(),
            phone: number.map(str::to_owned),
            bsuid: format!("IT.{id}"),
            username: None,
            hide_phone: false,
            behaviour: Behaviour::default(),
            last_wrote_at: None,
            typing_until: None,
            marketing_stopped: false,
            blocked: false,
            messages: Vec::new(),
        }
    }

    #[test]
    fn a_phone_is_found_by_each_of_its_names_and_no_name_is_given_twice() {
        let mut book = Book::default();

        assert!(book.add(phone("anna", Some("390001"))));
        assert!(!book.add(phone("bruno", Some("390001"))));

        assert_eq!(book.with_number("390001").unwrap().id, "anna");
        assert_eq!(book.with_bsuid("IT.anna").unwrap().id, "anna");
        assert_eq!(book.free_id("anna"), "anna-2");
    }

    #[test]
    fn after_a_change_of_number_the_old_names_are_nobodys() {
        let mut book = Book::default();
        book.add(phone("anna", Some("390001")));
        book.add(phone("bruno", Some("390002")));

        assert!(!book.readdress("anna", Some("390002".to_owned()), "IT.new".to_owned()));
        assert!(book.readdress("anna", Some("390003".to_owned()), "IT.new".to_owned()));

        assert!(book.with_number("390001").is_none() && book.with_bsuid("IT.anna").is_none());
        assert_eq!(book.with_number("390003").unwrap().bsuid, "IT.new");
    }
}
