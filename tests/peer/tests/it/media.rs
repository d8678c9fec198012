//! Files: what citizens send can be fetched for a while, and what goes wrong on the way.

use peer::{Control, MediaFault, MediaTrouble, Peer, WrittenMedia};
use serde_json::{Value, json};

use crate::support::{NUMBER, SOON, call, peer, post};

const JPEG: &[u8] = b"\xff\xd8\xff\xe0 a photograph of a hole in the road";

/// Uploads as a form; the answer.
async fn upload(peer: &Peer, mime: &str, bytes: &[u8]) -> (u16, Value) {
    let mut form = Vec::new();
    for (name, value) in [("messaging_product", "whatsapp"), ("type", mime)] {
        form.extend(
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .bytes(),
        );
    }
    form.extend(
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\nContent-Type: {mime}\r\n\r\n"
        )
        .bytes(),
    );
    form.extend(bytes);
    form.extend(b"\r\n--b--\r\n");
    let response = reqwest::Client::new()
        .post(format!("{}/v25.0/{NUMBER}/media", peer.url()))
        .bearer_auth("access-token")
        .header("content-type", "multipart/form-data; boundary=b")
        .body(form)
        .send()
        .await
        .unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// Anna sends a photograph; its id and its digest.
async fn photograph(control: &Control, anna: &peer::Phone, message: &Value) -> (String, String) {
    assert!(message["image"].get("url").is_none());
    let id = message["image"]["id"].as_str().unwrap().to_owned();
    let kept = control.media(&id).await.unwrap();
    assert_eq!(kept.mime, "image/jpeg");
    let phone = control.phone(&anna.id).await.unwrap();
    assert_eq!(
        phone.messages[0].content.media.as_deref(),
        Some(id.as_str())
    );
    (id, message["image"]["sha256"].as_str().unwrap().to_owned())
}

async fn with_photograph() -> (Peer, Control, String, String) {
    let (peer, control, webhook, anna) = peer().await;
    let image = WrittenMedia {
        caption: Some("Via Roma".to_owned()),
        ..WrittenMedia::new("image", "image/jpeg", JPEG)
    };
    control.send_media(&anna.id, image).await.unwrap();
    control.wait_idle(SOON).await.unwrap();
    let message = webhook.all("messages")[0].clone();
    assert_eq!(message["image"]["caption"], "Via Roma");
    let (id, digest) = photograph(&control, &anna, &message).await;
    (peer, control, id, digest)
}

async fn resolved(peer: &Peer, id: &str) -> String {
    let (status, file) = call(peer, "GET", id, None).await;
    assert_eq!(status, 200, "{file}");
    file["url"].as_str().unwrap().to_owned()
}

async fn fetch(url: &str, token: &str) -> reqwest::Result<(u16, Vec<u8>)> {
    let response = reqwest::Client::new()
        .get(url)
        .bearer_auth(token)
        .send()
        .await?;
    Ok((response.status().as_u16(), response.bytes().await?.to_vec()))
}

#[tokio::test]
async fn a_photograph_is_resolved_and_fetched_with_the_token_alone() {
    let (peer, _, id, _) = with_photograph().await;

    let (status, file) = call(
        &peer,
        "GET",
        &format!("{id}?phone_number_id={NUMBER}"),
        None,
    )
    .await;
    let url = file["url"].as_str().unwrap();

    assert_eq!(status, 200);
    assert_eq!(
        (&file["mime_type"], &file["file_size"], &file["id"]),
        (&json!("image/jpeg"), &json!(JPEG.len()), &json!(id))
    );
    assert_eq!(file["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(
        fetch(url, "access-token").await.unwrap(),
        (200, JPEG.to_vec())
    );
    assert_eq!(fetch(url, "another").await.unwrap().0, 401);
    let (status, refused) = call(&peer, "GET", &format!("{id}?phone_number_id=999"), None).await;
    assert_eq!(
        (status, &refused["error"]["error_subcode"]),
        (400, &json!(33))
    );
}

#[tokio::test]
async fn an_address_is_stale_after_five_minutes_and_the_id_after_a_week() {
    let (peer, control, id, _) = with_photograph().await;
    let url = resolved(&peer, &id).await;
    let ahead = |seconds: i64| control.configure(json!({"clock_ahead_seconds": seconds}));

    ahead(301).await.unwrap();
    assert_eq!(fetch(&url, "access-token").await.unwrap().0, 404);
    let url = resolved(&peer, &id).await;
    assert_eq!(fetch(&url, "access-token").await.unwrap().0, 200);

    ahead(7 * 24 * 3_600 + 1).await.unwrap();
    assert_eq!(call(&peer, "GET", &id, None).await.0, 400);
}

#[tokio::test]
async fn a_download_goes_wrong_on_demand() {
    let (peer, control, id, _) = with_photograph().await;
    let troubles = [
        MediaTrouble::WrongBytes,
        MediaTrouble::Cut,
        MediaTrouble::Oversized { bytes: 300_000 },
        MediaTrouble::Expired,
        MediaTrouble::Error { http: 503 },
        MediaTrouble::Slow { millis: 20 },
    ];

    let mut seen = Vec::new();
    for trouble in troubles {
        control
            .add_media_fault(&MediaFault::next(trouble))
            .await
            .unwrap();
        let url = resolved(&peer, &id).await;
        let fetched = fetch(&url, "access-token").await.ok();
        seen.push(fetched.map(|(status, bytes)| (status, bytes.len(), bytes == JPEG)));
    }

    let expected = [
        Some((200, JPEG.len(), false)),
        None,
        Some((200, 300_000, false)),
        Some((404, 0, false)),
        Some((503, 0, false)),
        Some((200, JPEG.len(), true)),
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_redirect_leads_to_another_host_which_sees_whether_the_token_comes_along() {
    let (peer, control, id, _) = with_photograph().await;
    let redirect = MediaFault::next(MediaTrouble::Redirect { to: None }).times(2);
    control.add_media_fault(&redirect).await.unwrap();
    let url = resolved(&peer, &id).await;

    let wary = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let answer = wary
        .get(&url)
        .bearer_auth("access-token")
        .send()
        .await
        .unwrap();
    let elsewhere = answer.headers()["location"].to_str().unwrap().to_owned();

    assert_eq!(answer.status(), 302);
    assert!(elsewhere.starts_with("http://localhost:"), "{elsewhere}");
    assert_eq!(control.record().await.unwrap().counters.tokens_leaked, 0);
    let careless = format!("{}/elsewhere/{id}", peer.url());
    assert_eq!(fetch(&careless, "access-token").await.unwrap().0, 200);
    assert_eq!(control.record().await.unwrap().counters.tokens_leaked, 1);
}

#[tokio::test]
async fn an_upload_is_checked_sent_and_deleted() {
    let (peer, control, _, anna) = peer().await;
    control.write(&anna.id, "ciao").await.unwrap();

    let (status, uploaded) = upload(&peer, "application/pdf", b"%PDF-1.7").await;
    assert_eq!(status, 200);
    let id = uploaded["id"].as_str().unwrap();
    let message = |kind: &str, id: &str| json!({"messaging_product": "whatsapp", "to": "+390000000001", "type": kind, kind: {"id": id}});

    assert_eq!(post(&peer, message("document", id)).await.unwrap().0, 200);
    let code = |answer: reqwest::Result<(u16, Value)>| answer.unwrap().1["error"]["code"].as_i64();
    assert_eq!(code(post(&peer, message("image", id)).await), Some(131_053));
    assert_eq!(
        code(post(&peer, message("document", "77")).await),
        Some(131_009)
    );
    assert_eq!(upload(&peer, "image/heic", b"heic").await.0, 400);
    assert_eq!(upload(&peer, "image/webp", &vec![0; 500_001]).await.0, 400);
    assert_eq!(
        call(&peer, "DELETE", id, None).await,
        (200, json!({"success": true}))
    );
    assert_eq!(call(&peer, "DELETE", id, None).await.0, 400);
    let received = control.phone(&anna.id).await.unwrap();
    assert_eq!(received.received().count(), 1);
}
