//! Twenty-five citizens: how they type, what they get, and two who leave.

use futures::future::try_join_all;
use peer::{NewPhone, Phone};
use rehearsal::{Result, Trouble, World, poll};

use crate::voice;

/// The word, as people type it.
const TYPED: [&str; 12] = [
    "ISCRIVIMI",
    "iscrivimi",
    "Iscrivimi",
    "\"ISCRIVIMI\"",
    "“iscrivimi”",
    "  iscrivimi ",
    "Iscrivimi.",
    "ISCRIVIMI!!",
    "«Iscrivimi»",
    "Buongiorno, iscrivimi grazie",
    "mi iscrivo",
    "Iscrivimi per favore",
];

/// Invented first names.
const NAMES: [&str; 25] = [
    "Ada", "Bruno", "Carla", "Dario", "Elena", "Fabio", "Gaia", "Ivo", "Lara", "Marco", "Nina",
    "Olga", "Piero", "Rita", "Sara", "Tito", "Ugo", "Vera", "Zeno", "Alba", "Berto", "Cinzia",
    "Delia", "Enzo", "Franca",
];

/// The citizen who has no number for us to see.
pub(crate) const BY_BSUID_ONLY: usize = 7;
/// The citizen whose message Meta delivers twice.
const SENT_TWICE: usize = 3;
/// The citizen whose phone fails the notice.
const FAILING: usize = 12;
/// The citizens who leave before the notice.
const LEAVE_BEFORE: [usize; 2] = [5, 18];

/// All subscribe; each gets one confirmation with the privacy link. Their phones, by position.
pub(crate) async fn subscribe(world: &World) -> Result<Vec<String>> {
    let mut phones = Vec::new();
    for (position, name) in NAMES.iter().enumerate() {
        let phone = NewPhone::named(*name);
        let phone = if position == BY_BSUID_ONLY {
            phone
        } else {
            phone.with_number(format!("+3933355500{position:02}"))
        };
        phones.push(world.peer.add_phone(&phone).await?.id);
    }

    try_join_all(phones.iter().enumerate().map(async |(position, phone)| {
        let typed = TYPED[position % TYPED.len()];
        let times = if position == SENT_TWICE { 2 } else { 1 };
        world.peer.write_times(phone, typed, times).await
    }))
    .await?;
    voice::step(&format!(
        "{} cittadini scrivono ISCRIVIMI, ciascuno a suo modo",
        phones.len()
    ));
    voice::detail(
        "uno senza numero visibile (solo BSUID); un messaggio consegnato due volte da Meta",
    );

    let mut told = 0;
    poll("confirmation on every phone", 120, async || {
        let confirmed = confirmations(world)
            .await?
            .into_iter()
            .filter(|n| *n > 0)
            .count();
        if confirmed >= told + 5 && confirmed < phones.len() {
            voice::detail(&format!("{confirmed} conferme su {}", phones.len()));
            told = confirmed;
        }
        Ok((confirmed == phones.len()).then_some(()))
    })
    .await?;
    quiet(world).await?;
    if confirmations(world).await?.into_iter().any(|n| n != 1) {
        return Err(Trouble("a phone has more than one confirmation".to_owned()));
    }
    let subscribed = world.people_who_are("subscribed").await?.len();
    voice::step(&format!(
        "{subscribed} iscritti in tabella, una conferma a testa con il link alla privacy"
    ));
    Ok(phones)
}

/// Two leave, and are told once.
pub(crate) async fn two_leave(world: &World, phones: &[String]) -> Result<()> {
    for (position, word) in LEAVE_BEFORE.into_iter().zip(["cancellami", "STOP"]) {
        world.peer.write(&phones[position], word).await?;
        told_of_leaving(world, &phones[position]).await?;
    }
    voice::step("due scrivono CANCELLAMI e STOP: usciti, con una conferma");
    Ok(())
}

/// Waits until the phone is told that it will get no more notices.
pub(crate) async fn told_of_leaving(world: &World, phone: &str) -> Result<()> {
    poll("confirmation of leaving", 60, async || {
        let phone = world.peer.phone(phone).await?;
        Ok(count(&phone, "non riceverai più avvisi")
            .eq(&1)
            .then_some(()))
    })
    .await
}

/// The phone that will fail the notice.
pub(crate) fn failing(phones: &[String]) -> &str {
    &phones[FAILING]
}

/// How many confirmations with the privacy link each phone has.
pub(crate) async fn confirmations(world: &World) -> Result<Vec<usize>> {
    let mut counts = Vec::new();
    for phone in world.peer.phones().await? {
        let phone = world.peer.phone(&phone.id).await?;
        counts.push(count(&phone, "https://www.rubano.it/privacy"));
    }
    Ok(counts)
}

/// How many received messages of `phone` contain `words`.
pub(crate) fn count(phone: &Phone, words: &str) -> usize {
    phone
        .received()
        .filter(|message| message.content.text.contains(words))
        .count()
}

/// Waits until nothing is under way: neither at the peer nor in the queues.
pub(crate) async fn quiet(world: &World) -> Result<()> {
    poll("quiet", 120, async || {
        let mut waiting = 0;
        for queue in [
            "InboundQueueUrl",
            "RepliesQueueUrl",
            "StatusesQueueUrl",
            "NoticesQueueUrl",
            "UrgentQueueUrl",
        ] {
            waiting += world.depth(queue).await?;
        }
        Ok((waiting == 0 && world.peer.idle().await?).then_some(()))
    })
    .await
}
