//! E-mails to offices and operators, out of the outbox.

use cloud::clock;
use cloud::letters::Letters;
use domain::letter::Letter;
use rehearsal::World;

fn letter(id: &str, to: &str, subject: &str) -> Letter {
    Letter::new(
        id.parse().unwrap(),
        vec![to.parse().unwrap()],
        subject,
        "Una richiesta di avviso aspetta.\n",
    )
    .unwrap()
}

#[tokio::test]
async fn a_letter_in_the_outbox_is_posted_even_if_nobody_queued_it() {
    let world = World::attach().await.unwrap();
    let table = world.output("ProcedureTable").unwrap();
    let mails = world.output("MailsQueueUrl").unwrap();
    let letters = Letters::new(&world.stage.sdk, table, Some(mails));
    let now = clock::now();
    let queued = letter(
        "story#letters#0",
        "gruppo@rubano.example",
        "Da approvare: fiera",
    );
    letters.write(&queued, now).await.unwrap();
    letters.queue([&queued.id]).await.unwrap();
    let left = letter(
        "story#letters#1",
        "sportello@rubano.example",
        "Da prendere in carico",
    );
    let before = now - jiff::SignedDuration::from_mins(2);
    letters.write(&left, before).await.unwrap();

    world.tick().await.unwrap();

    let posted = world
        .mail_to("gruppo@rubano.example", "fiera", 60)
        .await
        .unwrap();
    assert_eq!(posted.from, "avvisi@rubano.example");
    assert_eq!(posted.body, "Una richiesta di avviso aspetta.\n");
    world
        .mail_to("sportello@rubano.example", "carico", 60)
        .await
        .unwrap();
    let kept = letters.get(&left.id).await.unwrap().unwrap();
    assert!(kept.sent_at.is_some());
    assert!(
        world
            .waiting("MailsDeadLettersUrl")
            .await
            .unwrap()
            .is_empty()
    );
}
