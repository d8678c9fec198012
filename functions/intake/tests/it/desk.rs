//! The page of the staff, as a browser gets it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::gateway::Answer;

use crate::{CLIENT, COGNITO, Desk, draft, submission};

async fn page(desk: &Desk, address: &str) -> Answer {
    desk.call(submission().to("GET", address).by_nobody()).await
}

fn html(answer: &Answer) -> &str {
    answer.body.as_str().unwrap()
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap();
    rest.split_once(end).unwrap().0
}

#[tokio::test]
async fn whoever_follows_a_link_gets_the_same_page_which_tells_nothing_of_the_request() {
    let desk = Desk::open().await;
    let asked = desk.submit(&draft()).await;
    let id = asked.body["id"].as_str().unwrap();

    let of_one = page(&desk, &format!("/desk/{id}")).await;
    let of_all = page(&desk, "/desk").await;
    let hostile = page(&desk, "/desk/%3Cscript%3Ealert(1)%3C%2Fscript%3E").await;

    assert_eq!(of_one.status.as_u16(), 200);
    assert_eq!(of_one.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(html(&of_one), html(&of_all));
    assert_eq!(html(&of_one), html(&hostile));
    assert!(!html(&of_one).contains(id) && !html(&of_one).contains("Mercatino"));
}

#[tokio::test]
async fn the_page_runs_its_own_script_and_calls_its_own_api_and_cognito_alone() {
    let answer = page(&Desk::open().await, "/desk").await;
    let hash = |start, end| {
        let part = between(html(&answer), start, end);
        format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(part)))
    };

    let policy: Vec<&str> = answer
        .header("content-security-policy")
        .split("; ")
        .collect();

    assert_eq!(
        policy,
        [
            "default-src 'none'",
            &format!("script-src {}", hash("<script>", "</script>")),
            &format!("style-src {}", hash("<style>", "</style>")),
            &format!("connect-src 'self' {COGNITO}"),
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ]
    );
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
}

#[tokio::test]
async fn what_the_page_is_told_stays_in_its_attribute_and_has_words_for_every_move() {
    let answer = page(&Desk::open().await, "/desk").await;

    let written = between(html(&answer), "data-desk=\"", "\"");
    let told = written
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    let told: Value = serde_json::from_str(&told).unwrap();

    assert!(!html(&answer).contains("<script>alert"));
    assert_eq!(
        (&told["sign_in_url"], &told["client_id"], &told["comune"]),
        (&json!(COGNITO), &json!(CLIENT), &json!("Rubano"))
    );
    assert_eq!(told["time_zone"], "Europe/Rome");
    assert_eq!(told["moves"]["approve"], "approva");
    assert_eq!(told["done"]["submit"], "ha chiesto l'avviso");
}

#[tokio::test]
async fn nothing_of_the_page_makes_markup_of_text() {
    let answer = page(&Desk::open().await, "/desk").await;

    for way in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
    ] {
        assert!(!html(&answer).contains(way), "{way}");
    }
}
