//! The pages of the number and of the account.

use serde_json::json;

use crate::support::{ACCOUNT, NUMBER, SOON, call, notice, peer, post, write};

#[tokio::test]
async fn without_a_subscription_the_webhook_hears_nothing() {
    let (peer, control, webhook, _) = peer().await;
    let path = format!("{ACCOUNT}/subscribed_apps");

    let (_, subscribed) = call(&peer, "GET", &path, None).await;
    call(&peer, "DELETE", &path, None).await;
    let (_, none) = call(&peer, "GET", &path, None).await;
    post(&peer, notice("to", "+390000000001")).await.unwrap();
    control.wait_idle(SOON).await.unwrap();
    let silent = webhook.values().len();
    let with =
        json!({"override_callback_uri": "https://example.org/hook", "verify_token": "verify"});
    call(&peer, "POST", &path, Some(&with)).await;
    let (_, again) = call(&peer, "GET", &path, None).await;
    post(&peer, notice("to", "+390000000001")).await.unwrap();
    control.wait_idle(SOON).await.unwrap();

    assert_eq!(subscribed["data"].as_array().unwrap().len(), 1);
    assert_eq!(none, json!({"data": []}));
    assert_eq!(silent, 0);
    assert_eq!(
        again["data"][0]["override_callback_uri"],
        "https://example.org/hook"
    );
    assert_eq!(webhook.statuses(), ["sent", "delivered", "read"]);
}

#[tokio::test]
async fn the_number_is_registered_with_six_digits_and_keeps_its_settings() {
    let (peer, _, _, _) = peer().await;
    let success = (200, json!({"success": true}));
    let at = |path: &str| format!("{NUMBER}/{path}");

    let short = json!({"messaging_product": "whatsapp", "pin": "123"});
    assert_eq!(
        call(&peer, "POST", &at("register"), Some(&short)).await.0,
        400
    );
    let pin = json!({"messaging_product": "whatsapp", "pin": "123456"});
    assert_eq!(
        call(&peer, "POST", &at("register"), Some(&pin)).await,
        success
    );
    let hook = json!({"webhook_configuration": {"override_callback_uri": "https://example.org", "verify_token": "v"}});
    assert_eq!(call(&peer, "POST", NUMBER, Some(&hook)).await, success);

    let key =
        json!({"business_public_key": "-----BEGIN PUBLIC KEY-----\nMII\n-----END PUBLIC KEY-----"});
    let path = at("whatsapp_business_encryption");
    assert_eq!(call(&peer, "GET", &path, None).await.1, json!({"data": []}));
    assert_eq!(call(&peer, "POST", &path, Some(&key)).await, success);
    let (_, kept) = call(&peer, "GET", &path, None).await;
    assert_eq!(
        kept["data"][0]["business_public_key_signature_status"],
        "VALID"
    );

    let path = at("whatsapp_business_profile");
    let profile =
        json!({"messaging_product": "whatsapp", "about": "Il Comune", "email": "a@example.org"});
    assert_eq!(call(&peer, "POST", &path, Some(&profile)).await, success);
    let (_, shown) = call(&peer, "GET", &format!("{path}?fields=about"), None).await;
    assert_eq!(shown, json!({"data": [{"about": "Il Comune"}]}));
}

#[tokio::test]
async fn only_who_wrote_today_can_be_blocked_and_then_gets_nothing() {
    let (peer, control, _, anna) = peer().await;
    let path = format!("{NUMBER}/block_users");
    let users =
        json!({"messaging_product": "whatsapp", "block_users": [{"user": "+390000000001"}]});

    let (_, early) = call(&peer, "POST", &path, Some(&users)).await;
    write(&control, &anna, "ciao").await;
    let (_, blocked) = call(&peer, "POST", &path, Some(&users)).await;
    let refused = post(&peer, notice("to", "+390000000001")).await.unwrap();
    let (_, list) = call(&peer, "GET", &path, None).await;
    call(&peer, "DELETE", &path, Some(&users)).await;
    let taken = post(&peer, notice("to", "+390000000001")).await.unwrap();

    assert_eq!(
        early["block_users"]["failed_users"][0]["input"],
        "+390000000001"
    );
    assert_eq!(
        blocked["block_users"]["added_users"][0]["user_id"],
        anna.bsuid.as_str()
    );
    assert_eq!(refused.1["error"]["code"], 130_403);
    assert_eq!(list["data"][0]["user_id"], anna.bsuid.as_str());
    assert_eq!(taken.0, 200);
}
