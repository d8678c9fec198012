//! The fault proxy between the functions and the engine. It knows AWS's words ([`Service`]), draws the fate of each call
//! ([`Fate`]), and can end the very process that makes it. The engine's own calls, sam's and ours do not come this way.

use std::collections::{BTreeMap, HashMap};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Response, StatusCode, header};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::fate::{Fate, Rates};
use crate::process::Process;
use crate::wire::{Caller, Listener};
use crate::words::Service;

/// The largest body that is passed on: SQS takes 1 MiB, a part in S3 8 MiB.
const LARGEST: usize = 64 << 20;

/// A running proxy. Dropping it stops it.
pub(crate) struct Proxy {
    weather: Arc<Weather>,
    server: JoinHandle<()>,
}

struct Weather {
    own_url: String,
    upstream: OnceLock<String>,
    client: reqwest::Client,
    state: Mutex<Drawn>,
}

struct Drawn {
    random: fastrand::Rng,
    rates: Rates,
    /// Function by the port it speaks from.
    callers: HashMap<u16, String>,
    figures: Figures,
}

/// What has happened so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    pub(crate) calls: u64,
    /// Troubles by name.
    pub(crate) troubles: BTreeMap<&'static str, u64>,
    /// Kills by function.
    pub(crate) kills: BTreeMap<String, u64>,
}

impl Proxy {
    /// Opens a free port. Nothing goes through before it knows its engine, and all of it unharmed before
    /// [`Proxy::blow`].
    pub(crate) async fn open(seed: u64) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let weather = Arc::new(Weather {
            own_url: url,
            upstream: OnceLock::new(),
            client: reqwest::Client::builder()
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .unwrap_or_default(),
            state: Mutex::new(Drawn {
                random: fastrand::Rng::with_seed(seed),
                rates: Rates::for_recipients(1, 0),
                callers: HashMap::new(),
                figures: Figures::default(),
            }),
        });
        let routes = Router::new()
            .fallback(call)
            .with_state(Arc::clone(&weather))
            .into_make_service_with_connect_info::<Caller>();
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(Listener(listener), routes).await {
                eprintln!("the fault proxy no longer answers: {error}");
            }
        });
        Ok(Self { weather, server })
    }

    /// Leads from the engine's address to the proxy's.
    pub(crate) fn detour(&self) -> local::Detour {
        let weather = Arc::clone(&self.weather);
        Arc::new(move |engine| {
            // A proxy serves one engine: the first.
            weather.upstream.set(engine.to_owned()).ok();
            weather.own_url.clone()
        })
    }

    /// From now on so much trouble.
    pub(crate) fn blow(&self, rates: Rates) {
        self.weather.drawn().rates = rates;
    }

    /// What has happened so far.
    pub(crate) fn figures(&self) -> Figures {
        self.weather.drawn().figures.clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Weather {
    fn drawn(&self) -> MutexGuard<'_, Drawn> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Which function speaks from `port`; looked up once for a connection.
    fn function_at(&self, port: u16) -> String {
        if let Some(known) = self.drawn().callers.get(&port) {
            return known.clone();
        }
        let Some(found) = Process::speaking_from(port, &self.own_url) else {
            return String::new();
        };
        self.drawn().callers.insert(port, found.function.clone());
        found.function
    }

    fn fate(&self, function: &str) -> Fate {
        let mut drawn = self.drawn();
        let Drawn {
            random,
            rates,
            figures,
            ..
        } = &mut *drawn;
        let fate = rates.draw(function, random);
        figures.calls += 1;
        if fate != Fate::Pass {
            *figures.troubles.entry(fate.key()).or_default() += 1;
        }
        fate
    }

    /// Ends whoever speaks from `port` now.
    fn kill(&self, port: u16) {
        let victim = Process::speaking_from(port, &self.own_url).filter(Process::kill);
        let mut drawn = self.drawn();
        drawn.callers.remove(&port);
        if let Some(victim) = victim {
            *drawn.figures.kills.entry(victim.function).or_default() += 1;
        }
    }

    async fn forward(&self, request: Request) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let Some(upstream) = self.upstream.get() else {
            return bad_gateway();
        };
        let Ok(body) = axum::body::to_bytes(body, LARGEST).await else {
            return bad_gateway();
        };
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let sent = self
            .client
            .request(parts.method, format!("{upstream}{path}"))
            // With its `Host`: it is signed.
            .headers(passed_on(&parts.headers))
            .body(body)
            .send()
            .await;
        let Ok(answer) = sent else {
            return bad_gateway();
        };
        let (status, headers) = (answer.status(), passed_on(answer.headers()));
        let Ok(body) = answer.bytes().await else {
            return bad_gateway();
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }
}

async fn call(
    State(weather): State<Arc<Weather>>,
    ConnectInfo(caller): ConnectInfo<Caller>,
    request: Request,
) -> Response<Body> {
    let Some(service) = Service::of(request.headers()) else {
        return weather.forward(request).await;
    };
    let function = weather.function_at(caller.port);
    match weather.fate(&function) {
        Fate::Pass => weather.forward(request).await,
        Fate::Late(by) => {
            tokio::time::sleep(by).await;
            weather.forward(request).await
        }
        Fate::Throttled => service.throttled(),
        Fate::ErrorBefore => service.failed(),
        Fate::ErrorAfter => {
            weather.forward(request).await;
            service.failed()
        }
        Fate::CutBefore => cut(&caller),
        Fate::CutAfter => {
            weather.forward(request).await;
            cut(&caller)
        }
        Fate::KillBefore => {
            weather.kill(caller.port);
            cut(&caller)
        }
        Fate::KillAfter => {
            weather.forward(request).await;
            weather.kill(caller.port);
            cut(&caller)
        }
    }
}

fn cut(caller: &Caller) -> Response<Body> {
    caller.cut();
    bad_gateway()
}

fn bad_gateway() -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::BAD_GATEWAY;
    answer
}

/// What belongs to the message and not to one connection; the length is that of the body.
fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for own in [
        header::CONNECTION,
        header::TRANSFER_ENCODING,
        header::CONTENT_LENGTH,
        header::EXPECT,
    ] {
        headers.remove(own);
    }
    headers
}
