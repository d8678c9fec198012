//! Mails that wait for a person.

use cloud::inbox::Inbox;
use domain::mail::{MailRecord, Waits};
use serde_json::json;
use support::Tables;

use crate::{Desk, submission};

/// Mails that came in a second after the other.
async fn waiting(desk: &Desk, count: u8) {
    let inbox = Inbox::new(&desk.aws, Tables::PROCEDURE);
    for n in 0..count {
        let received_at = format!("2026-11-24T09:00:0{n}Z").parse().unwrap();
        let digest = format!("{n:064x}");
        let mut mail = MailRecord::unread(digest, "inbox/a", received_at, Waits::UnknownSender);
        mail.from = Some("proloco@example.com".to_owned());
        mail.subject = format!("Avviso {n}");
        assert!(inbox.keep(&mail, Vec::new()).await.unwrap());
    }
}

#[tokio::test]
async fn mails_that_wait_are_listed_oldest_first_a_page_at_a_time() {
    let desk = Desk::open().await;
    waiting(&desk, 3).await;

    let first = desk.get("/v1/inbox?limit=2").await;
    let cursor = first.body["cursor"].as_str().unwrap();
    let second = desk
        .get(&format!("/v1/inbox?limit=2&cursor={cursor}"))
        .await;

    assert_eq!(first.body["mails"][0]["subject"], "Avviso 0");
    assert_eq!(
        first.body["mails"][0]["reason"],
        "Il mittente non è tra quelli che possono chiedere avvisi."
    );
    assert_eq!(second.body["mails"].as_array().unwrap().len(), 1);
    assert_eq!(second.body["mails"][0]["subject"], "Avviso 2");
    let original = first.body["mails"][0]["link"].as_str().unwrap();
    assert!(
        original.contains("/posta/inbox/a?") && original.contains("X-Amz-Expires=600"),
        "{original}"
    );
    let wrong = desk.get("/v1/inbox?cursor=tre").await;
    assert_eq!(wrong.problem(), (422, "/problems/invalid"));
}

#[tokio::test]
async fn a_dangerous_mail_is_listed_without_a_link_to_it() {
    let desk = Desk::open().await;
    let received_at = "2026-11-24T09:00:00Z".parse().unwrap();
    let mail = MailRecord::unread("0".repeat(64), "inbox/a", received_at, Waits::Virus);
    let inbox = Inbox::new(&desk.aws, Tables::PROCEDURE);
    assert!(inbox.keep(&mail, Vec::new()).await.unwrap());

    let listed = desk.get("/v1/inbox").await;

    assert!(listed.body["mails"][0]["reason"].is_string());
    assert!(listed.body["mails"][0]["link"].is_null());
}

#[tokio::test]
async fn a_mail_that_was_settled_waits_no_longer_and_says_who_saw_to_it() {
    let desk = Desk::open().await;
    waiting(&desk, 1).await;
    let settle = |by: &str, note: &str| {
        submission()
            .without("idempotency-key")
            .to("POST", &format!("/v1/inbox/{}/settle", "0".repeat(64)))
            .by(by, "operator")
            .saying(&json!({"note": note}))
    };

    let missing = desk.call(settle("sportello.uno", " ")).await;
    let settled = desk.call(settle("sportello.uno", "telefonato")).await;
    let again = desk.call(settle("sportello.due", "altro")).await;

    assert_eq!(missing.problem(), (422, "/problems/invalid"));
    assert_eq!(settled.status.as_u16(), 200);
    assert_eq!(settled.body["settled"]["by"], "sportello.uno");
    assert_eq!(
        again.body["settled"], settled.body["settled"],
        "the first stays"
    );
    assert_eq!(desk.get("/v1/inbox").await.body["mails"], json!([]));
}

#[tokio::test]
async fn the_mailbox_is_for_who_sees_to_it() {
    let desk = Desk::open().await;
    let list = submission().to("GET", "/v1/inbox");

    let office = desk.call(list.by("ufficio.cultura", "requester")).await;
    let nowhere = desk
        .call(
            submission()
                .without("idempotency-key")
                .to("POST", "/v1/inbox/7/settle")
                .by("sportello.uno", "operator")
                .saying(&json!({"note": "a"})),
        )
        .await;

    assert_eq!(office.problem(), (403, "/problems/forbidden"));
    assert_eq!(nowhere.problem(), (404, "/problems/not-found"));
}
