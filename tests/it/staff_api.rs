//! What the staff API refuses, and how it says so.

use rehearsal::World;
use serde_json::{Value, json};

use crate::support::{approved, draft};

#[tokio::test]
async fn nobody_passes_without_a_good_token() {
    let world = World::attach().await.unwrap();
    let good = world.stage.token("operator").unwrap();
    let tampered = format!("{}x", &good[..good.len() - 3]);

    assert_eq!(
        world
            .anybody("")
            .get("/v1/notice-requests")
            .await
            .unwrap()
            .status,
        401
    );
    assert_eq!(
        world
            .anybody(&tampered)
            .get("/v1/notice-requests")
            .await
            .unwrap()
            .status,
        401
    );
    assert_eq!(
        world
            .anybody(good)
            .get("/v1/notice-requests")
            .await
            .unwrap()
            .status,
        200
    );
}

#[tokio::test]
async fn a_wrong_request_is_refused_with_the_name_of_the_field() {
    let world = World::attach().await.unwrap();
    let office = world.staff("requester").unwrap();
    let cases: [(&str, Value); 8] = [
        ("link", Value::Null),
        ("link", "https://www.example.com/notizia".into()),
        ("link", "http://www.rubano.it/notizia".into()),
        ("wanted_at", "2020-01-01T10:00".into()),
        ("text", "prima riga\nseconda riga".into()),
        ("text", "prima\tseconda".into()),
        ("text", "a".repeat(701).into()),
        ("kind", "pubblicità".into()),
    ];

    for (field, value) in cases {
        let mut wrong = draft("campo", 3600);
        wrong[field] = value;
        let answer = office
            .post("/v1/notice-requests", &wrong, None)
            .await
            .unwrap();
        assert_eq!(
            (answer.status, answer.fields()),
            (422, vec![field]),
            "{}",
            answer.body
        );
        assert!(answer.content_type.starts_with("application/problem+json"));
    }
}

#[tokio::test]
async fn who_has_not_the_role_is_told_which_it_takes() {
    let world = World::attach().await.unwrap();
    let (notice, _) = world
        .staff("requester")
        .unwrap()
        .submit(&draft("ruolo", 3600))
        .await
        .unwrap();

    let answer = world
        .staff("finance")
        .unwrap()
        .make(&notice, "take-charge", &json!({}))
        .await
        .unwrap();

    assert_eq!(answer.status, 403);
    assert!(
        answer.body["title"]
            .as_str()
            .unwrap()
            .contains("operatore dello sportello"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn a_move_shows_the_version_that_was_read() {
    let world = World::attach().await.unwrap();
    let (notice, _) = world
        .staff("requester")
        .unwrap()
        .submit(&draft("versione", 3600))
        .await
        .unwrap();
    let operator = world.staff("operator").unwrap();
    let path = format!("/v1/notice-requests/{notice}/take-charge");

    let without = operator.post(&path, &json!({}), None).await.unwrap();
    let stale = operator
        .post(&path, &json!({}), Some("\"7\""))
        .await
        .unwrap();
    let right = operator
        .post(&path, &json!({}), Some("\"1\""))
        .await
        .unwrap();

    assert_eq!(
        (without.status, stale.status, right.status),
        (428, 412, 200)
    );
    assert_eq!(stale.body["current"]["version"], 1);
    assert_eq!(right.etag.as_deref(), Some("\"2\""));
}

#[tokio::test]
async fn of_two_who_take_charge_at_once_one_wins() {
    let world = World::attach().await.unwrap();
    let (notice, _) = world
        .staff("requester")
        .unwrap()
        .submit(&draft("insieme", 3600))
        .await
        .unwrap();
    let other = world
        .stage
        .new_user(&format!("sportello.{}", &notice.as_str()[20..]), "operator")
        .await
        .unwrap();
    let (one, two) = (world.staff("operator").unwrap(), world.anybody(&other));
    let path = format!("/v1/notice-requests/{notice}/take-charge");

    let nothing = json!({});
    let (first, second) = tokio::join!(
        one.post(&path, &nothing, Some("\"1\"")),
        two.post(&path, &nothing, Some("\"1\"")),
    );

    let mut statuses = [first.unwrap().status, second.unwrap().status];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!(matches!(statuses[1], 409 | 412), "{statuses:?}");
}

#[tokio::test]
async fn words_changed_after_the_approval_need_another() {
    let world = World::attach().await.unwrap();
    let notice = approved(&world, &draft("parole", 3600)).await;
    let operator = world.staff("operator").unwrap();

    operator
        .make(&notice, "reword", &draft("altre parole", 3600))
        .await
        .unwrap()
        .good()
        .unwrap();
    let schedule = operator
        .make(&notice, "schedule", &json!({}))
        .await
        .unwrap();

    assert_eq!(schedule.status, 409, "{}", schedule.body);
    let history = operator
        .get(&format!("/v1/notice-requests/{notice}/history"))
        .await
        .unwrap()
        .good()
        .unwrap();
    let steps: Vec<_> = history.body["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["step"].clone())
        // What the checks found depends on the notices of other stories.
        .filter(|step| step != "waive" && step != "second")
        .collect();
    assert_eq!(
        steps,
        ["submit", "take_charge", "forward", "approve", "reword"]
    );
}

#[tokio::test]
async fn whoever_follows_the_link_of_a_letter_gets_a_page_to_sign_in_at() {
    let world = World::attach().await.unwrap();
    let root = world.output("DeskUrl").unwrap();

    let page = world
        .anybody("")
        .get("/desk/avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B")
        .await
        .unwrap()
        .good()
        .unwrap();

    assert!(page.content_type.starts_with("text/html"));
    assert_eq!(root, world.api("/desk"));
}

#[tokio::test]
async fn the_api_describes_itself() {
    let world = World::attach().await.unwrap();

    let openapi = world
        .anybody("")
        .get("/openapi.json")
        .await
        .unwrap()
        .good()
        .unwrap();
    let page = world
        .anybody("")
        .get("/docs")
        .await
        .unwrap()
        .good()
        .unwrap();

    assert!(openapi.body["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(openapi.body["paths"].as_object().unwrap().len() >= 8);
    assert!(page.content_type.starts_with("text/html"));
}
