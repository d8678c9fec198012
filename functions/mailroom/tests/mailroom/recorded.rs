//! Every recorded mail: what is understood of it and what the office reads. And nothing that is no mail makes it panic.

use std::fmt::Write;

use domain::Instant;
use domain::mail::{Handled, handle};
use mailroom::open;
use proptest::prelude::*;

use crate::room::rubano;

fn now() -> Instant {
    "2026-11-24T09:00:00Z".parse().unwrap()
}

fn handled(bytes: &[u8]) -> Option<Handled> {
    let (mail, origin) = open(bytes, now())?;
    Some(handle(&mail, &origin, &rubano(), now()))
}

/// What comes of a mail, for a person to review.
fn told(bytes: &[u8]) -> String {
    let (mail, _) = open(bytes, now()).unwrap();
    let handled = handled(bytes).unwrap();
    let mut told = String::new();
    let from = mail.from.as_ref().map_or("-", |from| from.as_str());
    writeln!(told, "da: {from}\noggetto: {}", mail.subject).unwrap();
    for file in &mail.attachments {
        writeln!(told, "allegato: {} {} {}", file.name, file.kind, file.size).unwrap();
    }
    if let Some(waits) = handled.waits {
        writeln!(told, "in attesa: {}", waits.key()).unwrap();
    }
    for (request, filed) in handled.reading.requests.iter().zip(
        handled
            .filed
            .iter()
            .map(Option::is_some)
            .chain(std::iter::repeat(false)),
    ) {
        writeln!(told, "\nregistrata: {filed}\n{:#?}", request.input).unwrap();
        writeln!(told, "{:?} {:?}", request.problems, request.series).unwrap();
    }
    match handled.answer {
        None => told.push_str("\nnessuna risposta\n"),
        Some(letter) => {
            let reply = letter.in_reply_to.unwrap_or_default();
            write!(told, "\n=== {} ({reply})\n{}", letter.subject, letter.body).unwrap();
        }
    }
    told
}

#[test]
fn every_recorded_mail_is_understood_as_a_person_would() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/mailroom");
    let files = std::fs::read_dir(folder).unwrap();
    let mut mails: Vec<_> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "eml"))
        .collect();
    mails.sort();
    assert!(mails.len() >= 12);
    for mail in mails {
        let name = mail.file_stem().unwrap().to_str().unwrap();
        insta::assert_snapshot!(name, told(&std::fs::read(&mail).unwrap()));
    }
}

proptest! {
    #[test]
    fn something_comes_of_any_bytes(
        mail in 0..4_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 0..40),
    ) {
        let mails: [&[u8]; 4] = [
            include_bytes!("../../../../events/mailroom/two-requests-table.eml"),
            include_bytes!("../../../../events/mailroom/forwarded-attached.eml"),
            include_bytes!("../../../../events/mailroom/quoted-printable-latin1.eml"),
            include_bytes!("../../../../events/mailroom/attachments.eml"),
        ];
        let mut bytes = mails[mail].to_vec();
        for (place, byte, how) in changes {
            let at = place.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => { bytes.remove(at); }
            }
        }
        if let Some(handled) = handled(&bytes) {
            prop_assert!(handled.answer.is_some() || handled.waits.is_some());
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = handled(&bytes);
    }
}
