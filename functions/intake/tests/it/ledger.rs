//! The register that can be verified is searched, verified and taken out.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use cloud::files::Files;
use cloud::ledger::Ledger;
use serde_json::{Value, json};
use support::{Bucket, Stub, Tables, rubano};

use crate::{Desk, draft, submission};

impl Desk {
    /// A desk whose bucket keeps what is put into it.
    async fn with_a_bucket() -> (Self, Files) {
        let aws = Tables::start().await.aws;
        let queue = Stub::start(200, "application/x-amz-json-1.0", "{}").await;
        let files = Files::new(&Bucket::start().await.aws, "rendiconti");
        (Self::with(aws, queue, files.clone(), rubano()), files)
    }

    async fn ask_for(&self, change: Value) {
        let mut draft = draft();
        let members = draft.as_object_mut().unwrap();
        members.extend(change.as_object().unwrap().clone());
        assert_eq!(self.submit(&draft).await.status.as_u16(), 201);
    }
}

fn numbers(page: &Value) -> Vec<u64> {
    let rows = page["rows"].as_array().unwrap();
    rows.iter()
        .map(|row| row["number"].as_u64().unwrap())
        .collect()
}

#[tokio::test]
async fn a_request_is_a_row_and_is_found_by_what_people_remember() {
    let desk = Desk::open().await;
    desk.ask_for(json!({"title": "Mercatino"})).await;
    desk.ask_for(json!({
        "title": "Chiusura per lavori",
        "link": "https://www.rubano.it/notizie/via-roma",
        "office": "Lavori pubblici"
    }))
    .await;

    let all = desk.get("/v1/ledger").await;
    for (query, found) in [
        ("text=MERCATINO", vec![2, 1]),
        ("text=lavori", vec![2]),
        ("link=rubano.it/notizie/via-roma/", vec![2]),
        ("office=cultura", vec![1]),
        ("state=submitted&from=2020-01-01", vec![2, 1]),
        ("state=sent", vec![]),
        ("to=2020-01-01", vec![]),
    ] {
        let page = desk.get(&format!("/v1/ledger?{query}")).await;
        assert_eq!(numbers(&page.body), found, "{query}");
    }

    assert_eq!(numbers(&all.body), [2, 1]);
    let row = &all.body["rows"][1];
    assert_eq!(
        (&row["step"], &row["by"], &row["label"], row.get("reason")),
        (
            &json!("submit"),
            &json!("ufficio.cultura"),
            &json!("da prendere in carico"),
            None
        )
    );
}

#[tokio::test]
async fn the_register_is_read_a_page_at_a_time() {
    let desk = Desk::open().await;
    for _ in 0..3 {
        desk.ask_for(json!({})).await;
    }

    let first = desk.get("/v1/ledger?limit=2").await;
    let cursor = first.body["cursor"].as_str().unwrap();
    let second = desk
        .get(&format!("/v1/ledger?limit=2&cursor={cursor}"))
        .await;

    assert_eq!(
        (numbers(&first.body), numbers(&second.body)),
        (vec![3, 2], vec![1])
    );
    assert_eq!(second.body.get("cursor"), None);
}

#[tokio::test]
async fn what_is_no_day_state_or_cursor_is_told_by_name() {
    let desk = Desk::open().await;

    for (query, field) in [
        ("from=12/12/2026", "from"),
        ("to=2026-02-30", "to"),
        ("state=partita", "state"),
        ("cursor=%25", "cursor"),
        ("limit=0", "limit"),
    ] {
        let answer = desk.get(&format!("/v1/ledger?{query}")).await;
        assert_eq!(answer.problem(), (422, "/problems/invalid"), "{query}");
        assert_eq!(answer.body["errors"][0]["field"], field);
    }
}

#[tokio::test]
async fn verification_names_the_row_that_was_altered() {
    let (desk, files) = Desk::with_a_bucket().await;
    for _ in 0..3 {
        desk.ask_for(json!({})).await;
    }
    let ledger = Ledger::new(&desk.aws, Tables::PROCEDURE, "rubano");
    let (day, now) = ("2026-12-10".parse().unwrap(), cloud::clock::now());
    let seal = ledger.seal(&files, day, now).await.unwrap();

    let intact = desk.get("/v1/ledger/verify").await.body;
    let text = |value: &str| AttributeValue::S(value.to_owned());
    Client::new(&desk.aws)
        .update_item()
        .table_name(Tables::PROCEDURE)
        .key("pk", text("register"))
        .key("sk", text("row#0000000002"))
        .update_expression("SET #row = :row")
        .expression_attribute_names("#row", "row")
        .expression_attribute_values(":row", text("{}"))
        .send()
        .await
        .unwrap();
    let altered = desk.get("/v1/ledger/verify").await.body;

    assert_eq!(
        (&intact["intact"], &intact["rows"], &intact["head"]),
        (&json!(true), &json!(3), &json!(seal.hash.as_str()))
    );
    assert_eq!(intact["last_seal"]["date"], "2026-12-10");
    assert_eq!(
        (&altered["intact"], &altered["altered"]),
        (&json!(false), &json!({"number": 2, "what": "hash_differs"}))
    );
    assert_eq!(altered["message"], "La riga 2 non è più quella scritta.");
}

#[tokio::test]
async fn the_register_is_taken_out_without_formulas() {
    let desk = Desk::open().await;
    desk.ask_for(json!({"title": "=1+1", "office": "Cultura, \"eventi\""}))
        .await;
    desk.ask_for(json!({"title": "altro"})).await;

    let export = |role| {
        submission()
            .to("GET", "/v1/ledger/export?office=eventi")
            .by("ragioneria", role)
    };
    let answer = desk.call(export("finance")).await;
    let refused = desk.call(export("requester")).await;

    assert_eq!(
        answer.header("content-type"),
        "text/csv; charset=utf-8; header=present"
    );
    let text = answer.body.as_str().unwrap();
    let lines: Vec<_> = text.split("\r\n").collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[0].starts_with("\"numero\",\"istante_utc\""));
    assert!(
        lines[1].starts_with("1,")
            && lines[1].contains(",\"'=1+1\",")
            && lines[1].contains(",\"Cultura, \"\"eventi\"\"\","),
        "{text}"
    );
    assert_eq!(refused.problem(), (403, "/problems/forbidden"));
}
