//! What the staff sends: a small JSON object in which nothing is ignored. A misspelt field is refused by name, so that
//! nobody believes they have said what was never read.

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use domain::notice::DraftInput;
use domain::texts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use utoipa::ToSchema;

use super::Problem;

/// The largest body that is read.
const LARGEST_KIB: usize = 64;

/// A body of JSON. No body at all is an empty object: what is missing is then told field by field.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let too_large = |_| Problem::too_large(LARGEST_KIB);
        let bytes = to_bytes(request.into_body(), LARGEST_KIB * 1024)
            .await
            .map_err(too_large)?;
        let bytes = if bytes.trim_ascii().is_empty() {
            b"{}"
        } else {
            &bytes[..]
        };
        read(bytes)
            .map(Self)
            .map_err(|why| Problem::malformed(&why))
    }
}

/// The object in `bytes`, or what is wrong with it.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    // serde would take a list for an object whose fields come in the order of our source.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(texts::italian().staff("body.not_an_object", &[]));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| why(error.inner(), &error.path().to_string()))?;
    json.end().map_err(|error| why(&error, "."))?;
    Ok(value)
}

/// What is wrong, for a person; serde's own words are English and name our types.
fn why(error: &serde_json::Error, field: &str) -> String {
    let words = texts::italian();
    let message = error.to_string();
    let named = |start: &str| Some(message.strip_prefix(start)?.split_once('`')?.0.to_owned());
    if error.classify() != Category::Data {
        let (line, column) = (error.line().to_string(), error.column().to_string());
        return words.staff("body.not_json", &[("riga", &line), ("colonna", &column)]);
    }
    if let Some(unknown) = named("unknown field `") {
        return words.staff("body.unknown_field", &[("campo", &unknown)]);
    }
    if let Some(repeated) = named("duplicate field `") {
        return words.staff("body.repeated_field", &[("campo", &repeated)]);
    }
    match field {
        "." => words.staff("body.not_an_object", &[]),
        field => words.staff("body.wrong_type", &[("campo", field)]),
    }
}

/// What an office asks to send.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(
    example = json!({
        "title": "Mercatino di Natale",
        "text": "sabato 12 dicembre 2026, dalle 9:30 alle 18, mercatino di Natale in piazza.",
        "link": "https://www.rubano.it/notizie/mercatino-di-natale",
        "wanted_at": "2026-12-10T09:30",
        "office": "Cultura",
        "kind": "evento"
    })
)]
pub struct DraftBody {
    /// What the notice is about, for the register.
    #[schema(value_type = String, max_length = 120)]
    title: Option<String>,
    /// The words for the citizens: one paragraph without addresses. How long it may be is a setting of the comune.
    #[schema(value_type = String, max_length = 1000)]
    text: Option<String>,
    /// The page of the news item, already published on the comune's site.
    #[schema(value_type = String, format = "uri", max_length = 2000)]
    link: Option<String>,
    /// The wanted day and hour, in Italian time.
    #[schema(value_type = String)]
    wanted_at: Option<String>,
    /// Until when the notice is of use, in Italian time: the end of the event. A notice that would reach its last reader later
    /// is not forwarded, approved or scheduled. It may be left out.
    #[schema(example = "2026-12-12T18:00")]
    useful_until: Option<String>,
    /// The office that asks.
    #[schema(value_type = String, max_length = 80)]
    office: Option<String>,
    /// The kind of notice.
    #[schema(value_type = String, pattern = r"^(evento|pubblica_utilita|scadenza|emergenza|altro)$")]
    kind: Option<String>,
    /// The code of the notice that it corrects or takes back, already sent.
    #[schema(example = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B")]
    corrects: Option<String>,
    /// Whether it is one of several appointments far apart, each with a notice of its own.
    #[serde(default)]
    spaced: bool,
    /// Whether it is a rehearsal: it walks the whole way, and nothing is sent. Only when it is first asked.
    #[serde(default)]
    pub training: bool,
}

impl From<DraftBody> for DraftInput {
    fn from(body: DraftBody) -> Self {
        Self {
            title: body.title,
            text: body.text,
            link: body.link,
            wanted_at: body.wanted_at,
            useful_until: body.useful_until,
            office: body.office,
            kind: body.kind,
            corrects: body.corrects,
            spaced: body.spaced,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        read::<DraftBody>(text.as_bytes()).unwrap_err()
    }

    #[test]
    fn what_is_wrong_with_a_body_is_said_in_italian_and_by_name() {
        assert_eq!(wrong("{\"titel\": \"x\"}"), "il campo «titel» non esiste.");
        assert_eq!(
            wrong("{\"title\": 5}"),
            "il campo «title» non è del tipo giusto."
        );
        assert_eq!(
            wrong("{\"title\": \"a\", \"title\": \"b\"}"),
            "il campo «title» è ripetuto."
        );
        assert_eq!(wrong("{\"title\": "), "non è JSON (riga 1, colonna 10).");
        assert_eq!(wrong("{} {}"), "non è JSON (riga 1, colonna 4).");
        assert_eq!(wrong("\"ciao\""), "serve un oggetto JSON.");
        assert_eq!(wrong("[\"titolo\"]"), "serve un oggetto JSON.");
    }
}
