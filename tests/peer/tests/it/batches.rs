//! Many updates in one body, as many as Meta allows.

use peer::{NewPhone, Write};
use serde_json::json;

use crate::support::{peer, write};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_carries_up_to_a_thousand_updates() {
    let (_peer, control, webhook, anna) = peer().await;
    control
        .configure(json!({"batch": 1_000, "batch_wait_ms": 60_000, "disorder": true}))
        .await
        .unwrap();

    let thousand = Write {
        text: Some("ISCRIVIMI".to_owned()),
        times: Some(1_000),
        ..Write::default()
    };
    control.send_and_wait(&anna.id, &thousand).await.unwrap();

    assert_eq!(webhook.posts.lock().unwrap().len(), 1);
    assert_eq!(webhook.all("messages").len(), 1_000);
    let counters = control.record().await.unwrap().counters;
    assert_eq!((counters.updates, counters.webhook_posts), (1_000, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_ends_before_three_million_bytes() {
    let (_peer, control, webhook, anna) = peer().await;
    control
        .configure(json!({"batch": 1_000, "batch_wait_ms": 1_500}))
        .await
        .unwrap();

    // Every character that is not ASCII takes six bytes: three bodies of 3 MB, and a rest.
    let long = Write {
        text: Some("è".repeat(4_096)),
        times: Some(400),
        ..Write::default()
    };
    control.send_and_wait(&anna.id, &long).await.unwrap();

    let sizes: Vec<usize> = webhook
        .posts
        .lock()
        .unwrap()
        .iter()
        .map(|(_, body)| body.len())
        .collect();
    assert_eq!(webhook.all("messages").len(), 400);
    assert!(sizes.iter().all(|size| *size <= 3_000_000), "{sizes:?}");
    assert!(
        sizes.iter().filter(|size| **size > 2_900_000).count() >= 3,
        "{sizes:?}"
    );
}

#[tokio::test]
async fn posts_come_at_the_same_time_unless_they_are_about_one_person() {
    let (_peer, control, webhook, anna) = peer().await;
    let bruno = control.add_phone(&NewPhone::named("Bruno")).await.unwrap();
    webhook.slow(300);

    let started = std::time::Instant::now();
    let (_, _) = futures::join!(
        write(&control, &anna, "uno"),
        write(&control, &bruno, "due")
    );
    let together = started.elapsed();
    let started = std::time::Instant::now();
    let (_, _) = futures::join!(
        write(&control, &anna, "tre"),
        write(&control, &anna, "quattro")
    );
    let apart = started.elapsed();

    assert!(together.as_millis() >= 300);
    assert!(apart.as_millis() >= 600, "{apart:?}");
}
