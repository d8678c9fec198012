//! The targets. Under `cargo test` each runs for a moment; `make test` gives each a minute; README.md says how to let them
//! run longer and be led by coverage.
#![expect(clippy::unwrap_used, reason = "a target that cannot be set up stops")]

use std::collections::BTreeMap;

use domain::Instant;
use domain::keyword::parse;
use domain::tenant::ExtraKeywords;
use fuzz::{Recipe, body, recorded};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use whatsapp::{FromInbound, FromStatuses, Split, split};

/// The most that SQS takes in a message.
const QUEUE_TAKES: usize = 1024 * 1024;

/// How often each item stands under `name` in the values of `body`.
fn items(body: &Value, name: &str) -> BTreeMap<String, usize> {
    let list = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    let mut items = BTreeMap::new();
    for change in list(body, "entry").iter().flat_map(|e| list(e, "changes")) {
        let carries = ["messages", "user_preferences", "user_id_update"];
        if carries.iter().any(|field| change["field"] == *field) {
            for item in list(&change["value"], name) {
                *items.entry(item.to_string()).or_default() += 1;
            }
        }
    }
    items
}

/// How often each item stands under `name` in queue messages.
fn queued<'a>(bodies: impl Iterator<Item = &'a String>, name: &str) -> BTreeMap<String, usize> {
    let mut items = BTreeMap::new();
    for body in bodies {
        let body: Value = serde_json::from_str(body).unwrap();
        if let Some(item) = body.get(name) {
            *items.entry(item.to_string()).or_default() += 1;
        }
    }
    items
}

/// Everything that comes of a body can be read, or says why not, and fits a queue.
fn read_all(split: &Split) {
    let received = Instant::from_second(1_795_000_000).unwrap();
    for message in &split.inbound {
        assert!(message.body.len() <= QUEUE_TAKES);
        assert!(!message.body.contains(['\u{fffe}', '\u{ffff}']));
        assert!(message.group.len() == 32 && message.deduplication.len() == 32);
        if let Ok(FromInbound::Message(inbound)) = FromInbound::read(&message.body) {
            let contact = inbound.sender.contact();
            assert_eq!(inbound.heard().contact, contact);
        }
    }
    for status in &split.statuses {
        assert!(status.len() <= QUEUE_TAKES);
        let _ = FromStatuses::read(status, received);
    }
}

#[test]
fn webhook_body() {
    let bodies = recorded();
    bolero::check!().for_each(|input: &[u8]| {
        // As it is: no bytes make anything panic.
        if let Ok(split) = split(input) {
            read_all(&split);
        }
        let mut recipe = Recipe(input);
        let body = body(&mut recipe, &bodies);
        let bytes = body.to_string().into_bytes();

        let split = split(&bytes).unwrap();

        read_all(&split);
        let inbound = || split.inbound.iter().map(|message| &message.body);
        for (of, name) in [
            ("messages", "message"),
            ("user_preferences", "preference"),
            ("user_id_update", "rotation"),
        ] {
            let queued = queued(inbound(), name);
            // Nothing is lost and nothing doubled.
            for (item, n) in items(&body, of) {
                assert_eq!(queued.get(&item), Some(&n), "{item}");
            }
        }
        let queued = queued(split.statuses.iter(), "status");
        for (item, n) in items(&body, "statuses") {
            assert_eq!(queued.get(&item), Some(&n), "{item}");
        }
        // The same body makes the same keys: a repetition is recognised.
        let again = whatsapp::split(&bytes).unwrap();
        for (first, second) in split.inbound.iter().zip(&again.inbound) {
            assert_eq!(
                (&first.group, &first.deduplication),
                (&second.group, &second.deduplication)
            );
        }
        // A body that is cut or scratched is refused or read, and that is all.
        let mut scratched = bytes;
        let place = recipe.choose(scratched.len());
        scratched[place] = u8::try_from(recipe.choose(256)).unwrap();
        if let Ok(split) = whatsapp::split(&scratched) {
            read_all(&split);
        }
        scratched.truncate(place);
        assert!(whatsapp::split(&scratched).is_err());
    });
}

#[test]
fn keyword() {
    let words = [
        "iscrivimi",
        "cancellami",
        "stop",
        "basta",
        "mi iscrivo",
        "iscrizione on",
        "non",
        "grazie",
        "buongiorno",
        "Anna",
        "«",
        "”",
        "…",
        "!",
        "è",
        "\u{301}",
        "🙂",
        "\u{200d}",
        "ISCRIVEMI",
    ];
    let none = ExtraKeywords::default();
    bolero::check!().for_each(|input: &[u8]| {
        let _ = parse(&String::from_utf8_lossy(input), &none);
        let mut recipe = Recipe(input);
        let said: Vec<&str> = (0..=recipe.choose(6))
            .map(|_| words[recipe.choose(words.len())])
            .collect();
        let said = said.join([" ", "", "  "][recipe.choose(3)]);
        let answer = parse(&said, &none);

        // Case, accents and what stands around it change nothing.
        for typed in [
            said.to_uppercase(),
            said.nfd().collect(),
            said.nfc().collect(),
            format!("  “{said}” !"),
            format!("«{said}»."),
        ] {
            if typed.len() <= 200 {
                assert_eq!(parse(&typed, &none), answer, "{typed:?} and {said:?}");
            }
        }
    });
}
