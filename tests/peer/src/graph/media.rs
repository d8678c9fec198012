//! Files: uploaded in parts of a form, resolved to an address that is soon stale, fetched from the download host with the
//! same token.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Multipart, Path, Query, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde_json::{Value, json};

use super::Call;
use super::error::GraphError;
use crate::App;
use crate::connection::Connection;
use crate::media::{self, Media, MediaTrouble};

/// The largest upload that is read at all.
pub(super) const LARGEST_UPLOAD: usize = 101_000_000;

/// Bytes without end come in pieces of this size.
const PIECE: usize = 64 * 1024;

/// The path of the other host, which should never see a token.
const ELSEWHERE: &str = "elsewhere";

pub(super) async fn upload(
    State(app): State<Arc<App>>,
    call: Call,
    Query(query): Query<HashMap<String, String>>,
    form: Multipart,
) -> Result<Json<Value>, GraphError> {
    if call.node != app.world().settings.phone_number_id {
        return Err(GraphError::unknown_object(&call.node, "post"));
    }
    let form = Form::read(form)
        .await
        .map_err(|_| GraphError::parameter("The form cannot be read"))?;
    // A parameter counts wherever it stands, as everywhere in Graph.
    let given = |name: &str| form.texts.get(name).or_else(|| query.get(name)).cloned();
    if given("messaging_product").as_deref() != Some("whatsapp") {
        return Err(GraphError::parameter(
            "The parameter messaging_product is required.",
        ));
    }
    let (bytes, said) = form
        .file
        .clone()
        .ok_or_else(|| GraphError::parameter("The parameter file is required."))?;
    let mime = given("type").or(said).unwrap_or_default();
    let largest = media::largest(&mime).ok_or_else(|| {
        GraphError::parameter(format!(
            "Param file must be a file of a supported type. Received file of type '{mime}'."
        ))
    })?;
    if bytes.is_empty() || bytes.len() > largest {
        return Err(GraphError::parameter(format!(
            "Param file must have between 1 and {largest} bytes."
        )));
    }
    let mut world = app.world();
    let now = world.now_ms() / 1_000;
    let media = world.media.uploaded(&mime, bytes, now);
    Ok(Json(json!({"id": media.id})))
}

/// The parts of an upload.
#[derive(Default)]
struct Form {
    texts: HashMap<String, String>,
    /// The bytes and the type that the part itself names.
    file: Option<(Bytes, Option<String>)>,
}

impl Form {
    async fn read(mut parts: Multipart) -> Result<Self, axum::extract::multipart::MultipartError> {
        let mut form = Self::default();
        while let Some(part) = parts.next_field().await? {
            let name = part.name().unwrap_or_default().to_owned();
            if name == "file" {
                let said = part.content_type().map(str::to_owned);
                form.file = Some((part.bytes().await?, said));
            } else {
                form.texts.insert(name, part.text().await?);
            }
        }
        Ok(form)
    }
}

/// `GET /{media-id}`: an address, good for five minutes.
pub(super) fn resolve(
    app: &App,
    id: &str,
    query: &HashMap<String, String>,
    headers: &HeaderMap,
) -> Option<Result<Json<Value>, GraphError>> {
    let mut world = app.world();
    let now = world.now_ms() / 1_000;
    let media = world.media.get(id, now)?.clone();
    let owner = query.get("phone_number_id");
    if owner.is_some_and(|owner| *owner != world.settings.phone_number_id) {
        return Some(Err(GraphError::unknown_object(id, "get")));
    }
    let token: String = (0..24).map(|_| world.random.alphanumeric()).collect();
    let until = now + world.settings.media_url_seconds;
    let token = world.media.link(id, until, token);
    let base = world
        .settings
        .media_base
        .clone()
        .unwrap_or_else(|| format!("http://{}", host(headers)));
    Some(Ok(Json(media.resolved(&format!(
        "{base}/whatsapp_business/attachments/?mid={id}&ext={until}&hash={token}"
    )))))
}

/// `DELETE /{media-id}`.
pub(super) fn delete(app: &App, id: &str) -> Result<Json<Value>, GraphError> {
    if app.world().media.remove(id) {
        Ok(Json(json!({"success": true})))
    } else {
        Err(GraphError::unknown_object(id, "delete"))
    }
}

/// The download host.
pub(super) async fn download(
    State(app): State<Arc<App>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let (media, trouble) = {
        let mut world = app.world();
        world.record.counters.downloads += 1;
        let bearer = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let expected = format!("Bearer {}", world.settings.access_token);
        if bearer != Some(expected.as_str()) || world.account.token_dead {
            return GraphError::token().into_response();
        }
        let now = world.now_ms() / 1_000;
        let token = query.get("hash").map(String::as_str).unwrap_or_default();
        let Some(media) = world.media.behind(token, now).cloned() else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let trouble = world.media.strike(&media.id);
        (media, trouble)
    };
    match trouble {
        None => whole(&media, media.bytes.clone()),
        Some(MediaTrouble::WrongBytes) => {
            let mut bytes = media.bytes.to_vec();
            if let Some(first) = bytes.first_mut() {
                *first ^= 0xff;
            }
            whole(&media, Bytes::from(bytes))
        }
        Some(MediaTrouble::Redirect { to }) => {
            let to = to.unwrap_or_else(|| elsewhere(&headers, &media.id));
            (StatusCode::FOUND, [(LOCATION, to)]).into_response()
        }
        Some(MediaTrouble::Cut) => half(&media, connection),
        Some(MediaTrouble::Oversized { bytes }) => without_end(&media, bytes),
        Some(MediaTrouble::Expired) => StatusCode::NOT_FOUND.into_response(),
        Some(MediaTrouble::Error { http }) => StatusCode::from_u16(http)
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response(),
        Some(MediaTrouble::Slow { millis }) => {
            tokio::time::sleep(Duration::from_millis(millis)).await;
            whole(&media, media.bytes.clone())
        }
    }
}

/// The host to which a redirect leads: serves the file to anybody, and notes who showed a token.
pub(super) async fn other_host(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let mut world = app.world();
    if headers.contains_key(AUTHORIZATION) {
        world.record.counters.tokens_leaked += 1;
    }
    let now = world.now_ms() / 1_000;
    match world.media.get(&id, now) {
        Some(media) => whole(media, media.bytes.clone()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn whole(media: &Media, bytes: Bytes) -> Response {
    ([(CONTENT_TYPE, media.mime.clone())], bytes).into_response()
}

/// The length of the whole, half of the bytes, and then a reset.
fn half(media: &Media, connection: Connection) -> Response {
    let length = media.bytes.len();
    let first = media.bytes.slice(..length / 2);
    let pieces = stream::unfold(Some(first), move |next| {
        let connection = connection.clone();
        async move {
            if let Some(first) = next {
                return Some((Ok(first), None));
            }
            // What was written must be on its way before the reset overtakes it.
            tokio::time::sleep(Duration::from_millis(50)).await;
            connection.cut();
            Some((Err(io::Error::from(io::ErrorKind::ConnectionReset)), None))
        }
    });
    (
        [
            (CONTENT_TYPE, media.mime.clone()),
            (CONTENT_LENGTH, length.to_string()),
        ],
        Body::from_stream(pieces),
    )
        .into_response()
}

fn without_end(media: &Media, bytes: usize) -> Response {
    let pieces = stream::unfold(bytes, |left| async move {
        let size = left.min(PIECE);
        (size > 0).then(|| (Ok::<_, io::Error>(Bytes::from(vec![0; size])), left - size))
    });
    (
        [(CONTENT_TYPE, media.mime.clone())],
        Body::from_stream(pieces),
    )
        .into_response()
}

fn host(headers: &HeaderMap) -> &str {
    headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or("127.0.0.1")
}

/// The same server by the other of its two names.
fn elsewhere(headers: &HeaderMap, id: &str) -> String {
    let (name, port) = host(headers).rsplit_once(':').unwrap_or(("", "80"));
    let name = if name == "localhost" {
        "127.0.0.1"
    } else {
        "localhost"
    };
    format!("http://{name}:{port}/{ELSEWHERE}/{id}")
}
