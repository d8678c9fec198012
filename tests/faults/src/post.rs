//! The e-mails of an office, read while their reader is killed, and the letters that tell of every move.

use std::time::{Duration, Instant};

use cloud::clock;
use jiff::SignedDuration;
use rehearsal::{OFFICE, Result, Trouble, World, mail_of_the_office, rome};

use crate::office::AskedFor;

/// How many e-mails, of two requests each.
const MAILS: usize = 12;

/// Hands in e-mails, one of three twice; gives the titles of what they ask for.
pub(crate) async fn mails(world: &World, seed: u64) -> Result<Vec<String>> {
    let at = rome(clock::now() + SignedDuration::from_hours(96))?;
    let wanted = at.strftime("%d/%m/%Y ore %H:%M");
    let event = at.date().strftime("%d/%m/%Y");
    let mut titles = Vec::new();
    for n in 0..MAILS {
        let [one, other] = ["uno", "due"].map(|which| format!("Posta {seed}-{n} {which}"));
        // Two events of their own: two requests about one are asked for a reason.
        let request = |title: &str, words: &str, page: &str| {
            format!(
                "Titolo: {title}\nData invio: {wanted}\nTesto: il {event}, alle 10:30, {words}\n\
                 Link: https://www.rubano.it/notizie/{page}-{n}\nTipologia: evento\n\n"
            )
        };
        let body = format!(
            "Buongiorno, due richieste.\n\nRichiesta 1\n{}Richiesta 2\n{}Cordiali saluti\n",
            request(&one, "letture in biblioteca per i più piccoli.", "letture"),
            request(
                &other,
                "passeggiata lungo gli argini con la guida.",
                "argini"
            ),
        );
        let mail = mail_of_the_office(&format!("{seed}-{n}"), &subject(seed, n), &body);
        for copy in 0..=usize::from(n % 3 == 0) {
            let name = format!("{seed}-{n}-{copy}.eml");
            world.receive_mail(&name, mail.as_bytes()).await?;
        }
        titles.extend([one, other]);
    }
    Ok(titles)
}

fn subject(seed: u64, n: usize) -> String {
    format!("Richieste {seed}-{n}")
}

/// Lets the clock of the procedure tick until every letter is posted: those that nobody queued are queued after a minute.
pub(crate) async fn wait_until_posted(world: &World, patience: Duration) -> Result<()> {
    let started = Instant::now();
    while waiting(world).await? > 0 {
        if started.elapsed() > patience {
            return Err(Trouble(format!(
                "after {patience:?} there are letters that nobody has posted"
            )));
        }
        world.tick().await?;
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    Ok(())
}

/// How many letters wait in the outbox.
async fn waiting(world: &World) -> Result<usize> {
    let items = world.items("ProcedureTable").await?;
    let waits = |item: &&_| is_letter(item) && item.contains_key("pending");
    Ok(items.iter().filter(waits).count())
}

type Item = std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue>;

fn is_letter(item: &Item) -> bool {
    let key = item.get("pk").and_then(|key| key.as_s().ok());
    key.is_some_and(|key| key.starts_with("mail#"))
}

/// What is wrong with letters and register: an e-mail that was not answered, a letter that was given up, the alternative way
/// without its copies, a move without its row, a row that does not follow the one before.
pub(crate) async fn wrong(world: &World, asked_for: &AskedFor, seed: u64) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let mails = world.stage.mails().await?;
    for n in 0..MAILS {
        let answer = format!("R: {}", subject(seed, n));
        let answered = mails
            .iter()
            .any(|mail| mail.to.iter().any(|to| to == OFFICE) && mail.subject == answer);
        if !answered {
            wrong.push(format!("e-mail {n} was not answered"));
        }
    }
    for title in &asked_for.alternative {
        let with_copies = mails.iter().any(|mail| {
            mail.subject.starts_with("Richiesta di invio")
                && mail.subject.ends_with(title.as_str())
                && mail.cc.len() == 2
        });
        if !with_copies {
            wrong.push(format!(
                "{title}: no letter to the supplier with both copies"
            ));
        }
    }
    let letters = world.items("ProcedureTable").await?;
    let unsent = letters
        .iter()
        .filter(|item| is_letter(item) && !item.contains_key("sent_at"));
    let (unsent, letters) = (
        unsent.count(),
        letters.iter().filter(|item| is_letter(item)).count(),
    );
    if unsent > 0 {
        wrong.push(format!("{unsent} of {letters} letters were not posted"));
    }
    if mails.len() < letters {
        wrong.push(format!("{letters} letters, {} of them posted", mails.len()));
    }
    let verdict = world
        .staff("operator")?
        .get("/v1/ledger/verify")
        .await?
        .good()?;
    let notices = world.items("NoticesTable").await?;
    let moves = notices
        .iter()
        .filter(|item| item.contains_key("entry"))
        .count();
    if verdict.body["intact"] != true || verdict.body["rows"] != moves {
        wrong.push(format!("{moves} moves, and the register: {}", verdict.body));
    }
    Ok(wrong)
}
