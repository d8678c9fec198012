//! The certificate of a notice says what the register says, from the raw events.

use domain::delivery::Rung;

use crate::Desk;

#[tokio::test]
async fn everybody_is_in_one_place_and_the_register_agrees() {
    let desk = Desk::open().await;
    let notice = desk.send("Mercatino").await;
    desk.deliver(&notice, "p_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B", Rung::Read)
        .await;
    desk.deliver(&notice, "p_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2C", Rung::Failed)
        .await;

    let certificate = desk
        .get(&format!("/v1/register/{notice}/certificate"))
        .await;
    let row = desk.get(&format!("/v1/register/{notice}")).await;

    let counts = [
        "recipients",
        "accepted",
        "delivered",
        "read",
        "unclear",
        "left",
        "waiting",
        "doubled",
    ]
    .map(|name| certificate.body[name].as_i64().unwrap());
    assert_eq!(counts, [3, 1, 1, 1, 0, 0, 1, 0]);
    assert_eq!(certificate.body["failed"][0]["recipients"], 1);
    assert_eq!(certificate.body["agrees"], true);
    assert_eq!(certificate.body["read"], row.body["read"]);
}

#[tokio::test]
async fn a_notice_that_is_unknown_has_no_certificate() {
    let desk = Desk::open().await;

    let unknown = desk
        .get("/v1/register/avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B/certificate")
        .await;

    assert_eq!(unknown.problem(), (404, "/problems/not-found"));
}
