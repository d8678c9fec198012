//! What the conversation answers.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::Instant;
use crate::contact::Contact;
use crate::person::Preference;
use crate::tenant::Tenant;
use crate::tenant::tests::rubano;

fn citizen() -> Person {
    let contact = Contact::new("393331234567".parse().ok(), None).unwrap();
    Person::new("p_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2C".parse().unwrap(), contact)
}

fn here(tenant: &Tenant) -> Here<'_> {
    Here {
        tenant,
        service: None,
        now: Instant::from_second(1_795_000_000).unwrap(),
    }
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
            "[foto]" => other(),
            "[reazione]" => What::Reaction,
            words => What::Words(words.to_owned()),
        };
        let turn = hear(person, &heard(hour, what), &here(&rubano()));
        said.push(format!("> {line}"));
        said.extend(
            turn.replies
                .iter()
                .map(|reply| format!("< {}", reply.said.words())),
        );
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
    let asked = hear(citizen(), &heard(0, other()), &here(&rubano()));
    assert_eq!(asked.replies.len(), 1);

    let same_day = hear(asked.next.clone(), &heard(23, other()), &here(&rubano()));
    assert_eq!(same_day.replies, []);

    let next_day = hear(asked.next, &heard(24, other()), &here(&rubano()));
    assert_eq!(next_day.replies.len(), 1);
}

#[test]
fn an_answer_that_missed_its_window_is_said_first_with_its_own_id() {
    let late = |n: i64| {
        Reply::plain(
            ReplyId::to_message(&format!("wamid.late{n}").parse().unwrap(), 0),
            Phrase::AlreadySubscribed,
            &rubano(),
        )
    };
    let mut person = citizen();
    let dropped: Vec<_> = (0..7).flat_map(|n| person.leave_unsaid(late(n))).collect();
    assert_eq!(
        dropped,
        [late(0).id, late(1).id],
        "at most five, the oldest go"
    );
    assert_eq!(person.leave_unsaid(late(6)), [], "each once");

    let reaction = hear(person, &heard(0, What::Reaction), &here(&rubano()));
    assert_eq!(reaction.replies, [], "a reaction opens no window");

    let turn = hear(
        reaction.next,
        &heard(1, What::Words("iscrivimi".to_owned())),
        &here(&rubano()),
    );
    assert_eq!(turn.next.unsaid, []);
    assert_eq!(turn.replies.len(), 6);
    assert_eq!(turn.replies[..5], [2, 3, 4, 5, 6].map(late));
    assert_eq!(turn.replies[5].phrase, "sub.confirm");
}

#[test]
fn only_what_opens_the_window_counts_as_heard() {
    let tap = What::Choice {
        id: None,
        title: "Sì".to_owned(),
    };
    let place = What::Position(Position {
        lat: 45.4,
        lon: 11.8,
        name: None,
        address: None,
    });
    let form = What::FlowAnswer {
        token: None,
        fields: serde_json::Value::Null,
    };
    let original = || "wamid.0".parse().unwrap();
    for what in [tap, place, form, other()] {
        let turn = hear(citizen(), &heard(3, what), &here(&rubano()));
        assert_eq!(turn.next.last_heard_at, Some(heard(3, other()).at));
        assert_eq!(turn.replies.len(), 1, "courtesy");
    }
    for what in [
        What::Reaction,
        What::NotAMessage,
        What::TakenBack {
            original: original(),
        },
    ] {
        let turn = hear(citizen(), &heard(3, what), &here(&rubano()));
        assert_eq!((turn.next, turn.replies), (citizen(), vec![]));
    }
}

#[test]
fn a_changed_message_is_a_new_wish_only_if_it_is_an_order_now() {
    let changed = |words: &str| What::Changed {
        original: "wamid.0".parse().unwrap(),
        now: Box::new(What::Words(words.to_owned())),
    };

    let turn = hear(citizen(), &heard(1, changed("ISCRIVIMI")), &here(&rubano()));
    assert_eq!(turn.replies[0].phrase, "sub.confirm");
    assert_eq!(
        turn.proof.unwrap().1.message.as_str(),
        "wamid.1",
        "the change is the proof"
    );
    assert_eq!(turn.next.last_heard_at, None);

    let turn = hear(
        turn.next,
        &heard(2, changed("Buongiorno a tutti")),
        &here(&rubano()),
    );
    assert_eq!(turn.replies, []);
}

#[test]
fn marketing_that_was_stopped_is_no_other_notice_and_no_subscription() {
    let at = |hour| heard(hour, other()).at;
    let subscribed = hear(
        citizen(),
        &heard(1, What::Words("iscrivimi".to_owned())),
        &here(&rubano()),
    )
    .next;
    let stopped = Person {
        marketing: subscribed.marketing.and(Preference::Stopped { at: at(2) }),
        ..subscribed
    };

    assert!(stopped.receives("UTILITY") && stopped.receives_notices());
    assert!(!stopped.receives("MARKETING"));
    let asked = hear(
        stopped,
        &heard(3, What::Words("iscrivimi".to_owned())),
        &here(&rubano()),
    )
    .next;
    assert!(
        !asked.receives("marketing"),
        "asking for notices lifts nothing"
    );
    let older = Preference::Allowed { since: Some(at(1)) };
    assert_eq!(asked.marketing.and(older), asked.marketing);
    let lifted = Preference::Allowed { since: Some(at(4)) };
    assert!(
        Person {
            marketing: asked.marketing.and(lifted),
            ..asked
        }
        .receives("MARKETING")
    );
}

proptest! {
    #[test]
    fn any_words_get_at_most_one_answer_and_no_panic(words in any::<String>(), hour in 0_i64..100) {
        let turn = hear(citizen(), &heard(hour, What::Words(words)), &here(&rubano()));
        prop_assert!(turn.replies.len() <= 1);
    }

    #[test]
    fn the_same_message_gives_the_same_turn(words in "(iscrivimi|stop|ciao|foto)") {
        let message = heard(1, What::Words(words));
        prop_assert_eq!(hear(citizen(), &message, &here(&rubano())), hear(citizen(), &message, &here(&rubano())));
    }
}

fn other() -> What {
    What::Other {
        kind: "image".to_owned(),
    }
}
