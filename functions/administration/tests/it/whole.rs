//! The roster as a whole.

use serde_json::{Value, json};
use support::gateway::Event;

use crate::{Desk, fields, replacement, roster};

fn on_version(version: u64) -> Event {
    replacement().with("if-match", &format!("\"{version}\""))
}

#[tokio::test]
async fn what_is_shown_can_be_changed_and_given_back() {
    let desk = Desk::open().await;

    let shown = desk.get("/v1/roster").await;
    assert_eq!(
        (shown.header("etag"), &shown.body["phases"]["forward"]),
        ("\"1\"", &json!(["capo.settore"]))
    );
    let mut body = shown.body.clone();
    body["operators"][0]["until"] = "2099-12-31".into();
    let answer = desk.call(on_version(1).saying(&body)).await;

    assert_eq!(
        (answer.status.as_u16(), answer.header("etag")),
        (200, "\"2\"")
    );
    assert_eq!(answer.body, body);
    assert_eq!(desk.get("/v1/roster").await.body, body);
}

#[tokio::test]
async fn only_the_first_roster_needs_no_version() {
    let desk = Desk::empty().await;

    let too_soon = desk.call(on_version(1)).await;
    let first = desk.call(replacement()).await;
    let blind = desk.call(replacement()).await;
    let late = desk.call(on_version(7)).await;
    let unquoted = desk.call(replacement().with("if-match", "1")).await;

    assert_eq!(too_soon.problem(), (412, "/problems/stale"));
    assert_eq!(first.status.as_u16(), 200);
    assert_eq!(blind.problem(), (428, "/problems/precondition-required"));
    assert_eq!(late.problem(), (412, "/problems/stale"));
    assert_eq!(unquoted.problem(), (412, "/problems/stale"));
    assert_eq!(desk.version().await, 1);
}

#[tokio::test]
async fn of_two_who_write_at_once_one_wins() {
    let desk = Desk::open().await;

    let calls = std::array::from_fn::<_, 4, _>(|_| desk.call(on_version(1)));
    let [one, two, three, four] = calls;
    let (one, two, three, four) = tokio::join!(one, two, three, four);

    let mut statuses = [one, two, three, four].map(|answer| answer.status.as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412]);
    assert_eq!(desk.version().await, 2);
}

#[tokio::test]
async fn only_an_administrator_writes_it() {
    let desk = Desk::open().await;

    let answer = desk
        .call(on_version(1).by("capo.settore", "sector_head"))
        .await;

    assert_eq!(answer.problem(), (403, "/problems/forbidden"));
    assert_eq!(
        answer.body["title"],
        "Il tuo ruolo non può fare questo passo. Serve: amministratore."
    );
}

#[tokio::test]
async fn a_roster_that_does_not_fit_is_refused_place_by_place() {
    let desk = Desk::empty().await;
    let mut body = roster();
    body["operators"][0]["email"] = "sportello".into();
    body["operators"][1]["roles"] = json!(["sector_head", "operating_group"]);
    body["group"]["mayor"] = Value::Null;
    let refused = desk.call(replacement().saying(&body)).await;
    body = roster();
    body["phases"]["forward"] = json!(["sportello.due"]);
    let unfit = desk.call(replacement().saying(&body)).await;
    let nothing = desk.call(replacement().saying_text("")).await;
    let misspelt = desk
        .call(replacement().saying(&json!({"operatori": []})))
        .await;

    assert_eq!(
        fields(&refused),
        ["operators[0].email", "phases.take_charge[1]", "group.mayor"]
    );
    assert_eq!(fields(&unfit), ["phases.forward[0]"]);
    assert_eq!(
        unfit.body["errors"][0]["detail"],
        "L'incaricato non ha il ruolo che serve qui: capo settore."
    );
    assert_eq!(fields(&nothing).len(), 9);
    assert_eq!(misspelt.problem(), (400, "/problems/malformed"));
}

#[tokio::test]
async fn every_change_leaves_a_line() {
    let desk = Desk::open().await;
    let absence = Event::from_file(include_str!(
        "../../../../events/administration/absence.json"
    ));
    let revocation = Event::from_file(include_str!(
        "../../../../events/administration/revoke.json"
    ));
    desk.call(absence).await;
    desk.call(revocation).await;

    let page = desk.get("/v1/roster/changes").await;
    let older = desk.get("/v1/roster/changes?before=2").await;

    let lines = page.body["changes"].as_array().unwrap();
    let told: Vec<_> = lines
        .iter()
        .map(|line| {
            (
                line["version"].as_u64().unwrap(),
                line["change"].as_str().unwrap(),
                line["by"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (3, "revoked", "amministratore"),
            (2, "absent", "sportello.uno"),
            (1, "replaced", "amministratore")
        ]
    );
    assert_eq!(
        (&lines[0]["operator"], &lines[0]["reason"]),
        (
            &json!("sportello.due"),
            &json!("decreto n. 40 del 01/09/2026")
        )
    );
    assert_eq!(older.body["changes"], json!([lines[2]]));
    for before in ["0", "due", "-1", "10000000000"] {
        let answer = desk
            .get(&format!("/v1/roster/changes?before={before}"))
            .await;
        assert_eq!(fields(&answer), ["before"], "{before}");
    }
    let operator = Event::from_file(include_str!(
        "../../../../events/administration/changes.json"
    ));
    let answer = desk.call(operator.by("sportello.uno", "operator")).await;
    assert_eq!(answer.problem(), (403, "/problems/forbidden"));
}

#[tokio::test]
async fn a_reader_may_rely_on_what_it_read_for_a_second_and_no_longer() {
    let desk = Desk::open().await;
    let seen = desk.rosters.recent().await.unwrap().unwrap().1;
    desk.call(on_version(1)).await;

    let at_once = desk.rosters.recent().await.unwrap().unwrap().1;
    tokio::time::sleep(std::time::Duration::from_millis(1_050)).await;
    let later = desk.rosters.recent().await.unwrap().unwrap().1;

    assert_eq!((seen, at_once, later), (1, 1, 2));
}
