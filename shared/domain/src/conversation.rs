//! What comes of a citizen's message. `hear` sends nothing and stores nothing: it returns a [`Turn`], which the function
//! writes in one transaction with the id of the message, and only then sends.

use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::contact::Contact;
use crate::ids::{ReplyId, Wamid};
use crate::keyword::{self, Keyword};
use crate::person::{Obeyed, Order, Person, Proof};
use crate::tenant::Tenant;
use crate::texts::{self, Phrase};

/// A message as the conversation hears it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// WhatsApp's id of the message.
    pub id: Wamid,
    /// When it was written, by WhatsApp's clock.
    pub at: Instant,
    /// How the sender is known.
    pub contact: Contact,
    /// What it says.
    pub what: What,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Words, typed or chosen from a button.
    Words(String),
    /// Something a person sent that has no words for us yet: a photo, a position, a type we do not know.
    Other,
    /// Something that is not addressed to anybody: a reaction, a change of number, a deletion.
    NotAMessage,
}

/// What comes of hearing a message: nothing has been said, stored or sent yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The person as they are now.
    pub next: Person,
    /// What to answer, in order. At most one: every message costs the comune money since October 2026.
    pub replies: Vec<Reply>,
    /// The order obeyed and its proof, to be kept.
    pub proof: Option<(Order, Proof)>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Its id, computed from the message it answers.
    pub id: ReplyId,
    /// Which phrase it is, for logs and proofs.
    pub phrase: String,
    /// The words.
    pub text: String,
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

/// The turn that `heard` brings about for `person`.
pub fn hear(person: Person, heard: &Heard, tenant: &Tenant) -> Turn {
    let person = Person {
        contact: person.contact.renewed_by(&heard.contact),
        ..person
    };
    if heard.what == What::NotAMessage {
        return silence(person);
    }
    let person = Person {
        last_heard_at: person.last_heard_at.max(Some(heard.at)),
        ..person
    };
    let keyword = match &heard.what {
        What::Words(words) => keyword::parse(words, &tenant.keywords),
        What::Other | What::NotAMessage => None,
    };
    match keyword {
        Some(Keyword::Subscribe) => order(person, Order::Subscribe, heard, tenant),
        Some(Keyword::Unsubscribe) => order(person, Order::Leave, heard, tenant),
        Some(Keyword::PerhapsSubscribe) => answer(person, Phrase::AskToSubscribe, heard, tenant),
        None => courtesy(person, heard, tenant),
    }
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

fn courtesy(person: Person, heard: &Heard, tenant: &Tenant) -> Turn {
    let due = person
        .courtesy_at
        .is_none_or(|last| heard.at.duration_since(last) >= COURTESY_EVERY);
    if !tenant.receive_only || !due {
        return silence(person);
    }
    let person = Person {
        courtesy_at: Some(heard.at),
        ..person
    };
    answer(person, Phrase::ReceiveOnly, heard, tenant)
}

fn answer(next: Person, phrase: Phrase, heard: &Heard, tenant: &Tenant) -> Turn {
    Turn {
        next,
        replies: vec![Reply {
            id: ReplyId::to_message(&heard.id, 0),
            phrase: phrase.key().to_owned(),
            text: say(tenant, phrase),
        }],
        proof: None,
    }
}

fn silence(next: Person) -> Turn {
    Turn {
        next,
        replies: Vec::new(),
        proof: None,
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use proptest::prelude::*;

    use super::*;
    use crate::tenant::tests::rubano;

    fn citizen() -> Person {
        let contact = Contact::new("393331234567".parse().ok(), None).unwrap();
        Person::new("p_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2C".parse().unwrap(), contact)
    }

    fn heard(hour: i64, what: What) -> Heard {
        Heard {
            id: format!("wamid.{hour}").parse().unwrap(),
            at: Instant::from_second(1_795_000_000 + hour * 3600).unwrap(),
            contact: Contact::new(None, "IT.8Kd02LmQ".parse().ok()).unwrap(),
            what,
        }
    }

    /// The conversation as both sides read it on their telephones; each line a citizen writes is one hour after the last.
    fn transcript(lines: &[&str]) -> String {
        let mut person = citizen();
        let mut said = Vec::new();
        for (hour, line) in (0..).zip(lines) {
            let what = match *line {
                "[foto]" => What::Other,
                "[reazione]" => What::NotAMessage,
                words => What::Words(words.to_owned()),
            };
            let turn = hear(person, &heard(hour, what), &rubano());
            said.push(format!("> {line}"));
            said.extend(turn.replies.iter().map(|reply| format!("< {}", reply.text)));
            said.extend(
                turn.proof
                    .iter()
                    .map(|(order, proof)| format!("* {order:?}, {}", proof.wording)),
            );
            person = turn.next;
        }
        said.join("\n")
    }

    #[test]
    fn a_citizen_subscribes_insists_and_leaves() {
        assert_snapshot!(transcript(&["\"Iscrivimi\"", "ISCRIVIMI", "cancellami", "stop"]), @r#"
        > "Iscrivimi"
        < Iscrizione confermata. Da ora ricevi qui gli avvisi del Comune di Rubano. Il servizio è gratuito e solo in ricezione: a questo numero nessuno legge le risposte. Per uscire scrivi CANCELLAMI. Come usiamo i tuoi dati: https://www.rubano.it/privacy. In caso di emergenza chiama il 112.
        * Subscribe, sub.confirm it-2026-11
        > ISCRIVIMI
        < Questo numero è già iscritto agli avvisi del Comune di Rubano. Non devi fare altro. Per uscire scrivi CANCELLAMI.
        > cancellami
        < Fatto: non riceverai più avvisi dal Comune di Rubano. Se cambi idea scrivi ISCRIVIMI.
        * Leave, optout.done it-2026-11
        > stop
        < Questo numero non è iscritto agli avvisi del Comune di Rubano, quindi non ti scriveremo.
        "#);
    }

    #[test]
    fn whoever_writes_something_else_is_answered_once_a_day() {
        assert_snapshot!(transcript(&["Buongiorno, quando passa la spazzatura?", "[foto]", "[reazione]", "ma c'è qualcuno?", "iscrivemi"]), @r"
        > Buongiorno, quando passa la spazzatura?
        < Questo numero invia soltanto avvisi. Per iscriverti scrivi ISCRIVIMI, per uscire CANCELLAMI. Per parlare con il Comune: 049 000 0000, lun-ven 9:00-12:30. Tutti i contatti: https://www.rubano.it/contatti
        > [foto]
        > [reazione]
        > ma c'è qualcuno?
        > iscrivemi
        < Vuoi ricevere gli avvisi del Comune di Rubano? Per iscriverti scrivi solo la parola ISCRIVIMI.
        ");
    }

    #[test]
    fn the_courtesy_comes_back_after_a_day() {
        let asked = hear(citizen(), &heard(0, What::Other), &rubano());
        assert_eq!(asked.replies.len(), 1);

        let same_day = hear(asked.next.clone(), &heard(23, What::Other), &rubano());
        assert_eq!(same_day.replies, []);

        let next_day = hear(asked.next, &heard(24, What::Other), &rubano());
        assert_eq!(next_day.replies.len(), 1);
    }

    #[test]
    fn a_person_first_known_by_number_becomes_known_by_both() {
        let turn = hear(citizen(), &heard(0, What::Other), &rubano());

        assert!(matches!(turn.next.contact, Contact::Both { .. }));
    }

    proptest! {
        #[test]
        fn any_words_get_at_most_one_answer_and_no_panic(words in any::<String>(), hour in 0_i64..100) {
            let turn = hear(citizen(), &heard(hour, What::Words(words)), &rubano());
            prop_assert!(turn.replies.len() <= 1);
        }

        #[test]
        fn the_same_message_gives_the_same_turn(words in "(iscrivimi|stop|ciao|foto)") {
            let message = heard(1, What::Words(words));
            prop_assert_eq!(hear(citizen(), &message, &rubano()), hear(citizen(), &message, &rubano()));
        }
    }
}
