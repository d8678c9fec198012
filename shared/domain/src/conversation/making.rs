//! The conversation of a number that takes segnalazioni: what is no order about notices goes to the dialogue.

use super::{Heard, Here, Reply, Turn, is_courteous, silence};
use crate::Instant;
use crate::ids::ReplyId;
use crate::person::Person;
use crate::segnalazione::dialogue::{
    self, Around, Dialogue, Filed, Last, Saying, Step, Supplement, due, pause_over, receipt,
};
use crate::segnalazione::draft::Photo;
use crate::segnalazione::life::Codice;
use crate::segnalazione::service::Service;
use crate::segnalazione::words::{Command, Line};

/// What comes of a message for a segnalazione, beside what is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// When to look again whether more has come.
    pub look_at: Option<Instant>,
    /// Photos to fetch from Meta.
    pub fetch: Vec<Photo>,
    /// What was confirmed. It needs a code before anything is said: [`confirmed`].
    pub filed: Option<Filed>,
    /// What is added to a segnalazione that was confirmed before.
    pub supplement: Option<Supplement>,
}

/// Gives what `person` confirmed its code, and says so to them; `linked` if somebody else has reported it already. `None`
/// where no segnalazione is taken.
pub fn confirmed(
    filed: &Filed,
    person: &mut Person,
    id: ReplyId,
    codice: Codice,
    linked: bool,
    here: &Here,
) -> Option<Reply> {
    let around = around(person, here, here.service?);
    let saying = receipt(filed, codice, linked, &around);
    person.dialogue = Dialogue::Resting {
        last: Some(Last {
            codice,
            at: filed.presented_at,
        }),
    };
    Some(reply(id, saying))
}

/// The turn of the dialogue; `None` if it has nothing to do with a segnalazione.
pub(super) fn hear(person: &Person, heard: &Heard, here: &Here) -> Option<Turn> {
    let around = around(person, here, here.service?);
    let step = dialogue::hear(&person.dialogue, heard, &around)?;
    let id = ReplyId::to_message(&heard.id, 0);
    Some(turn(person.clone(), step, id, heard.at))
}

/// A pause that was to end at `until` is over. `None` where no segnalazione is taken.
pub fn look_again(person: Person, until: Instant, here: &Here) -> Option<Turn> {
    let service = here.service?;
    let around = around(&person, here, service);
    let step = pause_over(person.dialogue.clone(), &around);
    let id = ReplyId::unasked(&person.id, until);
    Some(turn(person, step, id, until))
}

/// Silence has lasted until `at`: it is reminded of, or lapses. `None` where no segnalazione is taken.
pub fn be_due(person: Person, at: Instant, here: &Here) -> Option<Turn> {
    let service = here.service?;
    let around = around(&person, here, service);
    let step = due(person.dialogue.clone(), &around);
    let id = ReplyId::unasked(&person.id, at);
    Some(turn(person, step, id, at))
}

/// What this number is for.
pub(super) fn menu(person: Person, heard: &Heard, here: &Here, service: &Service) -> Turn {
    let around = around(&person, here, service);
    let saying = dialogue::plain(Line::Menu, &around);
    let id = ReplyId::to_message(&heard.id, 0);
    Turn {
        replies: vec![reply(id, saying)],
        ..silence(person)
    }
}

/// Whether a segnalazione is being made: then a word that is nearly another's is taken for what it is.
pub(super) fn is_under_way(person: &Person) -> bool {
    matches!(person.dialogue, Dialogue::Making(_))
}

/// Whether `words` erase the segnalazione that is being made, and not the subscription: `CANCELLA SEGNALAZIONE`.
pub(super) fn cancels(person: &Person, words: Option<&str>) -> bool {
    is_under_way(person) && words.and_then(Command::read) == Some(Command::Cancel)
}

fn around<'a>(person: &Person, here: &Here<'a>, service: &'a Service) -> Around<'a> {
    Around {
        tenant: here.tenant,
        service,
        number_shown: person.contact.phone().is_some(),
        now: here.now,
    }
}

fn turn(mut person: Person, step: Step, id: ReplyId, at: Instant) -> Turn {
    person.dialogue = step.next;
    let say = step
        .say
        .filter(|say| say.line != Line::Menu || is_courteous(&mut person, at));
    Turn {
        next: person,
        replies: say.map(|say| reply(id, say)).into_iter().collect(),
        proof: None,
        beside: Beside {
            look_at: step.look_at,
            fetch: step.fetch,
            filed: step.filed,
            supplement: step.supplement,
        },
    }
}

fn reply(id: ReplyId, saying: Saying) -> Reply {
    Reply {
        id,
        phrase: saying.line.key().to_owned(),
        said: saying.said,
    }
}
