//! Meta's calls, against queues that refuse on demand: 200 only when everything is queued, and nothing without a signature.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops")]

use secrecy::SecretString;
use serde_json::{Value, json};
use support::services::Services;
use webhook::{Answer, Config, Webhook};

const TEXT_MESSAGE: &str = include_str!("../../../../events/webhook/text-message.json");
const STATUS: &str = include_str!("../../../../events/webhook/status.json");
const MIXED_BODY: &str = include_str!("../../../../events/webhook/mixed-body.json");
const UNKNOWN_FIELD: &str = include_str!("../../../../events/webhook/unknown-field.json");
const HANDSHAKE: &str = include_str!("../../../../events/webhook/handshake.json");

struct Door {
    webhook: Webhook,
    services: Services,
}

impl Door {
    async fn open() -> Self {
        Self::with(&json!({
            "app_secrets": ["app-secret", "the-secret-before"],
            "verify_token": "verify-token",
            "access_token": "access-token",
        }))
        .await
    }

    async fn with(secret: &Value) -> Self {
        let services = Services::start("http://127.0.0.1:9", secret).await;
        let config = Config {
            inbound_queue_url: "http://sqs.test/1/inbound.fifo".to_owned(),
            statuses_queue_url: "http://sqs.test/1/statuses".to_owned(),
            whatsapp_secret_arn: "arn:aws:secretsmanager:eu-south-1:1:secret:w".to_owned(),
        };
        Self {
            webhook: Webhook::new(&config, &services.aws),
            services,
        }
    }

    async fn call(&self, event: &Value) -> Answer {
        let call = serde_json::from_value(event.clone()).unwrap();
        self.webhook.handle(call).await
    }

    /// What is answered to the event in a file.
    async fn status_of(&self, event: &Value) -> u16 {
        self.call(event).await.status_code
    }

    /// How many messages and statuses are queued.
    fn queued(&self) -> (usize, usize) {
        (self.inbound().len(), self.services.queued("statuses").len())
    }

    fn inbound(&self) -> Vec<Value> {
        self.services.queued("inbound.fifo")
    }
}

fn event(file: &str) -> Value {
    serde_json::from_str(file).unwrap()
}

/// The event with another body, signed with `secret`.
fn signed(body: &str, secret: &str) -> Value {
    let mut event = event(TEXT_MESSAGE);
    event["body"] = body.into();
    let secret = SecretString::from(secret.to_owned());
    event["headers"]["x-hub-signature-256"] = whatsapp::sign(body.as_bytes(), &secret).into();
    event
}

/// The event with another signature.
fn marked(signature: &str) -> Value {
    let mut event = event(TEXT_MESSAGE);
    event["headers"]["x-hub-signature-256"] = signature.into();
    event
}

#[tokio::test]
async fn a_message_is_queued_as_meta_wrote_it_in_the_group_of_its_sender() {
    let door = Door::open().await;

    let answer = door.call(&event(TEXT_MESSAGE)).await;

    assert_eq!((answer.status_code, answer.body.as_str()), (200, ""));
    let inbound = door.inbound();
    assert_eq!((inbound.len(), door.queued().1), (1, 0));
    let message = &inbound[0];
    assert_eq!(message["body"]["phone_number_id"], "106500000000001");
    assert_eq!(message["body"]["contact"]["profile"]["name"], "Anna");
    assert_eq!(
        message["body"]["message"]["text"]["body"],
        "Buongiorno, è qui che ci si iscrive? ISCRIVIMI"
    );
    let group = message["group"].as_str().unwrap();
    assert_eq!(group.len(), 32, "it tells nobody who the person is");
}

#[tokio::test]
async fn the_same_message_posted_again_has_the_same_key() {
    let door = Door::open().await;

    door.call(&event(TEXT_MESSAGE)).await;
    door.call(&event(TEXT_MESSAGE)).await;

    let inbound = door.inbound();
    assert_eq!(inbound.len(), 2);
    assert_eq!(inbound[0], inbound[1]);
    assert!(inbound[0]["deduplication"].is_string());
}

#[tokio::test]
async fn a_mixed_body_is_split_into_its_queues_and_each_person_keeps_the_order() {
    let door = Door::open().await;

    let status = door.status_of(&event(MIXED_BODY)).await;

    assert_eq!((status, door.queued()), (200, (3, 3)));
    let inbound = door.inbound();
    let words = |n: usize| inbound[n]["body"]["message"]["text"]["body"].clone();
    let place = |wanted: &str| (0..3).position(|n| words(n) == wanted).unwrap();
    let (one, two, other) = (place("uno"), place("due"), place("ISCRIVIMI"));
    assert!(one < two);
    assert_eq!(inbound[one]["group"], inbound[two]["group"]);
    assert_ne!(inbound[one]["group"], inbound[other]["group"]);
    assert_eq!(
        inbound[other]["body"]["contact"]["profile"]["name"],
        "Bruno"
    );
}

#[tokio::test]
async fn a_call_is_acknowledged_only_when_all_it_brought_is_queued() {
    for (queue, whole) in [
        ("inbound.fifo", true),
        ("inbound.fifo", false),
        ("statuses", true),
        ("statuses", false),
    ] {
        let door = Door::open().await;
        door.services.refuse(queue, whole);

        let refused = door.status_of(&event(MIXED_BODY)).await;
        assert_eq!(refused, 503, "{queue}");
        let again = door.status_of(&event(MIXED_BODY)).await;

        assert_eq!(again, 200, "Meta calls again, and then all is there");
        let (inbound, statuses) = door.queued();
        assert!(inbound >= 3 && statuses >= 2);
    }
}

#[tokio::test]
async fn a_single_update_that_is_refused_is_not_acknowledged() {
    for (file, queue) in [(TEXT_MESSAGE, "inbound.fifo"), (STATUS, "statuses")] {
        let door = Door::open().await;
        door.services.refuse(queue, true);

        assert_eq!(door.status_of(&event(file)).await, 503);
        assert_eq!(door.queued(), (0, 0));
    }
}

#[tokio::test]
async fn a_call_without_meta_s_signature_has_no_effect() {
    let door = Door::open().await;
    let right = event(TEXT_MESSAGE)["headers"]["x-hub-signature-256"].clone();
    let right = right.as_str().unwrap();
    let mut unsigned = event(TEXT_MESSAGE);
    let headers = unsigned["headers"].as_object_mut().unwrap();
    headers.remove("x-hub-signature-256");
    let mut changed = event(TEXT_MESSAGE);
    let other_words = changed["body"]
        .as_str()
        .unwrap()
        .replace("ISCRIVIMI", "CANCELLAMI");
    changed["body"] = other_words.into();
    let mut reserialised = event(TEXT_MESSAGE);
    let body: Value = serde_json::from_str(reserialised["body"].as_str().unwrap()).unwrap();
    reserialised["body"] = body.to_string().into();

    for (event, why) in [
        (unsigned, "no signature"),
        (marked(""), "an empty one"),
        (
            marked(right.strip_prefix("sha256=").unwrap()),
            "without its prefix",
        ),
        (marked(&right.replace("sha256=", "sha1=")), "another method"),
        (marked(&right[..right.len() - 2]), "cut short"),
        (marked("sha256=zz"), "not hexadecimal"),
        (signed("{}", "another-secret"), "another secret"),
        (signed("{}", ""), "an empty secret"),
        (changed, "other words"),
        (reserialised, "the same words in other bytes"),
    ] {
        assert_eq!(door.status_of(&event).await, 401, "{why}");
    }
    assert_eq!(door.queued(), (0, 0));
}

#[tokio::test]
async fn both_secrets_hold_while_one_replaces_the_other() {
    let door = Door::open().await;
    let event = event(TEXT_MESSAGE);
    let body = event["body"].as_str().unwrap();

    assert_eq!(door.status_of(&signed(body, "app-secret")).await, 200);
    assert_eq!(
        door.status_of(&signed(body, "the-secret-before")).await,
        200
    );
    assert_eq!(door.queued(), (2, 0));
}

#[tokio::test]
async fn before_the_secret_is_put_calls_are_kept_by_meta() {
    let door = Door::with(&json!({"password": "generated"})).await;

    assert_eq!(door.status_of(&event(TEXT_MESSAGE)).await, 503);
    assert_eq!(door.status_of(&event(HANDSHAKE)).await, 503);
    assert_eq!(door.queued(), (0, 0));
}

#[tokio::test]
async fn a_body_in_base64_is_verified_as_the_bytes_it_stands_for() {
    use base64::Engine;
    let door = Door::open().await;
    let mut event = event(TEXT_MESSAGE);
    let body = event["body"].as_str().unwrap();
    let encoded = base64::engine::general_purpose::STANDARD.encode(body);
    event["body"] = encoded.into();
    event["isBase64Encoded"] = true.into();

    assert_eq!(door.status_of(&event).await, 200);
    assert_eq!(door.queued(), (1, 0));
}

#[tokio::test]
async fn what_nobody_handles_yet_is_acknowledged_and_what_is_not_json_is_not() {
    let door = Door::open().await;

    assert_eq!(door.status_of(&event(UNKNOWN_FIELD)).await, 200);
    assert_eq!(door.status_of(&signed("[]", "app-secret")).await, 200);
    assert_eq!(door.status_of(&signed("{", "app-secret")).await, 400);
    assert_eq!(door.queued(), (0, 0));
}

#[tokio::test]
async fn the_handshake_gives_the_challenge_to_who_knows_the_token() {
    let door = Door::open().await;
    let changed = |name: &str, value: Option<&str>| {
        let mut event = event(HANDSHAKE);
        let query = event["queryStringParameters"].as_object_mut().unwrap();
        match value {
            Some(value) => query.insert(name.to_owned(), value.into()),
            None => query.remove(name),
        };
        event
    };

    let answer = door.call(&event(HANDSHAKE)).await;
    assert_eq!(
        (answer.status_code, answer.body.as_str()),
        (200, "1158201444")
    );

    for wrong in [
        changed("hub.verify_token", Some("verify-toke")),
        changed("hub.verify_token", Some("")),
        changed("hub.verify_token", None),
        changed("hub.mode", Some("unsubscribe")),
        changed("hub.challenge", None),
        changed("hub.challenge", Some("<script>alert(1)</script> ")),
        changed("hub.challenge", Some(&"1".repeat(257))),
    ] {
        let answer = door.call(&wrong).await;
        assert_eq!(
            (answer.status_code, answer.body.as_str()),
            (403, ""),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn any_other_method_is_refused() {
    let door = Door::open().await;
    let mut put = event(TEXT_MESSAGE);
    put["requestContext"]["http"]["method"] = "PUT".into();

    assert_eq!(door.status_of(&put).await, 405);
    assert_eq!(door.queued(), (0, 0));
}

#[tokio::test]
async fn a_thousand_updates_of_three_megabytes_are_all_queued_and_then_acknowledged() {
    let door = Door::open().await;
    let words = "a".repeat(2_880);
    let messages: Vec<Value> = (0..600)
        .map(|n| {
            json!({"from_user_id": format!("IT.user{n}"), "id": format!("wamid.{n}"), "timestamp": "1795000000",
                "type": "text", "text": {"body": words}})
        })
        .collect();
    let statuses: Vec<Value> = (0..396)
        .map(|n| {
            json!({"id": format!("wamid.out{n}"), "status": "delivered", "timestamp": "1795000000",
                "biz_opaque_callback_data": words})
        })
        .collect();
    let preference = json!([{"user_id": "IT.user1", "category": "marketing_messages", "value": "stop",
        "timestamp": 1_795_000_000}]);
    let rotation = json!([{"timestamp": "1795000000", "user_id": {"previous": "IT.user1", "current": "IT.user2"}}]);
    let change = |field: &str, value: Value| json!({"field": field, "value": value});
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "time": 1_795_000_000, "changes": [
        change("messages", json!({"messages": messages})),
        change("messages", json!({"statuses": statuses})),
        change("user_preferences", json!({"user_preferences": preference})),
        change("user_id_update", json!({"user_id_update": rotation})),
        change("account_alerts", json!({"alert_type": "x"})),
        change("phone_number_quality_update", json!({"event": "FLAGGED"})),
    ]}]})
    .to_string();
    assert!(body.len() > 2_900_000, "{}", body.len());
    let call = signed(&body, "app-secret");

    let status = door.status_of(&call).await;

    assert_eq!((status, door.queued()), (200, (602, 398)));
}
