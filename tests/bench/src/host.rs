//! The Lambda Runtime API as one function sees it: it polls for an event, gets one at a time, and posts its answer.
//!
//! Every function under measure has a host of its own, on a port of its own. The clock of a call runs from the moment the
//! event leaves the host until the whole answer is back: what AWS would bill, without AWS's own share.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::Trouble;

/// How long a function may take over one event, as its deadline says: as long as the template gives to `send`.
const DEADLINE: Duration = Duration::from_mins(1);

/// What a function tells its host.
#[derive(Debug)]
pub enum News {
    /// It waits for an event, since this instant.
    Waits(Instant),
    /// It answered its event, and took so long.
    Answered(Bytes, Duration),
    /// It could not do what its event asked, or could not even start; in its own words.
    Failed(String),
}

/// A Runtime API for one function.
pub struct Host {
    /// Where the function finds it.
    pub address: SocketAddr,
    events: mpsc::UnboundedSender<String>,
    news: mpsc::UnboundedReceiver<News>,
    server: JoinHandle<()>,
}

impl Host {
    /// Opens a host on a free port.
    pub async fn open() -> Result<Self, Trouble> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let listener = listener.tap_io(|stream| {
            // A platform without it would only be slower.
            let _ = stream.set_nodelay(true);
        });

        let (events, waiting) = mpsc::unbounded_channel();
        let (tell, news) = mpsc::unbounded_channel();
        let desk = Arc::new(Desk {
            waiting: tokio::sync::Mutex::new(waiting),
            tell,
            handed: Mutex::new(Instant::now()),
        });
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route(
                "/2018-06-01/runtime/invocation/{id}/response",
                post(response),
            )
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(error))
            .with_state(desk);
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, routes).await {
                eprintln!("the host stopped: {error}");
            }
        });

        Ok(Self {
            address,
            events,
            news,
            server,
        })
    }

    /// Puts `event` before the function.
    pub fn put(&self, event: String) -> Result<(), Trouble> {
        Ok(self.events.send(event)?)
    }

    /// What the function says next.
    pub async fn news(&mut self) -> Result<News, Trouble> {
        let news = tokio::time::timeout(DEADLINE, self.news.recv())
            .await
            .map_err(|_| "it said nothing until its deadline")?;
        Ok(news.ok_or("its host is gone")?)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// What the routes share.
struct Desk {
    waiting: tokio::sync::Mutex<mpsc::UnboundedReceiver<String>>,
    tell: mpsc::UnboundedSender<News>,
    handed: Mutex<Instant>,
}

impl Desk {
    /// Nobody listens any more once the round is over, and then nothing is lost.
    fn tell(&self, news: News) {
        let _ = self.tell.send(news);
    }
}

async fn next(State(desk): State<Arc<Desk>>) -> Response {
    desk.tell(News::Waits(Instant::now()));
    let Some(event) = desk.waiting.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let deadline = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        + DEADLINE;
    let headers = [
        (header::CONTENT_TYPE.as_str(), "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", request_id(&event)),
        (
            "lambda-runtime-deadline-ms",
            deadline.as_millis().to_string(),
        ),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-south-1:000000000000:function:bench".to_owned(),
        ),
        (
            "lambda-runtime-trace-id",
            "Root=1-6921a000-000000000000000000000000;Parent=0000000000000000;Sampled=0".to_owned(),
        ),
    ];
    *desk.handed.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    (headers, event).into_response()
}

async fn response(State(desk): State<Arc<Desk>>, body: Bytes) -> StatusCode {
    let handed = *desk.handed.lock().unwrap_or_else(PoisonError::into_inner);
    desk.tell(News::Answered(body, handed.elapsed()));
    StatusCode::ACCEPTED
}

async fn error(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let kind = headers
        .get("lambda-runtime-function-error-type")
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or("unnamed");
    desk.tell(News::Failed(format!(
        "{kind}: {}",
        String::from_utf8_lossy(&body)
    )));
    StatusCode::ACCEPTED
}

/// A UUID-like id, as Lambda's are, that follows from the event: the host keeps no count.
fn request_id(event: &str) -> String {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};

    let mut hasher = DefaultHasher::new();
    event.hash(&mut hasher);
    let hash = hasher.finish();
    format!(
        "{:08x}-{:04x}-4000-8000-{:012x}",
        hash >> 32,
        hash & 0xffff,
        hash >> 16
    )
}
