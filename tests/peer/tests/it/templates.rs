//! Templates as their owner and as Meta handle them.

use peer::TemplateChange;
use serde_json::{Value, json};

use crate::support::{ACCOUNT, SOON, call, notice, peer, post};

fn template(name: &str, language: &str) -> Value {
    json!({"name": name, "language": language, "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Il Comune avvisa."}]})
}

#[tokio::test]
async fn a_list_comes_in_pages_with_the_fields_that_are_asked_for() {
    let (peer, control, _, _) = peer().await;
    for number in 0..6 {
        control
            .add_template(&template(&format!("altro_{number}"), "it"))
            .await
            .unwrap();
    }

    let path =
        format!("{ACCOUNT}/message_templates?limit=3&fields=name,status&summary=total_count");
    let mut names = Vec::new();
    let mut after = String::new();
    let mut pages = 0;
    loop {
        let (status, page) = call(&peer, "GET", &format!("{path}&after={after}"), None).await;
        assert_eq!(status, 200, "{page}");
        assert_eq!(page["summary"], json!({"total_count": 7}));
        pages += 1;
        for template in page["data"].as_array().unwrap() {
            assert_eq!(template.as_object().unwrap().len(), 3, "{template}");
            names.push(template["name"].as_str().unwrap().to_owned());
        }
        if page["paging"]["next"].is_null() {
            break;
        }
        after = page["paging"]["cursors"]["after"]
            .as_str()
            .unwrap()
            .to_owned();
    }

    assert_eq!((pages, names.len()), (3, 7));
    names.dedup();
    assert_eq!(names.len(), 7);
    let (status, _) = call(&peer, "GET", &format!("{path}&after=nonsense"), None).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_template_is_created_reviewed_edited_and_deleted() {
    let (peer, control, webhook, _) = peer().await;
    control
        .configure(json!({"review_templates": true}))
        .await
        .unwrap();
    let create = format!("{ACCOUNT}/message_templates");

    let (_, created) = call(&peer, "POST", &create, Some(&template("nuovo", "it"))).await;
    let again = call(&peer, "POST", &create, Some(&template("nuovo", "it"))).await;
    assert_eq!(created["status"], "PENDING");
    assert_eq!(
        (again.0, &again.1["error"]["error_subcode"]),
        (400, &json!(2_388_024))
    );

    let approve = TemplateChange {
        event: Some("APPROVED".to_owned()),
        ..TemplateChange::default()
    };
    control.change_template("nuovo", &approve).await.unwrap();
    let id = created["id"].as_str().unwrap();
    let edit = json!({"components": [{"type": "BODY", "text": "Il Comune informa."}]});
    assert_eq!(call(&peer, "POST", id, Some(&edit)).await.0, 200);
    let (_, one) = call(&peer, "GET", id, None).await;
    assert_eq!(one["components"], edit["components"]);
    assert_eq!(one["status"], "PENDING");

    let delete = format!("{create}?name=nuovo");
    let delete_other = format!("{delete}&hsm_id=1");
    assert_eq!(call(&peer, "DELETE", &delete_other, None).await.0, 400);
    assert_eq!(call(&peer, "DELETE", &delete, None).await.0, 200);
    assert_eq!(call(&peer, "GET", id, None).await.0, 400);

    control.wait_idle(SOON).await.unwrap();
    let mut events: Vec<Value> = webhook
        .of_field("message_template_status_update")
        .iter()
        .map(|update| update["event"].clone())
        .collect();
    events.sort_by_key(ToString::to_string);
    assert_eq!(events, ["APPROVED", "DELETED"]);
    let components = &webhook.of_field("message_template_components_update")[0];
    assert_eq!(components["message_template_element"], "Il Comune informa.");
    assert_eq!(components["message_template_language"], "it");
}

#[tokio::test]
async fn what_meta_stops_cannot_be_sent_until_it_is_brought_back() {
    let (peer, control, webhook, _) = peer().await;

    let mut codes = Vec::new();
    for event in ["PAUSED", "DISABLED", "REJECTED", "PENDING", "REINSTATED"] {
        let change = TemplateChange {
            event: Some(event.to_owned()),
            title: (event == "PAUSED").then(|| "FIRST_PAUSE".to_owned()),
            ..TemplateChange::default()
        };
        control.change_template("avviso", &change).await.unwrap();
        let answer = post(&peer, notice("to", "+390000000001")).await.unwrap();
        codes.push(answer.1["error"]["code"].as_i64());
        control.wait_idle(SOON).await.unwrap();
    }

    assert_eq!(
        codes,
        [
            Some(132_015),
            Some(132_016),
            Some(132_001),
            Some(132_001),
            None
        ]
    );
    let updates = webhook.of_field("message_template_status_update");
    assert_eq!(
        (&updates[0]["event"], &updates[0]["other_info"]["title"]),
        (&json!("PAUSED"), &json!("FIRST_PAUSE"))
    );
    assert_eq!(updates.last().unwrap()["event"], "REINSTATED");
}

#[tokio::test]
async fn quality_and_category_change_with_their_webhooks() {
    let (peer, control, webhook, _) = peer().await;
    let announced = TemplateChange {
        quality: Some("YELLOW".to_owned()),
        category: Some("MARKETING".to_owned()),
        category_from: Some(1_763_900_000),
        ..TemplateChange::default()
    };
    let [before] = &control.change_template("avviso", &announced).await.unwrap()[..] else {
        panic!("there is one language");
    };
    let done = TemplateChange {
        category_from: None,
        quality: None,
        ..announced
    };
    control.wait_idle(SOON).await.unwrap();
    control.change_template("avviso", &done).await.unwrap();
    control.wait_idle(SOON).await.unwrap();

    let quality = &webhook.of_field("message_template_quality_update")[0];
    assert_eq!(
        (
            &quality["previous_quality_score"],
            &quality["new_quality_score"]
        ),
        (&json!("UNKNOWN"), &json!("YELLOW"))
    );
    assert_eq!(before["category"], "UTILITY");
    let categories = webhook.of_field("template_category_update");
    assert_eq!(categories[0]["correct_category"], "MARKETING");
    assert_eq!(categories[0]["category_update_timestamp"], 1_763_900_000);
    assert_eq!(categories[1]["previous_category"], "UTILITY");
    let paused = TemplateChange {
        event: Some("PAUSED".to_owned()),
        ..TemplateChange::default()
    };
    control.change_template("avviso", &paused).await.unwrap();
    let id = before["id"].as_str().unwrap();
    assert_eq!(
        call(&peer, "POST", &format!("{id}/unpause"), None).await,
        (200, json!({"success": true}))
    );
}
