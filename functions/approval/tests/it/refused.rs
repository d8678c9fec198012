//! Moves that are not made, and what is said of them.

use super::*;

#[tokio::test]
async fn a_move_without_the_version_that_was_read_is_refused() {
    let desk = Desk::open().await;

    let answer = desk.call(event("take-charge").without("if-match")).await;

    assert_eq!(answer.problem(), (428, "/problems/precondition-required"));
    assert_eq!(answer.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn a_move_on_a_version_that_is_over_shows_the_present_one() {
    let desk = Desk::open().await;
    desk.make("take-charge", "sportello.uno", "operator", 1, &json!({}))
        .await;

    let late = desk
        .make("take-charge", "sportello.due", "operator", 1, &json!({}))
        .await;

    assert_eq!(late.problem(), (412, "/problems/stale"));
    assert_eq!(
        late.body["current"]["state"]["taken"]["by"],
        "sportello.uno"
    );
    assert_eq!(
        (
            late.body["current"]["version"].as_u64(),
            late.header("etag")
        ),
        (Some(2), "\"2\"")
    );
}

#[tokio::test]
async fn of_two_who_move_at_once_one_wins_and_the_other_sees_it() {
    let tables = Tables::start().await;
    let desk = Desk::at(&meeting::before_the_write(&tables).await).await;

    let nothing = json!({});
    let (one, other) = tokio::join!(
        desk.make("take-charge", "sportello.uno", "operator", 1, &nothing),
        desk.make("take-charge", "sportello.due", "operator", 1, &nothing),
    );

    let (winner, loser) = if one.status == 200 {
        (one, other)
    } else {
        (other, one)
    };
    assert_eq!(
        (winner.status.as_u16(), loser.problem()),
        (200, (409, "/problems/conflict"))
    );
    assert_eq!(
        loser.body["current"]["state"]["taken"],
        winner.body["state"]["taken"]
    );
    assert_eq!(loser.header("etag"), "\"2\"");
    assert_eq!(
        desk.notices
            .history(&NOTICE.parse().unwrap())
            .await
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn the_wrong_role_is_told_which_it_takes() {
    let desk = Desk::open().await;

    let answer = desk
        .make("take-charge", "ufficio.cultura", "requester", 1, &json!({}))
        .await;

    assert_eq!(answer.problem(), (403, "/problems/forbidden"));
    assert_eq!(
        answer.body["title"],
        "Il tuo ruolo non può fare questo passo. Serve: operatore dello sportello."
    );
}

#[tokio::test]
async fn who_asked_cannot_approve() {
    let desk = Desk::open().await;
    let digest = desk.forwarded().await.body["digest"].clone();

    let own = desk
        .make(
            "approve",
            "ufficio.cultura",
            "operating_group",
            3,
            &json!({"digest": digest}),
        )
        .await;

    assert_eq!(own.problem(), (403, "/problems/own-request"));
}

#[tokio::test]
async fn other_words_than_those_read_are_not_approved() {
    let desk = Desk::open().await;
    desk.forwarded().await;

    let unread = desk
        .make("approve", "gruppo.uno", "operating_group", 3, &json!({}))
        .await;
    let other = desk
        .make(
            "approve",
            "gruppo.uno",
            "operating_group",
            3,
            &json!({"digest": "0".repeat(64)}),
        )
        .await;

    assert_eq!(
        (unread.problem(), &unread.body["errors"][0]["field"]),
        ((422, "/problems/invalid"), &json!("digest"))
    );
    assert_eq!(other.problem(), (409, "/problems/other-words"));
}

#[tokio::test]
async fn who_is_told_no_is_told_why() {
    let desk = Desk::open().await;
    desk.forwarded().await;

    for step in ["return", "reject", "cancel"] {
        let answer = desk
            .make(
                step,
                "capo.settore",
                "sector_head",
                3,
                &json!({"reason": "  "}),
            )
            .await;
        assert_eq!(
            (answer.problem(), &answer.body["errors"][0]["field"]),
            ((422, "/problems/invalid"), &json!("reason"))
        );
    }
}

#[tokio::test]
async fn new_words_are_checked_like_the_first() {
    let desk = Desk::open().await;
    desk.make("take-charge", "sportello.uno", "operator", 1, &json!({}))
        .await;
    let mut foreign = draft();
    foreign["link"] = "https://www.example.com/notizie/mercatino".into();

    let answer = desk
        .make("reword", "sportello.uno", "operator", 2, &foreign)
        .await;

    assert_eq!(
        (answer.problem(), &answer.body["errors"][0]["field"]),
        ((422, "/problems/invalid"), &json!("link"))
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_from_the_outside_in() {
    let desk = Desk::open().await;
    let nonsense = || event("take-charge").without("if-match").saying_text("{");
    let unknown = "/v1/notice-requests/avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2C/take-charge";

    let nobody = desk.call(nonsense().to("POST", unknown).by_nobody()).await;
    let nothing = desk.call(nonsense().to("POST", unknown)).await;
    let no_id = desk
        .call(nonsense().to("POST", "/v1/notice-requests/7/take-charge"))
        .await;
    let no_version = desk.call(nonsense()).await;
    let broken = desk.call(nonsense().with("if-match", "\"1\"")).await;
    let misspelt = desk
        .call(
            nonsense()
                .with("if-match", "\"1\"")
                .saying(&json!({"ragione": "x"})),
        )
        .await;

    assert_eq!(nobody.problem(), (401, "/problems/unauthenticated"));
    assert_eq!(nothing.problem(), (404, "/problems/not-found"));
    assert_eq!(no_id.problem(), (404, "/problems/not-found"));
    assert_eq!(
        no_version.problem(),
        (428, "/problems/precondition-required")
    );
    assert_eq!(broken.problem(), (400, "/problems/malformed"));
    assert_eq!(
        misspelt.body["title"],
        "La richiesta non è leggibile: il campo «ragione» non esiste."
    );
}

#[tokio::test]
async fn an_unknown_move_does_not_exist_and_a_move_is_not_read() {
    let desk = Desk::open().await;
    let address = format!("/v1/notice-requests/{NOTICE}/take-charge");

    let unknown = desk.call(event("publish")).await;
    let read = desk.call(event("take-charge").to("GET", &address)).await;

    assert_eq!(unknown.problem(), (404, "/problems/not-found"));
    assert_eq!(read.problem(), (405, "/problems/method-not-allowed"));
    assert_eq!(read.header("allow"), "POST");
}
