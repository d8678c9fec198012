//! Way 4: finance asks for a period and finds it in S3.

use rehearsal::{World, poll};
use serde_json::{Value, json};

async fn versions(world: &World, period: &str) -> Vec<Value> {
    let answer = world
        .staff("finance")
        .unwrap()
        .get(&format!("/v1/reports/{period}"))
        .await
        .unwrap();
    answer.good().unwrap().body["versions"]
        .as_array()
        .cloned()
        .unwrap_or_default()
}

async fn made(world: &World, period: &str) -> Value {
    let finance = world.staff("finance").unwrap();
    finance
        .post(&format!("/v1/reports/{period}"), &json!({}), None)
        .await
        .unwrap()
        .good()
        .unwrap();
    poll("report", 90, async || {
        Ok(versions(world, period)
            .await
            .into_iter()
            .find(|v| v["files"].as_array().is_some_and(|f| f.len() == 3)))
    })
    .await
    .unwrap()
}

fn key(version: &Value, name: &str) -> String {
    let files = version["files"].as_array().unwrap();
    files.iter().find(|file| file["name"] == name).unwrap()["key"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn the_report_of_a_closed_period_is_made_once_and_is_what_its_manifest_says() {
    let world = World::attach().await.unwrap();
    world.plant_notice("2026-09-15T08:00:00Z").await.unwrap();
    world.plant_notice("2026-10-31T22:30:00Z").await.unwrap(); // 23:30 in Rome: still October
    world.plant_notice("2026-10-31T23:30:00Z").await.unwrap(); // 0:30 in Rome: November

    let first = made(&world, "2026-B5").await;
    let csv = world
        .report_file(&key(&first, "registro.csv"))
        .await
        .unwrap();
    let manifest: Value = serde_json::from_slice(
        &world
            .report_file(&key(&first, "manifest.json"))
            .await
            .unwrap(),
    )
    .unwrap();

    let text = String::from_utf8(csv).unwrap();
    assert!(text.starts_with('\u{feff}'), "Italian Excel wants the mark");
    assert_eq!(manifest["rows"], 2);
    assert_eq!(text.matches("avv_").count(), 2);

    let finance = world.staff("finance").unwrap();
    finance
        .post("/v1/reports/2026-B5", &json!({}), None)
        .await
        .unwrap()
        .good()
        .unwrap();
    poll("empty queue", 60, async || {
        Ok((world.depth("ReportsQueueUrl").await? == 0).then_some(()))
    })
    .await
    .unwrap();
    assert_eq!(
        versions(&world, "2026-B5").await.len(),
        1,
        "the same period makes the same version"
    );
}

#[tokio::test]
async fn a_period_that_has_not_begun_or_is_not_one_is_refused() {
    let world = World::attach().await.unwrap();
    let finance = world.staff("finance").unwrap();

    for period in ["2099-B1", "2026-B7", "ieri"] {
        let answer = finance
            .post(&format!("/v1/reports/{period}"), &json!({}), None)
            .await
            .unwrap();
        assert_eq!(answer.status, 422, "{period}: {}", answer.body);
    }
}
