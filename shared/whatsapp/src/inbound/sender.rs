//! By what names somebody is known.

use domain::contact::{Bsuid, Contact, Phone};

/// By what names WhatsApp says somebody is known: at least one of a number, a BSUID and the BSUID of a parent business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    phone: Option<Phone>,
    bsuid: Option<Bsuid>,
    parent: Option<Bsuid>,
}

impl Sender {
    /// Somebody known by what is given, if anything is.
    pub fn new(phone: Option<Phone>, bsuid: Option<Bsuid>, parent: Option<Bsuid>) -> Option<Self> {
        (phone.is_some() || bsuid.is_some() || parent.is_some()).then_some(Self {
            phone,
            bsuid,
            parent,
        })
    }

    /// Somebody known by `claims`, each of which says by its pattern what it is: some producers put a BSUID where a number
    /// belongs. Of two of one kind the first counts.
    pub(crate) fn of_claims<'a>(claims: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let (mut phone, mut bsuid, mut parent) = (None, None, None);
        for claim in claims {
            let claim = claim.trim();
            if let Ok(id) = claim.parse::<Bsuid>() {
                let place = if is_parent(&id) {
                    &mut parent
                } else {
                    &mut bsuid
                };
                place.get_or_insert(id);
            } else if let Ok(number) = claim.parse::<Phone>() {
                phone.get_or_insert(number);
            }
        }
        Self::new(phone, bsuid, parent)
    }

    /// The number, where it is shown.
    pub fn phone(&self) -> Option<&Phone> {
        self.phone.as_ref()
    }

    /// The BSUID of our own business.
    pub fn bsuid(&self) -> Option<&Bsuid> {
        self.bsuid.as_ref()
    }

    /// The BSUID of a business that ours is linked under.
    pub fn parent(&self) -> Option<&Bsuid> {
        self.parent.as_ref()
    }

    /// Everything, to be kept.
    pub fn into_parts(self) -> (Option<Phone>, Option<Bsuid>, Option<Bsuid>) {
        (self.phone, self.bsuid, self.parent)
    }

    /// How to reach them.
    pub fn contact(&self) -> Contact {
        let (phone, bsuid, parent) = self.clone().into_parts();
        #[expect(clippy::expect_used, reason = "`new` lets nobody in without a name")]
        Contact::known_by(phone, bsuid, parent).expect("known by something")
    }
}

/// Whether `id` is a parent BSUID (Meta, BSUID page: `IT.ENT.…`).
fn is_parent(id: &Bsuid) -> bool {
    id.as_str()
        .get(3..)
        .is_some_and(|rest| rest.starts_with("ENT."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_claim_is_what_its_pattern_says_wherever_it_stands() {
        let sender = Sender::of_claims(["IT.8Kd02LmQ", "IT.ENT.77aa", "+39 ", "393331234567"]);

        let (phone, bsuid, parent) = sender.unwrap().into_parts();
        assert_eq!(phone.unwrap().digits(), "393331234567");
        assert_eq!(bsuid.unwrap().as_str(), "IT.8Kd02LmQ");
        assert_eq!(parent.unwrap().as_str(), "IT.ENT.77aa");
    }

    #[test]
    fn whoever_is_known_by_nothing_is_nobody() {
        assert_eq!(Sender::of_claims(["", "Anna", "IT.", "12"]), None);
    }

    #[test]
    fn an_id_that_only_begins_like_a_parents_is_not_one() {
        let sender = Sender::of_claims(["IT.ENTrata"]).unwrap();

        assert_eq!(sender.parent(), None);
        assert_eq!(sender.contact().bsuid(), sender.bsuid());
    }
}
