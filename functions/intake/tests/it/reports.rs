//! Reports are asked for and found again.

use serde_json::{Value, json};
use support::gateway::Event;

use crate::{Desk, submission};

fn report(method: &str, period: &str) -> Event {
    submission()
        .to(method, &format!("/v1/reports/{period}"))
        .by("ragioneria", "finance")
}

#[tokio::test]
async fn the_report_of_a_period_is_queued() {
    let desk = Desk::open().await;

    let answer = desk.call(report("POST", "2026-B1")).await;

    assert_eq!(
        (answer.status.as_u16(), &answer.body),
        (202, &json!({"period": "2026-B1", "closed": true}))
    );
    let calls = desk.queue.calls();
    assert_eq!(calls[0].target.as_deref(), Some("AmazonSQS.SendMessage"));
    let message: Value =
        serde_json::from_str(calls[0].body["MessageBody"].as_str().unwrap()).unwrap();
    assert_eq!(message, json!({"type": "period", "period": "2026-B1"}));
}

#[tokio::test]
async fn what_is_no_period_or_has_not_begun_is_refused() {
    let desk = Desk::open().await;

    let nonsense = desk.call(report("POST", "2026-B7")).await;
    let future = desk.call(report("POST", "2098-B1")).await;

    assert_eq!(nonsense.problem(), (422, "/problems/period"));
    assert_eq!(future.problem(), (422, "/problems/period"));
    assert_eq!(future.body["title"], "Il periodo non è ancora cominciato.");
    assert_eq!(desk.queue.calls(), []);
}

#[tokio::test]
async fn an_office_that_asks_for_notices_does_not_ask_for_reports() {
    let desk = Desk::open().await;

    for method in ["POST", "GET"] {
        let answer = desk
            .call(report(method, "2026-B1").by("ufficio.cultura", "requester"))
            .await;
        assert_eq!(answer.problem(), (403, "/problems/forbidden"));
    }
}

#[tokio::test]
async fn the_files_of_a_report_are_shown_by_version_with_links() {
    let desk = Desk::open().await;

    let answer = desk.call(report("GET", "2026-B5")).await;

    let versions = answer.body["versions"].as_array().unwrap();
    let names: Vec<_> = versions
        .iter()
        .map(|version| version["version"].as_str().unwrap())
        .collect();
    // v3 has no manifest: it was begun and never published.
    assert_eq!(names, ["v1", "v2", "v10", "provvisorio"]);
    let file = &versions[0]["files"][2];
    assert_eq!(
        (&file["name"], &file["key"]),
        (
            &json!("registro.xlsx"),
            &json!("rubano/rendiconti/2026/B5/v1/registro.xlsx")
        )
    );
    let link = file["link"].as_str().unwrap();
    assert!(
        link.contains("/rendiconti/rubano/rendiconti/2026/B5/v1/registro.xlsx?")
            && link.contains("X-Amz-Expires=900"),
        "{link}"
    );
}
