//! The plan tells when the last person is reached.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use support::{Tables, rubano};

use crate::{Desk, draft};

impl Desk {
    async fn subscribers(&self, people: usize) {
        let dynamo = aws_sdk_dynamodb::Client::new(&self.aws);
        for n in 0..people {
            dynamo
                .put_item()
                .table_name(Tables::PEOPLE)
                .item("pk", AttributeValue::S(format!("p_{n}")))
                .item("sk", AttributeValue::S("person".to_owned()))
                .item("audience", AttributeValue::S("notices".to_owned()))
                .send()
                .await
                .unwrap();
        }
    }

    async fn planned(&self, draft: &serde_json::Value) -> serde_json::Value {
        let id = self.submit(draft).await.body["id"].clone();
        let id = id.as_str().unwrap().to_owned();
        self.get(&format!("/v1/notice-requests/{id}/plan"))
            .await
            .body
    }
}

#[tokio::test]
async fn five_people_of_two_a_day_take_three_days() {
    let mut small = rubano();
    small.people_per_day = Some(2);
    let desk = Desk::of(small).await;
    desk.subscribers(5).await;
    let mut draft = draft();
    draft["useful_until"] = "2099-12-11T12:00".into();

    let plan = desk.planned(&draft).await;

    assert_eq!(
        (&plan["recipients"], &plan["left"], &plan["limit"]),
        (&json!(5), &json!(5), &json!(2))
    );
    assert_eq!(
        plan["days"],
        json!([
            {"date": "2099-12-10", "people": 2},
            {"date": "2099-12-11", "people": 2},
            {"date": "2099-12-12", "people": 1},
        ])
    );
    let last = plan["last_reached_at"].as_str().unwrap();
    assert!(last.starts_with("2099-12-12T"), "{last}");
    assert_eq!(plan["in_time"], false);
    assert_eq!(plan["useful_until"], "2099-12-11T12:00:00");
}

#[tokio::test]
async fn without_a_limit_everybody_is_reached_on_the_day() {
    let desk = Desk::open().await;
    desk.subscribers(5).await;

    let plan = desk.planned(&draft()).await;

    assert_eq!(plan["days"], json!([{"date": "2099-12-10", "people": 5}]));
    assert_eq!((plan.get("limit"), &plan["in_time"]), (None, &json!(true)));
}
