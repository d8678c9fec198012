//! What comes of a citizen's message. `hear` sends nothing and stores nothing: it returns a [`Turn`], which the function
//! writes in one transaction with the id of the message, and only then sends.

use crate::Instant;
use crate::ids::ReplyId;
use crate::keyword::{self, Keyword};
use crate::person::{Obeyed, Order, Person, Proof};
use crate::segnalazione::service::Service;
use crate::tenant::Tenant;
use crate::texts::{self, Phrase};

mod heard;
mod making;
mod said;

pub use heard::{Heard, Media, MediaKind, Position, SharedContact, What};
pub use making::{Beside, be_due, confirmed, look_again};
pub use said::{Choosable, Reply, Said, ask_for_number, ask_for_position};

/// What comes of hearing a message: nothing has been said, stored or sent yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The person as they are now.
    pub next: Person,
    /// What to say, in order: first what could not be said before, with its own ids, then the answer. There is at most one
    /// answer: every message costs the comune money since October 2026.
    pub replies: Vec<Reply>,
    /// The order obeyed and its proof, to be kept.
    pub proof: Option<(Order, Proof)>,
    /// What comes of it for a segnalazione.
    pub beside: Beside,
}

/// The comune that is written to.
#[derive(Debug, Clone, Copy)]
pub struct Here<'a> {
    /// Its settings.
    pub tenant: &'a Tenant,
    /// How it takes segnalazioni, if it does.
    pub service: Option<&'a Service>,
    /// The present.
    pub now: Instant,
}

/// The courteous answer of a receive-only number is given at most once in this time.
const COURTESY_EVERY: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// The words of `phrase` for this comune.
pub fn say(tenant: &Tenant, phrase: Phrase) -> String {
    texts::italian().citizen(
        phrase,
        &[
            ("comune", &tenant.comune),
            ("url_privacy", &tenant.privacy.url),
            ("telefono", &tenant.contacts.phone),
            ("orari", &tenant.contacts.hours),
            ("url_contatti", &tenant.contacts.url),
        ],
    )
}

/// The turn that `heard` brings about for `person`, who is known to be who wrote it.
///
/// A message that was changed is not heard again. But if its new words are an order, and nothing else, that order is a wish
/// like any other, of the hour of the change: whoever mends `CANCELAM` to `CANCELLAMI` means it.
///
/// An order about notices is obeyed wherever a segnalazione is, and leaves it where it is.
pub fn hear(person: Person, heard: &Heard, here: &Here) -> Turn {
    let tenant = here.tenant;
    let words = match &heard.what {
        What::Changed { now, .. } => now.words(),
        what => what.words(),
    };
    let keyword = words.and_then(|words| keyword::parse(words, &tenant.keywords));
    if !heard.what.opens_window() {
        return match keyword {
            Some(Keyword::Subscribe) => order(person, Order::Subscribe, heard, tenant),
            Some(Keyword::Unsubscribe) => order(person, Order::Leave, heard, tenant),
            _ => making::hear(&person, heard, here).unwrap_or_else(|| silence(person)),
        };
    }
    let mut person = Person {
        last_heard_at: person.last_heard_at.max(Some(heard.at)),
        ..person
    };
    let unsaid = std::mem::take(&mut person.unsaid);
    let mut turn = match keyword {
        Some(Keyword::Subscribe) => order(person, Order::Subscribe, heard, tenant),
        Some(Keyword::Unsubscribe) if !making::cancels(&person, words) => {
            order(person, Order::Leave, heard, tenant)
        }
        Some(Keyword::PerhapsSubscribe) if !making::is_under_way(&person) => {
            answer(person, Phrase::AskToSubscribe, heard, tenant)
        }
        _ => making::hear(&person, heard, here).unwrap_or_else(|| courtesy(person, heard, here)),
    };
    turn.replies.splice(0..0, unsaid);
    turn
}

fn order(person: Person, order: Order, heard: &Heard, tenant: &Tenant) -> Turn {
    let (changed, already) = match order {
        Order::Subscribe => (Phrase::SubscriptionConfirmed, Phrase::AlreadySubscribed),
        Order::Leave => (Phrase::Unsubscribed, Phrase::NotSubscribed),
    };
    let proof = Proof {
        at: heard.at,
        message: heard.id.clone(),
        wording: format!("{} {}", changed.key(), texts::italian().version),
        informativa: tenant.privacy.version.clone(),
    };
    let (subscription, obeyed) = person.subscription.obey(order, proof.clone());
    let person = Person {
        subscription,
        ..person
    };
    match obeyed {
        Obeyed::Changed => Turn {
            proof: Some((order, proof)),
            ..answer(person, changed, heard, tenant)
        },
        Obeyed::AlreadySo => answer(person, already, heard, tenant),
        Obeyed::Overtaken => silence(person),
    }
}

/// Whether a courtesy is due to `person` at `at`: then it is given.
fn is_courteous(person: &mut Person, at: Instant) -> bool {
    let due = person
        .courtesy_at
        .is_none_or(|last| at.duration_since(last) >= COURTESY_EVERY);
    if due {
        person.courtesy_at = Some(at);
    }
    due
}

fn courtesy(mut person: Person, heard: &Heard, here: &Here) -> Turn {
    let tenant = here.tenant;
    if !(tenant.receive_only || here.service.is_some()) || !is_courteous(&mut person, heard.at) {
        return silence(person);
    }
    match here.service {
        Some(service) => making::menu(person, heard, here, service),
        None => answer(person, Phrase::ReceiveOnly, heard, tenant),
    }
}

fn answer(next: Person, phrase: Phrase, heard: &Heard, tenant: &Tenant) -> Turn {
    Turn {
        next,
        replies: vec![Reply::plain(
            ReplyId::to_message(&heard.id, 0),
            phrase,
            tenant,
        )],
        proof: None,
        beside: Beside::default(),
    }
}

fn silence(next: Person) -> Turn {
    Turn {
        next,
        replies: Vec::new(),
        proof: None,
        beside: Beside::default(),
    }
}

#[cfg(test)]
mod tests;
