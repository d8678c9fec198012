//! The page to which letters lead: whoever must act signs in there, reads the request and makes the move. It holds no data;
//! the browser asks Cognito for a token and the API for everything else, with the rights of whoever signed in.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::notice::MoveKind;
use domain::tenant::Tenant;
use domain::texts;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::Intake;

const PAGE: &str = include_str!("desk.html");

/// The page of the staff, with what it must know of its stack.
#[derive(Debug)]
pub struct DeskPage {
    html: String,
    policy: String,
}

impl DeskPage {
    /// The page of `tenant`, whose staff signs in at `sign_in_url` (the origin of Cognito) as users of `client_id`.
    pub fn new(sign_in_url: &str, client_id: &str, tenant: &Tenant) -> Self {
        let words = texts::italian();
        let named = |of: fn(&'static texts::Texts, &'static str) -> &'static str| -> Value {
            let moves = MoveKind::ALL.into_iter().map(MoveKind::key);
            let named = moves.chain(["submit"]);
            let named: Map<_, _> = named
                .map(|key| (key.to_owned(), of(words, key).into()))
                .collect();
            named.into()
        };
        let desk = json!({
            "sign_in_url": sign_in_url,
            "client_id": client_id,
            "comune": tenant.comune,
            "time_zone": tenant.time_zone,
            "moves": named(texts::Texts::a_move),
            "done": named(texts::Texts::done),
        });
        // Only this script and this style run, and nothing is ever made of text: the page holds a token.
        let policy = format!(
            "default-src 'none'; script-src '{}'; style-src '{}'; connect-src 'self' {sign_in_url}; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
            fingerprint("<script>", "</script>"),
            fingerprint("<style>", "</style>"),
        );
        Self {
            html: PAGE.replacen("{{desk}}", &escaped(&desk.to_string()), 1),
            policy,
        }
    }
}

/// The page, the same for every request: which one it is about, the browser reads from the address.
pub(crate) async fn show(State(intake): State<Arc<Intake>>) -> impl IntoResponse {
    let page = &intake.desk_page;
    (
        [
            (header::CONTENT_SECURITY_POLICY, page.policy.clone()),
            (header::REFERRER_POLICY, "no-referrer".to_owned()),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
            (header::CACHE_CONTROL, "no-cache".to_owned()),
        ],
        Html(page.html.clone()),
    )
}

/// What a policy calls the part of the page between two tags (CSP, 2.3.1: its hash).
fn fingerprint(start: &str, end: &str) -> String {
    let part = PAGE
        .split_once(start)
        .and_then(|(_, rest)| rest.split_once(end));
    let part = part.map_or("", |(part, _)| part);
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(part)))
}

/// `text` as the value of an attribute in double quotes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
