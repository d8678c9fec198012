//! One operator at a time: away, back, revoked.

use serde_json::{Value, json};
use support::gateway::{Answer, Event};

use crate::{Desk, fields, replacement, roster};

fn away(operator: &str, from: &str, until: &str) -> Event {
    replacement()
        .to("POST", "/v1/roster/absences")
        .saying(&json!({"operator": operator, "from": from, "until": until, "reason": "leave"}))
}

fn back(body: &Value) -> Event {
    replacement()
        .to("POST", "/v1/roster/absences/end")
        .saying(body)
}

fn revoke(operator: &str) -> Event {
    replacement()
        .to("POST", &format!("/v1/roster/operators/{operator}/revoke"))
        .saying(&json!({"reason": "fine dell'incarico"}))
}

/// An absence that lasts at this moment.
fn now(operator: &str) -> Event {
    away(operator, "2026-01-02T08:00", "2190-01-01T08:00")
}

fn phase<'a>(acting: &'a Answer, phase: &str) -> (&'a Value, &'a Value) {
    let phases = acting.body["phases"].as_array().unwrap();
    let found = phases.iter().find(|one| one["phase"] == phase).unwrap();
    (&found["who"]["id"], &found["instead_of"]["id"])
}

#[tokio::test]
async fn a_deputy_acts_for_who_is_away_until_they_are_back() {
    let desk = Desk::open().await;
    let acting = async || desk.get("/v1/roster/acting").await;
    assert_eq!(
        phase(&acting().await, "take_charge"),
        (&json!("sportello.uno"), &Value::Null)
    );

    let answer = desk.call(now("sportello.uno")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("etag")),
        (200, "\"2\"")
    );
    assert_eq!(
        phase(&acting().await, "take_charge"),
        (&json!("capo.settore"), &json!("sportello.uno"))
    );

    let answer = desk.call(back(&json!({"operator": "sportello.uno"}))).await;
    assert_eq!(answer.status.as_u16(), 200, "{answer:?}");
    assert_eq!(
        phase(&acting().await, "take_charge"),
        (&json!("sportello.uno"), &Value::Null)
    );
}

#[tokio::test]
async fn without_the_head_the_alternative_path_is_open_and_the_gap_is_told() {
    let desk = Desk::open().await;
    desk.call(now("capo.settore")).await;

    let acting = desk.get("/v1/roster/acting").await;

    assert_eq!(acting.body["alternative_path"], json!(true));
    assert_eq!(phase(&acting, "forward"), (&Value::Null, &Value::Null));
    assert_eq!(
        phase(&acting, "alternative"),
        (&json!("sportello.uno"), &Value::Null)
    );
    let gaps = acting.body["gaps"].as_array().unwrap();
    assert_eq!(gaps.len(), 1);
    assert_eq!(
        (&gaps[0]["phase"], &gaps[0]["label"]),
        (&json!("forward"), &json!("inoltro del capo settore"))
    );
}

#[tokio::test]
async fn everybody_says_when_they_are_away_and_only_an_administrator_says_it_of_others() {
    let desk = Desk::open().await;
    let call = away("sportello.uno", "2099-08-10T08:00", "2099-08-22T08:00");

    let own = desk
        .call(call.clone().by("sportello.uno", "operator"))
        .await;
    let of_another = desk
        .call(call.clone().by("sportello.due", "operator"))
        .await;
    let unappointed = desk.call(call.by("sportello.nove", "operator")).await;

    assert_eq!(own.status.as_u16(), 200);
    assert_eq!(of_another.problem(), (403, "/problems/forbidden"));
    assert_eq!(unappointed.problem(), (403, "/problems/not-appointed"));
}

#[tokio::test]
async fn why_somebody_is_away_is_for_them_and_the_administrator() {
    let desk = Desk::open().await;
    desk.call(now("sportello.uno")).await;
    let read = async |name: &str, role: &str| {
        let event = replacement().to("GET", "/v1/roster").by(name, role);
        let answer = desk.call(event).await;
        answer.body["operators"][0]["absences"][0].clone()
    };

    let administrator = read("amministratore", "administrator").await;
    let own = read("sportello.uno", "operator").await;
    let colleague = read("sportello.due", "operator").await;

    assert_eq!(administrator["reason"], "leave");
    assert_eq!(own, administrator);
    assert_eq!(colleague.get("reason"), None);
    assert_eq!(colleague["from"], administrator["from"]);
}

#[tokio::test]
async fn an_absence_said_twice_is_one_and_two_at_once_are_both_kept() {
    let desk = Desk::open().await;
    let first = away("sportello.uno", "2099-08-10T08:00", "2099-08-22T08:00");
    desk.call(first.clone()).await;
    let again = desk.call(first).await;
    assert_eq!(again.header("etag"), "\"2\"");

    let (one, two) = tokio::join!(
        desk.call(away(
            "sportello.uno",
            "2099-12-24T08:00",
            "2099-12-28T08:00"
        )),
        desk.call(away(
            "sportello.due",
            "2099-12-27T08:00",
            "2099-12-31T08:00"
        )),
    );

    assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200));
    let shown = desk.get("/v1/roster").await;
    let kept = |place: usize| shown.body["operators"][place]["absences"].as_array();
    assert_eq!(
        (kept(0).map(Vec::len), kept(2).map(Vec::len)),
        (Some(2), Some(1))
    );
    assert_eq!(desk.version().await, 4);
}

#[tokio::test]
async fn what_cannot_be_read_of_an_absence_is_told_by_field() {
    let desk = Desk::open().await;

    let backwards = desk
        .call(away(
            "sportello.uno",
            "2099-08-22T08:00",
            "2099-08-10T08:00",
        ))
        .await;
    let nothing =
        desk.call(away("sportello.uno", "", "domani").saying(
            &json!({"operator": "sportello.uno", "until": "domani", "reason": "malattia"}),
        ))
        .await;
    let nobody = desk
        .call(away("", "2099-08-10T08:00", "2099-08-22T08:00"))
        .await;
    let unknown = desk
        .call(away(
            "sportello.nove",
            "2099-08-10T08:00",
            "2099-08-22T08:00",
        ))
        .await;
    let never_away = desk.call(back(&json!({"operator": "sportello.uno"}))).await;
    let no_hour = desk
        .call(back(&json!({"operator": "sportello.uno", "from": "ieri"})))
        .await;

    assert_eq!(fields(&backwards), ["until"]);
    assert_eq!(fields(&nothing), ["from", "until", "reason"]);
    assert_eq!(fields(&nobody), ["operator"]);
    assert_eq!(unknown.problem(), (404, "/problems/not-found"));
    assert_eq!(never_away.problem(), (409, "/problems/not-absent"));
    assert_eq!(fields(&no_hour), ["from"]);
    assert_eq!(desk.version().await, 1);
}

#[tokio::test]
async fn who_is_revoked_is_nobody_from_then_on() {
    let desk = Desk::open().await;

    let revoked = desk.call(revoke("sportello.uno")).await;
    let again = desk.call(revoke("sportello.uno")).await;
    let own_absence = desk
        .call(
            away("sportello.uno", "2099-08-10T08:00", "2099-08-22T08:00")
                .by("sportello.uno", "operator"),
        )
        .await;
    let acting = desk.get("/v1/roster/acting").await;

    assert_eq!(revoked.status.as_u16(), 200, "{revoked:?}");
    assert_eq!(again.problem(), (409, "/problems/appointment-over"));
    assert_eq!(own_absence.problem(), (403, "/problems/not-appointed"));
    assert_eq!(
        own_absence.body["title"],
        "Il tuo incarico è stato revocato."
    );
    assert_eq!(
        phase(&acting, "take_charge"),
        (&json!("capo.settore"), &Value::Null)
    );
}

#[tokio::test]
async fn a_revocation_wants_an_administrator_an_operator_and_a_reason() {
    let desk = Desk::open().await;

    let by_another = desk
        .call(revoke("sportello.uno").by("capo.settore", "sector_head"))
        .await;
    let unknown = desk.call(revoke("sportello.nove")).await;
    let unreasoned = desk
        .call(revoke("sportello.uno").saying(&json!({"reason": "  "})))
        .await;
    let endless = desk
        .call(revoke("sportello.uno").saying(&json!({"reason": "a".repeat(1001)})))
        .await;

    assert_eq!(by_another.problem(), (403, "/problems/forbidden"));
    assert_eq!(unknown.problem(), (404, "/problems/not-found"));
    assert_eq!(fields(&unreasoned), ["reason"]);
    assert_eq!(fields(&endless), ["reason"]);
}

#[tokio::test]
async fn a_roster_written_anew_forgets_who_is_no_longer_in_it() {
    let desk = Desk::open().await;
    let mut body = roster();
    body["operators"].as_array_mut().unwrap().remove(2);
    for phase in ["take_charge", "alternative", "monitoring"] {
        body["phases"][phase]
            .as_array_mut()
            .unwrap()
            .retain(|id| id != "sportello.due");
    }
    let event = replacement().with("if-match", "\"1\"").saying(&body);
    assert_eq!(desk.call(event).await.status.as_u16(), 200);

    let answer = desk
        .call(
            away("sportello.due", "2099-08-10T08:00", "2099-08-22T08:00")
                .by("sportello.due", "operator"),
        )
        .await;

    assert_eq!(answer.problem(), (403, "/problems/not-appointed"));
}
