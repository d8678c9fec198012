//! The function against a DynamoDB and a bucket of its own.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot be set up should say so and stop"
)]

mod bucket;
mod office;

use domain::report::Edition;

use crate::office::{Office, at, person};

const PERIOD: &str = include_str!("../../../../events/report/period.json");
const LAST_CLOSED: &str = include_str!("../../../../events/report/last-closed-period.json");
const FUTURE: &str = include_str!("../../../../events/report/future-period.json");
const NOT_A_REPORT: &str = include_str!("../../../../events/report/not-a-report.json");

const V1: &str = "rubano/rendiconti/2026/B6/v1";
const V2: &str = "rubano/rendiconti/2026/B6/v2";

const CHRISTMAS: &str = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2C";
const NEW_YEAR: &str = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2D";

/// All three of a folder, in the order in which they must appear.
fn files_of(folder: &str) -> Vec<String> {
    ["registro.csv", "registro.xlsx", "manifest.json"]
        .map(|name| format!("{folder}/{name}"))
        .into()
}

#[tokio::test]
async fn a_closed_period_is_published_once_however_often_it_is_asked_for() {
    let office = Office::open().await;
    office.notice(CHRISTMAS, "2026-12-10T08:30:00Z").await;
    // A minute into the next year by the local clock: it belongs to the next period.
    office.notice(NEW_YEAR, "2026-12-31T23:01:00Z").await;

    for event in [PERIOD, PERIOD, LAST_CLOSED] {
        let response = office.handle(event, "2027-01-08T04:00:00Z").await;
        assert!(response.batch_item_failures.is_empty());
    }

    assert_eq!(
        office.bucket.written(),
        files_of(V1),
        "the manifest last, and everything once"
    );
    let manifest = office.manifest(V1);
    assert!(manifest.closed);
    assert_eq!(manifest.rows, 1);
    let first = Edition::Version {
        version: 1,
        previous: None,
    };
    assert_eq!(manifest.edition, first);
    let csv = office.bucket.text(&format!("{V1}/registro.csv"));
    assert!(
        csv.ends_with(";10/12/2026 09:30;\"inviata\";2;1;1;1;1;0;0;0;0;1;0;0\r\n"),
        "{csv}"
    );
    assert_eq!(csv.lines().count(), 2);
}

#[tokio::test]
async fn a_report_names_no_citizen() {
    let office = Office::open().await;
    office.notice(CHRISTMAS, "2026-12-10T08:30:00Z").await;

    office.handle(PERIOD, "2027-01-08T04:00:00Z").await;

    for name in ["registro.csv", "manifest.json"] {
        let text = office.bucket.text(&format!("{V1}/{name}"));
        assert!(!text.contains(person('A').as_str()), "{name}");
        assert!(!text.contains("p_01"), "{name}");
    }
}

#[tokio::test]
async fn what_changed_after_publication_makes_the_next_version_and_leaves_the_first() {
    let office = Office::open().await;
    let notice = office.notice(CHRISTMAS, "2026-12-10T08:30:00Z").await;
    office.handle(PERIOD, "2027-01-08T04:00:00Z").await;
    let first = office.bucket.bytes(&format!("{V1}/registro.csv"));

    office
        .read(&notice, &person('A'), "2027-01-09T10:00:00Z")
        .await;
    office.handle(PERIOD, "2027-01-10T04:00:00Z").await;
    office.handle(PERIOD, "2027-01-10T04:00:00Z").await;

    assert_eq!(
        office.bucket.written(),
        [files_of(V1), files_of(V2)].concat()
    );
    assert_eq!(office.bucket.bytes(&format!("{V1}/registro.csv")), first);
    let second = Edition::Version {
        version: 2,
        previous: Some(1),
    };
    assert_eq!(office.manifest(V2).edition, second);
}

#[tokio::test]
async fn a_publication_that_was_interrupted_is_finished_under_the_same_number() {
    let office = Office::open().await;
    office.notice(CHRISTMAS, "2026-12-10T08:30:00Z").await;
    office.bucket.fail_once(&format!("{V1}/registro.xlsx"));

    let interrupted = office.handle(PERIOD, "2027-01-08T04:00:00Z").await;
    let again = office.handle(PERIOD, "2027-01-08T04:30:00Z").await;

    assert_eq!(interrupted.batch_item_failures.len(), 1, "it comes back");
    assert!(again.batch_item_failures.is_empty());
    assert_eq!(office.bucket.written(), files_of(V1));
}

#[tokio::test]
async fn an_interrupted_publication_of_other_contents_is_left_alone() {
    let office = Office::open().await;
    let notice = office.notice(CHRISTMAS, "2026-12-10T08:30:00Z").await;
    office.bucket.fail_once(&format!("{V1}/manifest.json"));
    office.handle(PERIOD, "2027-01-08T04:00:00Z").await;

    office
        .read(&notice, &person('A'), "2027-01-08T04:10:00Z")
        .await;
    office.handle(PERIOD, "2027-01-08T04:30:00Z").await;

    assert_eq!(
        office.bucket.written(),
        [&files_of(V1)[..2], &files_of(V2)].concat()
    );
    let second = Edition::Version {
        version: 2,
        previous: None,
    };
    assert_eq!(office.manifest(V2).edition, second);
}

#[tokio::test]
async fn two_that_publish_at_once_make_one_version() {
    let office = Office::open().await;
    office.notice(CHRISTMAS, "2026-12-10T08:30:00Z").await;

    let (one, other) = tokio::join!(
        office.handle(PERIOD, "2027-01-08T04:00:00Z"),
        office.handle(LAST_CLOSED, "2027-01-08T04:00:00Z"),
    );

    assert!(one.batch_item_failures.is_empty() && other.batch_item_failures.is_empty());
    let mut written = office.bucket.written();
    written.sort_unstable();
    let mut version = files_of(V1);
    version.sort_unstable();
    assert_eq!(written, version);
}

#[tokio::test]
async fn a_period_that_still_runs_has_a_provisional_report() {
    let office = Office::open().await;
    office.notice(CHRISTMAS, "2026-12-10T08:30:00Z").await;
    let folder = "rubano/rendiconti/2026/B6/provvisorio";

    office.handle(PERIOD, "2026-12-20T04:00:00Z").await;
    office.handle(PERIOD, "2026-12-21T04:00:00Z").await;

    assert_eq!(
        office.bucket.written(),
        [files_of(folder), files_of(folder)].concat()
    );
    let manifest = office.manifest(folder);
    assert!(!manifest.closed);
    let latest = Edition::Provisional {
        generated_at: at("2026-12-21T04:00:00Z"),
    };
    assert_eq!(manifest.edition, latest);
}

#[tokio::test]
async fn a_period_without_notices_has_a_report_that_says_so() {
    let office = Office::open().await;

    office.handle(PERIOD, "2027-01-08T04:00:00Z").await;

    assert_eq!(office.manifest(V1).rows, 0);
    let csv = office.bucket.text(&format!("{V1}/registro.csv"));
    assert_eq!(csv.lines().count(), 1);
}

#[tokio::test]
async fn what_cannot_become_a_report_is_put_away_with_its_reason() {
    let office = Office::open().await;

    for (event, reason) in [
        (FUTURE, "the period 2031-B1 has not begun"),
        (
            NOT_A_REPORT,
            "it does not ask for a report: not a two-month period: write it as 2026-B5",
        ),
    ] {
        let response = office.handle(event, "2027-01-08T04:00:00Z").await;

        assert!(
            response.batch_item_failures.is_empty(),
            "it does not come back"
        );
        let call = office.dead.calls().pop().unwrap();
        assert_eq!(
            call.body["MessageAttributes"]["reason"]["StringValue"],
            reason
        );
    }
    assert!(office.bucket.keys().is_empty());
}
