//! What an office sends, and what it gets back.

use serde_json::{Value, json};
use support::gateway::Answer;

use crate::{Desk, draft, submission};

fn with(field: &str, value: Value) -> Value {
    let mut draft = draft();
    draft[field] = value;
    draft
}

/// The fields that are named as wrong.
fn fields(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.problem(), (422, "/problems/invalid"), "{answer:?}");
    answer.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_complete_request_is_taken_and_shown_as_citizens_will_read_it() {
    let desk = Desk::open().await;

    let answer = desk.submit(&draft()).await;

    assert_eq!(
        (answer.status.as_u16(), answer.header("etag")),
        (201, "\"1\"")
    );
    assert_eq!(
        answer.body["state"],
        json!({"name": "submitted", "label": "da prendere in carico"})
    );
    assert_eq!(answer.body["submitted"]["by"], "ufficio.cultura");
    assert_eq!(
        answer.body["preview"],
        "Comune di Rubano – sabato 12 dicembre, dalle 9:30 alle 18, mercatino di Natale in piazza. Tutte le informazioni: \
         https://www.rubano.it/notizie/mercatino-di-natale – Per non ricevere più avvisi scrivi CANCELLAMI."
    );
    let mut shown = desk.get(answer.header("location")).await;
    let moves = shown.body.as_object_mut().unwrap().remove("moves");
    assert_eq!((&shown.body, shown.header("etag")), (&answer.body, "\"1\""));
    assert_eq!(moves, Some(json!(["take_charge", "cancel"])));
}

#[tokio::test]
async fn each_is_shown_the_moves_that_are_theirs() {
    let desk = Desk::open().await;
    let asked = desk.submit(&draft()).await;

    for (name, role, moves) in [
        ("ufficio.cultura", "requester", json!(["cancel"])),
        (
            "sportello.uno",
            "operator",
            json!(["take_charge", "cancel"]),
        ),
        ("ragioneria", "finance", json!([])),
    ] {
        let one = submission()
            .to("GET", asked.header("location"))
            .by(name, role);
        assert_eq!(desk.call(one).await.body["moves"], moves, "{name}");
    }
}

#[tokio::test]
async fn the_history_begins_with_who_asked() {
    let desk = Desk::open().await;
    let asked = desk.submit(&draft()).await;

    let history = desk
        .get(&format!("{}/history", asked.header("location")))
        .await;

    let lines = history.body["entries"].as_array().unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!(
        (&lines[0]["by"], &lines[0]["step"]),
        (&json!("ufficio.cultura"), &json!("submit"))
    );
    assert_eq!(lines[0]["digest"], asked.body["digest"]);
}

#[tokio::test]
async fn a_request_that_cannot_go_out_is_refused_by_field() {
    let desk = Desk::open().await;

    for (field, value) in [
        ("link", Value::Null),
        ("link", "https://www.example.com/notizie/mercatino".into()),
        ("link", "https://www.rubano.it/".into()),
        ("wanted_at", "2020-12-10T09:30".into()),
        ("wanted_at", "domani".into()),
        ("text", "riga uno\nriga due".into()),
        ("text", "uno\tdue".into()),
        ("text", "a".repeat(701).into()),
        ("title", "a".repeat(121).into()),
        ("kind", "festa".into()),
    ] {
        let answer = desk.submit(&with(field, value.clone())).await;
        assert_eq!(fields(&answer), [field], "{value}");
    }
    assert_eq!(
        desk.get("/v1/notice-requests").await.body["requests"],
        json!([])
    );
}

#[tokio::test]
async fn only_a_notice_that_went_out_can_be_corrected() {
    let desk = Desk::open().await;
    let asked = desk.submit(&draft()).await;
    let id = asked.body["id"].as_str().unwrap();

    for code in [id, "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B"] {
        let answer = desk.submit(&with("corrects", code.into())).await;
        assert_eq!(fields(&answer), ["corrects"], "{code}");
    }
}

#[tokio::test]
async fn everything_that_is_missing_is_told_at_once() {
    let desk = Desk::open().await;

    let nothing = desk.call(submission().saying_text("")).await;

    assert_eq!(
        fields(&nothing),
        ["title", "text", "link", "wanted_at", "office", "kind"]
    );
    assert_eq!(nothing.body["errors"][0]["detail"], "Manca questo dato.");
}

#[tokio::test]
async fn a_body_that_is_not_ours_is_told_why() {
    let desk = Desk::open().await;

    let misspelt = desk.submit(&with("titel", "x".into())).await;
    let broken = desk.call(submission().saying_text("{\"title\": ")).await;
    let huge = desk.submit(&with("text", "a".repeat(70_000).into())).await;

    assert_eq!(misspelt.problem(), (400, "/problems/malformed"));
    assert_eq!(
        misspelt.body["title"],
        "La richiesta non è leggibile: il campo «titel» non esiste."
    );
    assert_eq!(broken.problem(), (400, "/problems/malformed"));
    assert_eq!(huge.problem(), (413, "/problems/too-large"));
}

#[tokio::test]
async fn only_an_office_asks_for_notices() {
    let desk = Desk::open().await;

    let nobody = desk.call(submission().by_nobody()).await;
    let finance = desk
        .call(submission().by("ragioneria", "finance").saying(&json!({})))
        .await;

    assert_eq!(nobody.problem(), (401, "/problems/unauthenticated"));
    assert_eq!(finance.problem(), (403, "/problems/forbidden"));
    assert_eq!(
        finance.body["title"],
        "Il tuo ruolo non può fare questo passo. Serve: ufficio richiedente."
    );
}

#[tokio::test]
async fn a_request_sent_again_under_its_key_is_one_request() {
    let desk = Desk::open().await;

    let first = desk.call(submission()).await;
    let again = desk.call(submission()).await;

    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 200));
    assert_eq!(
        (&first.body, first.header("location")),
        (&again.body, again.header("location"))
    );
    assert_eq!(
        desk.get("/v1/notice-requests").await.body["requests"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_key_is_of_one_account_and_of_one_request() {
    let desk = Desk::open().await;
    desk.call(submission()).await;

    let other_words = desk
        .call(submission().saying(&with("title", "Altro".into())))
        .await;
    let other_account = desk
        .call(submission().by("ufficio.sport", "requester"))
        .await;
    let too_long = desk
        .call(submission().with("idempotency-key", &"k".repeat(129)))
        .await;

    // A rehearsal under the key of the real one would be answered with it, and the other way round one would be lost.
    let rehearsal = desk
        .call(submission().saying(&with("training", true.into())))
        .await;

    assert_eq!(other_words.problem(), (422, "/problems/key-reused"));
    assert_eq!(rehearsal.problem(), (422, "/problems/key-reused"));
    assert_eq!(other_account.status.as_u16(), 201);
    assert_eq!(fields(&too_long), ["Idempotency-Key"]);
}

#[tokio::test]
async fn requests_are_listed_newest_first_a_page_at_a_time() {
    let desk = Desk::open().await;
    for title in ["uno", "due", "tre"] {
        desk.submit(&with("title", title.into())).await;
    }
    let titles = |answer: &Answer| -> Vec<String> {
        let requests = answer.body["requests"].as_array().unwrap().iter();
        requests
            .map(|request| request["title"].as_str().unwrap().to_owned())
            .collect()
    };

    let first = desk.get("/v1/notice-requests?limit=2").await;
    let cursor = first.body["cursor"].as_str().unwrap();
    let second = desk
        .get(&format!("/v1/notice-requests?limit=2&cursor={cursor}"))
        .await;

    assert_eq!(
        (titles(&first), titles(&second)),
        (
            vec!["tre".to_owned(), "due".to_owned()],
            vec!["uno".to_owned()]
        )
    );
    assert_eq!(second.body.get("cursor"), None);
}

#[tokio::test]
async fn a_page_that_makes_no_sense_is_refused() {
    let desk = Desk::open().await;

    for limit in ["0", "101", "molti"] {
        let answer = desk
            .get(&format!("/v1/notice-requests?limit={limit}"))
            .await;
        assert_eq!(fields(&answer), ["limit"]);
    }
    let answer = desk.get("/v1/notice-requests?cursor=tre").await;
    assert_eq!(fields(&answer), ["cursor"]);
}
