//! What stands in the way of sending is shown, and lifted by one command.

use cloud::clock;
use cloud::platform::PlatformState;
use domain::delivery::{Delivery, Next, Report, Rung};
use domain::ids::{ReplyId, SendId};
use domain::platform::{StopCause, TemplateKey};
use serde_json::json;
use support::Tables;
use support::gateway::Answer;

use crate::{Desk, submission};

impl Desk {
    fn platform(&self) -> PlatformState {
        PlatformState::new(&self.aws, Tables::PLATFORM)
    }

    async fn lift(&self, cause: &str, role: &str) -> Answer {
        let event = submission().to("POST", "/v1/platform/resume");
        self.call(event.by("chi.sia", role).saying(&json!({"cause": cause})))
            .await
    }

    async fn written(&self, id: &SendId, rung: Rung) {
        let now = clock::now();
        let Next::Call(intended) = Delivery::attempt(None, true, now) else {
            panic!("the first attempt calls");
        };
        let next = intended.merge(Report::of(rung, now));
        self.deliveries.write(id, None, &next, now).await.unwrap();
    }
}

fn reply(n: u32) -> SendId {
    SendId::Reply(ReplyId::to_message(
        &format!("wamid.{n}").parse().unwrap(),
        0,
    ))
}

#[tokio::test]
async fn a_platform_of_which_nothing_was_heard_is_open() {
    let desk = Desk::open().await;

    let shown = desk.get("/v1/platform").await.body;

    assert_eq!(
        (&shown["stops"], &shown["templates"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(shown["stopped_notices"], json!([]));
    assert_eq!(
        (
            &shown["service_messages"]["delivered"],
            &shown["service_messages"]["free_left"]
        ),
        (&json!(0), &json!(1000))
    );
}

#[tokio::test]
async fn what_meta_said_is_shown_with_its_reason_and_the_free_messages_that_are_left() {
    let desk = Desk::open().await;
    let now = clock::now();
    let template = TemplateKey {
        name: "avviso".to_owned(),
        language: "it".to_owned(),
    };
    desk.platform()
        .change(|platform| {
            platform.stop(StopCause::Payment, "131042", None, now);
            platform.pause_template(&template, now);
        })
        .await
        .unwrap();
    desk.written(&reply(1), Rung::Delivered).await;

    let shown = desk.get("/v1/platform").await.body;

    let stop = &shown["stops"][0];
    assert_eq!(
        (&stop["cause"], &stop["said"], &stop["label"]),
        (
            &json!("payment"),
            &json!("131042"),
            &json!("Meta chiede un metodo di pagamento o un pagamento.")
        )
    );
    assert_eq!(shown["templates"][0]["template"], "avviso/it");
    assert_eq!(shown["templates"][0]["status"]["said"], "PAUSED");
    assert!(shown["templates"][0]["paused_until"].is_string());
    assert_eq!(shown["service_messages"]["delivered"], 1);
    assert_eq!(shown["service_messages"]["free_left"], 999);
}

#[tokio::test]
async fn one_command_lets_sending_go_on() {
    let desk = Desk::open().await;
    let now = clock::now();
    desk.platform()
        .change(|platform| platform.stop(StopCause::Token, "190", None, now))
        .await
        .unwrap();

    assert_eq!(
        desk.lift("token", "requester").await.problem(),
        (403, "/problems/forbidden")
    );
    assert_eq!(
        desk.lift("payment", "operator").await.problem(),
        (404, "/problems/not-stopped")
    );
    let wrong = desk.lift("pioggia", "operator").await;
    assert_eq!(wrong.problem(), (422, "/problems/invalid"));
    let lifted = desk.lift("token", "operator").await;

    assert_eq!(
        (lifted.status.as_u16(), &lifted.body["stops"]),
        (200, &json!([]))
    );
    let platform = desk.platform().now().await.unwrap();
    assert_eq!(platform.stops().count(), 0);
    assert_eq!(
        desk.lift("token", "operator").await.problem(),
        (404, "/problems/not-stopped")
    );
}

#[tokio::test]
async fn what_nobody_knows_of_is_listed_page_by_page() {
    let desk = Desk::open().await;
    for n in 0..3 {
        desk.written(&reply(n), Rung::Unknown).await;
    }
    let notice = SendId::Notice {
        notice: "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B".parse().unwrap(),
        person: "p_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2C".parse().unwrap(),
    };
    desk.written(&notice, Rung::Unknown).await;
    desk.written(&reply(7), Rung::Delivered).await;

    let first = desk.get("/v1/unknown?limit=3").await.body;
    let cursor = first["cursor"].as_str().unwrap();
    let second = desk
        .get(&format!("/v1/unknown?limit=3&cursor={cursor}"))
        .await
        .body;

    assert_eq!(first["deliveries"].as_array().unwrap().len(), 3);
    assert_eq!(first["deliveries"][0]["kind"], "reply");
    let last = &second["deliveries"][0];
    assert_eq!(
        (&last["kind"], &last["person"], &last["id"]),
        (
            &json!("notice"),
            &json!("p_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2C"),
            &json!(notice.to_string())
        )
    );
    assert_eq!(second.get("cursor"), None);
    assert_eq!(
        desk.get("/v1/unknown?cursor=x").await.problem(),
        (422, "/problems/invalid")
    );
}
