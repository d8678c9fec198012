//! Letters out of the outbox, with a real table and a post that remembers.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: what cannot be set up is a failed test"
)]

use cloud::letters::Letters;
use courier::{Config, Courier};
use domain::Instant;
use domain::letter::{Letter, LetterId};
use serde_json::json;
use support::batches::{back, batch, sample};
use support::services::Services;
use support::{SdkConfig, Tables};

struct Office {
    aws: SdkConfig,
    services: Services,
    letters: Letters,
    courier: Courier,
}

impl Office {
    async fn open() -> Self {
        let tables = Tables::start().await;
        let services = Services::start(&tables.endpoint, &json!({})).await;
        let aws = services.aws.clone();
        let config = Config {
            procedure_table: Tables::PROCEDURE.to_owned(),
            mail_from: "avvisi@esempio.it".parse().unwrap(),
            mail_reply_to: Some("richieste@esempio.it".parse().unwrap()),
            dead_letters_url: format!("{}/1/mails-dead", aws.endpoint_url().unwrap()),
        };
        let mails = format!("{}/1/mails", aws.endpoint_url().unwrap());
        Self {
            letters: Letters::new(&aws, Tables::PROCEDURE, Some(mails)),
            courier: Courier::new(config, &aws),
            services,
            aws,
        }
    }

    async fn post(&self, id: &LetterId) -> Vec<String> {
        let event = batch("mails", &[("", json!({ "letter": id }).to_string())]);
        let response = self.courier.post_all(event).await;
        back(&response).into_iter().map(str::to_owned).collect()
    }
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn letter() -> Letter {
    let id = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B#2#forwarded#0"
        .parse()
        .unwrap();
    let to = vec!["gruppo@esempio.it".parse().unwrap()];
    Letter::new(id, to, "Da approvare", "Una richiesta aspetta.\n")
        .unwrap()
        .with_copies(["sindaco@esempio.it".parse().unwrap()])
        .unwrap()
        .answering("<1@posta.esempio.it>")
}

/// Written and queued yesterday.
async fn written(office: &Office) -> Letter {
    let letter = letter();
    let moment = at("2026-11-23T10:00:00Z");
    office.letters.write(&letter, moment).await.unwrap();
    office.letters.queue([&letter.id]).await.unwrap();
    letter
}

#[tokio::test]
async fn a_letter_is_posted_once_and_waits_no_longer() {
    let office = Office::open().await;
    let letter = written(&office).await;
    assert_eq!(
        office.services.queued("mails")[0]["body"],
        json!({ "letter": letter.id })
    );

    assert!(office.post(&letter.id).await.is_empty());
    assert!(office.post(&letter.id).await.is_empty());

    let [posted] = office.services.posted().try_into().unwrap();
    assert_eq!(posted["FromEmailAddress"], "avvisi@esempio.it");
    assert_eq!(posted["ReplyToAddresses"], json!(["richieste@esempio.it"]));
    assert_eq!(
        posted["Destination"],
        json!({"ToAddresses": ["gruppo@esempio.it"], "CcAddresses": ["sindaco@esempio.it"]})
    );
    let simple = &posted["Content"]["Simple"];
    assert_eq!(simple["Subject"]["Data"], "Da approvare");
    assert_eq!(simple["Body"]["Text"]["Data"], "Una richiesta aspetta.\n");
    assert_eq!(
        simple["Headers"],
        json!([
            {"Name": "Auto-Submitted", "Value": "auto-replied"},
            {"Name": "In-Reply-To", "Value": "<1@posta.esempio.it>"},
            {"Name": "References", "Value": "<1@posta.esempio.it>"},
        ])
    );
    assert_eq!(
        posted["EmailTags"],
        json!([{"Name": "letter", "Value": "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B-2-forwarded-0"}])
    );
    let kept = office.letters.get(&letter.id).await.unwrap().unwrap();
    assert!(kept.sent_at.is_some());
    assert_eq!(kept.letter, letter);
    let late = at("2030-01-01T00:00:00Z");
    assert!(office.letters.pending(late).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_sample_event_is_understood() {
    let office = Office::open().await;
    written(&office).await;
    let event = sample(include_str!("../../../../events/courier/letter.json"));

    assert!(back(&office.courier.post_all(event).await).is_empty());

    assert_eq!(office.services.posted().len(), 1);
}

#[tokio::test]
async fn when_the_post_takes_nothing_for_the_moment_the_message_comes_back() {
    let office = Office::open().await;
    let letter = written(&office).await;
    office.services.refuse_mail("SendingPausedException");

    assert_eq!(office.post(&letter.id).await, ["0"]);

    let late = at("2030-01-01T00:00:00Z");
    let pending = office.letters.pending(late).await.unwrap();
    assert_eq!(pending, std::slice::from_ref(&letter.id));
    assert!(office.post(&letter.id).await.is_empty());
    assert_eq!(office.services.posted().len(), 1);
}

#[tokio::test]
async fn a_letter_that_is_refused_for_good_is_a_dead_letter_with_its_reason_and_can_be_offered_again()
 {
    let office = Office::open().await;
    let letter = written(&office).await;
    office.services.refuse_mail("MessageRejected");

    assert!(office.post(&letter.id).await.is_empty());

    let [dead] = office.services.queued("mails-dead").try_into().unwrap();
    let reason = dead["reason"].as_str().unwrap();
    assert!(
        reason.contains("forwarded#0") && reason.contains("SES refuses it"),
        "{reason}"
    );
    let late = at("2030-01-01T00:00:00Z");
    assert!(office.letters.pending(late).await.unwrap().is_empty());

    assert!(office.post(&letter.id).await.is_empty());
    assert_eq!(office.services.posted().len(), 1);
}

#[tokio::test]
async fn a_letter_that_is_not_there_and_a_message_that_is_none_are_dead_letters() {
    let office = Office::open().await;

    office.post(&"a#1".parse().unwrap()).await;
    let event = batch("mails", &[("", "{}".to_owned())]);
    office.courier.post_all(event).await;

    assert_eq!(office.services.queued("mails-dead").len(), 2);
}

#[tokio::test]
async fn letters_are_written_with_the_move_that_they_tell_of_or_not_at_all() {
    let office = Office::open().await;
    let letter = letter();
    let dynamo = support::dynamo(&office.aws);
    let moment = at("2026-11-23T10:00:00Z");
    let write = async || {
        let writes = office.letters.writes(std::slice::from_ref(&letter), moment);
        dynamo
            .transact_write_items()
            .set_transact_items(Some(writes.unwrap()))
            .send()
            .await
    };

    write().await.unwrap();

    assert!(write().await.is_err(), "the same letter is written once");
    let kept = office.letters.get(&letter.id).await.unwrap().unwrap();
    assert_eq!((kept.letter, kept.sent_at), (letter, None));
}

#[tokio::test]
async fn a_letter_that_was_never_queued_is_found_and_after_that_left_in_peace_for_an_hour() {
    let office = Office::open().await;
    let letter = letter();
    office
        .letters
        .write(&letter, at("2026-11-23T10:00:00Z"))
        .await
        .unwrap();
    let pending = async |before| office.letters.pending(at(before)).await.unwrap();
    assert!(pending("2026-11-23T10:00:00Z").await.is_empty());
    let found = pending("2026-11-23T10:01:00Z").await;
    assert_eq!(found, std::slice::from_ref(&letter.id));

    office
        .letters
        .queue_again(&found, at("2026-11-23T10:02:00Z"))
        .await
        .unwrap();

    assert_eq!(office.services.queued("mails").len(), 1);
    assert!(pending("2026-11-23T11:01:00Z").await.is_empty());
    assert_eq!(pending("2026-11-23T11:03:00Z").await, [letter.id]);
}
