//! The register shows what went out, with the counts of the moment.

use domain::delivery::{Delivery, Next, Report, Rung};
use domain::ids::{NoticeId, SendId};
use domain::notice::{Digest, Move, NoticeRequest};
use domain::register::DispatchProgress;
use domain::staff::{Actor, Role};
use serde_json::{Value, json};
use support::rubano;

use crate::{Desk, draft};

impl Desk {
    /// A notice that began to go out just now, to three people.
    pub(crate) async fn send(&self, title: &str) -> NoticeId {
        let mut draft = draft();
        draft["title"] = title.into();
        let id: NoticeId = self.submit(&draft).await.body["id"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        let mut request = self.notices.get(&id).await.unwrap().unwrap();
        let steps = [
            Move::TakeCharge,
            Move::Forward,
            Move::Approve(Digest::quoted(request.digest(&rubano()).as_str())),
            Move::Schedule,
        ];
        for step in steps {
            request = self.apply(request, Some(step)).await;
        }
        self.apply(request, None).await;
        let (mut progress, seen): (DispatchProgress, _) = self.notices.progress(&id).await.unwrap();
        progress.recipients = 3;
        self.notices
            .save_progress(&id, &progress, seen)
            .await
            .unwrap();
        id
    }

    async fn apply(&self, request: NoticeRequest, step: Option<Move>) -> NoticeRequest {
        let everybody = Actor {
            id: "gruppo.uno".parse().unwrap(),
            roles: Role::ALL.to_vec(),
        };
        let now = cloud::clock::now();
        let applied = match step {
            Some(step) => request.apply(step, &everybody, &rubano(), now).unwrap(),
            None => request.advance(Move::Start, &rubano(), now).unwrap(),
        };
        self.notices.save(&applied).await.unwrap();
        applied.request
    }

    pub(crate) async fn deliver(&self, notice: &NoticeId, person: &str, rung: Rung) {
        let now = cloud::clock::now();
        let id = SendId::Notice {
            notice: notice.clone(),
            person: person.parse().unwrap(),
        };
        let Next::Call(intended) = Delivery::attempt(None, true, now) else {
            panic!("the first attempt calls");
        };
        self.deliveries
            .write(&id, None, &intended.merge(Report::of(rung, now)), now)
            .await
            .unwrap();
    }
}

fn titles(page: &Value) -> Vec<&str> {
    page["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["title"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_notice_that_goes_out_has_a_row_with_its_counts() {
    let desk = Desk::open().await;
    let notice = desk.send("Mercatino").await;
    desk.deliver(&notice, "p_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B", Rung::Read)
        .await;
    desk.deliver(&notice, "p_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2C", Rung::Failed)
        .await;

    let page = desk.get("/v1/register").await;
    let row = desk.get(&format!("/v1/register/{notice}")).await;

    assert_eq!(page.body["rows"], json!([row.body]));
    let counts = [
        "recipients",
        "accepted",
        "sent",
        "delivered",
        "read",
        "failed",
        "waiting",
    ]
    .map(|name| row.body[name].as_i64().unwrap());
    assert_eq!(counts, [3, 2, 1, 1, 1, 1, 1]);
    assert_eq!(
        (&row.body["state"], &row.body["label"]),
        (&json!("sending"), &json!("in invio"))
    );
    assert_eq!(
        (&row.body["submitted"]["by"], &row.body["approved"]["by"]),
        (&json!("ufficio.cultura"), &json!("gruppo.uno"))
    );
}

#[tokio::test]
async fn what_has_not_gone_out_is_not_in_the_list() {
    let desk = Desk::open().await;
    desk.submit(&draft()).await;

    let page = desk.get("/v1/register").await;

    assert_eq!(titles(&page.body), [""; 0]);
}

#[tokio::test]
async fn the_register_is_read_a_page_at_a_time_in_the_order_of_sending() {
    let desk = Desk::open().await;
    for title in ["uno", "due", "tre"] {
        desk.send(title).await;
    }

    let first = desk.get("/v1/register?limit=2").await;
    let cursor = first.body["cursor"].as_str().unwrap();
    let second = desk
        .get(&format!("/v1/register?limit=2&cursor={cursor}"))
        .await;

    assert_eq!(
        (titles(&first.body), titles(&second.body)),
        (vec!["uno", "due"], vec!["tre"])
    );
    assert_eq!(second.body.get("cursor"), None);
}

#[tokio::test]
async fn a_period_is_asked_by_name() {
    let desk = Desk::open().await;
    desk.send("Mercatino").await;

    let long_ago = desk.get("/v1/register?period=2020-B1").await;
    let nonsense = desk.get("/v1/register?period=2020-B7").await;

    assert_eq!(
        (&long_ago.body["period"], titles(&long_ago.body)),
        (&json!("2020-B1"), vec![])
    );
    assert_eq!(nonsense.problem(), (422, "/problems/period"));
}
